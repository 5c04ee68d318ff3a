"""Queues between processes: `SimpleQueue`, `Queue` with its feeder thread, and a manager's queue behind proxies."""

from __future__ import annotations

from study.bench.channels import Channel
from study.bench.children import echo_in_thread
from study.bench.contexts import context_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess
    from typing import Any

    from study.cell import Cell


def simple_queue(cell: Cell, _message: object) -> Channel:
    """Two `SimpleQueue`: a pipe and two locks each."""
    context = context_of(cell.start_method)
    there, back = context.SimpleQueue(), context.SimpleQueue()
    channel, partner = _with_partner(context, there, back)
    for end in (there, back):
        channel.resources.callback(end.close)
    return _dismissed(channel, partner, there)


def queue(cell: Cell, _message: object) -> Channel:
    """Two `Queue`: a pipe, locks, and a thread on each side that feeds it."""
    context = context_of(cell.start_method)
    there, back = context.Queue(), context.Queue()
    channel, partner = _with_partner(context, there, back)
    for end in (there, back):
        channel.resources.callback(end.join_thread)
        channel.resources.callback(end.close)
    return _dismissed(channel, partner, there)


def manager(cell: Cell, _message: object) -> Channel:
    """Two queues that live in a manager's process: every put and get is a call over a socket."""
    context = context_of(cell.start_method)
    server = context.Manager()
    there, back = server.Queue(), server.Queue()
    channel, partner = _with_partner(context, there, back)
    channel.resources.callback(server.shutdown)
    return _dismissed(channel, partner, there)


def _with_partner(context: BaseContext, there: Any, back: Any) -> tuple[Channel, BaseProcess]:  # noqa: ANN401 - three classes
    partner = context.Process(target=echo_in_thread, args=(there, back))  # type: ignore[attr-defined]
    partner.start()
    return Channel(there.put, back.get, partner.pid), partner


def _dismissed(channel: Channel, partner: BaseProcess, there: Any) -> Channel:  # noqa: ANN401 - three classes
    """The channel, which on closing first of all tells the partner to end and waits for it."""
    channel.resources.callback(partner.join)
    channel.resources.callback(there.put, None)
    return channel
