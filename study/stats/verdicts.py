"""From estimates to one of four words. The only place where a claim is decided; numbers by `call`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

from study.stats import inputs
from study.stats.calling import call
from study.units import count

if TYPE_CHECKING:
    from study.findings import Decision, Estimate


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
        the interval decides alone.

    Returns
    -------
    Decided
        *supported* when the number is called on the claimed side (`call`), *refuted* when on the other, *no clear
        difference* inside the noise floor, else *cannot be decided here* with the reason.

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
    side, reason = call(average, typical, threshold, floor, p_adjusted)
    if side == "alike":
        return Decided("no clear difference", reason)
    if not side:
        return Decided("cannot be decided here", reason)
    return Decided("supported" if side == direction else "refuted", "")


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


def decide_counted(number: float, *, direction: Literal["above", "below"], threshold: float) -> Decided:
    """Decide a claim on a count that every process had: there is nothing to be unsure of but processes to come.

    Parameters
    ----------
    number : float
        The count of each process.
    direction, threshold
        As in `decide`; at the threshold the claim does not hold.

    Returns
    -------
    Decided
        *supported* or *refuted*.

    Raises
    ------
    ValueError
        as `decide`.
    """
    _check(direction, threshold, None, None)
    holds = number > threshold if direction == "above" else number < threshold
    return Decided("supported" if holds else "refuted", "")


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
