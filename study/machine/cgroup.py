"""What the control groups we live in allow us, version 1 and 2: our own group's limits and those of all above it.

A limit may sit in any group on the way up, and `/sys/fs/cgroup` itself says nothing of it: the way begins in
`/proc/self/cgroup` (see cgroups(7)).
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Literal

from study.machine import files

Unlimited = Literal["unlimited"]
UNLIMITED: Unlimited = "unlimited"

_NO_MEMORY_LIMIT = 1 << 60
"""Version 1 writes "no limit" as the largest number of whole pages, which depends on the page size."""


def directories(root: Path, controller: str) -> list[Path]:
    """Our group of this controller and the groups above it, in both versions; empty where there are none."""
    found: list[Path] = []
    mounts = _mounts(root)
    for line in (files.text(root / "proc/self/cgroup") or "").splitlines():
        _, controllers, own = (*line.split(":", 2), "", "")[:3]
        if not controllers or controller in controllers.split(","):
            mount = mounts.get(controller if controllers else "")
            if mount is not None:
                found += _upwards(root / mount[0].lstrip("/"), mount[1], own)
    return [path for path in found if path.is_dir()]


def _upwards(mount_point: Path, mount_root: str, own: str) -> list[Path]:
    """From our group to the mount point. In a container the mount may begin at, or below, the group we are told of."""
    inside = PurePosixPath(own)
    if inside.is_relative_to(mount_root):
        inside = inside.relative_to(mount_root)
    below = [part for part in inside.parts if part != "/"]
    if ".." in below:  # outside of our namespace: only what is mounted can be seen
        below = []
    return [mount_point.joinpath(*below[:depth]) for depth in range(len(below), -1, -1)]


def _mounts(root: Path) -> dict[str, tuple[str, str]]:
    """Controller ('' for version 2) -> where it is mounted, and which group stands there."""
    found: dict[str, tuple[str, str]] = {}
    for line in (files.text(root / "proc/self/mountinfo") or "").splitlines():
        mount, _, kind = line.partition(" - ")
        fields, words = mount.split(), kind.split()
        if len(fields) >= 5 and words[:1] == ["cgroup2"]:
            found.setdefault("", (fields[4], fields[3]))
        elif len(fields) >= 5 and words[:1] == ["cgroup"]:
            for controller in words[-1].split(","):
                found.setdefault(controller, (fields[4], fields[3]))
    return found


def quota_cpus(root: Path) -> float | Unlimited | None:
    """The smallest CPU quota above us, in CPUs."""
    groups = directories(root, "cpu")
    quotas = [quota for group in groups if (quota := _quota_of(group)) is not None]
    return min(quotas, default=UNLIMITED) if groups else None


def _quota_of(group: Path) -> float | None:
    words = (files.text(group / "cpu.max") or "").split()
    if len(words) != 2:
        words = [files.text(group / f"cpu.cfs_{name}_us") or "" for name in ("quota", "period")]
    quota, period = (int(word) if word.isdecimal() else 0 for word in words)  # 'max' and '-1' are no numbers
    return quota / period if quota and period else None


def memory_limit_bytes(root: Path) -> int | Unlimited | None:
    """The smallest memory limit above us."""
    groups = directories(root, "memory")
    said = [files.number(group / name) for group in groups for name in ("memory.max", "memory.limit_in_bytes")]
    limits = [limit for limit in said if limit is not None and limit < _NO_MEMORY_LIMIT]
    return min(limits, default=UNLIMITED) if groups else None


def cpuset(root: Path) -> str | None:
    """The CPUs our group may use, as a list such as '0-3,7'."""
    names = ("cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus")
    said = (files.text(group / name) for group in directories(root, "cpuset") for name in names)
    return next((cpus for cpus in said if cpus), None)


def throttled(root: Path) -> int | None:
    """How often our group, or one above it, was stopped because its quota was used up."""
    stats = (files.entries(group / "cpu.stat") for group in directories(root, "cpu"))
    counts = [count for stat in stats if (count := files.count(stat.get("nr_throttled"))) is not None]
    return sum(counts) if counts else None
