"""Whole runs of the same code on one machine, pair by pair: how often each rule would call them different."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.analyse.noise import pairs_of
from study.cell import noise_class
from study.evidence.hardware import unused_id
from study.evidence.histories import histories
from study.findings import Estimate, Panel, PanelPoint
from study.table import CellData, cells_of, paired
from study.units import count, counted, percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from study.store import RunFolder

LEAST_RUNS = 2
LESS = 0.8
"""Share of the run component below which what is left against the other cells counts as less."""
INJECTED = 1.10
"""A change put between two runs of the same code, to see whether it is called."""
Key = tuple[str, str]
_RULES = (
    ("holm", "this study's rule: a run component, Holm over cells"),
    ("each", "the same, each cell for itself at 5 %"),
    ("apart", "each cell against the others of its run at 5 %"),
    ("welch", "Welch's t on process means"),
    ("pooled", "pyperf's test: all values pooled, as many of either run"),
    ("pyperf", "pyperf compare_to as it stands: unequal numbers of values always count as different"),
)
_SAME = "called different, though it is the same"
_PUT_IN = f"a change of {percent(INJECTED - 1)} put in: called (cells that are not messages)"


@dataclass(frozen=True, slots=True)
class Run:
    """What comparing needs of one run: its cells, its loops, and how good it is."""

    name: str
    cells: Mapping[Key, CellData]
    loops: Mapping[Key, int]
    values: int
    warmups: int
    rounds: int
    disturbed: int


@dataclass(frozen=True, slots=True)
class Pair:
    """What is said of each cell of two runs: (rule, whether a change was put in) -> called; and why a cell is refused."""

    refused: Sequence[str]
    called: dict[tuple[str, bool], list[bool]] = field(default_factory=dict)


def between_panels(folders: Iterable[RunFolder]) -> tuple[Panel, ...]:
    """A table for each machine, code and state that has at least two finished runs; see `study.evidence.histories`."""
    found: list[Panel] = []
    for history in histories(folders):
        if len(history.runs) >= LEAST_RUNS:
            runs = [_run(folder) for folder in history.runs]
            identity = unused_id("-".join(("between", *history.id)), (panel.id for panel in found))
            found += _machine(identity, history.where, _alike(runs), len(runs), history.notes)
    return tuple(found)


def _alike(runs: Sequence[Run]) -> list[Run]:
    """The runs that hold most of the cells that most runs hold: a run of one question alone would leave no cell to compare."""
    held = Counter(key for run in runs for key in run.cells)
    usual = {key for key, times in held.items() if 2 * times >= len(runs)}
    return [run for run in runs if 2 * len(usual & set(run.cells)) > len(usual)]


def _run(folder: RunFolder) -> Run:
    manifest = folder.manifest
    kept = [record for record in manifest.rounds if not record.replaced]
    return Run(
        name=f"{folder.machine}/{folder.id}",
        cells=cells_of(folder.load()),
        loops={(record.target, record.cell): record.loops for record in manifest.cells},
        values=manifest.values,
        warmups=manifest.warmups,
        rounds=len(kept),
        disturbed=sum(bool(record.disturbed) for record in kept),
    )


def _machine(identity: str, machine: str, runs: Sequence[Run], stored: int, others: Sequence[str]) -> list[Panel]:
    if len(runs) < LEAST_RUNS:
        return []
    keys = sorted(set.intersection(*(set(run.cells) for run in runs)))
    keys = [
        key
        for key in keys
        if len({run.loops.get(key) for run in runs}) == 1 and all(_counts(run.cells[key]) for run in runs)
    ]
    if not keys:
        return []
    pairs = list(itertools.combinations(range(len(runs)), 2))
    compared = [_pair(runs, pair, keys) for pair in pairs]
    steady = [noise_class(runs[0].cells[key].cell) != "message" for key in keys]
    points = []
    for name, rule in _RULES:
        for injected, what in ((False, _SAME), (True, _PUT_IN)):
            tables = [one.called.get((name, injected)) for one in compared]
            if None in tables or (injected and not any(steady)):
                continue
            table = np.array(tables)[:, steady if injected else slice(None)]
            share = _share_seen(table, pairs, len(runs)) if injected else stats.share_called(table, pairs, len(runs))
            points.append(PanelPoint(names=(rule, what), series=what, thing="same", estimate=share))
    points.sort(key=lambda point: point.series != _SAME)
    points.append(_calibration(runs))
    shares = {point.names: with_interval(point.estimate, reason=False) for point in points}
    ours, apart, theirs = (shares.get((dict(_RULES)[name], _SAME)) for name in ("each", "apart", "pooled"))
    beside = "" if apart is None else f", against the others of their run {apart}"
    return [
        Panel(
            id=identity,
            topic="between",
            target=machine,
            side_by_side="nothing",
            title=(
                f"{count(len(runs))} runs of the same code on {machine}: cell by cell a run component calls {ours} different"
                f"{beside}, pyperf's test {theirs}"
            ),
            subtitle=(
                f"Share of {count(len(keys))} cells over {count(len(pairs))} pairs of runs, with its one-sided 95 % limit"
                " by leaving one run out"
            ),
            kind="table",
            heads=("rule", "what"),
            points=tuple(points),
            notes=(*_notes(runs, keys, compared, stored), *others),
        )
    ]


def _share_seen(table: NDArray[np.bool_], pairs: Sequence[tuple[int, int]], runs: int) -> Estimate:
    """Share of injected changes that were called, with its lower limit: what may be missed is limited from above."""
    missed = stats.share_called(~table, pairs, runs)
    return replace(
        missed,
        point=None if missed.point is None else 1.0 - missed.point,
        low=None if missed.high is None else 1.0 - missed.high,
        high=None if missed.low is None else 1.0 - missed.low,
    )


def _notes(runs: Sequence[Run], keys: Sequence[Key], compared: Sequence[Pair], stored: int) -> tuple[str, ...]:
    component = stats.run_component(*_levels(runs, (), keys))
    source = "assumed: fewer than four runs" if component.assumed else f"from the newest {count(component.runs)} runs"
    found = [
        f"Run component: {percent(component.tau)}, {source}; for each pair it is estimated from the other runs alone.",
        *_common(runs, keys),
    ]
    if stored > len(runs):
        found.append(
            f"{counted(stored - len(runs), 'run')} of few cells, such as those of one question, are not compared."
        )
    refused = [text for one in compared for text in one.refused if text]
    if refused:
        share = f"{count(len(refused))} of {count(len(compared) * len(keys))}"
        found.append(
            f"Comparisons of a cell that are refused, and count as not called: {share}. The first: {refused[0]}"
        )
    return tuple(found)


def _common(runs: Sequence[Run], keys: Sequence[Key]) -> list[str]:
    """What is left when the movement of the whole machine is taken off, in a sentence."""
    if len(keys) < stats.FEWEST_CELLS:
        return []
    means, variances = _levels(runs, (), keys)
    whole = stats.run_component(means, variances)
    apart = stats.run_component(stats.against_others(means), variances)
    if apart.assumed:
        return []
    moved = stats.common_movement(_levels(runs, (), keys, most=len(runs))[0])
    most = percent(float(np.expm1(moved.max() - moved.min())))
    told = (
        f"The cells of a run move together: the median cell differs by up to {most} between these runs. Against the others"
        f" of its run a cell moves by {percent(apart.tau)}, and by {percent(whole.tau)} by itself: "
    )
    told += (
        "a change of one cell shows against the others before it shows by itself; a change of all cells alike does not."
        if apart.tau < LESS * whole.tau
        else "holding cells against each other gains nothing here."
    )
    return [
        told,
        "The rule against the others was chosen while looking at stored runs of one machine (ARCHITECTURE.md, decision 14).",
    ]


def _counts(data: CellData) -> bool:
    """Whether a cell can be compared: a whole event without a label, above 0, of processes enough for a t interval."""
    whole = not data.cell.label and data.cell.part in {"total", "join"}
    return whole and data.means.size >= stats.MIN_FOR_T and bool(np.all(data.means > 0))


def _levels(
    runs: Sequence[Run], without: Sequence[int], keys: Sequence[Key], most: int = stats.MOST_PAST_RUNS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean logarithm and its squared standard error, shape (runs, cells) each, of the newest runs but those left out.

    An old history does not speak for today.
    """
    past = [run for index, run in enumerate(runs) if index not in without][-most:]
    levels = [[stats.log_level(run.cells[key].means) for key in keys] for run in past]
    shape = (len(past), len(keys))
    means = np.array([[level.mean for level in row] for row in levels]).reshape(shape)
    variances = np.array([[level.variance for level in row] for row in levels]).reshape(shape)
    return means, variances


def _pair(runs: Sequence[Run], pair: tuple[int, int], keys: Sequence[Key]) -> Pair:
    """What each rule says of each cell of two runs, as they are and with a change put into the cell."""
    first, second = runs[pair[0]], runs[pair[1]]
    means, variances = _levels(runs, pair, keys)
    component = stats.run_component(means, variances)
    data = [(first.cells[key], second.cells[key]) for key in keys]
    refused = [stats.refusal(_of_run(first, key), _of_run(second, key)) for key in keys]
    found = Pair(refused=refused)
    for injected, factor in ((False, 1.0), (True, INJECTED)):
        each = [stats.between(a.means, b.means * factor, component, component) for a, b in data]
        found.called["holm", injected] = _called(each, refused)
        found.called["each", injected] = _called(each, refused, by_holm=False)
    if len(keys) >= stats.FEWEST_CELLS:
        gaps = np.array([stats.log_level(a.means).mean - stats.log_level(b.means).mean for a, b in data])
        if len(means) >= LEAST_RUNS:
            component = stats.run_component(stats.against_others(means), variances)
        for injected, factor in ((False, 1.0), (True, INJECTED)):
            apart = []
            for index, (a, b) in enumerate(data):
                moved = gaps.copy()
                moved[index] -= np.log(factor)  # a change of this cell alone; the others tell what the machine did
                common = float(np.median(moved))
                apart.append(stats.between(a.means, b.means * factor, component, component, common=common))
            found.called["apart", injected] = _called(apart, refused, by_holm=False)
    found.called["welch", False] = [_welch(a, b) for a, b in data]
    found.called["pyperf", False] = [stats.pooled_t_significant(a.values.ravel(), b.values.ravel()) for a, b in data]
    found.called["pooled", False] = [_pooled(a, b) for a, b in data]
    return found


def _of_run(run: Run, key: Key) -> stats.CellOfRun:
    return stats.CellOfRun(
        cell=key[1],
        loops=run.loops[key],
        values=run.values,
        warmups=run.warmups,
        process_means_s=tuple(float(mean) for mean in run.cells[key].means),
        invalid_rounds=run.disturbed,
        rounds=run.rounds,
    )


def _called(found: Sequence[stats.Between], refused: Sequence[str], *, by_holm: bool = True) -> list[bool]:
    """Cells called different: Holm over those that may be compared, or each for itself."""
    kept = [index for index, why in enumerate(refused) if not why and found[index].p is not None]
    raw = [found[index].p or 0.0 for index in kept]
    adjusted = dict(zip(kept, stats.holm(raw) if by_holm else raw, strict=True))
    tests = len(kept) if by_holm else 1
    return [
        index in adjusted and stats.decide_between(one, p_adjusted=adjusted[index], tests=tests).decision == "different"
        for index, one in enumerate(found)
    ]


def _pooled(one: CellData, two: CellData) -> bool:
    """Pyperf's test where it tests: with as many values of either, the first ones."""
    n = min(len(one.values), len(two.values))
    return stats.pooled_t_significant(one.values[:n].ravel(), two.values[:n].ravel())


def _welch(one: CellData, two: CellData) -> bool:
    estimate = stats.ratio_of_averages(one.means, two.means)
    return estimate.low is not None and estimate.high is not None and not estimate.low <= 1.0 <= estimate.high


def _calibration(runs: Sequence[Run]) -> PanelPoint:
    """A/A cells of all runs: mean of t² (df − 2) ÷ df, 1 where the paired test is honest."""
    t: list[float] = []
    df: list[int] = []
    clusters: list[str] = []
    for run in runs:
        for target in sorted({target for target, _ in run.cells}):
            for data, twin in pairs_of(run.cells, target):
                found = stats.paired_t(*paired(data, twin)) if data.cell.label == "again" else None
                if found is not None:
                    t.append(found[0])
                    df.append(found[1])
                    clusters.append(run.name)
    estimate: Estimate = stats.calibration_ratio(t, df, runs=clusters)
    names = ("equal cells inside each run (A/A)", "calibration ratio of the paired t: 1 is honest")
    return PanelPoint(names=names, series=names[1], thing="same", estimate=estimate)
