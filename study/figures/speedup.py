"""Q1: speedup over workers, by kind of work; and at all CPUs, by pool and start method."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from study import units
from study.cell import START_METHODS
from study.figures import axes as axes_
from study.figures.compose import View, drawn, drawn_rows, heard
from study.figures.drawn import Datum, Drawn, NotDrawn
from study.figures.rows import Group, Reference, Row, Rows
from study.figures.style import BACKEND_ORDER, GRID, INK, SMALL_PT, SOFT, TEXT_PT, THINGS, WIDTH_PT, styled
from study.figures.svg import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from study.findings import Scaling

QUESTION = "Q1"
ID_WORKERS = "q1-speedup"
ID_POOLS = "q1-pools"
ABOUT_WORKERS = "Speedup over the number of workers, by kind of work"
ABOUT_POOLS = "Speedup with as many workers as CPUs, by pool and start method"
_COLUMNS = 3
_PANEL_PT, _HEAD_PT, _FOOT_PT = 112.0, 22.0, 30.0
_LEFT_PT, _LABEL_PT = 30.0, 64.0
_MOST_LINEAR = 8
_LABEL_GAP_PT = 10.5


def draw_workers(view: View, identity: str = ID_WORKERS) -> Drawn | NotDrawn:
    """A panel for each kernel: the speedup of a pool and of threads over the number of workers."""
    shown = [one for one in _known(view) if _series_of(view)[one.backend] == one.start_method]
    several = {one.kernel for one in shown if len({other.workers for other in shown if other.kernel == one.kernel}) > 1}
    shown = [one for one in shown if one.kernel in several]
    counts = sorted({one.workers for one in shown})
    if len(counts) < 2:
        reason = "no kind of work was measured at two worker counts"
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT_WORKERS, reason=reason)
    kernels = list(dict.fromkeys(one.kernel for one in shown))
    with styled():
        figure, height_pt = _panels(view, kernels, shown, counts)
    method = next((one.start_method for one in shown if one.start_method), "")
    beside = f"Process-based workers under {method}. " if method else ""
    return drawn(
        identity=identity,
        question=QUESTION,
        title=view.titled(ABOUT_WORKERS, _title(view, shown), side_by_side="gains"),
        subtitle=(
            f"{beside}Speedup: time of the plain loop ÷ time with the workers, same work, higher is better; dashed: as many"
            f" times as workers; {_bars(shown)}hollow: more workers than CPUs;"
            f" {heard(one.speedup for one in shown)}."
        ),
        heads=("kernel", "pool", "workers"),
        data=[
            Datum(
                names=_names(one),
                text=units.with_interval(one.speedup),
                point=one.speedup.point,
                low=one.speedup.low,
                high=one.speedup.high,
                n=one.speedup.n,
                unit=one.speedup.unit,
            )
            for one in shown
        ],
        figure=figure,
        height_pt=height_pt,
    )


def draw_pools(view: View, identity: str = ID_POOLS) -> list[Drawn | NotDrawn]:
    """A figure for each kernel: a row for each pool and start method, with as many workers as CPUs."""
    found = [one for one in _known(view) if one.workers == view.run.usable_cpus and not one.oversubscribed]
    found.sort(key=_place)
    kernels = [
        kernel
        for kernel in dict.fromkeys(one.kernel for one in found)
        if len([one for one in found if one.kernel == kernel]) > 2
    ]
    if not kernels:
        reason = "no kind of work was measured with three pools or start methods"
        return [NotDrawn(id=identity, question=QUESTION, title=ABOUT_POOLS, reason=reason)]
    return [
        _pools_of(view, kernel, found, identity if not index else f"{identity}-{index + 1}")
        for index, kernel in enumerate(kernels)
    ]


def _pools_of(view: View, kernel: str, found: Sequence[Scaling], identity: str) -> Drawn:
    groups = tuple(
        Group(
            title=f"{kernel}: plain loop {units.with_interval(found_of[0].base_s, reason=False)}",
            rows=tuple(Row(label=_name(one), thing=one.backend, estimate=one.speedup) for one in found_of),
        )
        for found_of in [[one for one in found if one.kernel == kernel]]
    )
    points = [row.estimate for group in groups[:1] for row in group.rows if "thread" not in row.thing]
    low, high = (
        choose(points, key=lambda one: one.point or 0.0, default=groups[0].rows[0].estimate) for choose in (min, max)
    )
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(
            f"{kernel}: {ABOUT_POOLS[:1].lower()}{ABOUT_POOLS[1:]}",
            f"{kernel} with {units.counted(view.run.usable_cpus, 'worker')}: from {units.with_interval(low)} to"
            f" {units.with_interval(high)} as fast, by the way processes are pooled and started",
            side_by_side="gains",
        ),
        subtitle="Speedup against the plain loop, higher is better",
        heads=("kernel", "pool"),
        rows=Rows(
            groups=groups,
            unit="ratio",
            axis_label="speedup (times as fast as the plain loop)",
            include=(0.0, float(view.run.usable_cpus)),
            references=(Reference(label="plain loop", at=1.0),),
        ),
    )


def _bars(shown: Sequence[Scaling]) -> str:
    """What the grey bars are, where there are any."""
    measured = any(one.capacity.point is not None for one in shown)
    return "grey bars: what independent processes achieve together; " if measured else ""


def _known(view: View) -> list[Scaling]:
    found = [one for one in view.run.scaling if one.target == view.target and one.speedup.point is not None]
    return sorted(found, key=lambda one: (BACKEND_ORDER.index(one.backend), one.workers))


def _series_of(view: View) -> dict[str, str]:
    """Backend -> the start method its course is drawn for: the first that was measured."""
    courses: dict[str, str] = {}
    for one in sorted(_known(view), key=_place):
        counts = {
            other.workers
            for other in view.run.scaling
            if (other.target, other.backend, other.start_method) == (one.target, one.backend, one.start_method)
        }
        if len(counts) > 1:
            courses.setdefault(one.backend, one.start_method)
    return {backend: courses.get(backend, "\0") for backend in BACKEND_ORDER}


def _place(one: Scaling) -> tuple[int, int]:
    methods = ("", *START_METHODS)
    return (BACKEND_ORDER.index(one.backend), methods.index(one.start_method) if one.start_method in methods else 9)


def _name(one: Scaling) -> str:
    label = THINGS[one.backend].label
    return f"{label}, {one.start_method}" if one.start_method else label


def _names(one: Scaling) -> tuple[str, str, str]:
    """What a point is of, in the figure and in the table behind it."""
    return one.kernel, THINGS[one.backend].label, _workers(one)


def _workers(one: Scaling) -> str:
    return units.count(one.workers) + (" (more than CPUs)" if one.oversubscribed else "")


def _title(view: View, shown: Sequence[Scaling]) -> str:
    full = [one for one in shown if one.workers == view.run.usable_cpus] or list(shown)
    first = [one for one in full if one.kernel == full[0].kernel]
    parts = [f"{units.with_interval(one.speedup)} as fast in {_article(one)}" for one in first]
    return f"{first[0].kernel} with {units.counted(first[0].workers, 'worker')}: {', '.join(parts)}"


def _article(one: Scaling) -> str:
    return "threads" if one.backend == "threads" else f"a {THINGS[one.backend].label}"


def _panels(
    view: View, kernels: Sequence[str], shown: Sequence[Scaling], counts: Sequence[int]
) -> tuple[Figure, float]:
    rows = math.ceil(len(kernels) / _COLUMNS)
    row_pt = _HEAD_PT + _PANEL_PT + _FOOT_PT
    height_pt = rows * row_pt
    width_pt = WIDTH_PT / _COLUMNS
    figure = Figure(figsize=(WIDTH_PT / 72, height_pt / 72), dpi=72)
    cpus = view.run.usable_cpus
    log = cpus > _MOST_LINEAR
    ends = axes_.limits(
        [value for one in shown for value in (one.speedup.point, one.speedup.low, one.speedup.high)],
        log=log,
        include=(1.0 if log else 0.0, float(cpus)),
    )
    positions = {count: index + (0.35 if count > cpus else 0.0) for index, count in enumerate(counts)}
    for index, kernel in enumerate(kernels):
        row, column = divmod(index, _COLUMNS)
        axes = figure.add_axes(
            (
                (column * width_pt + _LEFT_PT) / WIDTH_PT,
                (height_pt - row * row_pt - _HEAD_PT - _PANEL_PT) / height_pt,
                (width_pt - _LEFT_PT - _LABEL_PT) / WIDTH_PT,
                _PANEL_PT / height_pt,
            )
        )
        axes_.dress(axes, "y", ends, unit="ratio", log=log, most=5)
        axes.set_xlim(-0.35, max(positions.values()) + 0.3)
        axes.set_xticks(list(positions.values()), [units.count(count) for count in counts])
        axes.tick_params(axis="x", length=0)
        axes.set_title(kernel, loc="left", fontsize=TEXT_PT, fontweight="bold", color=INK.light, pad=6)
        axes.set_xlabel("workers", labelpad=1)
        _draw_bounds(axes, [one for one in shown if one.kernel == kernel], positions, cpus)
        _draw_courses(axes, [one for one in shown if one.kernel == kernel], positions, ends, log=log)
    return figure, height_pt


def _draw_bounds(axes: Axes, found: Sequence[Scaling], positions: dict[int, float], cpus: int) -> None:
    inside = [count for count in positions if count <= cpus]
    (ideal,) = axes.plot(
        [positions[count] for count in inside], inside, color=SOFT.light, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1
    )
    ideal.set_gid(mark("ideal", dict.fromkeys(one.kernel for one in found)))
    beyond = [positions[count] for count in positions if count > cpus]
    if beyond and inside:
        edge = (min(beyond) + positions[inside[-1]]) / 2
        axes.axvline(edge, color=GRID.light, linewidth=1.0, linestyle=(0, (1, 2)))
    for one in found:
        capacity = one.capacity.point
        if capacity is not None:
            at = positions[one.workers]
            (bar,) = axes.plot(
                [at - 0.22, at + 0.22], [capacity, capacity], color=SOFT.light, linewidth=1.6, alpha=0.8, zorder=2
            )
            bar.set_gid(mark("capacity", _names(one)))


def _draw_courses(
    axes: Axes, found: Sequence[Scaling], positions: dict[int, float], ends: tuple[float, float], *, log: bool
) -> None:
    labels: list[tuple[float, str, str]] = []
    backends = list(dict.fromkeys(one.backend for one in found))
    for index, backend in enumerate(backends):
        thing = THINGS[backend]
        colour = thing.colour.light
        course = sorted((one for one in found if one.backend == backend), key=lambda one: one.workers)
        shift = 0.07 * (index - (len(backends) - 1) / 2)
        within = [one for one in course if not one.oversubscribed]
        (line_mark,) = axes.plot(
            [positions[one.workers] + shift for one in within],
            [one.speedup.point or math.nan for one in within],
            color=colour,
            linewidth=1.2,
            zorder=3,
        )
        line_mark.set_gid(mark("course", _names(course[0])[:2]))
        for one in course:
            at, point = positions[one.workers] + shift, one.speedup.point or math.nan
            low, high = one.speedup.low, one.speedup.high
            if low is not None and high is not None:
                inside = [max(low, ends[0]), min(high, ends[1])]
                (bar,) = axes.plot([at, at], inside, color=colour, linewidth=2.0, solid_capstyle="butt", zorder=4)
                bar.set_gid(mark("interval", _names(one)))
            (point_mark,) = axes.plot(
                [at],
                [point],
                linestyle="none",
                marker=thing.marker,
                markersize=5.5,
                markerfacecolor="none" if one.oversubscribed else colour,
                markeredgecolor=colour,
                markeredgewidth=1.1,
                zorder=5,
            )
            tip = f"{one.kernel}, {_name(one)}, {_workers(one)} workers: {units.with_interval(one.speedup)}"
            point_mark.set_gid(mark("point", _names(one), tip))
        last = course[-1].speedup
        labels.append((last.point or 1.0, f"{thing.label} {units.parts(last)[0]}", colour))
    _place_labels(axes, labels, ends, log=log)


def _place_labels(axes: Axes, labels: list[tuple[float, str, str]], ends: tuple[float, float], *, log: bool) -> None:
    """Each course named right of its last point; names that would touch are moved apart."""

    def height_pt(value: float) -> float:
        low, high, at = (math.log(end) for end in (*ends, value)) if log else (*ends, value)
        return _PANEL_PT * (at - low) / (high - low)

    lowest = -math.inf
    for value, text, colour in sorted(labels):
        y_pt = max(height_pt(value), lowest + _LABEL_GAP_PT)
        lowest = y_pt
        axes.annotate(
            text,
            xy=(1, 0),
            xycoords="axes fraction",
            xytext=(2, y_pt),
            textcoords="offset points",
            va="center_baseline",
            color=colour,
            fontsize=SMALL_PT,
            annotation_clip=False,
        )
