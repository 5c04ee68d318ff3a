"""What a figure is once it is drawn: its words, its numbers, its picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """One row of the table behind a figure: words that name it, and its numbers as text and as they are."""

    names: tuple[str, ...]
    text: str
    point: float | None
    low: float | None
    high: float | None
    n: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A figure: the finding is its title, `subtitle` says what is shown, in which unit, from how many processes.

    Attributes
    ----------
    id : of the figure in the page, and the name of its files.
    question : 'Q1' … 'Q6' or 'noise'.
    heads : the column heads of `data`'s names.
    svg : the picture for paper: plain colours, no fonts inside.
    notes : sentences on what the method assumes and what it cannot tell.
    screen_svg : the same picture for the page: CSS variables for colours, ids that are unique in the page.
    """

    id: str
    question: str
    title: str
    subtitle: str
    alt: str
    heads: tuple[str, ...]
    data: tuple[Datum, ...]
    svg: str
    screen_svg: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDrawn:
    """A figure that this run has no data for."""

    id: str
    question: str
    title: str
    reason: str
