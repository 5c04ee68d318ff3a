"""Which CPUs that this process may use are of one core, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path

from study.bench.errors import UnsupportedCellError

_CPUS = Path("/sys/devices/system/cpu")


def cores() -> list[list[int]]:
    """The usable CPUs of each core, both in rising order.

    Raises
    ------
    UnsupportedCellError
        where the system does not let a process choose its CPU, or does not say which CPUs are of one core.
    """
    if not hasattr(os, "sched_getaffinity"):
        raise UnsupportedCellError("this system does not let a process choose its CPU")
    usable = os.sched_getaffinity(0)
    found: dict[tuple[int, ...], list[int]] = {}
    for cpu in sorted(usable):
        found.setdefault(_of_one_core(cpu), []).append(cpu)
    return list(found.values())


def _of_one_core(cpu: int) -> tuple[int, ...]:
    """All CPUs of the core that this one belongs to; the file has an old and a new name."""
    for name in ("core_cpus_list", "thread_siblings_list"):
        try:
            return _numbers((_CPUS / f"cpu{cpu}" / "topology" / name).read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
    raise UnsupportedCellError("this system does not say which CPUs are of one core")


def _numbers(text: str) -> tuple[int, ...]:
    """`0-1,8` -> 0, 1, 8."""
    found: list[int] = []
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return tuple(sorted(found))


def together(number: int) -> list[int]:
    """So many CPUs of one core."""
    core = next((core for core in cores() if len(core) >= number), None)
    if core is None:
        raise UnsupportedCellError(f"no core here has {number} CPUs that this process may use")
    return core[:number]


def apart(number: int) -> list[int]:
    """So many CPUs, each of a core of its own."""
    found = [core[0] for core in cores()]
    if len(found) < number:
        raise UnsupportedCellError(f"{number} cores are needed, and this process may use {len(found)}")
    return found[:number]
