"""triad_numpy [repetitions]: a = b + 3 c over three arrays of 8 MiB by NumPy's calls, 64 KiB at a time (STREAM, McCalpin).

It shares no code with the study. One line per repetition: average seconds of a pass over 20 passes.
"""

from __future__ import annotations

import sys
import time

import numpy as np

ELEMENTS, PIECE, PASSES = 1 << 20, 1 << 13, 20


def one_pass(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    for at in range(0, ELEMENTS, PIECE):
        part = a[at : at + PIECE]
        np.multiply(c[at : at + PIECE], 3.0, out=part)
        np.add(part, b[at : at + PIECE], out=part)


def main() -> int:
    try:
        repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    except ValueError:
        repetitions = 0
    if repetitions < 1 or len(sys.argv) > 2:
        print("usage: triad_numpy.py [repetitions]", file=sys.stderr)
        return 1
    a, b = np.full(ELEMENTS, -1.0), np.arange(float(ELEMENTS))
    c = 2.0 * b
    for repetition in range(-1, repetitions):  # the first is a warm-up
        begun_s = time.perf_counter()
        for _ in range(PASSES):
            one_pass(a, b, c)
        if repetition >= 0:
            print((time.perf_counter() - begun_s) / PASSES)
    if not np.array_equal(a, 7.0 * np.arange(ELEMENTS)):
        print("triad_numpy.py: wrong sum", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
