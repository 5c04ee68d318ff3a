"""What goes wrong with one run or one section stays with it: it is named, left out, and everything else goes on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from study.errors import told

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


class Fault(NamedTuple):
    """What was left out, and why.

    Attributes
    ----------
    line : its name and the reason.
    section : the place in the page of the section that was being made; '' where none was.
    whole : whether it is that section itself that could not be made.
    """

    line: str
    section: str
    whole: bool


class LeftOut:
    """What was left out, and why; sections add what they find, and what is left out of each is known by its place."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._faults: list[Fault] = []
        self._section = ""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything, in the order in which it was met."""
        return tuple(self._faults)

    @property
    def refused(self) -> dict[str, str]:
        """The place of each section that could not be made, and the line that says why."""
        return {fault.section: fault.line for fault in self._faults if fault.whole}

    @property
    def reasons(self) -> tuple[str, ...]:
        """A line for each, at most `MOST_NAMED` of them and one that counts the others."""
        more = len(self._faults) - MOST_NAMED
        others = [f"and {more} more that cannot be read or analysed"] if more > 0 else []
        return (*(fault.line for fault in self._faults[:MOST_NAMED]), *others)

    def add(self, name: str, error: Exception, *, whole: bool = False) -> str:
        """Note why something, or the whole section that is being made, is left out, and return the line that says so."""
        line = told(name, error)
        self._faults.append(Fault(line, self._section, whole))
        return line

    def know(self, faults: Sequence[Fault]) -> None:
        """Note what another process left out of its sections, each once."""
        self._faults += [fault for fault in faults if fault not in self._faults]

    def section(self, place: str, make: Callable[[], M], otherwise: Callable[[str], M]) -> M:
        """What is made of the section of that place; where an error ends it, what stands there, as of `instead`."""
        self._section = place
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - as in `apart`
            return otherwise(self.add(f"section {place}", error, whole=True))
        finally:
            self._section = ""

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
