"""`summary.json`: what comparing needs of a run, in few numbers a cell. Made of its times; believed of no other ones."""

from __future__ import annotations

import hashlib
import math
import statistics
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from study.store.bounds import (
    CellText,
    Cpus,
    CpuTime,
    Few,
    Hex,
    Index,
    Instant,
    Line,
    Loops,
    Seconds,
    Slug,
    Word,
    wrong_cell,
    wrong_instant,
)
from study.store.checked import wrong_machine, wrong_targets
from study.store.files import parse_as, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from study.store.manifest import Manifest
    from study.store.suites import Sample

NAME = "summary.json"
SCHEMA = 1
MAX_BYTES = 4 * 2**20
"""The largest so far, of 948 cells, has 0.2 MB."""
REMEDY = ". It is made anew from the run's times where it is missing: remove it"
_MEASURED = frozenset({"done", "outstanding"})
"""States of a cell whose times count: of a run that goes on the cells have no other state yet."""
_WHOLE = "bench"
"""The digest of all that can be timed, which runs of earlier versions have in place of one for each cell."""

_Log = Annotated[float, Meta(ge=-100, le=100)]
_Variance = Annotated[float, Meta(ge=0, le=1e4)]
_Number = Annotated[int, Meta(ge=1, le=10**6)]
_Source = Annotated[str, Meta(max_length=128, pattern=r"\A[A-Za-z0-9._+ -]*\Z")]


class Head(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a run is: as its manifest has it, its rounds counted.

    `is_gate`: it has two arms and few cells; `rounds` and `disturbed_rounds` of those that count; `foreign_cpus`: how many
    CPUs others took, averaged over the rounds that tell.
    """

    state: Literal["measuring", "finished"]
    study_version: Word
    commit: Hex
    dirty: bool
    digests: Annotated[dict[Word, Word], Meta(max_length=100)]
    started: Instant
    finished: Instant
    elapsed_s: Seconds
    simulated: bool
    quick: bool
    is_gate: bool
    values: Few
    warmups: Few
    usable_cpus: Cpus
    machine: dict[str, Any]
    changes: Annotated[list[Line], Meta(max_length=100)]
    rounds: Index
    disturbed_rounds: Index
    foreign_cpus: CpuTime | None

    @property
    def ended(self) -> str:
        """When it was finished; of one that goes on, when it was begun."""
        return self.finished or self.started


class _Row(msgspec.Struct, forbid_unknown_fields=True, frozen=True, array_like=True):
    """A cell of a target; `cell` and `source` are indices of the file's lists."""

    cell: Index
    mean: _Log
    variance: _Variance | None
    processes: _Number
    loops: Loops
    source: Index


class _Target(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    name: Slug
    facts: dict[str, Any]
    rows: Annotated[list[_Row], Meta(max_length=10**5)]


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    schema: int
    manifest: Hex
    head: Head
    cells: Annotated[list[CellText], Meta(max_length=10**5)]
    sources: Annotated[list[_Source], Meta(max_length=10**5)]
    targets: Annotated[list[_Target], Meta(min_length=1, max_length=100)]


class Level(NamedTuple):
    """One cell on one target.

    Attributes
    ----------
    mean : of the logarithms of the process means, in seconds or bytes.
    variance : of these logarithms from process to process; None where there is one process alone.
    processes : how many.
    loops : events in a value.
    source : digest of the programs that were timed.
    """

    mean: float
    variance: float | None
    processes: int
    loops: int
    source: str

    @property
    def squared_error(self) -> float | None:
        """The squared standard error of `mean`; None where there is one process alone."""
        return None if self.variance is None else self.variance / self.processes


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSummary:
    """One interpreter of a run: its facts, and cell -> what was measured, in the order of the cells' texts."""

    facts: Mapping[str, Any]
    levels: Mapping[str, Level]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunSummary:
    """One stored run, as far as comparing needs it.

    Attributes
    ----------
    machine, id : its names: the folders that it lies in.
    head : what it is.
    targets : name -> interpreter, in the order of the run.
    contributed : whether a stranger measured it: then it is shown, and never counts as one of this machine's.
    """

    machine: str
    id: str
    head: Head
    targets: Mapping[str, TargetSummary]
    contributed: bool = False

    @property
    def name(self) -> str:
        """What messages and references call it."""
        return f"{self.machine}/{self.id}"

    @property
    def measured(self) -> int:
        """Cells that have times, over all interpreters."""
        return sum(len(target.levels) for target in self.targets.values())


def summarised(machine: str, identity: str, manifest: Manifest, samples: Iterable[Sample]) -> RunSummary:
    """The summary of a run from its times.

    Parameters
    ----------
    machine, identity : the names of the run's folders.
    samples : those that count, as `RunFolder.load` gives them.
    """
    processes: dict[tuple[str, str], list[tuple[int, tuple[float, ...]]]] = {}
    for sample in samples:
        processes.setdefault((sample.target, sample.name), []).append((sample.round_index, sample.values))
    whole = manifest.digests.get(_WHOLE, "")
    levels: dict[str, dict[str, Level]] = {target.name: {} for target in manifest.targets}
    for record in sorted(manifest.cells, key=lambda record: record.cell):
        found = processes.get(record.key)
        if found and record.state in _MEASURED:
            mean, variance = _of_logs([values for _, values in sorted(found)])
            source = record.digest or whole
            levels[record.target][record.cell] = Level(mean, variance, len(found), record.loops, source)
    targets = {
        target.name: TargetSummary(facts=target.facts, levels=levels[target.name]) for target in manifest.targets
    }
    return RunSummary(machine=machine, id=identity, head=_head(manifest), targets=targets)


def encode(summary: RunSummary, manifest: bytes, name: str) -> bytes:
    """The summary as JSON, bound to the manifest with these bytes, which has the digests of the times.

    Raises
    ------
    ResultsError
        if what was to be written could not be read again.
    """
    every = [target.levels for target in summary.targets.values()]
    cells = sorted({cell for levels in every for cell in levels})
    sources = sorted({level.source for levels in every for level in levels.values()})
    cell_at, source_at = ({text: index for index, text in enumerate(texts)} for texts in (cells, sources))
    found = _File(
        schema=SCHEMA,
        manifest=bond(manifest),
        head=summary.head,
        cells=cells,
        sources=sources,
        targets=[
            _Target(
                name=target,
                facts=dict(known.facts),
                rows=[
                    _Row(
                        cell_at[cell], level.mean, level.variance, level.processes, level.loops, source_at[level.source]
                    )
                    for cell, level in known.levels.items()
                ],
            )
            for target, known in summary.targets.items()
        ],
    )
    data = msgspec.json.encode(found) + b"\n"
    parse_as(data.decode(), _File, name, remedy=". It would not be readable again", check=_wrong)
    return data


def decode(text: str, machine: str, identity: str, manifest: bytes, name: str) -> RunSummary:
    """The summary in `text`, checked whole.

    Raises
    ------
    ResultsError
        if it is not what this study writes, or is bound to another manifest.
    """

    def wrong(found: _File) -> str:
        bound = "" if found.manifest == bond(manifest) else "manifest: it was made of another one"
        return bound or _wrong(found)

    found = parse_as(text, _File, name, remedy=REMEDY, check=wrong)
    cells, sources = (
        list(map(sys.intern, texts)) for texts in (found.cells, found.sources)
    )  # a thousand runs have them
    return RunSummary(
        machine=machine,
        id=identity,
        head=found.head,
        targets={
            target.name: TargetSummary(
                facts=target.facts,
                levels={
                    cells[row.cell]: Level(row.mean, row.variance, row.processes, row.loops, sources[row.source])
                    for row in target.rows
                },
            )
            for target in found.targets
        },
    )


def save(path: Path, manifest: Manifest, data: bytes, samples: Iterable[Sample]) -> None:
    """Write the summary of a finished run into its folder.

    Parameters
    ----------
    data : the manifest as it lies there.
    samples : as in `summarised`.
    """
    found = summarised(path.parent.name, path.name, manifest, samples)
    write_whole(path / NAME, encode(found, data, f"{path.parent.name}/{path.name}/{NAME}"))


def bond(manifest: bytes) -> str:
    """What binds a summary to a manifest: SHA-256 of its bytes."""
    return hashlib.sha256(manifest).hexdigest()


def _of_logs(processes: list[tuple[float, ...]]) -> tuple[float, float | None]:
    """Mean and variance of the logarithms of process means; of processes with unequal numbers of values the first of each."""
    least = min(len(values) for values in processes)
    logs = [math.log(math.fsum(values[:least]) / least) for values in processes]
    mean = math.fsum(logs) / len(logs)
    return mean, statistics.variance(logs, mean) if len(logs) > 1 else None


def _head(manifest: Manifest) -> Head:
    counted = [record for record in manifest.rounds if not record.replaced]
    foreign = [record.foreign_cpus for record in counted if record.foreign_cpus is not None]
    return Head(
        state=manifest.state,
        study_version=manifest.study_version,
        commit=manifest.commit,
        dirty=manifest.dirty,
        digests=manifest.digests,
        started=manifest.started,
        finished=manifest.finished,
        elapsed_s=manifest.elapsed_s,
        simulated=manifest.simulated,
        quick=manifest.quick,
        is_gate=manifest.gate is not None,
        values=manifest.values,
        warmups=manifest.warmups,
        usable_cpus=manifest.usable_cpus,
        machine=manifest.machine,
        changes=manifest.changes,
        rounds=len(counted),
        disturbed_rounds=sum(bool(record.disturbed) for record in counted),
        foreign_cpus=math.fsum(foreign) / len(foreign) if foreign else None,
    )


def _wrong(found: _File) -> str:
    """What its types cannot say."""
    return next(_faults(found), "")


def _faults(found: _File) -> Iterator[str]:
    if found.schema != SCHEMA:
        yield f"schema: {found.schema} is not {SCHEMA}"
    for name in ("started", "finished"):
        text = getattr(found.head, name)
        if (text or found.head.state == "finished") and (fault := wrong_instant(text)):
            yield f"head.{name}: {fault}"
    if found.head.disturbed_rounds > found.head.rounds:
        yield "head.disturbed_rounds: more than there were rounds"
    if fault := wrong_machine(found.head.machine):
        yield f"head.machine: {fault}"
    yield from wrong_targets(found.targets)
    yield from (f"cells[{number}]: {fault}" for number, text in enumerate(found.cells) if (fault := wrong_cell(text)))
    if len(set(found.cells)) < len(found.cells):
        yield "cells: one stands twice"
    for number, target in enumerate(found.targets):
        if fault := _wrong_rows(target.rows, len(found.cells), len(found.sources)):
            yield f"targets[{number}].rows: {fault}"


def _wrong_rows(rows: Sequence[_Row], cells: int, sources: int) -> str:
    if len({row.cell for row in rows}) < len(rows):
        return "a cell stands twice"
    if any(row.cell >= cells or row.source >= sources for row in rows):
        return "a cell or a source that is none of the file's"
    odd = any((row.variance is None) != (row.processes == 1) for row in rows)
    return "a variance without two processes, or two without one" if odd else ""
