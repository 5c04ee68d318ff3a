"""What every host program does: start and join children one after the other, and say how long each took."""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MESSAGE_BYTES = 9
"""The time of the first instruction in nanoseconds (8 bytes) and whether the preloaded module came from the server."""
MARK = "lives: "
"""Before what was measured, at the start of a line: an interpreter may print things of its own."""


def first_words(path: str, preload: str) -> None:
    """Note the time of the first instruction; say it, and whether what was to be preloaded was there before we were."""
    first_ns = time.monotonic_ns()
    module = sys.modules.get(preload)
    preloaded = module is not None and os.getpid() != module.imported_in()
    pipe = os.open(path, os.O_WRONLY)
    os.write(pipe, first_ns.to_bytes(8, "little") + bytes([preloaded]))
    os.close(pipe)


def main(arguments: Sequence[str]) -> None:
    """Print the sums over all lives as JSON: nanoseconds from just before `start()`, and how often preloading worked."""
    import json
    import multiprocessing
    import tempfile
    from pathlib import Path

    start_method, warmups, lives, preload = arguments[0], int(arguments[1]), int(arguments[2]), arguments[3]
    context = multiprocessing.get_context(start_method)
    if preload:
        context.set_forkserver_preload([preload])  # a module that the path finds: see cpython issue 117378
    sums = {"start": 0, "first": 0, "join": 0, "preloaded": 0}
    with tempfile.TemporaryDirectory(prefix="study-") as folder:
        path = str(Path(folder, "first-words"))
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        for life in range(warmups + lives):
            child = context.Process(target=first_words, args=(path, preload))  # type: ignore[attr-defined]
            begun_shared_ns = time.monotonic_ns()
            begun_ns = time.perf_counter_ns()
            child.start()
            started_ns = time.perf_counter_ns()
            child.join()
            joined_ns = time.perf_counter_ns()
            message = os.read(reader, MESSAGE_BYTES)
            if child.exitcode or len(message) != MESSAGE_BYTES:
                raise SystemExit(f"the child ended with exit code {child.exitcode} and sent {len(message)} bytes")
            if life >= warmups:
                sums["start"] += started_ns - begun_ns
                sums["first"] += int.from_bytes(message[:8], "little") - begun_shared_ns
                sums["join"] += joined_ns - begun_ns
                sums["preloaded"] += message[8]
        os.close(reader)
    print(f"\n{MARK}{json.dumps(sums)}")  # noqa: T201 - this is what it is for
