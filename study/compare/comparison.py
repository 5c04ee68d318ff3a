"""Two stored measurements set against each other: everything that is said of them, before it is put into words."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.compare import called
from study.compare.cells import common
from study.compare.earlier import NONE, earlier
from study.compare.kinds import KINDS
from study.compare.ladder import comparability
from study.errors import UsageError
from study.units import threshold

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Sequence

    from study.compare.called import Alike, Compared, Differences, Wanted
    from study.compare.cells import Common
    from study.compare.earlier import Earlier
    from study.compare.kinds import Kind
    from study.compare.ladder import Comparability, Side
    from study.exits import Ending
    from study.stats import Alarms
    from study.store import RunSummary

APART = frozenset({"same machine", "before and after"})
"""Rungs on which two runs share no rounds, and cells may be called."""
LEAST_SPOKEN = 1 / 3
"""Of the cells that are asked for: a gate that speaks for fewer is blind."""
_CALIBRATED_APART = frozenset({"machine", "interpreter"})
"""What calibrates loops of its own: where it differs they need not be equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of a comparison.

    Attributes
    ----------
    cells : pattern that a cell's text or its words must hold; None for all.
    kinds : the kinds that are asked for; empty for all.
    same, limit : as in `called.Wanted`.
    anyway : whether what is not comparable is described none the less.
    """

    cells: re.Pattern[str] | None = None
    kinds: tuple[Kind, ...] = ()
    same: float = 0.05
    limit: float | None = None
    anyway: bool = False


class OfKind(NamedTuple):
    """The cells of a kind: how many, the ratio in the middle, the least and the most."""

    kind: Kind
    cells: int
    middle: float
    least: float
    most: float

    @property
    def words(self) -> str:
        """The kind in words."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Second over first.

    Attributes
    ----------
    comparability : what may be said.
    common : which cells both have.
    cells : those that were asked for.
    kinds : these summed up; there is no number over all kinds.
    alike : what moved all cells that both have and that the pace of a machine moves.
    earlier : what other runs of unchanged code say of either side.
    alarms : how often the limit failed unchanged code that is stored, and how often it found a slowdown; None where too
        few runs are stored.
    gate : how the limit was kept; None where none was asked for.
    uncalled : why nothing is called though the ladder allows it; left_open : why nothing is called of what ran side by side.
    """

    first: Side
    second: Side
    comparability: Comparability
    common: Common
    cells: tuple[Compared, ...]
    kinds: tuple[OfKind, ...]
    alike: Alike | None
    earlier: tuple[Earlier, Earlier]
    alarms: Alarms | None = None
    gate: Ending | None = None
    uncalled: str = ""
    left_open: str = ""

    @property
    def chance(self) -> float | None:
        """Of finding a slowdown as large as the limit in a cell, on average over those that the gate speaks for; None of none."""
        chances = [cell.chance for cell in self.cells if cell.spoken and cell.chance is not None]
        return math.fsum(chances) / len(chances) if chances else None

    @property
    def smallest(self) -> float | None:
        """The smallest change that would have been called in half of the cells; None where nothing is called."""
        known = [cell.smallest for cell in self.cells if cell.smallest is not None]
        return float(np.median(known)) if known else None


def compared(
    first: Side,
    second: Side,
    wish: Wish,
    runs: Iterable[RunSummary],
    differences: Callable[[], Differences],
) -> Comparison:
    """Set two measurements against each other.

    Parameters
    ----------
    runs : every stored run, by which it is told how a machine moves.
    differences : of two arms of one run, round by round: asked only where they are.
    """
    found = comparability(first, second)
    levels = [side.run.targets[side.target].levels for side in (first, second)]
    same_loops = not any(fact.about in _CALIBRATED_APART for fact in found.facts)
    shared = common(levels[0], levels[1], equal_loops=same_loops)
    if not shared.both and found.standing != "not comparable":
        found = replace(found, standing="not comparable", calls=False, why=_nothing(shared))
    if found.standing == "not comparable" and wish.anyway:
        shared = common(levels[0], levels[1], equal_loops=False, equal_programs=False)
    _check_limit(found, wish)
    texts = [pair.text for pair in shared.both]
    sides = (NONE, NONE)
    if found.standing not in {"paired", "not comparable"}:
        every = [run for run in runs if not run.contributed]
        without = frozenset({first.run.name, second.run.name})
        sides = (earlier(first, every, texts, without), earlier(second, every, texts, without))
    cells = called.described(shared.both, sides)
    if found.standing == "not comparable":
        cells = [replace(cell, ratio=called.Ratio(cell.ratio.point)) for cell in cells] if wish.anyway else []
    asked = frozenset(cell.both.text for cell in cells if _is_asked(cell, wish))
    wanted = called.Wanted(same=wish.same, limit=wish.limit, asked=asked)
    made = Comparison(
        first=first,
        second=second,
        comparability=found,
        common=shared,
        cells=(),
        kinds=(),
        alike=called.alike(cells, sides),
        earlier=sides,
    )
    if found.calls:
        made, cells = _called(made, cells, wanted, differences)
    kept = tuple(cell for cell in cells if cell.both.text in asked)
    made = replace(made, cells=kept, kinds=tuple(of_kinds(kept)))
    return replace(made, gate=_ending(made)) if wish.limit is not None else made


def of_kinds(cells: Sequence[Compared], by: Callable[[Compared], float] = lambda _: 1.0) -> list[OfKind]:
    """The cells summed up by what they are about, in the order of `KINDS`; the ratio of each divided by what is given for it."""
    found = []
    for kind in KINDS:
        ratios = sorted(cell.ratio.point / by(cell) for cell in cells if cell.both.kind == kind)
        if ratios:
            middle = math.exp(float(np.median(np.log(ratios))))
            found.append(OfKind(kind, len(ratios), middle, ratios[0], ratios[-1]))
    return found


def _called(
    made: Comparison, cells: list[Compared], wanted: Wanted, differences: Callable[[], Differences]
) -> tuple[Comparison, list[Compared]]:
    """What may be called, called."""
    open_, why_open = called.loaded_cells(made.common.both, (made.first.run.head, made.second.run.head))
    if made.comparability.standing == "paired":
        cells, moved = called.paired(cells, differences(), wanted, open_)
        return replace(made, alike=moved, left_open=why_open), cells
    cells, why = called.against_others(cells, made.earlier, wanted, open_)
    tests = sum(cell.spoken for cell in cells)
    moved = made.alike if why else called.failing(made.alike, made.earlier, wanted, tests)
    alarms = None if wanted.limit is None else _alarms(made.earlier, wanted.limit)
    return replace(made, alike=moved, uncalled=why, left_open=why_open, alarms=alarms), cells


def _alarms(sides: tuple[Earlier, Earlier], limit: float) -> Alarms | None:
    """By the side of which more is stored."""
    fuller = max(sides, key=lambda side: len(side.levels))
    return stats.alarms(fuller.levels, limit, fuller.unpaced_levels)


def _ending(found: Comparison) -> Ending:
    """The word of the gate: nothing that the ladder lets be called is not comparable; what could not be seen is blind."""
    if found.comparability.standing in {"two machines", "not comparable"} or not found.cells:
        return "not comparable"
    if any(cell.fails for cell in found.cells) or (found.alike is not None and found.alike.fails):
        return "slower"
    spoken = sum(cell.spoken for cell in found.cells)
    return "pass" if spoken >= LEAST_SPOKEN * len(found.cells) else "blind"


def _check_limit(found: Comparability, wish: Wish) -> None:
    if wish.limit is not None and wish.limit < stats.SMALLEST_LIMIT and found.standing in APART:
        raise UsageError(
            f"--fail-if-slower {threshold(wish.limit, 'share')}: two runs apart promise to find no slowdown below"
            f" {threshold(stats.SMALLEST_LIMIT, 'share')}, for the machine moves meanwhile. Allow that much, or measure both in"
            " the same rounds: study gate --arm base=PYTHON --arm head=PYTHON"
        )


def _is_asked(cell: Compared, wish: Wish) -> bool:
    by_kind = not wish.kinds or cell.both.kind in wish.kinds
    return by_kind and (wish.cells is None or any(map(wish.cells.search, (cell.both.text, cell.both.words))))


def _nothing(shared: Common) -> str:
    """Why no cell is set beside another."""
    if shared.other_programs:
        each = "the one cell" if shared.other_programs == 1 else f"any of the {shared.other_programs} cells"
        return (
            f"The programs that were timed are not the same in {each} that both have:"
            " measure both with one version of the study, or describe them all the same with --anyway."
        )
    if shared.other_loops:
        return "Every cell that both have was measured in other loops: they were calibrated apart."
    return "No cell was measured in both."
