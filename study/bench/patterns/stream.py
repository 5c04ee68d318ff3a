"""Messages: how many bytes a second pass when many messages are under way before one acknowledgement."""

from __future__ import annotations

import time
from functools import partial

from study.bench.children import send_out_of_band, swallow
from study.bench.contexts import context_of
from study.bench.errors import WorkerFailedError
from study.bench.partners import dismiss
from study.bench.patterns import Session, seconds
from study.bench.payloads import OUT_OF_BAND, payload

TYPE_CHECKING = False

WINDOW = 64
"""Messages before one acknowledgement, as the OSU bandwidth test has it."""


class Stream(Session):
    """The event is a window: 64 messages there through a simplex pipe, one acknowledgement back."""

    def set_up(self) -> None:
        """Make the message and start the partner."""
        self._message = payload(self.cell.form, self.cell.payload_bytes)
        context = context_of(self.cell.start_method)
        inbox, self._there = context.Pipe(duplex=False)
        self._back, outbox = context.Pipe(duplex=False)
        beside = self.cell.form == OUT_OF_BAND
        self._send = partial(send_out_of_band, self._there) if beside else self._there.send
        partner = context.Process(target=swallow, args=(inbox, outbox, WINDOW, beside))  # type: ignore[attr-defined]
        partner.start()
        inbox.close()
        outbox.close()
        self.resources.callback(dismiss, partner, self._send, None, self._there, self._back)

    def event(self, loops: int) -> dict[str, float]:
        """Send `loops` windows."""
        send, receive, message = self._send, self._back.recv, self._message
        begun_ns = time.perf_counter_ns()
        try:
            for _ in range(loops):
                for _ in range(WINDOW):
                    send(message)
                receive()
        except (BrokenPipeError, EOFError):
            raise WorkerFailedError(f"{self.cell.text!r}: the partner ended before it was told to") from None
        return seconds(total=time.perf_counter_ns() - begun_ns)
