"""How long a job must be: speedup over its length, for a pool that runs already and for one made for the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling, stats
from study.blocks import Panel, Reference
from study.config.numbers import TASKS_PER_WORKER
from study.evidence import ANY, Evidence, aligned
from study.evidence.summaries import absent
from study.reports import Record
from study.sections.build import curves, grouped, log_axis, point, processes, rows, speedup_by_task, swept
from study.sections.capacity import capacity_of
from study.sections.ways import way_look
from study.table import paired
from study.things.backends import POOL
from study.things.kernels import SPIN
from study.things.variants import MADE, PLAIN
from study.units import count, seconds, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from study.evidence import CellData
    from study.findings import Estimate

RECORD = Record(
    order=311,
    name="Job length",
    title="How long must a job be?",
    reader="From which length of job on does a pool pay, running or made for it?",
)
_HOW = (
    "The length of a job is what one worker has of it, measured by the plain loop in the same rounds. Break-even is where the"
    " job takes as long as the plain loop: max(c, o + s·w) over the lengths where that fits, else a straight line between two;"
    " bootstrap over rounds."
)
_WHAT_IS_ADDED = "The difference at the shortest job, where there is next to nothing to share."
_BEGINNING = "a pool made for the job"
RUNNING = "a running pool"


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Speedup over the length of the job, where it breaks even, and what making the pool adds."""
    several, loops = _courses(evidence)
    return (
        *_speedups(evidence, several, loops),
        *_break_even(evidence, several, loops),
        *_added(evidence, several),
    )


def break_even(evidence: Evidence) -> tuple[Panel, ...]:
    """Where a job of each pool breaks even, alone: others ask for it too."""
    return _break_even(evidence, *_courses(evidence))


def _courses(evidence: Evidence) -> tuple[dict[str, list[CellData]], dict[int, CellData]]:
    """Jobs by their pool, the shortest first; the plain loop by the length of a task."""
    loops = {
        data.cell.spins: data for data in evidence.find("map", kernel=SPIN.name, spins=ANY, tasks=TASKS_PER_WORKER)
    }
    jobs = evidence.find(
        "map",
        kernel=SPIN.name,
        backend=POOL.name,
        start_method=ANY,
        workers=evidence.usable_cpus,
        spins=lambda spins: spins in loops,
        tasks=ANY,
        variant=(PLAIN.name, MADE.name),
    )
    shares = [data for data in jobs if data.cell.tasks == TASKS_PER_WORKER * data.cell.workers > TASKS_PER_WORKER]
    courses = {
        name: sorted(course, key=lambda data: data.cell.spins) for name, course in grouped(shares, _name).items()
    }
    return {name: course for name, course in courses.items() if len(course) > 1}, loops


def _name(data: CellData) -> str:
    what = _BEGINNING if data.cell.variant == MADE.name else RUNNING
    return f"{what}, {data.cell.start_method}"


def _shares(course: Sequence[CellData], loops: dict[int, CellData]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(Seconds of a worker's share in the plain loop, those of the job), shape (G, L) each, in the rounds that all have."""
    both = aligned([*(loops[data.cell.spins] for data in course), *course])
    share_s, elapsed_s = both[:, : len(course)], both[:, len(course) :]
    return share_s, elapsed_s


def _speedups(evidence: Evidence, courses: dict[str, list[CellData]], loops: dict[int, CellData]) -> tuple[Panel, ...]:
    points, most = [], []
    for name, course in courses.items():
        for data in course:
            loop = loops[data.cell.spins]
            share_s = float(loop.means.mean())
            ratio = speedup_by_task(loop, data)
            points.append(point(data, name, seconds(share_s), x=share_s, estimate=ratio, look=way_look(data)))
        most.append(f"{with_interval(points[-1].estimate)} in {name}")
    capacity = capacity_of(evidence, SPIN.name, evidence.usable_cpus, spins=ANY)
    ceiling = () if capacity is None or capacity.point is None else (_ceiling(capacity.point),)
    longest = max((drawn.x or 0.0 for drawn in points), default=0.0)
    return curves(
        evidence,
        "length-speedup",
        points,
        about="Speedup over the length of the job",
        side_by_side="gains",
        finding=f"Jobs of {seconds(longest)} for each worker: {'; '.join(most[:2])}",
        subtitle="Speedup: tasks a second over those of the plain loop, by the work of one worker, log scale;"
        f" {processes(data for course in courses.values() for data in course)}, higher is better",
        heads=("pool", "work of a worker"),
        y_label="speedup",
        include=(0.0, float(evidence.usable_cpus)),
        references=(Reference(label="plain loop", at=1.0), *ceiling),
        **swept("work of one worker", "s", log=True),
        found=most[2:],
    )


def _ceiling(capacity: float) -> Reference:
    return Reference(label="independent processes", at=capacity)


def _break_even(
    evidence: Evidence, courses: dict[str, list[CellData]], loops: dict[int, CellData]
) -> tuple[Panel, ...]:
    points, told = [], []
    for name, course in courses.items():
        share_s, elapsed_s = _shares(course, loops)
        reached = scaling.metg(share_s, elapsed_s, level=1.0 / course[0].cell.workers)
        if reached.point is None:
            reached = _without(share_s, elapsed_s, course)
        else:
            told.append(f"{name}: from {with_interval(reached)} on")
        points.append(point(course[0], name, estimate=reached, look=way_look(course[0])))
    return rows(
        evidence,
        "length-break-even",
        points,
        about="The length of job from which on a pool is faster than a plain loop",
        side_by_side="gains",
        finding=f"A pool is faster than the plain loop for jobs of so much work a worker: {'; '.join(told[:4])}"
        if told
        else "",
        subtitle="Work of one worker at which the job takes as long as the plain loop, log scale, lower is better",
        heads=("pool",),
        **log_axis("work of one worker"),
        notes=(_HOW,),
    )


def _without(share_s: NDArray[np.float64], elapsed_s: NDArray[np.float64], course: Sequence[CellData]) -> Estimate:
    """The reason in words of jobs."""
    slower = course[0].cell.workers * share_s[:, -1].mean() < elapsed_s[:, -1].mean()
    length = "longest" if slower else "shortest"
    return absent("s", f"{'slower' if slower else 'faster'} than the plain loop at the {length} job measured too")


def _added(evidence: Evidence, courses: dict[str, list[CellData]]) -> tuple[Panel, ...]:
    """What a pool that is made for the job adds to one that runs already."""
    running = next((course for course in courses.values() if course[0].cell.variant != MADE.name), None)
    points = []
    for course in courses.values():
        if (
            running is not None
            and course[0].cell.variant == MADE.name
            and course[0].cell.spins == running[0].cell.spins
        ):
            added = stats.difference_paired(*paired(course[0], running[0]), "s")
            points.append(point(course[0], course[0].cell.start_method, estimate=added))
    told = [f"{with_interval(drawn.estimate)} under {drawn.names[0]}" for drawn in points]
    return rows(
        evidence,
        "length-added",
        points,
        about="What making a pool for the job, and ending it, adds",
        side_by_side="costs",
        finding=f"Making a pool of {count(evidence.usable_cpus)} for the job, and ending it, adds {', '.join(told)}",
        subtitle="Average time of the job in a pool made for it minus that in a running one, log scale, lower is better",
        heads=("start method",),
        **log_axis("time added"),
        notes=(_WHAT_IS_ADDED,),
    )
