"""Q2 and messages: a message there and back between this process and one partner, over any channel."""

from __future__ import annotations

import os
import time

from study.bench import topology
from study.bench.channels import channels_between, open_channel
from study.bench.errors import UnsupportedCellError, WorkerFailedError, WrongAnswerError
from study.bench.patterns import Session, seconds
from study.bench.payloads import payload, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SAME_CPU, OTHER_CPU = "same_cpu", "other_cpu"


class PingPong(Session):
    """`payload_bytes` of some form there and back; the event is one round trip, the partner lives on.

    Without a channel named, a message between processes goes as any object would, pickled, through two simplex pipes: a
    duplex pipe is a socket pair whose wake-ups are slower and of two kinds. Between threads it goes through two
    `queue.SimpleQueue`, which hand over the object itself.
    """

    _send: Callable[[Any], object]
    _receive: Callable[[], Any]

    def __init__(self, cell: object) -> None:
        """Refuse channels that the backend does not have."""
        super().__init__(cell)  # type: ignore[arg-type]
        if self.cell.channel not in channels_between(self.cell.backend):
            raise UnsupportedCellError(f"{self.cell.text!r}: no such channel between {self.cell.backend}")

    def set_up(self) -> None:
        """Make the message, open the channel, and put both sides where the cell says."""
        self._message = payload(self.cell.form, self.cell.payload_bytes)
        channel = open_channel(self.cell, self._message)
        self.resources.enter_context(channel.resources)
        self._send, self._receive = channel.send, channel.receive
        if self.cell.placement:
            self._place(channel.partner)

    def _place(self, partner: int | None) -> None:
        """Bind this process, and its partner, to one CPU each: the same one, or those of two cores."""
        if partner is None or self.cell.placement not in {SAME_CPU, OTHER_CPU}:
            raise UnsupportedCellError(
                f"{self.cell.text!r}: needs a partner process, on the same CPU or on another core"
            )
        ours, *others = topology.apart(1 if self.cell.placement == SAME_CPU else 2)
        self.resources.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        os.sched_setaffinity(0, {ours})
        os.sched_setaffinity(partner, {*others} or {ours})

    def event(self, loops: int) -> dict[str, float]:
        """There and back, `loops` times; the last echo is looked at."""
        send, receive, message = self._send, self._receive, self._message
        answer: object = None
        begun_ns = time.perf_counter_ns()
        try:
            for _ in range(loops):
                send(message)
                answer = receive()
        except (BrokenPipeError, EOFError):
            raise WorkerFailedError(f"{self.cell.text!r}: the partner ended before it was told to") from None
        elapsed_ns = time.perf_counter_ns() - begun_ns
        if not same(answer, message):
            raise WrongAnswerError(f"{self.cell.text!r}: the echo differs from the message that was sent")
        return seconds(total=elapsed_ns)
