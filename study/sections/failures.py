"""What failed, and what it means for a reader: checks, rules of the self-audit, promises of the method; failures first."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.blocks import Item, Table
from study.checks import TIMER, TRENDS
from study.reports import Record, Section
from study.sections import promised
from study.sections.between import calibration
from study.sections.method import audited, following
from study.sections.run_checks import checks_of
from study.sections.said import sentences
from study.sections.sittings import sittings_of
from study.sections.tables import row
from study.sections.trust import FAILED
from study.units import counted, percent, spelled, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from study.evidence import Study
    from study.findings import Estimate

RECORD = Record(order=432, name="Failures", title="What failed, and what it means for you", part="How sure")
_NOTHING_FAILED = "Every check passed, every rule was kept, and no promise is broken or open"
_SHORT = "The shortest times may be a little long: reading the clock is a part of them."
_WORSE = "worse than known"
_SHORT_OF = "known not to hold"
_CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "CPU quota": "Read all gains as those of a machine that is held back.",
        "isolated CPUs": "Gains may be smaller than this machine's: workers may have shared a CPU.",
        "load before": "Another program may have run at the beginning. Ratios suffer least: both sides ran in the same rounds.",
        "shared memory": "Large messages through shared memory may be missing.",
        "frequency governor": "Times may be longer than on a machine at full clock; ratios suffer less.",
        "swap": "Times of large messages and of memory may be those of a disk.",
        "power": "Times may be longer than with mains power; ratios suffer less.",
        "CPUs of different classes": "A worker may have had a slower CPU than the loop: read gains as lower bounds.",
        "release build": "Compare these times with no release build: assertions make Python slow.",
        "state of the machine": "Rounds before and after the change may differ for a reason outside this study.",
        "disturbed rounds": "What ran side by side may be slower than it is on a quiet machine.",
        "drift": "Times of the beginning and of the end differ: trust ratios, which compare within rounds.",
        TRENDS: "Some times fall or rise from round to round: read their brackets as too narrow, and trust ratios.",
        "positive control": "Where threads gain nothing, the machine may be the reason, and not the GIL.",
        TIMER: _SHORT,
    }
)
"""Name of a check -> what its failure means."""
_RULES: Mapping[str, str] = MappingProxyType(
    {
        "The interval": "Read a bracket as that of this sitting; another one may find the number outside.",
        "R1": "Look up the base of a speedup before you quote it.",
        "R2": "Some of the plan is missing: see what was not measured.",
        "R3": "Do not add such averages up.",
        "R4": "Do not quote such averages.",
        "R5": "Quote numbers without a bracket as seen, and no more.",
        "R6": "Such a difference rests on the average; the typical process does not show it by itself.",
        "R7": "Some differences may be chance.",
        "R8": "Averages of some cells are pulled by few slow processes: look at the typical number beside them.",
        "R9": "You cannot tell whether your machine is like this one.",
        "R10": "Processes may have begun at different times.",
        "R11": "For some speedups nothing says how much better a pool could be.",
        "R12": "Do not read between the points.",
        "Timer": _SHORT,
        "Repetition": "As much time could have given narrower brackets; these are wide, not wrong.",
        "The machine": "Times are those of a machine that also did something else; ratios suffer less.",
        "The set-up": "A number may be one of this set-up alone.",
        "Claims": "Read in experiments/claims.toml why a threshold lies where it does: an older run does not carry the reasons.",
        "Available": "Cite the repository and its commit: there is no permanent address.",
        "Functional": "You may not get these numbers again with one command.",
    }
)
"""How a rule of the self-audit begins -> what it means that it is not kept."""
_PROMISES: Mapping[str, str] = MappingProxyType(
    {
        "broken": "The method errs more often than it says: take such brackets and verdicts as a hint.",
        "not shown": "The method errs about as seldom as it says: whether a little more often cannot be told.",
        _WORSE: "An exception to what the method promises is worse than the list of exceptions says.",
        _SHORT_OF: "Under such noise the method errs more often than it says: the list says which.",
    }
)


def section(study: Study) -> Section:
    """A row for each failure."""
    found = [*_checks(study), *_audit(study), *_promises(study), *_sittings(study), *_equal_cells(study)]
    table = Table(
        id="failures-table",
        label=RECORD.title,
        caption="",
        heads=(("What failed", "text"), ("What was seen", "text"), ("What it means for you", "wide")),
        rows=tuple(row(Item(value=what, href=href), seen, means) for what, seen, means, href in found),
        empty="Nothing failed.",
        whole=True,
    )
    return Section(id="failures", name=RECORD.name, title=RECORD.title, blocks=(table,), answer=_counted(study))


def _checks(study: Study) -> Iterator[tuple[str, str, str, str]]:
    for check in checks_of(study.subject):
        if not check.passed:
            means = _CHECKS.get(check.name, f"To put it right: {check.remedy}.")
            yield check.name, f"{check.message}; needed: {check.threshold}", means, "#checks"


def _audit(study: Study) -> Iterator[tuple[str, str, str, str]]:
    for judged in audited(study):
        if judged.outcome == FAILED:
            means = next((means for begin, means in _RULES.items() if _begins(judged.rule, begin)), "")
            yield judged.rule, judged.evidence, means, "#audit"


def _begins(rule: str, begin: str) -> bool:
    """Whether the rule begins with these words, and not with a longer one."""
    return rule.startswith((f"{begin} ", f"{begin}:"))


def _promises(study: Study) -> Iterator[tuple[str, str, str, str]]:
    for state, number in _states(study).items():
        if state in _PROMISES:
            worst = promised.shortest(_stored(study)) if state == _SHORT_OF else None
            beside = "" if worst is None else f"; the worst: {promised.in_words(worst)}"
            yield (
                f"promises of the method {state}",
                f"{counted(number, 'promise')}{beside}",
                _PROMISES[state],
                "#validation",
            )


def _stored(study: Study) -> Sequence[Mapping[str, Any]]:
    """The promises as they were put to the test; none where they were not."""
    found = study.outcomes.get("validation")
    return () if found is None else tuple(found["promises"])


def _states(study: Study) -> Counter[str]:
    """In which state the promises of the method are; of none where it was not put to the test."""
    states: Counter[str] = Counter()
    with study.left_out.apart("promises of the method"):
        for promise in _stored(study):
            kind, state = promised.kind(promise), promised.state(promise)
            if kind == "nominal":
                states[state] += 1
            elif (kind, state) == ("exception", "broken"):
                states[_WORSE] += 1
            if promised.is_short(promise):
                states[_SHORT_OF] += 1
    return states


def _sittings(study: Study) -> Iterator[tuple[str, str, str, str]]:
    """What brackets of one sitting hold of another, where that is less than they would if nothing moved."""
    known = None if study.subject.manifest.simulated else following(study)
    if known is None or known.still is None or known.by_one.share is None or known.by_one.share >= known.still:
        return
    held, ratios = known.by_one.share, known.ratios_by_one.share
    seen = (
        f"of {counted(known.sittings, 'sitting')} one's bracket holds another's time in {percent(held)}, {percent(known.still)}"
        " if nothing moved"
    )
    means = f"Expect {percent(1.0 - held)} of another sitting's times outside."
    if ratios is not None:
        seen += f"; its ratio in {percent(ratios)}"
        means += " Ratios hold better: quote these." if ratios > held else " Ratios hold no better."
    yield "a bracket of one sitting speaks for the next", seen, means, "#between"


def _equal_cells(study: Study) -> Iterator[tuple[str, str, str, str]]:
    """Whether equal cells inside these sittings differ as their brackets say, where the whole interval says that they do not."""
    found = study.left_out.instead("equal cells of the sittings", lambda: _calibration(study), lambda _: None)
    if found is None or found.low is None or found.high is None or found.low <= 1.0 <= found.high:
        return
    means = (
        "Read brackets of ratios as too narrow." if found.low > 1.0 else "Brackets of ratios are wider than need be."
    )
    seen = f"{with_interval(found)} over {counted(found.n, 'pair')} (A/A), where 1 is honest"
    yield "equal cells differ as their brackets say", seen, means, "#between"


def _calibration(study: Study) -> Estimate | None:
    """None of a simulated run."""
    run = study.subject
    return None if run.manifest.simulated else calibration(sittings_of(run, tuple(study.sound)))


def _counted(study: Study) -> str:
    """How many of which; that there is none."""
    if study.subject.manifest.simulated:
        return "A simulated run can fail no check: no machine was there"
    states = _states(study)
    parts = (
        (sum(not check.passed for check in checks_of(study.subject)), "check was not passed", "checks were not passed"),
        (sum(judged.outcome == FAILED for judged in audited(study)), "rule was not kept", "rules were not kept"),
        (states["broken"], "promise of the method is broken", "promises of the method are broken"),
        (states[_WORSE], "known exception is worse than known", "known exceptions are worse than known"),
        (states["not shown"], "promise is not shown", "promises are not shown"),
        (states[_SHORT_OF], "exception to what is promised is known", "exceptions to what is promised are known"),
    )
    told = [spelled(number, one, many) for number, one, many in parts if number]
    return sentences((", ".join(told) if told else _NOTHING_FAILED,))
