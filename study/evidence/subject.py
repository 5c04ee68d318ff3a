"""Which run the report is about, and which others it shows. From the stored runs alone: the same ones, the same choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from study.errors import ReportError
from study.evidence.code import code_of
from study.evidence.hardware import hardware_of
from study.evidence.light import outline
from study.identity import differences, fingerprint, fits, interpreter, latest
from study.plan import ROUNDS
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from pathlib import Path

    from study.evidence.hardware import Hardware
    from study.evidence.light import Outline, Stored
    from study.evidence.run import Run

MANY = 30
"""Stored runs from which on a report shows few of them whole, and the others by their summaries."""
NEAREST = 5
"""So many beside the one that it is about."""
LONGEST = timedelta(days=366)
"""No run takes longer, with all its interruptions: of a longer one a clock was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What decides which run the report is about.

    Attributes
    ----------
    stale : a run's outline -> its cells that were measured by another version of the programs than the present one.
    own : the names of this machine, the present one first; empty where it is not known.
    about : the folders of the runs that the user named; None where none were.
    """

    stale: Callable[[Outline], frozenset[tuple[str, str]]]
    own: tuple[str, ...] = ()
    about: frozenset[Path] | None = None


class Reported(NamedTuple):
    """The runs of the report, why it is about the first of them, in words, and the folders that reading found sound."""

    runs: tuple[Run, ...]
    why: str
    sound: tuple[Stored, ...]


def reported(folders: Sequence[Stored], choice: Selection, read: Callable[[Stored], Run | None]) -> Reported:
    """Read what the report shows. The next best takes the place of a run that cannot be read.

    Parameters
    ----------
    read : a run, None where it cannot be read; the reason is the caller's to keep.

    Raises
    ------
    ReportError
        if the user named runs, and none of them can be reported.
    """
    sound = list(folders)
    known: dict[Path, Run] = {}
    while unknown := [folder for folder in shown(sound, choice) if folder.path not in known]:
        for folder in unknown:
            run = read(folder)
            if run is None:
                sound.remove(folder)
            else:
                known[folder.path] = run
    wanted = shown(sound, choice)
    if choice.about is not None and not any(folder.path in choice.about for folder in wanted[:1]):
        raise ReportError("--about names no run that can be reported")
    runs = tuple(known[folder.path] for folder in wanted)
    return Reported(runs, _why(wanted[0], sound, choice) if wanted else "", tuple(sound))


def rank(folder: Stored, choice: Selection, here: bool = False) -> tuple[bool | int | str, ...]:  # noqa: FBT001, FBT002 - of this machine
    """How fit a run is to be what the report is about: the greater, the better; each entry counts before all after it.

    1. Measured, not simulated. 2. No gate: it has few cells, on two arms. 3. With times of at least one round: a run stopped
    in its first one says nothing yet. 4. Not contributed. 5. On this machine (`here`), so that a stranger's run never takes
    the page over. 6. By clocks that can be right. 7. Finished. 8. Whole: at least ten rounds. 9. Of the present programs, no
    cell stale. 10. Without a debug build. 11. The cells it measured: a run of one question does not take the page from the
    hour's run. 12. The newer one.
    """
    manifest = outline(folder)
    rounds = sum(not record.replaced for record in manifest.rounds)
    return (
        not manifest.simulated,
        manifest.gate is None,
        _has_times(folder),
        not folder.contributed,
        here,
        _plausible(folder),
        manifest.state == "finished",
        not manifest.quick and rounds >= ROUNDS,
        not choice.stale(manifest),
        not any(interpreter(target.facts).debug for target in manifest.targets),
        len(done(folder)),
        *age(folder),
    )


def age(folder: Stored) -> tuple[str, str, str]:
    """When a run ended, or began; then its name, so that no two are equal."""
    manifest = outline(folder)
    return manifest.finished or manifest.started, folder.id, folder.machine


def done(folder: Stored) -> set[tuple[str, str]]:
    """(Target, cell) of all that was measured."""
    return {record.key for record in outline(folder).cells if record.state == "done"}


def _has_times(folder: Stored) -> bool:
    """Whether cells have the times of whole rounds. The cells of a run that was killed have no state yet."""
    manifest = outline(folder)
    killed = manifest.state == "measuring" and not manifest.rounds
    return folder.has_rounds and (killed or bool(done(folder)))


def _code(folder: Stored) -> tuple[str, str | None]:
    """The core and the libraries that a run was measured with."""
    return code_of(outline(folder)), outline(folder).digests.get("lock")


def shown(folders: Sequence[Stored], choice: Selection) -> list[Stored]:
    """What the report is about, then the best run of each machine and interpreter: machine by machine, the newest first.

    What somebody contributed is what the report is about only where it was asked for: without anything else there is none.
    A machine is its hardware and its name; an interpreter its name and what never counts as equal (debug build, JIT,
    GIL). After these come whole runs of the same code that measured a cell which none before them has: one question's. Of
    very many runs only those of the machines and interpreters that are nearest to the first are shown.
    """
    asked = choice.about
    named = [folder for folder in folders if (folder.path in asked if asked is not None else not folder.contributed)]
    if not folders or not (named or asked):
        return []
    here = _here(folders, choice)
    ranks = {folder.path: rank(folder, choice, here[folder.path]) for folder in folders}
    hardware = {folder.path: known for folder, known in zip(folders, hardware_of(folders), strict=True)}
    kinds: dict[Path, list[Hashable]] = {
        folder.path: [
            (folder.machine, hardware[folder.path], target.name, interpreter(target.facts).kind)
            for target in outline(folder).targets
        ]
        for folder in folders
    }
    best: dict[Hashable, Stored] = {}
    for folder in sorted(folders, key=lambda folder: ranks[folder.path]):
        best |= dict.fromkeys(kinds[folder.path], folder)
    subject = max(named or folders, key=lambda folder: ranks[folder.path])
    leaders = {folder.path: folder for folder in best.values() if folder is not subject}
    others = _by_machine(subject, list(leaders.values()), hardware)
    if len(folders) > MANY:
        return [subject, *_nearest(subject, others)]
    found = [subject, *others]
    for folder in sorted(folders, key=age, reverse=True):
        whole = outline(folder).state == "finished" and not outline(folder).quick
        if folder not in found and whole and all(_code(folder) == _code(best[kind]) for kind in kinds[folder.path]):
            beside = [done(other) for other in found if hardware[other.path] == hardware[folder.path]]
            if done(folder) - set[tuple[str, str]]().union(*beside):
                found.append(folder)
    return found


def _by_machine(subject: Stored, others: Sequence[Stored], hardware: Mapping[Path, Hardware]) -> list[Stored]:
    """The runs of the subject's machine first, then machine by machine, the one with the newest run first."""
    newest_first = sorted(others, key=age, reverse=True)
    machines = list(dict.fromkeys([hardware[subject.path], *(hardware[folder.path] for folder in newest_first)]))
    place = {machine: number for number, machine in enumerate(machines)}
    return sorted(newest_first, key=lambda folder: place[hardware[folder.path]])


def _nearest(subject: Stored, others: Sequence[Stored]) -> list[Stored]:
    """Those of machines of which least differs, that measured most of the same cells; in the order in which they stand."""
    own, cells = fingerprint(outline(subject).machine), done(subject)

    def apart(folder: Stored) -> tuple[bool, int, int]:
        manifest = outline(folder)
        other_kind = manifest.simulated != outline(subject).simulated
        return other_kind, len(differences(own, fingerprint(manifest.machine))), -len(cells & done(folder))

    near = sorted(others, key=apart)[:NEAREST]
    return [folder for folder in others if folder in near]


def _here(folders: Sequence[Stored], choice: Selection) -> dict[Path, bool]:
    """Which runs are of this machine: under one of its names, on the hardware of the newest run under the latest of them."""
    ours = [folder for folder in folders if not folder.contributed]
    measured = {folder.machine for folder in ours}
    latest_name = next((name for name in choice.own if name in measured), None)
    mine = sorted((run for run in ours if run.machine == latest_name), key=lambda run: run.id, reverse=True)
    hardware = latest(fingerprint(outline(folder).machine) for folder in mine)
    return {
        folder.path: hardware is not None
        and not folder.contributed
        and folder.machine in choice.own
        and fits(hardware, fingerprint(outline(folder).machine))
        for folder in folders
    }


def _plausible(folder: Stored) -> bool:
    """Whether the run ended after it began, and within a year. The present time is not asked: it is no result."""
    try:
        moments = [datetime.fromisoformat(text) for text in (outline(folder).started, age(folder)[0])]
        began, ended = (moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) for moment in moments)
    except (ValueError, OverflowError):
        return False
    return timedelta(0) <= ended - began <= LONGEST


def _why(subject: Stored, folders: Sequence[Stored], choice: Selection) -> str:
    """What the report is about and why, and that there is more."""
    fresh = "" if choice.stale(outline(subject)) else " of the present code"
    here = _here(folders, choice)[subject.path]
    why = f"this machine's fullest run{fresh}" if here else f"the fullest run{fresh} that is stored"
    if choice.about is not None:
        why = "asked for with --about"
    others = len(folders) - 1
    more = f"; {counted(others, 'other run is', 'other runs are')} stored (--about MACHINE/RUN)" if others else ""
    return f"run {subject.id}, {why}{more}"
