"""A comparison as lines of text: the verdict first, the gate's word last."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study import stats
from study.compare.comparison import APART, of_kinds
from study.compare.shown import cells_shown, divided_by, divisor, plain_ratio, ratio_estimate, word_of
from study.evidence.hardware import cpus_of
from study.identity import fingerprint
from study.units import brief, count, counted, multiple, percent, seconds, share, size, threshold, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.compare.agreement import Agreement
    from study.compare.called import Compared, Ratio
    from study.compare.comparison import Comparison, OfKind
    from study.compare.ladder import Side
    from study.compare.shown import Show
    from study.exits import Ending

_WIDTH = 25
_REACH = math.log(2.0)
"""The little picture reaches from half to twice."""
_MOST_NAMED = 4


def lines_of(found: Comparison, show: Show, agreed: Agreement | None, notes: Sequence[str]) -> list[str]:
    """Everything that is said of two measurements but the gate's word.

    Parameters
    ----------
    notes : what else is known of the two, a sentence each.
    """
    return [
        headline(found),
        side_line("A", found.first),
        side_line("B", found.second),
        *notes,
        coverage(found),
        *middle(found, show),
        *_kinds(found, show),
        *_cells(found, show),
        *_called(found),
        *_answers(agreed),
    ]


def headline(found: Comparison) -> str:
    """The verdict, with the facts that differ, and what it allows."""
    standing = found.comparability.standing
    facts = "; ".join(fact.words for fact in found.comparability.facts)
    return f"{standing[0].upper()}{standing[1:]}{f' ({facts})' if facts else ''}: {found.comparability.says}"


def side_line(letter: str, side: Side) -> str:
    """One measurement: run, machine, interpreter, when, rounds, and what has to be known of it."""
    head = side.run.head
    marks = [word for word, holds in (("simulated", head.simulated), ("quick", head.quick), ("a gate", head.is_gate),
             ("not finished", head.state != "finished"), ("contributed", side.run.contributed)) if holds]  # fmt: skip
    when = head.ended.replace("T", " ").removesuffix("Z")[:16]
    parts = (
        side.run.name,
        cpus_of(fingerprint(head.machine)) or counted(head.usable_cpus, "usable CPU"),
        side.target,
        f"{when} UTC",
        f"{counted(head.rounds, 'round')}, {count(head.disturbed_rounds)} disturbed",
        ", ".join(marks),
    )
    return "  ".join((letter, *filter(None, parts)))


def coverage(found: Comparison) -> str:
    """How many cells both have, and what became of the others."""
    shared = found.common
    beside = [
        f"{count(shared.only_first)} only in A",
        f"{count(shared.only_second)} only in B",
        *([f"{count(shared.other_programs)} timed by other programs"] if shared.other_programs else []),
        *([f"{count(shared.other_loops)} in other loops"] if shared.other_loops else []),
    ]
    asked = f", {count(len(found.cells))} of them asked for" if 0 < len(found.cells) < len(shared.both) else ""
    both = counted(len(shared.both), "cell is in both", "cells are in both")
    if shared.both and not found.cells and found.comparability.standing != "not comparable":
        asked = ", none of which is asked for: --cells and --kind leave nothing"
    return f"{both}{asked} ({', '.join(beside)})."


def middle(found: Comparison, show: Show) -> Iterator[str]:
    """What moved all cells alike, and what this machine does by itself."""
    if found.alike is None:
        return
    yield f"B takes {brief(ratio_estimate(found.alike.ratio, found.alike.cells), 3)} of A in the middle cell; {moves(found)}"
    if show.normalised == "loop" and not any(cell.both.kind == "loop" and cell.both.paced for cell in found.cells):
        yield "No plain loop is in both: the ratios are as they were measured."
    elif show.normalised != "no":
        what = "the plain loop's" if show.normalised == "loop" else "the middle one"
        odd = "" if all(cell.both.paced for cell in found.cells) else "; sizes and sleeps stand as they are"
        yield f"Below, every ratio is divided by {what}, {brief(plain_ratio(divisor(found, show)), 3)}{odd}."


def moves(found: Comparison) -> str:
    """How far earlier runs of unchanged code moved alike, and whether this is beyond it; a sentence's second half."""
    standing = found.comparability.standing
    if standing == "paired":
        if found.alike is None or found.alike.moved is None:
            return "too few rounds tell whether all cells moved."
        chance = "does not make" if found.alike.moved else "may have made"
        return (
            f"over the rounds {multiple(ratio_estimate(found.alike.ratio, found.alike.cells))}, which chance {chance}."
        )
    sides = ("A", found.earlier[0]), ("B", found.earlier[1])
    known = [(letter, side.movement) for letter, side in sides if side.movement is not None]
    if not known:
        runs = max(len(side.runs) for _, side in sides)
        whose = "this machine moves" if standing in APART else "either machine moves"
        return (
            f"by how much {whose} by itself is not known here ({counted(runs, 'other run')} of the same programs"
            f" in the same state, {count(stats.FEWEST_PAST_RUNS)} are needed)."
        )
    if standing not in APART:
        return (
            "; ".join(f"{letter}'s own runs moved by up to {percent(moved.most - 1.0)}" for letter, moved in known)
            + "."
        )
    moved = known[0][1]
    beyond = (
        "and this is beyond that"
        if found.alike is not None and found.alike.moved
        else "so this may be the machine alone"
    )
    return (
        f"in {count(moved.runs)} other runs of unchanged code it moved by up to {percent(moved.most - 1.0)}, {beyond}."
    )


def gate_lines(found: Comparison, limit: float, validated: str) -> Iterator[str]:
    """What the gate rests on. Its word is said on a line of its own, the last.

    Parameters
    ----------
    validated : what simulated studies showed of the rule, where this machine's own runs are too few; '' where nothing is stored.
    """
    allowed = threshold(limit, "share")
    standing = found.comparability.standing
    failing = [cell for cell in found.cells if cell.fails]
    for cell in failing:
        yield f"{'larger' if cell.both.unit == 'byte' else 'slower'} than allowed: {cell.both.words}, {_failed(cell)}"
    if found.alike is not None and found.alike.fails:
        yield f"slower than allowed: all cells alike, {multiple(ratio_estimate(found.alike.ratio, found.alike.cells))}"
    spoken = [cell for cell in found.cells if cell.spoken]
    if found.chance is not None:
        yield (
            f"The gate speaks for {count(len(spoken))} of {counted(len(found.cells), 'cell')}: in one of these a slowdown of"
            f" {allowed} would have been found with a chance of {share(found.chance, 2)}."
        )
    hidden = [cell.both.words for cell in found.cells if cell.chance is not None and not cell.spoken]
    if hidden:
        named = "; ".join(hidden[:_MOST_NAMED]) + (" …" if len(hidden) > _MOST_NAMED else "")
        yield f"In {counted(len(hidden), 'cell')}, which scatter too much, it could have hidden: {named}"
    if standing in APART:
        yield from _alarms(found, allowed, validated)
        yield from _how_held(found)
    if standing == "two machines":
        yield "A gate needs one machine: between two, ratios describe and nothing is called."


def _how_held(found: Comparison) -> Iterator[str]:
    """What the cells were held against, of those of which something was called."""
    kinds = _paced(found)
    if True in kinds:
        yield "Cells are held against the others of their run: a slowdown of all of them shows in the middle one alone."
    if False in kinds:
        yield "Sizes and sleeps are held against themselves: no pace of a machine moves them."


def worst(words: Sequence[Ending]) -> Ending:
    """The word of several comparisons: slower before all else; then what could not be decided."""
    order: Sequence[Ending] = ("slower", "not comparable", "blind", "pass")
    return next(word for word in order if word in words)


def _alarms(found: Comparison, allowed: str, validated: str) -> Iterator[str]:
    alarms = found.alarms
    if alarms is not None:
        found_in = (
            f"a slowdown of {allowed} put into one of {counted(alarms.spoken, 'cell')} (of {count(alarms.cells)}) was found in"
            f" {with_interval(alarms.found, reason=False)}"
            if alarms.spoken
            else f"it speaks for none of the {counted(alarms.cells, 'cell')} there"
        )
        yield (
            f"Of {count(alarms.pairs)} comparisons of {count(alarms.runs)} stored runs of unchanged code on this machine"
            f" {with_interval(alarms.false, reason=False)} would have failed; {found_in}."
        )
        return
    yield (
        f"How often this gate fails unchanged code is not known on this machine: {count(stats.FEWEST_RUNS)} runs of the same"
        " programs in the same state are needed beside the two."
    )
    if validated:
        yield validated


def _kinds(found: Comparison, show: Show) -> Iterator[str]:
    if not found.kinds:
        return
    head = ("kind", "cells", "B ÷ A", f"½{'1'.center(_WIDTH - 2)}2")
    kinds = of_kinds(found.cells, divided_by(found, show))
    rows = [head, *((kind.words, count(kind.cells), _range(kind), _picture(kind)) for kind in kinds)]
    yield ""
    yield from _table(rows)


def _range(kind: OfKind) -> str:
    point = brief(plain_ratio(kind.middle), 3)
    if kind.cells == 1:
        return point
    return f"{point} ({brief(plain_ratio(kind.least), 3)} to {brief(plain_ratio(kind.most), 3)})"


def _picture(kind: OfKind) -> str:
    """From half to twice: the range as a line, the middle as a dot, equality as a dotted stroke."""
    marks = [" "] * _WIDTH
    low, at, high = (_column(ratio) for ratio in (kind.least, kind.middle, kind.most))
    marks[low : high + 1] = "─" * (high + 1 - low)
    marks[_WIDTH // 2] = "┼" if low <= _WIDTH // 2 <= high else "┊"
    marks[at] = "●"
    return "".join(marks)


def _column(ratio: float) -> int:
    place = round((math.log(ratio) + _REACH) / (2.0 * _REACH) * (_WIDTH - 1))
    return min(_WIDTH - 1, max(0, place))


def _cells(found: Comparison, show: Show) -> Iterator[str]:
    cells = cells_shown(found, show)
    if not cells:
        return
    yield ""
    yield "All cells:" if show.every else "Most apart from the middle:"
    yield from _table(
        [
            (f"  {cell.both.words}", f"{level(cell, 0)} → {level(cell, 1)}", ratio_of(cell, found, show), word_of(cell))
            for cell in cells
        ]
    )


def level(cell: Compared, side: int) -> str:
    """The level of a cell on one side: the geometric mean of its processes."""
    known = (cell.both.first, cell.both.second)[side]
    return (size if cell.both.unit == "byte" else seconds)(math.exp(known.mean))


def ratio_of(cell: Compared, found: Comparison, show: Show) -> str:
    """A cell's ratio as it is shown, with its interval where it has one."""
    return _multiple(cell, cell.ratio, divided_by(found, show)(cell))


def _multiple(cell: Compared, ratio: Ratio, by: float = 1.0) -> str:
    told = ratio_estimate(ratio, min(cell.both.first.processes, cell.both.second.processes), by)
    return multiple(told) if told.low is not None else brief(told, 3)


def _failed(cell: Compared) -> str:
    """What is held against the limit: what it is against the others of its run, where it was held against them."""
    if cell.against is None:
        return _multiple(cell, cell.ratio)
    return f"{_multiple(cell, cell.against)} against the others of its run"


def _called(found: Comparison) -> Iterator[str]:
    words = [word_of(cell) for cell in found.cells if cell.word]
    yield ""
    if words:
        order = ("slower", "larger", "faster", "smaller", "the same", "no clear difference")
        beside = "" if found.comparability.standing == "paired" else _BESIDE[_paced(found)]
        told = ", ".join(f"{count(words.count(word))} {word}" for word in order if word in words)
        yield f"{counted(len(words), 'cell')}{beside}: {told}."
        if found.smallest is not None:
            yield f"In half of the cells a change of {percent(found.smallest)} or more would have been called."
    if found.uncalled and any(cell.both.paced for cell in found.cells):
        yield found.uncalled
    if found.left_open:
        yield f"Nothing is called of what ran side by side: {found.left_open}."


def _paced(found: Comparison) -> frozenset[bool]:
    """Whether the machine's pace moves what was called: of some, of all, of none."""
    return frozenset(cell.both.paced for cell in found.cells if cell.word)


_BESIDE: Mapping[frozenset[bool], str] = {
    frozenset({True}): " against the others of their run",
    frozenset({True, False}): " against the others of their run, sizes and sleeps against themselves",
    frozenset({False}): " against themselves",
}


def _answers(agreed: Agreement | None) -> Iterator[str]:
    if agreed is None:
        return
    if not agreed.decided:
        yield "Answers: no statement is decided on both."
        return
    yield f"Answers: {counted(agreed.decided, 'statement is', 'statements are')} decided on both, {count(agreed.agree)} alike."
    for odd in agreed.differ:
        numbers = [f"{side.decision} {brief(side.average)}" for side in (odd.first, odd.second)]
        yield f"  {odd.claim}: {' | '.join(numbers)}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
