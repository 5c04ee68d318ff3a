"""Forms of numbers over swept numbers. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from study.forms.base import Form, is_known

if TYPE_CHECKING:
    from study.findings import Estimate
    from study.forms.base import Number, Tint
    from study.things import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A point of a line."""

    x: float
    y: Estimate

    @property
    def name(self) -> str:
        """Its number on the lying axis, in full."""
        return f"{self.x:.15g}"


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
        return tuple(((course.name, spot.name), spot.y) for course in self.courses for spot in course.spots)


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
            *(((course.name, spot.name), spot.y) for course in self.courses for spot in course.spots),
            *((("capacity", spot.name), spot.y) for spot in self.capacity),
        )

    @property
    def shows(self) -> bool:
        """Whether a line has a point."""
        return is_known(spot.y for course in self.courses for spot in course.spots)


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

    @property
    def shows(self) -> bool:
        """Whether a factor is known."""
        return is_known(loss.factor for loss in self.losses)


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
    look : of who is set against the loop; cases that were measured have its colour.
    levels : further gains of which the line is drawn, thin and dashed.
    items : of how many items it is the map, where that changes it.
    """

    heads: ClassVar[tuple[str, ...]] = ("case",)
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    gains: tuple[tuple[float | None, ...], ...]
    x_label: str
    y_label: str
    pays: str
    fails: str
    look: Look
    x_unit: str = "s"
    y_unit: str = "byte"
    cases: tuple[Case, ...] = ()
    levels: tuple[float, ...] = ()
    items: int | None = None

    @property
    def numbers(self) -> tuple[Number, ...]:
        """What was measured of the cases."""
        return tuple(((case.label,), case.measured) for case in self.cases if case.measured is not None)

    @property
    def shows(self) -> bool:
        """Whether a gain is known."""
        return any(gain is not None for row in self.gains for gain in row)
