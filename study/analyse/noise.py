"""What equal things differ by in one run: A/A pairs, the injected effect, floors, and how good the fixed plan is."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import Cell, noise_class
from study.findings import Allocation, Estimate, NoisePair
from study.names import cell_name
from study.plan import ROUNDS
from study.table import CellData, paired

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from study.store import Manifest

CLASSES = ("compute", "start", "dispatch", "message")
_PPM = 1_000_000
_LEAST_FIXED_S = 0.01


def pairs_of(cells: Mapping[tuple[str, str], CellData], target: str) -> list[tuple[CellData, CellData]]:
    """(labelled, unlabelled) data of every A/A and injected cell that has its twin."""
    found = []
    for (name, _), data in sorted(cells.items()):
        if name != target or not data.cell.label:
            continue
        twin = cells.get((target, replace(data.cell, label="").text))
        if twin is not None:
            found.append((data, twin))
    return found


def noise_pairs(cells: Mapping[tuple[str, str], CellData], target: str) -> tuple[NoisePair, ...]:
    """Every A/A pair and the injected arm with the ratio that the statistics find."""
    found = []
    for data, twin in pairs_of(cells, target):
        a, b = paired(data, twin)
        ratio = stats.ratio_of_averages_paired(a, b)
        injected = data.cell.label == "injected"
        expected = (data.injected_ppm or _PPM) / _PPM if injected else 1.0
        inside = ratio.low is not None and ratio.high is not None and ratio.low <= expected <= ratio.high
        seen = inside and (not injected or (ratio.low or 0.0) > 1.0)
        found.append(
            NoisePair(
                target=target,
                name=cell_name(twin.cell),
                noise_class=noise_class(twin.cell),
                kind="injected" if injected else "A/A",
                ratio=ratio,
                expected=expected,
                recovered=seen,
            )
        )
    return tuple(found)


def _log_differences(data: CellData, twin: CellData) -> NDArray[np.float64]:
    a, b = paired(data, twin)
    return np.log(a) - np.log(b)


def floors(cells: Mapping[tuple[str, str], CellData], target: str) -> dict[str, float | None]:
    """Noise class -> relative difference that equal cells show in this run, None where it has no A/A pair."""
    found: dict[str, float | None] = dict.fromkeys(CLASSES)
    for data, twin in pairs_of(cells, target):
        if data.cell.label == "again":
            found[noise_class(twin.cell)] = stats.noise_floor([_log_differences(data, twin)]).point
    return found


def floor_of_run(cells: Mapping[tuple[str, str], CellData], target: str) -> Estimate:
    """The largest of the floors, with its interval."""
    differences = [_log_differences(data, twin) for data, twin in pairs_of(cells, target) if data.cell.label == "again"]
    return replace(stats.noise_floor(differences), unit="share")


def allocation(cells: Mapping[tuple[str, str], CellData], manifest: Manifest, target: str) -> tuple[Allocation, ...]:
    """Per noise class, how good three values after one warm-up are against the Kalibera-Jones optimum."""
    costs = {
        (curve.target, text): (curve.process_s, _event_seconds(curve.cells, curve.loops, cells, curve.target))
        for curve in manifest.curves
        for text in curve.cells
    }
    found = []
    for name in CLASSES:
        mine = [data for key, data in sorted(cells.items()) if key[0] == target and _counts(data.cell, name)]
        measured = [
            data
            for data in mine  # those that the plan's number of values is about
            if data.values.shape[0] > 1
            and data.values.shape[1] == manifest.values
            and (target, data.cell.text) in costs
        ]
        components = stats.pooled_components([data.values for data in measured]) if measured else None
        if components is None:
            found.append(_no_allocation(target, name, len(measured)))
            continue
        pairs = [costs[target, data.cell.text] for data in measured]
        value_s = float(np.mean([event_s for _, event_s in pairs]))
        process_s = float(np.mean([process for process, _ in pairs]))
        fixed_s = max(process_s - (manifest.values + manifest.warmups) * value_s, _LEAST_FIXED_S)
        whole = components.within + components.between
        found.append(
            Allocation(
                target=target,
                noise_class=name,
                cells=len(measured),
                between_share=components.between / whole if whole else None,
                optimal_values=stats.optimal_values(components, fixed_s, value_s, warmups=manifest.warmups, most=50),
                relative_efficiency=stats.relative_efficiency(
                    components, fixed_s, value_s, values=manifest.values, warmups=manifest.warmups, most=50
                ),
                reason="",
            )
        )
    return tuple(found)


def _no_allocation(target: str, name: str, count: int) -> Allocation:
    return Allocation(
        target=target, noise_class=name, cells=count, between_share=None, optimal_values=None,
        relative_efficiency=None, reason="no cell of this class was measured in two rounds",
    )  # fmt: skip


def _counts(cell: Cell, name: str) -> bool:
    """Whether the cell speaks for its class: one part of each event, unlabelled."""
    return noise_class(cell) == name and not cell.label and cell.part in {"total", "join"}


def _event_seconds(
    texts: Sequence[str], loops: Mapping[str, int], cells: Mapping[tuple[str, str], CellData], target: str
) -> float:
    """Seconds that one value of the curve's points takes together."""
    total = 0.0
    for text in texts:
        cell = Cell.parse(text)
        data = cells.get((target, text))
        if data is not None and cell.part in {"total", "join", "warm_map"}:
            total += loops[cell.point.text] * float(data.means.mean())
    return total or 1.0


def halves_of(cells: Mapping[tuple[str, str], CellData]) -> float | None:
    """T between the halves of a run of the mean log over all its cells; None where there are too few rounds."""
    by_round: dict[int, list[float]] = {}
    for data in cells.values():
        if len(data.rounds) < ROUNDS or not bool(np.all(data.means > 0)):
            continue
        logs = np.log(data.means)
        for index, value in zip(data.rounds, logs - logs.mean(), strict=True):
            by_round.setdefault(int(index), []).append(float(value))
    means = [math.fsum(values) / len(values) for _, values in sorted(by_round.items())]
    return stats.halves_t(means) if len(means) >= ROUNDS else None
