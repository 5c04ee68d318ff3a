"""What the machine runs in and on: hypervisor, container, system, power."""

from __future__ import annotations

import platform
import re
import sys
from typing import TYPE_CHECKING

from study.machine import cpus, files

if TYPE_CHECKING:
    from pathlib import Path

HYPERVISORS = {
    "amazon": "Amazon EC2",
    "google": "Google Compute Engine",
    "microsoft": "Hyper-V",
    "vmware": "VMware",
    "virtualbox": "VirtualBox",
    "innotek": "VirtualBox",
    "parallels": "Parallels",
    "xen": "Xen",
    "qemu": "QEMU or KVM",
    "kvm": "QEMU or KVM",
}
"""Word in the firmware's tables -> name. Firmware may say anything, an owner's name too: only known words are kept."""
WSL = "WSL2"
"""Windows Subsystem for Linux: a guest of Hyper-V under a kernel of Microsoft's, whose release says so."""
CONTAINERS = ("kubepods", "docker", "libpod", "lxc", "containerd")


def hypervisor(root: Path) -> str | None:
    """'none', the hypervisor's name, or 'yes, unnamed'."""
    kind = files.text(root / "sys/hypervisor/type") or ""
    flags = cpus.flags(root)
    if "microsoft" in release(root).lower():
        return WSL
    if not kind and "hypervisor" not in flags:
        return "none" if flags else None
    tables = (files.text(root / "sys/class/dmi/id" / name) or "" for name in ("sys_vendor", "product_name"))
    said = " ".join((kind, *tables)).lower()
    return next((name for word, name in HYPERVISORS.items() if word in said), "yes, unnamed")


def container(root: Path) -> str | None:
    """The kind of container we are in, or 'none seen'."""
    if (root / ".dockerenv").exists():
        return "docker"
    if (root / "run/.containerenv").exists():
        return "podman"
    said = files.text(root / "run/systemd/container")
    if said and re.fullmatch(r"[a-z-]{1,20}", said):
        return said
    groups = files.text(root / "proc/self/cgroup")
    return None if groups is None else next((word for word in CONTAINERS if word in groups), "none seen")


def os_name(root: Path) -> str | None:
    """The distribution, or the system and its version."""
    if sys.platform != "linux":
        return f"{platform.system()} {platform.mac_ver()[0] or platform.version()}".strip()
    for path in ("etc/os-release", "usr/lib/os-release"):
        name = files.entries(root / path, "=").get("PRETTY_NAME", "").strip("\"'")
        if name:
            return name
    return None


def release(root: Path) -> str:
    """The kernel's release in full; only looked at, for it may name the machine that built it."""
    return files.text(root / "proc/sys/kernel/osrelease") or ""


def libc(root: Path) -> str | None:
    """The C library and its version, such as 'glibc 2.36'; of musl only its name where Python does not know more."""
    if sys.platform != "linux":
        return None
    name, version = platform.libc_ver()
    if name:
        return f"{name} {version}".strip()
    return "musl" if any((root / "lib").glob("ld-musl-*.so.1")) else None


def kernel() -> str | None:
    """Major and minor version: what follows may name the machine that built it."""
    found = re.match(r"\d+(\.\d+)?", platform.release())
    return found[0] if found else None


def on_battery(root: Path) -> bool | None:
    """Whether a battery is being discharged."""
    supplies = [files.text(path / "status") for path in (root / "sys/class/power_supply").glob("*")]
    return "Discharging" in supplies if supplies else None


def chosen(said: str | None) -> str | None:
    """The choice in brackets: 'madvise' of 'always [madvise] never'."""
    found = re.search(r"\[([\w+-]+)\]", said or "")
    return found[1] if found else None
