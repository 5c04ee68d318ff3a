"""The journal of a run that is being measured: one line per process, appended and synced."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from study.errors import ResultsError
from study.store.files import parse_json

if TYPE_CHECKING:
    from pathlib import Path

NAME = "journal.jsonl"
_KEYS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "process": {
        "kind": str, "curve": int, "round": int, "attempt": int, "state": str, "reason": str, "last_lines": str,
        "elapsed_s": (int, float), "spent_s": (int, float), "meanwhile": dict, "leftovers": list,
        "suite": (dict, type(None)), "timing": (dict, type(None)),
    },
    "round": {
        "kind": str, "round": int, "attempt": int, "disturbed": list, "elapsed_s": (int, float),
        "spent_s": (int, float), "order": list, "foreign_cpus": (int, float, type(None)),
    },
}  # fmt: skip


class Journal:
    """The lines of one run, in the order they were written."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a torn last line is cut off, anything else wrong is refused."""
        self.path = path
        self.entries: list[dict[str, Any]] = []
        if path.exists():
            self._read()

    def _read(self) -> None:
        name = f"{self.path.parent.name}/{NAME}"
        data = self.path.read_bytes()
        whole, _, torn = data.rpartition(b"\n")
        lines = whole.split(b"\n") if whole else []
        for number, line in enumerate(lines, start=1):
            where = f"{name}, line {number}"
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                raise ResultsError(f"{where}: not UTF-8 text; nothing was changed. {_ADVICE}") from None
            try:
                self.entries.append(_checked(parse_json(text, where, remedy=""), where))
            except ResultsError as error:
                raise ResultsError(f"{error}; nothing was changed. {_ADVICE}") from None
        if torn:
            with self.path.open("r+b") as file:
                file.truncate(len(data) - len(torn))
                os.fsync(file.fileno())

    def append(self, entry: dict[str, Any]) -> None:
        """Add one line and see it on the disk before returning."""
        _checked(entry, NAME)
        line = json.dumps(entry, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
        size = self.path.stat().st_size if self.path.exists() else 0
        try:
            with self.path.open("ab") as file:
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if self.path.exists():
                os.truncate(self.path, size)
            raise ResultsError(
                f"{NAME}: cannot be written ({error.strerror}); every process before this one is kept."
                " Free some space and run the same command again"
            ) from None
        self.entries.append(entry)

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The entries of one kind: 'process' or 'round'."""
        return [entry for entry in self.entries if entry["kind"] == kind]


_ADVICE = "Move the run's folder away, or start a new run with --fresh"


def _checked(entry: object, where: str) -> dict[str, Any]:
    if not isinstance(entry, dict) or entry.get("kind") not in _KEYS:
        raise ResultsError(f"{where}: not a line of a journal")
    keys = _KEYS[entry["kind"]]
    if entry.keys() != keys.keys():
        odd = sorted(entry.keys() ^ keys.keys())
        raise ResultsError(f"{where}: missing or unknown keys: {', '.join(odd)}")
    for key, kind in keys.items():
        if not isinstance(entry[key], kind) or (isinstance(entry[key], bool)):
            raise ResultsError(f"{where}: {key} is {type(entry[key]).__name__}, which it cannot be")
    return entry
