"""The name a machine goes by in results: chosen, never derived from what its owner calls it."""

from __future__ import annotations

import re

from study.errors import UsageError

LONGEST = 40
_NAME = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{LONGEST - 1}}}\Z")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")
"""Names that no file can have on Windows, where results may be checked out."""
_REPORT = "report"
"""The folder beside the machines that holds the report of `--results DIR`."""


def default_machine_name(arch: str, cpus: int, token: str) -> str:
    """'<arch>-<n>cpu-<token>', such as 'x86-64-2cpu-9f3a'; the token is four digits of the hardware's digest.

    So a machine has one name in every results folder, and equal machines have one name too.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", arch.lower()).strip("-") or "unknown"
    return f"{plain[:20]}-{cpus}cpu-{token}"


def numbered(name: str, number: int) -> str:
    """'<name>-<number>', for a machine whose name others' runs bear already; never longer than a name may be."""
    end = f"-{number}"
    return name[: LONGEST - len(end)].rstrip("-") + end


def check_machine_name(name: str) -> str:
    """The name itself, if it can be a folder's name everywhere."""
    if not _NAME.match(name):
        raise UsageError(
            f"--machine {name!r}: 1 to {LONGEST} characters a-z, 0-9 and '-' are allowed, the first of them no '-'"
        )
    if _DEVICE.match(name) or name == _REPORT:
        what = "is the report's folder" if name == _REPORT else "is a device on Windows, and no folder can be called so"
        raise UsageError(f"--machine {name}: {what}; take another name")
    return name
