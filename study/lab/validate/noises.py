"""The noise that promises are tried under: from laws, and resampled from the process means of stored runs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from study import store
from study.cell import noise_class
from study.config import TIERS
from study.errors import StudyError
from study.lab.simulate import Noise
from study.table import CellData, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROUNDS = 10
LEAST_POOLED = 30
"""Process means of a noise class that are needed to resample from."""
RESAMPLED = "resampled: "

LAWS: Mapping[str, Noise] = {
    "lognormal noise": Noise(process_cv=0.05),
    "skewed processes": Noise(process_cv=0.05, skewed=True),
    "two modes": Noise(mode_share=1 / 3, mode_factor=4.0),
    "outliers": Noise(outlier_share=0.03, outlier_factor=3.0),
    "drift and slow noise": Noise(drift_per_hour=15.0, slow_cv=0.03),
}


def residuals(results: Path) -> tuple[dict[str, Noise], dict[str, int]]:
    """Noise class -> noise resampled from stored runs, and how many process means it rests on.

    The residuals are the process means of a cell over their average, pooled over the cells of a class; they hold what
    differs between processes, drift included. A skew, which may be next to nothing, is no length that scatters.
    """
    pooled: dict[str, list[float]] = {}
    for data in itertools.chain.from_iterable(cells.values() for _, cells in _stored(results)):
        if len(data.rounds) >= ROUNDS and not data.cell.label and data.cell.part != "skew":
            means = data.means
            pooled.setdefault(noise_class(data.cell), []).extend(means / means.mean())
    kept = {name: found for name, found in sorted(pooled.items()) if len(found) >= LEAST_POOLED}
    noises = {name: Noise(residuals=tuple(found), within_cv=0.0) for name, found in kept.items()}
    return noises, {name: len(found) for name, found in kept.items()}


class Event(NamedTuple):
    """What one process of the headline measures: its seconds, and of each cell the process means over their average."""

    process_s: float
    residuals: tuple[tuple[float, ...], ...]


def headline(results: Path) -> tuple[Event, ...]:
    """The events of the stored run that has most of the headline in whole rounds, the newest of several; on its first target."""
    best: tuple[Event, ...] = ()
    for folder, cells in _stored(results):
        target = folder.manifest.targets[0].name
        events = []
        for curve in folder.manifest.curves:
            found = [cells.get((target, text)) for text in curve.cells]
            known = [data for data in found if data is not None and len(data.rounds) >= ROUNDS and not data.cell.label]
            if curve.target == target and curve.tier == TIERS[0] and known:
                events.append(Event(curve.process_s, tuple(tuple(data.means / data.means.mean()) for data in known)))
        if len(events) >= len(best):
            best = tuple(events)
    return best


def _stored(results: Path) -> Iterator[tuple[store.RunFolder, dict[tuple[str, str], CellData]]]:
    """Every measured run but for contributed ones and gates, which stop cells by what they saw; by names, which is by time."""
    for path in store.run_folders(results):
        try:
            folder = store.RunFolder.open(path)
            if folder.manifest.simulated or folder.manifest.gate is not None or folder.contributed:
                continue
            samples = folder.load()
        except StudyError:  # the report names what cannot be read; here it is only not resampled
            continue
        yield folder, cells_of(samples)
