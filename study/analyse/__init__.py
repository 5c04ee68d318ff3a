"""Runs in `results/` -> Findings. Looks at stored runs only, never at the present machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import store
from study.analyse.between import between_panels
from study.analyse.crosschecks import crosscheck_panels
from study.analyse.interpreters import interpreter_panels
from study.analyse.machines import machine_panels
from study.analyse.one_run import run_findings
from study.analyse.subject import Choice, Reported, reported
from study.analyse.validation import validation_panels
from study.errors import ReportError, StudyError
from study.findings import Findings
from study.identity import bench_digest
from study.questions import questions
from study.topics import topics

if TYPE_CHECKING:
    from pathlib import Path

    from study.findings import RunFindings

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
    folders: list[store.RunFolder] = []
    refused: list[str] = []
    for path in store.run_folders(results):
        try:
            folders.append(store.RunFolder.open(path))
        except StudyError as error:
            refused.append(str(error))
    chosen = _chosen(results, folders, bench_digest(root), named, refused)
    if not chosen.runs:
        if refused:
            raise ReportError(f"{results.name}/ holds no run that can be reported: {'; '.join(refused)}")
        raise ReportError(f"{results.name}/ holds no run to report; run the study first: nox -s study")
    try:
        validation = validation_panels(store.load_outcome(results, "validation"))
    except StudyError as error:
        refused.append(str(error))
        validation = ()
    try:
        crosschecks = crosscheck_panels(store.load_outcome(results, "crosschecks"))
    except StudyError as error:
        refused.append(str(error))
        crosschecks = ()
    try:
        between = between_panels(folders)
    except StudyError as error:  # one of the runs that the report does not show, and that are only compared
        refused.append(str(error))
        between = ()
    return Findings(
        runs=chosen.runs,
        questions=questions(),
        topics=topics(),
        interpreters=interpreter_panels(chosen.folders),
        machines=machine_panels(chosen.folders),
        between=between,
        validation=validation,
        crosschecks=crosschecks,
        subject=chosen.subject,
    ), tuple(refused)


def _chosen(
    results: Path,
    folders: list[store.RunFolder],
    bench: str,
    about: frozenset[Path] | None,
    refused: list[str],
) -> Reported:
    """The runs of the report; why others are left out is added to `refused`."""
    own: tuple[str, ...] = ()
    try:
        own = store.own_names(results)
    except StudyError as error:
        refused.append(str(error))

    def analysed(folder: store.RunFolder) -> RunFindings | None:
        try:
            return run_findings(folder, bench_digest=bench)
        except StudyError as error:
            refused.append(str(error))
            return None

    try:
        return reported(folders, Choice(bench_digest=bench, own=own, about=about), analysed)
    except ReportError as error:
        raise ReportError("; ".join((str(error), *refused))) from None
