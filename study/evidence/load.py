"""Runs in `results/` -> what a report is made of. Looks at stored runs only, never at the present machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import store
from study.errors import ReportError
from study.evidence.apart import LeftOut
from study.evidence.run import run_of
from study.evidence.subject import Reported, Selection, reported
from study.evidence.whole import Study
from study.identity import bench_digest

if TYPE_CHECKING:
    from pathlib import Path

    from study.evidence.run import Run

OUTCOMES = ("validation", "crosschecks")
"""What sessions beside the study leave in `results/`."""


def study_of(results: Path, root: Path, about: str = "", *, lock_digest: str) -> Study:
    """Every run that the report shows, in its order, and what else is stored; what is refused, and why, is in `left_out`.

    Parameters
    ----------
    root : the folder of the project.
    about : '' or MACHINE[/RUN], what the report shall be about.
    lock_digest : digest of the locked dependencies of the report.

    Raises
    ------
    ReportError
        if there is no run to report.
    UsageError
        if `about` names no run.
    """
    named = frozenset(store.runs_named(results, about)) if about else None
    left_out = LeftOut()
    folders: list[store.RunFolder] = []
    for path in store.run_folders(results):
        with left_out.apart(store.run_name(path)):
            folders.append(store.RunFolder.open(path))
    own: tuple[str, ...] = ()
    with left_out.apart("machine.json"):
        own = store.own_names(results)
    chosen, sound = _chosen(folders, Selection(bench_digest=bench_digest(root), own=own, about=named), left_out)
    if not chosen.runs:
        if left_out.reasons:
            raise ReportError(f"{results.name}/ holds no run that can be reported: {'; '.join(left_out.reasons)}")
        raise ReportError(f"{results.name}/ holds no run to report; run the study first: nox -s study")
    outcomes: dict[str, dict[str, Any] | None] = dict.fromkeys(OUTCOMES)
    for name in OUTCOMES:
        with left_out.apart(f"{name}.json"):
            outcomes[name] = store.load_outcome(results, name)
    return Study(
        runs=chosen.runs,
        why=chosen.subject,
        sound=sound,
        outcomes=outcomes,
        root=root,
        lock_digest=lock_digest,
        left_out=left_out,
    )


def _chosen(
    folders: list[store.RunFolder], selection: Selection, left_out: LeftOut
) -> tuple[Reported[Run], tuple[store.RunFolder, ...]]:
    """The runs of the report, and the folders of all that reading has not found unsound; what is left out is noted."""
    sound = list(folders)

    def read(folder: store.RunFolder) -> Run | None:
        found: list[Run] = []
        with left_out.apart(folder.name):
            found.append(run_of(folder, stale=folder.manifest.digests.get("bench") != selection.bench_digest))
        if not found:
            sound.remove(folder)
        return found[0] if found else None

    try:
        return reported(folders, selection, read), tuple(sound)
    except ReportError as error:
        raise ReportError("; ".join((str(error), *left_out.reasons))) from None
