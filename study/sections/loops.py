"""Twelve worked loops: which way was fastest of those measured for a loop like it, by how much, or that none was measured.

Nothing is computed between what was measured: a loop is answered by a job of the same kind whose tasks are about as long and
carry about as many bytes, and which has no more tasks. More tasks of that length only make what is paid once matter less. Of
several such jobs the nearest answers, and of it the best way: the best of all would be the luckiest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from study.blocks import Item, Prose, Table
from study.evidence import ANY
from study.names import cell_name, chunks_name, who
from study.reports import Record, Section
from study.screens import Loop
from study.sections.build import speedup_by_task
from study.sections.foreteller import foreteller_of
from study.sections.left_to_say import at_once
from study.sections.replies import apart
from study.sections.said import beside, sentences
from study.sections.tables import row
from study.sections.ways import ANY_JOB
from study.table import per_task
from study.things import BACKENDS, KERNELS
from study.things.carrying import PAYLOAD_MAP
from study.things.patterns import MAP
from study.things.variants import MADE, PLAIN
from study.units import counted, seconds, size, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.cell import Cell
    from study.evidence import CellData, Evidence, Study
    from study.findings import Estimate

RECORD = Record(order=90, name="Loops", title="Twelve worked loops", part="Your loop")
_ABOUT = "Which loops gain from several workers"
_NOT_REACHED = "no job like it was measured"
_LOOP_IS_BEST = "the plain loop"
NEAR = 2.0
"""Of a length, or of bytes: so many times as much, or as little, is about as much. So many times as many tasks are too many."""
FEWEST = 0.01
"""Of the items: a job of fewer is another job."""
Kind = Literal[
    "Python code that computes",
    "C code that releases the GIL (much of NumPy)",
    "waiting",
    "nothing but its data",
    "C code that may keep the GIL",
]
"""What a task of a loop does."""
NEITHER: Kind = "C code that may keep the GIL"
"""Of which no loop is asked: what other packages do in C, and nobody said that threads can do at once."""


class Asked(NamedTuple):
    """A loop that a reader may have: so many items, how long each takes, what is sent with each, and what it does."""

    items: int
    length_s: float
    sent_bytes: int
    kind: Kind
    returned_bytes: int = 0


class Worked(NamedTuple):
    """A loop with the job like it in its fastest way, the plain loop beside it, the gain, and whether it is one.

    `job` is None where none was measured; `foretold` is then what the model says, '' where it says nothing. `more` is what was
    found of more workers elsewhere.
    """

    asked: Asked
    job: CellData | None = None
    gain: Estimate | None = None
    gains: bool = False
    foretold: str = ""
    more: str = ""

    @property
    def loses(self) -> bool:
        """Whether the plain loop is sooner, with the whole interval."""
        return self.gain is not None and self.gain.high is not None and self.gain.high < 1.0


LOOPS = (
    Asked(1_000, 1e-6, 0, "Python code that computes"),
    Asked(1_000, 1e-5, 0, "Python code that computes"),
    Asked(1_000, 1e-4, 0, "Python code that computes"),
    Asked(1_000, 1e-3, 0, "Python code that computes"),
    Asked(1_000, 5e-3, 0, "Python code that computes"),
    Asked(100, 2e-2, 0, "Python code that computes"),
    Asked(10, 1e-1, 0, "Python code that computes"),
    Asked(1_000, 5e-3, 0, "C code that releases the GIL (much of NumPy)"),
    Asked(1_000, 1e-2, 0, "waiting"),
    Asked(40, 0.0, 1 << 16, "nothing but its data"),
    Asked(40, 0.0, 1 << 20, "nothing but its data"),
    Asked(10_000, 2e-3, 48 << 10, "Python code that computes"),
)
"""Questions, no findings: from the shortest items to long ones, of every kind, with bytes and without."""


def section(study: Study) -> Section:
    """Of the first interpreter of the run that the report is about."""
    run = study.subject
    evidence = run.of(run.targets[0])
    if why := evidence.left_open("gains"):
        told = f"{_ABOUT} is left open: {why}"
        blocks = (Prose(text="No loop is answered.", kind="empty"),)
        return Section(id="loops", name=RECORD.name, title=RECORD.title, blocks=blocks, answer=told)
    jobs = list(measured_jobs(evidence))
    worked = [_foretold(evidence, _of_more(evidence, jobs, worked_of(evidence, jobs, asked))) for asked in LOOPS]
    return Section(id="loops", name=RECORD.name, title=RECORD.title, blocks=(_table(worked),), answer=_counted(worked))


def worked_of(evidence: Evidence, jobs: Sequence[tuple[CellData, CellData]], asked: Asked) -> Worked:
    """Of the jobs like it the nearest one's fastest way, by averages; whether it gains is decided of that one alone.

    The nearest of each kind of worker, since many jobs were given to threads alone, or to processes.
    """
    like = [(loop, job) for loop, job in jobs if _is_like(asked, loop, job)]
    if not like:
        return Worked(asked)
    nearest: dict[str, tuple[CellData, CellData]] = {}
    for pair in sorted(like, key=lambda pair: _distance(asked, *pair)):
        nearest.setdefault(_worker(pair[1]), pair)
    same = [pair for pair in like if event(pair[1].cell) == event(nearest[_worker(pair[1])][1].cell)]
    loop, job = max(same, key=lambda pair: mean_of_task(pair[0]) / mean_of_task(pair[1]))
    gains = beside(evidence, per_task(loop), per_task(job)).longer == "supported"
    return Worked(asked, job, speedup_by_task(loop, job), gains)


def _worker(job: CellData) -> str:
    return BACKENDS[job.cell.backend].kind


def _distance(asked: Asked, loop: CellData, job: CellData) -> tuple[float, ...]:
    """How far a job like it lies: by its length, then its bytes, then its number of tasks."""
    cell = job.cell
    length = apart(mean_of_task(loop), asked.length_s) if asked.length_s else 1.0
    carried = max(apart(cell.payload_bytes, asked.sent_bytes), apart(cell.result_bytes, asked.returned_bytes))
    return length, carried, apart(cell.tasks, asked.items)


def _of_more(evidence: Evidence, jobs: Sequence[tuple[CellData, CellData]], found: Worked) -> Worked:
    """Of a loop that waits what more workers than were tried with its job gained on waiting elsewhere."""
    many = at_once(evidence) if found.job is not None and found.gains and found.asked.kind == "waiting" else None
    if many is None or found.job is None:
        return found
    own = event(found.job.cell)
    tried = max(job.cell.workers for _, job in jobs if event(job.cell) == own)
    if many.workers <= tried:
        return found
    return found._replace(more=f"at most {counted(tried, 'worker')} were tried with this job; {many.words}")


def _foretold(evidence: Evidence, found: Worked) -> Worked:
    """What the model says of a loop that no job is like; the first screen says the same."""
    asked = found.asked
    model = None if found.job is not None else foreteller_of(evidence)
    loop = Loop(
        items=asked.items,
        length_s=asked.length_s,
        sent_bytes=asked.sent_bytes,
        returned_bytes=asked.returned_bytes,
        kind=asked.kind,
    )
    said = None if model is None else model.answer(loop)
    if said is None:
        return found
    times = f"{seconds(said.seconds)} instead of {seconds(said.loop_s)}"
    return found._replace(foretold=f"foretold, not measured: {said.who}, {times}")


def mean_of_task(data: CellData) -> float:
    """What one of its tasks takes on average, in seconds."""
    return float(data.means.mean()) / data.cell.tasks


def measured_jobs(evidence: Evidence) -> Iterator[tuple[CellData, CellData]]:
    """Every job that workers shared, behind the plain loop over the same tasks, or over one worker's share of them."""
    every: dict[str, Any] = {**ANY_JOB, "chunksize": ANY, "spins": ANY, "payload_bytes": ANY, "result_bytes": ANY}
    found = evidence.find((MAP.name, PAYLOAD_MAP.name), variant=(PLAIN.name, MADE.name), **every)
    loops: dict[tuple[object, ...], dict[int, CellData]] = {}
    for data in found:
        if BACKENDS[data.cell.backend].kind == "loop":
            loops.setdefault(event(data.cell), {})[data.cell.tasks] = data
    for data in found:
        backend = BACKENDS[data.cell.backend]
        if backend.kind != "loop" and not backend.package:
            loop = _loop_of(data.cell, loops.get(event(data.cell), {}), evidence.usable_cpus)
            if loop is not None:
                yield loop, data


def event(cell: Cell) -> tuple[object, ...]:
    """What one task is, whoever carries it out."""
    return cell.pattern, cell.kernel, cell.spins, cell.payload_bytes, cell.result_bytes


def _loop_of(cell: Cell, loops: Mapping[int, CellData], usable_cpus: int) -> CellData | None:
    """The loop over as many tasks, else over one worker's share."""
    share = max(1, min(cell.workers, usable_cpus))
    return loops.get(cell.tasks) or (loops.get(cell.tasks // share) if cell.tasks % share == 0 else None)


def _is_like(asked: Asked, loop: CellData, job: CellData) -> bool:
    """Whether the job is one of such a loop."""
    return (
        kind_of(job.cell) == asked.kind
        and (not asked.length_s or is_about(mean_of_task(loop), asked.length_s))
        and is_about(job.cell.payload_bytes, asked.sent_bytes)
        and is_about(job.cell.result_bytes, asked.returned_bytes)
        and asked.items * FEWEST <= job.cell.tasks <= asked.items * NEAR
    )


def is_about(measured: float, asked: float) -> bool:
    """Whether a length, or a number of bytes, is about what is asked."""
    return measured == asked or (asked > 0 and asked / NEAR <= measured <= asked * NEAR)


def kind_of(cell: Cell) -> Kind:
    """What a task of the cell does."""
    kernel = KERNELS[cell.kernel]
    if cell.pattern == PAYLOAD_MAP.name or not kernel.works:
        return "nothing but its data"
    if kernel.waits:
        return "waiting"
    if kernel.releases_gil:
        return "C code that releases the GIL (much of NumPy)"
    return NEITHER if kernel.package else "Python code that computes"


def _table(worked: Sequence[Worked]) -> Table:
    return Table(
        id="loops-table",
        label="The loops, and which way was fastest",
        folded=True,
        caption="",
        aside=(3,),
        heads=(
            ("Loop", "text"),
            ("Best way that was measured", "text"),
            ("Workers, times as fast", "num"),
            ("Measured as", "wide"),
        ),
        rows=tuple(_row(found) for found in worked),
        whole=True,
        notes=(
            (
                "Of the measured jobs like it the nearest of threads and of processes in length, in the best way by averages;"
                " others may be as good. No job like it: none of this"
                " kind was measured whose tasks are at most twice as long, and at least half, with as many bytes within the"
                " same bounds, and no more than twice as many."
            ),
        ),
    )


def _row(found: Worked) -> tuple[Item, ...]:
    sent = f", each sent {size(found.asked.sent_bytes)}" if found.asked.sent_bytes else ""
    long = f" of {seconds(found.asked.length_s, 1)}" if found.asked.length_s else ""
    loop = Item(value=f"{counted(found.asked.items, 'item')}{long}{sent}", small=found.asked.kind)
    if found.job is None:
        return row(loop, Item(value=_NOT_REACHED, small=found.foretold), None, "")
    way = Item(value=way_of(found.job.cell), small=found.more)
    if not found.gains:
        way = Item(
            value=_LOOP_IS_BEST, small=f"{way.value} takes longer" if found.loses else f"no clear gain from {way.value}"
        )
    return row(loop, way, found.gain, cell_name(found.job.cell))


def way_of(cell: Cell) -> str:
    """Who does the work, in which chunks, and whether it was made for the job."""
    backend = BACKENDS[cell.backend]
    chunks = chunks_name(cell) if backend.takes_chunksize else ""
    made = MADE.words if cell.variant == MADE.name else ""
    return ", ".join(filter(None, (who(cell), chunks, made)))


def _counted(worked: Sequence[Worked]) -> str:
    """How many gain, how many do not, and how many were not reached."""
    reached = [found for found in worked if found.job is not None]
    gain = sum(found.gains for found in reached)
    rest = len(worked) - len(reached)
    if not reached:
        return "None of these loops is reached by what was measured"
    done = "none is" if not gain else spelled(gain, "is", "are")
    loses = sum(found.loses for found in reached)
    less = len(reached) - gain - loses
    later = f", {spelled(loses, 'is', 'are')} done later" if loses else ""
    unclear = f", {spelled(less, 'is', 'are')} not clearly either" if less else ""
    return sentences(
        (
            f"of {spelled(len(worked), 'loop')} {done} done sooner by several workers{later}{unclear}",
            f"{spelled(rest, 'has', 'have')} no job like {'it' if rest == 1 else 'them'} that was measured"
            if rest
            else "",
        )
    )
