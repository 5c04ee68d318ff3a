"""Laws of strong scaling fitted to times, as far as the worker counts can identify them; refusals are sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.scaling.choice import DECISIVE, GROWING, UNKNOWN_SHAPE, choose, may_be_true
from study.scaling.fitted import MIN_ROUNDS, FittedLaw, fitted, identified, studies_of
from study.scaling.nonnegative import LAWS, aicc
from study.scaling.power import power

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.random import Generator
    from numpy.typing import ArrayLike, NDArray

RESAMPLES = 1000
POWER_DRAWS = 500
POWER_RESAMPLES = 100
"""Of rounds, in each study that is simulated for the power: growth whose interval holds 0 is not told."""
LEAST_FIT_P = 0.05
"""p of the lack of fit below which no law is told."""
_LEAST_TIMES = 4
"""As many as a law without growth has parameters and scatter, and one: AICc needs more."""
FEWEST_TO_CHOOSE, MOST_WORKERS_TO_CHOOSE = 5, 8
"""Worker counts, and the largest of them, from which on laws can be told apart."""
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
    serial_fraction : a ÷ (a + b), without a number for the linear law; its interval holds those of all laws that AICc
        does not exclude.
    growth : c ÷ (a + b), which is β of the universal scalability law; `None` with the reason where it may not be told.
    lack_of_fit_p : p of the F test against the scatter between rounds; `None` without rounds or residual degrees.
    power : share of studies simulated from this fit in which the whole rule tells this law again; `None` where none is chosen.
    """

    levels: tuple[int, ...]
    beyond_cpus: tuple[int, ...]
    allowed: tuple[str, ...] = ()
    law: str = ""
    refusal: str = ""
    note: str = ""
    serial_fraction: Estimate | None = None
    growth: Estimate | None = None
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
    (found,) = fit_studies(
        workers,
        np.asarray(times_s, dtype=np.float64)[np.newaxis],
        physical_cpus,
        busy_s=None if busy_s is None else np.asarray(busy_s, dtype=np.float64)[np.newaxis],
        seed=seed,
        resamples=resamples,
        power_draws=power_draws,
        confidence=confidence,
    )
    return found


def fit_studies(  # noqa: PLR0913
    workers: ArrayLike,
    times_s: ArrayLike,
    physical_cpus: int,
    *,
    busy_s: ArrayLike | None = None,
    seed: int | np.random.Generator = 1,
    resamples: int = RESAMPLES,
    power_draws: int = 0,
    confidence: float = 0.95,
) -> Sequence[ModelFit]:
    """`fit_models` of many studies with the same worker counts at once: times have the shape (S, G, L)."""
    p, t, busy = _checked(workers, times_s, busy_s)
    used = p <= physical_cpus
    levels, beyond = tuple(int(count) for count in p[used]), tuple(int(count) for count in p[~used])
    p, t, busy = p[used], t[..., used], None if busy is None else busy[..., used]
    refusal = _refusal(p, t.shape[1], measured=busy is not None)
    if refusal or busy is None:
        return [ModelFit(levels=levels, beyond_cpus=beyond, refusal=refusal)] * len(t)
    rng = np.random.default_rng(seed)
    studies = studies_of(p, t, busy, resamples, rng)
    full = len(levels) >= FEWEST_TO_CHOOSE and levels[-1] >= MOST_WORKERS_TO_CHOOSE
    laws = tuple(LAWS) if full else ("amdahl",)
    scores = {
        law: np.where(identified(law, studies), score, np.inf)
        for law, score in aicc(laws, p, studies.capacity, studies.mean_s, studies.pure, studies.rounds).items()
    }
    fits = {law: fitted(law, studies, wanted, confidence) for law, wanted in may_be_true(scores).items()}
    told = _Told(levels, beyond, scores, fits, rounds=studies.rounds, full=full, confidence=confidence)
    found = [told.of(index) for index in range(len(t))]
    if not full or power_draws < 1:
        return found

    def again(times: NDArray[np.float64], alone: NDArray[np.float64], draw: Generator) -> list[str]:
        more = fit_studies(
            p, times, physical_cpus, busy_s=alone, seed=draw, resamples=POWER_RESAMPLES, confidence=confidence
        )
        return [fit.law for fit in more]

    return [
        replace(fit, power=power(fit.law, fits[fit.law], studies, index, power_draws, rng, again))
        if fit.law in fits
        else fit
        for index, fit in enumerate(found)
    ]


@dataclass(frozen=True, slots=True)
class _Told:
    """What may be said of each of many studies: AICc and fits of each law, shape (S,)."""

    levels: tuple[int, ...]
    beyond_cpus: tuple[int, ...]
    scores: Mapping[str, NDArray[np.float64]]
    fits: Mapping[str, FittedLaw]
    rounds: int
    full: bool
    confidence: float

    def of(self, index: int) -> ModelFit:
        """Of one study."""
        scores = {law: float(score[index]) for law, score in self.scores.items() if math.isfinite(score[index])}
        refused = partial(ModelFit, levels=self.levels, beyond_cpus=self.beyond_cpus)
        if "amdahl" not in scores:
            return refused(
                refusal="The measured capacity does not grow with the workers: shared and serial work cannot be told apart."
            )
        allowed = tuple(scores)
        ranked = sorted(scores, key=scores.__getitem__)
        law, chosen, growth_reason = ranked[0], choose(scores), "this law has no overhead that grows with the workers"
        if not self.full:
            growth_reason = "so few worker counts cannot tell growing overhead from a serial fraction"
        elif law in GROWING and (unclear := _unclear(chosen, float(self.fits[law].growth[1, index]))):
            growth_reason = f"growing overhead is not clear: {unclear}"
            law = chosen = next(name for name in ranked if name not in GROWING)
        wrong = float(self.fits[law].wrong[index])
        if wrong < LEAST_FIT_P:
            return refused(
                allowed=allowed,
                lack_of_fit_p=wrong,
                refusal=f"No law fits: the best, {law}, is further from the averages than their scatter allows"
                f" (p = {wrong:.2g}).",
            )
        near = [name for name in allowed if name != "linear" and scores[name] < scores[law] + DECISIVE]
        serial, growth = self._parameters(index, law, near)
        if chosen == UNKNOWN_SHAPE:
            serial = growth = self._estimate("overhead grows with the workers, by which law cannot be told")
        elif law not in GROWING:
            growth = self._estimate(growth_reason)
        return ModelFit(
            levels=self.levels,
            beyond_cpus=self.beyond_cpus,
            allowed=allowed,
            law=UNKNOWN_SHAPE if chosen == UNKNOWN_SHAPE else law,
            note=_note(len(self.levels), full=self.full),
            serial_fraction=serial,
            growth=growth,
            lack_of_fit_p=None if math.isnan(wrong) else wrong,
        )

    def _parameters(self, index: int, law: str, near: Sequence[str]) -> tuple[Estimate, Estimate]:
        """Serial fraction, its interval that of all laws near, one of which may be the true one; and growth."""
        growth = self._estimate("", *self.fits[law].growth[:, index])
        if law == "linear":
            return self._estimate("the law chosen has no serial part"), growth
        point, *_ = self.fits[law].serial[:, index]
        ends = np.array([self.fits[name].serial[1:, index] for name in near])
        return self._estimate("", point, ends[:, 0].min(), ends[:, 1].max()), growth

    def _estimate(
        self, reason: str, point: float | None = None, low: float = math.nan, high: float = math.nan
    ) -> Estimate:
        """A number and its ends, NaN where rounds are too few for them; or the reason why there is none."""
        ranged = point is not None and not math.isnan(low)
        if point is not None and not ranged:
            reason = f"{self.rounds} rounds are too few for an interval: {MIN_ROUNDS} are needed"
        return Estimate(
            point=None if point is None else float(point),
            low=float(low) if ranged else None,
            high=float(high) if ranged else None,
            n=self.rounds,
            unit="ratio",
            estimand="fitted",
            method=_METHOD,
            confidence=self.confidence,
            reason=reason,
        )


def _unclear(chosen: str, low: float) -> str:
    """Why growing overhead is not told; empty where it is. `low` is the lower end of the growth, NaN where there is none."""
    if chosen not in {*GROWING, UNKNOWN_SHAPE}:
        return f"AICc favours it by less than {DECISIVE:g}"
    if math.isnan(low):
        return f"it has no interval, for which {MIN_ROUNDS} rounds are needed"
    return "" if low > 0.0 else "its interval holds 0"


def _checked(
    workers: ArrayLike, times_s: ArrayLike, busy_s: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]:
    p, t = np.asarray(workers, dtype=np.float64), np.asarray(times_s, dtype=np.float64)
    busy = None if busy_s is None else np.asarray(busy_s, dtype=np.float64)
    if p.ndim != 1 or t.ndim != 3 or t.shape[2:] != p.shape or t.shape[1] < 1:
        raise ValueError(f"shapes {p.shape}, {t.shape}: expected levels, and studies × rounds × levels")
    if busy is not None and busy.shape != t.shape:
        raise ValueError(f"shapes {t.shape}, {busy.shape}: expected studies × rounds × levels of both")
    if not all(bool(np.all(np.isfinite(times) & (times > 0))) for times in (t, t if busy is None else busy)):
        raise ValueError("times must be finite and above 0")
    if not bool(np.all(p >= 1) and np.all(p == np.round(p))) or np.unique(p).size != p.size:
        raise ValueError("worker counts must be distinct whole numbers from 1")
    order = np.argsort(p)
    return p[order], t[..., order], None if busy is None else busy[..., order]


def _refusal(p: NDArray[np.float64], rounds: int, *, measured: bool) -> str:
    """Why no model may be fitted, whatever the times; empty where one may."""
    if p.size < 3:
        counts = {0: "No worker count", 1: "One worker count"}.get(p.size, "Two worker counts")
        return (
            f"{counts} within the CPUs: any law of scaling would pass through whatever was measured, so none is fitted."
        )
    if not measured or p[0] != 1.0:
        return (
            "What independent processes achieve was not measured at these worker counts: CPUs that slow down together would"
            " look like serial work, so no law is fitted."
        )
    return (
        ""
        if rounds * p.size > _LEAST_TIMES
        else "A single round at so few worker counts leaves nothing to judge a law by: none is fitted."
    )


def _note(levels: int, *, full: bool) -> str:
    place = " Measured capacity takes the place of the worker count."
    if levels == 3:
        return "Amdahl's law as a description: one degree of freedom is left to contradict it." + place
    if not full:
        return "Amdahl's law; logarithmic and linear growth of overhead cannot be distinguished here." + place
    return "Chosen by AICc among the laws that the levels can tell apart." + place
