"""Q3: one process (or thread) from `start()` to its first instruction and to the end of `join()`; and the floors."""

from __future__ import annotations

import gc
import mmap
import os
import select
import tempfile
import time
from pathlib import Path

from study.bench import floor, mappings
from study.bench.children import first_words, first_words_in_memory
from study.bench.errors import UnsupportedCellError, WorkerFailedError, WrongAnswerError
from study.bench.patterns import Session, seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess
    from threading import Thread

    from study.bench.interpreters import InterpreterLife

STAMP_BYTES = 8
FROZEN = "frozen"
"""A variant: `gc.freeze` before the first child, as long-running servers do before they fork."""
MAPPED = "mapped"
"""A variant: the parent's memory lies in many small mappings, as that of a program with many libraries does."""
SYSTEM_WIDE_CLOCKS = ("clock_gettime(CLOCK_MONOTONIC)", "mach_absolute_time()")
"""Implementations of `time.monotonic` that their systems document as one clock for all processes, in nanoseconds."""


class ProcessLifecycle(Session):
    """Parts `start`, `first`, `join`, all from just before `start()`; of the floors only `join`.

    Outcomes of `trials` events: `start_returned_before_child` (before the child's first instruction),
    `child_done_before_join_returned` (its last act was seen), `child_change_seen` (the parent's list has changed).
    """

    def set_up(self) -> None:
        """Choose the event; make the pipe through which a child sends the time of its first instruction.

        A thread tells it through the list that it shares with its starter: writing to a pipe would be part of its life.
        """
        backend = self.cell.backend
        if self.cell.variant == MAPPED and not self.cell.parent_bytes:
            raise UnsupportedCellError(f"{self.cell.text!r}: nothing can lie in mappings; give parent_bytes too")
        hold = mappings.of_many if self.cell.variant == MAPPED else touched
        self._held: object = hold(self.cell.parent_bytes)
        if self.cell.variant == FROZEN:
            gc.collect()
            gc.freeze()
            self.resources.callback(gc.unfreeze)
        if backend in floor.FLOORS:
            self._program = floor.program_for(backend)
            return
        self._make = self._maker()
        self._in_memory = backend == "threads"
        if not self._in_memory:
            inherited = backend == "interpreters" or self.cell.start_method == "fork"
            self._where: int | str = self._pipe() if inherited else self._named_pipe()

    def _maker(self) -> Callable[..., BaseProcess | Thread | InterpreterLife]:
        if self.cell.backend == "threads":
            from threading import Thread

            return Thread
        if self.cell.backend == "interpreters":
            from study.bench.interpreters import InterpreterLife

            return InterpreterLife
        from study.bench.contexts import context_of

        clock = time.get_clock_info("monotonic").implementation
        if clock not in SYSTEM_WIDE_CLOCKS:
            raise UnsupportedCellError(
                f"{self.cell.text!r}: the time of a child's first instruction needs a clock that all processes share;"
                f" {clock} is not documented as one"
            )
        return context_of(self.cell.start_method).Process  # type: ignore[attr-defined, no-any-return]

    def _pipe(self) -> int:
        self._reader, writer = os.pipe()
        self.resources.callback(os.close, self._reader)
        self.resources.callback(os.close, writer)
        return writer

    def _named_pipe(self) -> str:
        """A simplex pipe that a child which inherits no descriptors can open."""
        folder = self.resources.enter_context(tempfile.TemporaryDirectory(prefix="study-"))
        path = Path(folder, "first-words")
        os.mkfifo(path)
        self._reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.resources.callback(os.close, self._reader)
        return str(path)

    def event(self, loops: int) -> dict[str, float]:
        """Start and join, `loops` times, never two at once."""
        if self.cell.backend in floor.FLOORS:
            return self._floor_event(loops)
        start_ns = first_ns = join_ns = 0
        for _ in range(loops):
            seen: list[int] = []
            told = {"target": first_words_in_memory, "args": (seen,)}
            if not self._in_memory:
                told = {"target": first_words, "args": (self._where, seen)}
            child = self._make(**told)
            begun_shared_ns = time.monotonic_ns()
            begun_ns = time.perf_counter_ns()
            child.start()
            started_ns = time.perf_counter_ns()
            started_shared_ns = time.monotonic_ns()
            child.join()
            joined_ns = time.perf_counter_ns()
            done = bool(seen) if self._in_memory else self._readable(0)
            child_shared_ns = seen[0] if self._in_memory else self._stamp(child)
            start_ns += started_ns - begun_ns
            first_ns += child_shared_ns - begun_shared_ns
            join_ns += joined_ns - begun_ns
            self.count("trials")
            self.count("start_returned_before_child", int(started_shared_ns < child_shared_ns))
            self.count("child_done_before_join_returned", int(done))
            self.count("child_change_seen", len(seen))
        return seconds(start=start_ns, first=first_ns, join=join_ns)

    def _readable(self, timeout_s: float | None) -> bool:
        return bool(select.select([self._reader], [], [], timeout_s)[0])

    def _stamp(self, child: BaseProcess | Thread | InterpreterLife) -> int:
        """The time that the child sent as its last act."""
        if exit_code := getattr(child, "exitcode", 0):
            raise WorkerFailedError(f"{self.cell.text!r}: the child ended with exit code {exit_code}")
        self._readable(None)
        message = os.read(self._reader, STAMP_BYTES)
        if len(message) != STAMP_BYTES:
            raise WrongAnswerError(f"{self.cell.text!r}: the child sent {len(message)} bytes instead of {STAMP_BYTES}")
        return int.from_bytes(message, "little")

    def _floor_event(self, loops: int) -> dict[str, float]:
        act, program = floor.FLOORS[self.cell.backend], self._program
        begun_ns = time.perf_counter_ns()
        for _ in range(loops):
            act(program)
        elapsed_ns = time.perf_counter_ns() - begun_ns
        self.count("trials", loops)
        return seconds(join=elapsed_ns)


def touched(size_bytes: int) -> bytearray:
    """So much memory, a byte of every page written: it has page tables of its own, which a fork has to copy."""
    block = bytearray(size_bytes)
    pages = len(range(0, size_bytes, mmap.PAGESIZE))
    block[:: mmap.PAGESIZE] = bytes([1]) * pages
    return block
