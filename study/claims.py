"""Claims and the data of a run -> verdicts: the number, its interval, the decision, and the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import noise_class, unit_of
from study.config import CLAIMS_FILE, NUMBER, Claim, cell_of, filled
from study.findings import Estimate, Unit, Verdict
from study.table import paired
from study.units import count, plain, with_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.cell import Cell
    from study.table import CellData


MOST_FOREIGN_CPUS = 0.5
"""Beyond this, what is claimed of all CPUs at once is not decided: with one of two CPUs taken, a build without the GIL was
seen to keep one CPU busy. In proportion, half a CPU hides half of that effect."""
_UNITS: dict[str, Unit] = {"ratio": "ratio", "difference": "s", "value": "count", "proportion": "share"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What claims are decided on: the cells of one run, why others are missing, and what equal cells differ by.

    Attributes
    ----------
    cells : (target, cell text) -> data.
    missing : (target, cell text) -> why there is none.
    floors : noise class -> relative difference that equal cells show, or None.
    foreign_cpus : CPUs that others took while it was measured, on average; None where nobody could tell.
    """

    cells: Mapping[tuple[str, str], CellData]
    missing: Mapping[tuple[str, str], str]
    floors: Mapping[str, float | None]
    usable_cpus: int
    foreign_cpus: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """A claim with its numbers, before the tests of its question are counted together."""

    claim: Claim
    cells: tuple[Cell, ...]
    average: Estimate
    typical: Estimate | None
    p: float | None = None
    times: Mapping[str, str] | None = None
    kept: int = 0
    trials: int = 0
    floor: float | None = None
    rounds: int = 0


def decide_claims(claims: Sequence[Claim], evidence: Evidence, target: str) -> tuple[Verdict, ...]:
    """Decide every claim on one target; p values are adjusted (Holm) within each question."""
    measured = [_measure(claim, evidence, target) for claim in claims]
    adjusted: dict[str, float] = {}
    for question in {claim.question for claim in claims}:
        tested = [one for one in measured if one.claim.question == question and one.p is not None]
        values = stats.holm([one.p for one in tested if one.p is not None])
        adjusted |= {one.claim.id: p for one, p in zip(tested, values, strict=True)}
    return tuple(_verdict(one, adjusted.get(one.claim.id), target) for one in measured)


def _measure(claim: Claim, evidence: Evidence, target: str) -> _Measured:
    file = f"experiments/{CLAIMS_FILE}"
    selectors = [selector for selector in (claim.of, claim.to) if selector is not None]
    cells = tuple(cell_of(selector, evidence.usable_cpus, file, claim.id) for selector in selectors)
    parallel = any("cpus" in selector.values() for selector in selectors)
    taken = evidence.foreign_cpus
    if parallel and taken is not None and taken > MOST_FOREIGN_CPUS:
        busy = plain(round(taken, 2))
        return _none(claim, cells, f"others took {busy} CPUs on average meanwhile: what ran side by side is unknown")
    if parallel and evidence.usable_cpus == 1:
        return _none(claim, cells, "this machine has one usable CPU: nothing can run side by side here")
    data = []
    for cell in cells:
        found = evidence.cells.get((target, cell.text))
        if found is None:
            why = evidence.missing.get((target, cell.text), "the run did not include it")
            return _none(claim, cells, f"{cell.text}, {why}")
        data.append(found)
    if claim.estimand == "proportion":
        return _proportion(claim, cells, data[0])
    if claim.estimand == "value":
        return _value(claim, cells, data[0])
    return _comparison(claim, cells, data[0], data[1], evidence)


def _none(claim: Claim, cells: tuple[Cell, ...], reason: str) -> _Measured:
    empty = Estimate(
        point=None,
        low=None,
        high=None,
        n=0,
        unit=_UNITS[claim.estimand],
        estimand="average",
        method="",
        reason=reason,
    )
    return _Measured(claim=claim, cells=cells, average=empty, typical=None)


def _comparison(claim: Claim, cells: tuple[Cell, ...], of: CellData, to: CellData, evidence: Evidence) -> _Measured:
    a, b = paired(of, to)
    unit: Unit = "byte" if unit_of(cells[0]) == "byte" else "s"
    times = {"of": with_interval(stats.average(of.means, unit)), "to": with_interval(stats.average(to.means, unit))}
    if claim.estimand == "ratio":
        classes = {noise_class(cell) for cell in cells}
        known = [floor for name in classes if (floor := evidence.floors.get(name)) is not None]
        average, typical = stats.ratio_of_averages_paired(a, b), stats.ratio_typical_paired(a, b)
        p = stats.ratio_test_paired(a, b, claim.threshold)
        floor = max(known) * claim.threshold if len(known) == len(classes) else None
    else:
        average, typical = stats.difference_paired(a, b, "s"), stats.difference_typical_paired(a, b, "s")
        p, floor = stats.difference_test_paired(a, b, claim.threshold), None
    return _Measured(
        claim=claim, cells=cells, average=average, typical=typical, p=p, times=times, floor=floor, rounds=len(a)
    )


def _value(claim: Claim, cells: tuple[Cell, ...], of: CellData) -> _Measured:
    if claim.outcome:
        pairs = [(outcome.get(claim.outcome), outcome.get(claim.per)) for outcome in of.outcomes]
        known = [part / whole for part, whole in pairs if part is not None and whole]
        if not known:
            return _none(claim, cells, f"the outcome {claim.outcome} was not recorded for {cells[0].text}")
        values = np.array(known, dtype=np.float64)
        unit = "count"
    else:
        values, unit = of.means, "byte" if unit_of(cells[0]) == "byte" else "s"
    return _Measured(
        claim=claim,
        cells=cells,
        average=stats.average(values, unit),  # type: ignore[arg-type]
        typical=stats.typical(values, unit),  # type: ignore[arg-type]
        p=stats.average_test(values, claim.threshold),
        rounds=len(values),
    )


def _proportion(claim: Claim, cells: tuple[Cell, ...], of: CellData) -> _Measured:
    pairs = [
        (outcome[claim.outcome], outcome[claim.per])
        for outcome in of.outcomes
        if claim.outcome in outcome and outcome.get(claim.per)
    ]
    if not pairs:
        known = ", ".join(sorted({name for outcome in of.outcomes for name in outcome})) or "none"
        why = f"{claim.outcome} and {claim.per} were not recorded for {cells[0].text}; what was: {known}"
        return _none(claim, cells, why)
    hits, trials = (sum(column) for column in zip(*pairs, strict=True))
    return _Measured(
        claim=claim,
        cells=cells,
        average=stats.share_of_processes(*zip(*pairs, strict=True)),
        typical=None,
        kept=trials - hits if claim.direction == "never" else hits,
        trials=trials,
        rounds=len(pairs),
        times={"count": count(hits), "trials": count(trials)},
    )


def _verdict(one: _Measured, p_adjusted: float | None, target: str) -> Verdict:
    claim = one.claim
    if one.average.point is None:
        decided = stats.Decided("cannot be decided here", one.average.reason)
        sentence = f"Not measured: {one.average.reason}."
    else:
        if claim.direction == "always" or claim.direction == "never":  # noqa: PLR1714 - a set would not narrow the type
            decided = stats.decide_universal(one.kept, one.trials)
        else:
            decided = stats.decide(
                one.average,
                one.typical,
                direction=claim.direction,
                threshold=claim.threshold,
                floor=one.floor,
                p_adjusted=p_adjusted,
            )
        sentence = _sentence(one, target)
    return Verdict(
        claim=claim.id,
        question=claim.question,
        statement=claim.statement,
        decision=decided.decision,
        sentence=sentence,
        strength=_strength(one, decided, p_adjusted),
        average=one.average,
        typical=one.typical,
        cells=tuple(cell.text for cell in one.cells),
        target=target,
        headline=claim.headline,
    )


def _sentence(one: _Measured, target: str) -> str:
    words = {**(one.times or {}), NUMBER[one.claim.estimand]: with_interval(one.average)}
    scope = f" ({one.claim.scope})" if one.claim.scope else ""
    return f"{filled(one.claim.finding, words)}{scope}, here, with {target}."


def _strength(one: _Measured, decided: stats.Decided, p_adjusted: float | None) -> str:
    """How strong the evidence is, in words."""
    if one.average.point is None:
        return decided.reason
    said = [f"{one.rounds} {'paired rounds' if one.claim.to else 'processes'}"]
    if one.claim.direction in {"always", "never"}:
        return f"{decided.reason}, in {one.rounds} processes"
    if p_adjusted is not None:
        said.append("p < 0.001 (Holm)" if p_adjusted < 0.001 else f"p = {p_adjusted:.2g} (Holm)")
    if decided.reason and decided.reason not in said:
        said.append(decided.reason)
    return "; ".join(said)
