"""Samples of a run as one table, and per cell as arrays: one row per process, in order of rounds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from study.cell import Cell
    from study.store import Sample

COLUMNS = ("target", "cell", "round", "attempt", "value_index", "elapsed_s")


def samples_table(samples: Iterable[Sample]) -> pd.DataFrame:
    """One row per pyperf value, columns `COLUMNS`; `elapsed_s` in seconds per event or in bytes; warm-ups left out."""
    samples = list(samples)
    counts = [len(sample.values) for sample in samples]
    columns: dict[str, Any] = {
        "target": np.repeat(np.array([sample.target for sample in samples], dtype=object), counts),
        "cell": np.repeat(np.array([sample.name for sample in samples], dtype=object), counts),
        "round": np.repeat(np.array([sample.round_index for sample in samples], dtype=np.int64), counts),
        "attempt": np.repeat(np.array([sample.attempt for sample in samples], dtype=np.int64), counts),
        "value_index": np.concatenate([np.arange(count) for count in counts] or [np.arange(0)]),
        "elapsed_s": np.array([value for sample in samples for value in sample.values], dtype=np.float64),  # noqa: PD011 - no frame
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))


@dataclass(frozen=True, slots=True, kw_only=True)
class CellData:
    """What was measured of one cell on one target.

    Attributes
    ----------
    rounds : shape (G,), the round of each process, rising.
    values : shape (G, V), seconds per event (bytes, where the cell's unit is that).
    outcomes : G mappings of integer outcomes.
    injected_ppm : operations run ÷ operations reported, in ppm; None but for injected cells.
    means : shape (G,), mean of each process: the unit of inference. Computed once: nearly everything asks for it.
    """

    cell: Cell
    target: str
    rounds: NDArray[np.int64]
    values: NDArray[np.float64]
    outcomes: tuple[Mapping[str, int], ...]
    injected_ppm: int | None
    means: NDArray[np.float64] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """The means, which nobody may change."""
        means = np.add.reduce(self.values, axis=1) / self.values.shape[1]  # as `mean` has it, in half the time
        means.flags.writeable = False
        object.__setattr__(self, "means", means)

    @property
    def totals(self) -> Counter[str]:
        """Outcomes added up over the processes."""
        total: Counter[str] = Counter()
        for outcome in self.outcomes:
            total.update(outcome)
        return total


def per_task(data: CellData) -> CellData:
    """The same of one task: so jobs of different numbers of tasks are compared by tasks a second."""
    return replace(data, values=data.values / data.cell.tasks)  # noqa: PD011 - no frame


def cells_of(samples: Iterable[Sample]) -> dict[tuple[str, str], CellData]:
    """(target, cell text) -> its data. Of a cell whose processes have not all as many values, as in a gate, the first of each."""
    samples = list(samples)
    least: dict[tuple[str, str], int] = {}
    for sample in samples:
        key = sample.target, sample.name
        least[key] = min(least.get(key, len(sample.values)), len(sample.values))
    by_count: dict[int, list[Sample]] = {}  # cells of single events have more values
    for sample in samples:
        by_count.setdefault(least[sample.target, sample.name], []).append(sample)
    found: dict[tuple[str, str], CellData] = {}
    for count, alike in sorted(by_count.items()):
        found |= _of_one_shape(alike, count)
    return found


def _of_one_shape(samples: list[Sample], count: int) -> dict[tuple[str, str], CellData]:
    table = samples_table(samples)
    table = table[table["value_index"] < count]
    by_process = {(sample.target, sample.name, sample.round_index): sample for sample in samples}
    found: dict[tuple[str, str], CellData] = {}
    if table.empty:
        return found
    # pivot, not pivot_table: two values in one place are an error, not something to average.
    wide = table.pivot(index=["target", "cell", "round"], columns="value_index", values="elapsed_s")  # noqa: PD010
    wide = wide.dropna().sort_index()
    values = wide.to_numpy(dtype=np.float64)
    rounds_of = wide.index.get_level_values("round").to_numpy(dtype=np.int64)
    for key, rows in wide.groupby(level=["target", "cell"], sort=True).indices.items():
        target, text = cast("tuple[str, str]", key)
        rounds = rounds_of[rows]
        processes = [by_process[target, text, int(index)] for index in rounds]
        ppm = processes[0].metadata.get("injected_ppm")
        found[target, text] = CellData(
            cell=processes[0].cell,
            target=target,
            rounds=rounds,
            values=values[rows],
            outcomes=tuple(process.outcomes for process in processes),
            injected_ppm=int(ppm) if isinstance(ppm, int) else None,
        )
    return found


def paired(first: CellData, second: CellData) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Process means of two cells in the rounds that have both, shape (G,) each, in order of rounds."""
    _, one, two = np.intersect1d(first.rounds, second.rounds, return_indices=True)
    return first.means[one], second.means[two]
