"""Runs in `results/` -> Findings. Looks at stored runs only, never at the present machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import store
from study.analyse.apart import LeftOut
from study.analyse.between import between_panels
from study.analyse.crosschecks import crosscheck_panels
from study.analyse.interpreters import interpreter_panels
from study.analyse.machines import machine_panels
from study.analyse.one_run import run_findings
from study.analyse.validation import validation_panels
from study.errors import ReportError
from study.findings import Findings
from study.identity import bench_digest
from study.questions import questions
from study.topics import topics

if TYPE_CHECKING:
    from pathlib import Path

    from study.findings import Panel, RunFindings

__all__ = ["findings", "run_findings"]


def findings(results: Path, root: Path) -> tuple[Findings, tuple[str, ...]]:
    """The findings of every run that the report shows, in its order, and what was refused and why.

    Raises
    ------
    ReportError
        if there is no run to report.
    """
    left_out = LeftOut()
    folders: list[store.RunFolder] = []
    for path in store.run_folders(results):
        with left_out.apart(store.run_name(path)):
            folders.append(store.RunFolder.open(path))
    now = bench_digest(root)
    shown: list[RunFindings] = []
    readable: list[store.RunFolder] = []
    chosen = _shown(folders)
    for folder in chosen:
        with left_out.apart(folder.name):
            shown.append(run_findings(folder, bench_digest=now))
            readable.append(folder)
    if not shown:
        if left_out.reasons:
            raise ReportError(f"{results.name}/ holds no run that can be reported: {'; '.join(left_out.reasons)}")
        raise ReportError(f"{results.name}/ holds no run to report; run the study first: nox -s study")
    compared = [folder for folder in folders if folder in readable or folder not in chosen]
    validation: tuple[Panel, ...] = ()
    with left_out.apart("validation.json"):
        validation = validation_panels(store.load_outcome(results, "validation"))
    crosschecks: tuple[Panel, ...] = ()
    with left_out.apart("crosschecks.json"):
        crosschecks = crosscheck_panels(store.load_outcome(results, "crosschecks"))
    return Findings(
        runs=tuple(shown),
        questions=questions(),
        topics=topics(),
        interpreters=left_out.together("interpreters side by side", interpreter_panels, readable),
        machines=left_out.together("machines side by side", machine_panels, readable),
        between=left_out.together("runs of the same code", between_panels, compared),
        validation=validation,
        crosschecks=crosschecks,
    ), left_out.reasons


def _shown(folders: list[store.RunFolder]) -> list[store.RunFolder]:
    """Per machine and target the newest finished run that is not quick, else the newest; newest first.

    Of runs of the same code the fullest counts: headline runs repeated to see how runs differ do not hide an hour's run.
    After these come full runs of the same code that measured a cell which none before them has: one question's, say.
    """
    best: dict[tuple[str, str], store.RunFolder] = {}
    for folder in sorted(folders, key=_age):
        for target in folder.manifest.targets:
            key = (folder.machine, target.name)
            if key not in best or _rank(folder, best[key]) >= _rank(best[key], folder):
                best[key] = folder
    chosen = {id(folder): folder for folder in best.values()}
    shown = sorted(chosen.values(), key=_age, reverse=True)
    for folder in sorted(folders, key=_age, reverse=True):
        leaders = [best[folder.machine, target.name] for target in folder.manifest.targets]
        whole = folder.manifest.state == "finished" and not folder.manifest.quick
        if whole and id(folder) not in chosen and all(_same_code(folder, leader) for leader in leaders):
            known = {cell for one in shown if one.machine == folder.machine for cell in _done(one)}
            if _done(folder) - known:
                shown.append(folder)
    return shown


def _done(folder: store.RunFolder) -> set[tuple[str, str]]:
    """(Target, cell) of all that was measured."""
    return {(record.target, record.cell) for record in folder.manifest.cells if record.state == "done"}


def _same_code(one: store.RunFolder, other: store.RunFolder) -> bool:
    return all(one.manifest.digests.get(name) == other.manifest.digests.get(name) for name in ("bench", "lock"))


def _age(folder: store.RunFolder) -> tuple[str, str]:
    return folder.manifest.finished or folder.manifest.started, folder.id


def _rank(folder: store.RunFolder, other: store.RunFolder) -> tuple[int, int]:
    """How much a run has to say beside another one of the same machine and target."""
    manifest = folder.manifest
    if manifest.state != "finished":
        return 0, 0
    return (1 if manifest.quick else 2), (len(_done(folder)) if _same_code(folder, other) else 0)
