"""What `compare A B` names: a machine, a run, an interpreter, a bundle, the latest or best run, or a name of the user's."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from study import store
from study.compare.ladder import Side
from study.errors import UsageError, printable
from study.store import bundles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.compare.shelf import Shelf
    from study.store import RunFolder, RunSummary

LATEST, BEST = "latest", "best"
HOW = (
    "A run is MACHINE, MACHINE/RUN, MACHINE[/RUN]@INTERPRETER, a .study file, latest, latest~3, best, or a name given with"
    " `nox -s runs --mark`"
)
_LATEST = re.compile(rf"{LATEST}(?:~(\d{{1,6}}))?")
_MOST_LISTED = 12


class Named(NamedTuple):
    """A run that was named, and the interpreter with it, '' where none was; `folder` of one that lies in no results."""

    word: str
    run: RunSummary
    target: str
    folder: RunFolder | None = None


def named(word: str, shelf: Shelf, base: Path) -> Named:
    """The run that a word names.

    Parameters
    ----------
    base : the folder that a bundle's name is looked for in.

    Raises
    ------
    UsageError
        if it names none, with what there is and the nearest.
    ResultsError
        if what it names cannot be read.
    """
    whole = "@" not in word or word.endswith(bundles.SUFFIX)
    place, at, target = (word, "", "") if whole else word.rpartition("@")
    if at and not target:
        raise UsageError(f"{_shown(word)}: no interpreter stands behind the @. {HOW}")
    if place.endswith(bundles.SUFFIX):
        folder = bundles.opened(base / _whole(word, place))
        found = store.summary_of_folder(folder)
        return Named(word, found, _target(word, found, target), folder)
    found = _run(word, place, shelf)
    return Named(word, found, _target(word, found, target))


def sides(first: Named, second: Named) -> tuple[Side, Side]:
    """The two interpreters that are compared: those that were named, else the first that both runs have.

    Raises
    ------
    UsageError
        if both are one and the same.
    """
    mine, theirs = list(first.run.targets), list(second.run.targets)
    same_run = first.run.name == second.run.name
    one = first.target or (second.target if second.target in mine and not same_run else "")
    one = one or next((name for name in mine if name in theirs and not same_run), mine[0])
    other = second.target or (one if one in theirs and not same_run else "")
    other = other or next((name for name in theirs if not same_run or name != one), theirs[0])
    if same_run and one == other:
        raise UsageError(
            f"{_shown(first.word)} and {_shown(second.word)} are one and the same, {first.run.name}@{one}: name another run,"
            f" or another interpreter of it behind an @ ({', '.join(mine)})"
        )
    return Side(run=first.run, target=one), Side(run=second.run, target=other)


def _target(word: str, run: RunSummary, target: str) -> str:
    if target and target not in run.targets:
        raise UsageError(f"{_shown(word)}: {run.name} has no interpreter {_shown(target)}{_near(target, run.targets)}")
    return target


def _run(word: str, place: str, shelf: Shelf) -> RunSummary:
    latest = _LATEST.fullmatch(place)
    if latest:
        return _latest(word, int(latest[1] or 0), shelf)
    if place == BEST:
        found = shelf.fullest(_mine(word, shelf))
        if found is None:
            raise UsageError(f"{word}: no run of this machine can be read; `nox -s runs` lists what there is")
        return found
    name = shelf.names.get(place, place).rstrip("/")
    if "/" in name:
        return _by_name(word, name, shelf)
    if name not in shelf.machines():
        known = [*shelf.machines(), *shelf.names, LATEST, BEST]
        raise UsageError(f"{_shown(word)}: no machine and no name of a run{_near(name, known)}. {HOW}")
    found = shelf.fullest([name])
    if found is None:
        raise UsageError(f"{_shown(word)}: none of its runs can be read: {'; '.join(shelf.left_out)}")
    return found


def _by_name(word: str, name: str, shelf: Shelf) -> RunSummary:
    if name not in shelf.paths:
        machine = name.partition("/")[0]
        runs = [known for known in shelf.paths if known.startswith(f"{machine}/")]
        gone = f" (which {_shown(word)} is the name of)" if name not in word else ""
        raise UsageError(f"{_shown(word)}: there is no run {_shown(name)}{gone}{_near(name, runs or shelf.machines())}")
    found = shelf.summary(name)
    if found is None:
        raise UsageError(f"{_shown(word)}: cannot be read: {shelf.unread[name]}")
    return found


def _latest(word: str, back: int, shelf: Shelf) -> RunSummary:
    count = 0
    for count, found in enumerate(shelf.newest_first(_mine(word, shelf)), start=1):
        if count > back:
            return found
    raise UsageError(f"{word}: {count or 'no'} finished {'run' if count == 1 else 'runs'} of this machine can be read")


def _mine(word: str, shelf: Shelf) -> list[str]:
    machines = shelf.mine()
    if not machines:
        there = ", ".join(shelf.machines()[:_MOST_LISTED]) or "none"
        raise UsageError(f"{word}: none of the stored machines is known to be this one; name one of them: {there}")
    return machines


def _whole(word: str, place: str) -> Path:
    try:
        return Path(place).expanduser()
    except RuntimeError:
        raise UsageError(f"{_shown(word)}: nobody's home folder is known by '~' here; write the path out") from None


def _shown(word: str) -> str:
    return printable(word, 150)


def _near(word: str, names: Iterable[str]) -> str:
    choices: Sequence[str] = list(dict.fromkeys(names))
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    if near:
        return f" (did you mean {near[0]!r}?)"
    listed = ", ".join(choices[-_MOST_LISTED:])
    return f"; there are {listed}" if listed else "; there are none"
