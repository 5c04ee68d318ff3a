"""The form of what many runs of one machine show, one after the other. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from study.forms.base import Form

if TYPE_CHECKING:
    from study.findings import Estimate
    from study.forms.base import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """Where runs of which nothing changed lie: those from `begin` to before `end`, counted from 0, between two levels."""

    begin: int
    end: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One strip: a level of each run, and where unchanged ones lie."""

    name: str
    levels: tuple[Estimate, ...]
    steady: tuple[Steady, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History(Form):
    """Runs in their order: a strip for each kind of thing, a dot for each run, a band where nothing changed.

    `runs` names each run shortly; before each of `changed`, counted from 0, something is known to have changed: a number at
    an upright line, which the notes say more of. `still`: nothing changed, which its title says.
    """

    heads: ClassVar[tuple[str, ...]] = ("kind", "run")
    runs: tuple[str, ...]
    tracks: tuple[Track, ...]
    changed: tuple[int, ...] = ()
    y_label: str = ""
    still: bool = False

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The level of every run, strip by strip."""
        return tuple(
            ((track.name, run), level)
            for track in self.tracks
            for run, level in zip(self.runs, track.levels, strict=True)
        )
