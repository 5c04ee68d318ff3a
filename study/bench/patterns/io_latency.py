"""I/O: how long a thread that waits for a byte waits on once the byte is there, while other threads compute."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from study.bench import registry
from study.bench.errors import UnsupportedCellError, WorkerFailedError
from study.bench.hosts import ticker
from study.bench.patterns import Session, seconds

SHORT_SWITCH, SHORT_SWITCH_S = "short_switch", 0.0005


class IoLatency(Session):
    """The part is the time from another process' writing into a pipe until the waiting thread goes on in Python.

    `workers` threads do tasks of the kernel without end meanwhile; without a backend of threads nobody does. What the other
    process sends is the moment of sending, by the clock that processes share. In `short_switch` the interpreter is told to
    let others in every half millisecond (`sys.setswitchinterval`), else it does so every five.
    """

    def set_up(self) -> None:
        """Start the other process and the threads, and wait until all are at it."""
        cell = self.cell
        alone = cell.backend == "call"
        if alone != (cell.kernel == "noop"):
            raise UnsupportedCellError(
                f"{cell.text!r}: threads need something to compute, and nobody else computes nothing"
            )
        if (alone and cell.workers != 1) or cell.workers < 1:
            raise UnsupportedCellError(f"{cell.text!r}: there is no default here; give workers = 1 or more threads")
        if cell.variant == SHORT_SWITCH:
            self.resources.callback(sys.setswitchinterval, sys.getswitchinterval())
            sys.setswitchinterval(SHORT_SWITCH_S)
        self._start_ticker()
        if not alone:
            self._start_threads()

    def _start_ticker(self) -> None:
        self._inbox, its_output = os.pipe()
        sender = subprocess.Popen([sys.executable, "-m", ticker.__name__], stdout=its_output)
        os.close(its_output)
        self.resources.callback(sender.wait)
        self.resources.callback(os.close, self._inbox)
        self._receive()

    def _start_threads(self) -> None:
        kernel = registry.kernel_of(self.cell)
        task, argument = kernel.task, kernel.arguments(1)[0]
        at_it = threading.Barrier(self.cell.workers + 1)
        stop = threading.Event()

        def compute() -> None:
            task(argument)
            at_it.wait()
            while not stop.is_set():
                task(argument)

        threads = [threading.Thread(target=compute) for _ in range(self.cell.workers)]
        for thread in threads:
            self.resources.callback(thread.join)
        self.resources.callback(stop.set)
        for thread in threads:
            thread.start()
        at_it.wait()

    def _receive(self) -> tuple[int, int]:
        """(When the next message was sent, when we went on), nanoseconds."""
        message = os.read(self._inbox, ticker.TIME_BYTES)
        now_ns = time.monotonic_ns()
        if len(message) != ticker.TIME_BYTES:
            raise WorkerFailedError(f"{self.cell.text!r}: the process that sends the time ended")
        return int.from_bytes(message, "little"), now_ns

    def event(self, loops: int) -> dict[str, float]:
        """Wait for `loops` messages that are sent after we have begun to wait."""
        waited_ns = 0
        for _ in range(loops):
            begun_ns, sent_ns, now_ns = time.monotonic_ns(), 0, 0
            while sent_ns <= begun_ns:
                sent_ns, now_ns = self._receive()
            waited_ns += max(now_ns - sent_ns, 1)
        return seconds(total=waited_ns)
