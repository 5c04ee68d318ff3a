"""`add`: bundles taken in, each by itself: what is wrong with one keeps no other from being added."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from study.errors import LockedError, StudyError, UsageError, printable
from study.store.adding import add, check_label

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What is asked for.

    Attributes
    ----------
    files : the bundles.
    committed : the project's own results, which hold nothing that is made up.
    label : '' or the name that the machine of the bundles shall have here.
    check : whether only to say what would be done.
    simulated : whether made-up runs are taken too.
    """

    files: Sequence[Path]
    results: Path
    committed: Path
    label: str = ""
    check: bool = False
    simulated: bool = False

    @classmethod
    def of(cls, typed: argparse.Namespace, results: Path, *, committed: Path) -> Taking:
        """What was typed."""
        return cls(
            files=[typed.folder / path for path in typed.files],
            results=results,
            committed=committed,
            label=typed.label or "",
            check=typed.check,
            simulated=typed.simulated,
        )


def take_in(asked: Taking, say: Callable[[str], None], refuse: Callable[[str], None]) -> int:
    """Add the bundles; the exit code: 0 where every one is there afterwards, else 3.

    Parameters
    ----------
    refuse : told what is wrong with a bundle that is not added.

    Raises
    ------
    StudyError
        if nothing can be added whatever the bundles are.
    """
    check_label(asked.label)
    committed, results = (Path(os.path.realpath(folder)) for folder in (asked.committed, asked.results))
    if asked.simulated and committed in (results, *results.parents):
        raise UsageError("--simulated adds made-up times: name a folder outside results/ with --results DIR")
    refused, added = 0, 0
    for path in asked.files:
        shown = printable(str(path), 200)
        try:
            found = add(asked.results, path, label=asked.label, simulated=asked.simulated, dry=asked.check)
        except LockedError:  # whatever the bundle is
            raise
        except StudyError as error:
            refused += 1
            text = str(error)
            refuse(f"not added: {text if text.startswith(path.name) else f'{shown}: {text}'}")
            continue
        would = "would be " if asked.check else ""
        done = f"{would}added as {found.run}, contributed" if found.state == "added" else f"already there: {found.run}"
        say(f"{shown}: {done}")
        added += found.state == "added" and not asked.check
        for note in found.notes:
            say(f"  {note}")
    if added:
        say(
            "A contributed run stands beside one's own and is never of them; --about MACHINE/RUN makes the report about it"
        )
    return StudyError.exit_code if refused else 0
