"""What is said of each cell of two measurements: its ratio with an interval, and whether it is called."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from study import loaded, stats
from study.compare.cells import levels_of
from study.stats.apart import LARGEST_LOG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.compare.cells import Both
    from study.compare.earlier import Earlier
    from study.store import Head

Word = Literal["slower", "faster", "the same", "no clear difference", ""]
_TOO_FEW = (
    f"Fewer than {stats.FEWEST_CELLS} cells that the machine's pace moves are in both: what one of them does cannot be told from"
    " what all do, and none of them is called."
)
Differences = dict[str, dict[int, float]]
"""Text of a cell -> round -> difference of logarithms of two arms, second less first."""


class Ratio(NamedTuple):
    """Second over first, with its 95 % interval; None where there is none."""

    point: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One cell.

    Attributes
    ----------
    ratio : of geometric means, by itself; its interval holds what runs move too.
    against : of what the machine's pace moves, with what moved all of it alike taken off; None where that is not known, or both
        ran in the same rounds.
    word : '' where nothing may be called.
    smallest : the smallest relative change that would have been called with a power of 80 %; None where nothing may be.
    spoken : whether the limit that was asked for speaks for it, and finds a slowdown as large as that with this `chance`.
    fails : whether it fails that limit.
    """

    both: Both
    ratio: Ratio
    against: Ratio | None = None
    word: Word = ""
    smallest: float | None = None
    spoken: bool = False
    fails: bool = False
    chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What moved all cells alike that the machine's pace moves: the ratio in the middle one, with an interval where known.

    `moved` says whether it lies beyond what the machine does by itself, None where that is not known; `fails` whether it
    fails the limit.
    """

    ratio: Ratio
    cells: int
    moved: bool | None = None
    fails: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is decided: changes that count as the same, the limit of the gate (None: no gate), which cells are asked for."""

    same: float
    limit: float | None
    asked: frozenset[str]


def described(pairs: Sequence[Both], sides: tuple[Earlier, Earlier]) -> list[Compared]:
    """Every cell with its ratio, and the interval where both sides have processes enough. Nothing is called."""
    found = {pair.text: Compared(both=pair, ratio=Ratio(_ratio(pair))) for pair in pairs}
    one, other = sides
    for paced, components in ((True, (one.whole, other.whole)), (False, _both_known(one.unpaced, other.unpaced))):
        told = [pair for pair in pairs if pair.has_interval and pair.paced == paced]
        if told:
            apart = stats.apart(*_levels(told), components, alone=True)
            for pair, ratio in zip(told, _ratios(apart), strict=True):
                found[pair.text] = replace(found[pair.text], ratio=ratio)
    return list(found.values())


def alike(cells: Sequence[Compared], sides: tuple[Earlier, Earlier]) -> Alike | None:
    """What moved all of them that the machine's pace moves; None without any."""
    cells = [cell for cell in cells if cell.both.paced]
    if not cells:
        return None
    gaps = [math.log(cell.ratio.point) for cell in cells if cell.both.has_interval]
    middle = float(np.median(gaps or [math.log(cell.ratio.point) for cell in cells]))
    movement = sides[0].movement or sides[1].movement
    if movement is None or len(gaps) < stats.FEWEST_CELLS:
        return Alike(ratio=Ratio(math.exp(middle)), cells=len(cells))
    reach = movement.reach(stats.LEVEL / 2.0)
    ends = (math.exp(middle - reach), math.exp(min(middle + reach, LARGEST_LOG)))
    return Alike(ratio=Ratio(math.exp(middle), *ends), cells=len(cells), moved=not ends[0] <= 1.0 <= ends[1])


def against_others(
    cells: Sequence[Compared], sides: tuple[Earlier, Earlier], wanted: Wanted, open_: frozenset[str]
) -> tuple[list[Compared], str]:
    """The cells called, and why not, in a sentence, where nothing is.

    Those that the machine's pace moves are called against the others of their run, sizes and sleeps by themselves: by how much
    these move from run to run or, where no earlier run has any, by how much the others do.

    Parameters
    ----------
    open_ : texts of cells of which nothing is called, since others loaded the machine.
    """
    paced = [cell for cell in cells if cell.both.has_interval and cell.both.paced]
    unpaced = [cell for cell in cells if cell.both.has_interval and not cell.both.paced]
    why = _why_not(paced, sides)
    component = _both_known(sides[0].component, sides[1].component)
    moves = _both_known(sides[0].unpaced, sides[1].unpaced)
    moves = component if moves[0].assumed else moves
    parts: list[tuple[list[Compared], stats.Apart]] = []
    if not why:
        parts.append((paced, stats.apart(*_levels([cell.both for cell in paced]), component)))
    if unpaced and not moves[0].assumed:
        parts.append((unpaced, stats.apart(*_levels([cell.both for cell in unpaced]), moves, alone=True)))
    if not parts:
        return list(cells), why
    told = [cell for some, _ in parts for cell in some]
    apart = functools.reduce(stats.Apart.beside, (found for _, found in parts))
    ratios = dict(zip((cell.both.text for cell in told), _ratios(apart), strict=True))
    asked = np.array([cell.both.text in wanted.asked - open_ for cell in told])
    extra = 1 if sides[0].movement or sides[1].movement else 0
    called = _called(apart.of(asked), wanted, extra) if asked.any() else []
    said = dict(
        zip((cell.both.text for cell, is_asked in zip(told, asked, strict=True) if is_asked), called, strict=True)
    )
    with_ratios = [
        replace(cell, against=ratios.get(cell.both.text))
        if cell.both.paced
        else replace(cell, ratio=ratios.get(cell.both.text, cell.ratio))
        for cell in cells
    ]
    return [_said(cell, said) for cell in with_ratios], why


def failing(found: Alike | None, sides: tuple[Earlier, Earlier], wanted: Wanted, tests: int) -> Alike | None:
    """What moved all cells alike, held against the limit as one more cell."""
    movement = sides[0].movement or sides[1].movement
    if found is None or movement is None or wanted.limit is None:
        return found
    reach = movement.reach(stats.LEVEL / (tests + 1))
    return replace(found, fails=stats.moves_beyond(math.log(found.ratio.point), reach, wanted.limit))


def paired(
    cells: Sequence[Compared], differences: Differences, wanted: Wanted, open_: frozenset[str]
) -> tuple[list[Compared], Alike | None]:
    """Cells of two arms of one run, called by the rounds that both ran in; and what moved all of them."""
    paced = {cell.both.text: cell.both.paced for cell in cells}
    told = [text for text, found in differences.items() if text in paced and len(found) >= stats.MIN_FOR_T]
    if not told:
        return list(cells), None
    apart = stats.paired_apart([list(differences[text].values()) for text in told])
    ratios = dict(zip(told, _ratios(apart), strict=True))
    asked = np.array([text in wanted.asked - open_ for text in told])
    called = _called(apart.of(asked), wanted, 0) if asked.any() else []
    said = dict(zip((text for text, is_asked in zip(told, asked, strict=True) if is_asked), called, strict=True))
    with_ratios = [replace(cell, ratio=ratios.get(cell.both.text, cell.ratio)) for cell in cells]
    return [_said(cell, said) for cell in with_ratios], _alike_by_round(
        [differences[text] for text in told if paced[text]]
    )


def _alike_by_round(differences: Sequence[Mapping[int, float]]) -> Alike | None:
    """The middle cell of each round that all cells have, over the rounds; None without any cell."""
    if not differences:
        return None
    rounds = sorted(set.intersection(*(set(found) for found in differences)))
    middles = [float(np.median([found[index] for found in differences])) for index in rounds]
    if len(middles) < stats.MIN_FOR_T:
        middle = np.median([np.mean(list(found.values())) for found in differences])
        return Alike(ratio=Ratio(math.exp(float(middle))), cells=len(differences))
    whole = _ratios(stats.paired_apart([middles]))[0]
    moved = whole.low is not None and whole.high is not None and not whole.low <= 1.0 <= whole.high
    return Alike(ratio=whole, cells=len(differences), moved=moved)


def loaded_cells(pairs: Sequence[Both], heads: tuple[Head, Head]) -> tuple[frozenset[str], str]:
    """The cells that ran side by side while others took CPUs, of which nothing is called; and why, in words."""
    texts: set[str] = set()
    whys = []
    for head in heads:
        why = loaded.left_open("costs", head.usable_cpus, head.foreign_cpus)
        if why:
            whys.append(why)
            texts |= {pair.text for pair in pairs if loaded.runs_side_by_side(pair.cell, head.usable_cpus)}
    return frozenset(texts), whys[0] if whys else ""


def _why_not(told: Sequence[Compared], sides: tuple[Earlier, Earlier]) -> str:
    """Why nothing is called of the cells that the machine's pace moves."""
    if len(told) < stats.FEWEST_CELLS and any(side.runs for side in sides):
        return _TOO_FEW
    if all(side.component.assumed for side in sides):
        runs = max(len(side.runs) for side in sides)
        return (
            f"How much this machine moves from run to run is not known here: {stats.FEWEST_PAST_RUNS} other runs of the same"
            f" programs in the same state are needed, and {runs or 'none'} {'is' if runs == 1 else 'are'} stored: nothing is"
            " called."
        )
    return _TOO_FEW if len(told) < stats.FEWEST_CELLS else ""


def _both_known(one: stats.RunComponent, other: stats.RunComponent) -> tuple[stats.RunComponent, stats.RunComponent]:
    """The run components of both sides; where only one is known, the machine is taken to move as it did there."""
    return (other, other) if one.assumed else (one, one) if other.assumed else (one, other)


class _Called(NamedTuple):
    word: Word
    smallest: float
    spoken: bool
    fails: bool
    chance: float | None


def _called(apart: stats.Apart, wanted: Wanted, extra: int) -> list[_Called]:
    """Holm over the cells that were asked for; a limit counts `extra` tests more, of what moved all."""
    tests = apart.gap.size
    adjusted = stats.holm(apart.p.tolist())
    room = math.log1p(wanted.same)
    is_same = np.abs(apart.gap) + apart.reach(stats.LEVEL) <= room
    smallest = stats.smallest_seen(apart, tests)
    spoken = fails = np.zeros(tests, dtype=np.bool_)
    chances: Sequence[float | None] = [None] * tests
    if wanted.limit is not None:
        spoken = stats.spoken_for(apart, wanted.limit, extra)
        together = max(1, int(spoken.sum()) + extra)
        fails = stats.beyond(apart, wanted.limit, together) & spoken
        chances = stats.chance_to_see(apart, wanted.limit, together).tolist()
    words = [_word(float(gap), p, bool(same)) for gap, p, same in zip(apart.gap, adjusted, is_same, strict=True)]
    columns = zip(words, smallest.tolist(), spoken.tolist(), fails.tolist(), chances, strict=True)
    return [_Called(*column) for column in columns]


def _word(gap: float, p: float, same: bool) -> Word:  # noqa: FBT001 - of one cell
    if p < stats.LEVEL:
        return "slower" if gap > 0.0 else "faster"
    return "the same" if same else "no clear difference"


def _said(cell: Compared, said: Mapping[str, _Called]) -> Compared:
    called = said.get(cell.both.text)
    if called is None:
        return cell
    return replace(cell, **called._asdict())


def _ratio(pair: Both) -> float:
    return math.exp(pair.second.mean - pair.first.mean)


def _levels(pairs: Sequence[Both]) -> tuple[stats.Levels, stats.Levels]:
    return levels_of([pair.first for pair in pairs]), levels_of([pair.second for pair in pairs])


def _ratios(apart: stats.Apart) -> list[Ratio]:
    reach = apart.reach(stats.LEVEL / 2.0)
    ends = np.exp(np.minimum([apart.gap, apart.gap - reach, apart.gap + reach], LARGEST_LOG)).T
    return [Ratio(*map(float, row)) for row in ends]
