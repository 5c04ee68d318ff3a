"""Sections -> the report: one page and one for every sheet, the same as a PDF, the numbers as CSV. The only writer of `report/`.

No arithmetic. The same sections are also words for an issue (`in_markdown`), and data for a program (`in_json`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.report import place

if TYPE_CHECKING:
    from pathlib import Path

    from study.report.meanwhile import Aside
    from study.report.pictures import Ahead
    from study.reports import Report

__all__ = ["ReportPaths", "ahead", "aside", "in_json", "in_markdown", "place", "write_report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPaths:
    """What was written. `pdf` is None where there is no PDF, and `pdf_reason` says why; `not_drawn` are lines of why.

    `appendix` is the PDF of every cell, None where it was not asked for.
    """

    html: Path
    data: Path
    pdf: Path | None
    pdf_reason: str
    not_drawn: tuple[str, ...] = ()
    appendix: Path | None = None


def ahead() -> Ahead:
    """What draws the figures of sections while others are made, for `write_report`; it ends with its `with`."""
    from study.report.pictures import Ahead  # noqa: PLC0415 - as below

    return Ahead()


def aside() -> Aside:
    """What makes sections in another process, for `report_of`; it ends with its `with`."""
    from study.report.meanwhile import Aside  # noqa: PLC0415 - as below

    return Aside()


def write_report(report: Report, *, out: Path, appendix: bool = False, drawing: Ahead | None = None) -> ReportPaths:
    """Write `index.html`, a page for every sheet, `report.pdf` and `data/` into `out`; the same report gives the same bytes.

    Parameters
    ----------
    report : the sections; untrusted text in them is made harmless here.
    out : the folder; made where it is missing. Files of an earlier report are replaced, whole, at the end (`place`).
    appendix : whether `report-appendix.pdf`, with every cell, is written too.
    drawing : has begun to draw the figures of these sections.

    Raises
    ------
    ReportError
        if a template is wrong, or the folder cannot be written or holds what is not ours.
    """
    # Not at the top: the place is looked at before a measurement, and nothing heavy sits beside one.
    from study.report import csvs, html, paper, pdf, pictures, placed, shown  # noqa: PLC0415
    from study.report.attached import attached  # noqa: PLC0415
    from study.report.beside import beside  # noqa: PLC0415
    from study.report.text import fitted  # noqa: PLC0415

    whole, report = report, fitted(report)
    figures = placed.drawn_figures(report)
    reason = pdf.missing()
    printed = None if reason else paper.on_paper(report)
    drawing_on = pictures.begun(report, printed, drawing)
    made_of = drawing_on()
    drawn, report = made_of.drawn, pictures.without(report, made_of.refused)
    if printed is not None and made_of.refused:
        printed = paper.on_paper(report)
    listed = csvs.listed(report, figures)
    sheets = list(shown.sheets(report))
    with place.making(out) as made:
        place.claim(out, [*(sheet.file for sheet in sheets), *(name for name, _ in listed)])

        def write_pages() -> None:
            pages = {sheet.file: html.sheet_page(sheet, report) for sheet in sheets}
            for name, text in (pages | {place.PAGE: html.page(report, drawn, listed)}).items():
                (made / name).write_text(text, encoding="utf-8", newline="\n")

        # Not the PDF in a process of its own: one that is forked has none of the threads that typst may have begun here.
        with beside("the page", write_pages, pays=len(figures) >= pictures.MANY):
            (made / place.DATA).mkdir()
            files = csvs.files(report, figures)
            for name, data in csvs.written(report, files):
                (made / name).write_bytes(data)
            if printed is not None:
                pdf.write(report, printed, drawn, attached(whole, files), folder=made / "pdf", to=made / place.PDF)
            if appendix and not reason:
                pdf.write_appendix(report, folder=made / "every", to=made / place.APPENDIX)
        place.put(made, out)
    return ReportPaths(
        html=out / place.PAGE,
        data=out / place.DATA,
        pdf=None if reason else out / place.PDF,
        pdf_reason=reason,
        not_drawn=tuple(made_of.refused.values()),
        appendix=out / place.APPENDIX if appendix and not reason else None,
    )


def in_markdown(report: Report) -> str:
    """Verdicts, numbers to remember and decisions, to be pasted into an issue or a pull request."""
    from study.report import markdown  # noqa: PLC0415 - as above
    from study.report.text import fitted  # noqa: PLC0415

    return markdown.text_of(fitted(report))


def in_json(report: Report) -> str:
    """What the report says, for a program: verdicts, decisions, numbers and every table of it."""
    from study.report import structured  # noqa: PLC0415 - as above
    from study.report.text import fitted  # noqa: PLC0415

    return structured.text_of(fitted(report))
