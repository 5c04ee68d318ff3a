"""The pages: each one file that carries all it needs inside."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from markupsafe import Markup

from study.draw import css_variables
from study.report import first_uses, placed, shown
from study.report.inked import inked
from study.report.templates import render, static
from study.report.text import prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.draw import Drawn
    from study.reports import Report
    from study.screens import Sheet

_PAGE = ("base.js", "page.js", "model.js", "loop.js", "between.js", "pairs.js")
_SHEET = ("base.js", "sheet.js")
_SIDES = ("base.js", "page.js", "between.js", "pairs.js", "sheet.js")
"""Files of `report/static/` that are one script together, in this order."""


def page(report: Report, drawn: Mapping[str, Drawn], files: Sequence[tuple[str, str]]) -> str:
    """The report's own page.

    Parameters
    ----------
    drawn : id of a figure -> its pictures.
    files : name and content in words of every file of numbers, for links.
    """
    common, uses = inked(drawn), first_uses.FirstUses(report)
    return _rendered(
        "index.html.j2",
        _PAGE,
        common.style,
        title=report.title,
        report=report,
        drawn=common.drawn,
        shapes=common.shapes,
        files=files,
        known=placed.ids_of(report, paper=False),
        data=shown.page_data(report),
        parts=shown.parts,
        sheets=shown.sheets,
        picture=_picture,
        led=uses,
        uses=uses,
        place_of_term=first_uses.place_of,
    )


def sheet_page(sheet: Sheet, report: Report) -> str:
    """The page of one table."""
    return _rendered(
        "cells.html.j2",
        _SHEET if sheet.two is None else _SIDES,
        title=f"{sheet.title}: {report.title}",
        sheet=sheet,
        about=report.about,
        data=shown.sheet_data(sheet),
    )


def _rendered(template: str, scripts: Sequence[str], paints: str = "", **context: object) -> str:
    """A page with its style, its script, and a policy that allows these and nothing else."""
    style = f":root {{\n{css_variables()}}}\n{static('style.css')}{paints}"
    script = "\n".join(static(name) for name in scripts)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return render(
        template,
        said=prose,
        **context,
        # Both are files of this project.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=policy,
    )


def _picture(svg: str) -> Markup:
    """An SVG that `study.draw` has written: its text was escaped there."""
    return Markup(svg)  # noqa: S704


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
