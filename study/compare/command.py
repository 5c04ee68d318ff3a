"""`compare`, `runs` and `history`: from what was typed to what is said, written, and returned."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from study import store
from study.compare import history, history_told, runs, written
from study.compare.agreement import agreement
from study.compare.asked import kinds, pattern
from study.compare.comparison import compared
from study.compare.kinds import kind_of
from study.compare.notes import notes_of
from study.compare.references import HOW, LATEST, named, sides
from study.compare.rounds import differences
from study.compare.shelf import Shelf
from study.compare.told import gate_lines, lines_of, worst
from study.errors import ResultsError, StudyError, UsageError
from study.exits import EXIT
from study.names import cell_name
from study.plain import writable
from study.stats.alarms import GROUP
from study.units import percent

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from study.blocks import Verdict
    from study.compare.agreement import Agreement
    from study.compare.asked import Comparing
    from study.compare.called import Differences
    from study.compare.comparison import Comparison
    from study.compare.ladder import Side
    from study.compare.references import Named
    from study.exits import Ending
    from study.store import RunFolder

    Said = Callable[[str], None]
    Verdicts = Callable[[RunFolder], Iterable[Verdict]]
    Made = tuple[Comparison, Agreement | None, tuple[str, ...]]


def compare(asked: Comparing, verdicts: Verdicts, say: Said, complain: Said) -> int:
    """Say what two stored runs, or more, say of each other; the exit code.

    Parameters
    ----------
    verdicts : a run, read whole -> every statement decided on each of its interpreters.
    complain : told of what cannot be read.

    Raises
    ------
    StudyError
        if what is named is not there or cannot be read.
    """
    shelf = Shelf(asked.results, asked.root)
    words = asked.words if len(asked.words) > 1 else (*asked.words, LATEST)
    first, *others = (named(word, shelf, asked.here) for word in words)
    deciding = _Deciding(shelf, verdicts, complain)
    made: list[Made] = []
    for other in others:
        mine, theirs = sides(first, other)
        found = compared(mine, theirs, asked.wish, shelf.runs(), partial(_differences, shelf, first, mine, theirs))
        agreed = None if found.comparability.standing == "not comparable" else deciding.agreement(first, other, found)
        made.append((found, agreed, tuple(notes_of(found, list(shelf.runs())))))
    _tell(asked, made, say)
    for problem in shelf.left_out:
        complain(f"not looked at: {problem}")
    endings = [found.gate for found, *_ in made if found.gate is not None]
    ending = worst(endings) if endings else None
    _write(asked, made, ending)
    if ending is not None:
        say(f"gate: {ending}")
        return EXIT[ending]
    refused = any(found.comparability.standing == "not comparable" and not asked.wish.anyway for found, *_ in made)
    return EXIT["not comparable"] if refused else 0


def list_runs(typed: argparse.Namespace, results: Path, root: Path, say: Said, complain: Said) -> int:
    """Say what is stored, or give a run a name or take it away; the exit code.

    Raises
    ------
    StudyError
        if a name or a run is none.
    """
    if typed.mark:
        name, word = typed.mark
        found = named(word, Shelf(results, root), typed.folder)
        if found.folder is not None or found.target:
            raise UsageError(
                f"--mark {name}: a name is given to a stored run, not to a bundle or an interpreter. {HOW}"
            )
        store.mark(results, name, found.run.name)
        say(f"{name} is {found.run.name}: study compare {name}")
        return 0
    if typed.unmark:
        say(f"{typed.unmark} was {store.unmark(results, typed.unmark)}, which stays")
        return 0
    shelf = Shelf(results, root)
    for line in [runs.json_of(shelf).rstrip("\n")] if typed.json else map(_plain, runs.lines_of(shelf)):
        say(line)
    return _complained(shelf, complain)


def tell_history(typed: argparse.Namespace, results: Path, root: Path, say: Said, complain: Said) -> int:
    """Say how machines changed over time; the exit code.

    Raises
    ------
    StudyError
        if a machine, a kind or a pattern is none, or a file cannot be written.
    """
    wanted_kinds, wanted = kinds(typed.kind), pattern(typed.cells)
    place = typed.markdown and writable(typed.markdown, typed.folder)
    shelf = Shelf(results, root)
    if typed.machine and typed.machine not in shelf.machines():
        raise UsageError(
            f"--machine {typed.machine}: no run of a machine of that name; there are {', '.join(shelf.machines()) or 'none'}"
        )

    def is_asked(text: str) -> bool:
        cell = store.cell_of(text)
        by_kind = not wanted_kinds or kind_of(cell) in wanted_kinds
        return by_kind and (wanted is None or any(map(wanted.search, (text, cell_name(cell)))))

    every = list(shelf.runs(typed.machine or ""))
    found = history.history_of(every, is_asked=is_asked)
    none = history_told.NONE if found or not history.history_of(every) else history_told.NOTHING_ASKED
    lines = [history_told.json_of(found).rstrip("\n")] if typed.json else history_told.lines_of(found, none)
    for line in lines:
        say(_plain(line))
    if place is not None:
        place.write_text(history_told.markdown_of(found, none), encoding="utf-8")
    return _complained(shelf, complain)


class _Deciding:
    """Statements decided on whole runs, each run read once."""

    def __init__(self, shelf: Shelf, verdicts: Verdicts, complain: Said) -> None:
        self._shelf, self._verdicts, self._complain = shelf, verdicts, complain
        self._known: dict[str, tuple[Verdict, ...] | None] = {}

    def agreement(self, first: Named, other: Named, found: Comparison) -> Agreement | None:
        """How far two interpreters agree; None where one of the runs cannot be read whole."""
        decided = [self._of(name, side) for name, side in ((first, found.first), (other, found.second))]
        if decided[0] is None or decided[1] is None:
            return None
        return agreement(decided[0], decided[1])

    def _of(self, name: Named, side: Side) -> tuple[Verdict, ...] | None:
        key = name.word if name.folder is not None else name.run.name
        if key not in self._known:
            try:
                self._known[key] = tuple(self._verdicts(_folder(self._shelf, name)))
            except StudyError as error:
                self._known[key] = None
                self._complain(f"answers are not compared: {error}")
        known = self._known[key]
        return None if known is None else tuple(verdict for verdict in known if verdict.target == side.target)


def _folder(shelf: Shelf, name: Named) -> RunFolder:
    return name.folder or store.RunFolder.open(shelf.paths[name.run.name])


def _differences(shelf: Shelf, name: Named, first: Side, second: Side) -> Differences:
    return differences(_folder(shelf, name).load(), first.target, second.target)


def _tell(asked: Comparing, made: list[Made], say: Said) -> None:
    for number, (found, agreed, notes) in enumerate(made):
        lines = [""] * bool(number) + lines_of(found, asked.show, agreed, notes)
        if asked.wish.limit is not None:
            lines += gate_lines(found, asked.wish.limit, validated(asked.results))
        for line in lines:
            say(_plain(line))


def _plain(line: str) -> str:
    """Without the spaces that do not break, which a terminal would be shown as escapes."""
    return line.replace("\u202f", " ")


def _write(asked: Comparing, made: list[Made], ending: Ending | None) -> None:
    if asked.markdown is not None:
        asked.markdown.write_text(written.markdown_of(made, ending, asked.show), encoding="utf-8")
    if asked.json is not None:
        asked.json.write_text(written.json_of(made, ending, asked.wish.limit), encoding="utf-8")
    if asked.csv is not None:
        asked.csv.write_text(written.csv_of([found for found, *_ in made]), encoding="utf-8")


def validated(results: Path) -> str:
    """What simulated studies showed of the gate of separate runs, in a sentence; '' where nothing of it is stored."""
    stored = None
    with contextlib.suppress(ResultsError):  # which the report names
        stored = store.load_outcome(results, "validation")
    promises = [promise for promise in (stored or {}).get("promises", []) if promise["group"] == GROUP]
    rates = {
        side: [promise["hits"] / promise["trials"] for promise in promises if promise["side"] == side]
        for side in ("at most", "at least")
    }
    if not all(rates.values()):
        return ""
    return (
        f"In simulated studies with noise of stored runs it failed unchanged code in at most {percent(max(rates['at most']))} of"
        f" comparisons, and found a slowdown of its size in at least {percent(min(rates['at least']))} of cells."
    )


def _complained(shelf: Shelf, complain: Said) -> int:
    for problem in shelf.left_out:
        complain(f"left out: {problem}")
    return StudyError.exit_code if shelf.left_out else 0
