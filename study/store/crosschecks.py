"""`results/crosschecks.json`: the outcome of `nox -s crosscheck`, ours and independent measurements, round by round."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from study.errors import ResultsError
from study.store.files import parse_json, read_text, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "crosschecks.json"
SCHEMA = 1


def save_crosschecks(results: Path, found: Mapping[str, Any]) -> None:
    """Write the file whole, in the place of an earlier one."""
    write_whole(results / FILE, (json.dumps(found, indent=1, sort_keys=True) + "\n").encode())


def load_crosschecks(results: Path) -> dict[str, Any] | None:
    """What the last cross-check found, or None where there was none.

    Raises
    ------
    ResultsError
        if the file is not what this study writes.
    """
    path = results / FILE
    if not path.exists():
        return None
    found = parse_json(read_text(path, FILE), FILE)
    if not isinstance(found, dict) or found.get("schema") != SCHEMA or not isinstance(found.get("acts"), list):
        raise ResultsError(f"{FILE}: not what this study writes. Remove it, and make it anew: nox -s crosscheck")
    return found
