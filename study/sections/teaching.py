"""Eight figures for a lecture, each drawn for a wall: what it shows, and what to ask the class before saying it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Folded, Item, Table
from study.reports import Record, Section
from study.sections.frame import panels_of
from study.sections.modules import questions
from study.sections.tables import row
from study.sections.wall.lessons import WALLS
from study.units import count, counted, spelled

if TYPE_CHECKING:
    from study.blocks import Figure, Panel
    from study.evidence import Study
    from study.forms import Form

RECORD = Record(order=290, name="For teaching", title="For teaching", part="Answers")
_ABOUT = "Eight figures to show, each with what is to be seen in it and what to ask before saying it"


class Lesson(NamedTuple):
    """A figure for a lecture.

    Attributes
    ----------
    about : what it teaches, in few words.
    wall : id of the figure for a wall.
    figures : ids of the figures of the questions that show it too, the best first.
    shows : what is to be seen in it, whatever its numbers are.
    ask : what to ask the class.
    answer : to that, whatever the numbers are.
    """

    about: str
    wall: str
    figures: tuple[str, ...]
    shows: str
    ask: str
    answer: str


LESSONS = (
    Lesson(
        "The lock",
        "wall-lock",
        ("q2-busy",),
        "A lane for each worker, filled while it runs. Threads that hold the lock fill one lane at a time, however many they are;"
        " threads whose code releases it, and processes, which have a lock each, fill all lanes.",
        "Two threads on two CPUs compute in Python: how many CPUs are busy? And while they hash a large file?",
        "One, while they hold the lock. Hashing lets go of it: both.",
    ),
    Lesson(
        "start() and join()",
        "wall-life",
        ("q3-lifecycle", "start-lives"),
        "A process beside its parent, from start() to the end of join(). Until start() returns the parent works; then it may go"
        " on, while for most of the time nothing of your function runs in the child. A thread stands beside.",
        "The parent prints after start(): which line comes first, and can you be sure of it?",
        "Either may. Of these two only join() makes an order.",
    ),
    Lesson(
        "A pool's life",
        "wall-pool",
        ("q5-parts",),
        "Making a pool, its first map, and closing it, to scale, beside the loop that does the same five squares: that one is too"
        " short to be seen.",
        "Where would you put Pool() in a program that squares a list once a minute?",
        "At its start, once: making it takes longer than the work.",
    ),
    Lesson(
        "How long must a task be?",
        "wall-grain",
        ("grain-efficiency", "grain-metg"),
        "The share of the workers' time that is work, over the length of a task. On the left handing out is all; on the right it"
        " vanishes. Where a line crosses one half, handing a task out costs as much as its work. Threads that compute under the"
        " lock end at one of so many workers: at half, where there are two.",
        "A task takes a microsecond, and there are a million of them: what would you change, the pool or the tasks?",
        "The tasks: many in one. Every pool has to hand them out.",
    ),
    Lesson(
        "Where the speedup went",
        "wall-speedup",
        ("q1-speedup", "scaling-waterfall"),
        "What as many workers would give if nothing were lost; what the machine gives independent programs; what a pool makes of"
        " it; and what threads do under the lock. With processes only what lies below independent programs can be programmed"
        " away.",
        "Twice as many workers, and less than twice as fast: name three causes, and which of them more CPUs would not mend.",
        "Handing out, ends that wait, shared caches and clock: more CPUs mend none of them.",
    ),
    Lesson(
        "The price of a message",
        "wall-messages",
        ("messages-sizes", "messages-latency"),
        "The time of a message over its size. Flat on the left: waking the other side costs the same for a byte and for a"
        " thousand. Rising on the right: every byte is copied. The corner between is where sending less begins to pay.",
        "Ten messages of a kilobyte, or one of ten: which, and from which size on does it not matter?",
        "One of ten, up to the corner of the lines. From there on bytes decide.",
    ),
    Lesson(
        "Copy on write",
        "wall-copied",
        ("memory-copied", "memory-workers"),
        "What a forked child copies by only reading: next to nothing of bytes in one block, much of a list of objects, since"
        " Python counts references inside the objects; what only points to them is not written to.",
        "A child reads a list that its parent made. Why does the machine's memory fill up?",
        "Reading counts references inside the objects, and so copies their pages.",
    ),
    Lesson(
        "No order",
        "wall-orders",
        ("q6-orders", "q6-promises"),
        "The orders in which the lines of four processes came, and how often each. The program is the same every time, and so is"
        " the machine.",
        "Which orders are possible? Which one would you bet on, and would you let a program rest on it?",
        "All 24. Bet as you like; nothing promises any.",
    ),
)


def section(study: Study) -> Section:
    """The lessons whose figures this report has, each with its figure for a wall; how many it has not."""
    shown = _shown(study)
    walls = _walls(study)
    rows, without = [], 0
    for lesson in LESSONS:
        wall = walls.get(lesson.wall)
        panel = next((shown[identity] for identity in lesson.figures if identity in shown), None)
        if wall is None and panel is None:
            without += 1
            continue
        rows.append(row(lesson.about, _led_to(wall or panel), lesson.shows, lesson.ask, lesson.answer))
    more = counted(without, "more is", "more are")
    table = Table(
        id="teaching-figures",
        label=RECORD.title,
        caption=_ABOUT,
        heads=(
            ("What it teaches", "text"),
            ("Figure", "text"),
            ("What it shows", "wide"),
            ("What to ask", "text"),
            ("Answer", "text"),
        ),
        rows=tuple(rows),
        empty="None of these figures is in this report: what they show was not measured.",
        notes=(f"Of {count(len(LESSONS))}, {more} not in this report: what they show was not measured.",)
        if without
        else (),
    )
    drawn = tuple(
        replace(wall, notes=(*wall.notes, lesson.shows, f"Ask first: {lesson.ask}"))
        for lesson in LESSONS
        if (wall := walls.get(lesson.wall)) is not None
    )
    fold = Folded(
        id="teaching-walls",
        title=f"{spelled(len(drawn), 'figure').capitalize()} for a wall, each with what to ask before saying it",
        small="title and source inside, as SVG and PNG",
        blocks=(table, *drawn),
    )
    return Section(
        id="teaching",
        name=RECORD.name,
        title=RECORD.title,
        blocks=(fold,) if drawn else (table,),
        paper="none",
    )


def _led_to(figure: Figure | None) -> Item:
    """Its title, which leads to it."""
    return Item(value=None) if figure is None else Item(value=figure.title, href=f"#{figure.id}")


def _walls(study: Study) -> dict[str, Form]:
    """Every figure for a wall that the run's first interpreter has numbers for, by its id."""
    evidence = study.subject.of(study.subject.targets[0])
    found: dict[str, Form] = {}
    for identity, make in WALLS.items():
        with study.left_out.apart(f"the figure {identity} for teaching"):
            wall = make(evidence)
            if wall is not None and wall.shows:
                found[identity] = wall
    return found


def _shown(study: Study) -> dict[str, Panel]:
    """Every figure of the questions that has something to show, by its id."""
    found: dict[str, Panel] = {}
    for module in questions():
        with study.left_out.apart(f"figures of {module.RECORD.name} for teaching"):
            panels = panels_of(study.subject, module.panels)
            found |= {panel.id: panel for panel in panels if not (panel.reason or panel.null)}
    return found
