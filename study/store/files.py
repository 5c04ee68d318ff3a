"""Writing whole files or none, and reading files that may be anything."""

from __future__ import annotations

import contextlib
import glob
import gzip
import hashlib
import io
import json
import os
import re
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import msgspec

from study.errors import LIMITS, ResultsError, printable
from study.plain import NotAFileError, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_BYTES = 32 * 2**20
"""No file of results is larger, decompressed: the largest of an hour's run is 1 MiB. More is refused unread."""
MAX_RATIO = 500
"""No suite shrinks to less than a 500th (they shrink to a tenth): a small file cannot ask for much memory."""
ALWAYS_BYTES = 2**20
"""What any compressed file may hold."""
MAX_VALUES = 2_000_000
"""Values, lists and objects of a JSON file: 32 MiB of floats have 1.6 million."""
MAX_DIGITS = 20
_ALIKE = bytes.maketrans(b"123456789", b"000000000")
TRIED_BYTES = 4096
"""What must find room where results are to be kept: a block of most file systems."""
REMEDY = ". Restore the file (git checkout) or remove its run"

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
T = TypeVar("T")


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` so that a crash at any moment leaves the old file or the new one, never half of one.

    A link in its place is replaced; what it points to is not touched. Halves that a killed process left of the same file
    go: whoever writes results holds their lock.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for half in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
            half.unlink(missing_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # where nothing can be written, nothing lies there either
            temporary.unlink()
        remedy = LIMITS.get(error.errno, "mend the disk")
        raise ResultsError(
            f"{path}: cannot be written ({error.strerror}; {len(data)} bytes were needed). What was there is as it was;"
            f" {remedy} and run the same command again, or name another folder with --results"
        ) from None


def write_new(path: Path, data: bytes) -> None:
    """Write `data` where nothing has this name: the whole of it or nothing, and no other file's place is ever taken.

    Raises
    ------
    FileExistsError
        if something has the name.
    ResultsError
        if it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(temporary)  # which fails where something stands, as no renaming does
        except FileExistsError:
            raise
        except OSError:  # a file system on which nothing has two names
            if lies_there(path):
                raise FileExistsError(path) from None
            temporary.rename(path)
    except FileExistsError:
        raise
    except OSError as error:
        remedy = LIMITS.get(error.errno, "mend the disk")
        raise ResultsError(
            f"{path}: cannot be written ({error.strerror}; {len(data)} bytes were needed); {remedy}, or name another place"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def sync_folder(path: Path) -> None:
    """See what was made or renamed in a folder on the disk; some systems open no folder and need no such thing."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def check_writable(folder: Path) -> None:
    """Find out now, and not after measuring, that nothing can be kept in `folder`; it is made where it is missing.

    A full disk still takes an empty file, so some bytes are tried.

    Raises
    ------
    ResultsError
        if it is no folder, or cannot be written.
    """
    trial = folder / f".writable.{os.getpid()}.part"
    write_whole(trial, bytes(TRIED_BYTES))
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


def is_link(path: Path) -> bool:
    """Whether this is a link (or a junction of Windows), wherever it leads."""
    return path.is_symlink() or bool(getattr(os.path, "isjunction", lambda _: False)(path))


def lies_there(path: Path) -> bool:
    """Whether anything has this name, a link that leads nowhere included."""
    return os.path.lexists(path)


def open_plain(path: Path, name: str, *, flags: int = os.O_RDONLY, remedy: str = REMEDY) -> BinaryIO:
    """Open a file that is a plain file; links, FIFOs, devices, folders and sockets are refused without opening them.

    Parameters
    ----------
    flags : of `os.open`, to read or to read and append.

    Raises
    ------
    ResultsError
        naming what stands there in its place.
    OSError
        where it cannot be opened.
    """
    try:
        return opened(path, flags)
    except NotAFileError as error:
        raise ResultsError(
            f"{printable(name)}: {error}, and not a file of this study; it was not opened{remedy}"
        ) from None


def read_bytes(
    path: Path, name: str, *, longest: int | None = None, remedy: str = REMEDY, as_it_is: bool = False
) -> bytes:
    """The bytes of a plain file, decompressed when its name ends in .gz unless wanted as it is; at most `longest` of them.

    Raises
    ------
    ResultsError
        if it cannot be read, is no plain file, is larger, or is not gzip. `name` is what the message calls it.
    """
    longest = MAX_BYTES if longest is None else longest
    shown = printable(name)
    try:
        with open_plain(path, name, remedy=remedy) as raw:
            if path.suffix == ".gz" and not as_it_is:
                longest = min(longest, max(ALWAYS_BYTES, MAX_RATIO * os.fstat(raw.fileno()).st_size))
                data = gzip.GzipFile(fileobj=raw).read(longest + 1)
            else:
                data = raw.read(longest + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or printable(str(error))
        raise ResultsError(f"{shown}: cannot be read: {reason}{remedy}") from None
    if len(data) > longest:
        raise ResultsError(f"{shown}: larger than {longest} bytes; no file of this study is. Remove it")
    return data


def read_text(path: Path, name: str, *, longest: int | None = None, remedy: str = REMEDY) -> str:
    """What `read_bytes` reads, as text.

    Raises
    ------
    ResultsError
        as there, and if it is not UTF-8.
    """
    return as_text(read_bytes(path, name, longest=longest, remedy=remedy), name, remedy=remedy)


def as_text(data: bytes, name: str, *, remedy: str = REMEDY) -> str:
    """The bytes as UTF-8, or a `ResultsError`."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ResultsError(f"{printable(name)}: not UTF-8 text: {error}{remedy}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number")


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("a whole number has too many digits")
    return int(digits)


def _has_long_numbers(text: str) -> bool:
    """Whether a whole number may have too many digits: so many stand in a row. To look at each takes as long as all else."""
    return b"0" * MAX_DIGITS in text.encode("utf-8", "surrogatepass").translate(_ALIKE)


def parse_json(text: str, name: str, *, remedy: str = REMEDY) -> Any:  # noqa: ANN401 - JSON is whatever it is
    """JSON with unique keys and numbers of sane length, or a `ResultsError` that says where it is not.

    A number beyond all numbers (1e999) becomes infinite: the types that the JSON is held against refuse it.
    """
    if text.count(",") + text.count("[") + text.count("{") > MAX_VALUES:
        raise ResultsError(
            f"{printable(name)}: more than {MAX_VALUES} values; no file of this study has as many{remedy}"
        )
    try:
        if "\\u" in text and _SURROGATE.search(text):
            msgspec.json.decode(text)  # which knows a half of a character from a whole one
        whole = _whole if _has_long_numbers(text) else int
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=whole)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise ResultsError(
            f"{printable(name)}: not the JSON that this study writes: {printable(str(error))}{remedy}"
        ) from None


def parse_as(
    text: str, kind: type[T], name: str, *, remedy: str = REMEDY, check: Callable[[T], str] = lambda _: ""
) -> T:
    """The JSON in `text` as a `kind`, its types and bounds checked; keys are unique.

    What is of another shape ends at its first wrong value, before the rest of it takes time or memory.

    Parameters
    ----------
    check : what is wrong beyond types and bounds, with its key; '' if nothing.

    Raises
    ------
    ResultsError
        naming the file and the key.
    """
    try:
        found = msgspec.json.decode(text, type=kind)
    except (msgspec.ValidationError, UnicodeError) as error:
        raise ResultsError(f"{printable(name)}: {printable(str(error))}{remedy}") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ResultsError(
            f"{printable(name)}: not the JSON that this study writes: {printable(str(error))}{remedy}"
        ) from None
    wrong = check(found)
    if wrong:
        raise ResultsError(f"{printable(name)}: {wrong}{remedy}")
    parse_json(text, name, remedy=remedy)  # for keys that stand twice, which a decoder of types passes over
    return found
