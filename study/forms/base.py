"""What every figure of a form has, and the words that forms share. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.findings import Estimate

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
    span : over the whole page, or in one of two columns.
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

    @property
    def shows(self) -> bool:
        """Whether there is something to show; forms that stand on some of their numbers alone say on which."""
        return is_known(estimate for _, estimate in self.numbers)


def is_known(estimates: Iterable[Estimate | None]) -> bool:
    """Whether one of these numbers could be had."""
    return any(estimate is not None and estimate.point is not None for estimate in estimates)
