"""CPU time of this process and of all that work for it, read before and after what is timed and never inside it."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from typing import NamedTuple

_CPU_CLOCK = 2
"""Of a process' clocks the one that the scheduler keeps, as `clock_getcpuclockid` of Linux makes its number."""


class CpuTime(NamedTuple):
    """Nanoseconds so far.

    Attributes
    ----------
    own_ns : of this process and all its threads.
    others_ns : of its children, those that were waited for and those that live, whoever started them; None where the
        system does not tell.
    """

    own_ns: int
    others_ns: int | None


def cpu_time() -> CpuTime:
    """What was used until now."""
    return CpuTime(time.process_time_ns(), _of_others())


def used_ns(before: CpuTime, after: CpuTime, *, alone: bool) -> int | None:
    """CPU time between two readings; None where the workers' cannot be told, as of those that a server waited for.

    Parameters
    ----------
    alone : whether this process does all the work.
    """
    own_ns = after.own_ns - before.own_ns
    if alone:
        return own_ns
    if before.others_ns is None or after.others_ns is None or after.others_ns <= before.others_ns:
        return None
    return own_ns + after.others_ns - before.others_ns


def _of_others() -> int | None:
    """Whoever has ended is waited for first, so that none is counted twice or not at all."""
    processes = sys.modules.get("multiprocessing.process")
    if processes is None:
        return 0
    living_ns = 0
    for child in processes.active_children():
        try:
            living_ns += time.clock_gettime_ns((~child.pid << 3) | _CPU_CLOCK)
        except (AttributeError, OSError):  # no such clock on this system, or a worker has just ended
            return None
    try:
        resource = import_module("resource")
    except ImportError:
        return None
    waited_for = resource.getrusage(resource.RUSAGE_CHILDREN)
    return living_ns + int((waited_for.ru_utime + waited_for.ru_stime) * 1e9)
