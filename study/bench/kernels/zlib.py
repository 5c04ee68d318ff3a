"""Text compressed and brought back: long calls into C that release the GIL."""

from __future__ import annotations

import zlib
from functools import cache

from study.bench.kernels import Kernel

SIZE_BYTES = 128 * 1024
LEVEL = 6


@cache
def data() -> bytes:
    """Numbers in words, as a log might hold them; made once per process."""
    lines = (f"{number} squared is {number * number}, cubed {number**3 % 9973}\n" for number in range(SIZE_BYTES // 16))
    return "".join(lines).encode()[:SIZE_BYTES]


def round_trip(_index: int) -> tuple[bool, bool]:
    """(Whether it became smaller, whether it came back as it was). How small depends on the zlib in use."""
    packed = zlib.compress(data(), LEVEL)
    return len(packed) < SIZE_BYTES // 2, zlib.decompress(packed) == data()


KERNEL = Kernel(round_trip, lambda _index: (True, True), prepare=data)
