"""A PNG image read, made eight times smaller by a box filter and packed as PNG again: zlib and NumPy, no image library."""

from __future__ import annotations

import struct
import zlib
from functools import cache

from study.bench.kernels import Kernel
from study.bench.made_files import MadeFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NUMBER, SIDE, BOX, COLOURS = 8, 768, 8, 3
SMALL = SIDE // BOX
STRIPES = 20
"""How much lighter and darker than their average the columns of a box are by turns."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">IIBBBBB")
_TRUE_COLOUR = 2
FASTEST = 1


def average(file: int, row: int, column: int, colour: int) -> int:
    """The average of a box of the image: what the thumbnail has there."""
    return 40 + (5 * row + 3 * column + 7 * colour + 11 * file) % 150


def png(rows: bytes, side: int, level: int = FASTEST) -> bytes:
    """A square image in true colour, every row beginning with its filter, which is none (PNG, 3rd edition, 9)."""
    header = _HEADER.pack(side, side, 8, _TRUE_COLOUR, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, level)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def pixels(image: bytes) -> tuple[int, bytes]:
    """(The side, the rows) of an image that `png` wrote; every chunk is checked."""
    place, side, packed = len(SIGNATURE), 0, b""
    while place < len(image):
        (length,) = struct.unpack_from(">I", image, place)
        chunk = image[place + 4 : place + 8 + length]
        if struct.unpack_from(">I", image, place + 8 + length) != (zlib.crc32(chunk),):
            raise ValueError("a chunk of the image is damaged")
        if chunk.startswith(b"IHDR"):
            side = _HEADER.unpack_from(chunk, 4)[0]
        elif chunk.startswith(b"IDAT"):
            packed += chunk[4:]
        place += 12 + length
    return side, zlib.decompress(packed)


def content(file: int) -> bytes:
    """An image of boxes, striped inside."""
    rows = []
    for row in range(SMALL):
        boxes = [[average(file, row, column, colour) for colour in range(COLOURS)] for column in range(SMALL)]
        striped = (bytes(value - STRIPES for value in box) + bytes(value + STRIPES for value in box) for box in boxes)
        rows.append((b"\0" + b"".join(pair * (BOX // 2) for pair in striped)) * BOX)
    return png(b"".join(rows), SIDE)


FILES = MadeFiles(NUMBER, content)


def _arrays() -> Any:  # noqa: ANN401 - the library itself, imported where it is needed
    import numpy as np

    return np


def shrink(argument: int) -> tuple[int, tuple[int, ...]]:
    """(The side of the thumbnail, the sum of each of its colours), read back from the packed thumbnail."""
    np = _arrays()
    side, rows = pixels(FILES.path(argument).read_bytes())
    image = np.frombuffer(rows, dtype=np.uint8).reshape(side, 1 + side * COLOURS)[:, 1:]
    boxes = image.reshape(side // BOX, BOX, side // BOX, BOX, COLOURS)
    small = boxes.mean(axis=(1, 3)).round().astype(np.uint8).reshape(side // BOX, -1)
    lines = np.concatenate([np.zeros((side // BOX, 1), dtype=np.uint8), small], axis=1)
    side, rows = pixels(png(lines.tobytes(), side // BOX))
    thumbnail = np.frombuffer(rows, dtype=np.uint8).reshape(side, 1 + side * COLOURS)[:, 1:].reshape(-1, COLOURS)
    return side, tuple(int(total) for total in thumbnail.sum(axis=0, dtype=np.int64))


@cache
def _known(file: int) -> tuple[int, tuple[int, ...]]:
    places = [(row, column) for row in range(SMALL) for column in range(SMALL)]
    return SMALL, tuple(sum(average(file, row, column, colour) for row, column in places) for colour in range(COLOURS))


def _prepare() -> None:
    _arrays()
    FILES.make()


KERNEL = Kernel(shrink, lambda argument: _known(FILES.which(argument)), FILES.arguments, _prepare)
