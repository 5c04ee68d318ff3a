"""A script without a guard: importing it ends the program."""

from __future__ import annotations

import sys


def work(item: int) -> int:
    """Do nothing."""
    return item


sys.exit("all done")
