"""An interpreter inside this process (CPython 3.14), with the face of a thread: start, join."""

from __future__ import annotations

from importlib import import_module

from study.bench.errors import UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class InterpreterLife:
    """`start` makes an interpreter and a thread that calls the target in it; `join` waits and closes it."""

    exitcode = 0

    def __init__(self, target: Callable[..., object], args: tuple[Any, ...]) -> None:
        """Remember what to call; `args[1]`, the list that the child changes, is left out: lists cannot be shared."""
        try:
            self._interpreters = import_module("concurrent.interpreters")
        except ImportError:
            raise UnsupportedCellError("this Python has no concurrent.interpreters; CPython 3.14 has") from None
        self._target, self._where = target, args[0]

    def start(self) -> None:
        """Make it and begin."""
        self._interpreter = self._interpreters.create()
        self._thread = self._interpreter.call_in_thread(self._target, self._where, [])

    def join(self) -> None:
        """Wait for the call and close the interpreter."""
        self._thread.join()
        self._interpreter.close()
