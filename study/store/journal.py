"""The journal of a run that is being measured: one line per process, appended and synced."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from study.errors import ResultsError, printable
from study.store.bounds import CpuTime, Few, Index, Line, Real, Seconds, Text
from study.store.checked import wrong_order
from study.store.files import as_text, lies_there, open_plain, parse_json, read_bytes
from study.store.suites import PyperfSuite, samples_in

if TYPE_CHECKING:
    from pathlib import Path

    from study.store.manifest import Manifest
    from study.store.suites import Sample

NAME = "journal.jsonl"
MAX_BYTES = 24 * 2**20
"""An hour of everything writes about 5 MiB."""
FULL_BYTES = 20 * 2**20
"""When no further round is begun, so that the one in flight fits."""
MOST_ATTEMPTS = 100
ROUND_LINE = b'\n{"kind":"round",'
"""How the line of a round's end begins; the first line of a journal is a process's."""
_ADVICE = "Move the run's folder away, or start a new run with --fresh"


class _Process(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How one process ended, and what it measured."""

    kind: Literal["process"]
    curve: Index
    round: Index
    attempt: Few
    state: Annotated[str, Meta(max_length=100)]
    reason: Text
    last_lines: Text
    elapsed_s: Seconds
    spent_s: Seconds
    meanwhile: Annotated[dict[Line, Real | None], Meta(max_length=100)]
    leftovers: Annotated[list[Text], Meta(max_length=10_000)]
    suite: PyperfSuite | None
    timing: Annotated[dict[Line, Real], Meta(max_length=100)] | None


class _Round(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How one attempt at a round ended."""

    kind: Literal["round"]
    round: Index
    attempt: Few
    disturbed: Annotated[list[Line], Meta(max_length=1000)]
    elapsed_s: Seconds
    spent_s: Seconds
    order: list[Index]
    foreign_cpus: CpuTime | None


class _Kind(msgspec.Struct):
    kind: str = ""


_ENTRIES: dict[str, type[_Process | _Round]] = {"process": _Process, "round": _Round}


class Journal:
    """The lines of one run, in the order they were written. Reading one changes nothing on the disk.

    Attributes
    ----------
    entries : the lines as objects, each checked by itself and against the manifest, without the suites.
    samples : of each line of a process that measured something, (entry, its samples).
    torn_bytes : what was cut off in the middle of being written, at the end of the file; `append` takes it away first.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """Read what is there; a torn last line is passed over, anything else wrong is refused."""
        self.path = path
        self.manifest = manifest
        self.entries: list[dict[str, Any]] = []
        self.samples: list[tuple[dict[str, Any], list[Sample]]] = []
        self.torn_bytes = 0
        self._bytes = 0
        if lies_there(path):
            self._read()

    @property
    def full(self) -> bool:
        """Whether no further round fits."""
        return self._bytes > FULL_BYTES

    def _read(self) -> None:
        name = f"{self.path.parent.name}/{NAME}"
        data = read_bytes(self.path, name, longest=MAX_BYTES, remedy=f"; nothing was changed. {_ADVICE}")
        whole, _, torn = data.rpartition(b"\n")
        self.torn_bytes = len(torn)
        self._bytes = len(data) - len(torn)
        for number, line in enumerate(whole.split(b"\n") if whole else [], start=1):
            where = f"{name}, line {number}"
            try:
                self._take(parse_json(as_text(line, where, remedy=""), where, remedy=""), where)
            except ResultsError as error:
                raise ResultsError(f"{error}; nothing was changed. {_ADVICE}") from None

    def _take(self, entry: Any, where: str) -> None:  # noqa: ANN401 - JSON is whatever it is
        """Check an entry, and keep it: what its suite holds as samples."""
        found = _checked(entry, where)
        curves = self.manifest.curves
        if found.attempt > MOST_ATTEMPTS:
            raise ResultsError(f"{where}: attempt {found.attempt} at a round")
        if isinstance(found, _Round):
            if wrong_order(found.order, len(curves)):
                raise ResultsError(f"{where}: order: not an order of the run's {len(curves)} curves")
        elif found.curve >= len(curves):
            raise ResultsError(f"{where}: curve: there is no curve {found.curve}")
        elif found.suite is not None:
            samples = samples_of(found.suite, self.manifest, found.curve, where)
            entry = {**entry, "suite": None}
            self.samples.append((entry, samples))
        self.entries.append(entry)

    def mend(self) -> None:
        """Cut a torn last line off. Only a run that goes on does this, under its lock."""
        if not self.torn_bytes:
            return
        try:
            with open_plain(self.path, f"{self.path.parent.name}/{NAME}", flags=os.O_RDWR) as file:
                file.truncate(self._bytes)
                os.fsync(file.fileno())
        except OSError as error:
            raise ResultsError(f"{NAME}: its torn last line cannot be cut off ({error.strerror})") from None
        self.torn_bytes = 0

    def append(self, entry: dict[str, Any]) -> None:
        """Add one line and see it on the disk before returning."""
        taken = len(self.entries), len(self.samples)
        self._take(entry, NAME)
        try:
            self._write(entry)
        except ResultsError:
            del self.entries[taken[0] :], self.samples[taken[1] :]
            raise

    def _write(self, entry: dict[str, Any]) -> None:
        line = (json.dumps(entry, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode()
        if self._bytes + len(line) > MAX_BYTES:
            raise ResultsError(f"{NAME}: larger than {MAX_BYTES} bytes; begin another run with --fresh")
        self.mend()
        try:
            with open_plain(self.path, NAME, flags=os.O_RDWR | os.O_CREAT | os.O_APPEND) as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if self.path.exists():
                os.truncate(self.path, self._bytes)
            raise ResultsError(
                f"{NAME}: cannot be written ({error.strerror}); every process before this one is kept."
                " Free some space and run the same command again"
            ) from None
        self._bytes += len(line)

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The entries of one kind: 'process' or 'round'."""
        return [entry for entry in self.entries if entry["kind"] == kind]


def samples_of(suite: object, manifest: Manifest, curve: int, where: str) -> list[Sample]:
    """The samples of one process of a curve, of no cells but the curve's.

    Raises
    ------
    ResultsError
        if the suite is not what a process of this curve writes.
    """
    record = manifest.curves[curve]
    samples = samples_in(suite, where, target=record.target)
    cells = set(record.cells)
    odd = next((sample.name for sample in samples if sample.name not in cells), None)
    if odd is not None:
        raise ResultsError(f"{where}: suite: {odd} is no cell of curve {curve}")
    if len({sample.name for sample in samples}) < len(samples):
        raise ResultsError(f"{where}: suite: a cell stands twice")
    return samples


def _checked(entry: object, where: str) -> _Process | _Round:
    try:
        kind = _ENTRIES.get(msgspec.convert(entry, _Kind).kind)
        if kind is None:
            raise ResultsError(f"{where}: not a line of a journal")
        return msgspec.convert(entry, kind)
    except (msgspec.ValidationError, UnicodeError) as error:
        raise ResultsError(f"{where}: {printable(str(error))}") from None
