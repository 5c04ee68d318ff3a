"""What macOS, and Windows as far as it does, tell of the processor where there are no files to read."""

from __future__ import annotations

import platform
import subprocess

from study.machine.cpus import ALIKE

_LONGEST_ANSWER_S = 5.0


def cpu_model() -> str | None:
    """What the processor calls itself; on macOS Python only knows its family ('arm')."""
    return _sysctl("machdep.cpu.brand_string") or platform.processor() or None


def cpu_classes() -> str | None:
    """'alike', or how many CPUs are of which class, the fastest first, on macOS; see `study.machine.cpus.classes`."""
    levels = _number("hw.nperflevels")
    if levels is None:
        return None
    found = [_sysctl(f"hw.perflevel{level}.logicalcpu") for level in range(min(levels, 8))]
    return ALIKE if levels == 1 else ", ".join(cpus for cpus in found if cpus) or None


def l2_bytes() -> int | None:
    """Size of the fastest CPUs' L2 cache, on macOS."""
    return _number("hw.perflevel0.l2cachesize") or _number("hw.l2cachesize")


def _number(name: str) -> int | None:
    said = _sysctl(name)
    return int(said) if said and said.isdecimal() else None


def _sysctl(name: str) -> str | None:
    """One value of macOS' own; None elsewhere, and where it has none of that name."""
    if platform.system() != "Darwin":
        return None
    try:
        ran = subprocess.run(
            ["/usr/sbin/sysctl", "-n", name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST_ANSWER_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout.strip() or None if ran.returncode == 0 else None
