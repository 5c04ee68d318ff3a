"""The PDF: the blocks of the report as a typst document, tagged (PDF/UA-1)."""

from __future__ import annotations

import functools
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.ft2font import FT2Font

from study.draw import typst as tokens
from study.errors import ReportError
from study.report import placed
from study.report.templates import REPORT, render
from study.report.text import joined, pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.blocks import Report
    from study.draw import Drawn

_LAYOUT, _TOKENS = "pdf.typ", "tokens.typ"
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write(report: Report, drawn: Mapping[str, Drawn], *, folder: Path, to: Path) -> str:
    """Write the PDF; '' when it was written, else a sentence why there is none.

    Parameters
    ----------
    drawn : id of a panel -> its picture.
    folder : where the sources of the PDF are put; typst reads nothing outside it.
    """
    try:
        import typst  # noqa: PLC0415 - it has no wheel on some systems
    except ImportError as error:
        return f"There is no PDF: typst cannot be imported here ({error}); print index.html with a browser instead."
    (folder / "figures").mkdir(parents=True)
    (folder / "document.typ").write_text(settable(document(report, drawn)), encoding="utf-8")
    for name, picture in drawn.items():
        (folder / "figures" / f"{name}.svg").write_text(settable(picture.paper), encoding="utf-8")
    shutil.copyfile(REPORT / _LAYOUT, folder / _LAYOUT)
    (folder / _TOKENS).write_text(tokens(), encoding="utf-8")
    try:
        made, warnings = typst.compile_with_warnings(
            str(folder / "document.typ"),
            root=str(folder),
            font_paths=[str(_fonts())],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=_seconds_since_1970(report.finished),
        )
    except (typst.TypstError, RuntimeError) as error:
        raise ReportError(f"report/{_LAYOUT} or report/templates/ cannot be set as a PDF: {error}") from error
    if warnings:
        texts = "; ".join(str(getattr(warning, "message", warning)) for warning in warnings)
        raise ReportError(f"report/{_LAYOUT}: typst warns, so the PDF may lack text: {texts}")
    to.write_bytes(made)
    return ""


def document(report: Report, drawn: Mapping[str, Drawn]) -> str:
    """The report as typst source."""
    return render(
        "document.typ.j2",
        report=report,
        drawn=drawn,
        known=placed.ids_of(report, paper=True),
        plain=plain,
        raw=raw,
        said=said,
    )


def plain(text: str) -> str:
    """The text as a typst string literal."""
    return '"' + "".join(_ESCAPED.get(char, char) for char in text) + '"'


def raw(text: str) -> str:
    """The text as typst code that sets it as code."""
    return f"raw({plain(text)})"


def said(text: str) -> str:
    """The text as typst code: what is marked as code is code, and a number stays with its interval and unit on one line."""
    parts = [raw(piece) if is_code else plain(joined(piece)) for piece, is_code in pieces(text)]
    return f"{{ {'; '.join(parts)} }}" if len(parts) > 1 else next(iter(parts), plain(""))


def _fonts() -> Path:
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@functools.cache
def _characters() -> frozenset[int]:
    """What both fonts of the PDF can draw; tab and line feed are white space and need no shape."""
    fonts = [FT2Font(str(_fonts() / name)).get_charmap() for name in ("DejaVuSans.ttf", "DejaVuSansMono.ttf")]
    return frozenset(fonts[0]) & frozenset(fonts[1]) | {ord("\t"), ord("\n")}


def settable(text: str) -> str:
    """The text with `U+1F600` for what has no shape in our fonts: a document without gaps must not be silently wrong."""
    return "".join(char if ord(char) in _characters() else f"U+{ord(char):04X}" for char in text)


def _seconds_since_1970(finished: str) -> int:
    try:
        moment = datetime.fromisoformat(finished)
    except ValueError:
        return 0
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
