"""Figures for a wall of what is gained and paid: task lengths, where a speedup goes, messages, pages copied, orders of lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study import scaling
from study.forms import Bar, Course, Piece, Spot, WallBars, WallLines
from study.sections.build import grouped, look_of
from study.sections.frame import panel_of
from study.sections.questions import grain, memory, messages, q6
from study.sections.questions.q1_words import at_all_cpus, up_to_all
from study.sections.said import joined
from study.sections.wall.source import source_of
from study.things import KERNELS
from study.things.backends import POOL, PROCESS_EXECUTOR, THREADS
from study.things.kernels import FANNKUCH
from study.things.looks import OPERATING_SYSTEM, SAME
from study.units import brief, count, counted, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from study.blocks import Panel, PanelPoint
    from study.evidence import Evidence
    from study.findings import Estimate
    from study.sections.questions.q6 import Printed
    from study.sections.speedups import Scaling

_MOST_ORDERS = 2
"""Orders of one start method that have a bar; the others are one bar together."""
_FEWEST_COUNTS = 3
"""Worker counts that make a curve."""


def task_length(evidence: Evidence) -> WallLines | None:
    """The share of the workers' time that is work, over the length of a task: of each kind of pool its best course."""
    shown = _drawn(evidence, grain.panels, "grain-efficiency")
    reached = _drawn(evidence, grain.panels, "grain-metg")
    if shown is None or evidence.left_open("costs"):
        return None
    last = {points[0].look.label: name for name, points in grouped(shown.points, lambda drawn: drawn.series).items()}
    courses = _courses([drawn for drawn in shown.points if drawn.series in last.values()])
    half = {drawn.names[0]: drawn.estimate for drawn in reached.points} if reached else {}
    told = [
        f"{brief(half[course.name])} ({course.look.label})" for course in courses if _is_whole(half.get(course.name))
    ]
    return WallLines(
        id="wall-grain",
        title=f"Half of the workers' time is work from tasks of {joined(told)} on" if told else shown.title,
        caption=f"{shown.subtitle}. Bands: intervals over fresh processes.",
        courses=courses,
        source=source_of(evidence, [spot.y for course in courses for spot in course.spots]),
        x_label="useful work of one task (logarithmic)",
        x_unit="s",
        y_label="share of the workers' time that is work",
        log_x=True,
        levels=(("half", grain.HALF),),
    )


def _drawn(evidence: Evidence, panels: Callable[[Evidence], tuple[Panel, ...]], identity: str) -> Panel | None:
    """A question's figure that has something to show, and may be said."""
    found = panel_of(evidence, panels, identity)
    return None if found is None or found.reason or not found.shows else found


def _is_whole(estimate: Estimate | None) -> bool:
    """Whether a number has an interval with two ends."""
    return estimate is not None and estimate.point is not None and estimate.high not in {None, float("inf")}


def _courses(points: Sequence[PanelPoint]) -> tuple[Course, ...]:
    """Points of curves as lines, each in the look that it has there."""
    return tuple(
        Course(
            name=name,
            look=own[0].look,
            spots=tuple(Spot(x=drawn.x or 0.0, y=drawn.estimate) for drawn in own),
        )
        for name, own in grouped(points, lambda drawn: drawn.series).items()
    )


def speedup(evidence: Evidence) -> WallBars | WallLines | None:
    """Where a speedup goes on all CPUs; over the workers, where they were measured at so many counts that it is a curve."""
    pool = at_all_cpus(evidence, POOL, FANNKUCH.name)
    if pool is None or evidence.left_open("gains"):
        return None
    curve = up_to_all(evidence, POOL, FANNKUCH.name)
    return _curve(evidence, curve) if len(curve) >= _FEWEST_COUNTS else _bars(evidence, pool)


def _curve(evidence: Evidence, pool: Sequence[Scaling]) -> WallLines:
    """Measured counts alone: nothing is said beyond the last."""
    courses = [
        Course(name="independent programs", look=OPERATING_SYSTEM, spots=_spots(pool, of_capacity=True)),
        Course(name=POOL.look.label, look=POOL.look, spots=_spots(pool)),
        Course(name=THREADS.look.label, look=THREADS.look, spots=_spots(up_to_all(evidence, THREADS, FANNKUCH.name))),
    ]
    return WallLines(
        id="wall-speedup",
        title=_gained(evidence, pool[-1]),
        caption=_explained([row.workers for row in pool]),
        courses=tuple(course for course in courses if course.spots),
        source=source_of(evidence, [row.speedup for row in pool]),
        x_label="workers",
        x_unit="count",
        y_label="times as fast as the plain loop",
        levels=(("the plain loop", 1.0),),
    )


def _spots(rows: Sequence[Scaling], *, of_capacity: bool = False) -> tuple[Spot, ...]:
    every = ((row.workers, row.capacity if of_capacity else row.speedup) for row in rows)
    return tuple(Spot(x=float(workers), y=number) for workers, number in every if number.point is not None)


def _bars(evidence: Evidence, pool: Scaling) -> WallBars:
    """What would be there if nothing were lost, what the machine has, and what each way makes of it."""
    rows = [at_all_cpus(evidence, backend, FANNKUCH.name) for backend in (PROCESS_EXECUTOR, THREADS)]
    ways = [(POOL.look, pool.speedup)]
    ways += [
        (backend.look, row.speedup)
        for backend, row in zip((PROCESS_EXECUTOR, THREADS), rows, strict=True)
        if row is not None
    ]
    wanted = float(pool.workers)
    ideal = Piece(doing="works", begin=0.0, end=wanted, label=f"{plain(wanted)}× if nothing were lost", pale=True)
    machine = [] if pool.capacity.point is None else [(OPERATING_SYSTEM, pool.capacity)]
    bars = [
        Bar(
            name="independent programs" if look is OPERATING_SYSTEM else look.label,
            look=look,
            pieces=(Piece(doing="works", begin=0.0, end=number.point or 0.0),),
            whole=number,
            said="times as fast",
        )
        for look, number in (*machine, *ways)
    ]
    loop = Bar(
        name="plain loop",
        look=SAME,
        pieces=(Piece(doing="works", begin=0.0, end=1.0, label="1×", pale=True),),
    )
    return WallBars(
        id="wall-speedup",
        title=_gained(evidence, pool),
        caption=_explained([pool.workers]),
        bars=(Bar(name="ideal", look=SAME, pieces=(ideal,)), *bars, loop),
        source=source_of(evidence, [number for _, number in ways]),
        x_label="times as fast as the plain loop",
        x_unit="ratio",
    )


def _gained(evidence: Evidence, pool: Scaling) -> str:
    threads = at_all_cpus(evidence, THREADS, FANNKUCH.name)
    beside = f", {counted(threads.workers, 'thread')} {brief(threads.speedup)}" if threads is not None else ""
    machine = "" if pool.capacity.point is None else f"; independent programs together {brief(pool.capacity)}"
    return (
        f"On {counted(evidence.usable_cpus, 'CPU')} a Pool is {brief(pool.speedup)} as fast as a loop{beside}{machine}"
    )


def _explained(workers: Sequence[int]) -> str:
    """How it is read; and why there is no curve beyond what was measured."""
    return (
        f"{KERNELS[FANNKUCH.name].words[:1].upper()}{KERNELS[FANNKUCH.name].words[1:]}, tasks a second with the workers over"
        " those of the plain loop. What lies between the ideal and independent programs is the machine's; between these and a"
        " pool, the price of handing out work; what threads lack beside it, the lock."
        f" {scaling.limits_sentence([1, *workers])}"
    )


def messages_by_size(evidence: Evidence) -> WallLines | None:
    """The time of a message over its size: what anybody may send anything through, without the system's floor.

    Without bands: on two logarithmic axes those that reach far down are all that is seen.
    """
    shown = _drawn(evidence, messages.panels, "messages-sizes")
    if shown is None or shown.kind != "curves":
        return None
    points = [drawn for drawn in shown.points if drawn.look is not OPERATING_SYSTEM]
    courses = _courses([replace(drawn, estimate=replace(drawn.estimate, low=None, high=None)) for drawn in points])
    if not courses:
        return None
    return WallLines(
        id="wall-messages",
        title=shown.title,
        caption=f"{shown.subtitle}.",
        courses=courses,
        source=source_of(evidence, [spot.y for course in courses for spot in course.spots]),
        x_label="size of the message",
        x_unit="byte",
        y_label="time one way (both axes logarithmic)",
        log_x=True,
        log_y=True,
    )


def copied(evidence: Evidence) -> WallBars | None:
    """What a forked child copies by only reading, most first."""
    shown = _drawn(evidence, memory.panels, "memory-copied")
    if shown is None:
        return None
    first = shown.points[0].series
    points = [drawn for drawn in shown.points if drawn.series == first and drawn.estimate.point is not None]
    points.sort(key=lambda drawn: -(drawn.estimate.point or 0.0))
    most, least = points[0], points[-1]
    return WallBars(
        id="wall-copied",
        title=(
            f"A child that only reads copies {brief(most.estimate)} of a {most.names[0]}, {brief(least.estimate)} of"
            f" {least.names[0]}"
        ),
        caption=f"{shown.subtitle}.",
        bars=tuple(
            Bar(
                name=drawn.names[0],
                look=drawn.look,
                pieces=(Piece(doing="works", begin=0.0, end=drawn.estimate.point or 0.0),),
                whole=drawn.estimate,
                said="share copied",
            )
            for drawn in points
        ),
        source=source_of(evidence, [drawn.estimate for drawn in points]),
        x_label="share of what is read that is copied",
        x_unit="share",
    )


def orders(evidence: Evidence) -> WallBars | None:
    """Which orders the lines of four processes came in, by start method."""
    seen = [printed for printed in q6.printers(evidence) if printed.orders and not printed.data.cell.variant]
    title = q6.in_order(seen)
    if not title:
        return None
    return WallBars(
        id="wall-orders",
        title=title,
        caption=(
            f"{q6.HOW_READ}. Of each start method the {count(_MOST_ORDERS)} orders that came most often, that of the"
            " starts among them, and all others together; bars: intervals of sessions of several runs."
        ),
        bars=tuple(bar for printed in seen for bar in _orders_of(printed)),
        source=source_of(
            evidence,
            [printed.in_order for printed in seen],
            "session of several runs",
            "sessions of several runs",
        ),
        x_label=f"share of the runs ({q6.HOW_READ})",
        x_unit="share",
    )


def _orders_of(printed: Printed) -> list[Bar]:
    """A bar for each order, and one for all others."""
    method = printed.data.cell.start_method
    group = f"{method}: {counted(printed.trials, 'run')}" if method else counted(printed.trials, "run")
    return [
        Bar(
            name=name,
            look=look_of(printed.data),
            group=group,
            pieces=(Piece(doing="works", begin=0.0, end=share.point or 0.0),),
            whole=share,
            said="share of the runs",
        )
        for name, _, share in q6.shown_orders(printed, _MOST_ORDERS)
    ]
