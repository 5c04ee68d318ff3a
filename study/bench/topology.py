"""Which CPUs that this process may use are of one core, and which of another class, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path

from study.bench.errors import UnsupportedCellError

_CPUS = Path("/sys/devices/system/cpu")
_COUNTERS = Path("/sys/devices")
_KINDS = ("cpu_core", "cpu_atom", "cpu_lowpower")
"""What Linux calls the counters of each kind of core of a hybrid x86 processor, the fastest kind first."""
_OTHER_CLASS = 0.9
"""CPUs are of two classes where the slower's capacity, or highest clock rate, is below this share of the faster's."""


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


def of_two_classes() -> tuple[int, int]:
    """A CPU of the fastest class and one of the slowest.

    What the kernel says of the kinds of cores comes before capacities, and these before the highest clock rates.

    Raises
    ------
    UnsupportedCellError
        where all CPUs that this process may use are of one class, or where nothing tells.
    """
    usable = [core[0] for core in cores()]
    kinds = {cpu: -rank for rank, name in enumerate(_KINDS) for cpu in _listed(_COUNTERS / name / "cpus")}
    if len({kinds.get(cpu) for cpu in usable}) > 1 and all(cpu in kinds for cpu in usable):
        return _extremes({cpu: float(kinds[cpu]) for cpu in usable})
    for name in ("cpu_capacity", "cpufreq/cpuinfo_max_freq"):
        values = {cpu: value for cpu in usable if (value := _number(_CPUS / f"cpu{cpu}" / name))}
        if len(values) == len(usable) and min(values.values()) < _OTHER_CLASS * max(values.values()):
            return _extremes(values)
    raise UnsupportedCellError(
        "all CPUs that this process may use are of one class, or this system does not tell them apart"
    )


def _extremes(values: dict[int, float]) -> tuple[int, int]:
    """The CPU of the largest value and that of the smallest, the first of equals."""
    return max(values, key=lambda cpu: values[cpu]), min(values, key=lambda cpu: values[cpu])


def _listed(path: Path) -> tuple[int, ...]:
    try:
        return _numbers(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return ()


def _number(path: Path) -> float:
    """What the file holds; 0 where it cannot be read."""
    try:
        return float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0
