"""Memory in many small mappings: what a fork copies one by one, beside the page tables."""

from __future__ import annotations

import mmap

from study.bench.errors import UnsupportedCellError

MAPPING_BYTES = 64 * 1024
"""Of one mapping; shared libraries have several each, of tens to hundreds of KiB."""


def of_many(size_bytes: int) -> mmap.mmap:
    """So much private memory, every page written, of which each 64 KiB are a mapping of their own.

    The kernel joins neighbours that are alike; every other one is left out of core dumps, so that none has a like neighbour.

    Raises
    ------
    UnsupportedCellError
        where the system does not let a program say so of its memory.
    """
    unlike = getattr(mmap, "MADV_DONTDUMP", None)
    if unlike is None:
        raise UnsupportedCellError("this system does not let a program split its memory into mappings")
    block = mmap.mmap(-1, max(size_bytes, MAPPING_BYTES), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for first in range(0, len(block), 2 * MAPPING_BYTES):
        block.madvise(unlike, first, min(MAPPING_BYTES, len(block) - first))
    for page in range(0, len(block), mmap.PAGESIZE):
        block[page] = 1
    return block
