"""What carries messages between this process and one partner: one module a library, each with the same small interface."""

from __future__ import annotations

from contextlib import ExitStack

from study.bench.errors import UnsupportedCellError
from study.bench.payloads import OUT_OF_BAND
from study.bench.registry import imported
from study.things import BACKENDS, CHANNELS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from study.cell import Cell


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


def channels_between(backend: str) -> dict[str, str]:
    """Channel -> "module:function" that opens it between two workers of the backend."""
    kind = BACKENDS[backend].kind
    return {channel.name: channel.modules[kind] for channel in CHANNELS.values() if kind in channel.modules}


def open_channel(cell: Cell, message: object) -> Channel:
    """The channel that the cell names, its partner running; `message` is what will be sent (its size may matter)."""
    places = channels_between(cell.backend)
    if cell.channel not in places:
        raise UnsupportedCellError(
            f"{cell.text!r}: channel {cell.channel!r} does not exist between {cell.backend};"
            f" possible: {', '.join(map(repr, places))}"
        )
    if cell.form == OUT_OF_BAND and (BACKENDS[cell.backend].kind, cell.channel) != ("process", ""):
        raise UnsupportedCellError(f"{cell.text!r}: bytes beside the pickle are sent through two simplex pipes only")
    opener: Callable[[Cell, object], Channel] = imported(places[cell.channel])
    return opener(cell, message)
