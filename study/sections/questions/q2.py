"""Q2: what a thread and a process cost to start and to talk to, and whether two threads compute at the same time."""

from __future__ import annotations

from study.blocks import Panel, Reference
from study.evidence import ANY, CellData, Evidence
from study.evidence.summaries import cpus_busy
from study.reports import Record
from study.sections import claims
from study.sections.build import average_text, first, grouped, log_axis, point, rows
from study.sections.control import control_sentence
from study.sections.ways import ANY_JOB, ANYONE, kind_of, work_name
from study.things import KERNELS
from study.things.backends import PROCESSES, THREADS
from study.units import counted, size, with_interval

RECORD = Record(
    order=202,
    name="Q2",
    title="How do multiprocessing and multithreading differ?",
    reader="Threads or processes?",
    always=True,
    part="Answers",
)
_FEW = 3
"""Kernels that a title names where no statement is about any."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """The same act by a thread and by a process; and how many CPUs the threads of one process kept busy."""
    return *_costs(evidence), *_busy(evidence)


def _costs(evidence: Evidence) -> tuple[Panel, ...]:
    """The same act by a thread and by a process, side by side on one log axis."""
    lives = evidence.find("process_lifecycle", question="Q3", part="join", **ANYONE)
    messages = evidence.find("ping_pong", question=RECORD.name, **ANYONE, payload_bytes=ANY)
    messages.sort(key=lambda data: (data.cell.payload_bytes, *_threads_first(data)))
    lives = [data for data in lives if kind_of(data) in {"thread", "process"}]
    acts = {"from start to end of join": sorted(lives, key=_threads_first)}
    acts |= grouped(messages, lambda data: f"{size(data.cell.payload_bytes)} there and back")
    return rows(
        evidence,
        "q2-costs",
        [point(data, act, _whom(data)) for act, cells in acts.items() for data in cells],
        about="A thread and a process: to start, and to send a message there and back",
        finding=lambda: _dearer(evidence, acts),
        side_by_side="nothing",
        subtitle="Average time, log scale, lower is better",
        heads=("act", "by whom"),
        missing="neither the start of a thread or process nor a message was measured",
        **log_axis("time"),
    )


def _threads_first(data: CellData) -> tuple[bool, str]:
    return kind_of(data) != "thread", data.cell.text


def _whom(data: CellData) -> str:
    return ", ".join(filter(None, (kind_of(data), data.cell.start_method)))


def _dearer(evidence: Evidence, acts: dict[str, list[CellData]]) -> str:
    """How many times as much the process takes where a statement says so, else both times of the first act."""
    pairs = {
        act: [first(cells, backend=backend.name) for backend in (THREADS, PROCESSES)] for act, cells in acts.items()
    }
    both = {act: pair for act, pair in pairs.items() if all(pair)}
    ratios = [ratio for act in both if (ratio := _ratio(evidence, act, acts[act]))]
    if ratios:
        return f"A process against a thread: {'; '.join(ratios)}"
    for act, pair in both.items():
        thread, process = (average_text(data, reason=False) for data in pair if data)
        return f"{act[:1].upper()}{act[1:]}: a thread takes {thread}, a process {process}"
    return ""


def _ratio(evidence: Evidence, act: str, cells: list[CellData]) -> str:
    """The ratio of a statement on two of these cells, or ''."""
    texts = {data.cell.text for data in cells}
    return next(
        (
            f"{with_interval(verdict.average)} {act}"
            for verdict in claims.verdicts(evidence.run)
            if verdict.target == evidence.target
            and verdict.average.unit == "ratio"
            and verdict.average.point is not None
            and len(verdict.cells) == 2
            and set(verdict.cells) <= texts
        ),
        "",
    )


def _busy(evidence: Evidence) -> tuple[Panel, ...]:
    """CPU time over elapsed time, by number of threads and kernel."""
    several = {**ANY_JOB, "backend": THREADS.name, "start_method": "", "workers": lambda workers: workers > 1}
    threaded = evidence.find("map", question=("Q1", RECORD.name), **several)
    threaded.sort(key=lambda data: (data.cell.workers, list(KERNELS).index(data.cell.kernel)))
    busy = [(data, share) for data in threaded if (share := cpus_busy(data)) is not None]
    return rows(
        evidence,
        "q2-busy",
        [point(data, _threads(data), work_name(data), look=THREADS.look, estimate=share) for data, share in busy],
        about="CPU time that threads used per second of elapsed time",
        finding=lambda: _kept_busy(evidence, [data for data, _ in busy]),
        side_by_side="gains",
        subtitle="CPU time ÷ elapsed time",
        heads=("threads", "kernel"),
        missing="CPU time of threads was not recorded",
        y_label="CPU time ÷ elapsed time",
        include=(0.0, float(evidence.usable_cpus)),
        references=(Reference(label="one CPU", at=1.0),),
        found=tuple(filter(None, (control_sentence(evidence),))),
    )


def _threads(data: CellData) -> str:
    return counted(data.cell.workers, "thread")


def _kept_busy(evidence: Evidence, cells: list[CellData]) -> str:
    """Of the fewest threads: the kernels that statements are about, else the first."""
    claimed = {
        text for verdict in claims.verdicts(evidence.run) if verdict.average.unit == "CPU" for text in verdict.cells
    }
    fewest = [data for data in cells if data.cell.workers == cells[0].cell.workers]
    told = [data for data in fewest if data.cell.text in claimed] or fewest[:_FEW]
    seen = ", ".join(
        f"{work_name(data)} {with_interval(share, reason=False)}" for data in told if (share := cpus_busy(data))
    )
    return f"CPUs kept busy by {_threads(cells[0])}: {seen}"
