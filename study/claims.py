"""Claims and the data of a run -> verdicts: the number, its interval, the decision, and the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from study import gate, stats
from study.cell import noise_class, unit_of
from study.config import CLAIMS_FILE, NUMBER, Claim, cell_of, filled
from study.findings import Estimate, Unit, Verdict
from study.table import paired
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.cell import Cell
    from study.findings import SideBySide
    from study.table import CellData


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
    """A claim with its numbers, before the tests of its question are counted together.

    Attributes
    ----------
    unknown : how the sentence begins where there is no number: why is the average's reason.
    gated : '' or why the gate leaves open what ran side by side; `stands` is said where the verdict stands in spite of it.
    shifted : then the same claim with each side that ran side by side as much faster, and slower, as load can have made it.
    """

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
    unknown: str = "Not measured"
    gated: str = ""
    stands: str = ""
    shifted: tuple[_Measured, ...] = ()


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
    speaks_of = side_by_side(claim, cells, evidence.usable_cpus)
    if why := gate.left_open(speaks_of, evidence.usable_cpus, None):
        return _none(claim, cells, why, unknown="Not decided")
    if len({cell.text for cell in cells}) < len(cells):
        same = f"with {counted(evidence.usable_cpus, 'usable CPU')} both sides are the same: {cells[0].text}"
        return _none(claim, cells, same, unknown="Not decided")
    data = []
    for cell in cells:
        found = evidence.cells.get((target, cell.text))
        if found is None:
            why = evidence.missing.get((target, cell.text), "the run did not include it")
            return _none(claim, cells, f"{cell.text}, {why}")
        data.append(found)
    measured = _estimated(claim, cells, data, evidence)
    gated = gate.left_open(speaks_of, evidence.usable_cpus, evidence.foreign_cpus)
    if not gated or measured.average.point is None:
        return measured
    reach = gate.reach(cells, evidence.usable_cpus)
    shifted = tuple(_estimated(claim, cells, sides, evidence) for sides in _shifted(data, evidence.usable_cpus, reach))
    tests = [one.p for one in (measured, *shifted)]
    p = None if None in tests else max(one for one in tests if one is not None)
    stands = (
        f"{gate.load(evidence.foreign_cpus)}; {count(reach)} times as fast or as slow, what ran side by side"
        " would give the same verdict."
    )
    return replace(measured, p=p, gated=gated, shifted=shifted, stands=f"{stands[:1].upper()}{stands[1:]}")


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


def _estimated(claim: Claim, cells: tuple[Cell, ...], data: Sequence[CellData], evidence: Evidence) -> _Measured:
    if claim.estimand == "proportion":
        return _proportion(claim, cells, data[0])
    if claim.estimand == "value":
        return _value(claim, cells, data[0])
    return _comparison(claim, cells, data[0], data[1], evidence)


def _shifted(data: Sequence[CellData], usable_cpus: int, reach: int) -> list[list[CellData]]:
    """The sides of a claim, each that ran side by side once `reach` times as slow and once as many times as fast."""
    found = []
    for index, side in enumerate(data):
        for factor in (reach, 1 / reach) if gate.runs_side_by_side(side.cell, usable_cpus) else ():
            outcomes = tuple(
                {name: round(number * factor) if name == "elapsed_us" else number for name, number in outcome.items()}
                for outcome in side.outcomes
            )
            moved = replace(side, values=side.values * factor, outcomes=outcomes)
            found.append([*data[:index], moved, *data[index + 1 :]])
    return found


def _none(claim: Claim, cells: tuple[Cell, ...], reason: str, *, unknown: str = "Not measured") -> _Measured:
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
    return _Measured(claim=claim, cells=cells, average=empty, typical=None, unknown=unknown)


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
    if any(not 0 <= hit <= all_ for hit, all_ in pairs):
        why = f"{claim.outcome} of {cells[0].text} is no part of {claim.per}: in one process there were more of them"
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
    gated = ""
    if one.average.point is None:
        decided = stats.Decided("cannot be decided here", one.average.reason)
        sentence = f"{one.unknown}: {one.average.reason}."
    else:
        decided = _decided(one, p_adjusted)
        sentence = _sentence(one, target)
        if one.gated and _stands(one, decided, p_adjusted):
            sentence += f" {one.stands}"
        elif one.gated:
            gated = one.gated
            decided = stats.Decided("cannot be decided here", gated)
            sentence = f"Measured, but not decided: {gated}. Seen under that load: {sentence}"
    return Verdict(
        claim=claim.id,
        question=claim.question,
        statement=claim.statement,
        decision=decided.decision,
        sentence=sentence,
        strength=_strength(one, decided, None if gated else p_adjusted),
        average=one.average,
        typical=one.typical,
        cells=tuple(cell.text for cell in one.cells),
        target=target,
        headline=claim.headline,
        gated=gated,
    )


def _decided(one: _Measured, p_adjusted: float | None) -> stats.Decided:
    claim = one.claim
    if claim.direction == "always" or claim.direction == "never":  # noqa: PLR1714 - a set would not narrow the type
        return stats.decide_universal(one.kept, one.trials)
    return stats.decide(
        one.average,
        one.typical,
        direction=claim.direction,
        threshold=claim.threshold,
        floor=one.floor,
        p_adjusted=p_adjusted,
    )


def _stands(one: _Measured, decided: stats.Decided, p_adjusted: float | None) -> bool:
    """Whether the verdict is the same with all that others can have taken from what ran side by side."""
    clear = decided.decision in {"supported", "refuted"}
    return clear and all(_decided(other, p_adjusted).decision == decided.decision for other in one.shifted)


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
