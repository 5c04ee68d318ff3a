"""What the person at the terminal is told: whatever the text is, and whatever has become of the terminal."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING, TextIO

from study.errors import printable
from study.units import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 4096
"""Characters of a line: ours stay far below, but for a path, which may be as long as this."""
_STREAMS = ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w"))


def open_streams() -> None:
    """Give this process the standard streams that it was started without: what is said there goes nowhere.

    Else the next file that is opened would take the number of the missing stream, and be written into.
    """
    for number, name, mode in _STREAMS:
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is taken, which is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - it takes no keyword
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False))


CLOSED = frozenset({errno.EIO})
"""What the kernel answers where a terminal was."""
LOST = CLOSED | {errno.EPIPE, errno.ENOSPC, errno.EDQUOT}
"""And where whoever read has left, or the disk under a log is full: no reason to end what takes minutes."""


def say(text: str, stream: TextIO | None = None, passed_over: frozenset[int] = CLOSED) -> None:
    """Write lines that stay, to standard output unless told otherwise."""
    stream = stream or sys.stdout
    with outliving(stream, passed_over):
        stream.write(f"{harmless(text)}\n")
        stream.flush()


def harmless(text: str) -> str:
    """Every line of `text` made fit for a terminal, the groups of a number's digits set apart by a space that each has."""
    lines = text.replace(GROUP, " ").split("\n")
    return "\n".join(printable(line.expandtabs(), LONGEST_LINE) for line in lines)


@contextlib.contextmanager
def outliving(stream: TextIO, passed_over: frozenset[int] = CLOSED) -> Iterator[None]:
    """Within, a terminal that is closed ends nothing: what is said from then on goes nowhere.

    `passed_over` are the errors that count as that; of those beside it standard error is told, once.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in passed_over:
            raise
        drop(stream)
        if error.errno not in CLOSED and stream is not sys.stderr:
            say(f"study: what is said here gets lost from now on ({error.strerror}); it goes on", sys.stderr, LOST)


def drop(stream: TextIO) -> None:
    """Let what is buffered, and what is said from now on, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
