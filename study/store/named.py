"""Finding the runs that `MACHINE[/RUN]` names, by the names of folders alone."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from study.errors import UsageError
from study.store.folders import run_folders

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MOST_LISTED = 12


def runs_named(results: Path, about: str, asked: str = "--about ") -> list[Path]:
    """The folders of the runs that `about` names: all of a machine, or the one of MACHINE/RUN.

    Parameters
    ----------
    asked : what stood before the name on the command line, for messages.

    Raises
    ------
    UsageError
        if there are none, with what there is and the nearest.
    """
    machine, slash, run = about.rstrip("/").partition("/")
    found = run_folders(results)
    names = [path.parent.name for path in found]
    if machine not in names:
        raise UsageError(
            f"{asked}{about}: no run of a machine of that name is in {results.name}/{_near(machine, names)}"
        )
    of_machine = [path for path in found if path.parent.name == machine]
    if not slash:
        return of_machine
    named = [path for path in of_machine if path.name == run]
    if not named:
        ids = [path.name for path in of_machine]
        raise UsageError(f"{asked}{about}: {machine} has no run of that name{_near(run, ids)}")
    return named


def _near(word: str, names: Iterable[str]) -> str:
    choices = list(dict.fromkeys(names))
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    if near:
        return f" (did you mean {near[0]!r}?)"
    listed = ", ".join(choices[-_MOST_LISTED:])
    return f"; there are {listed}" if listed else "; there are none"
