"""Two whole runs compared: what one run is worth where machines drift from minute to minute.

Runs of the same code differ by more than the spread inside each of them. So every comparison carries a run component,
estimated from earlier runs of unchanged code on the same machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from study.findings import Estimate
from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

LEAST_RUNS = 4
"""Past runs from which a run component is estimated; with fewer it is assumed."""
SMALLEST_TAU = 0.01
ASSUMED_TAU, ASSUMED_DF = 0.03, 4
LEAST_ROUNDS = 8
MOST_DISTURBED = 0.2
LARGEST_HALVES_T = 4.0
LEVEL = 0.05
POWER = 0.8

Change = Literal["different", "the same", "no clear difference", "not called"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComponent:
    """Relative standard deviation `tau` that whole runs add, with its degrees of freedom; `assumed` from no data."""

    tau: float
    df: float
    runs: int
    assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """One cell in two runs.

    Attributes
    ----------
    ratio : of the geometric means of the processes, second run over first, with its interval.
    p : two-sided p value of "no change", or None where it cannot be had.
    smallest_effect : smallest relative change that would have been called with a chance of 80 %.
    same_low, same_high : the 90 % interval, for the question whether both are the same within a margin.
    """

    ratio: Estimate
    p: float | None
    smallest_effect: float | None
    same_low: float | None
    same_high: float | None
    assumed: bool


def log_summary(process_means: ArrayLike) -> tuple[float, float]:
    """(mean, variance of the mean) of the logarithms of the process means, shape (G,), G ≥ 2."""
    logs = np.log(inputs.series(process_means, "process_means"))
    return inputs.mean(logs), inputs.variance(logs) / logs.size


def run_component(means: ArrayLike, variances: ArrayLike) -> RunComponent:
    """Estimate what whole runs of unchanged code add to the spread inside each.

    Parameters
    ----------
    means, variances : array_like, shape (K, cells)
        Of each of K past runs and each cell: `log_summary`. The runs that are compared are not among them.

    Returns
    -------
    RunComponent
        tau² = max(1 %², mean over cells of [variance over runs of the means − mean over runs of the variances]),
        2 (K − 1) degrees of freedom; below four runs 3 % with 4 degrees of freedom, assumed.

    Raises
    ------
    ValueError
        for arrays of different or other shapes.

    Notes
    -----
    One tau for all cells: what a run does is mostly the machine's, and a tau for each cell would rest on K numbers. Two
    degrees of freedom for each run but one is a choice between K − 1 (cells move together) and cells × (K − 1).
    """
    m, v = (np.atleast_2d(np.asarray(each, dtype=np.float64)) for each in (means, variances))
    if m.shape != v.shape or m.ndim != 2:
        raise ValueError(f"shapes {m.shape} and {v.shape}: expected runs × cells of both")
    runs = m.shape[0]
    if runs < LEAST_RUNS or not m.shape[1]:
        return RunComponent(tau=ASSUMED_TAU, df=float(ASSUMED_DF), runs=runs, assumed=True)
    excess = m.var(axis=0, ddof=1) - v.mean(axis=0)
    tau2 = max(SMALLEST_TAU**2, float(np.mean(excess)))
    return RunComponent(tau=math.sqrt(tau2), df=2.0 * (runs - 1), runs=runs, assumed=False)


def between(first: ArrayLike, second: ArrayLike, component: RunComponent) -> Between:
    """Compare one cell in two runs of one machine.

    Parameters
    ----------
    first, second : array_like, shape (G1,) and (G2,)
        Process means, seconds.
    component : RunComponent
        Of the machine; it enters once for each run.

    Returns
    -------
    Between
        Standard error² = v1 + v2 + 2 tau², Satterthwaite's degrees of freedom, t interval on the log scale.

    Raises
    ------
    ValueError
        for fewer than two processes, zeros, or numbers that are not finite.
    """
    (m1, v1), (m2, v2) = log_summary(first), log_summary(second)
    sizes = (np.size(first), np.size(second))
    tau2 = component.tau**2
    whole = v1 + v2 + 2.0 * tau2
    parts = v1**2 / (sizes[0] - 1) + v2**2 / (sizes[1] - 1) + (2.0 * tau2) ** 2 / component.df
    df, error = whole**2 / parts, math.sqrt(whole)
    delta = m2 - m1
    half = quantiles.t_quantile(1.0 - LEVEL / 2.0, df) * error
    same = quantiles.t_quantile(1.0 - LEVEL, df) * error
    ratio = Estimate(
        point=math.exp(delta),
        low=math.exp(delta - half),
        high=math.exp(delta + half),
        n=min(sizes),
        unit="ratio",
        estimand="geometric mean",
        method="ratio of geometric means of whole runs, with a run component, Satterthwaite's degrees of freedom",
    )
    return Between(
        ratio=ratio,
        p=quantiles.t_two_sided_p(delta / error, df),
        smallest_effect=math.expm1(half + quantiles.t_quantile(POWER, df) * error),
        same_low=math.exp(delta - same),
        same_high=math.exp(delta + same),
        assumed=component.assumed,
    )


def change(found: Between, p_adjusted: float | None, *, margin: float) -> Change:
    """Decide one cell: 'different', 'the same' within the margin, or 'no clear difference'; 'not called' where tau is assumed.

    Parameters
    ----------
    p_adjusted : Holm's p over the cells of the comparison.
    margin : relative; 0.05 asks whether both are the same within 5 %.
    """
    if found.same_low is not None and found.same_high is not None:
        inside = found.same_low >= 1.0 / (1.0 + margin) and found.same_high <= 1.0 + margin
        if inside:
            return "the same"
    if found.assumed:
        return "not called"
    return "different" if p_adjusted is not None and p_adjusted < LEVEL else "no clear difference"


def refusal(*, rounds: Sequence[int], disturbed: Sequence[float], halves: Sequence[float | None]) -> str:
    """Why two runs are not compared, or ''.

    Parameters
    ----------
    rounds : of each run; disturbed : share of its rounds that stayed disturbed; halves : t between its halves.
    """
    if min(rounds, default=0) < LEAST_ROUNDS:
        return f"a run has {min(rounds, default=0)} rounds; {LEAST_ROUNDS} are needed"
    if max(disturbed, default=0.0) > MOST_DISTURBED:
        return f"more than {MOST_DISTURBED:.0%} of the rounds of a run stayed disturbed"
    if any(abs(t) > LARGEST_HALVES_T for t in halves if t is not None):
        return f"the halves of a run differ by a t of more than {LARGEST_HALVES_T:g}"
    return ""


def share_called(called: ArrayLike, pairs: Sequence[tuple[int, int]], *, confidence: float = 0.95) -> Estimate:
    """Share of cells called different over all pairs of runs, with its one-sided upper limit.

    Parameters
    ----------
    called : array_like of bool, shape (pairs, cells)
    pairs : the two runs of each pair; pairs that share a run are not independent.
    confidence : of the one-sided limit.

    Returns
    -------
    Estimate
        `low` is 0; `high` is the limit by leaving one run out at a time (jackknife), t on runs − 1. Below four runs a
        point only.

    Raises
    ------
    ValueError
        if there is not one row for each pair.
    """
    table: NDArray[np.float64] = np.asarray(called, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != len(pairs):
        raise ValueError(f"shape {table.shape} with {len(pairs)} pairs: expected a row for each pair")
    runs = sorted({run for pair in pairs for run in pair})
    method = f"over {len(pairs)} pairs of {len(runs)} runs; one-sided limit by leaving one run out"
    point = float(table.mean()) if table.size else None
    high, reason = None, f"{len(runs)} runs are too few for a limit: {LEAST_RUNS} are needed"
    if len(runs) >= LEAST_RUNS and point is not None:
        without = [
            float(table[[run not in pair for pair in pairs]].mean()) for run in runs
        ]  # fmt: skip
        count = len(runs)
        spread = np.asarray(without) - float(np.mean(without))
        error = math.sqrt((count - 1) / count * math.fsum(float(x) ** 2 for x in spread))
        high, reason = min(1.0, point + quantiles.t_quantile(confidence, count - 1) * error), ""
    return Estimate(
        point=point, low=None if high is None else 0.0, high=high, n=len(runs), unit="share", estimand="share",
        method=method, confidence=confidence, reason=reason,
    )  # fmt: skip


def pooled_t_calls(first: ArrayLike, second: ArrayLike) -> bool:
    """What `pyperf compare_to` would call significant: Student's t with all values of both benchmarks as two samples.

    Parameters
    ----------
    first, second : array_like, shape (G, V)
        All values; pyperf treats each as independent, and asks for 95 % two-sided with a pooled variance.

    Notes
    -----
    pyperf 2.10, `is_significant` and `tscore`; a test holds this against the program itself.
    """
    a, b = (np.asarray(each, dtype=np.float64).ravel() for each in (first, second))
    if a.size != b.size:  # its test refuses, and its caller takes the refusal for a difference
        return True
    error = (inputs.variance(a) + inputs.variance(b)) / a.size
    if error == 0.0:
        return bool(inputs.mean(a) != inputs.mean(b))
    t = (inputs.mean(a) - inputs.mean(b)) / math.sqrt(error)
    return abs(t) >= quantiles.t_quantile(0.975, a.size + b.size - 2)
