"""Runs under a name of the user's: `results/baselines.json`, which is committed with them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from study.errors import UsageError, printable
from study.store.bounds import SLUG, Slug
from study.store.files import lies_there, parse_as, read_text, write_whole
from study.store.folders import MANIFEST
from study.store.lock import alone_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME = "baselines.json"
SCHEMA = 1
MAX_BYTES = 2**18
RESERVED = frozenset({"latest", "best"})
"""Words that mean a run by themselves."""
_REMEDY = ". Restore it (git checkout) or remove it: runs stay, their names are given again with --mark NAME RUN"
_Run = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9._+-]{0,63}/[a-z0-9][a-z0-9._+-]{0,63}\Z")]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    schema: int
    baselines: Annotated[dict[Slug, _Run], Meta(max_length=1000)]


def baselines(results: Path) -> dict[str, str]:
    """Name -> machine/run, in alphabetic order; {} where there is no file. A run that has a name may have gone.

    Raises
    ------
    ResultsError
        if the file is not what this study writes.
    """
    path = results / NAME
    if not lies_there(path):
        return {}
    text = read_text(path, NAME, longest=MAX_BYTES, remedy=_REMEDY)
    return dict(sorted(parse_as(text, _File, NAME, remedy=_REMEDY, check=_wrong).baselines.items()))


def mark(results: Path, name: str, run: str) -> None:
    """Give a run a name; what has that name keeps it.

    Parameters
    ----------
    run : machine/run, of a run that is there.

    Raises
    ------
    UsageError
        if the name cannot be one, or means something else, or there is no such run.
    ResultsError, LockedError
        if the file is not what this study writes, cannot be written, or a study is at work in these results.
    """
    _check_name(results, name)
    machine, _, identity = run.partition("/")
    if not all(re.match(SLUG, part) for part in (machine, identity)) or not lies_there(
        results / machine / identity / MANIFEST
    ):
        raise UsageError(f"--mark {name}: {printable(run, 150)} is no run; `nox -s runs` lists them as MACHINE/RUN")
    with alone_in(results):
        known = baselines(results)
        if known.get(name, run) != run:
            raise UsageError(
                f"--mark {name}: that name is {known[name]}'s, which keeps it; take it away first: --unmark {name}"
            )
        _write(results, known | {name: run})


def unmark(results: Path, name: str) -> str:
    """Take a name away, and say from which run; the run itself stays.

    Raises
    ------
    UsageError
        if nothing has that name.
    ResultsError, LockedError
        as `mark`.
    """
    _check_known(name, baselines(results))  # before a lock is made, in a folder that may be mistyped
    with alone_in(results):
        known = baselines(results)
        _check_known(name, known)
        run = known.pop(name)
        _write(results, known)
    return run


def _check_known(name: str, known: Iterable[str]) -> None:
    if name not in known:
        listed = ", ".join(known) or "none"
        raise UsageError(f"--unmark {printable(name, 100)}: no run has that name; names are: {listed}")


def _check_name(results: Path, name: str) -> None:
    if not re.match(SLUG, name):
        raise UsageError(
            f"--mark {printable(name, 100)}: a name is up to 64 lower-case letters, digits, '.', '_', '+' and '-', the first"
            " a letter or digit"
        )
    if name in RESERVED:
        raise UsageError(f"--mark {name}: that word means a run by itself; take another name")
    if (results / name).is_dir():
        raise UsageError(f"--mark {name}: that is a machine's name; take another name")


def _write(results: Path, known: dict[str, str]) -> None:
    text = json.dumps({"schema": SCHEMA, "baselines": known}, indent=1, sort_keys=True) + "\n"
    parse_as(text, _File, NAME, remedy=". It would not be readable again", check=_wrong)
    write_whole(results / NAME, text.encode())


def _wrong(found: _File) -> str:
    return "" if found.schema == SCHEMA else f"schema: {found.schema} is not {SCHEMA}"
