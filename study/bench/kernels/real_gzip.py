"""A file read and packed by gzip: long calls into C that release the GIL."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

from study.bench.kernels import Kernel
from study.bench.made_files import MadeFiles

NUMBER, SIZE_BYTES = 8, 512 * 1024
LEVEL = 6
TRAILER_BYTES = 8
"""At the end of what gzip packs (RFC 1952): the CRC-32 and the size of what was packed, four bytes each."""


@cache
def content(file: int) -> bytes:
    """Numbers in words, as a report might hold them; other ones in each file."""
    numbers = range(file, file + SIZE_BYTES // 16)
    return "".join(f"{number} squared is {number**2}, cubed {number**3 % 9973}\n" for number in numbers).encode()[
        :SIZE_BYTES
    ]


FILES = MadeFiles(NUMBER, content)


def pack(argument: int) -> tuple[bytes, bool]:
    """(What gzip says was packed, whether it became smaller). How small depends on the zlib in use."""
    packed = gzip.compress(FILES.path(argument).read_bytes(), LEVEL)
    return packed[-TRAILER_BYTES:], len(packed) < SIZE_BYTES // 2


def _known(file: int) -> tuple[bytes, bool]:
    return zlib.crc32(content(file)).to_bytes(4, "little") + SIZE_BYTES.to_bytes(4, "little"), True


KERNEL = Kernel(pack, lambda argument: _known(FILES.which(argument)), FILES.arguments, FILES.make)
