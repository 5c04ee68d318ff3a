"""Does an interval hold the next run? Stored runs of equal code, machine and state, held against each other."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.cell import noise_class
from study.evidence.histories import histories
from study.evidence.summaries import time_or_size
from study.sections.build import grouped
from study.sections.run_pairs import alike, comparable, measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.cell import Cell
    from study.evidence import Run
    from study.evidence.code import Key
    from study.findings import Estimate
    from study.sections.run_pairs import Measured
    from study.store import RunFolder


class Held(NamedTuple):
    """How often an interval held the mean of a run that it was not made of: cells in so many trials."""

    hits: int
    trials: int

    @property
    def share(self) -> float | None:
        """None where nothing was tried."""
        return self.hits / self.trials if self.trials else None


class NextRun(NamedTuple):
    """Of so many sittings: what the interval of one held of each other's means, and that of the machine of the one left out."""

    sittings: int
    by_one: Held
    by_machine: Held


def next_run(run: Run, sound: Sequence[RunFolder]) -> NextRun:
    """The sittings of the run's own code, machine and state, each held against the others."""
    return held_by(_equals(run, sound, 2))


def of_machine(run: Run, sound: Sequence[RunFolder]) -> dict[Key, Estimate]:
    """Where the next sitting finds each cell, from the run and all that are its equals; without a number from too few."""
    runs = alike(_equals(run, sound, 2))
    if len(runs) < stats.FEWEST_SITTINGS:
        return {key: not_known(data.cell, max(1, len(runs))) for key, data in run.cells.items()}
    return {key: estimate for key, estimate in machine_intervals(runs, comparable(runs)) if key in run.cells}


def not_known(cell: Cell, sittings: int = 1) -> Estimate:
    """No number: so few equal sittings hold the cell."""
    return stats.next_sitting([0.0] * sittings, 0.0, time_or_size(cell))


def machine_intervals(runs: Sequence[Measured], keys: Sequence[Key]) -> Iterator[tuple[Key, Estimate]]:
    """Of each cell, where the next sitting finds it; the cells of a class tell of each other how much they move."""
    for cells in grouped(keys, lambda key: noise_class(runs[0].cells[key].cell)).values():
        levels = np.log([[_mean(run, key) for key in cells] for run in runs])
        errors = np.array([[_error(run, key) for key in cells] for run in runs])
        for index, (key, moves) in enumerate(zip(cells, stats.squeezed(levels, errors), strict=True)):
            yield key, stats.next_sitting(levels[:, index], float(moves), time_or_size(runs[0].cells[key].cell))


def held_by(sittings: Sequence[Measured]) -> NextRun:
    """What the intervals of these sittings hold of each other; a machine's is made without the sitting that it must hold."""
    runs = alike(sittings)
    keys = comparable(runs) if len(runs) > 1 else []
    by_one = [
        _holds(stats.average(first.cells[key].means, time_or_size(first.cells[key].cell)), _mean(second, key))
        for first, second in itertools.permutations(runs, 2)
        for key in keys
    ]
    by_machine = [
        _holds(interval, _mean(runs[left_out], key))
        for left_out in range(len(runs))
        if len(runs) > stats.FEWEST_SITTINGS
        for key, interval in machine_intervals([*runs[:left_out], *runs[left_out + 1 :]], keys)
    ]
    return NextRun(len(runs), Held(sum(by_one), len(by_one)), Held(sum(by_machine), len(by_machine)))


def _equals(run: Run, sound: Sequence[RunFolder], fewest: int) -> list[Measured]:
    """The run and its equals, read; none where they are fewer than that."""
    own = [
        history.runs for history in histories(sound) if any(folder.path == run.folder.path for folder in history.runs)
    ]
    return [measured(folder) for folders in own if len(folders) >= fewest for folder in folders]


def _mean(run: Measured, key: Key) -> float:
    return float(run.cells[key].means.mean())


def _error(run: Measured, key: Key) -> float:
    """Squared standard error of the logarithm of the cell's average."""
    means = run.cells[key].means
    return float(means.var(ddof=1) / means.size / means.mean() ** 2)


def _holds(interval: Estimate, number: float) -> bool:
    return interval.low is not None and interval.high is not None and interval.low <= number <= interval.high
