"""Figures for a wall with time on their axis: turns for the lock, a process's life beside its parent's, a pool's life."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from study import stats
from study.evidence import ANY
from study.evidence.summaries import cpus_busy
from study.forms import Bar, Piece, WallBars
from study.identity import interpreter
from study.sections.first_figures import life_to_scale
from study.sections.questions import q5_life
from study.sections.said import joined
from study.sections.together import ran_together
from study.sections.wall.source import place_of, source_of
from study.sections.ways import ANY_JOB, METHODS, kind_of, longest
from study.things import BACKENDS, KERNELS
from study.things.backends import POOL, THREADS
from study.things.kernels import FANNKUCH, SHA256_8MIB
from study.things.variants import PLAIN
from study.things.waiting import IO_LATENCY
from study.units import brief, count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.evidence import CellData, Evidence
    from study.findings import Estimate
    from study.forms import Act, Lane, Pile
    from study.things import Backend

_TURNS = 6
"""So many turns are drawn."""
_SLIVER = 0.02
"""Of a turn: what is left of one at either end and is shorter looks like a fault of the drawing."""
_NOTHING = 1e-9
"""Of the axis: what is shorter is no wait, but how numbers are rounded."""
_MOST_WORKERS = 3
"""Lanes of one job: three jobs and their headings have twelve rows."""


_JOBS = ((THREADS, FANNKUCH.name), (THREADS, SHA256_8MIB.name), (POOL, FANNKUCH.name))
_WITH_LOCK = ("Python code, one lock for all", "C code that releases the lock", "Python code, a lock for each")
_WITHOUT = ("Python code, no lock", "C code, no lock", "Python code, no lock")
"""How they go about it, with the GIL and without."""


class _Job(NamedTuple):
    """Workers that do the same, and how many CPUs they kept busy."""

    data: CellData
    busy: Estimate
    how: str

    @property
    def is_thread(self) -> bool:
        """Whether they are threads of one process."""
        return kind_of(self.data) == "thread"

    @property
    def who(self) -> str:
        """`2 threads`, `2 processes`."""
        workers = self.data.cell.workers
        return counted(workers, "thread") if self.is_thread else counted(workers, "process", "processes")

    @property
    def work(self) -> str:
        """What they do."""
        return KERNELS[self.data.cell.kernel].words


def turns(evidence: Evidence) -> WallBars | None:
    """Who runs when, drawn from two measured numbers: CPUs kept busy, and how long a waiting thread is kept waiting."""
    turn = _turn(evidence)
    jobs = [
        job
        for (backend, kernel), how in zip(_JOBS, _WITH_LOCK if _has_lock(evidence) else _WITHOUT, strict=True)
        if (job := _job(evidence, backend, kernel, how)) is not None
    ]
    if turn is None or turn.point is None or not jobs or evidence.left_open("gains"):
        return None
    length_s = turn.point
    told = [
        f"{job.who} ({job.work}){'' if number else ' keep'} {brief(job.busy)}{'' if number else ' busy'}"
        for number, job in enumerate(jobs)
    ]
    return WallBars(
        id="wall-lock",
        title=joined(told),
        caption=(
            "Drawn, not seen: a worker's blocks fill its lane so that the CPUs busy are those that were measured, and one"
            f" turn is drawn {with_interval(turn, reason=False)} long: so long a thread waits for the interpreter beside one that"
            " computes. Which worker runs at which moment was not recorded."
        ),
        bars=tuple(bar for job in jobs for bar in _lanes(job, length_s)),
        source=f"turns of {brief(turn)}, as long as a thread was kept waiting; CPUs busy and this wait are measured:"
        f" {place_of(evidence)}",
        modelled=True,
        x_label="time",
        x_unit="s",
    )


def _has_lock(evidence: Evidence) -> bool:
    """Whether this interpreter has the GIL, as those have that do not tell."""
    return interpreter(
        next(record.facts for record in evidence.run.manifest.targets if record.name == evidence.target)
    ).gil


def _turn(evidence: Evidence) -> Estimate | None:
    """How long half of the bytes are kept from a thread that waits for them, beside one thread that computes in Python."""
    cells = evidence.find(IO_LATENCY.name, kernel=FANNKUCH.name, backend=ANY, workers=1, variant=PLAIN.name)
    beside = next((data for data in cells if kind_of(data) == "thread"), None)
    return None if beside is None else stats.event_quantiles(beside.values, "s").get("p50")


def _job(evidence: Evidence, backend: Backend, kernel: str, how: str) -> _Job | None:
    """With the fewest workers that are several."""
    wanted = {**ANY_JOB, "kernel": kernel, "backend": backend.name, "start_method": METHODS}
    cells = longest(evidence.find("map", **{**wanted, "workers": lambda workers: 1 < workers <= _MOST_WORKERS}))
    for data in sorted(cells, key=lambda data: data.cell.workers):
        busy = cpus_busy(data)
        if busy is not None and busy.point is not None:
            return _Job(data, busy, how)
    return None


def _lanes(job: _Job, length_s: float) -> Iterator[Bar]:
    """A lane for each worker: it works for its share of a time in which each has one turn, and waits for the rest."""
    workers = job.data.cell.workers
    around_s = workers * length_s
    works_s = around_s * min((job.busy.point or 0.0) / workers, 1.0)
    end_s = _TURNS * length_s
    kind = "thread" if job.is_thread else "process"
    for number in range(workers):
        begins = [number * length_s + turn * around_s for turn in range(-1, _TURNS)]
        blocks = [(max(begin, 0.0), min(begin + works_s, end_s)) for begin in begins]
        blocks = [(begin, end) for begin, end in blocks if end - begin > _SLIVER * works_s]
        if ran_together(job.data):  # no turns: gaps in between would look like some
            blocks = [(0.0, works_s / around_s * end_s)]
        gaps = itertools.pairwise((0.0, *itertools.chain.from_iterable(blocks), end_s))
        waits = [gap for place, gap in enumerate(gaps) if place % 2 == 0 and gap[1] - gap[0] > _NOTHING * end_s]
        yield Bar(
            name=f"{kind} {number + 1}",
            look=BACKENDS[job.data.cell.backend].look,
            group=f"{job.who}, {job.work}: {job.how}",
            pieces=(
                *(Piece(doing="works", begin=begin, end=end) for begin, end in blocks),
                *(Piece(doing="waits", begin=begin, end=end) for begin, end in waits),
            ),
            whole=None if number else job.busy,
            said=f"CPUs busy, all {count(workers)} together",
        )


def life(evidence: Evidence) -> WallBars | None:
    """Parent and child beside each other, from the call of start() to the end of join()."""
    drawn = life_to_scale(evidence, identity="wall-life")
    if drawn.reason:
        return None
    return WallBars(
        id=drawn.id,
        title=drawn.title,
        caption=(
            "From the call of start() on, to scale. Upper bar: the parent, until start() is back, then a line while it waits"
            " in join(). Lower bar: the child or the thread, hatched until its first instruction. The three moments were"
            " measured apart."
        ),
        bars=tuple(bar for act in drawn.acts for bar in _beside(act)),
        source=source_of(evidence, [act.whole for act in drawn.acts]),
        x_label="time since the call of start()",
        x_unit="s",
    )


def _beside(act: Act) -> Iterator[Bar]:
    """Both lanes of a life; the end of the whole is the number of the first."""
    for number, lane in enumerate(act.lanes):
        yield Bar(
            name=f"{act.name}: {lane.who}" if lane.who != act.name else act.name,
            look=act.look,
            pieces=tuple(_stretches(lane)),
            whole=None if number else act.whole,
        )


def _stretches(lane: Lane) -> Iterator[Piece]:
    """What has ended by the end of the whole needs no number of its own."""
    begin = 0.0
    *_, last = lane.stretches
    for stretch in lane.stretches:
        if stretch.until.point is not None and stretch.until.point >= begin:
            end, own = stretch.until.point, stretch is not last
            label = stretch.label if own else ""
            yield Piece(doing=stretch.doing, begin=begin, end=end, label=label, size=stretch.until if own else None)
            begin = end


def pool(evidence: Evidence) -> WallBars | None:
    """A pool's life for five squares: made, its first map, closed."""
    drawn = q5_life.to_scale(evidence)
    if drawn is None:
        return None
    return WallBars(
        id="wall-pool",
        title=drawn.title,
        caption=drawn.caption,
        bars=tuple(map(_pile, drawn.piles)),
        source=source_of(evidence, [pile.whole for pile in drawn.piles]),
        x_label="time from nothing to the end of join()",
        x_unit="s",
    )


def _pile(pile: Pile) -> Bar:
    ends = list(itertools.accumulate(part.size.point or 0.0 for part in pile.parts))
    last = len(ends) - 1
    parts = tuple(
        Piece(
            doing="works",
            begin=end - (part.size.point or 0.0),
            end=end,
            label=part.label,
            size=part.size,
            pale=number != last,
        )
        for number, (part, end) in enumerate(zip(pile.parts, ends, strict=True))
    )
    alone = (Piece(doing="works", begin=0.0, end=pile.whole.point or 0.0),)
    return Bar(name=pile.name, look=pile.look, pieces=parts or alone, whole=pile.whole)
