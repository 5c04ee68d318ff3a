"""I/O: many requests and files by the ways to wait for them, and how long a waiting thread is kept from the interpreter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import stats
from study.evidence import ANY, CellData, Evidence
from study.names import who
from study.reports import Record
from study.sections.build import (
    average_text,
    curves,
    ends,
    grouped,
    log_axis,
    place_of,
    point,
    processes,
    ratio_text,
    rows,
    swept,
    told,
)
from study.sections.ways import METHODS, kind_of, way_look, work_name
from study.things.kernels import REQUEST
from study.things.variants import PLAIN
from study.things.waiting import IO_LATENCY, IO_TASKS
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Panel

RECORD = Record(
    order=321,
    name="I/O",
    title="What is right for waiting?",
    reader="Threads, asyncio or processes for requests and files?",
)
_SHARES = {"p50": "half", "p90": "nine of ten", "p99": "99 of 100"}
_NOT_POOLED = (
    "Quantiles are taken inside each process and then averaged; events of different processes are not pooled.",
)
_SAME_MACHINE = (
    "The server is a process of its own on the same machine and answers after 5 ms; files were read before, no disk is"
    " waited for."
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Requests and files by way, requests by their number, and the lateness of a byte."""
    return *_by_way(evidence), *_by_number(evidence), *_late(evidence)


def _jobs(evidence: Evidence) -> list[CellData]:
    job: dict[str, Any] = {"kernel": ANY, "backend": ANY, "start_method": METHODS, "workers": ANY, "tasks": ANY}
    cells = evidence.find(IO_TASKS.name, **job, variant=ANY)
    return sorted(cells, key=lambda data: (work_name(data), data.cell.tasks, place_of(data), data.cell.variant))


def way(data: CellData) -> str:
    """Who waits, and how it is asked to; the variant's words alone where one thread waits for everything."""
    words = IO_TASKS.variants[data.cell.variant].words
    if not words:
        return who(data.cell)
    return f"{words}, one thread" if kind_of(data) == "loop" else f"{words}, {who(data.cell)}"


def _by_way(evidence: Evidence) -> tuple[Panel, ...]:
    """A row for each way, in groups of one job."""
    cells = _jobs(evidence)
    jobs = _by_job(cells)
    sentences = [_quickest(job, *both) for job, ways in _most_first(jobs) if (both := _loop_and_least(ways))]
    return rows(
        evidence,
        "io-ways",
        [point(data, job, way(data), look=way_look(data)) for job, ways in jobs.items() for data in ways],
        about="Many requests and files, by the way they are waited for",
        side_by_side="costs",
        finding=sentences[0] if sentences else "",
        found=[f"{sentence}." for sentence in sentences[1:]],
        subtitle=f"Average time until the last answer, {processes(cells)}, log scale, lower is better",
        heads=("job", "way"),
        **log_axis("time of the job"),
        notes=(_SAME_MACHINE,),
    )


def _by_job(cells: Sequence[CellData]) -> dict[str, list[CellData]]:
    return grouped(cells, lambda data: f"{count(data.cell.tasks)} × {work_name(data)}")


def _most_first(jobs: dict[str, list[CellData]]) -> list[tuple[str, list[CellData]]]:
    """Requests before files, the most at once first."""
    return sorted(jobs.items(), key=lambda job: (job[1][0].cell.kernel != REQUEST.name, -job[1][0].cell.tasks))


def _loop_and_least(ways: Sequence[CellData]) -> tuple[CellData, CellData] | None:
    """One after the other, and the way with the least average; only for jobs that have both."""
    loop = next((data for data in ways if kind_of(data) == "loop" and data.cell.variant == PLAIN.name), None)
    others = [data for data in ways if data is not loop]
    return (loop, min(others, key=lambda data: float(data.means.mean()))) if loop and others else None


def _quickest(job: str, loop: CellData, least: CellData) -> str:
    return f"{job}: {average_text(loop)} one after the other, {average_text(least)}, the least, with {way(least)}"


def quickest(evidence: Evidence) -> tuple[str, CellData, CellData] | None:
    """The first job that has both, in words; one after the other, and the way with the least average."""
    found = ((job, _loop_and_least(ways)) for job, ways in _most_first(_by_job(_jobs(evidence))))
    return next(((job, *both) for job, both in found if both), None)


def _by_number(evidence: Evidence) -> tuple[Panel, ...]:
    """A course for each way over the number of requests."""
    requests = [data for data in _jobs(evidence) if data.cell.kernel == REQUEST.name]
    ways = grouped(requests, way)
    several = {way: cells for way, cells in ways.items() if len(cells) > 1}
    return curves(
        evidence,
        "io-requests",
        [
            point(data, way, count(data.cell.tasks), look=way_look(data), series=way, x=float(data.cell.tasks))
            for way, cells in several.items()
            for data in cells
        ],
        about="Requests at once, by the way they are waited for",
        side_by_side="costs",
        finding=lambda: _growth(several),
        subtitle=f"Average time until the last answer, {processes(requests)}, both axes logarithmic, lower is better",
        heads=("way", "requests"),
        **log_axis("time of all requests"),
        **swept("requests at once", "count", log=True),
        notes=(_SAME_MACHINE,),
    )


def _growth(ways: dict[str, list[CellData]]) -> str:
    """How the time grows from the fewest to the most requests: the way where it grows most, and where least."""
    ends_of = {way: ends(cells, "tasks") for way, cells in ways.items()}
    ranked = sorted(ends_of.items(), key=lambda item: float(item[1][1].means.mean() / item[1][0].means.mean()))
    (least, (few, many)), (most, (steep_few, steep_many)) = ranked[0], ranked[-1]
    return (
        f"From {count(few.cell.tasks)} to {count(many.cell.tasks)} requests the time becomes"
        f" {ratio_text(steep_many, steep_few)} as long with {most}, {ratio_text(many, few)} with {least}"
    )


def _late(evidence: Evidence) -> tuple[Panel, ...]:
    """Quantiles of how late a byte reaches a thread, by what else is computed."""
    cells = evidence.find(IO_LATENCY.name, kernel=ANY, backend=ANY, workers=ANY, variant=ANY)
    cells.sort(key=lambda data: (place_of(data), data.cell.kernel, data.cell.workers, data.cell.variant))
    alone = next((data for data in cells if kind_of(data) == "loop"), None)
    busy = [data for data in cells if kind_of(data) != "loop" and data.cell.variant == PLAIN.name]
    latest = max(busy, key=lambda data: float(data.means.mean()), default=None)
    return rows(
        evidence,
        "io-latency",
        [
            point(
                data,
                _others(data),
                f"{_SHARES[name]} of the bytes",
                label=f"{_SHARES[name]} of the bytes",
                look=way_look(data),
                series=_others(data),
                estimate=estimate,
            )
            for data in cells
            for name, estimate in stats.event_quantiles(data.values, "s").items()
            if name in _SHARES
        ],
        about="How late a byte reaches a thread that waits for it",
        side_by_side="costs",
        finding=told(
            lambda late, alone: (
                f"A byte reaches a waiting thread {average_text(late)} after it was sent beside {_computing(late)},"
                f" {ratio_text(late, alone)} as late as alone ({average_text(alone)})"
            ),
            latest,
            alone,
        ),
        subtitle=f"Quantile of single bytes in each process, averaged over processes, {processes(cells)}, log scale",
        heads=("meanwhile", "quantile"),
        **log_axis("time from sending to going on"),
        notes=_NOT_POOLED,
    )


def _computing(data: CellData) -> str:
    return f"{counted(data.cell.workers, 'thread')} of {work_name(data)}"


def _others(data: CellData) -> str:
    """What else is done meanwhile, and how often threads take turns."""
    doing = "nothing else" if kind_of(data) == "loop" else _computing(data)
    words = IO_LATENCY.variants[data.cell.variant].words
    return f"{doing}, {words}" if words else doing
