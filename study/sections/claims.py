"""Claims and the data of a run -> verdicts: the number, its interval, the decision, and the sentence that says so."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from study import loaded, stats
from study.blocks import Verdict
from study.cell import unit_of
from study.config import CLAIMS_FILE, NUMBER, cell_of, filled
from study.evidence.summaries import absent
from study.names import cell_name, told_from
from study.sections import compare, detection, last_cache, topology
from study.sections.build import average_of
from study.sections.compare import UNDECIDED
from study.sections.questions import torn
from study.table import per_task
from study.things import KERNELS
from study.units import count, counted, percent, plain, threshold, with_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.cell import Cell
    from study.config import Claim
    from study.evidence import CellData, Evidence, Run
    from study.findings import Decision, Estimate, SideBySide, Unit
    from study.sections.compare import Tested

_UNITS: Mapping[str, Unit] = {"ratio": "ratio", "difference": "s", "value": "count", "proportion": "share"}
WORST_FIRST: Sequence[Decision] = ("refuted", UNDECIDED, compare.NO_CLEAR_DIFFERENCE, "supported")
_MEASURED = frozenset({"byte", "s"})
"""Units that are told with a number."""
_MOST_RUNS = 64
"""Of which the verdicts are kept: several sections show those of every run of the report."""
_READ = re.compile(r"\{ratio\} (as (?:long|much|late|fast|many a second))\b")
_OF_THE_SECOND = frozenset({"as fast", "as many a second"})
"""So the inverse of a time is read: a ratio is the first side's time over that of the second."""
_SIDES = 2
_WHOLE_LINES = "lines_whole"
_NOT_MEASURED = "Not measured"
"""How the sentence begins of a statement whose cells have no numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """A claim with its number, before the tests of its question are counted together.

    Attributes
    ----------
    test : the number and what it is held against; None where there is none, for the `reason`.
    unknown : how the sentence begins then.
    sides : what was measured of the cells.
    gated : '' or why load leaves open what ran side by side.
    shifted : then the tests with each side that ran side by side as much faster, and slower, as load can have made it.
    """

    claim: Claim
    cells: tuple[Cell, ...]
    test: Tested | None = None
    reason: str = ""
    unknown: str = _NOT_MEASURED
    sides: Sequence[CellData] = ()
    gated: str = ""
    shifted: tuple[Tested | None, ...] = ()


@functools.lru_cache(maxsize=_MOST_RUNS)
def verdicts(run: Run) -> tuple[Verdict, ...]:
    """Every claim on every target of the run."""
    return tuple(verdict for target in run.targets for verdict in of_target(run.claims, run.of(target)))


def of_target(claims: Sequence[Claim], evidence: Evidence) -> tuple[Verdict, ...]:
    """Decide every claim on one target; p values are adjusted (Holm) within each question, further tests among them."""
    measured = [[_measure(test, evidence) for test in claim.tests] for claim in claims]
    families: dict[str, dict[str, Tested]] = {}
    for found in itertools.chain.from_iterable(measured):
        if found.test is not None:
            families.setdefault(found.claim.question, {})[found.claim.id] = found.test
    p_values = {name: p for family in families.values() for name, p in compare.adjusted(family).items()}
    return tuple(
        _all_hold([_verdict(found, p_values.get(found.claim.id), evidence) for found in tests]) for tests in measured
    )


def side_by_side(claim: Claim, cells: Sequence[Cell], usable_cpus: int) -> SideBySide:
    """What a claim says of things that run at once: of counts and bytes nothing, whoever took the CPUs.

    It speaks of what is gained where work is shared out to one worker for each CPU, and of costs where workers are only
    made, fed, or more than there are CPUs.
    """
    is_count = claim.outcome and not claim.outcome.endswith("_us")
    if is_count or all(unit_of(cell) != "second" for cell in cells):
        return "nothing"
    words = {word for selector in (claim.of, claim.to or {}) for word in selector.values()}
    works = any(KERNELS[cell.kernel].works for cell in cells)
    if works and "cpus" in words and "oversubscribed" not in words:
        return "gains"
    return "costs" if any(loaded.runs_side_by_side(cell, usable_cpus) for cell in cells) else "nothing"


def _measure(claim: Claim, evidence: Evidence) -> _Measured:
    cpus = evidence.usable_cpus
    selectors = [selector for selector in (claim.of, claim.to) if selector is not None]
    cells = tuple(cell_of(selector, evidence.cpus, f"experiments/{CLAIMS_FILE}", claim.id) for selector in selectors)
    speaks_of = side_by_side(claim, cells, cpus)
    machine = evidence.run.manifest.machine
    open_ = loaded.left_open(speaks_of, cpus, None) or last_cache.left_open(cells, machine)
    open_ = open_ or topology.left_open(cells, machine)
    if len({cell.text for cell in cells}) < len(cells) and not open_:
        open_ = f"with {counted(cpus, 'usable CPU')} both sides are the same: {cell_name(cells[0])}"
    if open_:
        return _Measured(claim=claim, cells=cells, reason=open_, unknown="Not decided")
    sides = []
    for cell in cells:
        data = evidence.get(cell)
        if data is None:
            why = evidence.run.missing.get((evidence.target, cell.text), "the run did not include it")
            return _Measured(claim=claim, cells=cells, reason=f"{cell_name(cell)}, {why}")
        sides.append(per_task(data) if claim.per_task else data)
    test = _tested(claim, sides, evidence)
    if isinstance(test, str):
        return _Measured(claim=claim, cells=cells, reason=test)
    gated = evidence.left_open(speaks_of)
    found = _Measured(claim=claim, cells=cells, test=test, sides=sides)
    if not gated or test.average.point is None:
        return found
    moved = [_tested(claim, shifted, evidence) for shifted in _shifted(sides, cpus, loaded.reach(cells, cpus))]
    shifted = tuple(None if isinstance(other, str) else other for other in moved)
    p_values = [None if other is None else other.p for other in (test, *shifted)]
    p = None if None in p_values else max(p for p in p_values if p is not None)
    return replace(found, test=replace(test, p=p), gated=gated, shifted=shifted)


def _shifted(sides: Sequence[CellData], usable_cpus: int, reach: int) -> list[list[CellData]]:
    """The sides of a claim, each that ran side by side once `reach` times as slow and once as many times as fast."""
    shifts = []
    for index, side in enumerate(sides):
        for factor in (reach, 1 / reach) if loaded.runs_side_by_side(side.cell, usable_cpus) else ():
            outcomes = tuple(
                {name: round(number * factor) if name == "elapsed_us" else number for name, number in outcome.items()}
                for outcome in side.outcomes
            )
            moved = replace(side, values=side.values * factor, outcomes=outcomes)
            shifts.append([*sides[:index], moved, *sides[index + 1 :]])
    return shifts


def _tested(claim: Claim, sides: Sequence[CellData], evidence: Evidence) -> Tested | str:
    """The number that the claim is about and its test, or why there is none."""
    of, direction, threshold = sides[0], claim.direction, claim.threshold
    if claim.estimand == "ratio":
        return compare.ratio(evidence, of, sides[1], direction, threshold)
    if claim.estimand == "difference":
        return compare.difference(of, sides[1], direction, threshold)
    if claim.estimand == "value" and not claim.outcome:
        step = detection.step_of(evidence, of)
        return compare.value(of.means, average_of(of).unit, direction, threshold, step=step)
    counts = [(outcome.get(claim.outcome), outcome.get(claim.per)) for outcome in of.outcomes]
    pairs = [(part, whole) for part, whole in counts if part is not None and whole]
    if claim.estimand == "value":
        return (
            _counted(claim, pairs)
            if pairs
            else f"the outcome {claim.outcome} was not recorded for {cell_name(of.cell)}"
        )
    if any(not 0 <= hit <= trials for hit, trials in pairs):
        return (
            f"{claim.outcome} of {cell_name(of.cell)} is no part of {claim.per}: in one process there were more of them"
        )
    known = ", ".join(sorted({name for outcome in of.outcomes for name in outcome})) or "none"
    missing = f"{claim.outcome} and {claim.per} were not recorded for {cell_name(of.cell)}; what was: {known}"
    return compare.proportion(pairs, direction, threshold) if pairs else missing


def _counted(claim: Claim, pairs: Sequence[tuple[int, int]]) -> Tested:
    """What each process counted, over another count of it; CPU time over another time is so many CPUs."""
    parts, wholes = np.array(pairs, dtype=np.float64).T
    unit: Unit = "CPU" if claim.outcome.endswith("_us") and claim.per.endswith("_us") else "count"
    return compare.quotient(parts, wholes, unit, claim.direction, claim.threshold)


def _verdict(found: _Measured, p_adjusted: float | None, evidence: Evidence) -> Verdict:
    claim, test, gated = found.claim, found.test, ""
    average = absent(_UNITS[claim.estimand], found.reason) if test is None else test.average
    if test is None or average.point is None:
        outcome = stats.Decided(UNDECIDED, average.reason)
        sentence = f"{found.unknown}: {average.reason}."
    else:
        here = compare.decided(test, p_adjusted)
        outcome = _refuted_elsewhere(found, here, evidence)
        sentence = _sentence(found, test)
        there = torn.elsewhere(evidence, found.cells) if _also(found, evidence) else ""
        why = "; why there and not here is not known" if here.decision == "supported" else ""
        sentence += f" But torn {there}{why}." if there else ""
        if found.gated and _stands(found, outcome, p_adjusted):
            load, reach = loaded.load(evidence.run.foreign_cpus), loaded.reach(found.cells, evidence.usable_cpus)
            said = f"{count(reach)} times as fast or as slow, what ran side by side would give the same verdict."
            sentence += f" {load[:1].upper()}{load[1:]}; {said}"
        elif found.gated:
            gated = found.gated
            outcome = stats.Decided(UNDECIDED, gated)
            sentence = f"Measured, but not decided: {gated}. Seen under that load: {sentence}"
    return Verdict(
        claim=claim.id,
        question=claim.question,
        statement=claim.statement,
        decision=outcome.decision,
        sentence=sentence,
        strength=_strength(test, outcome),
        counts="" if test is None else test.counts,
        average=average,
        typical=None if test is None else test.typical,
        cells=tuple(cell.text for cell in found.cells),
        target=evidence.target,
        headline=claim.headline,
        gated=gated,
        paired=test is not None and test.paired,
        p_holm=None if gated else p_adjusted,
        times_floor=_times_floor(test),
        needed=needed(claim, average.unit),
        reads=_reads(claim),
        whose=_whose(claim, found.cells),
        also="" if test is None else _also(found, evidence),
        measured=test is not None or found.unknown != _NOT_MEASURED,
    )


def _reads(claim: Claim) -> str:
    """How the number is read, as the claim's own sentence has it: '35 000 times' alone does not say of what."""
    found = _READ.search(claim.finding)
    return found[1] if found else ""


def _also(found: _Measured, evidence: Evidence) -> str:
    """Of lines that always came whole, how often the same program tore them elsewhere; '' of everything else.

    Where that was, is named if it refutes nothing: there something else was printed into.
    """
    if found.claim.outcome != _WHOLE_LINES:
        return ""
    there = torn.elsewhere(evidence, found.cells, named=not torn.into_a_pipe(evidence, found.cells[0]))
    return f"but torn {there}" if there else ""


def _refuted_elsewhere(found: _Measured, outcome: stats.Decided, evidence: Evidence) -> stats.Decided:
    """One counterexample refutes what always holds, also one of the same program where it was pasted, printing as here."""
    hits = torn.into_a_pipe(evidence, found.cells[0]) if found.claim.outcome == _WHOLE_LINES else 0
    if outcome.decision != "supported" or not hits:
        return outcome
    return stats.Decided("refuted", f"{counted(hits, 'counterexample')} where it was pasted, none here")


def _whose(claim: Claim, cells: Sequence[Cell]) -> str:
    """Of which of two sides the number is read: what takes longer is the first, what does more a second the second.

    '' where the statement begins with it, or it takes many words to say.
    """
    if len(cells) < _SIDES or not (reads := _reads(claim)):
        return ""
    first, second, *_ = cells
    whose = told_from(second, first) if reads in _OF_THE_SECOND else told_from(first, second)
    begins = claim.statement[: len(whose) + len("A ")]
    return "" if whose.casefold() in begins.casefold() else whose


def _all_hold(found: Sequence[Verdict]) -> Verdict:
    """One verdict of the tests of a claim: what all of them hold is supported, what one refutes is refuted.

    Number, counts and cells are those of the test that decides: of what is supported the first.
    """
    first, *further = found
    if not further:
        return first
    number = min(range(len(found)), key=lambda index: WORST_FIRST.index(found[index].decision))
    deciding = found[number]
    p_values = [verdict.p_holm for verdict in found if verdict.p_holm is not None]
    return replace(
        deciding,
        claim=first.claim,
        headline=first.headline,
        test=number,
        averages=tuple(verdict.average for verdict in found),
        sentence=" ".join(verdict.sentence for verdict in found),
        needed="; and ".join(verdict.needed for verdict in found),
        strength="; ".join(dict.fromkeys(verdict.strength for verdict in found)),
        cells=tuple(dict.fromkeys(itertools.chain(deciding.cells, *(verdict.cells for verdict in found)))),
        p_holm=max(p_values, default=None) if deciding.decision == "supported" else deciding.p_holm,
        measured=any(verdict.measured for verdict in found),
    )


def _stands(found: _Measured, outcome: stats.Decided, p_adjusted: float | None) -> bool:
    """Whether the verdict is the same with all that others can have taken from what ran side by side."""
    clear = outcome.decision in {"supported", "refuted"} and not _is_moved_without_bound(found)
    return clear and all(
        other is not None and compare.decided(other, p_adjusted).decision == outcome.decision for other in found.shifted
    )


def _is_moved_without_bound(found: _Measured) -> bool:
    """Whether load alone, however little the machine then does, can have brought a number to its side of the threshold.

    Beside one process what others took has a bound (`loaded.reach`). A number by itself has nothing beside it: fewer CPUs are
    kept busy, and more time goes by, the more others take.
    """
    test = found.test
    if test is None or test.average.point is None or found.claim.estimand != "value":
        return False
    is_below = test.average.point < test.threshold
    return is_below if test.average.unit == "CPU" else not is_below


def _sentence(found: _Measured, test: Tested) -> str:
    claim = found.claim
    sides = [with_interval(_without_width(average_of(side)), reason=False) for side in found.sides]
    counts = {"count": count(test.hits), "trials": count(test.trials)}
    words = {
        **dict(zip(("of", "to"), sides, strict=False)),
        **counts,
        NUMBER[claim.estimand]: count(test.average.point)
        if test.counts and claim.estimand == "value"
        else with_interval(_as_said(claim, test.average), reason=False),
    }
    scope = f" ({claim.scope})" if claim.scope else ""
    return f"{filled(claim.finding, words)}{scope}."


def _as_said(claim: Claim, average: Estimate) -> Estimate:
    """The number as its sentence wants it: what a value counts is a word of the claim, and bytes and seconds have units."""
    return replace(average, unit="count") if claim.estimand == "value" and average.unit not in _MEASURED else average


def _times_floor(test: Tested | None) -> float | None:
    """How many times what equal cells differ by the number lies from its threshold."""
    if test is None or test.average.point is None or not test.floor:
        return None
    return abs(test.average.point - test.threshold) / test.floor


def _without_width(estimate: Estimate) -> Estimate:
    """The estimate without its interval, where that is the number itself: nothing of it scattered."""
    return estimate if estimate.low != estimate.high else replace(estimate, low=None, high=None)


def needed(claim: Claim, unit: Unit) -> str:
    """Where the number would have to lie for the statement to be supported, and why there."""
    if claim.direction in compare.UNIVERSAL:
        return f"{claim.direction}: one counterexample refutes it"
    if claim.is_neutral:
        return f"{claim.direction} {plain(claim.threshold)}, where there is no difference at all"
    said = f"{claim.direction} {threshold(claim.threshold, unit)}"
    return f"{said}, {claim.because}" if claim.because else said


def _strength(test: Tested | None, outcome: stats.Decided) -> str:
    """How strong the evidence is, in words."""
    if test is None or test.average.point is None:
        return outcome.reason
    if test.direction in compare.UNIVERSAL:
        seen = f"{outcome.reason}, in {test.rounds} processes"
        unseen = stats.share(0, test.rounds).high
        if outcome.decision != "supported" or unseen is None:
            return seen
        return f"{seen}; up to {percent(unseen)} of processes may show one and none was drawn"
    if test.counts:
        return test.average.reason
    said = [f"{test.rounds} {'paired rounds' if test.paired else 'processes'}"]
    return "; ".join(filter(None, (*said, test.told, outcome.reason)))
