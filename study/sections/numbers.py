"""Numbers to remember: one table of what things cost here, each with its interval and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from study.blocks import Item, Prose, Table
from study.evidence import ANY
from study.names import cell_name
from study.reports import Record, Section
from study.sections.build import average_of
from study.sections.frame import panel_of
from study.sections.questions import grain, memory
from study.sections.questions.q1_words import at_all_cpus
from study.sections.tables import row
from study.sections.ways import ANY_JOB, METHODS, way_name
from study.things import KERNELS, START_METHODS
from study.things.backends import POOL, PROCESS_EXECUTOR, PROCESSES, THREADS
from study.things.kernels import FANNKUCH
from study.things.variants import FIRST_OF_ALL
from study.units import counted, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from study.blocks import Block, PanelPoint
    from study.evidence import CellData, Evidence, Study
    from study.findings import Estimate

RECORD = Record(order=95, name="Numbers", title="Numbers to remember", part="Answers")
_SENT_BYTES = (64, 1 << 20)
"""A message so short that its size does not matter, and a large one."""
_FURTHER = "each further worker"
"""As the figure of the memory of workers calls it."""
_HALF = "length of a task at which half of the workers' time is work"
_MOST_WORKERS = 3
"""Ways to have workers whose memory is told."""


class Number(NamedTuple):
    """One row: what it is the number of, the number, the section that it comes from, and the cell in words ('' for several)."""

    what: str
    estimate: Estimate
    place: str
    whence: str


def section(study: Study) -> Section:
    """Of the first interpreter of the run that the report is about."""
    run = study.subject
    evidence = run.of(run.targets[0])
    found: list[Number] = []
    for part in _parts(evidence):
        with study.left_out.apart("some of the numbers to remember"):
            found += _known(part(evidence))
    why = evidence.left_open("costs")
    left = f"What speaks of things side by side is left out: {why}." if why and found else ""
    table = Table(
        id="numbers-table",
        label=RECORD.title,
        caption="",
        heads=(("What", "text"), ("Average of this sitting", "num"), ("Measured as", "wide")),
        rows=tuple(
            row(number.what, number.estimate, Item(value=number.whence, href=f"#{number.place}")) for number in found
        ),
        empty="None of them was measured in this run.",
    )
    blocks: tuple[Block, ...] = (table, Prose(text=left, kind="small")) if left else (table,)
    return Section(id="numbers", name=RECORD.name, title=RECORD.title, blocks=blocks, brief=True)


def numbers(evidence: Evidence) -> tuple[Number, ...]:
    """All that were measured and may be told."""
    return tuple(number for part in _parts(evidence) for number in _known(part(evidence)))


def _parts(evidence: Evidence) -> tuple[Callable[[Evidence], Iterator[Number]], ...]:
    """What one process at a time costs, what things cost side by side, and gains: the last two where load lets them be told."""
    return (
        _lives,
        _messages,
        _memory,
        *(() if evidence.left_open("costs") else (_tasks, _pools, _grain)),
        *(() if evidence.left_open("gains") else (_gains,)),
    )


def _known(found: Iterable[Number]) -> list[Number]:
    return [number for number in found if number.estimate.point is not None]


def _of(what: str, data: CellData | None, place: str, per: float = 1.0) -> Iterator[Number]:
    """The average of a cell, or of one of so many parts of it; nothing where it was not measured."""
    if data is not None:
        yield Number(what, average_of(data, per=per), place, cell_name(data.cell))


def _lives(evidence: Evidence) -> Iterator[Number]:
    whole = "started and joined"
    yield from _of(f"a thread, {whole}", evidence.one("process_lifecycle", backend=THREADS.name, part="join"), "q3")
    for method in START_METHODS:
        same: dict[str, Any] = {"backend": PROCESSES.name, "start_method": method}
        data = evidence.one("process_lifecycle", part="join", **same)
        yield from _of(f"a process, {method}, {whole}", data, "q3")
        if START_METHODS[method].has_server:
            first = evidence.one("program_lifecycle", **same, part="join", variant=FIRST_OF_ALL.name)
            yield from _of("the same, the first of a program: its server starts too", first, "start")


def _messages(evidence: Evidence) -> Iterator[Number]:
    for sent in _SENT_BYTES:
        same: dict[str, Any] = {"payload_bytes": sent}
        for backend, who in (
            (THREADS, "threads, a reference"),
            (PROCESSES, "processes, over pipes"),
        ):
            data = evidence.one("ping_pong", backend=backend.name, start_method=METHODS, **same)
            yield from _of(f"a round trip of {size(sent)} between {who}", data, "q2")


def _memory(evidence: Evidence) -> Iterator[Number]:
    """A program with a worker for each CPU, and what a further one adds, as the figure of the memory of workers has it."""
    for method in START_METHODS:
        same: dict[str, Any] = {"backend": POOL.name, "start_method": method, "workers": evidence.usable_cpus}
        tree = evidence.one("memory", **same, part="pss")
        workers = counted(evidence.usable_cpus, "worker")
        yield from _of(f"memory of a bare program with a Pool of {workers}, {method}", tree, "memory")
    shown = panel_of(evidence, memory.panels, "memory-growth")
    further: list[PanelPoint] = [] if shown is None else [drawn for drawn in shown.points if _FURTHER in drawn.names]
    for drawn in further[:_MOST_WORKERS]:
        yield Number(
            f"memory of a further worker, {drawn.names[0]}",
            drawn.estimate,
            "memory",
            "the slope of a line through the memory of 1, 2 and more workers",
        )


def _tasks(evidence: Evidence) -> Iterator[Number]:
    """What handing out one task costs: through pools one by one and in their own chunks, and with a process of its own."""
    same: dict[str, Any] = {"start_method": METHODS, "workers": ANY, "tasks": ANY}
    for backend in (POOL, PROCESS_EXECUTOR):
        for chunksize, how in ((1, "one a message"), (0, "in its own chunks")):
            found = evidence.find("map", question="Q4", backend=backend.name, chunksize=chunksize, **same)
            if not found or (not chunksize and not backend.chunks_itself):
                continue
            data = max(found, key=lambda job: job.cell.tasks)
            yield from _of(
                f"a task that does nothing through a running {backend.look.label}, {how}",
                data,
                "q4",
                per=data.cell.tasks,
            )
    alone = evidence.one("process_per_task", question="Q4", backend=PROCESSES.name, **same)
    yield from _of(
        "a task that does nothing with a process of its own",
        alone,
        "q4",
        per=1.0 if alone is None else alone.cell.tasks,
    )


def _pools(evidence: Evidence) -> Iterator[Number]:
    """A pool that is made for five squares, by start method, and the squares without it."""
    for data in _first_of_each_method(evidence.find("pool_lifecycle", question="Q5", part="total", **ANY_JOB)):
        yield from _of(f"a {way_name(data)}, made, used once, and closed", data, "q5")


def _first_of_each_method(cells: Iterable[CellData]) -> list[CellData]:
    found: dict[str, CellData] = {}
    for data in cells:
        if data.cell.backend == POOL.name:
            found.setdefault(data.cell.start_method, data)
    return [found[method] for method in START_METHODS if method in found]


def _grain(evidence: Evidence) -> Iterator[Number]:
    """The shortest task of which a pool's workers spend half of their time on work: of the way that needs least."""
    shown = panel_of(evidence, grain.panels, "grain-metg")
    known = [] if shown is None else [drawn for drawn in shown.points if drawn.estimate.point is not None]
    if known:
        least = min(known, key=lambda drawn: drawn.estimate.point or 0.0)
        yield Number(_HALF, least.estimate, "grain", least.names[0])


def _gains(evidence: Evidence) -> Iterator[Number]:
    """Speedups on all CPUs: of CPU-heavy Python in processes and in threads."""
    for backend, who in ((POOL, "process"), (THREADS, "thread")):
        gain = at_all_cpus(evidence, backend, FANNKUCH.name)
        if gain is not None:
            workers = counted(gain.workers, who, "processes" if who == "process" else "")
            words = f"CPU-heavy Python ({KERNELS[gain.kernel].words}) on {workers}, beside the plain loop"
            yield Number(words, gain.speedup, "q1", cell_name(gain.job.cell))
