"""Samples of a run, per cell as arrays: one row per process, in order of rounds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from study.cell import Cell
    from study.store import Sample


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
    return replace(data, values=data.values / data.cell.tasks)


def cells_of(samples: Iterable[Sample]) -> dict[tuple[str, str], CellData]:
    """(target, cell text) -> its data. Of a cell whose processes have not all as many values, as in a gate, the first of each.

    Raises
    ------
    ValueError
        if a cell has two processes in one round: there is no telling which counts.
    """
    processes: dict[tuple[str, str], dict[int, Sample]] = {}
    for sample in samples:
        of_rounds = processes.setdefault((sample.target, sample.name), {})
        if of_rounds.setdefault(sample.round_index, sample) is not sample:
            raise ValueError(f"{sample.name}: a duplicate of round {sample.round_index}")
    least = {key: min(len(sample.values) for sample in of_rounds.values()) for key, of_rounds in processes.items()}
    # Those of single events have more values, and come last.
    return {
        key: _data(processes[key], least[key])
        for key in sorted(processes, key=lambda key: (least[key], key))
        if least[key]
    }


def _data(of_rounds: Mapping[int, Sample], count: int) -> CellData:
    """Of one cell: a process in each of these rounds, and so many values of each."""
    rounds = sorted(of_rounds)
    processes = [of_rounds[index] for index in rounds]
    ppm = processes[0].metadata.get("injected_ppm")
    return CellData(
        cell=processes[0].cell,
        target=processes[0].target,
        rounds=np.array(rounds, dtype=np.int64),
        values=np.array([process.values[:count] for process in processes], dtype=np.float64),
        outcomes=tuple(process.outcomes for process in processes),
        injected_ppm=int(ppm) if isinstance(ppm, int) else None,
    )


def paired(first: CellData, second: CellData) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Process means of two cells in the rounds that have both, shape (G,) each, in order of rounds."""
    _, one, two = np.intersect1d(first.rounds, second.rounds, return_indices=True)
    return first.means[one], second.means[two]
