"""What runs inside a process or thread under study.

Kept apart from everything else: under spawn and forkserver a child imports the module of its target, and each
import made here would count as start-up.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import queue
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

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


def echo_in_thread(inbox: queue.SimpleQueue[bytes | None], outbox: queue.SimpleQueue[bytes | None]) -> None:
    """Put every message back until `None` comes."""
    while (message := inbox.get()) is not None:
        outbox.put(message)
