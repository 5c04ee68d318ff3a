"""Opening nothing but regular files: a FIFO would wait, a link leads elsewhere, a device can be anything."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from study.errors import UsageError, printable

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY")
"""Where the system has them."""
_KINDS = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}


class NotAFileError(Exception):
    """Something else than a regular file lies there; the text says what."""


def opened(path: Path, flags: int = os.O_RDONLY) -> BinaryIO:
    """A regular file, opened to read or to read and write; what is none, even if it came just now, is an error."""
    with contextlib.suppress(FileNotFoundError):
        _check(os.lstat(path).st_mode)
    for name in _FLAGS:
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        _check(os.fstat(descriptor).st_mode)
        return os.fdopen(descriptor, "r+b" if flags & os.O_RDWR else "rb")
    except BaseException:
        os.close(descriptor)
        raise


def writable(path: Path, folder: Path) -> Path:
    """Where a file is written that a person named: in `folder`, where it is not named whole. Nothing is written yet.

    Raises
    ------
    UsageError
        if its folder is not there, a folder has its name, or it may not be written.
    """
    try:
        place = folder.expanduser().absolute() / path.expanduser()
        fits = place.parent.is_dir() and not place.is_dir()
        fits = fits and os.access(place if place.exists() else place.parent, os.W_OK)
    except (OSError, RuntimeError):  # a name that is too long, a home that nobody knows
        place, fits = folder / path, False
    if not fits:
        raise UsageError(
            f"{printable(str(path))}: cannot be written in {printable(str(place.parent))}; name another file"
        )
    return place


def _check(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotAFileError(_KINDS.get(stat.S_IFMT(mode), "a device"))
