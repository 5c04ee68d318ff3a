"""The PDF: the report as a typst document, tagged (PDF/UA-1) and to be kept (PDF/A-3a), its numbers inside it as files."""

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
from study.report import paper, placed, room
from study.report.row_heads import with_row_heads
from study.report.spreads import are_facing, is_narrow, left_of
from study.report.templates import REPORT, render
from study.report.text import joined, pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.draw import Drawn
    from study.report.attached import Attached
    from study.reports import Report

LAYOUTS = ("pdf.typ", "pdf-front.typ")
_TOKENS = "tokens.typ"
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_PANIC = "PanicException"
"""What typst ends with where the system refuses it something; no `Exception`, and nothing that can be imported."""
_PRIVATE = frozenset(range(0xE000, 0xF900))
"""Of the characters that fonts of the PDF have, those without a meaning that is agreed on."""


def missing() -> str:
    """Why no PDF can be made here, or ''."""
    try:
        import typst  # noqa: F401, PLC0415 - it has no wheel on some systems
    except ImportError as error:
        return f"There is no PDF: typst cannot be imported here ({error}); print index.html with a browser instead."
    return ""


def write(
    report: Report,
    shown: Report,
    drawn: Mapping[str, Drawn],
    attached: Sequence[Attached],
    *,
    folder: Path,
    to: Path,
) -> None:
    """Write the PDF.

    Parameters
    ----------
    shown : what paper has of the report (`paper.on_paper`).
    drawn : id of a figure -> its picture.
    attached : the files that travel inside it.
    folder : where the sources of the PDF are put; typst reads nothing outside it.

    Raises
    ------
    ReportError
        if a layout or a template is wrong.
    """
    (folder / "figures").mkdir(parents=True)
    for figure in placed.drawn_figures(shown):
        (folder / "figures" / f"{figure.id}.svg").write_text(settable(drawn[figure.id].paper), encoding="utf-8")
    (folder / "attached").mkdir()
    for file in attached:
        (folder / "attached" / file.name).write_text(file.text, encoding="utf-8", newline="\n")
    source = document(shown, drawn, attached, bare=paper.bare(report), elsewhere=paper.elsewhere(report))
    to.write_bytes(_set(folder, source, report.finished))


def write_appendix(report: Report, *, folder: Path, to: Path) -> None:
    """Write what is only in the appendix: every cell.

    Raises
    ------
    ReportError
        if a layout or a template is wrong.
    """
    folder.mkdir(parents=True)
    to.write_bytes(_set(folder, _rendered("appendix.typ.j2", paper.appendix(report)), report.finished))


def document(
    report: Report,
    drawn: Mapping[str, Drawn],
    attached: Sequence[Attached],
    *,
    bare: Sequence[str] = (),
    elsewhere: Sequence[str] = (),
) -> str:
    """What paper has of a report, as typst source.

    Parameters
    ----------
    bare : names of topics of which nothing was measured.
    elsewhere : titles of sections that stand on the page alone.
    """
    return _rendered("document.typ.j2", report, drawn=drawn, attached=attached, bare=bare, elsewhere=elsewhere)


def _rendered(template: str, report: Report, **context: object) -> str:
    return render(
        template,
        report=report,
        known=placed.ids_of(report, paper=True),
        paper=paper,
        are_facing=are_facing(report.sections),
        is_narrow=is_narrow,
        left_of=left_of,
        number=number,
        plain=plain,
        raw=raw,
        room=room,
        said=said,
        **context,
    )


def _set(folder: Path, source: str, finished: str) -> bytes:
    """The document, set in a folder that has all else that it reads."""
    import typst  # noqa: PLC0415 - as above

    for name in LAYOUTS:
        shutil.copyfile(REPORT / name, folder / name)
    (folder / _TOKENS).write_text(tokens(), encoding="utf-8")
    (folder / "document.typ").write_text(settable(source), encoding="utf-8")
    try:
        made, warnings = typst.compile_with_warnings(
            str(folder / "document.typ"),
            root=str(folder),
            font_paths=[str(_fonts())],
            ignore_system_fonts=True,
            pdf_standards=["ua-1", "a-3a"],
            timestamp=_seconds_since_1970(finished),
        )
    except (typst.TypstError, RuntimeError) as error:
        raise ReportError(
            f"report/{', '.join(LAYOUTS)} or report/templates/ cannot be set as a PDF: {error}"
        ) from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise ReportError(f"typst could not set the PDF: {error}; may you begin more threads (ulimit -u)?") from error
    if warnings:
        texts = "; ".join(str(getattr(warning, "message", warning)) for warning in warnings)
        raise ReportError(f"report/{', '.join(LAYOUTS)}: typst warns, so the PDF may lack text: {texts}")
    return with_row_heads(made)


def plain(text: str) -> str:
    """The text as a typst string literal."""
    return f'"{text.translate(_ESCAPED)}"'


def raw(text: str) -> str:
    """The text as typst code that sets it as code."""
    return f"raw({plain(text)})"


def said(text: str) -> str:
    """The text as typst code: what is marked as code is code, and a number stays with its interval and unit on one line."""
    parts = [raw(piece) if is_code else plain(joined(piece)) for piece, is_code in pieces(text)]
    return f"{{ {'; '.join(parts)} }}" if len(parts) > 1 else next(iter(parts), plain(""))


def number(value: float) -> str:
    """A number of ours as typst code."""
    return f"{float(value):.2f}"


def _fonts() -> Path:
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@functools.cache
def _characters() -> frozenset[int]:
    """What both fonts of the PDF that have most can draw, words and code; tab and line feed are white space and need no shape.

    What the font of running text lacks is taken from the font of headings. Codes for private use have shapes, and mean
    nothing to a reader's program: what is to be kept (PDF/A) must not have them.
    """
    fonts = [FT2Font(str(_fonts() / name)).get_charmap() for name in ("DejaVuSans.ttf", "DejaVuSansMono.ttf")]
    return frozenset(fonts[0]) & frozenset(fonts[1]) - _PRIVATE | {ord("\t"), ord("\n")}


def settable(text: str) -> str:
    """The text with `U+1F600` for what has no shape in our fonts: a document without gaps must not be silently wrong."""
    return text.translate({ord(char): f"U+{ord(char):04X}" for char in set(text) if ord(char) not in _characters()})


def _seconds_since_1970(finished: str) -> int:
    try:
        moment = datetime.fromisoformat(finished)
    except ValueError:
        return 0
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
