"""Files that tasks read: made from nothing by the process that hands the tasks out, removed when it ends."""

from __future__ import annotations

import atexit
import os
import tempfile
from functools import partial
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MOST_FILES = 1 << 10
_TOKEN_BYTES = 6


class MadeFiles:
    """`number` files of one kind in a folder of this process.

    A task is given one whole number, from which any process can tell folder and file: a spawned worker, and one whose
    server was started before the files were made, finds them like a forked one. Which file it is tells the answer.
    """

    def __init__(self, number: int, content: Callable[[int], bytes]) -> None:
        """Make nothing yet; `content` gives the bytes of each file by its number."""
        self.number = number
        self._content = content
        self._token = 0

    def make(self) -> None:
        """Write the files, once in each process that asks; they go when that process ends."""
        if self._token:
            return
        token = int.from_bytes(os.urandom(_TOKEN_BYTES), "little") | 1
        folder = _folder(token)
        folder.mkdir(mode=0o700)
        atexit.register(partial(_remove, folder, os.getpid()))
        for file in range(self.number):
            Path(folder, str(file)).write_bytes(self._content(file))
        self._token = token

    def arguments(self, tasks: int, _spins: int) -> list[int]:
        """The argument of each task: the files in turn."""
        return [self._token * MOST_FILES + index % self.number for index in range(tasks)]

    @staticmethod
    def path(argument: int) -> Path:
        """The file that an argument means, in any process of this machine."""
        token, file = divmod(argument, MOST_FILES)
        return _folder(token) / str(file)

    @staticmethod
    def which(argument: int) -> int:
        """The number of the file that an argument means."""
        return argument % MOST_FILES


def _folder(token: int) -> Path:
    return Path(tempfile.gettempdir(), f"study-{token:012x}")


def _remove(folder: Path, owner: int) -> None:
    """Remove the folder in the process that made it; a forked copy of it leaves it alone."""
    if os.getpid() == owner:
        import shutil

        shutil.rmtree(folder)
