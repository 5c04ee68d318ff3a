"""Eight figures for a lecture: what each shows, and what to ask the class. Words only; a figure's finding is its own title."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Item, Table
from study.reports import Record, Section
from study.sections.frame import panels_of
from study.sections.modules import questions
from study.sections.tables import row
from study.units import count, counted

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import Study

RECORD = Record(order=390, name="For teaching", title="For teaching")
_ABOUT = "Eight figures to show, each with what is to be seen in it and what to ask before saying it"


class Lesson(NamedTuple):
    """A figure for a lecture.

    Attributes
    ----------
    about : what it teaches, in few words.
    figures : ids of the figures that show it, the best first.
    shows : what is to be seen in it, whatever its numbers are.
    ask : what to ask the class.
    """

    about: str
    figures: tuple[str, ...]
    shows: str
    ask: str


LESSONS = (
    Lesson(
        "The lock",
        ("q2-busy",),
        "CPU time over elapsed time of threads, by kind of work. One means that they took turns; as many as there are CPUs means"
        " that they worked side by side. Which of both it is depends on who holds the lock, not on the number of threads.",
        "Four threads on four CPUs compute in Python: how many CPUs are busy? And while they hash a large file?",
    ),
    Lesson(
        "start() and join()",
        ("q3-lifecycle", "start-lives"),
        "One process at three moments: start() is back, the child runs, join() is back. The distance between the first two is"
        " time in which the parent goes on and nothing has happened yet. A thread and the bare system stand beside.",
        "The parent prints after start(): which line comes first, and can you be sure of it?",
    ),
    Lesson(
        "A pool's life",
        ("q5-parts",),
        "Making a pool, its first map, a later one, closing it, beside the loop that does the same five squares. The axis is"
        " logarithmic: each step is ten times the one before.",
        "Where would you put Pool() in a program that squares a list once a minute?",
    ),
    Lesson(
        "How long must a task be?",
        ("grain-efficiency", "grain-metg"),
        "The share of the workers' time that is work, over the length of a task. On the left handing out is all; on the right it"
        " vanishes. Where a curve crosses one half, a task costs as much as it does.",
        "A task takes a microsecond, and there are a million of them: what would you change, the pool or the tasks?",
    ),
    Lesson(
        "Where the speedup went",
        ("scaling-waterfall", "q1-speedup"),
        "What n workers would give if nothing were lost, and what takes a part of it: the machine that n processes share, and"
        " handing out work. Only the second can be programmed away.",
        "Twice as many workers, and less than twice as fast: name three causes, and which of them more CPUs would not mend.",
    ),
    Lesson(
        "The price of a message",
        ("messages-sizes", "messages-latency"),
        "The time of a message over its size. Flat on the left: waking the other side costs the same for a byte and for a"
        " thousand. Rising on the right: every byte is copied. The corner between is where sending less begins to pay.",
        "Ten messages of a kilobyte, or one of ten: which, and from which size on does it not matter?",
    ),
    Lesson(
        "Copy on write",
        ("memory-copied", "memory-workers"),
        "What a forked child copies by only reading: next to nothing of bytes in one block, nearly everything of a list of"
        " objects, since Python counts references inside the objects.",
        "A child reads a list that its parent made. Why does the machine's memory fill up?",
    ),
    Lesson(
        "No order",
        ("q6-orders", "q6-promises"),
        "The orders in which the lines of four processes came, and how often each. The program is the same every time, and so is"
        " the machine.",
        "Which orders are possible? Which one would you bet on, and would you let a program rest on it?",
    ),
)


def section(study: Study) -> Section:
    """The lessons whose figures this report has; how many it has not."""
    shown = _shown(study)
    rows, without = [], 0
    for lesson in LESSONS:
        panel = next((shown[identity] for identity in lesson.figures if identity in shown), None)
        if panel is None:
            without += 1
        else:
            rows.append(row(lesson.about, Item(value=panel.title, href=f"#{panel.id}"), lesson.shows, lesson.ask))
    more = counted(without, "more is", "more are")
    table = Table(
        id="teaching-figures",
        label=RECORD.title,
        caption=_ABOUT,
        heads=(("What it teaches", "text"), ("Figure", "text"), ("What it shows", "wide"), ("What to ask", "text")),
        rows=tuple(rows),
        empty="None of these figures is in this report: what they show was not measured.",
        notes=(f"Of {count(len(LESSONS))}, {more} not in this report: what they show was not measured.",)
        if without
        else (),
    )
    return Section(id="teaching", name=RECORD.name, title=RECORD.title, blocks=(table,), paper="none")


def _shown(study: Study) -> dict[str, Panel]:
    """Every figure of the questions that has something to show, by its id."""
    found: dict[str, Panel] = {}
    for module in questions():
        with study.left_out.apart(f"figures of {module.RECORD.name} for teaching"):
            panels = panels_of(study.subject, module.panels)
            found |= {panel.id: panel for panel in panels if not (panel.reason or panel.null)}
    return found
