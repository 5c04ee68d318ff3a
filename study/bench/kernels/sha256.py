"""The same 8 MiB hashed in one piece, and in pieces of 1 KiB.

CPython's hashlib releases the GIL only for pieces of 2 KiB and more, so threads can hash the one side by side and not
the other. Both tasks hash the same bytes and must give the same digest.
"""

from __future__ import annotations

import hashlib
from functools import cache

from study.bench.kernels import Kernel

PIECE_BYTES = 1024
PIECES = 8192
KNOWN = "7d212b9c884f5c77896de960ae17cc341cda43b14d6a971f34ca29ebd4badf7f"
"""SHA-256 of the bytes 0 … 255 repeated to 8 MiB, as coreutils' sha256sum and OpenSSL give it."""


@cache
def _buffer(size_bytes: int) -> bytes:
    """The bytes 0 … 255, again and again; made once in each process."""
    return bytes(range(256)) * (size_bytes // 256)


def sha256_8mib(_index: int) -> str:
    """Hash 8 MiB at once."""
    return hashlib.sha256(_buffer(PIECES * PIECE_BYTES)).hexdigest()


def sha256_1kib(_index: int) -> str:
    """Hash the same bytes 1 KiB at a time."""
    piece = _buffer(PIECE_BYTES)
    digest = hashlib.sha256()
    for _ in range(PIECES):
        digest.update(piece)
    return digest.hexdigest()


KERNEL_8MIB = Kernel(sha256_8mib, lambda _index: KNOWN, prepare=lambda: _buffer(PIECES * PIECE_BYTES))
KERNEL_1KIB = Kernel(sha256_1kib, lambda _index: KNOWN, prepare=lambda: _buffer(PIECE_BYTES))
