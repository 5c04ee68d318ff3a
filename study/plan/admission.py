"""(expansion, costs, budget) -> what a run measures, how often, and what it leaves out with the budget that gets it. Pure."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from study.config import ROUNDS, TIERS
from study.errors import UsageError
from study.plan.costs import cost_of, round_s
from study.plan.expansion import Absence, Curve, joined
from study.plan.order import BEYOND, QUICK_ROUNDS, takes_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.cell import Cell
    from study.plan.costs import Cost, PointCost
    from study.plan.expansion import Expansion, State

MARGIN = 1.1
"""Predicted times are multiplied by this before an experiment is admitted."""
Failed = dict[tuple[str, "Cell"], tuple["State", str]]
"""(Target, point) -> (state, reason) of one that could not be calibrated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run does: every curve in its share of the rounds, `rounds` rounds, more if time is left."""

    curves: tuple[Curve, ...]
    costs: Mapping[str, Cost]
    absent: tuple[Absence, ...]
    rounds: int
    quick: bool
    round_s: float


def rounds_of(curve: Curve, plan: Plan) -> int:
    """In how many of the planned rounds the curve is measured."""
    return sum(takes_part(curve.rounds, index) for index in range(plan.rounds))


def needed_s(curves: Sequence[Curve], costs: Mapping[tuple[str, Cell], PointCost], rounds: int = ROUNDS) -> float:
    """Seconds that so many rounds of these curves need, with the margin; endless where a cost is not known."""
    if any((curve.target, point) not in costs for curve in curves for point in curve.points):
        return math.inf
    return rounds * MARGIN * round_s(curves, costs)


def admit(
    expansion: Expansion,
    costs: Mapping[tuple[str, Cell], PointCost],
    failed: Failed,
    budget_s: float,
    *,
    spent_s: float = 0.0,
    guessed: Mapping[tuple[str, Cell], PointCost] | None = None,
) -> Plan:
    """Admit whole experiments in order of tier and rank; what does not fit is passed over and the next is tried.

    Parameters
    ----------
    costs : of every point that was calibrated; an experiment with another counts as left out.
    budget_s : seconds left for rounds.
    spent_s : seconds that calibrating has taken of the whole budget; a message names a whole one.
    guessed : costs of points that were not calibrated, from below: for the budget that would get them.

    Raises
    ------
    UsageError
        if not even a quick run of what must be measured fits, with the budget that would do.
    """
    groups = {name: kept for name, curves in expansion.groups.items() if (kept := possible(curves, failed))}
    must = [curves for curves in groups.values() if expansion.must(curves[0])]
    quick = needed_s(joined((), itertools.chain(*must)), costs) > budget_s
    if quick:
        wanted = [*must, *(curves for curves in groups.values() if curves not in must)]
        if expansion.only and wanted:
            first, *others = wanted
            admitted = _quick(first, others, first[0].experiment, costs, budget_s, spent_s)
        else:
            admitted = _quick(tuple(itertools.chain(*must)), (), "the headline tier", costs, budget_s, spent_s)
        rounds = QUICK_ROUNDS
    else:
        admitted = ()
        for curves in groups.values():
            with_it = joined(admitted, curves)
            if expansion.must(curves[0]) or needed_s(with_it, costs) <= budget_s:
                admitted = with_it
        rounds = max(ROUNDS, int(budget_s / (MARGIN * round_s(admitted, costs)))) if admitted else 0
    there = {(curve.target, cell) for curve in admitted for cell in curve.cells}
    absent = [absence for absence in expansion.absent if (absence.target, absence.cell) not in there]
    known = {**(guessed or {}), **costs}
    whole: tuple[Curve, ...] = ()
    for name, curves in expansion.groups.items():
        left = groups.get(name, ())
        whole = joined(whole, left)
        reason = _too_long(needed_s(whole, known), spent_s, calibrated=needed_s(left, costs) < math.inf)
        for curve in curves:
            for cell in curve.cells:
                if (curve.target, cell) not in there:
                    there.add((curve.target, cell))
                    state, why = failed.get((curve.target, cell.point), ("left out", reason))
                    absent.append(_absence(curve, cell, state, why))
    if admitted and not quick and core_is_left_out((absence.tier, absence.state) for absence in absent):
        rounds = min(rounds, ROUNDS + int(BEYOND * budget_s / (MARGIN * round_s(admitted, costs))))
    return Plan(
        curves=admitted,
        costs={curve.id: cost_of(curve, costs) for curve in admitted},
        absent=tuple(absent),
        rounds=rounds,
        quick=quick,
        round_s=round_s(admitted, costs),
    )


def core_is_left_out(cells: Iterable[tuple[str, str]]) -> bool:
    """Whether one of these cells, (tier, state) each, is of the core and was left out for want of time."""
    return any(tier == TIERS[1] and state == "left out" for tier, state in cells)


def possible(curves: Sequence[Curve], failed: Failed) -> tuple[Curve, ...]:
    """What is left of the curves without the points that could not be calibrated."""
    kept = (
        replace(curve, cells=tuple(cell for cell in curve.cells if (curve.target, cell.point) not in failed))
        for curve in curves
    )
    return tuple(curve for curve in kept if curve.cells)


def _quick(
    least: Sequence[Curve],
    others: Sequence[Sequence[Curve]],
    what: str,
    costs: Mapping[tuple[str, Cell], PointCost],
    budget_s: float,
    spent_s: float,
) -> tuple[Curve, ...]:
    """Few rounds of what must be at least, `what` in words, and of each of the others that fits beside it."""
    admitted = _in_every_round(joined((), least))
    least_s = needed_s(admitted, costs, QUICK_ROUNDS) / MARGIN
    if least_s > budget_s:
        known = least_s < math.inf
        takes = f"take about {least_s:.0f} s on this machine" if known else "could not even be calibrated"
        such = f", such as {budget_for(least_s + spent_s)}" if known else ""
        raise UsageError(
            f"the budget leaves {max(0.0, budget_s):.0f} s for rounds, but {QUICK_ROUNDS} rounds of {what} {takes};"
            f" give a larger --budget{such}"
        )
    for curves in others:
        with_it = _in_every_round(joined(admitted, curves))
        if needed_s(with_it, costs, QUICK_ROUNDS) <= budget_s:
            admitted = with_it
    return admitted


def _in_every_round(curves: Iterable[Curve]) -> tuple[Curve, ...]:
    return tuple(replace(curve, rounds=ROUNDS) for curve in curves)


def budget_for(seconds: float) -> str:
    """A budget to give, somewhat above what is needed: whole tens of seconds, or whole minutes from ten on."""
    wanted_s = MARGIN * seconds
    return f"{math.ceil(wanted_s / 60)}m" if wanted_s > 600 else f"{max(10, 10 * math.ceil(wanted_s / 10))}s"


def _absence(curve: Curve, cell: Cell, state: State, reason: str) -> Absence:
    shared = {field.name: getattr(curve, field.name) for field in fields(curve) if field.name in Absence.__slots__}
    return Absence(cell=cell, state=state, reason=reason, **shared)


def _too_long(whole_s: float, spent_s: float, *, calibrated: bool) -> str:
    """Why an experiment is left out, and the budget that gets it and all that comes before it."""
    more = budget_for((whole_s + spent_s) / MARGIN) if whole_s < math.inf else ""
    if not calibrated:
        return "not calibrated: it would not have fitted" + (f"; --budget {more} or more gets it" if more else "")
    return f"the budget is too small for it beside what comes before it; --budget {more} gets it"
