"""What goes wrong with one run or one section stays with it: it is named, left out, and everything else goes on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol, TypeVar

from study.errors import StudyError, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOST_NAMED = 30
"""Of what is left out this much is named, the rest counted: a terminal holds no more."""
MOST_TRIED = 20
"""Runs without which a section is made anew, one at a time, before the section itself is left out."""

T = TypeVar("T")
M = TypeVar("M")


class Named(Protocol):
    """A run, whether it is read already or not."""

    @property
    def name(self) -> str:
        """What messages call it."""


R = TypeVar("R", bound=Named)


class LeftOut:
    """What was left out, and why."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._reasons: list[str] = []

    @property
    def reasons(self) -> tuple[str, ...]:
        """A line for each, at most `MOST_NAMED` of them and one that counts the others."""
        more = len(self._reasons) - MOST_NAMED
        others = [f"and {more} more that cannot be read or analysed"] if more > 0 else []
        return (*self._reasons[:MOST_NAMED], *others)

    def add(self, name: str, error: Exception) -> str:
        """Note why something is left out, and return the line that says so; every line names it once."""
        text = str(error)
        if not isinstance(error, StudyError):
            said = ": ".join(filter(None, (type(error).__name__, printable(text, 200))))
            text = f"{said} while it was analysed: a defect of the study or a damaged file; left out"
        line = text if text.startswith(name) else f"{name}: {text}"
        self._reasons.append(line)
        return line

    @contextlib.contextmanager
    def apart(self, name: str) -> Iterator[None]:
        """Whatever error ends the block is noted under `name`, and goes no further."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - of whatever kind: one run's fault is not another's
            self.add(name, error)

    def instead(self, name: str, make: Callable[[], M], otherwise: Callable[[str], M]) -> M:
        """What is made; where an error of whatever kind ends it, what stands in its place, given the line that is noted."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - as in `apart`
            return otherwise(self.add(name, error))

    def together(
        self,
        name: str,
        make: Callable[[Sequence[R]], tuple[T, ...]],
        runs: Sequence[R],
        *,
        read: Callable[[R], object] | None = None,
    ) -> tuple[T, ...]:
        """Make a section of several runs; where one spoils it, that run is left out and the section made anew.

        Parameters
        ----------
        name : what the section is called where it cannot be made at all.
        read : reads a run's times, to find those that cannot be; None where they are read already.
        """
        made, fault = _attempt(make, runs)
        if fault is not None and read is not None:
            every, runs = runs, []
            for run in every:
                with self.apart(run.name):
                    read(run)
                    runs.append(run)
            made, fault = _attempt(make, runs)
        if fault is None:
            return made
        for number in reversed(range(max(len(runs) - MOST_TRIED, 0), len(runs))):
            made, still = _attempt(make, [*runs[:number], *runs[number + 1 :]])
            if still is None:
                self.add(runs[number].name, fault)
                return made
        self.add(name, fault)
        return ()


def _attempt(make: Callable[[Sequence[R]], tuple[T, ...]], runs: Sequence[R]) -> tuple[tuple[T, ...], Exception | None]:
    """What is made of these runs, and the error that came instead, of whatever kind; whoever asked names what it spoiled."""
    try:
        return make(runs), None
    except Exception as error:  # noqa: BLE001 - handed on as a value, never dropped: see `together`
        return (), error
