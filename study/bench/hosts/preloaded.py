"""What a forkserver is told to import before it forks; it remembers in which process that was."""

from __future__ import annotations

import os

import numpy

_IMPORTED_IN = os.getpid()


def imported_in() -> int:
    """The process that imported it."""
    return _IMPORTED_IN
