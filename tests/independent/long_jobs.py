"""long_jobs.py serial|pool|threads [workers] [repetitions]: the job of a long cell as a user would write it.

It shares no code with the study: each worker hashes 8 MiB 156 times. The pool, and the threads of a ThreadPool, are made
before the clock is read, and have hashed once. One line per repetition: seconds of the job.
"""

from __future__ import annotations

import hashlib
import sys
import time
from multiprocessing import Pool
from multiprocessing.pool import ThreadPool

DATA = bytes(range(256)) * 32768
HASHES = 156


def digest(_: int) -> str:
    return hashlib.sha256(DATA).hexdigest()


def main() -> int:
    try:
        way = {"serial": None, "pool": Pool, "threads": ThreadPool}[sys.argv[1]]
        workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
        repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    except (IndexError, KeyError, ValueError):
        workers = repetitions = 0
        way = None
    if workers < 1 or repetitions < 1 or len(sys.argv) > 4:
        print("usage: long_jobs.py serial|pool|threads [workers] [repetitions]", file=sys.stderr)
        return 1
    if way is None:
        digest(0)
        for _ in range(repetitions):
            begun_s = time.perf_counter()
            for number in range(HASHES):
                digest(number)
            print(time.perf_counter() - begun_s)
        return 0
    with way(workers) as pool:
        pool.map(digest, range(4 * workers))
        for _ in range(repetitions):
            begun_s = time.perf_counter()
            pool.map(digest, range(HASHES * workers))
            print(time.perf_counter() - begun_s)
    return 0


if __name__ == "__main__":
    sys.exit(main())
