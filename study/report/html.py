"""The page: one file that carries all it needs inside."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from markupsafe import Markup

from study.draw import css_variables
from study.report import placed
from study.report.templates import render, static
from study.report.text import prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.blocks import Report
    from study.draw import Drawn


def page(report: Report, drawn: Mapping[str, Drawn], files: Sequence[tuple[str, str]]) -> str:
    """The whole page.

    Parameters
    ----------
    drawn : id of a panel -> its picture.
    files : name and content in words of every file of numbers, for links.
    """
    style = f":root {{\n{css_variables()}}}\n{static('style.css')}"
    script = static("page.js")
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
        "index.html.j2",
        report=report,
        drawn=drawn,
        files=files,
        known=placed.ids_of(report, paper=False),
        said=prose,
        picture=_picture,
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
