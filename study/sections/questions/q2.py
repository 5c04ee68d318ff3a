"""Q2: what a thread and a process cost to start and to talk to, and whether two threads compute at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import PanelPoint, Record, Reference
from study.evidence import ANY
from study.evidence.summaries import cpus_busy
from study.sections import claims
from study.sections.build import average_of, point, rows
from study.things import BACKENDS, KERNELS
from study.things.backends import PROCESSES, THREADS
from study.units import counted, size, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Panel
    from study.evidence import Evidence
    from study.table import CellData

RECORD = Record(
    order=202,
    name="Q2",
    title="How do multiprocessing and multithreading differ?",
    reader="Threads or processes?",
    always=True,
)
_FEW = 3
"""Kernels that a title names where no statement is about any."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """The same act by a thread and by a process; and how many CPUs the threads of one process kept busy."""
    return *_costs(evidence), *_busy(evidence)


def _costs(evidence: Evidence) -> tuple[Panel, ...]:
    """The same act by a thread and by a process, side by side on one log axis."""
    lives = evidence.find(
        "process_lifecycle",
        question="Q3",
        part="join",
        backend=lambda name: BACKENDS[name].kind in {"thread", "process"},
        start_method=ANY,
    )
    messages = evidence.find("ping_pong", question=RECORD.name, backend=ANY, start_method=ANY, payload_bytes=ANY)
    acts = {"from start to end of join": lives}
    for data in sorted(messages, key=lambda data: data.cell.payload_bytes):
        acts.setdefault(f"{size(data.cell.payload_bytes)} there and back", []).append(data)
    acts = {act: sorted(cells, key=_threads_first) for act, cells in acts.items() if cells}
    return rows(
        evidence,
        "q2-costs",
        [point(data, (act, _whom(data)), series=act) for act, cells in acts.items() for data in cells],
        about="A thread and a process: to start, and to send a message there and back",
        finding=lambda: _dearer(evidence, acts),
        side_by_side="nothing",
        subtitle="Average time, log scale, lower is better",
        heads=("act", "by whom"),
        missing="neither the start of a thread or process nor a message was measured",
        y_label="time (log scale)",
        log_y=True,
    )


def _threads_first(data: CellData) -> tuple[bool, str]:
    return BACKENDS[data.cell.backend].kind != "thread", data.cell.text


def _whom(data: CellData) -> str:
    kind, method = BACKENDS[data.cell.backend].kind, data.cell.start_method
    return f"{kind}, {method}" if method else kind


def _dearer(evidence: Evidence, acts: dict[str, list[CellData]]) -> str:
    """How many times as much the process takes where a statement says so, else both times of the first act."""
    wanted = {THREADS.name, PROCESSES.name}
    both = {act: cells for act, cells in acts.items() if wanted <= {data.cell.backend for data in cells}}
    ratios = [ratio for act, cells in both.items() if (ratio := _ratio(evidence, act, cells))]
    if ratios:
        return f"A process against a thread: {'; '.join(ratios)}"
    for act, cells in both.items():
        costs = [
            with_interval(average_of(next(data for data in cells if data.cell.backend == name)), reason=False)
            for name in (THREADS.name, PROCESSES.name)
        ]
        return f"{act[:1].upper()}{act[1:]}: a thread takes {costs[0]}, a process {costs[1]}"
    return ""


def _ratio(evidence: Evidence, act: str, cells: Sequence[CellData]) -> str:
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
    threaded = evidence.find(
        "map",
        question=("Q1", RECORD.name),
        kernel=ANY,
        backend=THREADS.name,
        workers=lambda workers: workers > 1,
        tasks=ANY,
    )
    busy = [
        (data, share)
        for data in sorted(threaded, key=lambda data: (data.cell.workers, list(KERNELS).index(data.cell.kernel)))
        if (share := cpus_busy(data)) is not None
    ]
    return rows(
        evidence,
        "q2-busy",
        [
            PanelPoint(
                names=(_threads(data), data.cell.kernel), look=THREADS.look, estimate=share, series=_threads(data)
            )
            for data, share in busy
        ],
        about="CPU time that threads used per second of elapsed time",
        finding=lambda: _kept_busy(evidence, [data for data, _ in busy]),
        side_by_side="gains",
        subtitle="CPU time ÷ elapsed time",
        heads=("threads", "kernel"),
        missing="CPU time of threads was not recorded",
        y_label="CPU time ÷ elapsed time",
        include=(0.0, float(evidence.usable_cpus)),
        references=(Reference(label="one CPU", at=1.0),),
    )


def _threads(data: CellData) -> str:
    return counted(data.cell.workers, "thread")


def _kept_busy(evidence: Evidence, cells: Sequence[CellData]) -> str:
    """Of the fewest threads: the kernels that statements are about, else the first."""
    claimed = {
        text for verdict in claims.verdicts(evidence.run) if verdict.average.unit == "count" for text in verdict.cells
    }
    fewest = [data for data in cells if data.cell.workers == cells[0].cell.workers]
    told = [data for data in fewest if data.cell.text in claimed] or fewest[:_FEW]
    seen = ", ".join(
        f"{data.cell.kernel} {with_interval(share, reason=False)}" for data in told if (share := cpus_busy(data))
    )
    return f"CPUs kept busy by {_threads(cells[0])}: {seen}"
