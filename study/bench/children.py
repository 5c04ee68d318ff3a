"""What runs inside a process or thread under study.

Kept apart from everything else: under spawn and forkserver a child imports the module of its target, and each
import made here would count as start-up.
"""

from __future__ import annotations

import os
import time
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    import queue
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Semaphore
    from typing import Any

    Task = Callable[[int], object]


def first_words(where: int | str, seen: list[int]) -> None:
    """Note the time of the first instruction, change `seen`, and as the last act send the time through the pipe.

    `where` is the pipe's descriptor where it is inherited, else the path of the same pipe in the file system: a
    `Connection` as argument makes a spawned child import half of multiprocessing first (17 % of its start).
    """
    first_ns = time.monotonic_ns()
    seen.append(first_ns)
    message = first_ns.to_bytes(8, "little")
    if isinstance(where, int):
        os.write(where, message)
    else:
        pipe = os.open(where, os.O_WRONLY)
        os.write(pipe, message)
        os.close(pipe)


def first_words_in_memory(seen: list[int]) -> None:
    """Note the time of the first instruction where the starter can read it: a thread shares the list."""
    seen.append(time.monotonic_ns())


def answerer(pause_us: int) -> tuple[int, int]:
    """Who does this task, a process and a thread of it; busy for a moment, so that others get the next."""
    import threading

    time.sleep(pause_us / 1e6)
    return os.getpid(), threading.get_ident()


def print_number(number: int) -> None:
    """Print the one line of a printer of Q6."""
    print(f"Process {number}: {number}")  # noqa: T201 - printing is what Q6 studies


def print_and_wait(number: int, control: Connection) -> None:
    """Print, tell the parent so, and stay until told to end: it looks whether the line has gone out meanwhile."""
    print_number(number)
    control.send_bytes(b"printed")
    control.recv_bytes()


def do_share(task: Task, arguments: Sequence[int], results: Connection) -> None:
    """Do a worker's share of the tasks and send the answers back in one message."""
    results.send([task(argument) for argument in arguments])
    results.close()


def echo(inbox: Connection, outbox: Connection) -> None:
    """Send every message back until `None` comes."""
    while (message := inbox.recv()) is not None:
        outbox.send(message)


def send_out_of_band(outbox: Connection, message: object) -> None:
    """Send the pickle with the number of blocks before it, then each block of bytes as it lies in memory."""
    from study.bench.payloads import dumps_out_of_band

    data, blocks = dumps_out_of_band(message)
    outbox.send_bytes(len(blocks).to_bytes(1, "little") + data)
    for block in blocks:
        outbox.send_bytes(block)


def receive_out_of_band(inbox: Connection) -> Any:  # noqa: ANN401 - any object
    """Take what `send_out_of_band` sent; an array made of it cannot be written to."""
    import pickle

    data = inbox.recv_bytes()
    return pickle.loads(memoryview(data)[1:], buffers=[inbox.recv_bytes() for _ in range(data[0])])  # noqa: S301 - our own


def echo_out_of_band(inbox: Connection, outbox: Connection) -> None:
    """Send every message back until `None` comes."""
    while (message := receive_out_of_band(inbox)) is not None:
        send_out_of_band(outbox, message)


def echo_in_thread(inbox: queue.SimpleQueue[bytes | None], outbox: queue.SimpleQueue[bytes | None]) -> None:
    """Put every message back until `None` comes."""
    while (message := inbox.get()) is not None:
        outbox.put(message)


def echo_raw(inbox: int, outbox: int, size_bytes: int, others: Sequence[int]) -> None:
    """Write every message of `size_bytes` back until the inbox ends; `others` are the parent's ends, closed here.

    Messages are read into one block and written from it: nothing is copied but by the system.
    """
    for other in others:
        os.close(other)
    read, write, whole = os.readv, os.write, memoryview(bytearray(size_bytes))
    while True:
        got = read(inbox, (whole,))
        if not got:
            return
        while got < size_bytes:
            got += read(inbox, (whole[got:],))
        sent = write(outbox, whole)
        while sent < size_bytes:
            sent += write(outbox, whole[sent:])


def echo_shared(name: str, size_bytes: int, asked: Semaphore, answered: Semaphore) -> None:
    """Copy every message out of the block and in again until the byte behind it says that this is the end."""
    from multiprocessing.shared_memory import SharedMemory

    block = SharedMemory(name=name)
    view = memoryview(block.buf)  # type: ignore[arg-type]
    while True:
        asked.acquire()
        if view[size_bytes]:
            break
        data = bytes(view[:size_bytes])
        view[:size_bytes] = data
        answered.release()
    view.release()
    block.close()


def swallow(inbox: Connection, outbox: Connection, window: int, beside: bool) -> None:  # noqa: FBT001 - an argument of a process
    """Acknowledge every `window` messages until `None` comes; `beside`: their bytes come beside the pickle."""
    receive = partial(receive_out_of_band, inbox) if beside else inbox.recv
    while receive() is not None:
        for _ in range(window - 1):
            receive()
        outbox.send(True)  # noqa: FBT003 - an acknowledgement


def use(thing: object) -> bool:
    """Take what was handed over."""
    return thing is not None


def who_am_i(_index: int) -> int:
    """Wait a little, so that other workers take the next, and tell who waited."""
    time.sleep(5e-3)
    return os.getpid()


FIRST_TASKS = 1
"""After which a worker of windows is warm: a long window need not be done twice."""
WINDOW_END = -1
"""Sent instead of a moment: there is no window any more."""


def work_in_windows(task: Task, arguments: Sequence[int], parent: Connection) -> None:
    """Do the first task once, then all from each moment that the parent names; send (start, end, answers) each time."""
    answers = [task(argument) for argument in arguments[:FIRST_TASKS]]
    parent.send((0, 0, answers))
    now_ns = time.monotonic_ns
    while (moment_ns := parent.recv()) != WINDOW_END:
        start_ns = now_ns()
        while start_ns < moment_ns:
            start_ns = now_ns()
        answers = [task(argument) for argument in arguments]
        end_ns = now_ns()
        parent.send((start_ns, end_ns, answers))


def wait_for_word(parent: Connection) -> None:
    """Say that we are there, and stay until told to end."""
    parent.send(None)
    parent.recv()


def read_through(held: Any, collects: bool, parent: Connection) -> None:  # noqa: ANN401, FBT001 - any object; an argument of a process
    """Look at every element when told to, and tell how many there were."""
    parent.send(None)
    parent.recv()
    if collects:
        import gc

        gc.collect()
    count = len(held)
    if isinstance(held, (bytes, bytearray)):
        held.count(1)
    elif type(held).__module__ == "numpy":
        held.sum()
    else:
        count = sum(1 for _ in held)
    parent.send(count)
    parent.recv()
