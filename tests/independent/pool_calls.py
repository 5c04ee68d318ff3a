"""pool_calls imap|map [repetitions]: a Pool of two made, a thousand calls in chunks of ten, ended.

It shares no code with the study. imap: what pyperformance's concurrent_imap does. map: one map, then close() and join().
One line per repetition: average seconds over 8 pools.
"""

from __future__ import annotations

import sys
import time
from multiprocessing import Pool

CALLS, CHUNK, POOLS = 1000, 10, 8


def same(x: int) -> int:
    return x


def by_imap() -> None:
    with Pool(2) as pool:
        for _ in pool.imap(same, range(CALLS), CHUNK):
            pass


def by_map() -> None:
    pool = Pool(2)
    pool.map(same, range(CALLS), CHUNK)
    pool.close()
    pool.join()


def main() -> int:
    ways = {"imap": by_imap, "map": by_map}
    try:
        way = ways[sys.argv[1]]
        repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    except (IndexError, KeyError, ValueError):
        repetitions = 0
    if repetitions < 1 or len(sys.argv) > 3:
        print("usage: pool_calls.py imap|map [repetitions]", file=sys.stderr)
        return 1
    for repetition in range(-1, repetitions):  # the first is a warm-up
        begun_s = time.perf_counter()
        for _ in range(POOLS):
            way()
        if repetition >= 0:
            print((time.perf_counter() - begun_s) / POOLS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
