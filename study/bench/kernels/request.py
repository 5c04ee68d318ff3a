"""One request over a connection of its own to a server on this machine that answers after 5 ms: waiting, as for any server."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
from functools import partial

from study.bench.errors import WorkerFailedError
from study.bench.hosts import delayed
from study.bench.kernels import Kernel

MOST_NUMBERS = 1 << 10
HOST = "127.0.0.1"
_PORTS: list[int] = []
"""Of the server of this process, once it has one."""


def serve() -> None:
    """Start the server, once in each process that hands out tasks; it ends with that process, whichever way that ends."""
    if _PORTS:
        return
    its_input, hold = os.pipe()
    told, its_output = os.pipe()
    server = subprocess.Popen([sys.executable, "-m", delayed.__name__], stdin=its_input, stdout=its_output)
    os.close(its_input)
    os.close(its_output)
    atexit.register(partial(_end, server, hold, os.getpid()))
    with os.fdopen(told, encoding="ascii") as said:
        port = said.readline()
    if not port:
        raise WorkerFailedError("the server that requests are made to did not start")
    _PORTS.append(int(port))


def _end(server: subprocess.Popen[bytes], hold: int, owner: int) -> None:
    if os.getpid() == owner:
        os.close(hold)
        server.wait()


def numbers(tasks: int, _spins: int) -> list[int]:
    """The port and a number in one, so that any process can ask."""
    return [_PORTS[0] * MOST_NUMBERS + index % MOST_NUMBERS for index in range(tasks)]


def ask(argument: int) -> int:
    """Connect, ask, wait for the answer, close."""
    port, number = divmod(argument, MOST_NUMBERS)
    with socket.create_connection((HOST, port)) as connection:
        connection.sendall(b"%d\n" % number)
        said = b""
        while not said.endswith(b"\n"):
            if not (data := connection.recv(64)):
                raise ConnectionError("the server closed the connection before it answered")
            said += data
    return int(said)


async def ask_in_loop(argument: int) -> int:
    """Do the same as a coroutine, with the streams of asyncio."""
    import asyncio

    port, number = divmod(argument, MOST_NUMBERS)
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"%d\n" % number)
    said = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return int(said)


KERNEL = Kernel(ask, lambda argument: delayed.answer(argument % MOST_NUMBERS), numbers, serve)
