"""What sessions beside the study found, each one file of `results/`: `validation.json`, `crosschecks.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from study.errors import ResultsError
from study.store.files import check_writable, parse_json, read_text, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEMA = 1
LISTS = {"validation": "promises", "crosschecks": "acts"}
"""Outcome -> the list that its file must hold."""
SESSIONS = {"validation": "validate", "crosschecks": "crosscheck"}


def check_outcome(results: Path, name: str) -> None:
    """Find out now, and not after measuring, that the outcome's file cannot be written.

    Raises
    ------
    ResultsError
        if the folder cannot be written, or what has the file's name is no file.
    """
    path = results / f"{name}.json"
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise ResultsError(
            f"{path}: the outcome is kept there, and this is no file. Move it, or name another --results"
        )
    check_writable(results)


def save_outcome(results: Path, name: str, found: Mapping[str, Any]) -> None:
    """Write the outcome's file whole, in the place of an earlier one."""
    text = json.dumps({"schema": SCHEMA, **found}, indent=1, sort_keys=True)
    write_whole(results / f"{name}.json", f"{text}\n".encode())


def load_outcome(results: Path, name: str) -> dict[str, Any] | None:
    """What was given to `save_outcome` last, or None where nothing was.

    Raises
    ------
    ResultsError
        if the file is not what this study writes.
    """
    file = f"{name}.json"
    path = results / file
    if not path.exists():
        return None
    found = parse_json(read_text(path, file), file)
    if not isinstance(found, dict) or found.get("schema") != SCHEMA or not isinstance(found.get(LISTS[name]), list):
        raise ResultsError(f"{file}: not what this study writes. Remove it, and make it anew: nox -s {SESSIONS[name]}")
    del found["schema"]  # the file's business
    return found
