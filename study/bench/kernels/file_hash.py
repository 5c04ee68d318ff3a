"""A file of 1 MiB read and hashed: reading and hashing both release the GIL."""

from __future__ import annotations

import hashlib
from functools import cache

from study.bench.kernels import Kernel
from study.bench.made_files import MadeFiles

NUMBER, SIZE_BYTES = 16, 1 << 20


def content(file: int) -> bytes:
    """The bytes 0 … 255 again and again, begun elsewhere in each file."""
    return (bytes(range(file, 256)) + bytes(range(file))) * (SIZE_BYTES // 256)


FILES = MadeFiles(NUMBER, content)


def read_and_hash(argument: int) -> str:
    """SHA-256 of the whole file."""
    return hashlib.sha256(FILES.path(argument).read_bytes()).hexdigest()


@cache
def _known(file: int) -> str:
    return hashlib.sha256(content(file)).hexdigest()


KERNEL = Kernel(read_and_hash, lambda argument: _known(FILES.which(argument)), FILES.arguments, FILES.make)
