"""What a function of the reader's is called with, as it is typed: items of a module, lines of JSON, or so many calls."""

from __future__ import annotations

import binascii
import hashlib
import io
import json
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from study.errors import UsageError, printable

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE = 512 << 20
"""Bytes: every process that is timed holds all items in memory."""
_DIGITS = 16
_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A file with a line of JSON for each item.

    Attributes
    ----------
    path : where it lies, absolute; kept nowhere.
    count : how many items there are; empty lines are none.
    digest : of its bytes, 16 hexadecimal digits: another file is another run.
    crc : of its bytes too, 8 hexadecimal digits, by which a timed process sees cheaply that it is still this file.
    """

    path: Path = field(repr=False)
    count: int
    digest: str
    crc: str


def check_one(items: str, items_file: Path | None, repeat: int) -> None:
    """Exactly one of the three is given.

    Parameters
    ----------
    items : "module:items", or ''.
    items_file : a file with a line of JSON for each item, or None.
    repeat : calls without an argument, or 0.

    Raises
    ------
    UsageError
        if none is given, or more than one, or no number of calls.
    """
    given = [bool(items), items_file is not None, repeat != 0]
    if sum(given) != 1:
        many = "only one of them" if any(given) else "one of them"
        raise UsageError(
            f"say what the function is called with, by {many}: --items module:items, --items-file FILE with a line of JSON"
            " for each item, or --repeat N for calls without an argument"
        )
    if repeat < 0:
        raise UsageError(f"--repeat {repeat}: write a number of calls, such as 1000")


def file_of(asked: Path, folder: Path) -> Path:
    """The file of the items, looked for in the folder: a regular one (a link may lead to it) of up to 512 MiB.

    Raises
    ------
    UsageError
        if there is none, or something else; nothing is opened.
    """
    named = f"--items-file {printable(str(asked))}"
    try:
        path = folder / asked.expanduser()
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{named}: there is no such file in {printable(str(folder))}") from None
    except (OSError, ValueError, RuntimeError) as error:  # a home that nobody knows, a NUL
        raise UsageError(f"{named}: {printable(getattr(error, 'strerror', None) or str(error), 200)}") from None
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "a device")
        raise UsageError(f"{named}: this is {kind}; name a file with a line of JSON for each item")
    if found.st_size > LARGEST_FILE:
        raise UsageError(
            f"{named}: {found.st_size >> 20} MiB; of up to {LARGEST_FILE >> 20} MiB items are read: give some thousands of"
            " them that stand for all"
        )
    return path


def lines_of(asked: Path, folder: Path) -> Lines:
    """The file of the items, read once: counted and told apart.

    Raises
    ------
    UsageError
        if it cannot be read, or a line is no JSON, by its number, or no line has an item.
    """
    path = file_of(asked, folder)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(no_file(asked, error.strerror or str(error))) from None
    count = number = 0
    try:
        for line in io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"):
            number += 1
            if line.strip():
                json.loads(line)
                count += 1
    except json.JSONDecodeError as error:
        raise UsageError(no_json(asked, str(number), f"{type(error).__name__}: {error}")) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(no_file(asked, f"{type(error).__name__}: {error}")) from None
    if not count:
        raise UsageError(no_file(asked, "no line of it has an item"))
    digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
    return Lines(path=path, count=count, digest=digest, crc=f"{binascii.crc32(content):08x}")


def no_json(asked: object, line: str, why: str) -> str:
    """A line is none."""
    return f"--items-file {printable(str(asked))}: line {line} is no JSON: {printable(why, 300)}"


def no_file(asked: object, why: str) -> str:
    """The file as a whole cannot be used."""
    return f"--items-file {printable(str(asked))}: {printable(why, 300)}"


def not_without(function: str, signature: str) -> str:
    """A function that is to be called without an argument wants one."""
    return (
        f"{function}{signature} wants an argument, and --repeat calls it without: give --items module:items or"
        " --items-file FILE"
    )
