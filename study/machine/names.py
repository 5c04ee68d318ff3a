"""The name a machine goes by in results: chosen, never derived from what its owner calls it."""

from __future__ import annotations

import re

from study.errors import UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")
"""Names that no file can have on Windows, where results may be checked out."""
_REPORT = "report"
"""The folder beside the machines that holds the report of `--results DIR`."""


def default_machine_name(arch: str, cpus: int, token: str) -> str:
    """'<arch>-<n>cpu-<token>', such as 'x86-64-2cpu-9f3a'; the token is random and keeps equal machines apart."""
    plain = re.sub(r"[^a-z0-9]+", "-", arch.lower()).strip("-") or "unknown"
    return f"{plain[:20]}-{cpus}cpu-{token}"


def check_machine_name(name: str) -> str:
    """The name itself, if it can be a folder's name everywhere."""
    if not _NAME.match(name):
        raise UsageError(
            f"--machine {name!r}: 1 to 40 characters a-z, 0-9 and '-' are allowed, the first of them no '-'"
        )
    if _DEVICE.match(name) or name == _REPORT:
        what = "is the report's folder" if name == _REPORT else "is a device on Windows, and no folder can be called so"
        raise UsageError(f"--machine {name}: {what}; take another name")
    return name
