"""Claims and the data of a run -> verdicts: the number, its interval, the decision, and the sentence that says so."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from study import gate, stats
from study.blocks import Verdict
from study.cell import unit_of
from study.config import CLAIMS_FILE, NUMBER, cell_of, filled
from study.sections import compare
from study.sections.build import absent, average_of
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.cell import Cell
    from study.config import Claim
    from study.evidence import Evidence, Run
    from study.findings import SideBySide, Unit
    from study.sections.compare import Tested
    from study.table import CellData

_UNITS: Mapping[str, Unit] = {"ratio": "ratio", "difference": "s", "value": "count", "proportion": "share"}
_MOST_RUNS = 64
"""Of which the verdicts are kept: several sections show those of every run of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """A claim with its number, before the tests of its question are counted together.

    Attributes
    ----------
    test : the number and what it is held against; None where there is none, for the `reason`.
    unknown : how the sentence begins then.
    words : names in braces of the finding -> their words.
    gated : '' or why the gate leaves open what ran side by side; `stands` is said where the verdict stands in spite of it.
    shifted : then the same with each side that ran side by side as much faster, and slower, as load can have made it.
    """

    claim: Claim
    cells: tuple[Cell, ...]
    test: Tested | None
    reason: str = ""
    unknown: str = "Not measured"
    words: Mapping[str, str] | None = None
    gated: str = ""
    stands: str = ""
    shifted: tuple[_Measured, ...] = ()


@functools.lru_cache(maxsize=_MOST_RUNS)
def verdicts(run: Run) -> tuple[Verdict, ...]:
    """Every claim on every target of the run."""
    return tuple(verdict for target in run.targets for verdict in of_target(run.claims, run.of(target)))


def of_target(claims: Sequence[Claim], evidence: Evidence) -> tuple[Verdict, ...]:
    """Decide every claim on one target; p values are adjusted (Holm) within each question."""
    measured = {claim.id: _measure(claim, evidence) for claim in claims}
    p_values: dict[str, float | None] = {}
    for question in {claim.question for claim in claims}:
        family = {
            claim.id: test
            for claim in claims
            if claim.question == question and (test := measured[claim.id].test) is not None
        }
        p_values |= compare.adjusted(family)
    return tuple(_verdict(found, p_values.get(name), evidence.target) for name, found in measured.items())


def side_by_side(claim: Claim, cells: Sequence[Cell], usable_cpus: int) -> SideBySide:
    """What a claim says of things that run at once: of counts and bytes nothing, whoever took the CPUs.

    It speaks of what is gained where work is shared out to one worker for each CPU, and of costs where workers are only
    made, fed, or more than there are CPUs.
    """
    is_count = claim.outcome and not claim.outcome.endswith("_us")
    if is_count or all(unit_of(cell) != "second" for cell in cells):
        return "nothing"
    words = {word for selector in (claim.of, claim.to or {}) for word in selector.values()}
    works = any(cell.kernel not in gate.OVERHEAD_KERNELS for cell in cells)
    if works and "cpus" in words and "oversubscribed" not in words:
        return "gains"
    return "costs" if any(gate.runs_side_by_side(cell, usable_cpus) for cell in cells) else "nothing"


def _measure(claim: Claim, evidence: Evidence) -> _Measured:
    cpus, taken = evidence.usable_cpus, evidence.run.foreign_cpus
    selectors = [selector for selector in (claim.of, claim.to) if selector is not None]
    cells = tuple(cell_of(selector, cpus, f"experiments/{CLAIMS_FILE}", claim.id) for selector in selectors)
    nothing = _Measured(claim=claim, cells=cells, test=None)
    speaks_of = side_by_side(claim, cells, cpus)
    if why := gate.left_open(speaks_of, cpus, None):
        return replace(nothing, reason=why, unknown="Not decided")
    if len({cell.text for cell in cells}) < len(cells):
        same = f"with {counted(cpus, 'usable CPU')} both sides are the same: {cells[0].text}"
        return replace(nothing, reason=same, unknown="Not decided")
    sides = []
    for cell in cells:
        data = evidence.get(cell)
        if data is None:
            why = evidence.run.missing.get((evidence.target, cell.text), "the run did not include it")
            return replace(nothing, reason=f"{cell.text}, {why}")
        sides.append(data)
    measured = _estimated(nothing, sides, evidence)
    gated = evidence.left_open(speaks_of)
    if not gated or measured.test is None or measured.test.average.point is None:
        return measured
    reach = gate.reach(cells, cpus)
    shifted = tuple(_estimated(nothing, moved, evidence) for moved in _shifted(sides, cpus, reach))
    tests = [found.test.p if found.test else None for found in (measured, *shifted)]
    p = None if None in tests else max(test for test in tests if test is not None)
    stands = f"{gate.load(taken)}; {count(reach)} times as fast or as slow, what ran side by side would give the same verdict."
    return replace(
        measured,
        test=replace(measured.test, p=p),
        gated=gated,
        shifted=shifted,
        stands=f"{stands[:1].upper()}{stands[1:]}",
    )


def _shifted(sides: Sequence[CellData], usable_cpus: int, reach: int) -> list[list[CellData]]:
    """The sides of a claim, each that ran side by side once `reach` times as slow and once as many times as fast."""
    shifts = []
    for index, side in enumerate(sides):
        for factor in (reach, 1 / reach) if gate.runs_side_by_side(side.cell, usable_cpus) else ():
            outcomes = tuple(
                {name: round(number * factor) if name == "elapsed_us" else number for name, number in outcome.items()}
                for outcome in side.outcomes
            )
            moved = replace(side, values=side.values * factor, outcomes=outcomes)
            shifts.append([*sides[:index], moved, *sides[index + 1 :]])
    return shifts


def _estimated(nothing: _Measured, sides: Sequence[CellData], evidence: Evidence) -> _Measured:
    if nothing.claim.estimand == "proportion":
        return _proportion(nothing, sides[0])
    if nothing.claim.estimand == "value":
        return _value(nothing, sides[0])
    return _comparison(nothing, sides[0], sides[1], evidence)


def _comparison(nothing: _Measured, of: CellData, to: CellData, evidence: Evidence) -> _Measured:
    claim = nothing.claim
    if claim.estimand == "ratio":
        test = compare.ratio(evidence, of, to, claim.direction, claim.threshold)
    else:
        test = compare.difference(of, to, claim.direction, claim.threshold)
    return replace(nothing, test=test, words={"of": with_interval(average_of(of)), "to": with_interval(average_of(to))})


def _value(nothing: _Measured, of: CellData) -> _Measured:
    claim = nothing.claim
    values, unit = of.means, average_of(of).unit
    if claim.outcome:
        pairs = [(outcome.get(claim.outcome), outcome.get(claim.per)) for outcome in of.outcomes]
        known = [part / whole for part, whole in pairs if part is not None and whole]
        if not known:
            return replace(nothing, reason=f"the outcome {claim.outcome} was not recorded for {of.cell.text}")
        values, unit = np.array(known, dtype=np.float64), "count"
    return replace(nothing, test=compare.value(values, unit, claim.direction, claim.threshold))


def _proportion(nothing: _Measured, of: CellData) -> _Measured:
    claim = nothing.claim
    pairs = [
        (outcome[claim.outcome], outcome[claim.per])
        for outcome in of.outcomes
        if claim.outcome in outcome and outcome.get(claim.per)
    ]
    if not pairs:
        known = ", ".join(sorted({name for outcome in of.outcomes for name in outcome})) or "none"
        why = f"{claim.outcome} and {claim.per} were not recorded for {of.cell.text}; what was: {known}"
        return replace(nothing, reason=why)
    if any(not 0 <= hit <= trials for hit, trials in pairs):
        why = f"{claim.outcome} of {of.cell.text} is no part of {claim.per}: in one process there were more of them"
        return replace(nothing, reason=why)
    hits, trials = (sum(column) for column in zip(*pairs, strict=True))
    test = compare.proportion(pairs, claim.direction, claim.threshold)
    return replace(nothing, test=test, words={"count": count(hits), "trials": count(trials)})


def _verdict(found: _Measured, p_adjusted: float | None, target: str) -> Verdict:
    claim, test, gated = found.claim, found.test, ""
    average = absent(_UNITS[claim.estimand], found.reason) if test is None else test.average
    if test is None or average.point is None:
        outcome = stats.Decided("cannot be decided here", average.reason)
        sentence = f"{found.unknown}: {average.reason}."
    else:
        outcome = compare.decided(test, p_adjusted)
        sentence = _sentence(found, test, target)
        if found.gated and _stands(found, outcome, p_adjusted):
            sentence += f" {found.stands}"
        elif found.gated:
            gated = found.gated
            outcome = stats.Decided("cannot be decided here", gated)
            sentence = f"Measured, but not decided: {gated}. Seen under that load: {sentence}"
    return Verdict(
        claim=claim.id,
        question=claim.question,
        statement=claim.statement,
        decision=outcome.decision,
        sentence=sentence,
        strength=_strength(test, outcome, None if gated else p_adjusted),
        average=average,
        typical=None if test is None else test.typical,
        cells=tuple(cell.text for cell in found.cells),
        target=target,
        headline=claim.headline,
        gated=gated,
        paired=test is not None and test.paired,
        p_holm=p_adjusted,
    )


def _stands(found: _Measured, outcome: stats.Decided, p_adjusted: float | None) -> bool:
    """Whether the verdict is the same with all that others can have taken from what ran side by side."""
    moved = [compare.decided(other.test, p_adjusted) for other in found.shifted if other.test is not None]
    clear = outcome.decision in {"supported", "refuted"} and len(moved) == len(found.shifted)
    return clear and all(other.decision == outcome.decision for other in moved)


def _sentence(found: _Measured, test: Tested, target: str) -> str:
    words = {**(found.words or {}), NUMBER[found.claim.estimand]: with_interval(test.average)}
    scope = f" ({found.claim.scope})" if found.claim.scope else ""
    return f"{filled(found.claim.finding, words)}{scope}, here, with {target}."


def _strength(test: Tested | None, outcome: stats.Decided, p_adjusted: float | None) -> str:
    """How strong the evidence is, in words."""
    if test is None or test.average.point is None:
        return outcome.reason
    if test.direction in {"always", "never"}:
        return f"{outcome.reason}, in {test.rounds} processes"
    said = [f"{test.rounds} {'paired rounds' if test.paired else 'processes'}"]
    if p_adjusted is not None:
        said.append("p < 0.001 (Holm)" if p_adjusted < 0.001 else f"p = {p_adjusted:.2g} (Holm)")
    if outcome.reason and outcome.reason not in said:
        said.append(outcome.reason)
    return "; ".join(said)
