"""What can be handed over to a worker: a lambda, a closure, a lock, an open file, a generator, and a number for comparison."""

from __future__ import annotations

import os
import pickle
import threading
import time
from pathlib import Path

from study.bench.children import use
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError
from study.bench.patterns import Session, seconds
from study.things import BACKENDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_REFUSALS = (AttributeError, TypeError, pickle.PicklingError)
"""What pickle refuses with: an AttributeError where a name is not found, a TypeError where the type cannot be pickled."""


class HandedOver(Session):
    """The event: a thread or a process is started with the thing as its argument and waited for, or a Pool of one applies it.

    Outcomes of `trials` events: `arrived`, the worker began with it. What cannot be handed over raises in the starter, or ends
    the child with an exit code other than 0; which of both it is, is not told apart.
    """

    def set_up(self) -> None:
        """Make the thing, and the pool where there is one."""
        cell = self.cell
        backend = BACKENDS[cell.backend]
        if bool(cell.start_method) != backend.takes_start_method:
            raise UnsupportedCellError(f"{cell.text!r}: start_method {cell.start_method!r} does not go with it")
        context: Any = context_of(cell.start_method) if backend.takes_start_method else None
        self._context = context
        self._pool: Any = None
        if backend.hands_out:
            self._pool = self._context.Pool(1)
            self.resources.callback(self._pool.join)
            self.resources.callback(self._pool.close)
        self._thing = self._made()

    def check(self) -> None:
        """Do nothing beforehand: whether it arrives is what is looked for."""

    def event(self, loops: int) -> dict[str, float]:
        """Hand it over, `loops` times."""
        begun_ns = time.perf_counter_ns()
        arrived = sum(self._arrives() for _ in range(loops))
        total_ns = time.perf_counter_ns() - begun_ns
        self.count("trials", loops)
        self.count("arrived", arrived)
        return seconds(total=total_ns)

    def _arrives(self) -> bool:
        if self._context is None:
            thread = threading.Thread(target=use, args=(self._thing,))
            thread.start()
            thread.join()
            return True
        try:
            if self._pool is not None:
                return bool(self._pool.apply(use, (self._thing,)))
            child = self._context.Process(target=use, args=(self._thing,))
            child.start()
        except _REFUSALS:
            return False
        child.join()
        return bool(child.exitcode == 0)

    def _made(self) -> object:
        number = 1

        def closure() -> int:
            return number

        things: dict[str, Callable[[], object]] = {
            "lambda": lambda: lambda: 1,
            "closure": lambda: closure,
            "lock": threading.Lock,
            "file": lambda: self.resources.enter_context(Path(os.devnull).open(encoding="ascii")),  # noqa: SIM115 - it is entered
            "generator": lambda: (number for number in range(3)),
            "number": lambda: number,
        }
        return things[self.cell.variant]()
