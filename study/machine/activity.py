"""What the machine was doing meanwhile: two snapshots of the kernel's counters, and what lies between them."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from study.machine import cgroup, files
from study.machine.facts import affinity

if sys.platform != "win32":
    import resource

_ROOT = Path("/")
_BUSY = (0, 1, 2, 5, 6)
"""Fields of a CPU's line in /proc/stat: user (guests are within), nice, system, irq, softirq (proc_stat(5))."""
_STEAL = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What went on between two snapshots; `None` where the system does not say.

    Attributes
    ----------
    foreign_cpu_s : CPU time on our CPUs that neither we nor our ended children used. The kernel counts it in ticks of
        10 ms, and its own threads that work for us count as foreign: over short times it is coarse.
    steal_s : time that the hypervisor gave our CPUs to others while we wanted them, summed over CPUs.
    throttled : times our control group was stopped for the rest of a period because its quota was used up.
    psi_some_s : time in which some task, ours included, waited for a CPU.
    swapped_pages : pages that went to or came from swap.
    clock_jump_s : by how much the wall clock moved more than the steady one; a suspended machine shows here too.
    """

    elapsed_s: float
    foreign_cpu_s: float | None = None
    steal_s: float | None = None
    throttled: int | None = None
    psi_some_s: float | None = None
    swapped_pages: int | None = None
    clock_jump_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A snapshot of what has been counted since the machine started, and of both clocks."""

    monotonic_s: float
    wall_s: float
    busy_s: float | None
    own_s: float | None
    steal_s: float | None
    throttled: int | None
    psi_some_s: float | None
    swapped_pages: int | None

    @classmethod
    def now(cls, root: Path = _ROOT) -> Self:
        """Read the counters; `root` is where the system's files are found."""
        busy_s, steal_s = _machine_cpu_s(root)
        return cls(
            monotonic_s=time.monotonic(),
            wall_s=time.time(),
            busy_s=busy_s,
            own_s=_own_cpu_s(),
            steal_s=steal_s,
            throttled=cgroup.throttled(root),
            psi_some_s=_psi_some_s(root),
            swapped_pages=_swapped_pages(root),
        )

    def since(self, earlier: Activity) -> Meanwhile:
        """What went on between an earlier snapshot and this one."""
        elapsed_s = self.monotonic_s - earlier.monotonic_s
        busy_s, own_s = _difference(self.busy_s, earlier.busy_s), _difference(self.own_s, earlier.own_s)
        throttled = _difference(self.throttled, earlier.throttled)
        swapped_pages = _difference(self.swapped_pages, earlier.swapped_pages)
        return Meanwhile(
            elapsed_s=elapsed_s,
            foreign_cpu_s=None if busy_s is None or own_s is None else max(0.0, busy_s - own_s),
            steal_s=_difference(self.steal_s, earlier.steal_s),
            throttled=None if throttled is None else round(throttled),
            psi_some_s=_difference(self.psi_some_s, earlier.psi_some_s),
            swapped_pages=None if swapped_pages is None else round(swapped_pages),
            clock_jump_s=(self.wall_s - earlier.wall_s) - elapsed_s,
        )


def _difference(later: float | None, earlier: float | None) -> float | None:
    """What was added. Counters of a group that is made anew begin again: never below 0."""
    return None if later is None or earlier is None else max(0.0, later - earlier)


def _machine_cpu_s(root: Path) -> tuple[float | None, float | None]:
    """(busy, stolen) seconds of the CPUs that we may run on: the others of a large host make no noise here."""
    if sys.platform == "win32":
        return None, None  # without the CPU time of ended children the busy time says nothing
    if sys.platform != "linux":
        times = psutil.cpu_times()
        return times.user + times.nice + times.system, None
    names = {f"cpu{number}" for number in affinity()}
    lines = [line.split() for line in (files.text(root / "proc/stat") or "").splitlines() if line.startswith("cpu")]
    ours = [[int(word) for word in words[1:]] for words in lines if words[0] in names]
    ticks_per_s = os.sysconf("SC_CLK_TCK")
    busy = sum(line[field] for line in ours for field in _BUSY if field < len(line))
    steal = [line[_STEAL] for line in ours if len(line) > _STEAL]
    # Some sandboxes show the file with zeros only: then nothing is known.
    return (busy / ticks_per_s, sum(steal) / ticks_per_s if steal else None) if busy else (None, None)


def _own_cpu_s() -> float | None:
    """CPU time of this process and of those of its descendants that were waited for."""
    if sys.platform == "win32":
        return None
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _psi_some_s(root: Path) -> float | None:
    total = files.entries(root / "proc/pressure/cpu").get("some", "").rpartition("total=")[2]
    return int(total) / 1e6 if total.isdecimal() else None


def _swapped_pages(root: Path) -> int | None:
    counters = files.entries(root / "proc/vmstat")
    pages = [files.count(counters.get(name)) for name in ("pswpin", "pswpout")]
    known = [count for count in pages if count is not None]
    return sum(known) if known else None
