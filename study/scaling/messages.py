"""The time of a message over its size: straight pieces α + n·β between the sizes at which the protocol changes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.findings import Estimate
from study.scaling.resampling import ends_as_far_out, resampled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import ArrayLike, NDArray

    from study.findings import Unit

RESAMPLES = 1000
MIN_ROUNDS = 6
MIN_SIZES = 3
MOST_SEGMENTS = 3
_EXACT = 1e-12
"""Mean square below which a piece is exact, to a millionth: it needs no further segment."""
_METHOD = (
    "weighted least squares (1/T²) in segments chosen by AICc, bootstrap over rounds and sizes with segments chosen anew,"
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


def message_model(
    sizes: ArrayLike, times_s: ArrayLike, *, confidence: float = 0.95, seed: int = 1, resamples: int = RESAMPLES
) -> MessageModel:
    """Latency and bandwidth of a channel, piece by piece.

    Parameters
    ----------
    sizes : array_like, shape (L,)
        Bytes of a message, each once, in any order.
    times_s : array_like, shape (G, L)
        Seconds of one message one way, a row per round.
    confidence : float
        Of the intervals.
    seed, resamples : int
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
    2 numbers a segment, the breaks and the scatter: 3 segments need 11 sizes. Each resampled study is cut anew, and the
    interval of a segment is that of the line through its middle size: with the breaks held where they were found, the
    bandwidth of the last of three segments was held in 84 % of studies with the scatter of stored runs.
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
    drawn = resampled(t[np.newaxis], resamples, np.random.default_rng(seed))[:, :, 0].T
    found, again = _pieces(n, average[None]), _pieces(n, drawn)
    segments = []
    for low, high in itertools.pairwise(found.choices[int(found.chosen[0])]):
        alpha, beta = (float(line[0]) for line in found.lines[low, high])
        middle = (low + high - 1) // 2
        segments.append(_segment(n[low:high], (alpha, beta), again.at(middle), rounds, confidence))
    return MessageModel(segments=tuple(segments))


def _lines(n: NDArray[np.float64], t: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(α, β) of the lines through each row of `t`, shape (R,) each, by least squares of relative residuals."""
    w = 1.0 / t**2
    w = w / w.sum(axis=1, keepdims=True)
    mean_n, mean_t = (w * n).sum(axis=1), (w * t).sum(axis=1)
    apart = n - mean_n[:, None]
    slope = (w * apart * (t - mean_t[:, None])).sum(axis=1) / (w * apart**2).sum(axis=1)
    return mean_t - slope * mean_n, slope


class _Pieces(NamedTuple):
    """The lines through R series of times over the same sizes, piece by piece.

    Attributes
    ----------
    choices : ends of the segments, each way of cutting the sizes; the fewest segments first.
    chosen : which of them AICc takes, shape (R,).
    lines : (first, end) of a piece -> (α, β) of the line through it, shape (R,) each.
    """

    choices: tuple[tuple[int, ...], ...]
    chosen: NDArray[np.int64]
    lines: Mapping[tuple[int, int], tuple[NDArray[np.float64], NDArray[np.float64]]]

    def at(self, index: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(α, β) of the piece that holds the size with this index, in each series as it was cut."""
        alpha, beta = np.empty(self.chosen.size), np.empty(self.chosen.size)
        for number, bounds in enumerate(self.choices):
            rows = self.chosen == number
            piece = next(pair for pair in itertools.pairwise(bounds) if pair[0] <= index < pair[1])
            alpha[rows], beta[rows] = (line[rows] for line in self.lines[piece])
        return alpha, beta


def _pieces(n: NDArray[np.float64], t: NDArray[np.float64]) -> _Pieces:
    """Cut the sizes into segments by AICc, for each row of `t`; the fewest segments where two choices are equal."""
    lines, loss = {}, {}
    for low, high in itertools.combinations(range(n.size + 1), 2):
        if high - low >= MIN_SIZES:
            alpha, beta = lines[low, high] = _lines(n[low:high], t[:, low:high])
            fitted = alpha[:, None] + beta[:, None] * n[low:high]
            loss[low, high] = np.sum((1.0 - fitted / t[:, low:high]) ** 2, axis=1)
    choices, criteria = [], []
    for bounds in _choices(n.size):
        numbers = 3 * (len(bounds) - 1)  # two a segment, the breaks between them, the scatter
        left = n.size - numbers - 1
        if left <= 0 and len(bounds) > 2:
            continue
        squares = np.sum([loss[pair] for pair in itertools.pairwise(bounds)], axis=0)
        fit = n.size * np.log(np.maximum(squares / n.size, _EXACT))
        choices.append(bounds)
        criteria.append(fit + 2 * numbers + 2 * numbers * (numbers + 1) / max(left, 1))
    return _Pieces(tuple(choices), np.argmin(criteria, axis=0), lines)


def _choices(sizes: int) -> Iterator[tuple[int, ...]]:
    for breaks in range(MOST_SEGMENTS):
        for inner in itertools.combinations(range(MIN_SIZES, sizes - MIN_SIZES + 1), breaks):
            bounds = (0, *inner, sizes)
            if all(high - low >= MIN_SIZES for low, high in itertools.pairwise(bounds)):
                yield bounds


def _segment(
    n: NDArray[np.float64],
    line: tuple[float, float],
    drawn: tuple[NDArray[np.float64], NDArray[np.float64]],
    rounds: int,
    confidence: float,
) -> Segment:
    """The piece through the sizes `n`, with its line and those of the resampled studies there."""
    (alpha, beta), (alphas, betas) = line, drawn
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
