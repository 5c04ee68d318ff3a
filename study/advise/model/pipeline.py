"""A way simulated chunk by chunk: the parent's two sides, the pipes, and the workers, sharing the CPUs. Deterministic.

The task side pickles a chunk (in the parent's turn) and puts it: a message that fits is dropped into the pipe, a larger one
needs an idle worker that reads it while it is written. One worker reads at a time, and one writes: both locks are first come,
first served. A worker unpickles, works, waits where its items wait, pickles, and writes its result likewise. The result side
reads one, unpickles it (in the parent's turn), and reads the next. Sources as in the package's docstring.

Who needs a CPU goes on at min(1, CPUs ÷ those who need one). Two sides of the parent share one turn. A message on its way halts
while the parent's other side has the turn: C pickling keeps the GIL to its end. All workers that compute go on alike, so that one
heap by CPU time, and not a list, says who is next: an event costs the logarithm of the workers.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study.advise.model.chunks import chunk_count, sizes_of, works_of
from study.advise.model.figures import ENVELOPE_BYTES, MOST_CHUNKS
from study.advise.model.job import Shares
from study.advise.model.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.advise.model.figures import Figures
    from study.advise.model.job import Job, Way

FEWER_CHUNKS = MOST_CHUNKS // 2
"""Simulated as well where there are more than `MOST_CHUNKS`: from here to there the time grows as it does beyond."""
_AT_REST, _HAS_TURN, _MOVES, _HELD_UP = range(4)
"""What a side of the parent does: nothing is there to do, it pickles or unpickles, a large message is on its way, no room."""
_COLD, _RESTS, _WORKS, _WAITS, _DUMPS, _WRITES, _LAGS = range(7)
"""What a worker does: it begins, has nothing to do, computes, waits, pickles after that, waits to write, or waits for whoever
hands out to be woken."""
_PARENT = -1
"""In the heap of those who wait for a moment: the parent, until it can hand out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What the simulation says of a way.

    Attributes
    ----------
    seconds : from nothing to the end.
    handed_out_s : when the last chunk had left the parent.
    shares : where the seconds go.
    """

    seconds: float
    handed_out_s: float
    shares: Shares


def simulated(job: Job, way: Way, figures: Figures) -> Simulated:
    """A way from its start to its end; of very many chunks the first, and on at the pace that they keep.

    The pace is that of workers which are there already: while others start, the parent fills the pipe, and the first chunks of
    all seem to cost it half.
    """
    chunks = chunk_count(job, way)
    first = _of_first(job, way, figures, min(chunks, MOST_CHUNKS))
    if chunks <= MOST_CHUNKS:
        return first
    there = living(figures)
    fewer = _of_first(job, way, there, FEWER_CHUNKS)
    more = first if there == figures else _of_first(job, way, there, MOST_CHUNKS)
    times = (chunks - MOST_CHUNKS) / (MOST_CHUNKS - FEWER_CHUNKS)
    seconds = first.seconds + (more.seconds - fewer.seconds) * times
    handed_out_s = first.handed_out_s + (more.handed_out_s - fewer.handed_out_s) * times
    parts = [
        max(0.0, part + (most - least) * times)
        for part, least, most in zip(first.shares, fewer.shares, more.shares, strict=True)
    ]
    whole = math.fsum(parts) or 1.0
    return Simulated(
        seconds=seconds,
        handed_out_s=handed_out_s,
        shares=Shares(*(part * seconds / whole for part in parts)),
    )


def living(figures: Figures) -> Figures:
    """The same for workers that are there already and stay."""
    return replace(figures, made_s=0.0, first_s=0.0, each_s=0.0, cold_s=0.0, placement_s=0.0, end_s=0.0)


def _of_first(job: Job, way: Way, figures: Figures, chunks: int) -> Simulated:
    """The first chunks alone, as if there were no more."""
    sizes = sizes_of(job, way, chunks)
    line = _Line(figures, sizes, works_of(job, sizes))
    line.run()
    shares = line.timeline.shares(line.now_s, _of_parent(figures, sizes))
    around_s = figures.placement_s + figures.end_s
    return Simulated(
        seconds=line.now_s + around_s,
        handed_out_s=line.handed_out_s,
        shares=shares._replace(start_s=shares.start_s + around_s),
    )


def _of_parent(figures: Figures, sizes: Sequence[int]) -> tuple[float, float]:
    """Seconds of the parent's side for dispatch and for transport: what an idle worker waits for."""
    carried_s = math.fsum(sizes) * (figures.dump_argument_s + figures.load_result_s)
    moved_s = len(sizes) * (figures.argument_transfer_s + figures.result_transfer_s)
    return len(sizes) * figures.parent_s, carried_s + moved_s


class _Line:
    """The state of one simulation. Chunks and workers are numbers from 0 on."""

    def __init__(self, figures: Figures, sizes: Sequence[int], works: Sequence[float]) -> None:
        self.figures, self.sizes, self.works = figures, sizes, works
        self.now_s = self.cpu_clock_s = self.handed_out_s = 0.0
        self.timeline = Timeline(figures.workers, figures.made_s)
        self.computing: list[tuple[float, int]] = []
        """(reading of the CPU clock at its end, worker): a heap. The clock runs as fast as who computes goes on."""
        self.waiting: list[tuple[float, int]] = [(figures.made_s, _PARENT)]
        """(moment, worker): a heap of those who need no CPU until then."""
        self.waiting += [(figures.first_s + number * figures.each_s, number) for number in range(figures.workers)]
        heapq.heapify(self.waiting)
        self.stage = [_COLD] * figures.workers
        self.chunk_of = [-1] * figures.workers
        self.idle: deque[int] = deque()
        self.writers: deque[int] = deque()
        self.to_workers: deque[int] = deque()
        self.to_parent: deque[int] = deque()
        self.there_bytes = self.back_bytes = 0.0
        self.task_side = self.result_side = _AT_REST
        self.task_left_s = self.result_left_s = 0.0
        self.next_chunk = self.not_taken = self.done = self.taken = 0
        self.reading = self.writing = -1

    def run(self) -> None:
        """Until every result is stored."""
        last = len(self.sizes)
        while self.done < last:
            self._step()

    def _step(self) -> None:
        """To the next moment at which somebody is done with what they do."""
        turns = (self.task_side == _HAS_TURN) + (self.result_side == _HAS_TURN)
        halted = turns > 0 and self.figures.one_at_a_time
        moving = 0 if halted else (self.task_side == _MOVES) + (self.result_side == _MOVES)
        sharing = 1 if halted else turns
        needed = len(self.computing) + sharing + moving
        pace = min(1.0, self.figures.cpus / needed) if needed else 1.0
        turn_pace = pace * sharing / turns if turns else 0.0
        move_pace = 1.0 if moving else 0.0  # measured under load: what it waits for a CPU is in it
        paces = (0.0, turn_pace, move_pace, 0.0)
        task_pace, result_pace = paces[self.task_side], paces[self.result_side]
        until = (
            (self.computing[0][0] - self.cpu_clock_s) / pace if self.computing else math.inf,
            self.waiting[0][0] - self.now_s if self.waiting else math.inf,
            self.task_left_s / task_pace if task_pace else math.inf,
            self.result_left_s / result_pace if result_pace else math.inf,
        )
        passed_s = max(0.0, min(until))
        if passed_s == math.inf:
            raise RuntimeError(f"nobody goes on: {self.done} of {len(self.sizes)} chunks are done")
        self.now_s += passed_s
        self.cpu_clock_s += passed_s * pace
        self.task_left_s -= passed_s * task_pace
        self.result_left_s -= passed_s * result_pace
        ends = (self._computed, self._waited, self._tasked, self._resulted)
        ends[until.index(min(until))]()

    def _computed(self) -> None:
        """The worker whose computing ends goes on to what comes next."""
        self.cpu_clock_s, worker = self.computing[0]
        heapq.heappop(self.computing)
        stage = self.stage[worker]
        if stage == _COLD:
            self._rests(worker)
        elif stage == _WORKS and self.figures.waits > 0.0:
            self._counted(worker)
            waited_s = self.works[self.chunk_of[worker]] * self.figures.waits
            self.stage[worker] = _WAITS
            heapq.heappush(self.waiting, (self.now_s + waited_s, worker))
        else:
            self._counted(worker)
            self._wants_to_write(worker)

    def _counted(self, worker: int) -> None:
        """Note what the time since the last note went to."""
        figures, chunk = self.figures, self.chunk_of[worker]
        size, waits = self.sizes[chunk], figures.waits > 0.0
        dumped_s = size * figures.dump_result_s
        if self.stage[worker] == _DUMPS:
            self.timeline.computed(worker, self.now_s, (0.0, dumped_s, 0.0))
            return
        carried_s = size * figures.load_argument_s + (0.0 if waits else dumped_s)
        work_s = self.works[chunk] * figures.slowed * (1.0 - figures.waits)
        self.timeline.computed(worker, self.now_s, (figures.worker_s, carried_s, work_s))

    def _waited(self) -> None:
        """Whose moment has come: the parent can hand out, a worker is there, or a worker's items have waited enough."""
        self.now_s, worker = self.waiting[0]
        heapq.heappop(self.waiting)
        if worker == _PARENT:
            self._pickles_next()
        elif self.stage[worker] == _COLD:
            self._computes(worker, self.figures.cold_s)
        elif self.stage[worker] == _LAGS:
            self._rests(worker)
        else:
            self.timeline.waited(worker, self.now_s)
            self.stage[worker] = _DUMPS
            self._computes(worker, self.sizes[self.chunk_of[worker]] * self.figures.dump_result_s)

    def _computes(self, worker: int, cpu_s: float) -> None:
        heapq.heappush(self.computing, (self.cpu_clock_s + cpu_s, worker))

    def _rests(self, worker: int) -> None:
        """A worker that has nothing to do asks for a chunk."""
        if self.stage[worker] == _COLD:
            self.timeline.started(worker, self.now_s)
        self.stage[worker] = _RESTS
        self.idle.append(worker)
        self._hands_over()

    # The way there.

    def _pickles_next(self) -> None:
        """The task side turns to its next chunk, if there is one."""
        if self.next_chunk == len(self.sizes):
            self.task_side = _AT_REST
            return
        self.task_side = _HAS_TURN
        self.task_left_s = self.figures.parent_s / 2.0 + self.sizes[self.next_chunk] * self.figures.dump_argument_s

    def _tasked(self) -> None:
        """The task side has pickled a chunk, or its message has arrived."""
        self.task_left_s = 0.0
        if self.task_side == _HAS_TURN:
            self.task_side = _HELD_UP
            self._hands_over()
            return
        worker, self.reading = self.reading, -1
        self.timeline.carried(worker, self.now_s)
        self._takes(worker, self.next_chunk)
        self._left()

    def _left(self) -> None:
        """The task side's chunk is on its way, or has arrived."""
        self.next_chunk += 1
        if self.next_chunk == len(self.sizes):
            self.handed_out_s = self.now_s
        self._pickles_next()

    def _hands_over(self) -> None:
        """Idle workers take what lies in the pipe; then the task side's chunk goes in, or to a worker, if it can."""
        while True:
            while self.idle and self.to_workers:
                chunk, worker = self.to_workers.popleft(), self.idle.popleft()
                self.there_bytes -= self._bytes(chunk, self.figures.argument_bytes)
                self.not_taken -= 1
                self.timeline.found(worker, self.now_s)
                self._takes(worker, chunk)
            if self.task_side != _HELD_UP or not self._puts():
                return

    def _puts(self) -> bool:
        """Put the task side's chunk where there is room for it; whether there was."""
        figures = self.figures
        size = self._bytes(self.next_chunk, figures.argument_bytes)
        if figures.ahead >= 0 and self.not_taken >= figures.workers + figures.ahead:
            return False
        if size > figures.pipe_bytes:
            if self.to_workers or not self.idle:
                return False
            self.reading = self.idle.popleft()
            self.timeline.found(self.reading, self.now_s)
            self.task_side = _MOVES
            self.task_left_s = self._share_of(self.next_chunk) * figures.argument_transfer_s
            return True
        if self.to_workers and self.there_bytes + size > figures.pipe_bytes:
            return False
        self.to_workers.append(self.next_chunk)
        self.there_bytes += size
        self.not_taken += 1
        self._left()
        return True

    def _takes(self, worker: int, chunk: int) -> None:
        """A worker has a chunk and begins with it."""
        figures = self.figures
        self.taken += 1
        if self.taken == len(self.sizes):
            self.timeline.all_taken_s = self.now_s
        self.stage[worker], self.chunk_of[worker] = _WORKS, chunk
        waits = figures.waits
        carried_s = figures.load_argument_s + (0.0 if waits > 0.0 else figures.dump_result_s)
        work_s = self.works[chunk] * figures.slowed * (1.0 - waits)
        self._computes(worker, figures.worker_s + self.sizes[chunk] * carried_s + work_s)

    # The way back.

    def _wants_to_write(self, worker: int) -> None:
        self.stage[worker] = _WRITES
        self.writers.append(worker)
        self._writes()

    def _writes(self) -> None:
        """Results go into the pipe, one worker after the other, or from a worker to the resting result side."""
        figures = self.figures
        while self.writers and self.writing < 0:
            worker = self.writers[0]
            chunk = self.chunk_of[worker]
            size = self._bytes(chunk, figures.result_bytes)
            if size > figures.pipe_bytes:
                if self.to_parent or self.result_side != _AT_REST:
                    return
                self.writing = self.writers.popleft()
                self.result_side = _MOVES
                self.result_left_s = self._share_of(chunk) * figures.result_transfer_s
                return
            if self.to_parent and self.back_bytes + size > figures.pipe_bytes:
                return
            self.writers.popleft()
            self.to_parent.append(chunk)
            self.back_bytes += size
            self._has_written(worker)
            self._reads()

    def _has_written(self, worker: int) -> None:
        self.timeline.carried(worker, self.now_s)
        self.timeline.last_done_s = self.now_s
        if self.figures.lag_s > 0.0:
            self.stage[worker] = _LAGS
            heapq.heappush(self.waiting, (self.now_s + self.figures.lag_s, worker))
        else:
            self._rests(worker)

    def _reads(self) -> None:
        """The result side, if it rests, takes what lies in the pipe."""
        if self.result_side == _AT_REST and self.to_parent:
            chunk = self.to_parent.popleft()
            self.back_bytes -= self._bytes(chunk, self.figures.result_bytes)
            self._unpickles(chunk)

    def _unpickles(self, chunk: int) -> None:
        self.result_side = _HAS_TURN
        self.result_left_s = self.figures.parent_s / 2.0 + self.sizes[chunk] * self.figures.load_result_s

    def _resulted(self) -> None:
        """The result side has stored a result, or a large one has arrived."""
        self.result_left_s = 0.0
        if self.result_side == _MOVES:
            worker, self.writing = self.writing, -1
            chunk = self.chunk_of[worker]
            self._unpickles(chunk)
            self._has_written(worker)
        else:
            self.done += 1
            self.result_side = _AT_REST
            self._reads()
        self._writes()

    def _bytes(self, chunk: int, whole_bytes: float) -> float:
        """Of a chunk's message: the last chunk may be smaller."""
        if not whole_bytes:
            return 0.0
        return ENVELOPE_BYTES + (whole_bytes - ENVELOPE_BYTES) * self._share_of(chunk)

    def _share_of(self, chunk: int) -> float:
        return self.sizes[chunk] / self.figures.chunk
