"""What a results folder remembers of the machine it lies on: `results/machine.json`, ignored by git."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING

from study.errors import ResultsError, StudyError, printable
from study.identity import filled, fingerprint, fits, latest
from study.store.bounds import SLUG, Line, wrong_fact
from study.store.contributed import is_contributed
from study.store.files import lies_there, parse_as, read_text, write_whole
from study.store.folders import RunFolder, run_folders

if TYPE_CHECKING:
    from pathlib import Path

    from study.identity import Traits

MEMORY = "machine.json"
SMALL_BYTES = 2**16
HARDWARE = "hardware"
_EARLIER = tuple(f"earlier_{number}" for number in range(1, 21))
"""Keys of the names before the present one, the last first."""
_REMEDY = ". Remove it, or name the machine with --machine NAME: the file is made again"
_Facts = dict[str, Line | int | float | bool]


def remembered(path: Path) -> dict[str, str | dict[str, _Facts]]:
    """What stands in the file: names, and under `hardware` the fingerprint of each; {} where there is no file.

    Files of earlier versions have names alone.

    Raises
    ------
    ResultsError
        if the file is not what this study writes.
    """
    if not lies_there(path):
        return {}
    text = read_text(path, path.name, longest=SMALL_BYTES, remedy=_REMEDY)
    found: dict[str, str | dict[str, _Facts]] = parse_as(
        text, dict[str, Line | dict[str, _Facts]], path.name, remedy=_REMEDY, check=_wrong
    )
    return found


def _wrong(found: dict[str, str | dict[str, _Facts]]) -> str:
    for key, value in found.items():
        shown = printable(key, 60)
        if isinstance(value, str) == (key == HARDWARE):
            return f"{shown}: not what this study writes there"
        for name in [value] if isinstance(value, str) else value:
            if not re.match(SLUG, name):
                return f"{shown}: {printable(repr(name), 80)} is no machine's name"
        for facts in () if isinstance(value, str) else value.values():
            if fault := wrong_fact(facts):
                return f"{shown}: {fault}"
    return ""


def own_names(results: Path) -> tuple[str, ...]:
    """The names of this machine and of those that these results were measured on before, the present one first.

    Empty where nothing is remembered, as in a fresh clone.

    Raises
    ------
    ResultsError
        if the file is not what this study writes.
    """
    found = remembered(results / MEMORY)
    names = (found.get(key) for key in ("machine", *_EARLIER))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str)))


def _own_hardware(results: Path) -> dict[str, Traits]:
    """The hardware that each name was taken for, as far as it is remembered."""
    found = remembered(results / MEMORY).get(HARDWARE)
    return {name: fingerprint(facts) for name, facts in found.items()} if isinstance(found, dict) else {}


def remember_name(results: Path, name: str, present: Traits) -> None:
    """Keep the name of this machine and its hardware, and what was kept before; what cannot be read is made anew.

    So a name is this hardware's from the moment it is taken, and not from the first run that it has.
    """
    known: tuple[str, ...] = ()
    before: dict[str, Traits] = {}
    with contextlib.suppress(ResultsError):  # told by whoever had to know the name
        known, before = own_names(results), _own_hardware(results)
    had = before.get(name)
    now = filled(had, present) if had is not None and fits(had, present) else present
    if known[:1] == (name,) and had == now:
        return
    earlier = [had_before for had_before in known if had_before != name][: len(_EARLIER)]
    hardware = {**before, name: now}
    content = {
        "machine": name,
        **dict(zip(_EARLIER, earlier, strict=False)),
        HARDWARE: {one: dict(hardware[one].known) for one in (name, *earlier) if one in hardware},
    }
    write_whole(results / MEMORY, json.dumps(content).encode() + b"\n")


def hardware_of(results: Path, machine: str) -> Traits | None:
    """The hardware that a machine's runs were measured on last, or that its name was taken for; None where unknown.

    Runs that somebody contributed under the name tell of it only where nothing of one's own does.
    """
    own: list[Traits] = []
    contributed: list[Traits] = []
    for path in reversed([path for path in run_folders(results) if path.parent.name == machine]):
        try:
            folder = RunFolder.open(path)
        except StudyError:  # the report names it; here the others tell
            continue
        (contributed if folder.contributed else own).append(fingerprint(folder.manifest.machine))
    if not own:
        with contextlib.suppress(ResultsError):  # told by whoever had to know the name
            own = [hardware for name, hardware in _own_hardware(results).items() if name == machine]
    return latest(own or contributed)


def machines(results: Path) -> tuple[str, ...]:
    """The names that have runs, in alphabetic order; not those that somebody contributed alone."""
    return tuple(sorted({path.parent.name for path in run_folders(results) if not is_contributed(path)}))
