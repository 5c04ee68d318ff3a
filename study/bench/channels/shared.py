"""A block of shared memory and two semaphores: the message is copied in, a semaphore says so, the other side copies it out."""

from __future__ import annotations

from multiprocessing.shared_memory import SharedMemory

from study.bench.channels import Channel
from study.bench.children import echo_shared
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from study.cell import Cell


def shared_memory(cell: Cell, message: object) -> Channel:
    """Raw bytes through `SharedMemory`; each side copies them in and out, as it would have to do with its own data."""
    if not isinstance(message, bytes) or not message:
        raise UnsupportedCellError(f"{cell.text!r}: a block of shared memory carries one byte or more, as bytes")
    size_bytes = len(message)
    context = context_of(cell.start_method)
    block = SharedMemory(create=True, size=size_bytes + 1)  # the last byte tells the partner to end
    asked, answered = context.Semaphore(0), context.Semaphore(0)
    partner = context.Process(target=echo_shared, args=(block.name, size_bytes, asked, answered))  # type: ignore[attr-defined]
    partner.start()
    view = memoryview(block.buf)  # type: ignore[arg-type]
    release, acquire = asked.release, answered.acquire

    def send(data: bytes) -> None:
        view[:size_bytes] = data
        release()

    def receive() -> bytes:
        acquire()
        return bytes(view[:size_bytes])

    def dismiss() -> None:
        view[size_bytes] = 1
        release()
        partner.join()

    channel = Channel(send, receive, partner.pid)
    channel.resources.callback(block.unlink)
    channel.resources.callback(block.close)
    channel.resources.callback(view.release)
    channel.resources.callback(dismiss)
    return channel
