"""Digests of the configuration, the lock and the targets: with those of cells (`sources`), what makes two runs the same study."""

from __future__ import annotations

import hashlib
import json
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

NOT_SOURCE = ("results/", "report/")
"""Changes below these do not make a run 'dirty': they are what runs and reports write."""


def digest_of(value: object) -> str:
    """SHA-256 of a JSON value in canonical form."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """SHA-256 over names and contents, in order of names; line ends do not count."""
    found = hashlib.sha256()
    for path in sorted(paths):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{path.relative_to(root).as_posix()} {len(text)}\n".encode() + text)
    return found.hexdigest()


def digests(
    root: Path,
    config: Mapping[str, str],
    targets: Sequence[Mapping[str, Any]],
    only: str,
    locks: Iterable[Path],
    core: str,
) -> dict[str, str]:
    """The digests a manifest keeps: of config, the targets' locks, the measuring core and targets; cells have their own."""
    return {
        "config": digest_of([dict(config), only]),
        "lock": digest_of_files(root, locks),
        "core": core,
        "targets": digest_of(list(targets)),
    }


def commit(root: Path) -> tuple[str, bool]:
    """(commit, dirty) of the study's source; ('', True) where git or its history is missing."""
    git = ["git", "-C", str(root)]
    try:
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
        status = subprocess.run(
            [*git, "status", "--porcelain", "--untracked-files=normal"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "", True
    changed = [line[3:].strip('"') for line in status.stdout.splitlines()]
    return head.stdout.strip(), any(not name.startswith(NOT_SOURCE) for name in changed)
