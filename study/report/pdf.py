"""The PDF: typst reads the same body as the page and sets it as a tagged document (PDF/UA-1)."""

from __future__ import annotations

import functools
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.ft2font import FT2Font

from study.errors import ReportError
from study.report import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.figures import Drawn
    from study.report.view import Page

_LAYOUT = "pdf.typ"


def write(view: Page, drawn: Sequence[Drawn], finished: str, *, folder: Path, to: Path) -> str:
    """Write the PDF; '' when it was written, else a sentence why there is none.

    Parameters
    ----------
    finished : time of the newest run, the date of the document: the same run gives the same bytes.
    folder : where the sources of the PDF are put; typst reads nothing outside it.
    """
    try:
        import typst  # noqa: PLC0415 - it has no wheel on some systems
    except ImportError as error:
        return f"There is no PDF: typst cannot be imported here ({error}); print index.html with a browser instead."
    (folder / "figures").mkdir(parents=True)
    (folder / "body.xml").write_text(_settable(page.body(view, pdf=True)), encoding="utf-8")
    for one in drawn:
        (folder / "figures" / f"{one.id}.svg").write_text(_settable(one.svg), encoding="utf-8")
    shutil.copyfile(page.REPORT / _LAYOUT, folder / _LAYOUT)
    try:
        made, warnings = typst.compile_with_warnings(
            str(folder / _LAYOUT),
            root=str(folder),
            font_paths=[str(_fonts())],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=_seconds_since_1970(finished),
            sys_inputs={"title": _settable(view.title), "about": _settable(view.about)},
        )
    except (typst.TypstError, RuntimeError) as error:
        raise ReportError(f"report/{_LAYOUT} or report/templates/body.j2 cannot be set as a PDF: {error}") from error
    if warnings:
        texts = "; ".join(str(getattr(warning, "message", warning)) for warning in warnings)
        raise ReportError(f"report/{_LAYOUT}: typst warns, so the PDF may lack text: {texts}")
    to.write_bytes(made)
    return ""


def _fonts() -> Path:
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@functools.cache
def _characters() -> frozenset[int]:
    """What both fonts of the PDF can draw; tab and line feed are white space and need no shape."""
    fonts = [FT2Font(str(_fonts() / name)).get_charmap() for name in ("DejaVuSans.ttf", "DejaVuSansMono.ttf")]
    return frozenset(fonts[0]) & frozenset(fonts[1]) | {ord("\t"), ord("\n")}


def _settable(text: str) -> str:
    """The text with U+FFFD for what has no shape in our fonts: a document without gaps must not be silently wrong."""
    return "".join(char if ord(char) in _characters() else "\ufffd" for char in text)


def _seconds_since_1970(finished: str) -> int:
    try:
        moment = datetime.fromisoformat(finished)
    except ValueError:
        return 0
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
