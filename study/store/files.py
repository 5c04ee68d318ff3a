"""Writing whole files or none, and reading files that may be anything."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import math
import os
import zlib
from typing import TYPE_CHECKING, Any

from study.errors import ResultsError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 64 * 2**20
"""No file of results is larger, decompressed; a larger one is refused before it fills the memory."""
MAX_DIGITS = 20


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` so that a crash at any moment leaves the old file or the new one, never half of one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # where nothing can be written, nothing lies there either
            temporary.unlink()
        raise ResultsError(
            f"{path}: cannot be written ({error.strerror}; {len(data)} bytes were needed). What was there is as it was;"
            " mend the disk and run the same command again, or name another folder with --results"
        ) from None


def check_writable(folder: Path) -> None:
    """Find out now, and not after measuring, that nothing can be kept in `folder`; it is made where it is missing.

    Raises
    ------
    ResultsError
        if it is no folder, or cannot be written.
    """
    trial = folder / f".writable.{os.getpid()}.part"
    write_whole(trial, b"")
    trial.unlink(missing_ok=True)


def compress(text: str) -> bytes:
    """Gzip without a time or a name in it: the same text gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=9) as file:
        file.write(text.encode())
    return buffer.getvalue()


def digest(text: str) -> str:
    """SHA-256 of the (decompressed) text."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_text(path: Path, name: str) -> str:
    """The text of a file, decompressed when its name ends in .gz; at most `MAX_BYTES` of it.

    Raises
    ------
    ResultsError
        if it cannot be read, is larger, is not gzip or not UTF-8. `name` is what the message calls it.
    """
    try:
        with path.open("rb") as raw:
            stream = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            data = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ResultsError(
            f"{name}: cannot be read: {error}. Restore the file (git checkout) or remove its run"
        ) from None
    if len(data) > MAX_BYTES:
        raise ResultsError(f"{name}: larger than {MAX_BYTES} bytes; no file of this study is. Remove it")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ResultsError(f"{name}: not UTF-8 text: {error}. Restore the file or remove its run") from None


def parse_json(text: str, name: str, *, remedy: str = ". Restore the file (git checkout) or remove its run") -> Any:  # noqa: ANN401 - JSON is whatever it is
    """JSON with unique keys and finite numbers of sane length, or a `ResultsError` that says where it is not."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key stands twice in one object")
        return found

    def no_constant(word: str) -> float:
        raise ValueError(f"{word} is not a number")

    def whole(digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            raise ValueError("a whole number has too many digits")
        return int(digits)

    def real(digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            raise ValueError(f"{digits[:MAX_DIGITS]} is not finite")
        return number

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=no_constant, parse_int=whole, parse_float=real)
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{name}: not the JSON that this study writes: {error}{remedy}") from None
