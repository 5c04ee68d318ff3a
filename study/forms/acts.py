"""Forms of what goes on in time, and of what it adds up to. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from study.forms.base import Form, is_known

if TYPE_CHECKING:
    from study.findings import Estimate
    from study.forms.base import Doing, Number
    from study.things import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a lane: what goes on until when, in seconds from the beginning of the act, and what that is called."""

    doing: Doing
    until: Estimate
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What one process or thread does, stretch after stretch from 0 on."""

    who: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A life from its beginning to its end: the lanes of parent and child, and how long the whole takes."""

    name: str
    look: Look
    lanes: tuple[Lane, ...]
    whole: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Life(Form):
    """Where time goes in one act, to scale from 0; what is too small to be read is enlarged below, by a factor that is said.

    A `brief` one has of each act the last lane alone, without words on it, and enlarges once.
    """

    heads: ClassVar[tuple[str, ...]] = ("what", "who", "until")
    acts: tuple[Act, ...]
    brief: bool = False

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The ends of all stretches, and the whole of each act."""
        return tuple(
            number
            for act in self.acts
            for number in (
                *(
                    ((act.name, lane.who, stretch.label or stretch.doing), stretch.until)
                    for lane in act.lanes
                    for stretch in lane.stretches
                ),
                ((act.name, "", "the whole"), act.whole),
            )
        )

    @property
    def shows(self) -> bool:
        """Whether a whole is known."""
        return is_known(act.whole for act in self.acts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a whole."""

    label: str
    size: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Parts that add up to a whole, and the whole as it was measured; without parts it is one bar."""

    name: str
    look: Look
    parts: tuple[Part, ...]
    whole: Estimate
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack(Form):
    """Parts of a whole, side by side in a bar, one bar below the other, on one axis from 0."""

    heads: ClassVar[tuple[str, ...]] = ("what", "part")
    piles: tuple[Pile, ...]

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All parts and wholes."""
        return tuple(
            number
            for pile in self.piles
            for number in (
                *(((pile.name, part.label), part.size) for part in pile.parts),
                ((pile.name, "the whole"), pile.whole),
            )
        )

    @property
    def shows(self) -> bool:
        """Whether a whole is known."""
        return is_known(pile.whole for pile in self.piles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A task, or a time of waiting, in a lane: from when to when, in seconds; `label` is the task's letter."""

    doing: Doing
    begin_s: float
    end_s: float
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who works together on the same tasks.

    Attributes
    ----------
    name, words : who, and how they go about it.
    group : the heading above it; crews of one heading stand together.
    lanes : the spells of each worker.
    whole : until the last has ended.
    busy : how many CPUs were kept busy; None where that was not measured.
    against : how many times as fast as the loop; None for the loop itself.
    """

    name: str
    look: Look
    lanes: tuple[tuple[Spell, ...], ...]
    whole: Estimate
    words: str = ""
    group: str = ""
    busy: Estimate | None = None
    against: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes(Form):
    """Who works when: a lane for each worker, a block for each task at its own length."""

    heads: ClassVar[tuple[str, ...]] = ("group", "who", "number")
    crews: tuple[Crew, ...]
    cpus: int

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The whole of each crew, the CPUs it kept busy, and how it stands against the loop."""
        return tuple(
            ((crew.group, crew.name, what), estimate)
            for crew in self.crews
            for what, estimate in (
                ("until the last has ended", crew.whole),
                ("CPUs busy", crew.busy),
                ("against the loop", crew.against),
            )
            if estimate is not None
        )

    @property
    def shows(self) -> bool:
        """Whether a whole is known."""
        return is_known(crew.whole for crew in self.crews)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How many of all CPUs were busy; `busy` has no number, and a reason, where that was not measured."""

    name: str
    look: Look
    busy: Estimate
    words: str = ""
    against: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Squares(Form):
    """CPUs busy of all: a square for each, filled by its share."""

    heads: ClassVar[tuple[str, ...]] = ("who", "work", "number")
    rows: tuple[Filled, ...]
    cpus: int

    @property
    def numbers(self) -> tuple[Number, ...]:
        """CPUs busy, and how each stands against the loop."""
        return tuple(
            ((row.name, row.words, what), estimate)
            for row in self.rows
            for what, estimate in (("CPUs busy", row.busy), ("against the loop", row.against))
            if estimate is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring(Form):
    """A factor of thousands: the large one as a bar, the small one at its true size, ringed where it would be."""

    heads: ClassVar[tuple[str, ...]] = ("what",)
    small: Pile
    large: Pile

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Both."""
        return ((self.small.name,), self.small.whole), ((self.large.name,), self.large.whole)

    @property
    def shows(self) -> bool:
        """Whether both are known."""
        return all(is_known([pile.whole]) for pile in (self.small, self.large))
