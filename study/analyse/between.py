"""Whole runs of the same code on one machine, pair by pair: how often each rule would call them different."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from study import stats
from study.analyse.noise import pairs_of
from study.cell import noise_class
from study.findings import Estimate, Panel, PanelPoint
from study.table import CellData, cells_of, paired
from study.units import count, percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.store import RunFolder

LEAST_RUNS = 2
MOST_PAST = 8
"""Past runs that the run component rests on, the newest first: an old history does not speak for today."""
INJECTED = 1.10
"""A change put between two runs of the same code, to see whether it is called."""
Key = tuple[str, str]


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


def between_panels(folders: Iterable[RunFolder]) -> tuple[Panel, ...]:
    """A table for each machine and bench that has at least two finished runs of the same code."""
    groups: dict[tuple[str, ...], list[RunFolder]] = {}
    for folder in folders:
        manifest = folder.manifest
        if manifest.state == "finished" and not manifest.simulated:
            names = [target.name for target in manifest.targets]
            key = (folder.machine, manifest.digests.get("bench", ""), manifest.digests.get("lock", ""), *names)
            groups.setdefault(key, []).append(folder)
    found: list[Panel] = []
    for (machine, bench, *_), same in sorted(groups.items()):
        if len(same) >= LEAST_RUNS:
            found += _machine(machine, bench, [_run(folder) for folder in sorted(same, key=lambda one: one.id)])
    return tuple(found)


def _run(folder: RunFolder) -> Run:
    manifest = folder.manifest
    kept = [record for record in manifest.rounds if not record.replaced]
    return Run(
        name=folder.id,
        cells=cells_of(folder.load()),
        loops={(record.target, record.cell): record.loops for record in manifest.cells},
        values=manifest.values,
        warmups=manifest.warmups,
        rounds=len(kept),
        disturbed=sum(bool(record.disturbed) for record in kept),
    )


def _machine(machine: str, bench: str, runs: Sequence[Run]) -> list[Panel]:
    keys = sorted(set.intersection(*(set(run.cells) for run in runs)))
    keys = [key for key in keys if len({run.loops.get(key) for run in runs}) == 1 and _counts(runs[0].cells[key])]
    if not keys:
        return []
    pairs = list(itertools.combinations(range(len(runs)), 2))
    compared = [_pair(runs, pair, keys) for pair in pairs]
    steady = np.array([noise_class(runs[0].cells[key].cell) != "message" for key in keys])
    called = np.array([one["called"] for one in compared])
    missed = np.array([one["injected"] for one in compared])[:, steady]
    welch = np.array([one["welch"] for one in compared])
    pooled = np.array([one["pooled"] for one in compared])
    rows = (
        ("this study's rule: a run component, Holm over cells", "called different, though it is the same", called),
        ("Welch's t on process means", "called different, though it is the same", welch),
        ("pyperf compare_to: all values pooled", "called different, though it is the same", pooled),
        (
            f"this study's rule, a change of {percent(INJECTED - 1)} put in",
            "called (cells that are not messages)",
            missed,
        ),
    )
    points = [
        PanelPoint(names=(rule, what), series=what, thing="same", estimate=stats.share_called(table, pairs, len(runs)))
        for rule, what, table in rows
        if table.size
    ]
    points.append(_calibration(runs))
    component = _component(runs, (), keys)
    ours, theirs = points[0].estimate, points[2].estimate
    refused = [text for one in compared for text in one["refused"] if text]
    return [
        Panel(
            id=f"between-{machine}-{bench[:6]}",
            topic="between",
            target=machine,
            title=(
                f"{count(len(runs))} runs of the same code on {machine}: this study's rule calls"
                f" {with_interval(ours, reason=False)} of the cells different, pyperf's compare_to"
                f" {with_interval(theirs, reason=False)}"
            ),
            subtitle=(
                f"Share of {count(len(keys))} cells over {count(len(pairs))} pairs of runs, with its one-sided 95 % limit"
                " by leaving one run out"
            ),
            kind="table",
            heads=("rule", "what"),
            points=tuple(points),
            notes=_notes(component, refused, len(pairs) * len(keys)),
        )
    ]


def _notes(component: stats.RunComponent, refused: Sequence[str], comparisons: int) -> tuple[str, ...]:
    source = "assumed: fewer than four runs" if component.assumed else f"from {count(component.runs)} runs"
    found = [
        f"Run component: {percent(component.tau)}, {source}; for each pair it is estimated from the other runs alone."
    ]
    if refused:
        share = f"{count(len(refused))} of {count(comparisons)}"
        found.append(
            f"Comparisons of a cell that are refused, and count as not called: {share}. The first: {refused[0]}"
        )
    return tuple(found)


def _counts(data: CellData) -> bool:
    return not data.cell.label and data.cell.part in {"total", "join"} and bool(np.all(data.means > 0))


def _component(runs: Sequence[Run], without: Sequence[int], keys: Sequence[Key]) -> stats.RunComponent:
    past = [run for index, run in enumerate(runs) if index not in without][-MOST_PAST:]
    levels = [[stats.log_level(run.cells[key].means) for key in keys] for run in past]
    shape = (len(past), len(keys))
    means = np.array([[level.mean for level in row] for row in levels]).reshape(shape)
    variances = np.array([[level.variance for level in row] for row in levels]).reshape(shape)
    return stats.run_component(means, variances)


def _pair(runs: Sequence[Run], pair: tuple[int, int], keys: Sequence[Key]) -> dict[str, list[Any]]:
    """What each rule says of each cell of two runs."""
    first, second = runs[pair[0]], runs[pair[1]]
    component = _component(runs, pair, keys)
    data = [(first.cells[key], second.cells[key]) for key in keys]
    refused = [stats.refusal(_of_run(first, key), _of_run(second, key)) for key in keys]
    return {
        "called": _called([stats.between(a.means, b.means, component, component) for a, b in data], refused),
        "injected": _called(
            [stats.between(a.means, b.means * INJECTED, component, component) for a, b in data], refused
        ),
        "welch": [_welch(a, b) for a, b in data],
        "pooled": [stats.pooled_t_significant(a.values.ravel(), b.values.ravel()) for a, b in data],
        "refused": refused,
    }


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


def _called(found: Sequence[stats.Between], refused: Sequence[str]) -> list[bool]:
    """Cells called different: Holm over those that may be compared."""
    kept = [index for index, why in enumerate(refused) if not why and found[index].p is not None]
    adjusted = dict(zip(kept, stats.holm([found[index].p or 0.0 for index in kept]), strict=True))
    return [
        index in adjusted
        and stats.decide_between(one, p_adjusted=adjusted[index], tests=len(kept)).decision == "different"
        for index, one in enumerate(found)
    ]


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
