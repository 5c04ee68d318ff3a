"""Adding a run from a bundle to these results: marked as somebody else's, and never in anything's place."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from typing import TYPE_CHECKING, Literal, NamedTuple

from study.errors import LIMITS, ResultsError, UsageError
from study.identity import differences, fingerprint
from study.machine import check_machine_name, numbered
from study.store.bundles import opened
from study.store.contributed import NAME, contribution_of, mark_of
from study.store.files import is_link, lies_there, sync_folder
from study.store.folders import RunFolder, now_text, run_folders, run_name
from study.store.lock import alone_in
from study.store.memory import hardware_of

if TYPE_CHECKING:
    from pathlib import Path

    from study.store.bundles import Bundled

_MAKING = ".adding-"
"""How a folder's name begins in which a run is put together; no machine has such a name."""


class Added(NamedTuple):
    """What became of a bundle.

    Attributes
    ----------
    run : "machine/run" in these results.
    state : added (or, of a trial, to be added), or there already.
    notes : sentences on what was done otherwise than it might be expected.
    """

    run: str
    state: Literal["added", "there"]
    notes: tuple[str, ...] = ()


def add(results: Path, path: Path, *, label: str = "", simulated: bool = False, dry: bool = False) -> Added:
    """Add the run in a bundle to the results, whole or not at all; a second time it changes nothing.

    Parameters
    ----------
    label : '' or the name that its machine shall have here. Without one it keeps its own, unless other hardware has that here.
    simulated : whether a made-up run is taken as well.
    dry : only say what would be done: nothing is written.

    Raises
    ------
    ResultsError
        if the bundle is refused, another run has its name, or the results cannot be written.
    UsageError
        if the label is no name of a machine, or that of other hardware.
    LockedError
        if another study is at work in these results.
    """
    check_label(label)
    found = opened(path)
    if found.manifest.simulated and not simulated:
        raise ResultsError(
            f"{path.name}: its times are made up (simulated), and no machine's. With --simulated it is added, to results of"
            " their own (--results DIR)"
        )
    with contextlib.nullcontext() if dry else alone_in(results):
        there = _already(results, found)
        if there is not None:
            return Added(run_name(there), "there")
        machine, notes = _label(results, found, label)
        place = results / machine / found.id
        if is_link(place.parent):
            raise ResultsError(
                f"{machine}: a link in {results.name}/, which is not followed; give another name with --as NAME"
            )
        if lies_there(place):
            raise ResultsError(
                f"{path.name}: another run has the name {run_name(place)} already, and is not replaced. Add this one under"
                " another name of a machine, with --as NAME"
            )
        if not dry:
            _put(results, place, found)
    return Added(run_name(place), "added", notes)


def check_label(label: str) -> None:
    """Refuse what no machine can be called; '' leaves a machine its name.

    Raises
    ------
    UsageError
        if it can be no folder's name everywhere.
    """
    try:
        check_machine_name(label or "any")
    except UsageError as error:
        raise UsageError(str(error).replace("--machine", "--as", 1)) from None


def _already(results: Path, found: Bundled) -> Path | None:
    """Where this very run lies in the results, whether it was measured here or added."""
    for path in run_folders(results):
        if is_link(path) or is_link(path.parent):
            continue
        try:
            came_from = contribution_of(path)
            same = came_from is not None and came_from.bundle == found.digest
            if not same and (path.name != found.id or RunFolder.open(path).manifest != found.manifest):
                continue
        except ResultsError:  # the report names what cannot be read
            continue
        try:
            RunFolder.open(path).load()
        except ResultsError as error:
            raise ResultsError(
                f"the run lies in {results.name}/ already, and is damaged there ({error}). Move its folder away, and add it"
                " again"
            ) from None
        return path
    return None


def _label(results: Path, found: Bundled, label: str) -> tuple[str, tuple[str, ...]]:
    """The machine's name here: the one asked for, else its own, or its own with a number where other hardware has it."""
    present = fingerprint(found.manifest.machine)

    def apart(name: str) -> tuple[str, ...]:
        stored = hardware_of(results, name)
        return () if stored is None else differences(stored, present)

    if label:
        if other := apart(label):
            raise UsageError(
                f"--as {label}: the name of other hardware in {results.name}/ ({'; '.join(other)}: there / in the bundle);"
                " take another"
            )
        return label, ()
    own = found.machine
    try:
        check_machine_name(own)
    except UsageError:
        raise ResultsError(
            f"its machine goes by the name {own}, which no machine can have here; give another with --as NAME"
        ) from None
    names = itertools.chain((own,), (numbered(own, number) for number in itertools.count(2)))
    name = next(name for name in names if not apart(name))
    if name == own:
        return name, ()
    other = apart(own)
    note = (
        f"the name {own} is that of other hardware in {results.name}/ ({'; '.join(other)}: there / in the bundle): it goes"
        f" by {name} here"
    )
    return name, (note,)


def _put(results: Path, place: Path, found: Bundled) -> None:
    """Put the run together beside the machines, and move it to its place at once."""
    for left in results.glob(f"{_MAKING}*.part"):  # by one that was killed; we alone are at work here
        if left.is_dir() and not is_link(left):
            shutil.rmtree(left, ignore_errors=True)
    making = results / f"{_MAKING}{os.getpid()}.part"
    files = {**found.members, NAME: mark_of(found.digest, now_text(), found.machine)}
    try:
        making.mkdir()
        for name, data in files.items():
            with (making / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(making)
        place.parent.mkdir(exist_ok=True)
        making.rename(place)
        sync_folder(place.parent)
        sync_folder(results)
    except OSError as error:
        remedy = LIMITS.get(error.errno, "free some space, mend the folder or name another with --results")
        needed = sum(map(len, files.values()))
        raise ResultsError(
            f"{run_name(place)}: cannot be written ({error.strerror}; {needed} bytes are needed); nothing of it is there."
            f" {remedy[0].upper()}{remedy[1:]}, and add it again"
        ) from None
    finally:
        shutil.rmtree(making, ignore_errors=True)
        with contextlib.suppress(OSError):  # stays where it holds anything
            place.parent.rmdir()
