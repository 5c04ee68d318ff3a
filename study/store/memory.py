"""What a results folder remembers of the machine it lies on: `results/machine.json`, ignored by git."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from study.errors import ResultsError, StudyError
from study.identity import fingerprint, latest
from study.store.files import write_whole
from study.store.folders import RunFolder, remembered, run_folders

if TYPE_CHECKING:
    from pathlib import Path

    from study.identity import Traits

MEMORY = "machine.json"
_EARLIER = tuple(f"earlier_{number}" for number in range(1, 21))
"""Keys of the names before the present one, the last first."""


def own_names(results: Path) -> tuple[str, ...]:
    """The names of this machine and of those that these results were measured on before, the present one first.

    Empty where nothing is remembered, as in a fresh clone.

    Raises
    ------
    ResultsError
        if the file is not what this study writes.
    """
    found = remembered(results / MEMORY)
    return tuple(dict.fromkeys(name for key in ("machine", *_EARLIER) if (name := found.get(key))))


def remember_name(results: Path, name: str) -> None:
    """Keep the name of this machine, and those that were kept before; what cannot be read is made anew."""
    known: tuple[str, ...] = ()
    with contextlib.suppress(ResultsError):  # told by whoever had to know the name
        known = own_names(results)
    if known[:1] != (name,):
        earlier = [one for one in known if one != name]
        content = {"machine": name, **dict(zip(_EARLIER, earlier, strict=False))}
        write_whole(results / MEMORY, json.dumps(content).encode() + b"\n")


def hardware_of(results: Path, machine: str) -> Traits | None:
    """The hardware that a machine's runs were measured on last, None where no run of it can be read."""
    found = []
    for path in reversed([path for path in run_folders(results) if path.parent.name == machine]):
        try:
            found.append(fingerprint(RunFolder.open(path).manifest.machine))
        except StudyError:  # the report names it; here the others tell
            continue
    return latest(found)


def machines(results: Path) -> tuple[str, ...]:
    """The names that have runs, in alphabetic order."""
    return tuple(sorted({path.parent.name for path in run_folders(results)}))
