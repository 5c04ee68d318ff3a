"""Findings -> the report: one page, the same as a PDF, and the numbers as CSV. No arithmetic; the only writer of `report/`."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from study.errors import ReportError
from study.figures import Drawn, draw, draw_beside
from study.report import csvs, page, pdf
from study.report.text import fitted
from study.report.view import page as view_of

if TYPE_CHECKING:
    from study.findings import Findings

__all__ = ["ReportPaths", "write_report"]

_PAGE, _PDF, _DATA = "index.html", "report.pdf", "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPaths:
    """What was written. `pdf` is None where there is no PDF, and `pdf_reason` says why."""

    html: Path
    data: Path
    pdf: Path | None
    pdf_reason: str


def write_report(findings: Findings, *, out: Path, lock_digest: str) -> ReportPaths:
    """Write `index.html`, `report.pdf` and `data/` into `out`; the same findings give the same bytes.

    Parameters
    ----------
    findings : the runs, newest first, and the questions; untrusted text in them is made harmless here.
    out : the folder; made where it is missing. Files of an earlier report are replaced, whole, at the end.
    lock_digest : digest of the locked dependencies, shown in the report.

    Raises
    ------
    ReportError
        if there is no run, a template is wrong, or the folder cannot be written.
    """
    if not findings.runs:
        raise ReportError("there is no run to report; measure one first: nox -s study")
    findings = fitted(findings)
    run = findings.runs[0]
    drawings = {
        target.name: draw(run, target.name, f"-t{index + 1}" if index else "")
        for index, target in enumerate(run.targets)
    }
    beside = [
        one
        for index, other in enumerate(findings.runs[1:], 2)
        for place, target in enumerate(other.targets, 1)
        for one in draw_beside(other, target.name, f"-r{index}-t{place}")
    ]
    drawn = [*(one for found in drawings.values() for one in found if isinstance(one, Drawn)), *beside]
    files = csvs.files(findings, drawn)
    listed = [(f"{_DATA}/{name}", about) for name, (about, _) in files.items()]
    view = view_of(findings, drawings, beside, lock_digest=lock_digest, files=listed)
    try:
        out.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".making-", dir=out))
        try:
            (made / _PAGE).write_text(page.html(view), encoding="utf-8", newline="\n")
            (made / _DATA).mkdir()
            for name, (_, text) in files.items():
                (made / _DATA / name).write_text(text, encoding="utf-8", newline="\n")
            reason = pdf.write(view, drawn, run.finished, folder=made / "pdf", to=made / _PDF)
            _put_in_place(made, out)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error}; free the folder or name another with --out") from error
    return ReportPaths(html=out / _PAGE, data=out / _DATA, pdf=None if reason else out / _PDF, pdf_reason=reason)


def _put_in_place(made: Path, out: Path) -> None:
    """Every file appears whole; what an earlier report left behind goes, so that nothing old stands beside it."""
    if (out / _DATA).exists():
        (out / _DATA).replace(made / "old-data")
    (made / _DATA).replace(out / _DATA)
    if (made / _PDF).exists():
        (made / _PDF).replace(out / _PDF)
    else:
        (out / _PDF).unlink(missing_ok=True)
    os.replace(made / _PAGE, out / _PAGE)  # noqa: PTH105 - last of all: the page names the other files
