"""A module that leaves a trace each time it is imported: in the file named by TRACE."""

from __future__ import annotations

import os
from pathlib import Path

with Path(os.environ["TRACE"]).open("a", encoding="ascii") as file:
    file.write("imported\n")

items = list(range(30))


def work(item: int) -> int:
    """Do nothing."""
    return item
