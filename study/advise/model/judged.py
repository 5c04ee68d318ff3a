"""How good predictions were: their errors, what their intervals held, and what following them would have cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from study.advise.model.intervals import conformal, known_of, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.advise.model.intervals import Tried
    from study.advise.model.job import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Of jobs that were foretold and then measured.

    Attributes
    ----------
    jobs : how many, each in one way.
    typical : the median of |log(measured ÷ foretold)|, as a relative difference.
    p80, p90 : so many of a hundred are nearer than that.
    bias : the median of measured ÷ foretold, less 1: above 0 where jobs take longer than was foretold.
    within : share of the jobs that lie within 10 and within 20 %.
    """

    jobs: int
    typical: float
    p80: float
    p90: float
    bias: float
    within: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What intervals held of functions whose own errors they did not know.

    Attributes
    ----------
    level : the chance that was promised.
    jobs : how many had an interval.
    share : of them that lay inside.
    apart : the median of upper end ÷ lower end.
    """

    level: float
    jobs: int
    share: float
    apart: float


def judged(tried: Sequence[Tried]) -> Judged:
    """The errors of jobs, of which there must be one at least."""
    errors = [job.error for job in tried]
    sizes = sorted(abs(error) for error in errors)
    within = [sum(size <= math.log1p(limit) for size in sizes) / len(sizes) for limit in (0.1, 0.2)]
    return Judged(
        jobs=len(sizes),
        typical=math.expm1(median(sizes)),
        p80=math.expm1(_nearer(sizes, 0.8)),
        p90=math.expm1(_nearer(sizes, 0.9)),
        bias=math.expm1(median(errors)),
        within=(within[0], within[1]),
    )


def _nearer(rising: Sequence[float], share: float) -> float:
    """The least of rising numbers that this share is not beyond."""
    return rising[max(0, math.ceil(round(share * len(rising), 9)) - 1)]


def held(tried: Sequence[Tried], level: float) -> Held | None:
    """What intervals of a level hold where a function's own jobs are left out of what they are made of; None without any."""
    inside: list[bool] = []
    ratios: list[float] = []
    known = [(job, known_of(job)) for job in tried]
    for function in dict.fromkeys(job.function for job in tried):
        others = [own for job, own in known if job.function != function]
        ends_of: dict[tuple[str, ...], tuple[float, float] | None] = {}  # those of one kin are the same
        for job, own in known:
            if job.function != function:
                continue
            if own.names not in ends_of:
                ends_of[own.names] = conformal(nearest(job.way, others, level), level)
            ends = ends_of[own.names]
            if ends is not None:
                low, high = min(0.0, ends[0]), max(0.0, ends[1])
                inside.append(low <= own.error <= high)
                ratios.append(math.exp((high - low) * job.unit))
    if not inside:
        return None
    return Held(level=level, jobs=len(inside), share=sum(inside) / len(inside), apart=median(ratios))


def regret(measured_s: Iterable[tuple[Mapping[Way, float], Way]]) -> float:
    """Geometric mean over jobs of the time of the way that was taken ÷ that of the best that was measured.

    Parameters
    ----------
    measured_s : of each job, all measured ways with their seconds, and the way taken, which must be one of them.
    """
    logarithms = [math.log(seconds[taken] / min(seconds.values())) for seconds, taken in measured_s]
    return math.exp(math.fsum(logarithms) / len(logarithms))
