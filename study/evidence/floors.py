"""What equal things differ by in one run: its A/A pairs, and the floors that follow from them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import noise_class
from study.plan import ROUNDS
from study.table import CellData, paired
from study.things.labels import AGAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from study.findings import Estimate

CLASSES = ("compute", "start", "dispatch", "message")
"""The noise classes of cells that are times."""


def pairs_of(cells: Mapping[tuple[str, str], CellData], target: str) -> list[tuple[CellData, CellData]]:
    """(labelled, unlabelled) data of every A/A and injected cell that has its twin."""
    return [
        (data, twin)
        for (name, _), data in sorted(cells.items())
        if name == target and data.cell.label
        if (twin := cells.get((target, replace(data.cell, label="").text))) is not None
    ]


def _log_differences(data: CellData, twin: CellData) -> NDArray[np.float64]:
    a, b = paired(data, twin)
    return np.log(a) - np.log(b)


def floors(cells: Mapping[tuple[str, str], CellData], target: str) -> dict[str, float | None]:
    """Noise class -> the largest relative difference that equal cells of it show in this run, None without an A/A pair."""
    return {name: stats.noise_floor(differences).point for name, differences in _of_equal(cells, target).items()}


def floor_of_run(cells: Mapping[tuple[str, str], CellData], target: str) -> Estimate:
    """The largest of the floors, with its interval."""
    every = [pair for differences in _of_equal(cells, target).values() for pair in differences]
    return replace(stats.noise_floor(every), unit="share")


def _of_equal(cells: Mapping[tuple[str, str], CellData], target: str) -> dict[str, list[NDArray[np.float64]]]:
    """Noise class -> the log differences of each of its A/A pairs."""
    found: dict[str, list[NDArray[np.float64]]] = {name: [] for name in CLASSES}
    for data, twin in pairs_of(cells, target):
        if data.cell.label == AGAIN.name:
            found.setdefault(noise_class(twin.cell), []).append(_log_differences(data, twin))
    return found


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
