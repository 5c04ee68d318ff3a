"""Which cells two measurements have in common, and which of them can be set against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.cell import unit_of
from study.compare.kinds import can_be_compared, is_paced, is_plain_loop, kind_of, per_task
from study.names import cell_name
from study.store import cell_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.cell import Cell
    from study.compare.kinds import Kind
    from study.store import Level


class Both(NamedTuple):
    """A cell that two measurements have, by the same programs; `second` may be of another number of tasks of a plain loop."""

    text: str
    cell: Cell
    first: Level
    second: Level

    @property
    def kind(self) -> Kind:
        """What it is about."""
        return kind_of(self.cell)

    @property
    def words(self) -> str:
        """It in words."""
        return cell_name(self.cell)

    @property
    def unit(self) -> str:
        """Of its level: 'second' or 'byte'."""
        return unit_of(self.cell)

    @property
    def paced(self) -> bool:
        """Whether the pace of the machine moves it."""
        return is_paced(self.cell)

    @property
    def has_interval(self) -> bool:
        """Whether both sides have processes enough."""
        return min(self.first.processes, self.second.processes) >= stats.MIN_FOR_T


class Common(NamedTuple):
    """What two measurements share.

    Attributes
    ----------
    both : the cells that are set against each other, in the order of the first's texts.
    only_first, only_second : how many cells the other one does not have.
    other_programs, other_loops : how many both have, timed by other programs, or with other loops where these must be equal.
    """

    both: tuple[Both, ...]
    only_first: int
    only_second: int
    other_programs: int
    other_loops: int


def common(
    first: Mapping[str, Level], second: Mapping[str, Level], *, equal_loops: bool, equal_programs: bool = True
) -> Common:
    """Set the cells of two measurements beside each other.

    A plain loop, whose number of tasks depends on the CPUs, counts by its task where the very cell is not there.

    Parameters
    ----------
    equal_loops : whether a cell whose values are of other numbers of events is left out: one calibration, one cell.
    equal_programs : whether a cell that other programs timed is left out.
    """
    mine, theirs = (dict(_known(levels)) for levels in (first, second))
    pairs: list[Both] = []
    programs = loops = 0
    taken: set[str] = set()
    for text, level in mine.items():
        other = text if text in theirs else _same_loop(text, mine, theirs)
        if other is None:
            continue
        taken.add(other)
        found = theirs[other]
        if equal_programs and level.source != found.source:
            programs += 1
        elif equal_loops and level.loops != found.loops:
            loops += 1
        else:
            one, two = (level, found) if other == text else (_by_task(text, level), _by_task(other, found))
            cell = cell_of(text)
            pairs.append(Both(text, cell if other == text else per_task(cell), one, two))
    shared = len(taken)
    return Common(tuple(pairs), len(mine) - shared, len(theirs) - shared, programs, loops)


def levels_of(levels: Sequence[Level]) -> stats.Levels:
    """Levels with two processes or more as arrays."""
    table = [(level.mean, level.squared_error or 0.0, float(level.processes)) for level in levels]
    columns = np.array(table, dtype=np.float64).reshape(-1, 3).T
    return stats.Levels(columns[0], columns[1], columns[2])


def _known(levels: Mapping[str, Level]) -> Iterator[tuple[str, Level]]:
    """What can be compared at all."""
    return ((text, level) for text, level in levels.items() if can_be_compared(cell_of(text)))


def _same_loop(text: str, mine: Mapping[str, Level], theirs: Mapping[str, Level]) -> str | None:
    """The plain loop over there of the same task, where either side has one that the other has not; else None."""
    cell = cell_of(text)
    if not is_plain_loop(cell):
        return None
    wanted = per_task(cell)
    here = [other for other in mine if other not in theirs and _is(other, wanted)]
    there = [other for other in theirs if other not in mine and _is(other, wanted)]
    return there[0] if here[:1] == [text] and there else None


def _is(text: str, loop: Cell) -> bool:
    cell = cell_of(text)
    return is_plain_loop(cell) and per_task(cell) == loop


def _by_task(text: str, level: Level) -> Level:
    """The level of one task of a plain loop."""
    return level._replace(mean=level.mean - float(np.log(cell_of(text).tasks)))
