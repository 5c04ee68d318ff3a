"""Findings -> the report: one page, the same as a PDF, and the numbers as CSV. No arithmetic; the only writer of `report/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.errors import ReportError
from study.report import place

if TYPE_CHECKING:
    from pathlib import Path

    from study.findings import Findings

__all__ = ["ReportPaths", "place", "write_report"]


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
    out : the folder; made where it is missing. Files of an earlier report are replaced, whole, at the end (`place`).
    lock_digest : digest of the locked dependencies, shown in the report.

    Raises
    ------
    ReportError
        if there is no run, a template is wrong, or the folder cannot be written or holds what is not ours.
    """
    # Not at the top: the place is looked at before a measurement, and nothing heavy sits beside one.
    from study.figures import Drawn, draw, draw_beside  # noqa: PLC0415
    from study.report import csvs, page, pdf  # noqa: PLC0415
    from study.report.text import fitted  # noqa: PLC0415
    from study.report.view import page as view_of  # noqa: PLC0415

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
    listed = [(f"{place.DATA}/{name}", about) for name, (about, _) in files.items()]
    view = view_of(findings, drawings, beside, lock_digest=lock_digest, files=listed)
    with place.making(out) as made:
        place.claim(out, [name for name, _ in listed])
        (made / place.PAGE).write_text(page.html(view), encoding="utf-8", newline="\n")
        (made / place.DATA).mkdir()
        for name, (_, text) in files.items():
            (made / place.DATA / name).write_text(text, encoding="utf-8", newline="\n")
        reason = pdf.write(view, drawn, run.finished, folder=made / "pdf", to=made / place.PDF)
        place.put(made, out)
    return ReportPaths(
        html=out / place.PAGE, data=out / place.DATA, pdf=None if reason else out / place.PDF, pdf_reason=reason
    )
