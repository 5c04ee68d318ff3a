"""Loops and costs of every point on a machine: measured once per bench and target, reused by later runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from study.errors import ResultsError
from study.store.bounds import Line, Ratio, Seconds, Text
from study.store.files import is_link, lies_there, parse_as, read_text, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "calibration.json"
ASIDE = "calibration.unreadable.json"
"""Where a file goes that could not be read, when a new one takes its place; nothing reads it."""
SCHEMA = 2
OLD_SCHEMA = 1
"""Had whole curves, whose loops nobody asks for any more; the spread of its cells still counts."""
MAX_BYTES = 16 * 2**20
"""The largest so far, of six interpreters, has 0.3 MB."""
REMEDY = ". Remove it to calibrate anew"


class Calibrated(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One point: its loops, the seconds of an event, of all that is around its events, and of its process besides."""

    loops: Annotated[int, Meta(ge=1, le=10**12)]
    event_s: Seconds
    around_s: Seconds
    start_s: Seconds


class _File(msgspec.Struct, forbid_unknown_fields=True):
    schema: int
    spread: dict[Text, Ratio]
    points: dict[Line, dict[Text, Calibrated]] = {}
    curves: dict[Line, dict[Text, Any]] = {}


def _wrong(found: _File) -> str:
    if found.schema not in {OLD_SCHEMA, SCHEMA}:
        return f"schema: {found.schema} is not {SCHEMA}"
    return "" if found.schema == SCHEMA or not found.points else "points: there were none in schema 1"


class Calibration:
    """`results/<machine>/calibration.json`: key -> point -> what was found of it, and cell -> spread between processes.

    The key is a digest of everything that the loops depend on: the point's source, target lock, target, usable CPUs.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None] | None = None) -> None:
        """Read what is there.

        Parameters
        ----------
        tell : told what is wrong with a file that cannot be read. Calibration then begins anew, and the file is kept
            as `calibration.unreadable.json` when the first new entry is saved. None: such a file is an error.

        Raises
        ------
        ResultsError
            if the file is not what this study writes, and nobody is told.
        """
        self.path = folder / FILE
        self.entries: dict[str, dict[str, Calibrated]] = {}
        self.spread: dict[str, float] = {}
        self._unreadable = False
        try:
            self._read()
        except ResultsError as error:
            if tell is None:
                raise
            self._unreadable = True
            tell(f"{error}. It is passed over, and kept as {ASIDE} once there is a new one")

    def _read(self) -> None:
        name = f"{self.path.parent.name}/{FILE}"
        if is_link(self.path.parent):
            raise ResultsError(f"{self.path.parent.name}: a link, which is not followed")
        if not lies_there(self.path):
            return
        text = read_text(self.path, name, longest=MAX_BYTES, remedy=REMEDY)
        found = parse_as(text, _File, name, remedy=REMEDY, check=_wrong)
        self.entries = found.points
        self.spread = found.spread

    def get(self, key: str, point: str) -> Calibrated | None:
        """What was found of a point, or None."""
        return self.entries.get(key, {}).get(point)

    def put(self, key: str, point: str, found: Calibrated) -> None:
        """Remember a point until it is saved."""
        self.entries.setdefault(key, {})[point] = found

    def save(self) -> None:
        """Write the file whole; one that could not be read is kept beside it."""
        content = {"schema": SCHEMA, "points": msgspec.to_builtins(self.entries), "spread": self.spread}
        text = json.dumps(content, indent=1, sort_keys=True) + "\n"
        parse_as(text, _File, f"{self.path.parent.name}/{FILE}", remedy=". It would not be readable again")
        if self._unreadable:
            try:
                self.path.replace(self.path.with_name(ASIDE))
            except OSError as error:
                raise ResultsError(f"{FILE}: cannot be moved aside ({error.strerror}); remove it") from None
            self._unreadable = False
        write_whole(self.path, text.encode())
