"""Memory of processes and their children, as Linux shows them; 0 or nothing elsewhere."""

from __future__ import annotations

import os


def resident_bytes() -> int:
    """Memory of this process that lies in RAM."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0


def private_bytes() -> int:
    """Memory of this process that it shares with no other: what one worker more costs."""
    found = 0
    try:
        with open("/proc/self/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith(("Private_Clean:", "Private_Dirty:")):
                    found += int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        return 0
    return found


def children_of(process: int) -> set[int]:
    """The numbers of the children of every thread of a process that have not ended."""
    found: set[int] = set()
    try:
        for thread in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{thread}/children", encoding="ascii") as file:
                found.update(int(word) for word in file.read().split())
    except (OSError, ValueError):
        pass  # the thread has ended meanwhile, or the system does not tell
    return {child for child in found if _is_alive(child)}


def _is_alive(process: int) -> bool:
    """Whether it is more than an exit code that nobody has asked for."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] != b"Z"
    except (OSError, IndexError):
        return False
