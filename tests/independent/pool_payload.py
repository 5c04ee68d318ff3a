"""pool_payload own|one [bytes] [repetitions]: forty arguments of so many bytes each through a Pool of two.

It shares no code with the study. own: Pool.map's own chunks; one: chunks of one. The pool lives on. One line per repetition:
seconds of one map.
"""

from __future__ import annotations

import os
import sys
import time
from multiprocessing import Pool

TASKS = 40


def main() -> int:
    try:
        chunk = {"own": None, "one": 1}[sys.argv[1]]
        size = int(sys.argv[2]) if len(sys.argv) > 2 else 1_600_000
        repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    except (IndexError, KeyError, ValueError):
        repetitions = 0
    if repetitions < 1 or len(sys.argv) > 4:
        print("usage: pool_payload.py own|one [bytes] [repetitions]", file=sys.stderr)
        return 1
    arguments = [os.urandom(size) for _ in range(TASKS)]
    with Pool(2) as pool:
        for repetition in range(-2, repetitions):  # the first two are warm-ups
            begun_s = time.perf_counter()
            lengths = pool.map(len, arguments, chunk)
            ended_s = time.perf_counter()
            if lengths != [size] * TASKS:
                print("wrong lengths", file=sys.stderr)
                return 1
            if repetition >= 0:
                print(ended_s - begun_s)
        pool.close()
        pool.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
