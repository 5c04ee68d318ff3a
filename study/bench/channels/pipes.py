"""Pipes: two simplex ones and a duplex one of multiprocessing, and the operating system's pipe beneath them."""

from __future__ import annotations

import os
from functools import partial

from study.bench.channels import Channel
from study.bench.children import echo, echo_out_of_band, echo_raw, receive_out_of_band, send_out_of_band
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError
from study.bench.partners import dismiss
from study.bench.payloads import OUT_OF_BAND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from study.cell import Cell


def simplex(cell: Cell, _message: object) -> Channel:
    """Two `Pipe(duplex=False)`, one each way; a message is pickled by `send`, or its bytes go beside the pickle."""
    beside = cell.form == OUT_OF_BAND
    context = context_of(cell.start_method)
    inbox, there = context.Pipe(duplex=False)
    back, outbox = context.Pipe(duplex=False)
    partner = context.Process(target=echo_out_of_band if beside else echo, args=(inbox, outbox))  # type: ignore[attr-defined]
    partner.start()
    inbox.close()
    outbox.close()
    send, receive = there.send, back.recv
    if beside:
        send, receive = partial(send_out_of_band, there), partial(receive_out_of_band, back)
    channel = Channel(send, receive, partner.pid)
    channel.resources.callback(dismiss, partner, send, None, there, back)
    return channel


def duplex(cell: Cell, _message: object) -> Channel:
    """One `Pipe()`, which is a pair of sockets where the system has them."""
    context = context_of(cell.start_method)
    ours, theirs = context.Pipe()
    partner = context.Process(target=echo, args=(theirs, theirs))  # type: ignore[attr-defined]
    partner.start()
    theirs.close()
    channel = Channel(ours.send, ours.recv, partner.pid)
    channel.resources.callback(dismiss, partner, ours.send, None, ours)
    return channel


def raw(cell: Cell, message: object) -> Channel:
    """Two pipes of the operating system and the bytes themselves: no pickling, no header, no lock. The floor."""
    if cell.start_method != "fork" or not isinstance(message, bytes) or not message:
        raise UnsupportedCellError(
            f"{cell.text!r}: a raw pipe is inherited by fork and carries one byte or more, as bytes"
        )
    size_bytes = len(message)
    inbox, there = os.pipe()
    back, outbox = os.pipe()
    context = context_of(cell.start_method)
    partner = context.Process(target=echo_raw, args=(inbox, outbox, size_bytes, (there, back)))  # type: ignore[attr-defined]
    partner.start()
    os.close(inbox)
    os.close(outbox)
    write, read, place = os.write, os.readv, memoryview(bytearray(size_bytes))

    def send(data: bytes) -> None:
        sent = write(there, data)
        if sent == size_bytes:
            return
        whole = memoryview(data)
        while sent < size_bytes:
            sent += write(there, whole[sent:])

    def receive() -> memoryview:
        left = place
        while left:
            got = read(back, (left,))
            if not got:
                raise WorkerFailedError(f"{cell.text!r}: the partner ended before it was told to")
            left = left[got:]
        return place

    channel = Channel(send, receive, partner.pid)
    channel.resources.callback(os.close, back)
    channel.resources.callback(partner.join)
    channel.resources.callback(os.close, there)  # first: the partner ends when its inbox does
    return channel
