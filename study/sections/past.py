"""Machines over time: how the levels of their runs moved, what changed about them, and the change that page one tells of."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from study.compare.history import history_of
from study.compare.history_told import step_in_words
from study.compare.kinds import KINDS
from study.evidence.levels import summaries_of
from study.findings import Estimate
from study.forms import History, Steady, Track
from study.sections.cited import day
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.compare.history import Line, MachineHistory
    from study.evidence import Study

FIGURE = "history"
"""What the figures' ids begin with."""
_MOST_SHOWN = 3
"""Machines and interpreters: the report's own first, then those with the most runs."""
_CAPTION = (
    "A dot for each run, in the middle of its cells against their own average before the first change of level; band: where 95 %"
    " of runs lie of which nothing changed; numbered line: a fact that is another from there on."
)
_METHOD = "median over cells of their distance from their own average, on logarithms"
_MOST_KEPT = 2
"""Studies whose histories are kept: the head and a section ask."""


@functools.lru_cache(maxsize=_MOST_KEPT)
def histories_of(study: Study) -> tuple[MachineHistory, ...]:
    """Of every machine and interpreter with runs enough: that of the report first, then the longest."""
    made_up = study.subject.manifest.simulated
    found = history_of(run for run in summaries_of(study) if run.head.simulated == made_up)
    return tuple(sorted(found, key=lambda history: not _is_own(history, study)))


def _is_own(history: MachineHistory, study: Study) -> bool:
    """Whether it is of the interpreter and the machine that the report is about."""
    run = study.subject
    same_machine = run.name in history.runs or history.machine == run.machine
    return same_machine and history.target == run.targets[0]


def sudden(study: Study) -> str:
    """The newest change of level on the machine that the report is about, in a sentence; '' where there is none."""
    own = [history for history in histories_of(study) if _is_own(history, study) and history.steps]
    return step_in_words(own[0], own[0].steps[-1]) if own else ""


def figures(histories: Sequence[MachineHistory]) -> Iterator[History]:
    """A figure for each of the first of them, with a strip for all cells and one for each kind."""
    for number, history in enumerate(histories[:_MOST_SHOWN], start=1):
        runs = tuple(_named(history.ended))
        yield History(
            id=f"{FIGURE}-{number}",
            title=_title(history),
            caption=f"{_CAPTION} {counted(len(history.runs), 'run')} of {history.target} on {history.machine}.",
            runs=runs,
            tracks=tuple(_track(line, len(history.runs)) for line in history.lines),
            changed=tuple(change.at for change in history.changes),
            y_label="times the level before the first change",
            still=not history.steps,
            notes=tuple(
                f"{place}, {runs[change.at]}: {'; '.join(fact.words for fact in change.facts)} (before / after)."
                for place, change in enumerate(history.changes, start=1)
            ),
        )


def _title(history: MachineHistory) -> str:
    if history.steps:
        return step_in_words(history, history.steps[-1]).rstrip(".")
    return f"{counted(len(history.runs), 'run')} of {history.target} on {history.machine}: no change of level"


def _track(line: Line, runs: int) -> Track:
    kind = "all cells" if line.kind is None else KINDS[line.kind]
    return Track(
        name=f"{kind} ({line.cells})",
        levels=tuple(_level(value, runs) for value in line.levels),
        steady=tuple(Steady(begin=band.begin, end=band.end, low=band.low, high=band.high) for band in line.bands),
    )


def _level(value: float, runs: int) -> Estimate:
    return Estimate(
        point=value,
        low=None,
        high=None,
        n=runs,
        unit="ratio",
        estimand="ratio of geometric means",
        method=_METHOD,
        reason="one run",
        holds_for="these runs",
    )


def _named(ended: Sequence[str]) -> Iterator[str]:
    """When each run ended, by its day; with a number behind it where a day had several."""
    seen: dict[str, int] = {}
    for moment in ended:
        said = day(moment)
        seen[said] = seen.get(said, 0) + 1
        yield said if seen[said] == 1 else f"{said} ({seen[said]})"
