"""Reading what Linux says of a process' memory; bytes."""

from __future__ import annotations

import os
from pathlib import Path

from study.bench.errors import UnsupportedCellError

KIB = 1024
FIELDS = ("Rss", "Pss", "Private_Clean", "Private_Dirty", "Private_Hugetlb")


def available() -> int | None:
    """Bytes that programs can still take before others are pushed out; None where the system does not tell."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    found = dict(line.partition(":")[::2] for line in text.splitlines())
    return int(found["MemAvailable"].split()[0]) * KIB if "MemAvailable" in found else None


def of_process(pid: int) -> dict[str, int]:
    """The sums over all mappings of a process, bytes, by the kernel's names."""
    found = dict.fromkeys(FIELDS, 0)
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError as error:
        raise UnsupportedCellError(f"what a process uses of memory is not readable here ({error.strerror})") from None
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0]) * KIB
    return found


def tree(root: int | None = None) -> list[int]:
    """A process, this one unless told, and everything that descends from it."""
    first = os.getpid() if root is None else root
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text(encoding="ascii", errors="replace")
            except OSError:
                continue  # it has ended meanwhile
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = [first]
    for pid in found:  # grows while it is walked through
        found += [child for child, parent in parents.items() if parent == pid]
    return found
