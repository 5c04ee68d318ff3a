"""pyperf suites: taking the runs of one process apart, and putting a run's suites together from an allow-list."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from study.cell import Cell, unit_of
from study.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PYPERF_VERSION = "1.0"
ALLOWED = frozenset(
    {
        "name", "unit", "loops", "date", "perf_version", "python_version", "python_implementation", "timer",
        "study_gil", "study_simulated", "study_round", "study_attempt", "study_target", "study_machine",
        "study_flagged", "env_padding_bytes", "injected_ppm",
    }
)  # fmt: skip
"""Metadata that is kept; besides these, every integer whose name begins with `outcome_`."""
LARGEST = {"second": 1e6, "byte": 1e15}


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
    def outcomes(self) -> dict[str, int]:
        """Integer outcomes of the process (counts, microseconds of CPU): never times per event."""
        prefix = "outcome_"
        return {key.removeprefix(prefix): value for key, value in self.metadata.items() if key.startswith(prefix)}


def _number(value: object, unit: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < LARGEST[unit]:
        raise ResultsError(f"{where}: {value!r} is not a number of {unit}s")
    return float(value)


def samples_in(suite: object, where: str, *, target: str = "") -> list[Sample]:
    """Every run of a pyperf suite (its JSON object), validated; `where` names the file in errors.

    Raises
    ------
    ResultsError
        if anything is not as pyperf 1.0 and this study write it.
    """
    found = []
    try:
        if suite["version"] != PYPERF_VERSION:  # type: ignore[index]
            raise ResultsError(f"{where}: pyperf format {suite['version']!r}, expected {PYPERF_VERSION!r}")  # type: ignore[index]
        common = suite.get("metadata", {})  # type: ignore[attr-defined]
        for benchmark in suite["benchmarks"]:  # type: ignore[index]
            shared = {**common, **benchmark.get("metadata", {})}
            for run in benchmark["runs"]:
                metadata = {**shared, **run.get("metadata", {})}
                cell = Cell.parse(metadata["name"])
                place, unit = f"{where}: {metadata['name']}", unit_of(cell)
                if metadata.get("unit") != unit:
                    raise ResultsError(f"{place}: the unit is {metadata.get('unit')!r}, expected {unit!r}")
                found.append(
                    Sample(
                        cell=cell,
                        target=str(metadata.get("study_target", target)),
                        round_index=int(metadata.get("study_round", 0)),
                        attempt=int(metadata.get("study_attempt", 0)),
                        values=tuple(_number(value, unit, place) for value in run["values"]),
                        warmups=tuple(
                            (int(loops), _number(value, unit, place)) for loops, value in run.get("warmups", [])
                        ),
                        metadata=allowed(metadata),
                    )
                )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        kind = type(error).__name__
        raise ResultsError(f"{where}: not a pyperf suite of this study ({kind}: {error})") from None
    return found


def allowed(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata that may be kept: nothing that names a person, a host or a path gets through."""
    return {key: value for key, value in metadata.items() if _may_be_kept(key, value)}


def _may_be_kept(key: str, value: object) -> bool:
    if key.startswith("outcome_"):
        return isinstance(value, int) and not isinstance(value, bool)
    return key in ALLOWED and isinstance(value, str | int | float) and not _odd(value)


def _odd(value: object) -> bool:
    return (isinstance(value, str) and ("\n" in value or not value)) or (
        isinstance(value, float) and not math.isfinite(value)
    )


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
    suite = pyperf.BenchmarkSuite([pyperf.Benchmark(each) for _, each in sorted(runs.items())])
    buffer = io.StringIO()
    suite.dump(buffer)
    return buffer.getvalue()
