"""pyperf suites: taking the runs of one process apart, and putting a run's suites together from an allow-list."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from study.cell import unit_of
from study.errors import ResultsError, printable
from study.store.bounds import COUNT, LARGEST, Loops, Size, cell_or_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from study.cell import Cell

PYPERF_VERSION = "1.0"
ALLOWED = frozenset(
    {
        "name", "unit", "loops", "date", "perf_version", "python_version", "python_implementation", "timer",
        "study_gil", "study_simulated", "study_round", "study_attempt", "study_target", "study_machine",
        "study_flagged", "env_padding_bytes", "injected_ppm",
    }
)  # fmt: skip
"""Metadata that is kept; besides these, every integer whose name begins with `outcome_`."""
_OUTCOME = "outcome_"
_PLAIN = (str, int, float)
"""Kinds of metadata that are kept; a tuple, for every datum is looked at."""
LONGEST = 200
"""Characters of a metadatum, or of its name."""
Metadata = Annotated[dict[str, Any], Meta(max_length=1000)]


class PyperfRun(msgspec.Struct):
    """One process, as pyperf 1.0 writes it; what else stands there is passed over."""

    values: Annotated[list[Size], Meta(min_length=1)]
    warmups: list[tuple[Loops, Size]] = []
    metadata: Metadata = {}


class PyperfBenchmark(msgspec.Struct):
    """One cell."""

    runs: list[PyperfRun]
    metadata: Metadata = {}


class PyperfSuite(msgspec.Struct):
    """A file of pyperf."""

    version: str
    benchmarks: list[PyperfBenchmark]
    metadata: Metadata = {}


class _Place(msgspec.Struct):
    """Where a run of a suite belongs, from its metadata."""

    name: Annotated[str, Meta(max_length=1000)]
    unit: str
    study_target: Annotated[str, Meta(max_length=100)] = ""
    study_round: Annotated[int, Meta(ge=0, le=10**6)] = 0
    study_attempt: Annotated[int, Meta(ge=0, le=10**4)] = 0
    injected_ppm: Annotated[int, Meta(ge=1, le=10**9)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The values of one cell in one process.

    Attributes
    ----------
    values : seconds per event (bytes, where the cell's unit is that), in the order measured, warm-ups not among them.
    warmups : (loops, seconds per event) of each warm-up.
    outcomes : integer outcomes of the process, by name without `outcome_`.
    """

    cell: Cell
    target: str
    round_index: int
    attempt: int
    values: tuple[float, ...]
    warmups: tuple[tuple[int, float], ...]
    metadata: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The cell's canonical text, as it was read."""
        return str(self.metadata["name"])

    @property
    def outcomes(self) -> dict[str, int]:
        """Integer outcomes of the process (counts, microseconds of CPU): never times per event."""
        return {key.removeprefix(_OUTCOME): value for key, value in self.metadata.items() if key.startswith(_OUTCOME)}


def samples_in(suite: object, where: str, *, target: str = "") -> list[Sample]:
    """Every run of a pyperf suite (its JSON object, or a `PyperfSuite`), validated; `where` names the file in errors.

    Raises
    ------
    ResultsError
        if anything is not as pyperf 1.0 and this study write it.
    """
    where = printable(where)
    try:
        found = suite if isinstance(suite, PyperfSuite) else msgspec.convert(suite, PyperfSuite)
    except (msgspec.ValidationError, UnicodeError) as error:
        raise ResultsError(f"{where}: not a pyperf suite of this study ({printable(str(error))})") from None
    if found.version != PYPERF_VERSION:
        raise ResultsError(f"{where}: pyperf format {printable(repr(found.version), 40)}, expected {PYPERF_VERSION!r}")
    samples = []
    for benchmark in found.benchmarks:
        common = {**found.metadata, **benchmark.metadata}
        kept = allowed(common)  # of all processes of a cell, looked at once
        samples += [_sample(run, common, kept, where, target) for run in benchmark.runs]
    return samples


def _sample(run: PyperfRun, common: dict[str, Any], kept: dict[str, Any], where: str, target: str) -> Sample:
    """A run of a suite; `kept` is what is allowed of what it has in `common` with the others of its cell."""
    own = run.metadata
    metadata = {**common, **own}
    try:
        place = msgspec.convert(metadata, _Place)
    except (msgspec.ValidationError, UnicodeError) as error:
        raise ResultsError(f"{where}: metadata: {printable(str(error))}") from None
    cell = cell_or_fault(place.name)
    if isinstance(cell, str):
        raise ResultsError(f"{where}: metadata: name: {cell}")
    unit = unit_of(cell)
    if place.unit != unit:
        raise ResultsError(f"{where}: {place.name}: the unit is {printable(repr(place.unit), 40)}, expected {unit!r}")
    odd = next((key for key, value in metadata.items() if key.startswith(_OUTCOME) and _wrong_count(value)), None)
    if odd is not None:
        raise ResultsError(f"{where}: {place.name}: {printable(odd, 100)} is no count")
    values = (*run.values, *(value for _, value in run.warmups))
    if max(values) >= LARGEST[unit]:
        raise ResultsError(f"{where}: {place.name}: {max(values)!r} is not a number of {unit}s")
    return Sample(
        cell=cell,
        target=place.study_target or target,
        round_index=place.study_round,
        attempt=place.study_attempt,
        values=tuple(run.values),
        warmups=tuple(run.warmups),
        metadata=allowed(metadata) if common.keys() & own.keys() else {**kept, **allowed(own)},
    )


def allowed(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata that may be kept: nothing that names a person, a host or a path gets through."""
    return {key: value for key, value in metadata.items() if _may_be_kept(key, value)}


def _may_be_kept(key: str, value: object) -> bool:
    if key in ALLOWED:
        return isinstance(value, _PLAIN) and not _odd(value)
    return key.startswith(_OUTCOME) and isinstance(value, int) and not isinstance(value, bool) and len(key) <= LONGEST


def _wrong_count(value: object) -> bool:
    return isinstance(value, int) and not 0 <= value <= COUNT


def _odd(value: str | float) -> bool:
    if isinstance(value, str):
        return not value or len(value) > 5 * LONGEST or not value.isprintable()
    return not math.isfinite(value) or abs(value) > COUNT


def suite_text(samples: Iterable[Sample]) -> str:
    """One pyperf suite with a benchmark per cell and a run per process, as pyperf's own compact JSON."""
    import pyperf  # noqa: PLC0415 - a quarter of a second that `plan` and `--help` need not pay

    runs: dict[Cell, list[Any]] = {}
    for sample in sorted(samples, key=lambda one: (one.cell, one.round_index, one.attempt)):
        metadata = {
            **sample.metadata,
            "name": sample.cell.text,
            "unit": unit_of(sample.cell),
            "study_round": sample.round_index,
            "study_attempt": sample.attempt,
            "study_target": sample.target,
        }
        runs.setdefault(sample.cell, []).append(
            pyperf.Run(list(sample.values), warmups=list(sample.warmups), metadata=metadata, collect_metadata=False)
        )
    suite = pyperf.BenchmarkSuite([pyperf.Benchmark(processes) for _, processes in sorted(runs.items())])
    buffer = io.StringIO()
    suite.dump(buffer)
    return buffer.getvalue()
