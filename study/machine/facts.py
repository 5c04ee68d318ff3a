"""The facts of a machine that bear on what parallel Python costs on it."""

from __future__ import annotations

import math
import os
import platform
import sys
from pathlib import Path

import msgspec
import psutil

from study.machine import cgroup, cpus, elsewhere, files, surroundings
from study.machine.cgroup import UNLIMITED, Unlimited

if sys.platform != "win32":
    import resource

_ROOT = Path("/")

Limit = int | Unlimited | None


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Every fact may be `None`: not readable here. No fact names the host, its user, a path or an address.

    Attributes
    ----------
    logical_cpus : CPUs of the machine; `affinity_cpus`: those that this process may run on.
    quota_cpus : CPU time per time that the control group allows, 'unlimited' if it sets no limit.
    usable_cpus : what the study plans with: the affinity, or the whole CPUs of the quota if that is less.
    kernel : release, major and minor.
    microcode : the processor's, as a number; `libc`: C library and version of the interpreter that ran the study.
    cpu_classes : 'alike', or how many CPUs are of which class, the fastest first; MHz there are the highest possible.
    smt : what the kernel says of several threads a core: 'on', 'off', 'notsupported' …
    threads_per_core : logical CPUs that share a physical core (SMT), at most.
    vulnerable : weaknesses of the processor that the kernel leaves open.
    isolated_cpus : CPUs that the scheduler leaves alone, as a list; '' if there are none.
    load_1min : average number of runnable or waiting tasks in the minute before.
    psi : whether the kernel keeps pressure stall information.
    """

    arch: str | None = None
    system: str | None = None
    kernel: str | None = None
    os_name: str | None = None
    libc: str | None = None
    hypervisor: str | None = None
    container: str | None = None
    cpu_model: str | None = None
    cpu_classes: str | None = None
    microcode: str | None = None
    smt: str | None = None
    logical_cpus: int | None = None
    affinity_cpus: int | None = None
    quota_cpus: float | Unlimited | None = None
    cpuset: str | None = None
    usable_cpus: int | None = None
    physical_cores: int | None = None
    threads_per_core: int | None = None
    sockets: int | None = None
    numa_nodes: int | None = None
    max_mhz: float | None = None
    governor: str | None = None
    boost: bool | None = None
    l1d_bytes: int | None = None
    l2_bytes: int | None = None
    l3_bytes: int | None = None
    memory_bytes: int | None = None
    memory_limit_bytes: Limit = None
    swap_bytes: int | None = None
    swap_used_bytes: int | None = None
    shm_bytes: int | None = None
    clocksource: str | None = None
    transparent_huge_pages: str | None = None
    aslr: int | None = None
    vulnerable: int | None = None
    isolated_cpus: str | None = None
    load_1min: float | None = None
    psi: bool | None = None
    on_battery: bool | None = None
    max_processes: Limit = None
    max_open_files: Limit = None


def describe(root: Path = _ROOT) -> Machine:
    """Read all facts; `root` is where the system's files are found."""
    cores = cpus.threads_of_cores(root)
    memory = files.entries(root / "proc/meminfo", ":")
    linux = sys.platform == "linux"
    return Machine(
        arch=platform.machine() or None,
        system=platform.system() or None,
        kernel=surroundings.kernel(),
        os_name=surroundings.os_name(root),
        libc=surroundings.libc(root),
        hypervisor=surroundings.hypervisor(root),
        container=surroundings.container(root),
        cpu_model=cpus.model(root) or (None if linux else elsewhere.cpu_model()),
        cpu_classes=cpus.classes(root) if linux else elsewhere.cpu_classes(),
        microcode=cpus.microcode(root),
        smt=cpus.smt(root),
        logical_cpus=len(files.cpu_list(files.text(root / cpus.CPUS / "online"))) or _online_cpus(),
        affinity_cpus=len(affinity()) or None,
        quota_cpus=cgroup.quota_cpus(root),
        cpuset=cgroup.cpuset(root),
        usable_cpus=usable_cpus(root),
        physical_cores=len(cores) or (None if linux else psutil.cpu_count(logical=False)),
        threads_per_core=max(cores, default=None),
        sockets=cpus.sockets(root),
        numa_nodes=cpus.numa_nodes(root),
        max_mhz=cpus.max_mhz(root),
        governor=cpus.governor(root),
        boost=cpus.boost(root),
        l1d_bytes=cpus.cache_bytes(root, 1),
        l2_bytes=cpus.cache_bytes(root, 2) if linux else elsewhere.l2_bytes(),
        l3_bytes=cpus.cache_bytes(root, 3),
        memory_bytes=_kib(memory.get("MemTotal")) if linux else psutil.virtual_memory().total,
        memory_limit_bytes=cgroup.memory_limit_bytes(root),
        swap_bytes=_kib(memory.get("SwapTotal")) if linux else psutil.swap_memory().total,
        swap_used_bytes=_used(_kib(memory.get("SwapTotal")), _kib(memory.get("SwapFree"))),
        shm_bytes=_filesystem_bytes(root / "dev/shm"),
        clocksource=files.text(root / "sys/devices/system/clocksource/clocksource0/current_clocksource"),
        transparent_huge_pages=surroundings.chosen(files.text(root / "sys/kernel/mm/transparent_hugepage/enabled")),
        aslr=files.number(root / "proc/sys/kernel/randomize_va_space"),
        vulnerable=cpus.vulnerable(root),
        isolated_cpus=files.text(root / cpus.CPUS / "isolated"),
        load_1min=load_1min(root),
        psi=files.text(root / "proc/pressure/cpu") is not None if linux else None,
        on_battery=surroundings.on_battery(root),
        max_processes=_limit("RLIMIT_NPROC"),
        max_open_files=_limit("RLIMIT_NOFILE"),
    )


def _online_cpus() -> int | None:
    """What the system says; `os.cpu_count` says what PYTHON_CPU_COUNT wants it to."""
    return os.sysconf("SC_NPROCESSORS_ONLN") if sys.platform == "linux" else os.cpu_count()


def affinity() -> frozenset[int]:
    """The CPUs that this process may run on; empty where the system does not say."""
    if sys.platform != "linux":
        return frozenset()
    return frozenset(os.sched_getaffinity(0))


def usable_cpus(root: Path = _ROOT) -> int:
    """How many CPUs a study may plan with: those of the affinity, or the whole CPUs of the quota if that is less.

    A quota limits CPU time and not how many run at once; a worker more than it has whole CPUs would be throttled.
    """
    allowed = len(affinity()) or os.cpu_count() or 1
    quota = cgroup.quota_cpus(root)
    return min(allowed, max(1, math.floor(quota))) if isinstance(quota, float) else allowed


def load_1min(root: Path = _ROOT) -> float | None:
    """The load average of the last minute."""
    if sys.platform == "win32":
        return None
    if sys.platform != "linux":
        return os.getloadavg()[0]
    try:
        return float((files.text(root / "proc/loadavg") or "").split()[0])
    except (IndexError, ValueError):
        return None


def _kib(entry: str | None) -> int | None:
    kib = files.count(entry)
    return None if kib is None else kib << 10


def _used(total: int | None, free: int | None) -> int | None:
    return None if total is None or free is None else total - free


def _filesystem_bytes(path: Path) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        found = os.statvfs(path)
    except OSError:
        return None
    return found.f_frsize * found.f_blocks


def _limit(name: str) -> Limit:
    if sys.platform == "win32":
        return None
    soft, _ = resource.getrlimit(getattr(resource, name))
    return UNLIMITED if soft == resource.RLIM_INFINITY else int(soft)
