"""Q2: a message there and back between this process and one partner, a process or a thread.

Between processes the message goes as any object would, `Connection.send` and `recv` (pickled), through two simplex
pipes (`Pipe(duplex=False)`): a duplex pipe is a socket pair whose wake-ups are slower and of two kinds. Between threads
it goes through two `queue.SimpleQueue`, which hand over the object itself.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from study.bench.children import echo, echo_in_thread
from study.bench.errors import WorkerFailedError, WrongAnswerError
from study.bench.patterns import Session, seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess


class PingPong(Session):
    """`payload_bytes` bytes there and back; the event is one round trip, the partner lives on."""

    BACKENDS = ("processes", "threads")
    USES = frozenset({"payload_bytes"})

    _send: Callable[[bytes | None], None]
    _receive: Callable[[], bytes | None]

    def set_up(self) -> None:
        """Make the message and start the partner."""
        size_bytes = self.cell.payload_bytes
        self._message = (bytes(range(256)) * (size_bytes // 256 + 1))[:size_bytes]
        if self.cell.backend == "threads":
            self._start_thread()
        else:
            self._start_process()

    def _start_thread(self) -> None:
        from queue import SimpleQueue
        from threading import Thread

        there: SimpleQueue[bytes | None] = SimpleQueue()
        back: SimpleQueue[bytes | None] = SimpleQueue()
        partner = Thread(target=echo_in_thread, args=(there, back))
        partner.start()
        self.resources.callback(partner.join)
        self.resources.callback(there.put, None)
        self._send, self._receive = there.put, back.get

    def _start_process(self) -> None:
        from study.bench.contexts import context_of

        context = context_of(self.cell.start_method)
        inbox, there = context.Pipe(duplex=False)
        back, outbox = context.Pipe(duplex=False)
        partner = context.Process(target=echo, args=(inbox, outbox))  # type: ignore[attr-defined]
        partner.start()
        inbox.close()
        outbox.close()
        self.resources.callback(_dismiss, partner, there, back)
        self._send, self._receive = there.send, back.recv

    def event(self, loops: int) -> dict[str, float]:
        """There and back, `loops` times; the last echo is looked at."""
        send, receive, message = self._send, self._receive, self._message
        answer: bytes | None = None
        begun_ns = time.perf_counter_ns()
        try:
            for _ in range(loops):
                send(message)
                answer = receive()
        except (BrokenPipeError, EOFError):
            raise WorkerFailedError(f"{self.cell.text!r}: the partner ended before it was told to") from None
        elapsed_ns = time.perf_counter_ns() - begun_ns
        if answer != message:
            raise WrongAnswerError(f"{self.cell.text!r}: the echo differs from the message that was sent")
        return seconds(total=elapsed_ns)


def _dismiss(partner: BaseProcess, there: Connection, back: Connection) -> None:
    """Tell the partner to end and wait for it."""
    with suppress(BrokenPipeError):
        there.send(None)
    partner.join()
    there.close()
    back.close()
