"""A server on this machine that answers every line after a moment, until its standard input ends: what requests are made to."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio

DELAY_S = 0.005
BACKLOG = 1024
"""Connections that may wait to be taken up: more than are ever made at once."""


def answer(number: int) -> int:
    """What the server says to a number."""
    return number * number + 7


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    import asyncio

    line = await reader.readline()
    await asyncio.sleep(DELAY_S)
    writer.write(b"%d\n" % answer(int(line)))
    await writer.drain()
    writer.close()


async def _main() -> None:
    """Print the port; end with the standard input."""
    import asyncio

    server = await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=BACKLOG)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - how the port is told
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    loop.add_reader(sys.stdin.fileno(), ended.set_result, None)  # nothing is ever written to it: it only ends
    await ended
    loop.remove_reader(sys.stdin.fileno())
    server.close()


if __name__ == "__main__":
    import asyncio

    asyncio.run(_main())
