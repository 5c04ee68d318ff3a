"""Laws of strong scaling fitted to times, as far as the worker counts can identify them; refusals are sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats as distributions

from study.findings import Estimate
from study.scaling.nonnegative import LAWS, aicc, columns, solve
from study.scaling.resampling import ends_as_far_out, resampled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from study.findings import Unit

RESAMPLES = 1000
POWER_DRAWS = 500
MIN_ROUNDS = 5
DECISIVE = 4.0
"""AICc by which a law with growing overhead must beat those without, and the other with it."""
UNKNOWN_SHAPE = "growing"
LEAST_FIT_P = 0.05
"""p of the lack of fit below which no law is told."""
_METHOD = (
    "weighted non-negative least squares, bootstrap of rounds and of what is left of each count, percentiles widened to"
    " Student's t"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFit:
    """What the times allow to be said about the law of scaling.

    Attributes
    ----------
    levels : worker counts used; `beyond_cpus` : those dropped, because more workers than CPUs are another experiment.
    allowed : laws the levels allow to be fitted; empty where `refusal` says why there is no model.
    law : 'linear', 'amdahl', 'logarithmic', 'usl', or 'growing' where the shape is unknown; empty where
        refused. `note` : how it may be read.
    one_worker_s : a + b; `serial_fraction` : a ÷ (a + b), without a number for the linear law; its
        interval holds those of all laws that AICc does not exclude.
    growth : c ÷ (a + b), which is β of the universal scalability law; `None` with the reason where it may not be told.
    left_out : prediction for the largest count from the others ÷ time measured there.
    aicc : law -> AICc above the best.
    lack_of_fit_p : p of the F test against the scatter between rounds; `None` without rounds or residual degrees.
    power : share of studies simulated from this fit in which this law is chosen again; `None` where nothing is chosen.
    """

    levels: tuple[int, ...]
    beyond_cpus: tuple[int, ...]
    allowed: tuple[str, ...] = ()
    law: str = ""
    refusal: str = ""
    note: str = ""
    one_worker_s: Estimate | None = None
    serial_fraction: Estimate | None = None
    growth: Estimate | None = None
    left_out: Estimate | None = None
    aicc: tuple[tuple[str, float], ...] = ()
    lack_of_fit_p: float | None = None
    power: float | None = None


def fit_models(  # noqa: PLR0913
    workers: ArrayLike,
    times_s: ArrayLike,
    physical_cpus: int,
    *,
    busy_s: ArrayLike | None = None,
    seed: int | np.random.Generator = 1,
    resamples: int = RESAMPLES,
    power_draws: int = POWER_DRAWS,
    confidence: float = 0.95,
) -> ModelFit:
    """Fit T(p) = b/p + a + c·g(p) at fixed work, and choose a law only where the levels can tell laws apart.

    Parameters
    ----------
    workers : array_like, shape (L,)
        Distinct worker counts, 1 or more.
    times_s : array_like, shape (G, L)
        Process means of G rounds, seconds, above 0.
    physical_cpus : int
        Usable CPUs; counts beyond are dropped.
    busy_s : array_like, shape (G, L), optional
        Seconds of each of p independent processes with the same work, same rounds: measured capacity C(p) = p · alone ÷
        together takes the place of p in b/p. No law is fitted without it.
    seed : int or Generator
        Of bootstrap and power.
    resamples, power_draws : int
        Of rounds for the intervals (at least 1), and of simulated studies (0 for no power).
    confidence : float
        Of the intervals.

    Returns
    -------
    ModelFit

    Raises
    ------
    ValueError
        for shapes that do not fit, times or capacities that are not above 0, repeated or impossible worker counts.

    Notes
    -----
    g(p) is 0, log2 p or p − 1; the last is the universal scalability law, linear in times (Gunther 2007). Weights are
    1/T², because the coefficient of variation is about constant. Three levels describe Amdahl's law, five up to 8
    workers or more allow a choice by AICc (Burnham & Anderson 2002). Percentiles are widened after Hesterberg (2015).
    Without measured capacity, CPUs that slow down where all are busy (turbo, hyper-threads) look like serial work and growing
    overhead. Offsets of a count that all rounds of a run share (placement, layout) are no scatter between rounds: intervals are
    stretched by what the averages are away from the law, with its degrees of freedom, and refused where that is too much.
    """
    p, t, busy = _checked(workers, times_s, busy_s)
    used = p <= physical_cpus
    levels, beyond = tuple(int(count) for count in p[used]), tuple(int(count) for count in p[~used])
    p, t = p[used], t[:, used]
    busy = None if busy is None else busy[:, used]
    refusal = _refusal(p, t, busy)
    if refusal or busy is None:
        return ModelFit(levels=levels, beyond_cpus=beyond, refusal=refusal)
    c = _capacity(p, busy.mean(axis=0)[None])[0]
    full = len(levels) >= 5 and levels[-1] >= 8
    allowed = tuple(law for law in LAWS if _identified(law, p, c)) if full else ("amdahl",)
    rng = np.random.default_rng(seed)
    mean, rounds = t.mean(axis=0), t.shape[0]
    pure = _pure(t, busy, p, c)
    scores = {law: float(score[0]) for law, score in aicc(allowed, p, c, mean[None], np.array([pure]), rounds).items()}
    both = resampled(np.hstack([t, busy]), resamples, rng)
    drawn, capacities = both[:, : p.size], _capacity(p, both[:, p.size :])
    ranked = sorted(scores, key=scores.__getitem__)

    def fitted(law: str) -> tuple[NDArray[np.float64], NDArray[np.float64], float | None, _Reporter]:
        best, lack = solve(columns(law, p, c), mean[None])
        ratio, wrong = _lack_of_fit(float(lack[0]), pure, len(levels), LAWS[law], rounds)
        report = _Reporter(rounds, confidence, _stretch(ratio, len(levels) - LAWS[law], rounds, confidence))
        return best, solve(columns(law, p, capacities), drawn)[0], wrong, report

    law, growth_reason = ranked[0], "this law has no overhead that grows with the workers"
    chosen = _choose(scores)
    if not full:
        growth_reason = "so few worker counts cannot tell growing overhead from a serial fraction"
    elif law in _GROWING:
        best, many, _, report = fitted(law)
        held = report(float(best[0, 2]), many[:, 2], "s").low
        if chosen not in {*_GROWING, UNKNOWN_SHAPE} or held is None or held <= 0.0:
            growth_reason = "growing overhead is not clear: " + (
                f"AICc favours it by less than {DECISIVE:g}"
                if chosen not in {*_GROWING, UNKNOWN_SHAPE}
                else "its interval holds 0"
                if held is not None
                else f"{rounds} rounds are too few for its interval"
            )
            law = chosen = next(name for name in ranked if name not in _GROWING)
    best, many, wrong, report = fitted(law)
    if wrong is not None and wrong < LEAST_FIT_P:
        return ModelFit(
            levels=levels,
            beyond_cpus=beyond,
            allowed=allowed,
            lack_of_fit_p=wrong,
            refusal=f"No law fits: the best, {law}, is further from the averages than their scatter allows (p = {wrong:.2g}).",
        )
    b, a = best[0, :2]
    grows, none = law in _GROWING, report.without
    shape = "overhead grows with the workers, by which law cannot be told"
    unknown = grows and chosen == UNKNOWN_SHAPE
    growths = many[:, 2] / many[:, :2].sum(axis=1)
    cv = math.sqrt(pure / max(len(levels) * (rounds - 1), 1))
    near = [name for name in allowed if name != "linear" and scores[name] < scores[law] + DECISIVE]
    if unknown or law == "linear":
        serial = none("ratio", shape if unknown else "the law chosen has no serial part")
    else:
        serial = _hull(_serial(*fitted(name)) for name in sorted(near, key=lambda name: name != law))
    return ModelFit(
        levels=levels,
        beyond_cpus=beyond,
        allowed=allowed,
        law=UNKNOWN_SHAPE if unknown else law,
        note=_note(len(levels), full=full),
        one_worker_s=report(a + b, many[:, :2].sum(axis=1), "s"),
        serial_fraction=serial,
        growth=report(best[0, 2] / (a + b), growths, "ratio")
        if grows and not unknown
        else none("ratio", shape if unknown else growth_reason),
        left_out=_left_out(law, p, c, mean, (drawn, capacities), report),
        aicc=tuple((name, scores[name] - scores[ranked[0]]) for name in ranked),
        lack_of_fit_p=wrong,
        power=_power(law, allowed, p, c, columns(law, p, c) @ best[0], cv, rounds, power_draws, rng)
        if full and not unknown
        else None,
    )


_GROWING = ("logarithmic", "usl")


def _capacity(p: NDArray[np.float64], busy: NDArray[np.float64]) -> NDArray[np.float64]:
    """C(p) = p · alone ÷ together, of each row."""
    return np.asarray(p * busy[:, :1] / busy)


def _pure(t: NDArray[np.float64], busy: NDArray[np.float64], p: NDArray[np.float64], c: NDArray[np.float64]) -> float:
    """Squares of single times about their round and count; the capacity's scatter counts by the share that is shared."""
    best = solve(columns("amdahl", p, c), t.mean(axis=0)[None])[0][0]
    share = best[0] / c / (columns("amdahl", p, c) @ best)
    left = np.log(t) - share * np.log(busy)
    left = left - left.mean(axis=0)
    left = left - left.mean(axis=1, keepdims=True)
    return float(np.sum(left**2)) * p.size / (p.size - 1.0)


def _serial(best: NDArray[np.float64], many: NDArray[np.float64], _wrong: float | None, report: _Reporter) -> Estimate:
    return report(best[0, 1] / best[0, :2].sum(), many[:, 1] / many[:, :2].sum(axis=1), "ratio")


def _hull(serial: Iterable[Estimate]) -> Estimate:
    """The first, with an interval that holds those of all: a law that is not excluded may be the true one."""
    first, *others = serial
    lows = [fraction.low for fraction in (first, *others) if fraction.low is not None]
    highs = [fraction.high for fraction in (first, *others) if fraction.high is not None]
    return replace(first, low=min(lows, default=None), high=max(highs, default=None))


def _stretch(ratio: float | None, free: int, rounds: int, confidence: float) -> float:
    """What intervals are stretched by: the averages' distance from the law over their scatter, with its few degrees."""
    if ratio is None:
        return 1.0
    tail = 0.5 + confidence / 2.0
    t = float(distributions.t.ppf(tail, free)) / float(distributions.t.ppf(tail, rounds - 1))
    return max(1.0, math.sqrt(max(ratio, 1.0)) * t)


def _choose(scores: dict[str, float]) -> str:
    """The law AICc picks; growing overhead only where it is decisively better than none."""
    best = min(scores, key=scores.__getitem__)
    plain = {law: score for law, score in scores.items() if law not in _GROWING}
    simple = min(plain, key=plain.__getitem__)
    if best in plain:
        return best
    if scores[best] > plain[simple] - DECISIVE:
        return simple
    others = [score for law, score in scores.items() if law in _GROWING and law != best]
    return best if all(scores[best] <= other - DECISIVE for other in others) else UNKNOWN_SHAPE


class _Reporter:
    """Makes estimates of one confidence and number of rounds."""

    def __init__(self, rounds: int, confidence: float, stretch: float) -> None:
        self.rounds, self.confidence, self.stretch = rounds, confidence, stretch

    def __call__(self, point: float, drawn: NDArray[np.float64], unit: Unit) -> Estimate:
        low = high = None
        reason = f"{self.rounds} rounds are too few for an interval: {MIN_ROUNDS} are needed"
        if self.rounds >= MIN_ROUNDS:
            low, high = ends_as_far_out(drawn, self.rounds, self.confidence)
            low, high = (point + self.stretch * (end - point) for end in (low, high))
            low, high, reason = min(low, float(point)), max(high, float(point)), ""
        return self._made(float(point), low, high, unit, reason)

    def without(self, unit: Unit, reason: str) -> Estimate:
        return self._made(None, None, None, unit, reason)

    def _made(self, point: float | None, low: float | None, high: float | None, unit: Unit, reason: str) -> Estimate:
        return Estimate(
            point=point, low=low, high=high, n=self.rounds, unit=unit, estimand="fitted", method=_METHOD,
            confidence=self.confidence, reason=reason,
        )  # fmt: skip


def _checked(
    workers: ArrayLike, times_s: ArrayLike, busy_s: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]:
    p, t = np.asarray(workers, dtype=np.float64), np.asarray(times_s, dtype=np.float64)
    busy = None if busy_s is None else np.asarray(busy_s, dtype=np.float64)
    if p.ndim != 1 or t.ndim != 2 or t.shape[1:] != p.shape or t.shape[0] < 1:
        raise ValueError(f"shapes {p.shape}, {t.shape}: expected levels, rounds × levels")
    if busy is not None and busy.shape != t.shape:
        raise ValueError(f"shapes {t.shape}, {busy.shape}: expected rounds × levels of both")
    if not all(bool(np.all(np.isfinite(times) & (times > 0))) for times in (t, t if busy is None else busy)):
        raise ValueError("times must be finite and above 0")
    if not bool(np.all(p >= 1) and np.all(p == np.round(p))) or np.unique(p).size != p.size:
        raise ValueError("worker counts must be distinct whole numbers from 1")
    order = np.argsort(p)
    return p[order], t[:, order], None if busy is None else busy[:, order]


def _refusal(p: NDArray[np.float64], t: NDArray[np.float64], busy: NDArray[np.float64] | None) -> str:
    """Why no model may be fitted; empty where one may."""
    if p.size < 3:
        counts = {0: "No worker count", 1: "One worker count"}.get(p.size, "Two worker counts")
        return (
            f"{counts} within the CPUs: any law of scaling would pass through whatever was measured, so none is fitted."
        )
    if busy is None or p[0] != 1.0:
        return (
            "What independent processes achieve was not measured at these worker counts: CPUs that slow down together would"
            " look like serial work, so no law is fitted."
        )
    if not _identified("amdahl", p, _capacity(p, busy.mean(axis=0)[None])[0]):
        return "The measured capacity does not grow with the workers: shared and serial work cannot be told apart."
    return (
        "" if t.size > 3 else "A single round at three worker counts leaves nothing to judge a law by: none is fitted."
    )


def _identified(law: str, p: NDArray[np.float64], c: NDArray[np.float64]) -> bool:
    matrix = columns(law, p, c)[:, : LAWS[law]]
    return int(np.linalg.matrix_rank(matrix / np.linalg.norm(matrix, axis=0), tol=1e-6)) == LAWS[law]


def _note(levels: int, *, full: bool) -> str:
    place = " Measured capacity takes the place of the worker count."
    if levels == 3:
        return "Amdahl's law as a description: one degree of freedom is left to contradict it." + place
    if not full:
        return "Amdahl's law; logarithmic and linear growth of overhead cannot be distinguished here." + place
    return "Chosen by AICc among the laws that the levels can tell apart." + place


def _left_out(
    law: str, p: NDArray[np.float64], c: NDArray[np.float64], mean: NDArray[np.float64],
    drawn: tuple[NDArray[np.float64], NDArray[np.float64]], report: _Reporter,
) -> Estimate:  # fmt: skip
    """Prediction of the largest count from the others, over what was measured there."""
    if p.size - 1 <= LAWS[law] or not _identified(law, p[:-1], c[:-1]):
        return report.without("ratio", "the remaining counts do not contradict any fit of this law")

    def ratio(times: NDArray[np.float64], capacity: NDArray[np.float64]) -> NDArray[np.float64]:
        matrix = columns(law, p, capacity)
        foretold = np.sum(solve(matrix[:, :-1], times[:, :-1])[0] * matrix[:, -1], axis=1)
        return np.asarray(foretold / times[:, -1])

    return report(float(ratio(mean[None], c[None])[0]), ratio(*drawn), "ratio")


def _lack_of_fit(
    lack: float, pure: float, levels: int, parameters: int, rounds: int
) -> tuple[float | None, float | None]:
    """F of the means' distance from the law against the scatter between rounds, and its p."""
    free, within = levels - parameters, (levels - 1) * (rounds - 1)
    if free < 1 or within < 1 or pure <= 1e-18:
        return None, None
    ratio = (rounds * lack / free) / (pure / (levels * (rounds - 1)))
    return ratio, float(distributions.f.sf(ratio, free, within))


def _power(  # noqa: PLR0913, PLR0917
    law: str, allowed: tuple[str, ...], p: NDArray[np.float64], c: NDArray[np.float64], times: NDArray[np.float64],
    cv: float, rounds: int, draws: int, rng: np.random.Generator,
) -> float | None:  # fmt: skip
    """Share of studies simulated from the fit, with its own scatter, in which the same law is chosen."""
    if draws < 1 or rounds < 2:
        return None
    means = times * np.maximum(1.0 + cv / math.sqrt(rounds) * rng.standard_normal((draws, p.size)), 0.05)
    pure = cv**2 * rng.chisquare(p.size * (rounds - 1), draws)
    scores = aicc(allowed, p, c, means, pure, rounds)
    chosen = [_choose({each: float(scores[each][draw]) for each in allowed}) for draw in range(draws)]
    return chosen.count(law) / draws
