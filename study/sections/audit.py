"""The self-audit: what the field's checklists ask of a study like this, judged by code on what a run really holds.

Every rule can fail. Rules: Hoefler & Belli, SC'15 (R1 … R12 and the timer rule); Kalibera & Jones, ISMM'13; Krun (Barrett
et al., OOPSLA'17); Mytkowicz et al., ASPLOS'09; the SIGPLAN empirical evaluation checklist; ACM artifact badging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from study import checks
from study.sections.allocations import LEAST_EFFICIENCY
from study.sections.cards import NOT_READABLE
from study.units import count, counted, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from study.blocks import Panel, Verdict
    from study.evidence import Run
    from study.findings import Check, Estimate
    from study.sections.allocations import Allocation
    from study.sections.sittings import NextRun
    from study.sections.speedups import Scaling

HOEFLER = "Hoefler & Belli, SC'15"
LEAST_HELD = 0.9
"""Share of cells whose interval of this machine must hold the next run: nominally 95 %, and sittings are few."""
LEAST_READABLE = 0.75
"""Share of the machine's facts that must be readable for its description to count as one."""
LEAST_TESTS = 5
"""Comparisons below which it does not matter whether their error rate is shared."""
MOST_NAMED = 3
"""Statements that a rule's evidence names."""
_COSTS = frozenset({"s", "byte"})
_RATIOS = frozenset({"ratio", "share", "CPU"})
_GEOMETRIC: frozenset[str] = frozenset({"ratio of geometric means", "next sitting"})
"""What is averaged on a logarithmic scale."""
_CALLED = frozenset({"supported", "refuted"})
_KALIBERA = "Kalibera & Jones, ISMM'13"
_ACM = "ACM artifact review and badging, version 1.1"

Outcome = Literal["pass", "fail", "not applicable"]
_OUTCOMES: dict[bool | None, Outcome] = {True: "pass", False: "fail", None: "not applicable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rule of a checklist of the field; `source` is the checklist."""

    rule: str
    source: str
    outcome: Outcome
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What is judged: one run, and everything that the report says of it; `doi` is the archive's name of the artefact, or ''.

    `following` is what intervals hold of the next run, None where that could not be told.
    """

    run: Run
    verdicts: Sequence[Verdict]
    scaling: Sequence[Scaling]
    panels: Sequence[Panel]
    checks: Sequence[Check]
    allocations: Sequence[Allocation]
    doi: str
    following: NextRun | None

    @property
    def estimates(self) -> Iterator[Estimate]:
        """Every number that is shown with an interval, some of them more than once."""
        for cell in self.run.summaries:
            yield from (cell.average, cell.typical)
        for verdict in (verdict for verdict in self.verdicts if not verdict.counts):
            yield from filter(None, (verdict.average, verdict.typical))
        for row in self.scaling:
            yield from (row.speedup, row.efficiency, row.karp_flatt, row.capacity, row.within)
        for panel in self.panels:
            yield from (point.estimate for point in panel.points)

    @property
    def known(self) -> Iterator[Estimate]:
        """Those of them that could be had."""
        return (estimate for estimate in self.estimates if estimate.point is not None)

    @property
    def compared(self) -> list[Verdict]:
        """The verdicts that hold two cells beside each other and have a number."""
        return [verdict for verdict in self.verdicts if len(verdict.cells) > 1 and verdict.average.point is not None]

    @property
    def called(self) -> list[Verdict]:
        """Those of them that call a difference by a test; what is counted, or a limit, has none."""
        called = (verdict for verdict in self.compared if verdict.decision in _CALLED)
        return [verdict for verdict in called if not verdict.counts and not verdict.average.limit]


if TYPE_CHECKING:
    Judged = tuple[bool | None, str]
    Judge = Callable[[Audited], Judged]
_RULES: dict[tuple[str, str], Judge] = {}
"""(Rule, source) -> what judges it: whether it is kept, None where it does not apply; and what was seen."""


def audit(shown: Audited) -> tuple[Row, ...]:
    """Judge one run by every rule; a simulated one is not."""
    if shown.run.manifest.simulated:
        return ()
    return tuple(
        Row(rule=rule, source=source, outcome=_OUTCOMES[kept], evidence=seen)
        for (rule, source), judge in _RULES.items()
        for kept, seen in [judge(shown)]
    )


def _rule(rule: str, source: str = HOEFLER) -> Callable[[Judge], Judge]:
    """What follows judges this rule."""
    return lambda judge: _RULES.setdefault((rule, source), judge)


@_rule(f"The interval of this machine holds the next run, in at least {percent(LEAST_HELD)} of the cells", _KALIBERA)
def _next_run(shown: Audited) -> Judged:
    """An interval of one sitting is not held to that: how often it holds another sitting is told beside it."""
    known = shown.following
    if known is None or known.by_one.share is None:
        return None, "one sitting of this code, machine and state: not shown"
    seen = f"{counted(known.sittings, 'sitting')}; the interval of one holds another's mean in {percent(known.by_one.share)}"
    if known.still is not None:
        seen += f" ({percent(known.still)} where nothing moves)"
    if known.ratios_by_one.share is not None:
        seen += f", another's ratio in {percent(known.ratios_by_one.share)}"
    if known.by_machine.share is None:
        return None, f"{seen}; too few for one of the machine made without the run that it must hold: not shown"
    seen += f", that of the machine, made without the run, in {percent(known.by_machine.share)}"
    return known.by_machine.share >= LEAST_HELD, f"{seen} of {counted(known.by_machine.trials, 'trial')}"


@_rule("R1: every speedup names its base and the base's time")
def _bases(shown: Audited) -> Judged:
    named = [row for row in shown.scaling if row.base_s.point is not None]
    stand = "stands" if len(named) == 1 else "stand"
    seen = f"{count(len(named))} of {counted(len(shown.scaling), 'speedup')} {stand} beside the time of the plain loop"
    return len(named) == len(shown.scaling) if shown.scaling else None, seen


@_rule("R2: every cell of the plan is reported, or the reason why not")
def _all_results(shown: Audited) -> Judged:
    cells = shown.run.summaries
    silent = [cell for cell in cells if not cell.done and not cell.reason]
    return not silent, f"{counted(len(cells), 'cell')}, {count(len(silent))} without a result and without a reason"


@_rule("R3: costs are averaged arithmetically")
def _means(shown: Audited) -> Judged:
    """By what each number says that it is."""
    costs = [number for number in shown.known if number.unit in _COSTS]
    otherwise = [number for number in costs if number.estimand in _GEOMETRIC]
    seen = f"{counted(len(costs), 'number')} of times and bytes, {count(len(otherwise))} of them averaged otherwise"
    return not otherwise if costs else None, seen


@_rule("R4: measured ratios are not averaged, and there is no overall score")
def _no_averaged_ratios(shown: Audited) -> Judged:
    """By what each number says that it is: an average in the unit of a ratio is an average of ratios."""
    ratios = [number for number in shown.known if number.unit in _RATIOS]
    averaged = [number for number in ratios if number.estimand == "average"]
    seen = (
        f"{counted(len(ratios), 'ratio')} and shares of this run, {count(len(averaged))} of them averages of ratios;"
        " those of predictions and of runs that are compared are not of it"
    )
    return not averaged if ratios else None, seen


@_rule("R5: every measured number has an interval")
def _intervals(shown: Audited) -> Judged:
    """With or without a reason: a number that has none is no more than seen."""
    bare = [number for number in shown.known if number.low is None or number.high is None]
    seen = (
        f"{counted(len(list(shown.known)), 'number')} of this run, {count(len(bare))} without an interval; models and predictions"
        " are not among them"
    )
    why = next((number.reason for number in bare if number.reason), "")
    return not bare, f"{seen}; the first: {why}" if why else seen


@_rule("R6: no difference that is called rests on normality alone")
def _no_normality(shown: Audited) -> Judged:
    """The distribution-free interval of the typical process must lie on the side that was called."""
    thresholds = {
        (claim.id, number): test.threshold for claim in shown.run.claims for number, test in enumerate(claim.tests)
    }
    called = [verdict for verdict in shown.called if (verdict.claim, verdict.test) in thresholds]
    alone = [
        verdict.claim for verdict in called if not _told_by_ranks(verdict, thresholds[verdict.claim, verdict.test])
    ]
    seen = f"{counted(len(called), 'difference')} called, {count(len(alone))} of them by the t test alone"
    named = f" ({', '.join(alone[:MOST_NAMED])}{' …' if len(alone) > MOST_NAMED else ''})" if alone else ""
    return not alone if called else None, seen + named


def _told_by_ranks(verdict: Verdict, threshold: float) -> bool:
    """Whether the typical number's whole interval lies on the side of the threshold on which the average lies."""
    average, typical = verdict.average.point, verdict.typical
    if average is None or typical is None or typical.low is None or typical.high is None:
        return False
    return typical.low > threshold if average > threshold else typical.high < threshold


@_rule("R7: comparisons are statistical, paired, and share their error rate")
def _compared(shown: Audited) -> Judged:
    compared, called = shown.compared, shown.called
    unpaired = [verdict for verdict in called if not verdict.paired]
    alone = [verdict for verdict in called if verdict.p_holm is None] if len(compared) >= LEAST_TESTS else []
    seen = f"{counted(len(compared), 'comparison')}, {count(len(called))} called; {count(len(unpaired))} not paired by round"
    if alone:
        seen += f", {count(len(alone))} without a p value that is corrected for the others"
    return not unpaired and not alone if compared else None, seen


@_rule(
    f"R8: the mean tells of the usual process: the median's interval holds it in at least {percent(LEAST_HELD)} of the cells"
)
def _mean_and_median(shown: Audited) -> Judged:
    """Where it does not, few processes decide the mean, and both must be read."""
    both = [
        (average, typical.low, typical.high)
        for cell in shown.run.summaries
        for average, typical in [(cell.average.point, cell.typical)]
        if average is not None and typical.low is not None and typical.high is not None
    ]
    held = sum(low <= average <= high for average, low, high in both)
    return held >= LEAST_HELD * len(both) if both else None, f"in {count(held)} of {counted(len(both), 'cell')}"


@_rule("R9: factors, levels and set-up are documented")
def _described(shown: Audited) -> Judged:
    machine = shown.run.manifest.machine
    known = [fact for fact in machine.values() if fact is not None]
    wanted = f"(at least {percent(LEAST_READABLE)} wanted)"
    seen = f"{count(len(known))} of {count(len(machine))} facts of the machine could be read {wanted}"
    return len(known) / max(len(machine), 1) >= LEAST_READABLE, seen


@_rule("R10: how parallel time is synchronised is measured")
def _synchronised(shown: Audited) -> Judged:
    skews = [cell for cell in shown.run.summaries if cell.cell.part == "skew" and cell.average.point is not None]
    return bool(skews), f"start skew measured in {counted(len(skews), 'cell')} with a common start window"


@_rule("R11: upper bounds are measured and shown")
def _bounds(shown: Audited) -> Judged:
    wanted = [row for row in shown.scaling if not row.oversubscribed and row.workers > 1]
    known = [row for row in wanted if row.capacity.point is not None]
    have = "has" if len(known) == 1 else "have"
    several = f"{counted(len(wanted), 'speedup')} on several workers {have} the measured capacity beside"
    return len(known) == len(wanted) if wanted else None, f"{count(len(known))} of {several}"


@_rule("R12: points are joined only where a number was swept")
def _plots(shown: Audited) -> Judged:
    drawn = [panel for panel in shown.panels if panel.points]
    unordered = [panel for panel in drawn if panel.kind == "curves" and any(point.x is None for point in panel.points)]
    seen = f"{counted(len(drawn), 'figure')}, {count(len(unordered))} with a line over something that is no number"
    return not unordered if drawn else None, seen


@_rule(f"Timer: a value lasts at least {checks.TIMER_COSTS} times what reading the clock costs")
def _timer(shown: Audited) -> Judged:
    timed = [check for check in shown.checks if check.name == checks.TIMER]
    seen = "; ".join(check.message for check in timed) or "no value was checked"
    return all(check.passed for check in timed) if timed else None, seen


@_rule(
    f"Repetition is spent where the variance is: at least {percent(LEAST_EFFICIENCY)} of the optimum",
    _KALIBERA,
)
def _allocation(shown: Audited) -> Judged:
    known = [(row.relative_efficiency, row) for row in shown.allocations if row.relative_efficiency is not None]
    if not known:
        return None, "no variance component could be estimated"
    least, worst = min(known, key=lambda pair: pair[0])
    seen = (
        f"the fixed plan is {percent(least)} as efficient as the optimum for the class where it is worst,"
        f" {worst.noise_class}{worst.between()}"
    )
    good = {row.is_good for _, row in known}
    return False if False in good else None if None in good else True, seen


@_rule("The machine was quiet and steady", "Krun: Barrett et al., OOPSLA'17")
def _quiet(shown: Audited) -> Judged:
    run = shown.run
    failed = [check.name for check in shown.checks if not check.passed]
    disturbed = f"{count(run.disturbed_rounds)} of {counted(run.rounds, 'round')} stayed disturbed"
    seen = f"{disturbed}; checks not passed: {', '.join(failed) or 'none'}; temperature is not read"
    return not failed and run.disturbed_rounds == 0, seen


@_rule("The set-up is varied: hash seed, address space, size of the environment, order", "Mytkowicz et al., ASPLOS'09")
def _setup_varied(shown: Audited) -> Judged:
    manifest = shown.run.manifest
    seeds = [target.facts.get("hash_randomization") for target in manifest.targets]
    rounds = max((len(data.rounds) for data in shown.run.cells.values()), default=0)
    aslr = manifest.machine.get("aslr")
    drawn = f"every process draws its own; random order in {counted(rounds, 'round')}"
    seen = f"{drawn}; address space randomisation: {NOT_READABLE if aslr is None else count(int(aslr))}"
    return all(seeds) and rounds > 1 and bool(aslr), seen


@_rule("Claims are explicit and scoped: each threshold has its reason", "SIGPLAN empirical evaluation checklist")
def _claims(shown: Audited) -> Judged:
    """A threshold where there is no difference at all needs none, nor what always or never happens."""
    typed = [claim for claim in shown.run.claims if claim.direction in {"above", "below"} and not claim.is_neutral]
    bare = [claim.id for claim in typed if not claim.because]
    restated = sum(claim.restates for claim in typed)
    named = f" ({', '.join(bare[:MOST_NAMED])} …)" if bare else ""
    seen = (
        f"{counted(len(typed), 'threshold')} beside which there could be another, {count(len(bare))} without a reason{named},"
        f" {count(restated)} with none but that the statement says so"
    )
    return not bare if typed else None, seen


@_rule("Available: the artefact has a permanent address in an archive", _ACM)
def _archived(shown: Audited) -> Judged:
    nowhere = "no archive holds it; what is here is a repository"
    return bool(shown.doi), f"archived as doi:{shown.doi}" if shown.doi else nowhere


@_rule("Functional: the numbers belong to a commit, and can be measured again with one command", _ACM)
def _complete(shown: Audited) -> Judged:
    run = shown.run
    changed = run.commit.endswith("+")
    wants = {
        "with changes that were not committed": changed,
        "unfinished": not run.complete,
        "measured by another version of the programs": bool(run.stale),
    }
    seen = ", ".join([f"commit {run.commit[:12] or 'unknown'}", *(want for want, is_so in wants.items() if is_so)])
    return bool(run.commit) and not any(wants.values()), seen
