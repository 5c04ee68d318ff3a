"""Two whole runs of the same code: which cells each rule would call different, as they are and with a change put in."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.compare.kinds import is_paced
from study.evidence.code import Key, codes_of
from study.evidence.run import cells_in
from study.sections.allocations import WHOLE_EVENTS
from study.units import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from study.evidence.light import Stored
    from study.store import Manifest
    from study.table import CellData

LEAST_RUNS = 2
INJECTED = 1.10
"""A change put between two runs of the same code, to see whether it is called."""


class Rule(Enum):
    """How two runs may be compared, in words."""

    HOLM = "this study's rule: a run component, Holm over cells"
    EACH = "the same, each cell for itself at 5 %"
    APART = "each cell against the others of its run at 5 %"
    WELCH = "Welch's t on process means"
    POOLED = "pyperf's test: all values pooled, as many of either run"
    PYPERF = "pyperf compare_to as it stands: unequal numbers of values always count as different"


SAME = "called different, though it is the same"
PUT_IN = f"a change of {percent(INJECTED - 1)} put in: called (cells that are not messages)"


class Measured(NamedTuple):
    """What comparing needs of one run: what is known about it, its cells, their loops and the source that measured them."""

    name: str
    manifest: Manifest
    cells: Mapping[Key, CellData]
    loops: Mapping[Key, int]
    codes: Mapping[Key, str]


class Pair(NamedTuple):
    """What is said of each cell of two runs: (rule, whether a change was put in) -> called; and why a cell is refused."""

    refused: Sequence[str]
    called: dict[tuple[Rule, bool], list[bool]]


def measured(folder: Stored) -> Measured:
    """Read a run."""
    manifest = folder.manifest
    loops = {record.key: record.loops for record in manifest.cells}
    return Measured(f"{folder.machine}/{folder.id}", manifest, cells_in(folder), loops, codes_of(manifest))


def alike(runs: Sequence[Measured]) -> list[Measured]:
    """The runs that hold most of the cells that most runs hold: a run of one question alone would leave no cell to compare."""
    held = Counter(key for run in runs for key in run.cells)
    usual = {key for key, times in held.items() if 2 * times >= len(runs)}
    return [run for run in runs if 2 * len(usual & set(run.cells)) > len(usual)]


def comparable(runs: Sequence[Measured]) -> list[Key]:
    """The cells of whole events that all runs have, with the same loops and by the same source, that can be compared."""
    return [
        key
        for key in sorted(set.intersection(*(set(run.cells) for run in runs)))
        if len({(run.loops.get(key), run.codes.get(key)) for run in runs}) == 1
        and runs[0].cells[key].cell.part in WHOLE_EVENTS
        and all(can_be_compared(run.cells[key]) for run in runs)
    ]


def can_be_compared(data: CellData) -> bool:
    """Whether a cell can be held against that of another run: no label, above 0, of processes enough for a t interval."""
    return not data.cell.label and data.means.size >= stats.MIN_FOR_T and bool(np.all(data.means > 0))


def levels(
    runs: Sequence[Measured], without: Sequence[int], keys: Sequence[Key], most: int = stats.MOST_PAST_RUNS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean logarithm and its squared standard error, shape (runs, cells) each, of the newest runs but those left out.

    An old history does not speak for today.
    """
    past = [run for index, run in enumerate(runs) if index not in without][-most:]
    of_runs = [[stats.log_level(run.cells[key].means) for key in keys] for run in past]
    both = np.array([[(level.mean, level.variance) for level in row] for row in of_runs])
    means, variances = np.moveaxis(both.reshape(len(past), len(keys), 2), 2, 0)
    return means, variances


def compare(runs: Sequence[Measured], pair: tuple[int, int], keys: Sequence[Key]) -> Pair:
    """What each rule says of each cell of two of the runs; the run component is that of the others."""
    first, second = runs[pair[0]], runs[pair[1]]
    means, variances = levels(runs, pair, keys)
    component = stats.run_component(means, variances)
    data = [(first.cells[key], second.cells[key]) for key in keys]
    refused = [stats.refusal(_of_run(first, key), _of_run(second, key)) for key in keys]
    paced = np.array([is_paced(a.cell) for a, _ in data])
    alone = _components(means, variances, paced)
    called = {
        (Rule.WELCH, False): [_welch(a, b) for a, b in data],
        (Rule.PYPERF, False): [stats.pooled_t_significant(a.values.ravel(), b.values.ravel()) for a, b in data],
        (Rule.POOLED, False): [_pooled(a, b) for a, b in data],
    }
    for injected, factor in ((False, 1.0), (True, INJECTED)):
        each = [stats.between(a.means, b.means * factor, component, component) for a, b in data]
        called[Rule.HOLM, injected] = _called(each, refused)
        called[Rule.EACH, injected] = _called(each, refused, by_holm=False)
        if paced.sum() >= stats.FEWEST_CELLS:
            called[Rule.APART, injected] = _called(_against_others(data, paced, alone, factor), refused, by_holm=False)
    return Pair(refused, called)


def _components(
    means: NDArray[np.float64], variances: NDArray[np.float64], paced: NDArray[np.bool_]
) -> tuple[stats.RunComponent, stats.RunComponent]:
    """By how much a cell moves that the machine's pace moves, against the others of its run; and a sleep, by itself."""
    if len(means) < LEAST_RUNS or paced.sum() < stats.FEWEST_CELLS:
        whole = stats.run_component(means, variances)
        return whole, whole
    apart = stats.run_component(stats.against_others(means[:, paced]), variances[:, paced])
    return apart, apart if paced.all() else stats.run_component(means[:, ~paced], variances[:, ~paced])


def _against_others(
    data: Sequence[tuple[CellData, CellData]],
    paced: NDArray[np.bool_],
    components: tuple[stats.RunComponent, stats.RunComponent],
    factor: float,
) -> list[stats.Between]:
    """Each cell held against the median cell of the two runs, with this change in it alone; sleeps by themselves."""
    gaps = np.array([stats.log_level(a.means).mean - stats.log_level(b.means).mean for a, b in data])
    found = []
    for index, (a, b) in enumerate(data):
        moved = gaps.copy()
        moved[index] -= np.log(factor)  # a change of this cell alone; the others tell what the machine did
        common = float(np.median(moved[paced])) if paced[index] else 0.0
        component = components[0 if paced[index] else 1]
        found.append(stats.between(a.means, b.means * factor, component, component, common=common))
    return found


def _of_run(run: Measured, key: Key) -> stats.CellOfRun:
    rounds = [record for record in run.manifest.rounds if not record.replaced]
    return stats.CellOfRun(
        cell=key[1],
        loops=run.loops[key],
        values=run.manifest.values,
        warmups=run.manifest.warmups,
        process_means_s=tuple(map(float, run.cells[key].means)),
        invalid_rounds=sum(bool(record.disturbed) for record in rounds),
        rounds=len(rounds),
    )


def _called(found: Sequence[stats.Between], refused: Sequence[str], *, by_holm: bool = True) -> list[bool]:
    """Cells called different: Holm over those that may be compared, or each for itself."""
    kept = [index for index, why in enumerate(refused) if not why and found[index].p is not None]
    raw = [found[index].p or 0.0 for index in kept]
    adjusted = dict(zip(kept, stats.holm(raw) if by_holm else raw, strict=True))
    tests = len(kept) if by_holm else 1
    return [
        index in adjusted
        and stats.decide_between(cell, p_adjusted=adjusted[index], tests=tests).decision == "different"
        for index, cell in enumerate(found)
    ]


def _pooled(first: CellData, second: CellData) -> bool:
    """Pyperf's test where it tests: with as many values of either, the first ones."""
    n = min(len(first.values), len(second.values))
    return stats.pooled_t_significant(first.values[:n].ravel(), second.values[:n].ravel())


def _welch(first: CellData, second: CellData) -> bool:
    estimate = stats.ratio_of_averages(first.means, second.means)
    return estimate.low is not None and estimate.high is not None and not estimate.low <= 1.0 <= estimate.high
