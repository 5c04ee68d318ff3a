"""Q1: speedup over workers, by kind of work; at all CPUs, by pool and start method; and what it takes of the CPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Panel, PanelPoint, Reference
from study.reports import Record
from study.sections.build import grouped, panel, place_of, point, rows
from study.sections.files import columns, data_file
from study.sections.questions import q1_cpu
from study.sections.speedups import speedups
from study.sections.ways import kind_of, way_look, way_name, work_name
from study.things import BACKENDS
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import CellData, Evidence, Study
    from study.reports import DataFile
    from study.sections.speedups import Scaling

RECORD = Record(
    order=201,
    name="Q1",
    title="What is multiprocessing in Python, and why is it useful?",
    reader="Is it worth it for my work?",
    always=True,
    part="Answers",
)
_BY_POOL = "Speedup with as many workers as CPUs, by pool and start method"
_MOST_LINEAR = 8
"""Beyond so many CPUs the axis of the speedups is logarithmic."""
_FEWEST_WAYS = 3
"""To run one kernel, that a figure compares."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Speedups over the number of workers; and for each kernel those of all ways to run it on all CPUs."""
    known = [row for row in speedups(evidence) if row.speedup.point is not None]
    known.sort(key=lambda row: (place_of(row.shared), row.workers))
    return *_over_workers(evidence, known), *_by_pool(evidence, known), *q1_cpu.panels(evidence, known)


def beside(evidence: Evidence) -> tuple[Panel, ...]:
    """Those that stand in the report of other runs too: all."""
    return panels(evidence)


def files(study: Study) -> tuple[DataFile, ...]:
    """All speedups."""
    return (
        data_file(
            study,
            "scaling.csv",
            "speedup, efficiency and Karp–Flatt",
            lambda evidence: (
                {
                    **columns(row, "kernel backend start_method workers oversubscribed"),
                    **columns(row.shared.cell, "tasks"),
                    "loop_per_task": row.base_s,
                    "workers_per_task": row.elapsed_s,
                    **columns(row, "speedup efficiency karp_flatt capacity within"),
                }
                for row in speedups(evidence)
            ),
        ),
    )


def _over_workers(evidence: Evidence, known: Sequence[Scaling]) -> tuple[Panel, ...]:
    """A small picture for each kernel, a course for each backend."""
    ways = grouped(known, lambda row: (row.backend, row.start_method))
    # Of each backend the first start method that was measured with several numbers of workers.
    courses = {backend: method for backend, method in reversed(ways) if _several(ways[backend, method])}
    swept = [row for row in known if courses.get(row.backend) == row.start_method]
    kernels = grouped(swept, lambda row: row.kernel)
    shown = [row for row in swept if _several(kernels[row.kernel])]
    method = next((row.start_method for row in shown if row.start_method), "")
    beside = f"Process-based workers under {method}. " if method else ""
    bounded = any(row.capacity.point is not None for row in shown)
    bars = "grey bars: what independent processes achieve together; " if bounded else ""
    cpus = float(evidence.usable_cpus)
    log = evidence.usable_cpus > _MOST_LINEAR
    return panel(
        evidence,
        "q1-speedup",
        map(_course_point, shown),
        kind="curves",
        about="Speedup over the number of workers, by kind of work",
        finding=lambda: _finding(evidence, shown),
        side_by_side="gains",
        subtitle=(
            f"{beside}Speedup: tasks a second with the workers ÷ those of the plain loop, higher is better; dashed: as many"
            f" times as workers; {bars}hollow: more workers than CPUs"
        ),
        heads=("kernel", "pool", "workers"),
        missing="no kind of work was measured at two worker counts",
        x_label="workers",
        x_unit="count",
        y_label="speedup",
        log_y=log,
        steps=True,
        edge=cpus,
        ideal=True,
        include=(1.0 if log else 0.0, cpus),
        beside=True,
    )


def _several(ways: Sequence[Scaling]) -> bool:
    """Whether there are several numbers of workers among them."""
    return len({row.workers for row in ways}) > 1


def _course_point(row: Scaling) -> PanelPoint:
    look = way_look(row.shared)
    return point(
        row.shared,
        work_name(row.shared),
        look.label,
        count(row.workers) + (" (more than CPUs)" if row.oversubscribed else ""),
        look=look,
        estimate=row.speedup,
        facet=work_name(row.shared),
        series=look.label,
        x=float(row.workers),
        bound=None if row.capacity.point is None else row.capacity,
        hollow=row.oversubscribed,
    )


def _finding(evidence: Evidence, shown: Sequence[Scaling]) -> str:
    full = [row for row in shown if row.workers == evidence.usable_cpus] or list(shown)
    first = [row for row in full if row.kernel == full[0].kernel]
    parts = [f"{with_interval(row.speedup)} as fast in {_in_words(row.shared)}" for row in first]
    return f"{work_name(first[0].shared)} with {counted(first[0].workers, 'worker')}: {', '.join(parts)}"


def _in_words(data: CellData) -> str:
    """`a Pool`, `threads`."""
    backend = BACKENDS[data.cell.backend]
    label = backend.look.label
    if not backend.hands_out and backend.kind != "process":  # its label is a plural
        return label
    return f"{'an' if label[0] in 'AEIO' else 'a'} {label}"


def _by_pool(evidence: Evidence, known: Sequence[Scaling]) -> tuple[Panel, ...]:
    """A figure for each kernel: a row for each pool and start method, with as many workers as CPUs."""
    own = (row for row in known if row.workers == evidence.usable_cpus and _asked_here(evidence, row))
    kernels = grouped(own, lambda row: row.kernel)
    compared = [ways for ways in kernels.values() if len(ways) >= _FEWEST_WAYS] or [[]]
    return tuple(made for number, ways in enumerate(compared, 1) for made in _pools_of_one(evidence, ways, number))


def _asked_here(evidence: Evidence, row: Scaling) -> bool:
    """Whether an experiment of this question asked for the cell: everyday jobs have figures of their own."""
    asked_by = evidence.run.asked_by.get((evidence.target, row.shared.cell.text))
    return not asked_by or RECORD.name in asked_by


def _pools_of_one(evidence: Evidence, ways: Sequence[Scaling], number: int) -> tuple[Panel, ...]:
    """The ways to run one kernel."""
    kernel = work_name(ways[0].shared) if ways else ""
    group = f"{kernel}: a task in the plain loop {with_interval(ways[0].base_s, reason=False)}" if ways else ""
    return rows(
        evidence,
        f"q1-pools-{number}" if number > 1 else "q1-pools",
        [
            point(row.shared, group, way_name(row.shared), look=way_look(row.shared), estimate=row.speedup)
            for row in ways
        ],
        about=f"{kernel}: {_BY_POOL[:1].lower()}{_BY_POOL[1:]}" if ways else _BY_POOL,
        finding=lambda: _range(evidence, ways),
        side_by_side="gains",
        subtitle="Speedup: tasks a second over those of the plain loop, higher is better",
        heads=("kernel", "pool"),
        missing=f"no kind of work was measured with {count(_FEWEST_WAYS)} pools or start methods",
        y_label="speedup (times as fast as the plain loop)",
        include=(0.0, float(evidence.usable_cpus)),
        references=(Reference(label="plain loop", at=1.0),),
        beside=True,
    )


def _range(evidence: Evidence, ways: Sequence[Scaling]) -> str:
    """From the slowest to the fastest, threads apart."""
    ranked = sorted(
        (row.speedup for row in ways if kind_of(row.shared) != "thread"), key=lambda speed: speed.point or 0.0
    ) or [ways[0].speedup]
    return (
        f"{work_name(ways[0].shared)} with {counted(evidence.usable_cpus, 'worker')}: from {with_interval(ranked[0])} to"
        f" {with_interval(ranked[-1])} as fast, by the way processes are pooled and started"
    )
