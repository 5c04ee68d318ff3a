"""The templates: one macro for each type of block, for the page and for paper."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

from study.draw import missing
from study.errors import ReportError
from study.report import csvs, folding, placed
from study.units import counted, with_interval

REPORT = Path(__file__).resolve().parents[2] / "report"
"""Where templates, stylesheet, script and the PDF's layout lie."""


def render(name: str, **context: object) -> str:
    """One template of `report/templates/`; HTML is escaped; for typst every text is made a literal (`study.report.pdf`).

    Raises
    ------
    ReportError
        if the template is wrong.
    """
    try:
        return _environment().get_template(name).render(**context)
    except jinja2.TemplateError as error:
        place = f"report/templates/{getattr(error, 'filename', None) or name}"
        raise ReportError(f"{place}: {error}; the template and study/blocks.py do not fit together") from error


def static(name: str) -> str:
    """One file of `report/static/`.

    Raises
    ------
    ReportError
        if it cannot be read.
    """
    try:
        return (REPORT / "static" / name).read_text(encoding="utf-8")
    except OSError as error:
        raise ReportError(f"report/static/{name} cannot be read: {error}; restore it from the repository") from error


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(REPORT / "templates"),
        # What is for typst is made a literal by functions of `study.report.pdf`, and a test sees that no text goes past them.
        autoescape=lambda name: not (name or "").endswith(".typ.j2"),  # noqa: S701
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        {
            "MARKS": placed.MARKS,
            "MOST_BEHIND": placed.MOST_BEHIND,
            "apart": placed.apart,
            "behind": placed.behind,
            "brackets": placed.brackets,
            "composed": folding.composed,
            "counted": counted,
            "grouped": placed.grouped,
            "opened": csvs.opened,
            "why_missing": missing,
            "shown": placed.shown,
            "text_of": placed.text_of,
            "usual": placed.usual,
            "with_interval": with_interval,
        }
    )
    return environment
