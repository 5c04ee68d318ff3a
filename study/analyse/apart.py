"""What goes wrong with one run or one section stays with it: it is named, left out, and everything else goes on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

from study.errors import StudyError, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from study.store import RunFolder

MOST_NAMED = 30
"""Of what is left out this much is named, the rest counted: a terminal holds no more."""
MOST_TRIED = 20
"""Runs without which a section is made anew, one at a time, before the section itself is left out."""

T = TypeVar("T")


class LeftOut:
    """What was left out, and why."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._reasons: list[str] = []

    @property
    def reasons(self) -> tuple[str, ...]:
        """A line for each, at most `MOST_NAMED` of them and one that counts the others."""
        more = len(self._reasons) - MOST_NAMED
        shown = tuple(self._reasons[:MOST_NAMED])
        return (*shown, f"and {more} more that cannot be read or analysed") if more > 0 else shown

    def add(self, name: str, error: Exception) -> None:
        """Note why something is left out; every line names it once."""
        text = str(error) if isinstance(error, StudyError) else _defect(error)
        self._reasons.append(text if text.startswith(name) else f"{name}: {text}")

    @contextlib.contextmanager
    def apart(self, name: str) -> Iterator[None]:
        """Whatever error ends the block is noted under `name`, and goes no further."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - of whatever kind: one run's fault is not another's
            self.add(name, error)

    def together(
        self, name: str, make: Callable[[Sequence[RunFolder]], tuple[T, ...]], folders: Sequence[RunFolder]
    ) -> tuple[T, ...]:
        """Make a section of several runs; where one spoils it, that run is left out and the section made anew.

        Parameters
        ----------
        name : what the section is called where it cannot be made at all.
        """
        try:
            return make(folders)
        except Exception:  # noqa: BLE001 - which run it was is found out below, and that run is named
            sound = self._readable(folders)
        try:
            return make(sound)
        except Exception as error:  # noqa: BLE001 - as above
            spoiled = error
        for number in reversed(range(max(len(sound) - MOST_TRIED, 0), len(sound))):
            try:
                made = make([*sound[:number], *sound[number + 1 :]])
            except Exception:  # noqa: BLE001, S112 - another run may be the one; if none is, the section is named
                continue
            self.add(sound[number].name, spoiled)
            return made
        self.add(name, spoiled)
        return ()

    def _readable(self, folders: Sequence[RunFolder]) -> list[RunFolder]:
        """Those whose times can be read; the others are noted."""
        sound = []
        for folder in folders:
            with self.apart(folder.name):
                folder.load()
                sound.append(folder)
        return sound


def _defect(error: Exception) -> str:
    said = printable(str(error), 200)
    kind = type(error).__name__
    return (
        f"{kind}{': ' if said else ''}{said} while it was analysed: a defect of the study or a damaged file; left out"
    )
