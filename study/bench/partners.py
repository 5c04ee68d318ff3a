"""Processes that were made for a cell and live on beside it: how they are sent away."""

from __future__ import annotations

from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from typing import Any


def dismiss(partner: BaseProcess, send: Callable[[Any], object], last: object, *connections: Connection) -> None:
    """Send the partner what ends it, wait for it, and close the connections."""
    with suppress(BrokenPipeError):  # it has ended already; whatever was wrong has been said
        send(last)
    partner.join()
    for connection in connections:
        connection.close()
