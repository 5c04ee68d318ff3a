"""Scaling: what the machine gives to independent processes that start at the same moment and never talk."""

from __future__ import annotations

import os
import time

from study.bench import memory, registry, topology
from study.bench.children import FIRST_TASKS, WINDOW_END, work_in_windows
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError, WrongAnswerError
from study.bench.partners import dismiss
from study.bench.patterns import Session, seconds
from study.things import KERNELS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SIBLINGS, CORES, FASTEST, SLOWEST = "siblings", "cores", "fastest", "slowest"
WORKERS_PLACED = {"": 0, SIBLINGS: 2, CORES: 2, FASTEST: 1, SLOWEST: 1}
"""Placement -> how many workers it places; 0 is any number, wherever the scheduler puts them."""
MOST_OF_MEMORY = 0.7
"""Of what is free, for arrays."""
LEAD_NS = 2_000_000
"""How far ahead the common start lies: long enough for every worker to have read its message."""


class Capacity(Session):
    """`workers` processes that live on; the event is a window in which each does `tasks` tasks of the kernel.

    Parts: `busy`, the mean over workers from first to last instruction; `makespan`, from the first start to the last end;
    `skew`, between the first and the last start. Outcomes of `trials` windows: `late_starts`, workers that met the
    agreed moment more than 0.1 ms late.
    """

    def set_up(self) -> None:
        """Start the workers and wait until each is ready."""
        if self.cell.workers < 1:
            raise UnsupportedCellError(f"{self.cell.text!r}: there is no default here; give workers = 1 or more")
        cpus = self._placed()
        self._assert_memory()
        kernel = registry.kernel_of(self.cell)
        arguments = kernel.arguments(self.cell.tasks, self.cell.spins)
        self._expected = [kernel.expected(argument) for argument in arguments]
        context = context_of(self.cell.start_method)
        self._ends: list[Connection] = []
        for index in range(self.cell.workers):
            ours, theirs = context.Pipe()
            worker = context.Process(target=work_in_windows, args=(kernel.task, arguments, theirs))  # type: ignore[attr-defined]
            worker.start()
            if cpus:
                os.sched_setaffinity(worker.pid, {cpus[index]})
            theirs.close()
            self.resources.callback(dismiss, worker, ours.send, WINDOW_END, ours)
            self._ends.append(ours)
        for end in self._ends:
            self._look_at(self._receive(end)[2], self._expected[:FIRST_TASKS])

    def _placed(self) -> list[int]:
        """The CPU of each worker; none where the scheduler chooses."""
        place, workers = self.cell.placement, self.cell.workers
        if WORKERS_PLACED.get(place) not in {0, workers}:
            raise UnsupportedCellError(
                f"{self.cell.text!r}: two workers can be put on siblings or on cores, one on the fastest class or the slowest"
            )
        if place in {FASTEST, SLOWEST}:
            return [topology.of_two_classes()[place == SLOWEST]]
        siblings = topology.together(workers) if place else []  # without them nothing is told apart
        return topology.apart(workers) if place == CORES else siblings

    def _assert_memory(self) -> None:
        """Refuse arrays that would push everything else out."""
        wanted, free = self.cell.workers * KERNELS[self.cell.kernel].working_set_bytes, memory.available()
        if wanted and free is not None and wanted > free * MOST_OF_MEMORY:
            raise UnsupportedCellError(
                f"{self.cell.text!r}: the arrays of all workers are {wanted >> 20} MiB, and {free >> 20} MiB of memory are free"
            )

    def check(self) -> None:
        """Nothing more: each worker has shown its first answers, and those of a window are looked at with its value."""

    def _look_at(self, answers: list[object], expected: list[object]) -> None:
        if answers != expected:
            raise WrongAnswerError(f"{self.cell.text!r}: a worker's answers were wrong")

    def _receive(self, end: Connection) -> tuple[int, int, list[object]]:
        try:
            found: tuple[int, int, list[object]] = end.recv()
        except EOFError:
            raise WorkerFailedError(f"{self.cell.text!r}: a worker ended before it was told to") from None
        return found

    def event(self, loops: int) -> dict[str, float]:
        """`loops` windows; every answer of the last is looked at."""
        busy_ns = makespan_ns = skew_ns = 0
        found: list[tuple[int, int, list[object]]] = []
        for _ in range(loops):
            moment_ns = time.monotonic_ns() + LEAD_NS
            for end in self._ends:
                end.send(moment_ns)
            found = [self._receive(end) for end in self._ends]
            starts = [start_ns for start_ns, _, _ in found]
            ends = [end_ns for _, end_ns, _ in found]
            busy_ns += sum(end - start for start, end in zip(starts, ends, strict=True)) // len(found)
            makespan_ns += max(ends) - min(starts)
            skew_ns += max(max(starts) - min(starts), 1)  # one process has none, and a time is above zero
            self.count("trials")
            self.count("late_starts", sum(start > moment_ns + 100_000 for start in starts))
        for _, _, answers in found:
            self._look_at(answers, self._expected)
        return seconds(busy=busy_ns, makespan=makespan_ns, skew=skew_ns)
