"""The noise that promises are tried under: from laws, and resampled from the process means of stored runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import store
from study.cell import noise_class
from study.errors import StudyError
from study.lab.simulate import Noise
from study.table import CellData, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROUNDS = 10
VALUES = 3
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
    for data in _stored(results):
        if len(data.rounds) >= ROUNDS and not data.cell.label and data.cell.part != "skew":
            means = data.means
            pooled.setdefault(noise_class(data.cell), []).extend(means / means.mean())
    kept = {name: found for name, found in sorted(pooled.items()) if len(found) >= LEAST_POOLED}
    noises = {name: Noise(residuals=tuple(found), within_cv=0.0) for name, found in kept.items()}
    return noises, {name: len(found) for name, found in kept.items()}


def _stored(results: Path) -> Iterator[CellData]:
    for path in store.run_folders(results):
        try:
            folder = store.RunFolder.open(path)
            if folder.manifest.simulated or folder.manifest.gate is not None:  # a gate stops cells by what it saw
                continue
            samples = folder.load()
        except StudyError:  # the report names what cannot be read; here it is only not resampled
            continue
        yield from cells_of(samples).values()
