"""Which run the report is about, and which others it shows. From the stored runs alone: the same ones, the same choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from study.errors import ReportError
from study.evidence.code import code_of
from study.evidence.hardware import Hardware, hardware_of
from study.identity import fingerprint, fits, interpreter, latest
from study.plan import ROUNDS
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from pathlib import Path

    from study.store import Manifest, RunFolder

T = TypeVar("T")

LONGEST = timedelta(days=366)
"""No run takes longer, with all its interruptions: of a longer one a clock was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What decides which run the report is about.

    Attributes
    ----------
    stale : a run's manifest -> its cells that were measured by another version of the programs than the present one.
    own : the names of this machine, the present one first; empty where it is not known.
    about : the folders of the runs that the user named; None where none were.
    """

    stale: Callable[[Manifest], frozenset[tuple[str, str]]]
    own: tuple[str, ...] = ()
    about: frozenset[Path] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Generic[T]):
    """The runs of the report, the one that it is about first, and why it is about that one, in words."""

    folders: tuple[RunFolder, ...]
    runs: tuple[T, ...]
    subject: str


def reported(folders: Sequence[RunFolder], choice: Selection, read: Callable[[RunFolder], T | None]) -> Reported[T]:
    """Read what the report shows. The next best takes the place of a run that cannot be read.

    Parameters
    ----------
    read : a run, None where it cannot be read; the reason is the caller's to keep.

    Raises
    ------
    ReportError
        if the user named runs, and none of them can be reported.
    """
    left = list(folders)
    found: dict[Path, T] = {}
    wanted = shown(left, choice)
    while unknown := [folder for folder in wanted if folder.path not in found]:
        for folder in unknown:
            run = read(folder)
            if run is None:
                left.remove(folder)
            else:
                found[folder.path] = run
        wanted = shown(left, choice)
    if choice.about is not None and not any(folder.path in choice.about for folder in wanted[:1]):
        raise ReportError("--about names no run that can be reported")
    return Reported(
        folders=tuple(wanted),
        runs=tuple(found[folder.path] for folder in wanted),
        subject=_why(wanted[0], left, choice) if wanted else "",
    )


def rank(folder: RunFolder, choice: Selection, here: bool = False) -> tuple[bool | int | str, ...]:  # noqa: FBT001, FBT002 - of this machine
    """How fit a run is to be what the report is about: the greater, the better; each entry counts before all after it.

    1. Measured, not simulated. 2. With times of at least one round: a run stopped in its first one says nothing yet. 3.
    On this machine (`here`), so that a stranger's run never takes the page over. 4. By clocks that can be right. 5.
    Finished. 6. Whole: at least ten rounds. 7. Of the present programs, no cell stale. 8. Without a debug build. 9. The cells
    it measured: a run of one question does not take the page from the hour's run. 10. The newer one.
    """
    manifest = folder.manifest
    rounds = sum(not record.replaced for record in manifest.rounds)
    return (
        not manifest.simulated,
        _has_times(folder),
        here,
        _plausible(folder),
        manifest.state == "finished",
        not manifest.quick and rounds >= ROUNDS,
        not choice.stale(manifest),
        not any(interpreter(target.facts).debug for target in manifest.targets),
        len(done(folder)),
        *age(folder),
    )


def age(folder: RunFolder) -> tuple[str, str, str]:
    """When a run ended, or began; then its name, so that no two are equal."""
    return folder.manifest.finished or folder.manifest.started, folder.id, folder.machine


def done(folder: RunFolder) -> set[tuple[str, str]]:
    """(Target, cell) of all that was measured."""
    return {(record.target, record.cell) for record in folder.manifest.cells if record.state == "done"}


def _has_times(folder: RunFolder) -> bool:
    """Whether cells have the times of whole rounds. The cells of a run that was killed have no state yet."""
    killed = folder.manifest.state == "measuring" and not folder.manifest.rounds
    return folder.has_rounds and (killed or bool(done(folder)))


def same_code(one: RunFolder, other: RunFolder) -> bool:
    """Whether both were measured by the same core with the same libraries."""
    locks = {folder.manifest.digests.get("lock") for folder in (one, other)}
    return len(locks) == 1 and code_of(one.manifest) == code_of(other.manifest)


def shown(folders: Sequence[RunFolder], choice: Selection) -> list[RunFolder]:
    """What the report is about, then the best run of each machine and interpreter, the newest first.

    A machine is its hardware and its name; an interpreter its name and what never counts as equal (debug build, JIT,
    GIL). After these come whole runs of the same code that measured a cell which none before them has: one question's.
    """
    if not folders:
        return []
    here = _here(folders, choice)
    ranks = {folder.path: rank(folder, choice, here[folder.path]) for folder in folders}
    hardware = {folder.path: one for folder, one in zip(folders, hardware_of(folders), strict=True)}
    best: dict[Hashable, RunFolder] = {}
    for folder in folders:
        for key in _keys(folder, hardware[folder.path]):
            if key not in best or ranks[folder.path] > ranks[best[key].path]:
                best[key] = folder
    named = [folder for folder in folders if choice.about is None or folder.path in choice.about]
    subject = max(named or folders, key=lambda folder: ranks[folder.path])
    leaders = {folder.path: folder for folder in best.values() if folder is not subject}
    found = [subject, *sorted(leaders.values(), key=age, reverse=True)]
    known = {one.path: done(one) for one in found}
    for folder in sorted(folders, key=age, reverse=True):
        if folder.path in known or not _whole(folder):
            continue
        if all(same_code(folder, best[key]) for key in _keys(folder, hardware[folder.path])):
            beside = [cells for path, cells in known.items() if hardware[path] == hardware[folder.path]]
            if done(folder) - set[tuple[str, str]]().union(*beside):
                found.append(folder)
                known[folder.path] = done(folder)
    return found


def _keys(folder: RunFolder, hardware: Hardware) -> list[Hashable]:
    """What a run may be the best of."""
    return [
        (folder.machine, hardware, target.name, interpreter(target.facts).kind) for target in folder.manifest.targets
    ]


def _whole(folder: RunFolder) -> bool:
    return folder.manifest.state == "finished" and not folder.manifest.quick


def _here(folders: Sequence[RunFolder], choice: Selection) -> dict[Path, bool]:
    """Which runs are of this machine: under one of its names, on the hardware of the newest run under the latest of them."""
    measured = {folder.machine for folder in folders}
    latest_name = next((name for name in choice.own if name in measured), None)
    mine = sorted((one for one in folders if one.machine == latest_name), key=lambda one: one.id, reverse=True)
    hardware = latest(fingerprint(folder.manifest.machine) for folder in mine)
    return {
        folder.path: hardware is not None
        and folder.machine in choice.own
        and fits(hardware, fingerprint(folder.manifest.machine))
        for folder in folders
    }


def _plausible(folder: RunFolder) -> bool:
    """Whether the run ended after it began, and within a year. The present time is not asked: it is no result."""
    began, ended = (_moment(text) for text in (folder.manifest.started, age(folder)[0]))
    return began is not None and ended is not None and timedelta(0) <= ended - began <= LONGEST


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _why(subject: RunFolder, folders: Sequence[RunFolder], choice: Selection) -> str:
    """What the report is about and why, and that there is more."""
    fresh = "" if choice.stale(subject.manifest) else " of the present code"
    if choice.about is not None:
        why = "asked for with --about"
    elif _here(folders, choice)[subject.path]:
        why = f"this machine's fullest run{fresh}"
    else:
        why = f"the fullest run{fresh} that is stored"
    others = len(folders) - 1
    more = f"; {counted(others, 'other run is', 'other runs are')} stored (--about MACHINE/RUN)" if others else ""
    return f"run {subject.id}, {why}{more}"
