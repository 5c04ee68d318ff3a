"""Does an interval hold the next run? Stored runs of equal code, machine and state, held against each other.

Times of cells, and the ratios of two cells that statements are about.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.cell import noise_class
from study.evidence.histories import histories
from study.evidence.summaries import time_or_size
from study.sections.build import grouped
from study.sections.claims import verdicts
from study.sections.run_pairs import alike, comparable, measured
from study.table import paired, per_task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from study.blocks import Verdict
    from study.cell import Cell
    from study.evidence import Run, Study
    from study.evidence.code import Key
    from study.evidence.light import Stored
    from study.findings import Estimate, Unit
    from study.sections.run_pairs import Measured

_MOST_RUNS = 64
"""Whose equals are kept read: several sections ask for them."""


_MOST_SITTINGS = 16
"""Of equal code, machine and state, the newest, that are read."""


class Ratio(NamedTuple):
    """Two cells of one run that a statement holds against each other, whole or by task."""

    of: Key
    to: Key
    by_task: bool


class Held(NamedTuple):
    """How often an interval held the mean of a run that it was not made of: cells in so many trials."""

    hits: int
    trials: int

    @property
    def share(self) -> float | None:
        """None where nothing was tried."""
        return self.hits / self.trials if self.trials else None


class NextRun(NamedTuple):
    """Of so many sittings: what the interval of one held of each other's means, and that of the machine of the one left out.

    `ratios_by_one` is what the interval of one held of each other's ratios; `still` what it would hold of means where nothing
    moves.
    """

    sittings: int
    by_one: Held
    by_machine: Held
    ratios_by_one: Held = Held(0, 0)
    still: float | None = None


def next_run(run: Run, sound: Sequence[Stored]) -> NextRun:
    """The sittings of the run's own code, machine and state, each held against the others."""
    return held_by(sittings_of(run, tuple(sound)), tuple(ratios_of(run).values()))


def of_machine(run: Run, sound: Sequence[Stored]) -> dict[Key, Estimate]:
    """Where the next sitting finds each cell, from the run and all that are its equals; without a number from too few."""
    runs = sittings_of(run, tuple(sound))
    if len(runs) < stats.FEWEST_SITTINGS:
        return {key: not_known(data.cell, max(1, len(runs))) for key, data in run.cells.items()}
    return {key: estimate for key, estimate in machine_intervals(runs, comparable(runs)) if key in run.cells}


@functools.lru_cache(maxsize=_MOST_RUNS)
def known_ratios(study: Study, run: Run) -> dict[tuple[str, str], Estimate]:
    """Where the next sitting finds its ratios; a stored run that spoils it costs these alone."""
    return study.left_out.instead(
        "the next sitting of every ratio", lambda: ratios_of_machine(run, study.sound), lambda _: {}
    )


def ratios_of_machine(run: Run, sound: Sequence[Stored]) -> dict[tuple[str, str], Estimate]:
    """(Interpreter, statement) -> where the next sitting finds its ratio; of those that enough sittings hold."""
    return _ratios_of_machine(run, tuple(sound))


@functools.lru_cache(maxsize=_MOST_RUNS)
def _ratios_of_machine(run: Run, sound: tuple[Stored, ...]) -> dict[tuple[str, str], Estimate]:
    runs, ratios = sittings_of(run, sound), ratios_of(run)
    if len(runs) < stats.FEWEST_SITTINGS:
        return {}
    known = dict(ratio_intervals(runs, _in_all(runs, ratios.values())))
    return {name: known[ratio] for name, ratio in ratios.items() if ratio in known}


def ratios_of(run: Run) -> dict[tuple[str, str], Ratio]:
    """(Interpreter, statement) -> the two cells of every statement about a ratio that was measured."""
    by_task = {(claim.id, number) for claim in run.claims for number, test in enumerate(claim.tests) if test.per_task}
    return {
        (verdict.target, verdict.claim): _ratio(verdict, by_task=(verdict.claim, verdict.test) in by_task)
        for verdict in verdicts(run)
        if verdict.average.unit == "ratio" and verdict.average.point is not None
    }


def not_known(cell: Cell, sittings: int = 1) -> Estimate:
    """No number: so few equal sittings hold the cell."""
    return _not_known(sittings, time_or_size(cell))


@functools.cache
def _not_known(sittings: int, unit: Unit) -> Estimate:
    return stats.next_sitting([0.0] * sittings, 0.0, unit)


def machine_intervals(runs: Sequence[Measured], keys: Sequence[Key]) -> Iterator[tuple[Key, Estimate]]:
    """Of each cell, where the next sitting finds it; the cells of a class tell of each other how much they move."""
    for cells in grouped(keys, lambda key: noise_class(runs[0].cells[key].cell)).values():
        levels = np.log([[_mean(run, key) for key in cells] for run in runs])
        errors = np.array([[_error(run, key) for key in cells] for run in runs])
        for index, (key, moves) in enumerate(zip(cells, stats.squeezed(levels, errors), strict=True)):
            yield key, stats.next_sitting(levels[:, index], float(moves), time_or_size(runs[0].cells[key].cell))


def ratio_intervals(runs: Sequence[Measured], ratios: Sequence[Ratio]) -> Iterator[tuple[Ratio, Estimate]]:
    """Of each ratio, where the next sitting finds it; those whose first cells are of a class tell of each other."""
    for alike_ratios in grouped(ratios, lambda ratio: noise_class(runs[0].cells[ratio.of].cell)).values():
        sides = [[_sides(run, ratio) for ratio in alike_ratios] for run in runs]
        levels = np.log([[of.mean() / to.mean() for of, to in row] for row in sides])
        errors = np.array([[_error_of_ratio(of, to) for of, to in row] for row in sides])
        for index, (ratio, moves) in enumerate(zip(alike_ratios, stats.squeezed(levels, errors), strict=True)):
            yield ratio, stats.next_sitting(levels[:, index], float(moves), "ratio")


def held_by(sittings: Sequence[Measured], ratios: Sequence[Ratio] = ()) -> NextRun:
    """What the intervals of these sittings hold of each other; a machine's is made without the sitting that it must hold."""
    runs = alike(sittings)
    keys = comparable(runs) if len(runs) > 1 else []
    pairs = list(itertools.permutations(runs, 2))
    by_one = [
        stats.holds(stats.average(first.cells[key].means, time_or_size(first.cells[key].cell)), _mean(second, key))
        for first, second in pairs
        for key in keys
    ]
    by_machine = [
        stats.holds(interval, _mean(runs[left_out], key))
        for left_out in range(len(runs))
        if len(runs) > stats.FEWEST_SITTINGS
        for key, interval in machine_intervals([*runs[:left_out], *runs[left_out + 1 :]], keys)
    ]
    of_ratios = [
        stats.holds(stats.ratio_of_averages_paired(*_sides(first, ratio)), _point(second, ratio))
        for ratio in (_in_all(runs, ratios) if keys else ())
        for first, second in pairs
    ]
    still = [_held_where_still(first.cells[key].means.size) for first, _ in pairs for key in keys]
    one, machine, of_one = (Held(sum(held), len(held)) for held in (by_one, by_machine, of_ratios))
    return NextRun(len(runs), one, machine, of_one, still=sum(still) / len(still) if still else None)


@functools.lru_cache(maxsize=_MOST_RUNS)
def sittings_of(run: Run, sound: tuple[Stored, ...]) -> list[Measured]:
    """The run and its equals, read; none where it has no equal."""
    own = [
        history.runs for history in histories(sound) if any(folder.path == run.folder.path for folder in history.runs)
    ]
    newest = [_newest(run, folders) for folders in own if len(folders) > 1]
    return alike([measured(folder) for folders in newest for folder in folders])


def _newest(run: Run, folders: Sequence[Stored]) -> Sequence[Stored]:
    """The newest of very many equals, the run itself among them: what is read of a machine does not grow for ever."""
    kept = folders[-_MOST_SITTINGS:]
    own = [folder for folder in folders if folder.path == run.folder.path]
    return kept if any(folder.path == run.folder.path for folder in kept) else [*own, *kept[len(own) :]]


def _ratio(verdict: Verdict, *, by_task: bool) -> Ratio:
    of, to = verdict.cells[:2]  # of a statement with further tests those of the one whose number it has
    return Ratio((verdict.target, of), (verdict.target, to), by_task)


def _in_all(runs: Sequence[Measured], ratios: Iterable[Ratio]) -> list[Ratio]:
    """Each ratio once that can be had in all of these runs, from rounds enough for an interval."""
    keys = set(comparable(runs))
    return [
        ratio
        for ratio in dict.fromkeys(ratios)
        if {ratio.of, ratio.to} <= keys and all(_sides(run, ratio)[0].size >= stats.MIN_FOR_T for run in runs)
    ]


def _sides(run: Measured, ratio: Ratio) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    of, to = run.cells[ratio.of], run.cells[ratio.to]
    return paired(per_task(of), per_task(to)) if ratio.by_task else paired(of, to)


def _point(run: Measured, ratio: Ratio) -> float:
    of, to = _sides(run, ratio)
    return float(of.mean() / to.mean())


def _mean(run: Measured, key: Key) -> float:
    return float(run.cells[key].means.mean())


def _error(run: Measured, key: Key) -> float:
    """Squared standard error of the logarithm of the cell's average."""
    means = run.cells[key].means
    return float(means.var(ddof=1) / means.size / means.mean() ** 2)


def _error_of_ratio(of: NDArray[np.float64], to: NDArray[np.float64]) -> float:
    """Squared standard error of the logarithm of a ratio of averages, paired by round."""
    return float((of / of.mean() - to / to.mean()).var(ddof=1) / of.size)


def _held_where_still(rounds: int) -> float:
    """What an interval of so many rounds would hold of its like; nothing where there is none."""
    return stats.held_where_still(rounds) if rounds >= stats.MIN_FOR_T else 0.0
