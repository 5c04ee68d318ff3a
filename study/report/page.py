"""The page: one template for the body, whether it becomes HTML or a PDF; the HTML carries all it needs inside."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from study.errors import ReportError
from study.figures import css_variables
from study.report.text import prose

if TYPE_CHECKING:
    from study.report.view import Page

REPORT = Path(__file__).resolve().parents[2] / "report"
"""Where templates, stylesheet, script and the PDF's layout lie."""


def html(view: Page) -> str:
    """The whole page."""
    style = f":root {{\n{css_variables()}}}\n{_static('style.css')}"
    script = _static("page.js")
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
    return _render(
        "index.j2",
        page=view,
        # The three are ours: files of this project, and a body whose template escaped everything.
        body=Markup(body(view, pdf=False)),  # noqa: S704
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=policy,
    )


def body(view: Page, *, pdf: bool) -> str:
    """The body as well-formed XML: with its figures inside for a screen, with files for figures in a PDF."""
    return _render("body.j2", page=view, pdf=pdf)


def _render(name: str, **context: object) -> str:
    try:
        return _environment().get_template(name).render(**context)
    except jinja2.TemplateError as error:
        place = f"report/templates/{getattr(error, 'filename', None) or name}"
        raise ReportError(f"{place}: {error}; the template and study/report/view.py do not fit together") from error


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(REPORT / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["prose"] = prose
    environment.filters["picture"] = _picture
    return environment


def _picture(svg: str) -> Markup:
    """An SVG that `study.figures` has written: its text was escaped there."""
    return Markup(svg)  # noqa: S704


def _static(name: str) -> str:
    try:
        return (REPORT / "static" / name).read_text(encoding="utf-8")
    except OSError as error:
        raise ReportError(f"report/static/{name} cannot be read: {error}; restore it from the repository") from error


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
