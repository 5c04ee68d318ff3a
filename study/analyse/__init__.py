"""Runs in `results/` -> Findings. Looks at stored runs only, never at the present machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import store
from study.analyse.between import between_panels
from study.analyse.crosschecks import crosscheck_panels
from study.analyse.interpreters import interpreter_panels
from study.analyse.machines import machine_panels
from study.analyse.one_run import run_findings
from study.analyse.validation import validation_panels
from study.errors import ReportError
from study.evidence.apart import LeftOut
from study.evidence.subject import Reported, Selection, reported
from study.findings import Findings
from study.identity import bench_digest
from study.questions import questions
from study.topics import topics

if TYPE_CHECKING:
    from pathlib import Path

    from study.findings import Panel, RunFindings

__all__ = ["findings", "run_findings"]


def findings(results: Path, root: Path, about: str = "") -> tuple[Findings, tuple[str, ...]]:
    """The findings of every run that the report shows, in its order, and what was refused and why.

    Parameters
    ----------
    about : '' or MACHINE[/RUN], what the report shall be about.

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
    chosen, sound = _chosen(results, folders, bench_digest(root), named, left_out)
    if not chosen.runs:
        if left_out.reasons:
            raise ReportError(f"{results.name}/ holds no run that can be reported: {'; '.join(left_out.reasons)}")
        raise ReportError(f"{results.name}/ holds no run to report; run the study first: nox -s study")
    validation: tuple[Panel, ...] = ()
    with left_out.apart("validation.json"):
        validation = validation_panels(store.load_outcome(results, "validation"))
    crosschecks: tuple[Panel, ...] = ()
    with left_out.apart("crosschecks.json"):
        crosschecks = crosscheck_panels(store.load_outcome(results, "crosschecks"))
    return Findings(
        runs=chosen.runs,
        questions=questions(),
        topics=topics(),
        interpreters=left_out.together(
            "interpreters side by side", interpreter_panels, chosen.folders, read=store.RunFolder.load
        ),
        machines=left_out.together("machines side by side", machine_panels, chosen.folders, read=store.RunFolder.load),
        between=left_out.together("runs of the same code", between_panels, sound, read=store.RunFolder.load),
        validation=validation,
        crosschecks=crosschecks,
        subject=chosen.subject,
    ), left_out.reasons


def _chosen(
    results: Path,
    folders: list[store.RunFolder],
    bench: str,
    about: frozenset[Path] | None,
    left_out: LeftOut,
) -> tuple[Reported[RunFindings], list[store.RunFolder]]:
    """The runs of the report, and all that no analysis has found unsound; what is left out is noted."""
    own: tuple[str, ...] = ()
    with left_out.apart("machine.json"):
        own = store.own_names(results)
    sound = list(folders)

    def analysed(folder: store.RunFolder) -> RunFindings | None:
        found: list[RunFindings] = []
        with left_out.apart(folder.name):
            found.append(run_findings(folder, bench_digest=bench))
        if not found:
            sound.remove(folder)
        return found[0] if found else None

    try:
        return reported(folders, Selection(bench_digest=bench, own=own, about=about), analysed), sound
    except ReportError as error:
        raise ReportError("; ".join((str(error), *left_out.reasons))) from None
