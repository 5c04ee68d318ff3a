"""Work that another process does meanwhile, forked with all that this one has; what it gives is asked for later."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Self, TypeVar

from study.report.beside import spare_cpus
from study.report.helpers import helpers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from study.report.helpers import Helpers

T = TypeVar("T")
_WORKS: list[Callable[[], Any]] = []
"""What the other process was forked to do; empty in this one."""


class Aside:
    """As a context: until its end the work may be done elsewhere."""

    def __init__(self) -> None:
        """Nobody is begun yet."""
        self._helper: Helpers | None = None

    def __enter__(self) -> Self:
        """Nothing is begun before there is work."""
        return self

    def __exit__(self, *_: object) -> None:
        """What was not asked for is not done any more."""
        self._end()

    def _end(self) -> None:
        if self._helper is not None:
            self._helper.end()
        self._helper = None

    def __call__(self, works: Sequence[Callable[[], T]]) -> list[Callable[[], T]]:
        """Begin with each in its order, and with the process, which ends with the next list of works.

        What it gives waits for what the work gave. Where there is no CPU to spare the work is done when it is asked for; so is
        what came to an error, which is raised here then, and what nobody could do or send.
        """
        self._end()
        if not (works and spare_cpus()):
            return list(works)
        self._helper = helper = helpers(1, functools.partial(_WORKS.extend, works))
        if helper is None:
            return list(works)
        return [helper.ask(work, _done, number) for number, work in enumerate(works)]


def _done(number: int) -> Any:  # noqa: ANN401 - whatever the work gives
    return _WORKS[number]()
