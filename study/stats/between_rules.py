"""Whether two whole runs may be compared, and what may then be said of one cell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from study.stats import inputs, quantiles
from study.stats.calling import LEVEL
from study.stats.drift import halves_t
from study.units import counted, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.stats.between import Between

BetweenDecision = Literal["different", "the same within δ", "no clear difference"]

FEWEST_ROUNDS = 8
LARGEST_INVALID_SHARE = 0.2
LARGEST_HALVES_T = 4.0


class BetweenDecided(NamedTuple):
    """What two runs say of one cell, why, and the smallest relative effect that they could have shown (80 % power)."""

    decision: BetweenDecision
    reason: str
    smallest_effect: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOfRun:
    """One cell as one run measured it.

    Attributes
    ----------
    cell : canonical text.
    loops, values, warmups : what every process of it did.
    process_means_s : one mean per round in order, seconds, above 0.
    invalid_rounds, rounds : how many rounds of the whole run stayed disturbed, of how many.
    """

    cell: str
    loops: int
    values: int
    warmups: int
    process_means_s: tuple[float, ...]
    invalid_rounds: int
    rounds: int


def refusal(first: CellOfRun, second: CellOfRun, sentinels: Mapping[str, Between] | None = None) -> str:
    """Say why two runs must not be compared in this cell, or '' where they may.

    Parameters
    ----------
    first, second : CellOfRun
        The same cell in both runs.
    sentinels : mapping of str to Between, optional
        Cells that run on a fixed interpreter, so that only the machine can change them: name -> their comparison.

    Returns
    -------
    str
        '' or one sentence: the cells, loops, values or warm-ups differ; a run has fewer than eight rounds, more than
        20 % disturbed ones, or halves with |t| above 4; a sentinel's interval excludes 1.

    Raises
    ------
    ValueError
        for process means that are not finite and above 0, or impossible counts of rounds.
    """
    if first.cell != second.cell:
        return f"The cells differ: {first.cell} and {second.cell}."
    for name in ("loops", "values", "warmups"):
        one, other = getattr(first, name), getattr(second, name)
        if one != other:
            return f"The runs measured with different {name.replace('warmups', 'warm-ups')}: {one} and {other}."
    for which, run in (("first", first), ("second", second)):
        found = _unfit(run)
        if found:
            return f"The {which} run {found}."
    for name, found_between in sorted((sentinels or {}).items()):
        low, high = found_between.ratio.low, found_between.ratio.high
        if low is None or high is None:
            return f"The sentinel {name} has no interval: {found_between.ratio.reason}."
        if not low <= 1.0 <= high:
            return f"The sentinel {name}, whose code did not change, moved between the runs: the machine did."
    return ""


def decide_between(
    found: Between,
    *,
    delta: float = 0.05,
    p_adjusted: float | None = None,
    tests: int = 1,
) -> BetweenDecided:
    """Say what two whole runs show of one cell.

    Parameters
    ----------
    found : Between
        From `between`.
    delta : float
        Relative difference that a reader would not care about, chosen before looking.
    p_adjusted : float, optional
        `found.p` adjusted by `holm` over the cells compared; without it the cell stands alone.
    tests : int
        Cells compared: the smallest effect is for a level of 5 % divided by it, the first step of Holm.

    Returns
    -------
    BetweenDecided
        'different' when the p value, adjusted, is below 0.05 (so that the 95 % interval excludes 1); 'the same within δ'
        when the 90 % interval lies inside [1/(1 + δ), 1 + δ]; else 'no clear difference'. With an assumed run component
        always the last: the interval may be shown, and nothing be called.

    Raises
    ------
    ValueError
        for a delta that is not above 0, a p value outside [0, 1] or below the unadjusted one, fewer than one test.

    Notes
    -----
    The second is two one-sided tests at 5 % (Schuirmann 1987). The smallest effect is exp((t₀.₉₇₅ + t₀.₈)·SE) − 1.
    """
    if not inputs.nonnegative(delta, "delta") or tests < 1:
        raise ValueError(f"delta={delta!r}, tests={tests!r}: expected a delta above 0 and at least one test")
    if found.p is None or found.standard_error is None or found.df is None or found.within is None:
        return BetweenDecided("no clear difference", found.ratio.reason, None)
    p = found.p if p_adjusted is None else p_adjusted
    if not found.p <= p <= 1.0:
        raise ValueError(f"p_adjusted={p_adjusted!r}: expected a number from {found.p!r} to 1")
    reach = quantiles.t_quantile(1.0 - LEVEL / (2.0 * tests), found.df) + quantiles.t_quantile(0.8, found.df)
    smallest = math.expm1(reach * found.standard_error)
    low, high = found.within
    if found.assumed:
        reason = "how much runs differ is assumed and not measured: too few runs of unchanged code are stored"
        return BetweenDecided("no clear difference", reason, smallest)
    if p < LEVEL:
        return BetweenDecided("different", "", smallest)
    if 1.0 / (1.0 + delta) <= low and high <= 1.0 + delta:
        return BetweenDecided("the same within δ", f"δ is {percent(delta)}", smallest)
    return BetweenDecided(
        "no clear difference", f"a difference of {percent(smallest)} or more would probably have been seen", smallest
    )


def _unfit(run: CellOfRun) -> str:
    """Why this run speaks for nothing, as the end of a sentence, or ''."""
    if not 0 <= run.invalid_rounds <= run.rounds:
        raise ValueError(f"{run.invalid_rounds} of {run.rounds} rounds cannot be disturbed")
    means = inputs.series(run.process_means_s, "process_means_s").tolist()
    if 0.0 in means:
        raise ValueError("process_means_s: a zero has no logarithm")
    if len(means) < FEWEST_ROUNDS:
        return f"has only {counted(len(means), 'round')} of the cell: {FEWEST_ROUNDS} are needed"
    if run.invalid_rounds > LARGEST_INVALID_SHARE * run.rounds:
        return f"has {run.invalid_rounds} disturbed rounds of {run.rounds}, more than {percent(LARGEST_INVALID_SHARE)}"
    t = halves_t([math.log(mean) for mean in means])
    if t is not None and abs(t) > LARGEST_HALVES_T:
        return "did not stand still: its halves differ by more than chance allows"
    return ""
