"""Q3: what one process costs, by start method, beside a thread and beside what the operating system alone asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import units
from study.cell import START_METHODS
from study.figures.compose import View, drawn_rows
from study.figures.drawn import Drawn, NotDrawn
from study.figures.rows import Group, Row, Rows
from study.figures.style import thing_of

if TYPE_CHECKING:
    from study.findings import CellFinding

QUESTION = "Q3"
ID = "q3-lifecycle"
ABOUT = "One process from start() to the end of join(), by start method"
_PARTS = (
    ("start", "start() returns"),
    ("first", "the child executes its first instruction"),
    ("join", "join() returns: the whole life"),
)
_ORDER = ("threads", *START_METHODS, "os_fork", "posix_spawn")
_NAMES = {"threads": "thread", "os_fork": "os.fork + wait", "posix_spawn": "posix_spawn + wait"}


def draw(view: View, identity: str = ID) -> Drawn | NotDrawn:
    """Three groups of rows on one log axis: the same process seen at three moments of its life."""
    groups = []
    for part, title in _PARTS:
        found = sorted(view.find(QUESTION, pattern="process_lifecycle", part=part), key=_place)
        if found:
            rows = tuple(
                Row(label=_name(cell), thing=thing_of(cell.cell), estimate=cell.average, means=cell.process_means_s)
                for cell in found
            )
            groups.append(Group(title=title, rows=rows))
    if not groups:
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT, reason="no life of a process was measured")
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(ABOUT, _finding(view), side_by_side="nothing"),
        subtitle="Average time since the call of start(), log scale, lower is better",
        heads=("moment", "who is started"),
        rows=Rows(groups=tuple(groups), unit="s", axis_label="time since the call of start() (log scale)", log=True),
    )


def _key(finding: CellFinding) -> str:
    return finding.cell.start_method or finding.cell.backend


def _place(finding: CellFinding) -> tuple[int, str]:
    key = _key(finding)
    return (_ORDER.index(key) if key in _ORDER else len(_ORDER), finding.cell.text)


def _name(finding: CellFinding) -> str:
    return _NAMES.get(_key(finding), _key(finding))


def _finding(view: View) -> str:
    lives = {
        method: cell
        for method in START_METHODS
        if (cell := view.one(pattern="process_lifecycle", backend="processes", start_method=method, part="join"))
    }
    costs = [f"{units.with_interval(cell.average, reason=False)} under {method}" for method, cell in lives.items()]
    thread = view.one(pattern="process_lifecycle", backend="threads", part="join")
    beside = f"; one thread {units.with_interval(thread.average, reason=False)}" if thread else ""
    return f"From start to end of join, one process takes {', '.join(costs)}{beside}" if costs else ""
