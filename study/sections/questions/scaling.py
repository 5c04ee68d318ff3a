"""How work scales: measured capacity, where the CPUs' time goes, what may be said of a law, and weak scaling."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Panel, Reference
from study.evidence import ANY, Evidence
from study.reports import Record
from study.sections import last_cache
from study.sections.build import log_axis, loop_by_task, point, processes, ratio_of, rows, speedup_by_task
from study.sections.capacity import capacity_between, capacity_of, independent
from study.sections.questions import scaling_laws, scaling_rest
from study.sections.together import ran_together
from study.sections.ways import REAL_JOB, kind_of, longest, way_look, work_name
from study.things import PLACEMENTS
from study.things.payloads import CORES, FASTEST, SIBLINGS, SLOWEST
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.blocks import PanelPoint

RECORD = Record(
    order=305,
    name="Scaling",
    title="What does the machine have to give?",
    reader="How much of it can more workers still bring?",
)
_CEILING = (
    "This is what the machine has to give to such processes. Kernels differ by what they share: arithmetic units,"
    " caches, memory."
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (
        *_capacity(evidence),
        *_siblings(evidence),
        *_classes(evidence),
        *_kernels(evidence),
        *_windows(evidence),
        *scaling_rest.panels(evidence),
        *scaling_laws.panels(evidence),
    )


def beside(evidence: Evidence) -> tuple[Panel, ...]:
    """Those that stand in the report of other runs too: the laws."""
    return scaling_laws.panels(evidence)


def _capacity(evidence: Evidence) -> tuple[Panel, ...]:
    cells = independent(evidence, kernel=ANY, workers=_more_than_one)
    known = [(data, capacity_of(evidence, data.cell.kernel, data.cell.workers)) for data in cells]
    points, texts = [], []
    for data, estimate in known:
        if estimate is not None:
            together = f"{count(data.cell.workers)} processes"
            texts.append(f"{with_interval(estimate)} ({work_name(data)})")
            points.append(
                point(data, work_name(data), together, series=together, estimate=estimate, look=way_look(data))
            )
    return rows(
        evidence,
        "scaling-capacity",
        points,
        about="What independent processes achieve together, of one alone",
        side_by_side="gains",
        finding="Independent processes achieve together, of one alone: " + ", ".join(texts[:4]),
        subtitle=f"Capacity: rate of all over the rate of one, started together, {processes(cells)}, higher is better",
        heads=("kernel", "processes"),
        y_label="times the rate of one process",
        notes=(_CEILING, *last_cache.sizes((data.cell for data in cells), evidence.run.manifest.machine)),
    )


def _siblings(evidence: Evidence) -> tuple[Panel, ...]:
    """Two processes on one core and on two, beside one alone."""
    points = []
    for data in independent(evidence, kernel=ANY, workers=_more_than_one, placement=(SIBLINGS.name, CORES.name)):
        alone = evidence.get(replace(data.cell, workers=1, placement=""))
        if alone is not None:
            where = PLACEMENTS[data.cell.placement].words
            points.append(point(data, work_name(data), where, series=where, estimate=capacity_between(alone, data)))
    told = [f"{with_interval(drawn.estimate)} on the {drawn.names[1]}" for drawn in points]
    return rows(
        evidence,
        "scaling-siblings",
        points,
        about="What two processes achieve on the CPUs of one core, and of two, of one alone",
        side_by_side="gains",
        finding=f"Two processes achieve, of one alone: {', '.join(told)}",
        subtitle="Rate of both over the rate of one, each bound to its CPU, higher is better",
        heads=("kernel", "placed on"),
        y_label="times the rate of one process",
    )


def _classes(evidence: Evidence) -> tuple[Panel, ...]:
    """One process alone on a core of the fastest class, and on one of the slowest."""
    points, told = [], []
    for slow in independent(evidence, kernel=ANY, workers=1, placement=SLOWEST.name):
        fast = evidence.get(replace(slow.cell, placement=FASTEST.name))
        if fast is not None:
            drawn = point(slow, work_name(slow), PLACEMENTS[SLOWEST.name].words, estimate=ratio_of(fast, slow))
            points.append(drawn)
            told.append(with_interval(drawn.estimate))
    return rows(
        evidence,
        "scaling-classes",
        points,
        about="What a core of the slowest class achieves, of one of the fastest",
        side_by_side="nothing",
        finding=f"A core of the slowest class works at {', '.join(told)} times the rate of one of the fastest",
        subtitle="Rate of one process alone on either, bound to its CPU, higher is better",
        heads=("kernel", "placed on"),
        y_label="times the rate on a core of the fastest class",
    )


def _more_than_one(workers: int) -> bool:
    return workers > 1


def _kernels(evidence: Evidence) -> tuple[Panel, ...]:
    """Speedup of every kernel on all CPUs, by who does the work."""
    points: list[PanelPoint] = []
    gaining: list[str] = []
    turns: list[str] = []
    beyond: list[str] = []
    with_threads = False
    for data in longest(evidence.find("map", **REAL_JOB, workers=evidence.usable_cpus)):
        base = loop_by_task(evidence, data)
        if base is None:
            continue
        speedup = speedup_by_task(base, data)
        points.append(point(data, work_name(data), way_look(data).label, look=way_look(data), estimate=speedup))
        threads = kind_of(data) == "thread"
        with_threads = with_threads or threads
        if speedup.low is not None and threads and speedup.low > 1.0:
            (gaining if ran_together(data) else turns).append(work_name(data))
        if speedup.low is not None and speedup.low > evidence.usable_cpus:
            beyond.append(f"{work_name(data)} in {way_look(data).label} {with_interval(speedup)}")
    gain = f"gain with {', '.join(gaining)}" if gaining else "show no clear gain with any kind of work"
    return rows(
        evidence,
        "scaling-kernels",
        points,
        about="Speedup on all CPUs, by kind of work",
        side_by_side="gains",
        finding=f"With {counted(evidence.usable_cpus, 'worker')} threads {gain}" if with_threads else "",
        subtitle="Speedup: tasks a second with a worker for each CPU over those of the plain loop, same rounds, higher is better",
        heads=("kernel", "workers are"),
        y_label="times as fast as the plain loop",
        references=(Reference(label="plain loop", at=1.0),),
        notes=tuple(_doubtful(turns, beyond, evidence.usable_cpus)),
    )


def _doubtful(turns: Sequence[str], beyond: Sequence[str], cpus: int) -> Iterator[str]:
    """Gains that more CPUs cannot be the reason of: the plain loop beside them is slower than it need be."""
    if turns:
        yield (
            f"Threads are sooner also with {', '.join(turns)}, but keep one CPU busy there: no gain of running side by side."
            " Why the plain loop is slower is not known."
        )
    if beyond:
        yield (
            f"More than {counted(cpus, 'CPU')} can give: {', '.join(beyond)}. The plain loop is slower there for a reason of its"
            " own, which is not known."
        )


def _windows(evidence: Evidence) -> tuple[Panel, ...]:
    cells = independent(evidence, kernel=ANY, workers=_more_than_one, part=("skew", "makespan"))
    several = len({data.cell.workers for data in cells}) > 1
    parts = [data.cell.part + (f", {count(data.cell.workers)} processes" if several else "") for data in cells]
    return rows(
        evidence,
        "scaling-windows",
        [point(data, work_name(data), part, series=data.cell.part) for data, part in zip(cells, parts, strict=True)],
        about="How far apart workers start, and how long the whole window takes",
        side_by_side="costs",
        finding="",
        subtitle=f"Average over processes, {processes(cells)}, log scale",
        heads=("kernel", "what"),
        **log_axis("time"),
    )
