"""The queues of `concurrent.interpreters` (CPython 3.14): between two interpreters of one process."""

from __future__ import annotations

from importlib import import_module
from threading import Thread

from study.bench.channels import Channel
from study.bench.children import echo_in_thread
from study.bench.errors import UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from study.cell import Cell


def queue(cell: Cell, _message: object) -> Channel:
    """Two queues made with `create_queue`; the partner runs in an interpreter of its own, in a thread of this one."""
    try:
        interpreters = import_module("concurrent.interpreters")
    except ImportError:
        raise UnsupportedCellError(f"{cell.text!r}: this Python has no concurrent.interpreters") from None
    there, back = interpreters.create_queue(), interpreters.create_queue()
    interpreter = interpreters.create()
    partner = Thread(target=interpreter.call, args=(echo_in_thread, there, back))
    partner.start()
    channel = Channel(there.put, back.get)
    channel.resources.callback(interpreter.close)
    channel.resources.callback(partner.join)
    channel.resources.callback(there.put, None)
    return channel
