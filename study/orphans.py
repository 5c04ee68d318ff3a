"""A process that ends with the one that started it, where the system can tell it that: Linux, prctl(2), PR_SET_PDEATHSIG."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signal import Signals

_PR_SET_PDEATHSIG = 1


def ends_with(parent: int, how: Signals) -> bool:
    """Ask that this process gets a signal once `parent` is gone; whether it is still there. Elsewhere nobody can ask."""
    if sys.platform != "linux":
        return True
    unused = [ctypes.c_ulong(0)] * 3
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(how), *unused)
    return os.getppid() == parent
