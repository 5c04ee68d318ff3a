"""The self-audit: what the field's checklists ask of a study like this, judged by code on what a run really holds.

Every rule can fail. Rules: Hoefler & Belli, SC'15 (R1 … R12 and the timer rule); Kalibera & Jones, ISMM'13; Krun (Barrett
et al., OOPSLA'17); Mytkowicz et al., ASPLOS'09; the SIGPLAN empirical evaluation checklist; ACM artifact badging.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from study import checks
from study.table import paired
from study.units import count, counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.blocks import Panel, Verdict
    from study.evidence import Run
    from study.findings import Check, Estimate
    from study.sections.allocations import Allocation
    from study.sections.speedups import StrongScaling

HOEFLER = "Hoefler & Belli, SC'15"
LEAST_EFFICIENCY = 0.8
LEAST_READABLE = 0.75
"""Share of the machine's facts that must be readable for its description to count as one."""
LEAST_TESTS = 5
"""Comparisons below which it does not matter whether their error rate is shared."""
_ROUNDING = 1e-9
"""By which two ways to compute the same may differ, relatively."""
_COSTS = frozenset({"s", "byte"})
_CALLED = frozenset({"supported", "refuted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rule of a checklist of the field; `source` is the checklist."""

    rule: str
    source: str
    outcome: Literal["pass", "fail", "not applicable"]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What is judged: one run, and everything that the report says of it; `doi` is the archive's name of the artefact, or ''."""

    run: Run
    verdicts: Sequence[Verdict]
    scaling: Sequence[StrongScaling]
    panels: Sequence[Panel]
    checks: Sequence[Check]
    allocations: Sequence[Allocation]
    doi: str

    @property
    def estimates(self) -> Iterator[Estimate]:
        """Every number that is shown with an interval, some of them more than once."""
        for cell in self.run.summaries:
            yield from (cell.average, cell.typical)
        for verdict in self.verdicts:
            yield verdict.average
        for row in self.scaling:
            yield from (row.speedup, row.efficiency, row.karp_flatt)
        for panel in self.panels:
            yield from (point.estimate for point in panel.points)


def audit(shown: Audited) -> tuple[Row, ...]:
    """Judge one run; a simulated one is not."""
    if shown.run.manifest.simulated:
        return ()
    return (
        _bases(shown),
        _all_results(shown),
        _means(shown),
        _no_averaged_ratios(shown),
        _intervals(shown),
        _no_normality(shown),
        _compared(shown),
        _both_estimands(shown),
        _described(shown),
        _synchronised(shown),
        _bounds(shown),
        _plots(shown),
        _timer(shown),
        _allocation(shown),
        _quiet(shown),
        _setup_varied(shown),
        _claims(shown),
        _archived(shown),
        _complete(shown),
    )


def _row(rule: str, source: str, passed: bool | None, evidence: str) -> Row:  # noqa: FBT001 - the outcome itself
    if passed is None:
        return Row(rule=rule, source=source, outcome="not applicable", evidence=evidence)
    return Row(rule=rule, source=source, outcome="pass" if passed else "fail", evidence=evidence)


def _bases(shown: Audited) -> Row:
    named = [row for row in shown.scaling if row.base_s.point is not None]
    return _row(
        "R1: every speedup names its base and the base's time",
        HOEFLER,
        len(named) == len(shown.scaling) if shown.scaling else None,
        f"{count(len(named))} of {counted(len(shown.scaling), 'speedup')} stand beside the time of the plain loop",
    )


def _all_results(shown: Audited) -> Row:
    cells = shown.run.summaries
    silent = [cell for cell in cells if cell.state != "done" and not cell.reason]
    return _row(
        "R2: every cell of the plan is reported, or the reason why not",
        HOEFLER,
        not silent,
        f"{counted(len(cells), 'cell')}, {count(len(silent))} without a result and without a reason",
    )


def _means(shown: Audited) -> Row:
    """Averages of times and bytes beside the processes that they are of."""
    made = [(cell.average, cell.process_means) for cell in shown.run.summaries]
    made += [(point.estimate, point.means) for panel in shown.panels for point in panel.points]
    costs = [
        (cost.point, means)
        for cost, means in made
        if cost.estimand == "average" and cost.unit in _COSTS and cost.point is not None and means
    ]
    wrong = [point for point, means in costs if not _is(point, math.fsum(means) / len(means))]
    return _row(
        "R3: costs are averaged arithmetically",
        HOEFLER,
        not wrong if costs else None,
        f"{counted(len(costs), 'average')} of times and bytes computed again from their processes,"
        f" {count(len(wrong))} of them not arithmetic",
    )


def _no_averaged_ratios(shown: Audited) -> Row:
    """Ratios of two cells beside their averages over the rounds that have both."""
    made = [(row.speedup, row.base, row.shared) for row in shown.scaling]
    for verdict in shown.verdicts:
        sides = [shown.run.cells.get((verdict.target, text)) for text in verdict.cells]
        if verdict.average.unit == "ratio" and len(sides) == 2:
            made += [(verdict.average, of, to) for of, to in [sides] if of is not None and to is not None]
    ratios = []
    for ratio, of, to in made:
        above, below = (math.fsum(means) for means in paired(of, to))
        if ratio.point is not None and below:
            ratios.append((ratio.point, above / below))
    wrong = [point for point, expected in ratios if not _is(point, expected)]
    return _row(
        "R4: ratios are not averaged, and there is no overall score",
        HOEFLER,
        not wrong if ratios else None,
        f"{counted(len(ratios), 'ratio')} computed again from the averages of their cells,"
        f" {count(len(wrong))} of them another number",
    )


def _is(number: float, expected: float) -> bool:
    return math.isclose(number, expected, rel_tol=_ROUNDING)


def _intervals(shown: Audited) -> Row:
    every = list(shown.estimates)
    bare = [
        estimate
        for estimate in every
        if estimate.point is not None and (estimate.low is None or estimate.high is None) and not estimate.reason
    ]
    return _row(
        "R5: what is not deterministic has an interval, or the reason why it has none",
        HOEFLER,
        not bare,
        f"{counted(len(every), 'number')}, {count(len(bare))} without either",
    )


def _no_normality(shown: Audited) -> Row:
    done = [cell for cell in shown.run.summaries if cell.average.low is not None]
    ranked = [cell for cell in done if cell.typical.low is not None]
    return _row(
        "R6: nothing rests on normality alone",
        HOEFLER,
        len(ranked) == len(done) if done else None,
        f"{count(len(ranked))} of {counted(len(done), 'cell')} with a t interval have a distribution-free one beside it",
    )


def _comparisons(shown: Audited) -> list[Verdict]:
    return [verdict for verdict in shown.verdicts if len(verdict.cells) > 1 and verdict.average.point is not None]


def _compared(shown: Audited) -> Row:
    compared = _comparisons(shown)
    called = [verdict for verdict in compared if verdict.decision in _CALLED]
    unpaired = [verdict for verdict in called if not verdict.paired]
    alone = [verdict for verdict in called if verdict.p_holm is None] if len(compared) >= LEAST_TESTS else []
    uncorrected = f", {count(len(alone))} without a p value that is corrected for the others" if alone else ""
    return _row(
        "R7: comparisons are statistical, paired, and share their error rate",
        HOEFLER,
        not unpaired and not alone if compared else None,
        f"{counted(len(compared), 'comparison')}, {count(len(called))} called; {count(len(unpaired))} not paired by round"
        + uncorrected,
    )


def _both_estimands(shown: Audited) -> Row:
    done = [cell for cell in shown.run.summaries if cell.average.point is not None]
    both = [cell for cell in done if cell.typical.point is not None]
    called = [verdict for verdict in _comparisons(shown) if verdict.decision in _CALLED]
    lone = [verdict for verdict in called if verdict.typical is None or verdict.typical.point is None]
    more = f"; {counted(len(lone), 'difference')} called without the median" if lone else ""
    return _row(
        "R8: mean and median are both given, and a difference needs both",
        HOEFLER,
        len(both) == len(done) and not lone if done else None,
        f"{count(len(both))} of {counted(len(done), 'cell')} have both{more}",
    )


def _described(shown: Audited) -> Row:
    machine = shown.run.manifest.machine
    known = [fact for fact in machine.values() if fact is not None]
    return _row(
        "R9: factors, levels and set-up are documented",
        HOEFLER,
        len(known) / max(len(machine), 1) >= LEAST_READABLE,
        f"{count(len(known))} of {count(len(machine))} facts of the machine could be read"
        f" (at least {percent(LEAST_READABLE)} wanted)",
    )


def _synchronised(shown: Audited) -> Row:
    skews = [cell for cell in shown.run.summaries if cell.cell.part == "skew" and cell.average.point is not None]
    return _row(
        "R10: how parallel time is synchronised is measured",
        HOEFLER,
        bool(skews),
        f"start skew measured in {counted(len(skews), 'cell')} with a common start window",
    )


def _bounds(shown: Audited) -> Row:
    known = [row for row in shown.scaling if row.capacity.point is not None]
    wanted = [row for row in shown.scaling if not row.oversubscribed and row.workers > 1]
    return _row(
        "R11: upper bounds are measured and shown",
        HOEFLER,
        bool(known) if wanted else None,
        f"{count(len(known))} of {counted(len(wanted), 'speedup')} on several workers have the measured capacity beside them",
    )


def _plots(shown: Audited) -> Row:
    drawn = [panel for panel in shown.panels if panel.points and panel.kind != "table"]
    unordered = [panel for panel in drawn if panel.kind == "curves" and any(point.x is None for point in panel.points)]
    return _row(
        "R12: points are joined only where a number was swept",
        HOEFLER,
        not unordered if drawn else None,
        f"{counted(len(drawn), 'figure')}, {count(len(unordered))} with a line over something that is no number",
    )


def _timer(shown: Audited) -> Row:
    timed = [check for check in shown.checks if check.name == checks.TIMER]
    return _row(
        "Timer: a value lasts at least 20 times what reading the clock costs",
        HOEFLER,
        all(check.passed for check in timed) if timed else None,
        "; ".join(check.message for check in timed) or "no value was checked",
    )


def _allocation(shown: Audited) -> Row:
    known = [row.relative_efficiency for row in shown.allocations if row.relative_efficiency is not None]
    worst = min(known, default=None)
    return _row(
        f"Repetition is spent where the variance is: at least {percent(LEAST_EFFICIENCY)} of the optimum",
        "Kalibera & Jones, ISMM'13",
        None if worst is None else worst >= LEAST_EFFICIENCY,
        "no variance component could be estimated"
        if worst is None
        else f"the fixed plan is {percent(worst)} as efficient as the optimum for the class where it is worst",
    )


def _quiet(shown: Audited) -> Row:
    run = shown.run
    failed = [check.name for check in shown.checks if not check.passed]
    return _row(
        "The machine was quiet and steady",
        "Krun: Barrett et al., OOPSLA'17",
        not failed and run.disturbed_rounds == 0,
        f"{count(run.disturbed_rounds)} of {counted(run.rounds, 'round')} stayed disturbed; checks not passed:"
        f" {', '.join(failed) or 'none'}; temperature is not read",
    )


def _setup_varied(shown: Audited) -> Row:
    manifest = shown.run.manifest
    seeds = [target.facts.get("hash_randomization") for target in manifest.targets]
    rounds = max((len(data.rounds) for data in shown.run.cells.values()), default=0)
    aslr = manifest.machine.get("aslr")
    return _row(
        "The set-up is varied: hash seed, address space, size of the environment, order",
        "Mytkowicz et al., ASPLOS'09",
        all(seeds) and rounds > 1 and bool(aslr),
        f"every process draws its own; random order in {counted(rounds, 'round')}; address space randomisation:"
        f" {'not readable here' if aslr is None else count(int(aslr))}",
    )


def _claims(shown: Audited) -> Row:
    """Vague is a verdict that rests on no cell, or on no interpreter of the run."""
    targets = shown.run.targets
    vague = [verdict.claim for verdict in shown.verdicts if not verdict.cells or verdict.target not in targets]
    return _row(
        "Claims are explicit, scoped, and name what they rest on",
        "SIGPLAN empirical evaluation checklist",
        not vague if shown.verdicts else None,
        f"{counted(len(shown.verdicts), 'verdict')}, {count(len(vague))} without cells or interpreter",
    )


def _archived(shown: Audited) -> Row:
    return _row(
        "Available: the artefact has a permanent address in an archive",
        "ACM artifact review and badging, version 1.1",
        bool(shown.doi),
        f"archived as doi:{shown.doi}" if shown.doi else "no archive holds it; what is here is a repository",
    )


def _complete(shown: Audited) -> Row:
    run = shown.run
    changed = run.commit.endswith("+")
    return _row(
        "Functional: the numbers belong to a commit, and can be measured again with one command",
        "ACM artifact review and badging, version 1.1",
        bool(run.commit) and not changed and run.complete and not run.stale,
        f"commit {run.commit[:12] or 'unknown'}"
        + (", with changes that were not committed" if changed else "")
        + ("" if run.complete else ", unfinished")
        + (", measured by another version of the bench" if run.stale else ""),
    )
