"""Whole runs of the same code on one machine, pair by pair: how often each rule would call them different."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.analyse.noise import halves_of, pairs_of
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
    rounds: int
    disturbed: float
    halves: float | None


def between_panels(folders: Iterable[RunFolder]) -> tuple[Panel, ...]:
    """A table for each machine and bench that has at least two finished runs of the same code."""
    groups: dict[tuple[str, str, str], list[RunFolder]] = {}
    for folder in folders:
        manifest = folder.manifest
        if manifest.state == "finished" and not manifest.simulated:
            key = (folder.machine, manifest.digests.get("bench", ""), manifest.digests.get("lock", ""))
            groups.setdefault(key, []).append(folder)
    found: list[Panel] = []
    for (machine, bench, _), same in sorted(groups.items()):
        if len(same) >= LEAST_RUNS:
            found += _machine(machine, bench, [_run(folder) for folder in sorted(same, key=lambda one: one.id)])
    return tuple(found)


def _run(folder: RunFolder) -> Run:
    manifest = folder.manifest
    kept = [record for record in manifest.rounds if not record.replaced]
    cells = cells_of(folder.load())
    return Run(
        name=folder.id,
        cells=cells,
        loops={(record.target, record.cell): record.loops for record in manifest.cells},
        rounds=len(kept),
        disturbed=sum(bool(record.disturbed) for record in kept) / max(len(kept), 1),
        halves=halves_of(cells),
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
        PanelPoint(names=(rule, what), series=what, thing="same", estimate=stats.share_called(table, pairs))
        for rule, what, table in rows
        if table.size
    ]
    points.append(_calibration(runs))
    component = _component(runs, (), keys)
    ours, theirs = points[0].estimate, points[2].estimate
    refused = [text for one in compared if (text := one["refused"])]
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
            notes=(
                f"Run component: {percent(component.tau)}"
                + (
                    " (assumed: fewer than four other runs)"
                    if component.assumed
                    else f", from {count(component.runs)} runs"
                )
                + "; for each pair it is estimated from the other runs alone.",
                *(
                    (f"Pairs that the rule refuses to compare: {count(len(refused))} ({refused[0]}).",)
                    if refused
                    else ()
                ),
            ),
        )
    ]


def _counts(data: CellData) -> bool:
    return not data.cell.label and data.cell.part in {"total", "join"} and bool(np.all(data.means > 0))


def _component(runs: Sequence[Run], without: Sequence[int], keys: Sequence[Key]) -> stats.RunComponent:
    past = [run for index, run in enumerate(runs) if index not in without][-MOST_PAST:]
    summaries = np.array([[stats.log_summary(run.cells[key].means) for key in keys] for run in past])
    if not len(past):
        return stats.run_component(np.empty((1, 0)), np.empty((1, 0)))
    return stats.run_component(summaries[:, :, 0], summaries[:, :, 1])


def _pair(runs: Sequence[Run], pair: tuple[int, int], keys: Sequence[Key]) -> dict[str, object]:
    first, second = runs[pair[0]], runs[pair[1]]
    component = _component(runs, pair, keys)
    data = [(first.cells[key], second.cells[key]) for key in keys]
    refused = stats.refusal(
        rounds=(first.rounds, second.rounds),
        disturbed=(first.disturbed, second.disturbed),
        halves=(first.halves, second.halves),
    )
    return {
        "called": _called([stats.between(one.means, two.means, component) for one, two in data]),
        "injected": _called([stats.between(one.means, two.means * INJECTED, component) for one, two in data]),
        "welch": [_welch(one, two) for one, two in data],
        "pooled": [stats.pooled_t_calls(one.values, two.values) for one, two in data],
        "refused": refused,
    }


def _called(found: Sequence[stats.Between]) -> list[bool]:
    adjusted = stats.holm([1.0 if one.p is None else one.p for one in found])
    return [stats.change(one, p, margin=0.0) == "different" for one, p in zip(found, adjusted, strict=True)]


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
