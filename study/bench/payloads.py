"""What a message is made of: about so many bytes as bytes, as a NumPy array, as a list of ints, as a dict, as a list of dicts."""

from __future__ import annotations

from study.bench.errors import UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OUT_OF_BAND = "array_out_of_band"
"""A form: an array whose bytes travel beside the pickle (protocol 5, PEP 574) instead of inside it."""
BYTES_OF_AN_INT = 8
"""What an int counts as in a list or a dict: that of the number alone, so that forms carry equally many numbers."""

BYTES_OF_A_RECORD = 32
"""What a dict in a list of dicts counts as: two numbers and a name of sixteen letters."""


def payload(form: str, size_bytes: int) -> Any:  # noqa: ANN401 - that is the point
    """A message of this form; the numbers in lists, dicts and arrays are all different and above the cached small ones."""
    if form == "":
        return (bytes(range(256)) * (size_bytes // 256 + 1))[:size_bytes]
    count = size_bytes // BYTES_OF_AN_INT
    if form == "list":
        return list(range(1000, 1000 + count))
    if form == "dict":
        return {str(number): number for number in range(1000, 1000 + count)}
    if form == "records":
        numbers = range(1000, 1000 + size_bytes // BYTES_OF_A_RECORD)
        return [{"number": number, "half": number / 2, "name": f"record {number:09}"} for number in numbers]
    if form in {"array", OUT_OF_BAND}:
        import numpy as np

        return np.arange(1000, 1000 + count, dtype=np.int64)
    raise UnsupportedCellError(
        f"form {form!r} does not exist for messages; possible: '', array, {OUT_OF_BAND}, list, dict, records"
    )


def same(one: object, other: object) -> bool:
    """Whether two messages are equal; arrays element by element."""
    if type(one).__module__ == "numpy":
        return bool((one == other).all())  # type: ignore[attr-defined]
    return one == other


def dumps_out_of_band(message: object) -> tuple[bytes, list[memoryview]]:
    """The pickle, and the blocks of bytes that belong beside it; nothing is copied."""
    import pickle

    blocks: list[pickle.PickleBuffer] = []
    data = pickle.dumps(message, protocol=5, buffer_callback=blocks.append)
    return data, [block.raw() for block in blocks]
