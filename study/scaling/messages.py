"""The time of a message over its size: straight pieces α + n·β between the sizes at which the protocol changes."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.scaling.resampling import ends_as_far_out, resampled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from study.findings import Unit

RESAMPLES = 1000
MIN_ROUNDS = 6
MIN_SIZES = 3
MOST_SEGMENTS = 3
_METHOD = (
    "weighted least squares (1/T²) in segments chosen by AICc, bootstrap over rounds and sizes with the segments held,"
    " percentiles widened to Student's t"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One straight piece T(n) = α + n·β.

    Attributes
    ----------
    from_bytes, to_bytes : smallest and largest measured size in it.
    alpha_s : α, seconds that a message of no bytes would take by this piece; below 0 where the piece bends upwards.
    bandwidth : 1/β, bytes a second.
    half_bytes : n½ = α/β, the size at which half of the bandwidth is reached (Hockney).
    """

    from_bytes: int
    to_bytes: int
    alpha_s: Estimate
    bandwidth: Estimate
    half_bytes: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageModel:
    """The segments in order of size; none, and the reason, where the sizes or rounds are too few."""

    segments: tuple[Segment, ...]
    reason: str = ""


def message_model(sizes: ArrayLike, times_s: ArrayLike, *, confidence: float = 0.95, seed: int = 1) -> MessageModel:
    """Latency and bandwidth of a channel, piece by piece.

    Parameters
    ----------
    sizes : array_like, shape (L,)
        Bytes of a message, each once, in any order.
    times_s : array_like, shape (G, L)
        Seconds of one message one way, a row per round.
    confidence : float
        Of the intervals.
    seed : int
        Of the bootstrap.

    Returns
    -------
    MessageModel
        One to three segments of three sizes or more; they need not meet, since a protocol may change with a jump.

    Raises
    ------
    ValueError
        for shapes that do not fit, sizes that repeat or are below 0, times that are not above 0.

    Notes
    -----
    Hockney, Parallel Computing 20 (1994). Residuals are relative, else α is decided by the largest messages. AICc counts
    2 numbers a segment, the breaks and the scatter: 3 segments need 11 sizes. The intervals hold the breaks where they
    were found and do not speak of another choice of them.
    """
    n, t = np.asarray(sizes, dtype=np.float64), np.asarray(times_s, dtype=np.float64)
    if n.ndim != 1 or t.ndim != 2 or t.shape[1:] != n.shape:
        raise ValueError(f"shapes {n.shape} and {t.shape}: expected sizes, and rounds × sizes")
    if np.unique(n).size != n.size or bool(np.any(n < 0)) or not bool(np.all(np.isfinite(t) & (t > 0))):
        raise ValueError("sizes must be different and not below 0, times finite and above 0")
    if n.size < MIN_SIZES:
        return MessageModel(segments=(), reason=f"{n.size} sizes are too few for a line: {MIN_SIZES} are needed")
    rounds = t.shape[0]
    if rounds < MIN_ROUNDS:
        return MessageModel(segments=(), reason=f"{rounds} rounds are too few for an interval: {MIN_ROUNDS} are needed")
    order = np.argsort(n)
    n, t = n[order], t[:, order]
    average = t.mean(axis=0)
    bounds = _segments(n, average)
    drawn = resampled(t[np.newaxis], RESAMPLES, np.random.default_rng(seed))[:, :, 0].T
    return MessageModel(
        segments=tuple(
            _segment(n[low:high], average[low:high], drawn[:, low:high], rounds, confidence)
            for low, high in itertools.pairwise(bounds)
        )
    )


def _lines(n: NDArray[np.float64], t: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(α, β) of the lines through each row of `t`, shape (R,) each, by least squares of relative residuals."""
    w = 1.0 / t**2
    w = w / w.sum(axis=1, keepdims=True)
    mean_n, mean_t = (w * n).sum(axis=1), (w * t).sum(axis=1)
    apart = n - mean_n[:, None]
    slope = (w * apart * (t - mean_t[:, None])).sum(axis=1) / (w * apart**2).sum(axis=1)
    return mean_t - slope * mean_n, slope


def _segments(n: NDArray[np.float64], t: NDArray[np.float64]) -> tuple[int, ...]:
    """Where the segments begin and end, by AICc; the fewest segments where two choices are equal."""
    best: tuple[int, ...] = (0, n.size)
    least = math.inf
    loss = {}
    for low, high in itertools.combinations(range(n.size + 1), 2):
        if high - low >= MIN_SIZES:
            alpha, beta = _lines(n[low:high], t[None, low:high])
            loss[low, high] = float(np.sum((1.0 - (alpha + beta * n[low:high]) / t[low:high]) ** 2))
    for bounds in _choices(n.size):
        numbers = 3 * (len(bounds) - 1)  # two a segment, the breaks between them, the scatter
        left = n.size - numbers - 1
        if left <= 0 and len(bounds) > 2:
            continue
        squares = math.fsum(loss[pair] for pair in itertools.pairwise(bounds))
        fit = n.size * math.log(max(squares / n.size, 1e-12))  # what is exact to a millionth needs no further segment
        criterion = fit + 2 * numbers + 2 * numbers * (numbers + 1) / max(left, 1)
        if criterion < least:
            best, least = bounds, criterion
    return best


def _choices(sizes: int) -> Iterator[tuple[int, ...]]:
    for breaks in range(MOST_SEGMENTS):
        for inner in itertools.combinations(range(MIN_SIZES, sizes - MIN_SIZES + 1), breaks):
            bounds = (0, *inner, sizes)
            if all(high - low >= MIN_SIZES for low, high in itertools.pairwise(bounds)):
                yield bounds


def _segment(
    n: NDArray[np.float64], t: NDArray[np.float64], drawn: NDArray[np.float64], rounds: int, confidence: float
) -> Segment:
    alpha, beta = (float(each[0]) for each in _lines(n, t[None, :]))
    alphas, betas = _lines(n, drawn)
    rising = betas > 0
    safe = np.where(rising, betas, 1.0)
    speeds = np.where(rising, 1.0 / safe, np.inf)
    halves = np.where(rising, np.maximum(alphas, 0.0) / safe, np.inf)
    flat = "" if beta > 0 else "the time does not grow with the size in this segment"
    steep = flat or ("" if alpha > 0 else "α is not above 0 in this segment: no size halves the bandwidth")

    def estimate(point: float | None, many: NDArray[np.float64], unit: Unit, reason: str = "") -> Estimate:
        ends = None if point is None else _interval(many, point, rounds, confidence)
        return Estimate(
            point=point,
            low=None if ends is None else ends[0],
            high=None if ends is None else ends[1],
            n=rounds,
            unit=unit,
            estimand="fitted",
            method=_METHOD,
            confidence=confidence,
            reason=reason,
        )

    return Segment(
        from_bytes=int(n[0]),
        to_bytes=int(n[-1]),
        alpha_s=estimate(alpha, alphas, "s"),
        bandwidth=estimate(None if flat else 1.0 / beta, speeds, "byte", flat),
        half_bytes=estimate(None if steep else alpha / beta, halves, "byte", steep),
    )


def _interval(many: NDArray[np.float64], point: float, rounds: int, confidence: float) -> tuple[float, float]:
    """Percentiles, as far out as Student's t and the n − 1 of a variance ask for (Hesterberg, Am. Stat. 69, 2015)."""
    low, high = ends_as_far_out(many, rounds, confidence)
    return min(float(low), point), max(float(high), point)
