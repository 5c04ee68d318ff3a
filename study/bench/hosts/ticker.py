"""A program that sends the time through its standard output now and then, until nobody reads it any more."""

from __future__ import annotations

import os
import random
import sys
import time

SHORTEST_S, LONGEST_S = 0.012, 0.016
"""Between two times: longer than a waiting thread is usually kept, and never in step with anything."""
TIME_BYTES = 8


def main() -> None:
    """Send the nanoseconds of the clock that all processes share."""
    out, draw = sys.stdout.fileno(), random.Random()
    try:
        while True:
            time.sleep(draw.uniform(SHORTEST_S, LONGEST_S))
            os.write(out, time.monotonic_ns().to_bytes(TIME_BYTES, "little"))
    except BrokenPipeError:
        return


if __name__ == "__main__":
    main()
