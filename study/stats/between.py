"""One cell in two whole runs: their ratio with an interval that knows that the machine moves from run to run.

Everything here is on one scale: the natural logarithm of *process means* (each the arithmetic mean of the values of one
process). So the estimand is the ratio of the geometric means over processes, not that of the averages, which the rest of
the study reports: where processes have modes in changing shares, the two differ.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.findings import Estimate
from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FEWEST_PAST_RUNS = 4
MOST_PAST_RUNS = 8
"""How many past runs measure the run component; of more, the last ones."""

SMALLEST_TAU = 0.01
"""No machine stands stiller between runs than 1 %."""

FEWEST_CELLS = 8
"""Cells from which what they have in common can be told from what one of them does."""

ASSUMED_TAU = 0.03
ASSUMED_DF = 4.0
"""Where too few runs are stored, this is assumed, and nothing is called different."""

_METHOD = (
    "ratio of geometric means of processes, Student's t on logarithms with a run component, Satterthwaite's degrees"
)


class RunComponent(NamedTuple):
    """How much the logarithm of a cell's level moves from run to run of unchanged code (`tau`, a standard deviation).

    `runs` are those it was estimated from; 0 where it is assumed.
    """

    tau: float
    df: float
    assumed: bool
    runs: int


class LogLevel(NamedTuple):
    """Mean of the logarithms of the process means (logarithm of seconds), its squared standard error, processes."""

    mean: float
    variance: float
    processes: int


class Between(NamedTuple):
    """One cell in two whole runs.

    `ratio` is first ÷ second with its 95 % interval, `within` the 90 % interval that the question "the same?" needs,
    `p` the two-sided p value against 1, `standard_error` and `df` of the logarithm of the ratio. All but the first are
    `None` where there is no interval. `assumed`: a run component is assumed and not measured.
    """

    ratio: Estimate
    within: tuple[float, float] | None
    p: float | None
    standard_error: float | None
    df: float | None
    assumed: bool


def log_level(process_means: ArrayLike) -> LogLevel:
    """Level of one cell in one run on the log scale.

    Parameters
    ----------
    process_means : array_like, shape (G,)
        One mean per process in seconds, above 0; at least two.

    Returns
    -------
    LogLevel
        m, the mean of the logarithms; v = s²/G, its squared standard error; G.

    Raises
    ------
    ValueError
        for another shape, fewer than two processes, numbers that are not finite and above 0.
    """
    x = inputs.series(process_means, "process_means")
    if x.size < 2 or bool((x == 0.0).any()):
        raise ValueError("process_means: expected at least two numbers above 0")
    logs = np.log(x)
    return LogLevel(inputs.mean(logs), inputs.variance(logs) / x.size, x.size)


def run_component(means: ArrayLike, variances: ArrayLike) -> RunComponent:
    """How much runs of unchanged code differ beyond what their own intervals explain.

    Parameters
    ----------
    means, variances : array_like, shape (K, C)
        `LogLevel.mean` and `LogLevel.variance` of C cells in K past valid runs of unchanged code on one machine, oldest
        first. The runs that are to be compared must not be among them.

    Returns
    -------
    RunComponent
        tau² is the mean over cells of (variance of m over runs − mean of v over runs), at least (1 %)², from the last
        eight runs, with 2(K − 1) degrees of freedom. Below four runs tau is assumed to be 3 % with four.

    Raises
    ------
    ValueError
        for unequal or other shapes, numbers that are not finite, a negative variance.

    Notes
    -----
    2(K − 1) is this study's own choice: cells of one run move partly together, so C cells are worth about two. In
    simulations with normal logarithms equal cells are then called different at a nominal 5 % in 2–6 % of the pairs of
    runs where cells move apart, and in up to 10 % where there is one cell or all move as one (4 and 8 past runs).
    """
    m = np.asarray(means, dtype=np.float64)
    v = np.asarray(variances, dtype=np.float64)
    if m.size == 0 and v.size == 0:
        return RunComponent(ASSUMED_TAU, ASSUMED_DF, assumed=True, runs=0)
    if m.ndim != 2 or m.shape != v.shape:
        raise ValueError(f"expected two tables of runs × cells, shape (K, C), got shapes {m.shape} and {v.shape}")
    if not bool(np.isfinite(m).all() and np.isfinite(v).all() and (v >= 0.0).all()):
        raise ValueError("means and variances must be finite, and variances not negative")
    if m.shape[0] < FEWEST_PAST_RUNS:
        return RunComponent(ASSUMED_TAU, ASSUMED_DF, assumed=True, runs=0)
    m, v = m[-MOST_PAST_RUNS:], v[-MOST_PAST_RUNS:]
    runs, cells = m.shape
    excess = [inputs.variance(m[:, cell]) - inputs.mean(v[:, cell]) for cell in range(cells)]
    squared = max(SMALLEST_TAU**2, math.fsum(excess) / cells)
    return RunComponent(math.sqrt(squared), 2.0 * (runs - 1), assumed=False, runs=runs)


def common_movement(means: ArrayLike) -> NDArray[np.float64]:
    """What a whole machine does to all cells of a run at once, on the log scale.

    Parameters
    ----------
    means : array_like, shape (K, C)
        `LogLevel.mean` of C cells in K runs.

    Returns
    -------
    ndarray, shape (K,)
        Median over cells of their distance from their own average over the runs. Taken off, what is left of a cell is how
        it moved against the others; where half of the cells or more change alike, the change is in this number.

    Raises
    ------
    ValueError
        for another shape, fewer than eight cells or two runs, numbers that are not finite.

    Notes
    -----
    Median normalisation, as it is done with measurements of many quantities at once of which few change.
    """
    m = np.asarray(means, dtype=np.float64)
    if m.ndim != 2 or m.shape[0] < 2 or m.shape[1] < FEWEST_CELLS or not bool(np.isfinite(m).all()):
        raise ValueError(f"shape {m.shape}: expected two runs and {FEWEST_CELLS} cells at least, all finite")
    return np.asarray(np.median(m - m.mean(axis=0), axis=1), dtype=np.float64)


def against_others(means: ArrayLike) -> NDArray[np.float64]:
    """Levels without what moved all cells of their run: `means` less `common_movement`, shape (K, C), same errors."""
    return np.asarray(means, dtype=np.float64) - common_movement(means)[:, np.newaxis]


def between(
    first: ArrayLike, second: ArrayLike, tau_first: RunComponent, tau_second: RunComponent, *, common: float = 0.0
) -> Between:
    """Compare one cell of two whole runs that share no rounds.

    Parameters
    ----------
    first : array_like, shape (G,)
    second : array_like, shape (H,)
        Process means of the cell in both runs in seconds, above 0.
    tau_first, tau_second : RunComponent
        Of the machine of either run; equal ones (two runs on one machine) count as one estimate used twice, which has
        fewer degrees of freedom than two.
    common : float
        Logarithm of what moved all cells of the first run against the second, taken off the cell's own; the run
        components are then those of levels without it.

    Returns
    -------
    Between
        With Δ = m₁ − m₂ and SE² = v₁ + v₂ + tau₁² + tau₂²: the ratio exp(Δ ± t·SE). Below five processes on either side
        a point only, without any `None`.

    Raises
    ------
    ValueError
        for another shape, numbers that are not finite and above 0, and where nothing varies and tau is 0.

    Notes
    -----
    The ratio is that of geometric means over processes (see the module). Whether the two runs may be compared at all is
    asked by `refusal`, and what may be said by `decide_between`.
    """
    a, b = inputs.series(first, "first"), inputs.series(second, "second")
    if bool((a == 0.0).any() or (b == 0.0).any()):
        raise ValueError("a zero has no logarithm")
    assumed = tau_first.assumed or tau_second.assumed
    n = min(a.size, b.size)
    if n < inputs.MIN_FOR_T:
        reason = (
            f"{n} processes are too few for an interval: {inputs.MIN_FOR_T} are needed" if n else "no process finished"
        )
        point = math.exp(inputs.mean(np.log(a)) - inputs.mean(np.log(b)) - common) if n else None
        return Between(_ratio(point, None, n, reason), None, None, None, None, assumed)
    one, other = log_level(a), log_level(b)
    terms = [(one.variance, one.processes - 1.0), (other.variance, other.processes - 1.0)]
    if tau_first == tau_second:
        terms.append((2.0 * tau_first.tau**2, tau_first.df))
    else:
        terms += [(tau_first.tau**2, tau_first.df), (tau_second.tau**2, tau_second.df)]
    whole = math.fsum(part for part, _ in terms)
    if whole == 0.0:
        raise ValueError("nothing varies, neither processes nor runs: a run component is above 0")
    df = 1.0 / math.fsum((part / whole) ** 2 / degrees for part, degrees in terms)
    error, gap = math.sqrt(whole), one.mean - other.mean - common
    wide, narrow = (quantiles.t_quantile(tail, df) * error for tail in (0.975, 0.95))
    return Between(
        _ratio(math.exp(gap), (math.exp(gap - wide), math.exp(gap + wide)), n, ""),
        (math.exp(gap - narrow), math.exp(gap + narrow)),
        quantiles.t_two_sided_p(gap / error, df),
        error,
        df,
        assumed,
    )


def _ratio(point: float | None, interval: tuple[float, float] | None, n: int, reason: str) -> Estimate:
    """Ratio of geometric means."""
    low, high = interval or (None, None)
    return Estimate(
        point=point,
        low=low,
        high=high,
        n=n,
        unit="ratio",
        estimand="ratio of geometric means",
        method=_METHOD,
        reason=reason,
        holds_for="these runs",
    )
