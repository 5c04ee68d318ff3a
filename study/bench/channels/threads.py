"""Queues between threads: they hand over the object itself."""

from __future__ import annotations

from queue import Queue, SimpleQueue
from threading import Thread

from study.bench.channels import Channel
from study.bench.children import echo_in_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.cell import Cell


def simple_queue(_cell: Cell, _message: object) -> Channel:
    """Two `queue.SimpleQueue`, written in C."""
    return _opened(SimpleQueue(), SimpleQueue())


def queue(_cell: Cell, _message: object) -> Channel:
    """Two `queue.Queue`: a lock and conditions, in Python."""
    return _opened(Queue(), Queue())


def _opened(there: Any, back: Any) -> Channel:  # noqa: ANN401 - two classes of queue
    partner = Thread(target=echo_in_thread, args=(there, back))
    partner.start()
    channel = Channel(there.put, back.get)
    channel.resources.callback(partner.join)
    channel.resources.callback(there.put, None)
    return channel
