"""What is in the plan and has no number, by reason; and what was not varied at all."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING

from study import scaling
from study.blocks import Prose, Table
from study.config import Cpus, curve
from study.reports import Record, Section
from study.sections.claims import verdicts
from study.sections.said import joined, sentences
from study.sections.tables import row
from study.units import count, counted, duration, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.evidence import Run, Study

RECORD = Record(order=470, name="Not measured", title="What was not measured, and why", part="How sure")
_MOST_NAMED = 4
_LEFT_OUT, _SKIPPED = "left out", "skipped"
"""States of a cell for which the budget had no time, and of one that cannot be had on this machine or interpreter."""
_STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "done": ("was measured", "were measured"),
        _LEFT_OUT: ("found no time", "found no time"),
        "failed": ("failed", "failed"),
        "timed out": ("was ended at its deadline", "were ended at their deadline"),
        "outstanding": ("is outstanding", "are outstanding"),
        _SKIPPED: ("cannot be had here", "cannot be had here"),
    }
)
"""State of a cell -> what is said of one, and of several."""
_NOT_VARIED = (
    "In this run nothing was varied of these: the machine, the version of the operating system, the load beside the study, the"
    " placement of processes on CPUs. What the report says of it, it says of these conditions only."
)


def section(study: Study) -> Section:
    """Of the run that the report is about."""
    run = study.subject
    told = (_NOT_VARIED, scaling.limits_sentence(curve(Cpus.of(run.manifest.usable_cpus, run.manifest.machine))))
    limits = [Prose(text=text) for text in told if text]
    return Section(
        id="not-measured",
        name=RECORD.name,
        title=RECORD.title,
        blocks=(Prose(text=cells_in_words(run)), _without_number(run), *limits),
        answer=statements(run),
    )


def cells_in_words(run: Run) -> str:
    """How many cells the plan has, what became of them, and what the numbers mean that stand elsewhere; one sentence or two."""
    states = Counter(summary.state for summary in run.summaries)
    told = [counted(states[state], *words) for state, words in _STATES.items() if states[state]]
    planned = counted(len(run.summaries), "planned cell")
    possible, asked = len(run.summaries) - states[_SKIPPED], run.coverage.asked
    be = f"so {count(states['done'])} of {counted(possible, 'cell')} that can be had here"
    more = f"all experiments together ask for {count(asked)}" if asked != possible else ""
    return sentences((f"of {planned} {joined(told)}: {be}", more))


def statements(run: Run) -> str:
    """How many statements have no number, and what they need: one line for the whole report; '' where all have one."""
    every = verdicts(run)
    without = [verdict for verdict in every if not verdict.measured]
    if not without:
        return ""
    waiting = sum(
        any(run.missing.get((verdict.target, cell), "").startswith(_LEFT_OUT) for cell in verdict.cells)
        for verdict in without
    )
    rest = len(without) - waiting
    told = f"of {counted(len(every), 'statement')} {counted(len(without), 'was', 'were')} not measured"
    longer, nowhere = (
        f"more time than the {_whole(run.manifest.budget_s)} of this run",
        "not part of this run, or cannot be had here",
    )
    if not rest:
        return sentences((f"{told}: {'it needs' if waiting == 1 else 'they need'} {longer}",))
    if not waiting:
        return sentences((f"{told}: {'it was' if rest == 1 else 'they were'} {nowhere}",))
    return sentences(
        (told, f"{spelled(waiting, 'needs', 'need')} {longer}", f"{spelled(rest, 'was', 'were')} {nowhere}")
    )


def _whole(budget_s: float) -> str:
    """`2 min`, `1 h`: a budget is a round number."""
    return duration(budget_s).removesuffix(" 0 s").removesuffix(" 0 min")


def _without_number(run: Run) -> Table:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for summary in run.summaries:
        if not summary.done:
            experiment = summary.experiments[0] if summary.state == "left out" and summary.experiments else ""
            groups.setdefault((summary.state, summary.reason, experiment), []).append(summary.name)
    return Table(
        id="not-measured-cells",
        caption="Cells without a number, by reason",
        heads=(("State", "word"), ("Why", "text"), ("Cells", "num"), ("Which", "wide")),
        rows=tuple(
            row(state, f"{experiment}: {reason}" if experiment else reason, len(names), _first(names))
            for (state, reason, experiment), names in groups.items()
        ),
        empty="Every cell of the plan was measured.",
        folded=True,
    )


def _first(names: list[str]) -> str:
    """The first names, each once, and how many there are beyond them."""
    different = list(dict.fromkeys(names))
    more = len(different) - _MOST_NAMED
    return "; ".join(different[:_MOST_NAMED]) + (f"; and {count(more)} more" if more > 0 else "")
