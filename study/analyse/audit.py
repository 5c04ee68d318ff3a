"""The self-audit: what the field's checklists ask of a study like this, judged by code on what a run really holds.

A row can fail, and some do. Rules: Hoefler & Belli, SC'15 (R1 … R12 and the timer rule); Kalibera & Jones, ISMM'13; Krun
(Barrett et al., OOPSLA'17); Mytkowicz et al., ASPLOS'09; the SIGPLAN empirical evaluation checklist; ACM artifact badging.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.findings import AuditRow
from study.units import count, counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.findings import Estimate, RunFindings
    from study.store import Manifest
    from study.table import CellData

HOEFLER = "Hoefler & Belli, SC'15"
LEAST_EFFICIENCY = 0.8
LEAST_READABLE = 0.75
"""Share of the machine's facts that must be readable for its description to count as one."""
LEAST_TESTS = 5
"""Claims of one question below which it does not matter whether their error rate is shared."""


def audit(run: RunFindings, manifest: Manifest, cells: Mapping[tuple[str, str], CellData]) -> tuple[AuditRow, ...]:
    """Judge one run. `run` is everything that the report says of it, `cells` what was measured."""
    if manifest.simulated:
        return ()
    return (
        _bases(run),
        _all_results(run),
        _means(run),
        _no_averaged_ratios(run),
        _intervals(run),
        _no_normality(run),
        _compared(run),
        _both_estimands(run),
        _described(manifest),
        _synchronised(run),
        _bounds(run),
        _plots(run),
        _timer(run),
        _allocation(run),
        _quiet(run),
        _setup_varied(manifest, cells),
        _claims(run),
        _archived(),
        _complete(run),
    )


def _row(rule: str, source: str, passed: bool | None, evidence: str) -> AuditRow:  # noqa: FBT001 - the outcome itself
    if passed is None:
        return AuditRow(rule=rule, source=source, outcome="not applicable", evidence=evidence)
    return AuditRow(rule=rule, source=source, outcome="pass" if passed else "fail", evidence=evidence)


def _bases(run: RunFindings) -> AuditRow:
    named = [one for one in run.scaling if one.base_s.point is not None]
    return _row(
        "R1: every speedup names its base and the base's time",
        HOEFLER,
        len(named) == len(run.scaling) if run.scaling else None,
        f"{count(len(named))} of {counted(len(run.scaling), 'speedup')} stand beside the time of the plain loop",
    )


def _all_results(run: RunFindings) -> AuditRow:
    silent = [one for one in run.cells if one.state != "done" and not one.reason]
    return _row(
        "R2: every cell of the plan is reported, or the reason why not",
        HOEFLER,
        not silent,
        f"{counted(len(run.cells), 'cell')}, {count(len(silent))} without a result and without a reason",
    )


def _estimates(run: RunFindings) -> Iterator[Estimate]:
    for cell in run.cells:
        yield cell.average
        yield cell.typical
    for verdict in run.verdicts:
        yield verdict.average
    for row in run.scaling:
        yield from (row.speedup, row.efficiency, row.karp_flatt)
    for panel in run.panels:
        yield from (point.estimate for point in panel.points)


def _means(run: RunFindings) -> AuditRow:
    costs = [one for one in _estimates(run) if one.estimand == "average" and one.unit in {"s", "byte"} and one.method]
    wrong = [one for one in costs if "harmonic" in one.method or "geometric" in one.method]
    return _row(
        "R3: costs are averaged arithmetically",
        HOEFLER,
        not wrong,
        f"{counted(len(costs), 'average')} of times and bytes, {count(len(wrong))} of them not arithmetic",
    )


def _no_averaged_ratios(run: RunFindings) -> AuditRow:
    ratios = [one for one in _estimates(run) if one.unit == "ratio" and one.estimand == "average" and one.method]
    wrong = [one for one in ratios if "mean of the ratios" in one.method or "average of ratios" in one.method]
    return _row(
        "R4: ratios are not averaged, and there is no overall score",
        HOEFLER,
        not wrong,
        f"{counted(len(ratios), 'ratio')} of averages, {count(len(wrong))} averages of ratios",
    )


def _intervals(run: RunFindings) -> AuditRow:
    found = list(_estimates(run))
    bare = [one for one in found if one.point is not None and (one.low is None or one.high is None) and not one.reason]
    return _row(
        "R5: what is not deterministic has an interval, or the reason why it has none",
        HOEFLER,
        not bare,
        f"{counted(len(found), 'number')}, {count(len(bare))} without either",
    )


def _no_normality(run: RunFindings) -> AuditRow:
    done = [one for one in run.cells if one.average.low is not None]
    ranked = [one for one in done if one.typical.low is not None]
    return _row(
        "R6: nothing rests on normality alone",
        HOEFLER,
        len(ranked) == len(done) if done else None,
        f"{count(len(ranked))} of {counted(len(done), 'cell')} with a t interval have a distribution-free one beside it",
    )


def _compared(run: RunFindings) -> AuditRow:
    compared = [one for one in run.verdicts if one.average.unit in {"ratio", "s"} and one.average.point is not None]
    called = [one for one in compared if one.decision in {"supported", "refuted"}]
    unpaired = [one for one in called if "same round" not in one.average.method and "paired" not in one.average.method]
    several = len(compared) >= LEAST_TESTS
    holm = all("Holm" in one.strength for one in called)
    return _row(
        "R7: comparisons are statistical, paired, and share their error rate",
        HOEFLER,
        not unpaired and (holm or not several) if compared else None,
        f"{counted(len(compared), 'comparison')}, {count(len(called))} called; {count(len(unpaired))} not paired by round",
    )


def _both_estimands(run: RunFindings) -> AuditRow:
    done = [one for one in run.cells if one.average.point is not None]
    both = [one for one in done if one.typical.point is not None]
    return _row(
        "R8: mean and median are both given, and a difference needs both",
        HOEFLER,
        len(both) == len(done) if done else None,
        f"{count(len(both))} of {counted(len(done), 'cell')} have both",
    )


def _described(manifest: Manifest) -> AuditRow:
    known = [value for value in manifest.machine.values() if value is not None]
    share = len(known) / max(len(manifest.machine), 1)
    return _row(
        "R9: factors, levels and set-up are documented",
        HOEFLER,
        share >= LEAST_READABLE,
        f"{count(len(known))} of {count(len(manifest.machine))} facts of the machine could be read"
        f" (at least {percent(LEAST_READABLE)} wanted)",
    )


def _synchronised(run: RunFindings) -> AuditRow:
    skews = [one for one in run.cells if one.cell.part == "skew" and one.average.point is not None]
    return _row(
        "R10: how parallel time is synchronised is measured",
        HOEFLER,
        bool(skews),
        f"start skew measured in {counted(len(skews), 'cell')} with a common start window",
    )


def _bounds(run: RunFindings) -> AuditRow:
    known = [one for one in run.scaling if one.capacity.point is not None]
    wanted = [one for one in run.scaling if not one.oversubscribed and one.workers > 1]
    return _row(
        "R11: upper bounds are measured and shown",
        HOEFLER,
        bool(known) if wanted else None,
        f"{count(len(known))} of {counted(len(wanted), 'speedup')} on several workers have the measured capacity beside them",
    )


def _plots(run: RunFindings) -> AuditRow:
    drawn = [panel for panel in run.panels if panel.points and panel.kind != "table"]
    unordered = [panel for panel in drawn if panel.kind == "curves" and any(point.x is None for point in panel.points)]
    return _row(
        "R12: points are joined only where a number was swept",
        HOEFLER,
        not unordered if drawn else None,
        f"{counted(len(drawn), 'figure')} of topics, {count(len(unordered))} with a line over something that is no number",
    )


def _timer(run: RunFindings) -> AuditRow:
    found = [one for one in run.checks if "timer" in one.name or "value" in one.name]
    return _row(
        "Timer: a value lasts at least 20 times what reading the clock costs",
        HOEFLER,
        all(one.passed for one in found) if found else None,
        "; ".join(one.message for one in found) or "no value was checked",
    )


def _allocation(run: RunFindings) -> AuditRow:
    known = [one for one in run.allocation if one.relative_efficiency is not None]
    worst = min((one.relative_efficiency for one in known if one.relative_efficiency is not None), default=None)
    return _row(
        f"Repetition is spent where the variance is: at least {percent(LEAST_EFFICIENCY)} of the optimum",
        "Kalibera & Jones, ISMM'13",
        None if worst is None else worst >= LEAST_EFFICIENCY,
        "no variance component could be estimated"
        if worst is None
        else f"the fixed plan is {percent(worst)} as efficient as the optimum for the class where it is worst",
    )


def _quiet(run: RunFindings) -> AuditRow:
    failed = [one.name for one in run.checks if not one.passed]
    return _row(
        "The machine was quiet and steady",
        "Krun: Barrett et al., OOPSLA'17",
        not failed and run.disturbed_rounds == 0,
        f"{count(run.disturbed_rounds)} of {counted(run.rounds, 'round')} stayed disturbed; checks not passed:"
        f" {', '.join(failed) or 'none'}; temperature is not read",
    )


def _setup_varied(manifest: Manifest, cells: Mapping[tuple[str, str], CellData]) -> AuditRow:
    seeds = [target.facts.get("hash_randomization") for target in manifest.targets]
    rounds = max((len(data.rounds) for data in cells.values()), default=0)
    aslr = manifest.machine.get("aslr")
    return _row(
        "The set-up is varied: hash seed, address space, size of the environment, order",
        "Mytkowicz et al., ASPLOS'09",
        all(seeds) and rounds > 1 and bool(aslr),
        f"every process draws its own; random order in {counted(rounds, 'round')}; address space randomisation:"
        f" {'not readable here' if aslr is None else count(int(aslr))}",
    )


def _claims(run: RunFindings) -> AuditRow:
    vague = [one.claim for one in run.verdicts if not one.cells or not one.target]
    return _row(
        "Claims are explicit, scoped, and name what they rest on",
        "SIGPLAN empirical evaluation checklist",
        not vague if run.verdicts else None,
        f"{counted(len(run.verdicts), 'verdict')}, {count(len(vague))} without cells or interpreter",
    )


def _archived() -> AuditRow:
    return _row(
        "Available: the artefact has a permanent address in an archive",
        "ACM artifact review and badging, version 1.1",
        passed=False,
        evidence="no archive holds it; what is here is a repository",
    )


def _complete(run: RunFindings) -> AuditRow:
    known = bool(run.commit) and not run.commit.endswith("+")
    return _row(
        "Functional: the numbers belong to a commit, and can be measured again with one command",
        "ACM artifact review and badging, version 1.1",
        known and run.complete and not run.stale,
        f"commit {run.commit[:12] or 'unknown'}"
        + (", with changes that were not committed" if run.commit.endswith("+") else "")
        + ("" if run.complete else ", unfinished")
        + (", measured by another version of the bench" if run.stale else ""),
    )
