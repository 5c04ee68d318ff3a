"""What a part says: lines of JSON in a file of their own, and which item is being worked on, which outlives the process.

A file that is opened for each line, and no descriptor that stays open: a function that closes descriptors, or is given the
number of one that was closed, can neither silence the probe nor be written into by it.
"""

from __future__ import annotations

import json
import mmap
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MARK = ".at"
"""Ending of the file that holds the item being worked on."""
MARK_BYTES = 8


class Answers:
    """Where a part writes what it finds. Only the process that made it writes: a copy of it (fork) is silent."""

    def __init__(self, path: str) -> None:
        """Make both files anew."""
        self._path = os.path.abspath(path)
        self._process = os.getpid()
        with open(self._path, "wb"):
            pass
        with open(self._path + MARK, "w+b") as file:
            file.write(bytes(MARK_BYTES))
            file.flush()
            self._mark = mmap.mmap(file.fileno(), MARK_BYTES)

    def say(self, kind: str, facts: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
        """One line: its kind and what there is to say. A copy of the process that made this one ends here instead."""
        self.alone()
        line = json.dumps({kind: facts}) + "\n"
        with open(self._path, "ab") as file:
            file.write(line.encode("ascii"))

    def begin(self, what: str) -> None:
        """Say what comes next: where nothing follows, it never ended."""
        self.say("begun", what)

    def at(self, index: int) -> None:
        """Mark the item that is worked on from now; -1 for none. Costs a tenth of a microsecond, and needs no system call."""
        self._mark[:] = (index + 1).to_bytes(MARK_BYTES, "little")

    def alone(self) -> None:
        """End a process that came out of a call twice, as where the function forks and does not end its child."""
        if os.getpid() != self._process:
            with open(self._path, "ab") as file:
                file.write(json.dumps({"twice": True}).encode("ascii") + b"\n")
            os._exit(0)
