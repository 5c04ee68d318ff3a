"""Sharing: what one small step costs a worker while every other one does the same to what they share."""

from __future__ import annotations

import queue
import sys
import threading
import time
from functools import partial

from study.bench.contended import take_part, take_part_by_pipe
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError, WrongAnswerError
from study.bench.partners import dismiss
from study.bench.patterns import Session, seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from study.bench.contended import Window
    from study.cell import Cell

LEAD_NS = 2_000_000
"""How far ahead the common start lies: long enough for every worker to have read its message."""
WINDOW_NS = 60_000_000
"""How long all contend; never less, so that starting and ending are nothing of it."""
LATE_NS = 1_000_000
TURNS = 2
"""Switch intervals of each thread in a window, where the GIL lets one run at a time."""
QUEUE_DEPTH = 1024
"""A queue that grows without an end would measure memory, not handing over."""
SILENCE_S = 60.0
"""A worker that says nothing for so long has failed."""


class Contend(Session):
    """`workers` workers that live on; the event is a window in which each does one small step over and over.

    All begin at an agreed moment and look at the clock inside; the part is the time of one step in a worker: time that
    the workers spent over steps that they did. With one worker it is what the step costs alone.

    Variants between processes and between threads: `own` (each its own counter: nothing is shared), `lock` (own counters,
    one lock), `queue` (all put, this process takes). Between processes: `value`, `array` (each its own place of one Array,
    under its lock), `manager` (a manager's list and lock behind proxies). Between threads: `list` (one number under a
    lock), `append`, `dict_own` and `dict_shared` (keys of one dict), `read_mostly`, `refcounts`.

    Outcomes of `trials` windows: `late_starts`, workers that met the agreed moment more than 1 ms late.
    """

    def __init__(self, cell: Cell) -> None:
        """Refuse what there is no default of, and what is shared only by threads or only by processes."""
        super().__init__(cell)
        if cell.workers < 1:
            raise UnsupportedCellError(f"{cell.text!r}: there is no default here; give workers = 1 or more")
        possible = OF_THREADS if cell.backend == "threads" else OF_PROCESSES
        if cell.variant not in possible:
            raise UnsupportedCellError(f"{cell.text!r}: {cell.backend} share {', '.join(possible)}")

    def set_up(self) -> None:
        """Make what is shared and start the workers."""
        self._send: list[Callable[[Window], object]] = []
        self._receive: list[Callable[[], tuple[int, int, int]]] = []
        self._window_ns = WINDOW_NS
        (self._start_threads if self.cell.backend == "threads" else self._start_processes)()
        self._found()

    def _start_threads(self) -> None:
        self._shared = OF_THREADS[self.cell.variant]()
        if getattr(sys, "_is_gil_enabled", lambda: True)():
            self._window_ns = max(WINDOW_NS, round(TURNS * self.cell.workers * sys.getswitchinterval() * 1e9))
        for number in range(self.cell.workers):
            there: queue.SimpleQueue[Window] = queue.SimpleQueue()
            back: queue.SimpleQueue[tuple[int, int, int]] = queue.SimpleQueue()
            worker = threading.Thread(
                target=take_part, args=(self.cell.variant, self._shared, number, there.get, back.put), daemon=True
            )
            worker.start()
            self.resources.callback(worker.join, SILENCE_S)
            self.resources.callback(there.put, None)
            self._send.append(there.put)
            self._receive.append(partial(back.get, timeout=SILENCE_S))

    def _start_processes(self) -> None:
        context = context_of(self.cell.start_method)
        if self.cell.variant == "manager":
            server = self.resources.enter_context(context.Manager())
            self._shared = (server.list([0]), server.Lock())
        else:
            self._shared = OF_PROCESSES[self.cell.variant](context, self.cell.workers)
        for number in range(self.cell.workers):
            ours, theirs = context.Pipe()
            worker = context.Process(  # type: ignore[attr-defined]
                target=take_part_by_pipe, args=(self.cell.variant, self._shared, number, theirs)
            )
            worker.start()
            theirs.close()
            self.resources.callback(dismiss, worker, ours.send, None, ours)
            self._send.append(ours.send)
            self._receive.append(ours.recv)
        if self.cell.variant == "queue":
            self.resources.callback(self._shared.close)

    def event(self, loops: int) -> dict[str, float]:
        """`loops` windows; what is shared is looked at after each."""
        step_ns = 0.0
        for _ in range(loops):
            self._reset()
            moment_ns = time.monotonic_ns() + LEAD_NS
            for send in self._send:
                send((moment_ns, moment_ns + self._window_ns))
            taken = self._take() if self.cell.variant == "queue" else 0
            found = self._found()
            steps = sum(done for _, _, done in found)
            if not steps:
                raise WorkerFailedError(
                    f"{self.cell.text!r}: no worker came to its first step before the window was over"
                )
            step_ns += sum(end_ns - start_ns for start_ns, end_ns, _ in found) / steps
            self.count("trials")
            self.count("late_starts", sum(start_ns > moment_ns + LATE_NS for start_ns, _, _ in found))
            self._look_at(steps, taken)
        return seconds(total=step_ns)  # type: ignore[arg-type]

    def _found(self) -> list[tuple[int, int, int]]:
        """What each worker tells."""
        try:
            return [receive() for receive in self._receive]
        except (EOFError, queue.Empty):
            raise WorkerFailedError(f"{self.cell.text!r}: a worker ended before it was told to") from None

    def _take(self) -> int:
        """Take what all put until each has said that it is done."""
        taken, left = 0, self.cell.workers
        while left:
            try:
                message = self._shared.get(timeout=SILENCE_S)
            except queue.Empty:
                raise WorkerFailedError(f"{self.cell.text!r}: a worker ended before it had put all") from None
            if message is None:
                left -= 1
            else:
                taken += 1
        return taken

    def _reset(self) -> None:
        shared, variant = self._shared, self.cell.variant
        if variant == "value":
            shared.value = 0
        elif variant == "array":
            shared[:] = [0] * self.cell.workers
        elif variant in {"list", "manager"}:
            shared[0][0] = 0
        elif variant == "append":
            shared.clear()

    def _look_at(self, steps: int, taken: int) -> None:
        """Every step must have been done to what is shared, once."""
        shared, variant = self._shared, self.cell.variant
        seen: dict[str, Callable[[], int]] = {
            "value": lambda: shared.value,
            "array": lambda: sum(shared),
            "list": lambda: shared[0][0],
            "manager": lambda: shared[0][0],
            "append": lambda: len(shared),
            "queue": lambda: taken,
        }
        if variant in seen and (count := seen[variant]()) != steps:
            raise WrongAnswerError(f"{self.cell.text!r}: the count is {count}; right is {steps}")
        keys = {"dict_own": self.cell.workers, "dict_shared": 1, "read_mostly": 1}
        if variant in keys and sorted(shared) != list(range(keys[variant])):
            raise WrongAnswerError(f"{self.cell.text!r}: the keys are {sorted(shared)}")


OF_PROCESSES: dict[str, Callable[[Any, int], Any]] = {
    "own": lambda _context, _workers: None,
    "lock": lambda context, _workers: context.Lock(),
    "value": lambda context, _workers: context.Value("q", 0),
    "array": lambda context, workers: context.Array("q", workers),
    "queue": lambda context, _workers: context.Queue(QUEUE_DEPTH),
    "manager": lambda context, _workers: context.Manager(),
}
"""Variant -> what processes share; a manager is entered and gives the rest."""
OF_THREADS: dict[str, Callable[[], Any]] = {
    "own": lambda: None,
    "lock": lambda: threading.Lock(),  # noqa: PLW0108 - before 3.13 it is no class
    "queue": lambda: queue.Queue(QUEUE_DEPTH),
    "list": lambda: ([0], threading.Lock()),
    "append": list,
    "dict_own": dict,
    "dict_shared": dict,
    "read_mostly": lambda: {0: 0},
    "refcounts": lambda: (object(),),
}
"""Variant -> what threads share."""
