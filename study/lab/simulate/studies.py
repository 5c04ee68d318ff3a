"""Whole studies at once, as arrays: the fast half of the simulation, and the one place where noise is drawn."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study.lab.simulate.law import true_time_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from study.cell import Cell
    from study.lab.simulate.law import Law
    from study.lab.simulate.noise import Noise

_SECONDS_PER_HOUR = 3600.0


def draw(
    cells: Sequence[Cell], rounds: int, values: int, rng: Generator, law: Law, *, blocked: bool = False
) -> NDArray[np.float64]:
    """Draw one study: seconds per event, shape (cells, rounds, values). See `draw_studies`."""
    return np.asarray(draw_studies(cells, rounds, values, rng, law, studies=1, blocked=blocked)[0])


def draw_studies(
    cells: Sequence[Cell],
    rounds: int,
    values: int,
    rng: Generator,
    law: Law,
    *,
    studies: int,
    blocked: bool = False,
) -> NDArray[np.float64]:
    """Draw many studies of the same cells under the same law.

    Parameters
    ----------
    cells : sequence of Cell
        Parts of one event share their process.
    rounds, values : int
        Processes per cell; values per process.
    rng : Generator
    law : Law
    studies : int
        How many.
    blocked : bool
        Measure one cell after the other instead of in randomised rounds, to see what that does.

    Returns
    -------
    ndarray, shape (studies, cells, rounds, values)
        Seconds per event.

    Raises
    ------
    ValueError
        for a cell the law does not know.
    """
    points = list(dict.fromkeys(cell.point for cell in cells))
    codes = list(dict.fromkeys(replace(point, label="") for point in points))
    point_of = np.array([points.index(cell.point) for cell in cells])
    code_of = np.array([codes.index(replace(point, label="")) for point in points])
    noise = law.noise

    slots = _slots(studies, len(points), rounds, rng, blocked=blocked)
    slow = slow_noise(noise, (studies, len(points) * rounds), rng)
    shared = np.take_along_axis(slow, slots.reshape(studies, -1), axis=1).reshape(slots.shape)
    shared *= drift(noise, np.asarray(slots * law.process_s, dtype=np.float64))
    run = _lognormal(noise.run_cv, (studies, len(codes)), rng)[:, code_of, np.newaxis]
    process = shared * run * process_factors(noise, slots.shape, rng)

    truth = np.array([true_time_s(cell, law) for cell in cells])[np.newaxis, :, np.newaxis, np.newaxis]
    within = value_factors(noise, (studies, len(cells), rounds, values), rng)
    return np.asarray(truth * process[:, point_of, :, np.newaxis] * within)


def slow_noise(noise: Noise, shape: tuple[int, int], rng: Generator) -> NDArray[np.float64]:
    """Lasting noise that all cells share, shape (studies, slots): autoregressive from slot to slot, mean 1."""
    if noise.slow_cv == 0.0:
        return np.ones(shape)
    sigma = _sigma(noise.slow_cv)
    fresh = rng.normal(size=shape)
    level = fresh.copy()
    for slot in range(1, shape[1]):
        keep = noise.slow_correlation
        level[:, slot] = keep * level[:, slot - 1] + math.sqrt(1.0 - keep**2) * fresh[:, slot]
    return np.asarray(np.exp(sigma * level - sigma**2 / 2.0))


def drift(noise: Noise, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much slower the machine is after so many seconds."""
    return np.asarray(1.0 + noise.drift_per_hour * elapsed_s / _SECONDS_PER_HOUR)


def process_factors(noise: Noise, shape: tuple[int, ...], rng: Generator) -> NDArray[np.float64]:
    """Factor of each process: its own level, and the mode it runs in."""
    if noise.residuals:
        seen = np.array(noise.residuals)
        factors = rng.choice(seen / seen.mean(), size=shape)
    elif noise.skewed:
        factors = 1.0 - noise.process_cv + noise.process_cv * rng.exponential(size=shape)
    else:
        factors = _lognormal(noise.process_cv, shape, rng)
    return np.asarray(factors * _sometimes(noise.mode_share, noise.mode_factor, shape, rng))


def value_factors(noise: Noise, shape: tuple[int, ...], rng: Generator) -> NDArray[np.float64]:
    """Factor of each value inside its process."""
    scatter = _lognormal(noise.within_cv, shape, rng)
    return np.asarray(scatter * _sometimes(noise.outlier_share, noise.outlier_factor, shape, rng))


def process_means(noise: Noise, shape: tuple[int, ...], values: int, rng: Generator) -> NDArray[np.float64]:
    """Factors of the means of whole processes with so many values each; nothing that processes share is in them."""
    means = process_factors(noise, shape, rng)
    if noise.within_cv or noise.outlier_share:
        means = means * value_factors(noise, (*shape, values), rng).mean(axis=-1)
    return np.asarray(means)


def run_factor(noise: Noise, rng: Generator) -> float:
    """Draw what a whole run does to one cell."""
    return float(_lognormal(noise.run_cv, (1,), rng)[0])


def _slots(studies: int, points: int, rounds: int, rng: Generator, *, blocked: bool) -> NDArray[np.int64]:
    """When each process runs, as its number in the run; shape (studies, points, rounds)."""
    if blocked:
        one = np.arange(points * rounds).reshape(points, rounds)
        return np.broadcast_to(one, (studies, points, rounds)).copy()
    position = np.argsort(rng.random((studies, rounds, points)), axis=2)
    return np.asarray((position + points * np.arange(rounds)[:, np.newaxis]).swapaxes(1, 2))


def _sigma(cv: float) -> float:
    """Parameter of the lognormal distribution with this coefficient of variation."""
    return math.sqrt(math.log1p(cv**2))


def _lognormal(cv: float, shape: tuple[int, ...], rng: Generator) -> NDArray[np.float64]:
    """Lognormal factors with mean 1."""
    sigma = _sigma(cv)
    return np.asarray(np.exp(rng.normal(-(sigma**2) / 2.0, sigma, size=shape))) if cv else np.ones(shape)


def _sometimes(share: float, factor: float, shape: tuple[int, ...], rng: Generator) -> NDArray[np.float64]:
    """Give `factor` with probability `share`, else 1."""
    if share == 0.0:
        return np.ones(shape)
    return np.where(rng.random(shape) < share, factor, 1.0)
