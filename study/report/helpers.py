"""Processes that help this one, forked with all that it has; it waits for them without a thread, and for none that has ended.

A pool of the standard library has threads and locks of its own: where one of them cannot be had, or a process is ended within a
message, whoever waits waits for ever. Here a message is so short that a pipe takes it whole, what it is about lies in a file
without a name, and a process that has ended is the end of its pipe.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import select
import struct
import tempfile
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from study.report.beside import begun, context, forking

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkProcess

T = TypeVar("T")
_MESSAGE = struct.Struct("<qqq")
"""Which work, and where in a file it lies, or what it gave: from which byte on, how many; none of what gave nothing."""


class _Given(NamedTuple):
    """Where what a work gave lies."""

    file: int
    begin: int
    length: int


class Helpers:
    """So many processes, which take the works in the order in which they are asked, until the end."""

    def __init__(self, number: int, first: Callable[[], None]) -> None:
        """Begin them.

        Parameters
        ----------
        first : what each does first.

        Raises
        ------
        OSError
            where they cannot be had; then none is there.
        """
        self._open = contextlib.ExitStack()
        self._answers: dict[int, int] = {}
        """The pipe in which a process says what it has done -> the file in which that lies."""
        self._processes: list[ForkProcess] = []
        self._given: dict[int, _Given] = {}
        self._asked = self._bytes = 0
        with contextlib.ExitStack() as undone:
            undone.callback(self.end)
            self._works = self._file()
            theirs, (taken, self._say) = undone.enter_context(contextlib.ExitStack()), os.pipe()
            theirs.callback(os.close, taken)
            self._open.callback(os.close, self._say)
            os.set_blocking(self._say, False)
            for _ in range(number):
                answers, (heard, said) = self._file(), os.pipe()
                self._open.callback(os.close, heard)
                own = theirs.enter_context(contextlib.ExitStack())
                own.callback(os.close, said)
                process = context().Process(
                    target=_serve, args=(os.getpid(), first, self._works, taken, answers, said, self._say), daemon=True
                )
                with forking():
                    process.start()
                self._processes.append(process)
                own.close()  # it is theirs alone, so that their end is its end
                self._answers[heard] = answers
            theirs.close()
            undone.pop_all()

    def _file(self) -> int:
        return self._open.enter_context(tempfile.TemporaryFile(buffering=0)).fileno()

    def ask(self, here: Callable[[], T], there: Callable[..., T], *arguments: object) -> Callable[[], T]:
        """Have a work done, `there` with these arguments; what it gives waits for what the work gave.

        What could not be done, or not be sent, or was taken by a process that has ended, is done `here` when it is asked for.
        """
        try:
            data = pickle.dumps((there, arguments), pickle.HIGHEST_PROTOCOL)
            _write(self._works, data, self._bytes)
            os.write(self._say, _MESSAGE.pack(self._asked, self._bytes, len(data)))
        except Exception:  # noqa: BLE001 - whatever cannot be sent, for want of whatever, is done here
            return here
        self._bytes += len(data)
        self._asked += 1
        return functools.partial(self._waited_for, self._asked - 1, here)

    def _waited_for(self, number: int, here: Callable[[], T]) -> T:
        while number not in self._given and self._answers:
            self._hear()
        given = self._given.get(number)
        if given is not None and given.length:
            with contextlib.suppress(Exception):  # of whatever kind: what it is, is seen where it is done here
                made: T = pickle.loads(_read(given))  # noqa: S301 - written by a process of ours
                return made
        return here()

    def _hear(self) -> None:
        """Wait for the next that is said; where a process has ended nobody knows what it had taken, and all are ended."""
        listening = select.poll()
        for heard in self._answers:
            listening.register(heard, select.POLLIN)
        for heard, _ in listening.poll():
            if not self._heard(heard):
                self._stop()
                return

    def _heard(self, heard: int) -> bool:
        said = os.read(heard, _MESSAGE.size)
        if said:
            number, begin, length = _MESSAGE.unpack(said)
            self._given[number] = _Given(self._answers[heard], begin, length)
        return bool(said)

    def _stop(self) -> None:
        """End them; what they have done already can still be had."""
        while self._processes:
            process = self._processes[-1]
            # Closed by a call that was interrupted, or nobody can tell that it has ended: where SIGCHLD is ignored.
            with contextlib.suppress(ValueError):
                process.kill()
                process.join()
                process.close()
            self._processes.pop()
        for heard in self._answers:
            while self._heard(heard):
                pass
        self._answers.clear()

    def end(self) -> None:
        """End them, whatever they do; what was not asked for cannot be had any more."""
        self._stop()
        self._given.clear()
        self._open.close()


def helpers(number: int, first: Callable[[], None]) -> Helpers | None:
    """So many, None where they cannot be had."""
    try:
        return Helpers(number, first)
    except OSError:
        return None


def _serve(parent: int, first: Callable[[], None], works: int, taken: int, answers: int, said: int, say: int) -> None:
    """Do what is asked, until nobody is there to ask."""
    os.close(say)
    begun(parent)
    first()
    begin = 0
    while message := os.read(taken, _MESSAGE.size):
        number, *where = _MESSAGE.unpack(message)
        try:
            there, arguments = pickle.loads(_read(_Given(works, *where)))  # noqa: S301 - written by the process that asks
            data = pickle.dumps(there(*arguments), pickle.HIGHEST_PROTOCOL)
            _write(answers, data, begin)
        except Exception:  # noqa: BLE001 - of whatever kind: it is raised where the work is asked for
            data = b""
        os.write(said, _MESSAGE.pack(number, begin, len(data)))
        begin += len(data)


def _write(file: int, data: bytes, begin: int) -> None:
    left = memoryview(data)
    while left:
        written = os.pwrite(file, left, begin)
        left, begin = left[written:], begin + written


def _read(given: _Given) -> bytes:
    parts: list[bytes] = []
    begin, end = given.begin, given.begin + given.length
    while begin < end and (part := os.pread(given.file, end - begin, begin)):
        parts.append(part)
        begin += len(part)
    return b"".join(parts)
