"""Everyday jobs over the ways to run them: tasks a second, and what they cost in CPU time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Panel, Reference
from study.evidence import ANY, CellData, Evidence
from study.evidence.summaries import cpu_seconds
from study.reports import Record
from study.sections.build import grouped, loop_by_task, place_of, point, processes, ratio_of, rows, speedup_by_task
from study.sections.control import control_sentence
from study.sections.ways import METHODS, kind_of, way_look, work_name
from study.table import per_task
from study.things.backends import POOL
from study.things.kernels import EVERYDAY
from study.units import counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.findings import Estimate

RECORD = Record(
    order=320,
    name="Everyday jobs",
    title="What do everyday jobs gain?",
    reader="Which way for a job like mine?",
)
_CACHED = "The files were read before: what a disk takes is not in these times."
_CPU = "CPU time is that of all threads and processes that do the tasks, where it was counted."

GAIN = 1.1
"""Times as many tasks a second: a gain of less than a tenth is nobody's reason for threads."""

_Row = tuple[CellData, "Estimate"]


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """How many times as many tasks a second as the loop, and the CPU time of one task."""
    names = tuple(kernel.name for kernel in EVERYDAY)
    cells = evidence.find("map", kernel=names, backend=ANY, start_method=METHODS, workers=ANY, tasks=ANY)
    cells.sort(key=lambda data: (names.index(data.cell.kernel), place_of(data)))
    return *_speedups(evidence, cells), *_cpu_times(evidence, cells)


def _speedups(evidence: Evidence, cells: Sequence[CellData]) -> tuple[Panel, ...]:
    shared = [data for data in cells if kind_of(data) != "loop" and data.cell.workers == evidence.usable_cpus]
    known = [(data, speedup_by_task(loop, data)) for data in shared if (loop := loop_by_task(evidence, data))]
    by_task = grouped(known, lambda row: work_name(row[0]))
    return rows(
        evidence,
        "real-speedups",
        [
            point(data, work_name(data), way_look(data).label, look=way_look(data), estimate=speedup)
            for data, speedup in known
        ],
        about="Tasks a second of everyday jobs, by the way they are run",
        side_by_side="gains",
        finding=lambda: _gains(evidence, by_task),
        found=[*(_best(task, ways) for task, ways in by_task.items()), *filter(None, (control_sentence(evidence),))],
        subtitle=(
            f"Tasks a second over those of the plain loop, {counted(evidence.usable_cpus, 'worker')},"
            f" {processes(shared)}, higher is better"
        ),
        heads=("task", "workers are"),
        y_label="times as many tasks a second as the plain loop",
        references=(Reference(label="plain loop", at=1.0),),
        notes=(_CACHED,),
    )


def _fastest(ways: Sequence[_Row]) -> _Row:
    return max(ways, key=lambda row: row[1].point or 0.0)


def _usual(ways: Sequence[_Row]) -> Sequence[_Row]:
    """A Pool where one was tried, of which the section's first sentence speaks too: one way in one range."""
    return [row for row in ways if row[0].cell.backend == POOL.name] or ways


def _best(task: str, ways: Sequence[_Row]) -> str:
    data, speedup = _fastest(ways)
    tried = len(ways)
    among = f"of {counted(tried, 'way')} tried " if tried > 1 else ""
    return f"{task[:1].upper()}{task[1:]}: {among}most tasks a second with {way_look(data).label}, {with_interval(speedup)}."


def _who(ways: Iterable[_Row]) -> str:
    """`processes of a Pool, other ways apart, finish`, where all are of one."""
    return (
        "processes of a Pool, other ways apart, finish"
        if all(data.cell.backend == POOL.name for data, _ in ways)
        else "processes finish"
    )


def _gains(evidence: Evidence, by_task: dict[str, list[_Row]]) -> str:
    """The range of what a Pool gains, or processes where it was not tried, and with which tasks threads do."""
    workers = counted(evidence.usable_cpus, "worker")
    of_kind = {
        kind: {
            task: _fastest(of_it)
            for task, ways in by_task.items()
            if (of_it := _usual([row for row in ways if kind_of(row[0]) == kind]))
        }
        for kind in ("process", "thread")
    }
    said = []
    if of_kind["process"]:
        ranked = sorted(of_kind["process"].items(), key=lambda item: item[1][1].point or 0.0)
        (least, (_, low)), (most, (_, high)) = ranked[0], ranked[-1]
        who = _who(of_kind["process"].values())
        told = f"{with_interval(low)} ({least})" + ("" if len(ranked) == 1 else f" to {with_interval(high)} ({most})")
        said.append(f"{who} {told} as many tasks a second")
    if of_kind["thread"]:
        gaining = [
            f"{task} {with_interval(speedup)}"
            for task, (_, speedup) in of_kind["thread"].items()
            if speedup.low is not None and speedup.low > GAIN
        ]
        said.append(f"threads gain with {', '.join(gaining)}" if gaining else "threads show no clear gain")
    return f"With {workers}, beside a plain loop: {'; '.join(said)}" if said else ""


def _cpu_times(evidence: Evidence, cells: Sequence[CellData]) -> tuple[Panel, ...]:
    used = [cpu for data in cells if (cpu := _cpu_of_a_task(data)) is not None]
    loops = {cpu.cell.kernel: cpu for cpu in used if kind_of(cpu) == "loop"}
    beside = [
        (cpu, ratio_of(cpu, loops[cpu.cell.kernel]))
        for cpu in used
        if kind_of(cpu) != "loop" and cpu.cell.kernel in loops
    ]

    def finding() -> str:
        dearest, ratio = max(beside, key=lambda row: row[1].point or 0.0)
        way = f"{work_name(dearest)} with {way_look(dearest).label}"
        return f"Of all tasks and ways {way} costs most CPU time beside the plain loop: {with_interval(ratio)} as much"

    return rows(
        evidence,
        "real-cpu",
        [point(cpu, work_name(cpu), way_look(cpu).label, look=way_look(cpu)) for cpu in used],
        about="CPU time of one task of everyday jobs, by the way they are run",
        side_by_side="costs",
        finding=finding if beside else "",
        subtitle=f"Average CPU time of a task, {processes(used)}, lower is better",
        heads=("task", "workers are"),
        y_label="CPU time of a task",
        notes=(_CPU,),
    )


def _cpu_of_a_task(data: CellData) -> CellData | None:
    """CPU seconds of one task in each process, as a cell's times; None where they were not counted."""
    cpu = cpu_seconds(data)
    return None if cpu is None else per_task(cpu)
