"""What carries messages between this process and one partner: one module a library, each with the same small interface."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from study.bench.errors import UnsupportedCellError
from study.bench.payloads import OUT_OF_BAND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.cell import Cell

CHANNELS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("processes", ""): "study.bench.channels.pipes:simplex",
        ("processes", "pipe_duplex"): "study.bench.channels.pipes:duplex",
        ("processes", "os_pipe"): "study.bench.channels.pipes:raw",
        ("processes", "simple_queue"): "study.bench.channels.queues:simple_queue",
        ("processes", "queue"): "study.bench.channels.queues:queue",
        ("processes", "manager"): "study.bench.channels.queues:manager",
        ("processes", "shared_memory"): "study.bench.channels.shared:shared_memory",
        ("threads", ""): "study.bench.channels.threads:simple_queue",
        ("threads", "thread_queue"): "study.bench.channels.threads:queue",
        ("interpreters", "interpreter_queue"): "study.bench.channels.interpreters:queue",
    }
)
"""(backend, channel) -> "module:function" that opens it."""


class Channel:
    """A way to one partner and back, which sends on what it receives until it gets `None`.

    Attributes
    ----------
    send, receive : carry one message there, and one back; bound once, so that the timed loop looks nothing up.
    partner : process id of the partner, or None where it is a thread of this process.
    resources : what ends with the channel, the partner last made first ended.
    """

    __slots__ = ("partner", "receive", "resources", "send")

    def __init__(self, send: Callable[[Any], object], receive: Callable[[], Any], partner: int | None = None) -> None:
        """Bind both ways."""
        self.send = send
        self.receive = receive
        self.partner = partner
        self.resources = ExitStack()


def open_channel(cell: Cell, message: object) -> Channel:
    """The channel that the cell names, its partner running; `message` is what will be sent (its size may matter)."""
    key = (cell.backend, cell.channel)
    if key not in CHANNELS:
        possible = ", ".join(repr(channel) for backend, channel in CHANNELS if backend == cell.backend)
        raise UnsupportedCellError(
            f"{cell.text!r}: channel {cell.channel!r} does not exist between {cell.backend}; possible: {possible}"
        )
    if cell.form == OUT_OF_BAND and key != ("processes", ""):
        raise UnsupportedCellError(f"{cell.text!r}: bytes beside the pickle are sent through two simplex pipes only")
    module, _, name = CHANNELS[key].partition(":")
    opener: Callable[[Cell, object], Channel] = getattr(import_module(module), name)
    return opener(cell, message)
