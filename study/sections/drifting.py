"""Which cells climb or fall over the rounds of a run, in words: their intervals take rounds as alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.cell import unit_of
from study.evidence.drifts import drifts_of, moving
from study.names import cell_name
from study.units import counted, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.evidence import Run
    from study.evidence.drifts import Key

_MOST_NAMED = 3
_MINUS = "\u2212"


def mark(means: Sequence[float]) -> str:
    """`falls over the rounds (r = −0.90): its interval is too narrow`; '' of a cell that chance could move so."""
    r = moving(means)
    if r is None:
        return ""
    return f"{'falls' if r < 0 else 'rises'} over the rounds (r = {_r(r)}): its interval is too narrow"


def most_of_all(run: Run) -> str:
    """The cell that follows the order of the rounds most closely, with its first and last round; '' where none does."""
    known = drifts_of(run).of
    return _course(run, max(known, key=lambda key: abs(known[key]))) if known else ""


def together(run: Run) -> str:
    """In which rounds most cells take longer, and less: the furthest of each; '' where none does."""
    found = drifts_of(run).together
    longer, less = (max(found, key=lambda one: side * one.typical, default=None) for side in (1.0, -1.0))
    parts = [
        f"{words} in round {one.number} ({percent(abs(one.typical))})"
        for words, one, is_so in (
            ("longer", longer, longer is not None and longer.typical > 0.0),
            ("less", less, less is not None and less.typical < 0.0),
        )
        if one is not None and is_so
    ]
    return f"most cells take {' and '.join(parts)}" if parts else ""


def told(run: Run, keys: Iterable[Key]) -> str:
    """Which of these cells climb or fall, and what that means for their intervals; '' where none does."""
    known = drifts_of(run).of
    moving = sorted((key for key in dict.fromkeys(keys) if key in known), key=lambda key: -abs(known[key]))
    if not moving:
        return ""
    named = "; ".join(_course(run, key) for key in moving[:_MOST_NAMED])
    more = f"; and {counted(len(moving) - _MOST_NAMED, 'cell')} more" if len(moving) > _MOST_NAMED else ""
    return (
        f"Over the rounds not all of these cells stand still: {named}{more}. An interval of a time takes rounds as alike, and is"
        " too narrow there; ratios are of both sides in the same rounds."
    )


def _course(run: Run, key: Key) -> str:
    """The cell, how it moves, and where it begins and ends."""
    data, r = run.cells[key], drifts_of(run).of[key]
    first, last = (float(data.means[place]) for place in (0, -1))
    moves = (
        f"{seconds(first)} to {seconds(last)}"
        if unit_of(data.cell) == "second"
        else f"by {percent(last / first - 1.0)}"
    )
    return f"{cell_name(data.cell)}, {moves} (r = {_r(r)})"


def _r(r: float) -> str:
    return f"{_MINUS if r < 0 else ''}{abs(r):.2f}"
