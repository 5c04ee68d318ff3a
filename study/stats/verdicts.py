"""From estimates to one of four words. The only place where a claim is decided."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

from study.stats import inputs
from study.units import count

if TYPE_CHECKING:
    from study.findings import Decision, Estimate

LEVEL = 0.05
"""Holm-adjusted p values below this agree with a decision."""

Side = Literal["above", "below", "astride", "none"]


class Decided(NamedTuple):
    """A decision and why it is not a plain yes or no ('' when it is)."""

    decision: Decision
    reason: str


def decide(
    average: Estimate,
    typical: Estimate | None,
    *,
    direction: Literal["above", "below"],
    threshold: float,
    floor: float | None,
    p_adjusted: float | None,
) -> Decided:
    """Decide a claim "the quantity lies above (below) the threshold".

    Parameters
    ----------
    average, typical : Estimate
        The same quantity under both estimands; `typical` is None where there is only one (a share).
    direction : 'above' or 'below'
        The claimed side.
    threshold : float
        In the unit of the estimates.
    floor : float or None
        What equal cells differ by, in the unit of the estimates (for a ratio the threshold times the relative floor);
        None if it is not known.
    p_adjusted : float or None
        Two-sided p value against the threshold, adjusted within the question; None where no test belongs (a share), and
        the intervals decide alone.

    Returns
    -------
    Decided
        In this order: *no clear difference* when every interval lies wholly inside threshold ± floor; *supported* when
        every interval lies wholly on the claimed side, every point lies there by more than the floor, and the adjusted p
        is below 0.05; *refuted* when wholly on the other side, likewise; else *cannot be decided here* with the reason.

    Raises
    ------
    ValueError
        for a threshold that is not finite, a negative floor, a p value outside [0, 1], another direction.

    Notes
    -----
    The floor is asked first: no difference smaller than what a cell shows against itself is called one (Hoefler &
    Belli, SC 2015, rule 7).
    """
    _check(direction, threshold, floor, p_adjusted)
    estimates = (average,) if typical is None else (average, typical)
    for estimate in estimates:
        if estimate.low is None or estimate.high is None:
            return Decided(
                "cannot be decided here",
                estimate.reason or f"the {estimate.estimand} has no interval",
            )
    if floor is not None and all(_inside(each, threshold - floor, threshold + floor) for each in estimates):
        return Decided(
            "no clear difference",
            "smaller than the difference that equal cells show here",
        )
    sides = [_side(each, threshold) for each in estimates]
    if sides[0] == sides[-1] and sides[0] != "astride":
        if p_adjusted is not None and p_adjusted >= LEVEL:
            return Decided(
                "cannot be decided here",
                "not beyond chance once all tests of the question are counted",
            )
        if floor is not None and any(abs((each.point or 0.0) - threshold) <= floor for each in estimates):
            return Decided(
                "cannot be decided here",
                "beyond the threshold by no more than equal cells differ here",
            )
        return Decided("supported" if sides[0] == direction else "refuted", "")
    return Decided("cannot be decided here", _why_open(sides, average))


def decide_universal(kept: int, trials: int) -> Decided:
    """Decide a claim of the form "always": one counterexample refutes it, no number of trials proves it.

    Parameters
    ----------
    kept : int
        Trials in which the claim held.
    trials : int
        All trials.

    Returns
    -------
    Decided
        With the counts as reason: "in 30 of 30 trials", "2 of 30 trials were counterexamples".

    Raises
    ------
    ValueError
        if the counts are impossible.
    """
    if not 0 <= kept <= trials:
        raise ValueError(f"{kept} of {trials} is not a proportion")
    if trials == 0:
        return Decided("cannot be decided here", "no trial was made")
    if kept < trials:
        one = trials - kept == 1
        return Decided(
            "refuted",
            f"{count(trials - kept)} of {count(trials)} trials {'was a counterexample' if one else 'were counterexamples'}",
        )
    return Decided("supported", f"in {count(trials)} of {count(trials)} trials")


def _check(direction: str, threshold: float, floor: float | None, p_adjusted: float | None) -> None:
    """Refuse nonsense."""
    if direction not in {"above", "below"}:
        raise ValueError(f"direction={direction!r}: expected 'above' or 'below'")
    if not math.isfinite(threshold):
        raise ValueError(f"threshold={threshold!r}: expected a finite number")
    if floor is not None:
        inputs.nonnegative(floor, "floor")
    if p_adjusted is not None and not 0.0 <= p_adjusted <= 1.0:
        raise ValueError(f"p_adjusted={p_adjusted!r}: expected a number in [0, 1]")


def _inside(estimate: Estimate, low: float, high: float) -> bool:
    """Whether the whole interval lies in [low, high]."""
    return estimate.low is not None and estimate.high is not None and low <= estimate.low and estimate.high <= high


def _side(estimate: Estimate, threshold: float) -> Side:
    """Where the whole interval lies."""
    if estimate.low is None or estimate.high is None:
        return "none"
    if estimate.low > threshold:
        return "above"
    return "below" if estimate.high < threshold else "astride"


def _why_open(sides: list[Side], average: Estimate) -> str:
    """Why intervals exist and still do not decide."""
    if sides[0] != sides[-1]:
        if "astride" not in sides:
            return (
                "the average and the typical process lie on different sides of the threshold: the processes have modes"
            )
        name = "average" if sides[0] == "astride" else "typical process"
        other = "typical process" if sides[0] == "astride" else "average"
        return f"the {other} lies on one side of the threshold, but the interval of the {name} includes it"
    return average.reason or "the interval includes the threshold"
