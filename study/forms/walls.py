"""Forms for a wall: few things, drawn so large that a lecture hall reads them; each says inside what it is. Types only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from study.forms.base import Form
from study.units import count, plain, seconds, size

if TYPE_CHECKING:
    from study.findings import Estimate
    from study.forms.base import Doing, Number, Span
    from study.forms.swept import Course
    from study.things import Look

_KIB = 1024
MOST_LINES = 5
"""Of one picture for a wall."""
MOST_ROWS = 12
"""Bars and headings of a picture for a wall, together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a bar, from `begin` to `end` in the unit of the axis; `size` is the number that it stands for."""

    doing: Doing
    begin: float
    end: float
    label: str = ""
    size: Estimate | None = None
    pale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row: its pieces from left to right, and the number at its end.

    Attributes
    ----------
    group : the heading above it; bars of one heading stand together.
    whole : the number at the end; None where there is none.
    said : words beside the name in the table of numbers: what `whole` is.
    """

    name: str
    look: Look
    pieces: tuple[Piece, ...]
    group: str = ""
    whole: Estimate | None = None
    said: str = "the whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class WallBars(Form):
    """Bars from 0 on one axis, or lanes over time.

    Attributes
    ----------
    source : what the numbers are, written in the picture: where and how they were measured, or of which model they are.
    modelled : whether what is drawn is a model's; the picture says so loudly.
    x_label, x_unit : of the axis.
    """

    heads: ClassVar[tuple[str, ...]] = ("group", "what", "part")
    span: Span = "whole"
    bars: tuple[Bar, ...]
    source: str
    modelled: bool = False
    x_label: str
    x_unit: str

    @property
    def numbers(self) -> tuple[Number, ...]:
        """What pieces stand for, and what stands at the ends of bars."""
        return tuple(
            number
            for bar in self.bars
            for number in (
                *(((bar.group, bar.name, piece.label), piece.size) for piece in bar.pieces if piece.size is not None),
                *(((bar.group, bar.name, bar.said), bar.whole) for _ in range(1) if bar.whole is not None),
            )
        )

    @property
    def rows(self) -> int:
        """How many rows it has, headings counted."""
        return len(self.bars) + len({bar.group for bar in self.bars} - {""})


@dataclass(frozen=True, slots=True, kw_only=True)
class WallLines(Form):
    """Lines over a swept number, each named at its end; dotted ones are a model's.

    Attributes
    ----------
    source, modelled : as of bars.
    levels : what a dashed line is called -> at which height it lies.
    log_x, log_y : whether an axis is logarithmic; one that is not begins at 0.
    """

    heads: ClassVar[tuple[str, ...]] = ("what", "x")
    span: Span = "whole"
    courses: tuple[Course, ...]
    source: str
    modelled: bool = False
    x_label: str
    x_unit: str
    y_label: str
    log_x: bool = False
    log_y: bool = False
    levels: tuple[tuple[str, float], ...] = ()

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every point."""
        every = {spot.name: spot.x for course in self.courses for spot in course.spots}
        told = {name: _at(x, self.x_unit) for name, x in every.items()}
        often = Counter(told.values())
        return tuple(
            ((course.name, told[spot.name] if often[told[spot.name]] == 1 else spot.name), spot.y)
            for course in self.courses
            for spot in course.spots
        )


def _at(x: float, unit: str) -> str:
    """`1.01 µs`, `64 MiB`: a number on the lying axis with its unit, bytes that are no whole KiB in full; else the number."""
    if unit == "byte" and x >= _KIB and x % _KIB:
        return f"{count(int(x))} B"
    return {"s": seconds, "byte": size}.get(unit, plain)(x)
