"""What figures are made of that are more than rows or curves: a record for each form. Types only, as `blocks`.

A record has the numbers with their names, and how they belong together; where they stand is the drawer's business. The words
of a record are data: they are made harmless where they are placed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from study.findings import Estimate
    from study.things import Look

Span = Literal["whole", "half"]
"""How wide a figure stands: over the whole page, or in one of two columns."""

Tint = Literal["yes", "no", "warn", "open"]
"""The ground of a region: where what is asked holds, where it does not, where to look, and what is not known."""

Doing = Literal["works", "waits", "not yet"]
"""What goes on in a lane: somebody works, somebody waits, or nothing has begun."""

Number = tuple[tuple[str, ...], "Estimate"]
"""The names of a number, one for each of the form's `heads`, and the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What every figure has.

    Attributes
    ----------
    id : unique in a report; its numbers are `data/figure-<id>.csv`.
    title : the finding, computed, with its number.
    caption : how it is read, from how many processes, and of which run.
    notes : sentences below it.
    reason : '' or why there is nothing to show.
    illustration : what of it is drawn by thought and not measured; '' where nothing is.
    """

    heads: ClassVar[tuple[str, ...]] = ()

    id: str
    title: str
    caption: str
    span: Span = "whole"
    notes: tuple[str, ...] = ()
    reason: str = ""
    illustration: str = ""

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number that is shown, named."""
        return ()


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
    """Where time goes in one act, to scale from 0; what is too small to be read is enlarged below, by a factor that is said."""

    heads: ClassVar[tuple[str, ...]] = ("what", "who", "until")
    acts: tuple[Act, ...]

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
class Spot:
    """A point of a line."""

    x: float
    y: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A line over a swept number. Form tells what colour does not: hollow marks, a dotted line; the caption says of what."""

    name: str
    look: Look
    spots: tuple[Spot, ...]
    hollow: bool = False
    dotted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A tinted stretch of the lying axis, with its name; None where it goes on to the end."""

    label: str
    tint: Tint
    begin: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A word at a point of a line: it says why, not what. At most three a figure."""

    text: str
    course: str
    x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep(Form):
    """Cost over size, over many decades: lines with bands on two logarithmic axes."""

    heads: ClassVar[tuple[str, ...]] = ("what", "x")
    courses: tuple[Course, ...]
    x_label: str
    x_unit: str
    y_label: str
    regions: tuple[Region, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every point."""
        return tuple(((course.name, f"{spot.x:g}"), spot.y) for course in self.courses for spot in course.spots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speedup(Form):
    """How many times as fast over workers, linear both ways, under the ideal and what the machine can give.

    Attributes
    ----------
    courses : hollow ones are without the GIL, dotted ones wait.
    capacity : what that many independent programs achieve together, where it was measured.
    missing : counts of workers that were left out, hatched.
    """

    heads: ClassVar[tuple[str, ...]] = ("what", "workers")
    courses: tuple[Course, ...]
    cpus: int
    capacity: tuple[Spot, ...] = ()
    missing: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every point, and the capacity."""
        return (
            *(((course.name, f"{spot.x:g}"), spot.y) for course in self.courses for spot in course.spots),
            *((("capacity", f"{spot.x:g}"), spot.y) for spot in self.capacity),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A factor that takes a part of what was there; the one that matters is loud."""

    label: str
    factor: Estimate
    loud: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall(Form):
    """Where the speedup went: from the whole down, factor by factor, to what is left; the factors multiply.

    `whole` and `left` name the first and the last bar; `kept` is the share that is left, `result` what that means in words.
    """

    heads: ClassVar[tuple[str, ...]] = ("factor",)
    look: Look
    whole: str
    losses: tuple[Loss, ...]
    left: str
    kept: Estimate
    result: str = ""

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All factors and what is left."""
        return (*(((loss.label,), loss.factor) for loss in self.losses), ((self.left,), self.kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A point of a map: one that was measured, or the reader's own, which has a ring."""

    label: str
    x: float
    y: float
    own: bool = False
    measured: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Map(Form):
    """When it pays: the length of a task by what is sent with it; break-even is the one thick line.

    Attributes
    ----------
    xs, ys : the lengths in `x_unit` and the payloads in `y_unit`, rising, at which the gain is told.
    gains : for each y, for each x, how many times as fast as the loop; None where it is not known.
    pays, fails : names of the two regions.
    cases : points on it.
    levels : further gains of which the line is drawn, thin and dashed.
    """

    heads: ClassVar[tuple[str, ...]] = ("case",)
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    gains: tuple[tuple[float | None, ...], ...]
    x_label: str
    y_label: str
    pays: str
    fails: str
    x_unit: str = "s"
    y_unit: str = "byte"
    cases: tuple[Case, ...] = ()
    levels: tuple[float, ...] = ()

    @property
    def numbers(self) -> tuple[Number, ...]:
        """What was measured of the cases."""
        return tuple(((case.label,), case.measured) for case in self.cases if case.measured is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two of a kind, one divided by the other. `truth` is what the ratio really is, where that was put in."""

    name: str
    look: Look
    ratio: Estimate
    truth: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal(Form):
    """Equal or not: a dot and its interval against "equal", the widest first; what was put in stands below, apart."""

    heads: ClassVar[tuple[str, ...]] = ("pair",)
    pairs: tuple[Pair, ...]

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every ratio."""
        return tuple(((pair.name,), pair.ratio) for pair in self.pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One row of a strip: a number of each round, and their average; `shown` is the run that the report is about."""

    name: str
    rounds: tuple[float, ...]
    average: Estimate
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip(Form):
    """Runs and rounds: a dot each, a bar for the average, one row for a sitting; the interval of the run shown is a band."""

    heads: ClassVar[tuple[str, ...]] = ("sitting",)
    look: Look
    sittings: tuple[Sitting, ...]
    y_label: str = ""

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every average."""
        return tuple(((sitting.name,), sitting.average) for sitting in self.sittings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What came of a promise: how often it was kept, with the exact interval, and what the counts say of it."""

    label: str
    found: Estimate
    outcome: Literal["kept", "broken", "not shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Promises of one kind: what is said, on which side of which share it is kept, and from where to where the axis goes."""

    name: str
    words: str
    at: float
    side: Literal["at least", "at most"]
    ends: tuple[float, float]
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates(Form):
    """Rates against promises: a dot and the exact interval each, the kept side tinted, the promise a line."""

    heads: ClassVar[tuple[str, ...]] = ("promise", "of what")
    promises: tuple[Promise, ...]

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every rate."""
        return tuple(((promise.name, rate.label), rate.found) for promise in self.promises for rate in promise.rates)


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
