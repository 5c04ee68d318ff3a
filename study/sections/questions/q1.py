"""Q1: speedup over workers, by kind of work; and at all CPUs, by pool and start method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Panel, PanelPoint, Record, Reference
from study.sections.build import place, rows, titled
from study.sections.files import data_file
from study.sections.speedups import speedups
from study.things import BACKENDS
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import DataFile
    from study.evidence import Evidence, Study
    from study.sections.speedups import StrongScaling

RECORD = Record(
    order=201,
    name="Q1",
    title="What is multiprocessing in Python, and why is it useful?",
    reader="Is it worth it for my work?",
    always=True,
)
_OVER_WORKERS = "Speedup over the number of workers, by kind of work"
_BY_POOL = "Speedup with as many workers as CPUs, by pool and start method"
_MOST_LINEAR = 8
"""Beyond so many CPUs the axis of the speedups is logarithmic."""
_FEWEST_WAYS = 3
"""To run one kernel, that a figure compares."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Speedups over the number of workers; and for each kernel those of all ways to run it on all CPUs."""
    known = [row for row in speedups(evidence) if row.speedup.point is not None]
    return _over_workers(evidence, known), *_by_pool(evidence, known)


def files(study: Study) -> tuple[DataFile, ...]:
    """All speedups."""
    return (
        data_file(
            study,
            "scaling.csv",
            "speedup, efficiency and Karp–Flatt",
            lambda evidence: (
                {
                    "kernel": row.kernel,
                    "backend": row.backend,
                    "start_method": row.start_method,
                    "workers": row.workers,
                    "oversubscribed": row.oversubscribed,
                    "base": row.base_s,
                    "elapsed": row.elapsed_s,
                    "speedup": row.speedup,
                    "efficiency": row.efficiency,
                    "karp_flatt": row.karp_flatt,
                    "capacity": row.capacity,
                }
                for row in speedups(evidence)
            ),
        ),
    )


def _over_workers(evidence: Evidence, known: Sequence[StrongScaling]) -> Panel:
    """A small picture for each kernel, a course for each backend."""
    courses = _courses(known)
    shown = sorted(
        (row for row in known if courses.get(row.backend) == row.start_method),
        key=lambda row: (place(row.backend, row.start_method), row.workers),
    )
    numbers = {
        kernel: {row.workers for row in shown if row.kernel == kernel} for kernel in {row.kernel for row in shown}
    }
    shown = [row for row in shown if len(numbers[row.kernel]) > 1]
    if not shown:
        title, reason = _OVER_WORKERS, "no kind of work was measured at two worker counts"
    else:
        title, reason = titled(evidence, _OVER_WORKERS, lambda: _finding(evidence, shown), "gains"), ""
    method = next((row.start_method for row in shown if row.start_method), "")
    beside = f"Process-based workers under {method}. " if method else ""
    bounded = any(row.capacity.point is not None for row in shown)
    bars = "grey bars: what independent processes achieve together; " if bounded else ""
    cpus = float(evidence.usable_cpus)
    log = evidence.usable_cpus > _MOST_LINEAR
    return Panel(
        id="q1-speedup",
        title=title,
        side_by_side="gains",
        subtitle=(
            f"{beside}Speedup: time of the plain loop ÷ time with the workers, same work, higher is better; dashed: as many"
            f" times as workers; {bars}hollow: more workers than CPUs"
        ),
        kind="curves",
        heads=("kernel", "pool", "workers"),
        points=tuple(_course_point(row) for row in shown),
        x_label="workers",
        x_unit="count",
        y_label="speedup",
        log_y=log,
        steps=True,
        edge=cpus,
        ideal=True,
        include=(1.0 if log else 0.0, cpus),
        beside=True,
        reason=reason,
    )


def _courses(known: Sequence[StrongScaling]) -> dict[str, str]:
    """Backend -> the start method that its course is drawn for: the first that was measured with several numbers of workers."""
    numbers: dict[tuple[str, str], set[int]] = {}
    for row in known:
        numbers.setdefault((row.backend, row.start_method), set()).add(row.workers)
    courses: dict[str, str] = {}
    for backend, method in sorted(numbers, key=lambda way: place(*way)):
        if len(numbers[backend, method]) > 1:
            courses.setdefault(backend, method)
    return courses


def _course_point(row: StrongScaling) -> PanelPoint:
    look = BACKENDS[row.backend].look
    return PanelPoint(
        names=(row.kernel, look.label, count(row.workers) + (" (more than CPUs)" if row.oversubscribed else "")),
        look=look,
        estimate=row.speedup,
        facet=row.kernel,
        series=look.label,
        x=float(row.workers),
        bound=None if row.capacity.point is None else row.capacity,
        hollow=row.oversubscribed,
    )


def _finding(evidence: Evidence, shown: Sequence[StrongScaling]) -> str:
    full = [row for row in shown if row.workers == evidence.usable_cpus] or list(shown)
    first = [row for row in full if row.kernel == full[0].kernel]
    parts = [f"{with_interval(row.speedup)} as fast in {_in_words(row.backend)}" for row in first]
    return f"{first[0].kernel} with {counted(first[0].workers, 'worker')}: {', '.join(parts)}"


def _in_words(name: str) -> str:
    """`a Pool`, `threads`."""
    backend = BACKENDS[name]
    label = backend.look.label
    if not backend.hands_out and backend.kind != "process":  # its label is a plural
        return label
    return f"{'an' if label[0] in 'AEIO' else 'a'} {label}"


def _by_pool(evidence: Evidence, known: Sequence[StrongScaling]) -> tuple[Panel, ...]:
    """A figure for each kernel: a row for each pool and start method, with as many workers as CPUs."""
    ways = sorted(
        (row for row in known if row.workers == evidence.usable_cpus),
        key=lambda row: place(row.backend, row.start_method),
    )
    kernels = {row.kernel: [other for other in ways if other.kernel == row.kernel] for row in ways}
    compared = [found for found in kernels.values() if len(found) >= _FEWEST_WAYS] or [[]]
    return tuple(panel for number, found in enumerate(compared, 1) for panel in _pools_of_one(evidence, found, number))


def _pools_of_one(evidence: Evidence, ways: Sequence[StrongScaling], number: int) -> tuple[Panel, ...]:
    """The ways to run one kernel."""
    kernel = ways[0].kernel if ways else ""
    group = f"{kernel}: plain loop {with_interval(ways[0].base_s, reason=False)}" if ways else ""
    return rows(
        evidence,
        f"q1-pools-{number}" if number > 1 else "q1-pools",
        [
            PanelPoint(names=(group, _way(row)), look=BACKENDS[row.backend].look, estimate=row.speedup, series=group)
            for row in ways
        ],
        about=f"{kernel}: {_BY_POOL[:1].lower()}{_BY_POOL[1:]}" if ways else _BY_POOL,
        finding=lambda: _range(evidence, ways),
        side_by_side="gains",
        subtitle="Speedup against the plain loop, higher is better",
        heads=("kernel", "pool"),
        missing="no kind of work was measured with three pools or start methods",
        y_label="speedup (times as fast as the plain loop)",
        include=(0.0, float(evidence.usable_cpus)),
        references=(Reference(label="plain loop", at=1.0),),
        beside=True,
    )


def _way(row: StrongScaling) -> str:
    label = BACKENDS[row.backend].look.label
    return f"{label}, {row.start_method}" if row.start_method else label


def _range(evidence: Evidence, ways: Sequence[StrongScaling]) -> str:
    """From the slowest to the fastest, threads apart."""
    ranked = sorted(
        (row.speedup for row in ways if BACKENDS[row.backend].kind != "thread"), key=lambda speed: speed.point or 0.0
    ) or [ways[0].speedup]
    return (
        f"{ways[0].kernel} with {counted(evidence.usable_cpus, 'worker')}: from {with_interval(ranked[0])} to"
        f" {with_interval(ranked[-1])} as fast, by the way processes are pooled and started"
    )
