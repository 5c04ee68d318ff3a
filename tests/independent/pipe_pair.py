"""pipe_pair [repetitions]: a round trip of four bytes between two processes through two pipes, as perf bench sched pipe does.

It shares no code with the study. One line per repetition: average seconds of 5000 round trips.
"""

from __future__ import annotations

import os
import sys
import time

ROUND_TRIPS = 5000


def main() -> int:
    try:
        repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    except ValueError:
        repetitions = 0
    if repetitions < 1 or len(sys.argv) > 2:
        print("usage: pipe_pair.py [repetitions]", file=sys.stderr)
        return 1
    there_in, there_out = os.pipe()
    back_in, back_out = os.pipe()
    child = os.fork()
    if child == 0:
        for _ in range((repetitions + 1) * ROUND_TRIPS):
            os.write(back_out, os.read(there_in, 4))
        os._exit(0)
    for repetition in range(-1, repetitions):  # the first is a warm-up
        begun_s = time.perf_counter()
        for _ in range(ROUND_TRIPS):
            os.write(there_out, b"ping")
            os.read(back_in, 4)
        if repetition >= 0:
            print((time.perf_counter() - begun_s) / ROUND_TRIPS)
    os.waitpid(child, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
