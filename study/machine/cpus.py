"""How the processors are built and set, from what Linux shows below /sys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from study.machine import files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SIZE = re.compile(r"(\d+)([KM]?)\Z")
_FACTOR = {"": 1, "K": 1 << 10, "M": 1 << 20}
CPUS = "sys/devices/system/cpu"
EVENT_SOURCES = ("cpu_core", "cpu_atom", "cpu_lowpower")
"""What Linux calls the counters of each kind of core of a hybrid x86 processor; each has a list of its CPUs."""
ALIKE = "alike"
OTHER_CLASS = 0.9
"""CPUs whose capacity, or highest clock rate, is below this share of the next faster one's are another class: favoured
cores of one kind differ by less than a tenth, kinds of cores by more."""


def directories(root: Path) -> list[Path]:
    """One directory for each logical CPU."""
    return sorted((root / CPUS).glob("cpu[0-9]*"))


def model(root: Path) -> str | None:
    """What the processor calls itself; boards with ARM processors name themselves instead."""
    info = files.entries(root / "proc/cpuinfo", ":")
    named = next((name for key in ("model name", "cpu model", "Model", "cpu") if (name := info.get(key))), None)
    part = info.get("CPU part")
    return named or (f"ARM part {part} of implementer {info.get('CPU implementer', '?')}" if part else None)


def flags(root: Path) -> frozenset[str]:
    """The processor's features as the kernel lists them; empty where it lists none."""
    return frozenset(files.entries(root / "proc/cpuinfo", ":").get("flags", "").split())


def _groups(root: Path, *names: str) -> set[str]:
    """The different values of a topology file over all CPUs; it has an old and a new name."""
    said = (files.text(cpu / "topology" / name) for cpu in directories(root) for name in names)
    return {value for value in said if value}


def threads_of_cores(root: Path) -> list[int]:
    """For each physical core, how many logical CPUs share it."""
    lists = _groups(root, "core_cpus_list") or _groups(root, "thread_siblings_list")
    return [len(files.cpu_list(one)) for one in lists]


def sockets(root: Path) -> int | None:
    """How many processor packages there are."""
    return len(_groups(root, "physical_package_id")) or None


def numa_nodes(root: Path) -> int | None:
    """How many memory nodes there are."""
    return len(list((root / "sys/devices/system/node").glob("node[0-9]*"))) or None


def max_mhz(root: Path) -> float | None:
    """The highest frequency that any CPU may reach."""
    found = [files.number(cpu / "cpufreq/cpuinfo_max_freq") for cpu in directories(root)]
    return max((khz / 1000 for khz in found if khz), default=None)


def governor(root: Path) -> str | None:
    """How the frequency is chosen; several, if CPUs differ."""
    return _joined(files.text(cpu / "cpufreq/scaling_governor") for cpu in directories(root))


def boost(root: Path) -> bool | None:
    """Whether CPUs may run faster than their nominal frequency for a while."""
    no_turbo = files.number(root / CPUS / "intel_pstate/no_turbo")
    if no_turbo is not None:
        return no_turbo == 0
    allowed = files.number(root / CPUS / "cpufreq/boost")
    return None if allowed is None else allowed == 1


def microcode(root: Path) -> str | None:
    """The processor's microcode, as a number such as 0xd0003f5."""
    said = files.entries(root / "proc/cpuinfo", ":").get("microcode", "")
    return said if re.fullmatch(r"0x[0-9a-f]{1,16}", said) else None


def smt(root: Path) -> str | None:
    """Whether cores run several threads: 'on', 'off', 'forceoff', 'notsupported' or 'notimplemented'."""
    said = files.text(root / CPUS / "smt/control")
    return said if said and re.fullmatch(r"[a-z]{2,20}", said) else None


def classes(root: Path) -> str | None:
    """'alike', or how many CPUs are of which class, the fastest first: '8 at 4600 MHz, 4 at 3400 MHz'.

    What the kernel says of the kinds of cores comes before capacities, and these before the highest clock rates.
    """
    online = files.cpu_list(files.text(root / CPUS / "online"))
    running = [cpu for cpu in directories(root) if not online or _number_of(cpu) in online]
    rates = {_number_of(cpu): files.number(cpu / "cpufreq/cpuinfo_max_freq") for cpu in running}
    named = [files.cpu_list(files.text(root / "sys/devices" / name / "cpus")) for name in EVENT_SOURCES]
    if sum(bool(cpus) for cpus in named) > 1:
        return ", ".join(_class(len(cpus), _highest(rates, cpus)) for cpus in named if cpus)
    capacities = {_number_of(cpu): files.number(cpu / "cpu_capacity") for cpu in running}
    found = [_apart(capacities), _apart(rates)]  # where all have one capacity, rates may still tell
    groups = next((one for one in found if len(one) > 1), None)
    if groups is not None:
        return ", ".join(_class(len(cpus), _highest(rates, cpus)) for cpus in groups)
    # A counter named 'cpu' is that of a processor with one kind of core.
    return ALIKE if any(found) or (root / "sys/devices/cpu/type").exists() else None


def _number_of(cpu: Path) -> int:
    return files.count(cpu.name.removeprefix("cpu")) or 0


def _apart(values: dict[int, int | None]) -> list[frozenset[int]]:
    """CPUs in classes of about equal values, the largest first; empty where not every value is known."""
    known = sorted(((value, cpu) for cpu, value in values.items() if value), reverse=True)
    if len(known) < len(values):
        return []
    groups: list[list[tuple[int, int]]] = []
    for value, cpu in known:
        if not groups or value < OTHER_CLASS * groups[-1][-1][0]:
            groups.append([])
        groups[-1].append((value, cpu))
    return [frozenset(cpu for _, cpu in group) for group in groups]


def _highest(rates: dict[int, int | None], cpus: frozenset[int]) -> float | None:
    return max((khz / 1000 for cpu in cpus if (khz := rates.get(cpu))), default=None)


def _class(cpus: int, mhz: float | None) -> str:
    return str(cpus) if mhz is None else f"{cpus} at {mhz:.0f} MHz"


def cache_bytes(root: Path, level: int) -> int | None:
    """Size of the first CPU's cache for data at this level."""
    for index in sorted((root / CPUS / "cpu0/cache").glob("index*")):
        size = _SIZE.match(files.text(index / "size") or "")
        if size and files.number(index / "level") == level and files.text(index / "type") != "Instruction":
            return int(size[1]) * _FACTOR[size[2]]
    return None


def vulnerable(root: Path) -> int | None:
    """How many known weaknesses of the processor the kernel leaves open: closing them costs time."""
    said = [files.text(path) for path in (root / CPUS / "vulnerabilities").glob("*")]
    return sum((line or "").startswith("Vulnerable") for line in said) if said else None


def _joined(words: Iterable[str | None]) -> str | None:
    return ", ".join(sorted({word for word in words if word})) or None
