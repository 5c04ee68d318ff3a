"""How the report is cited: the study as its citation file has it, and the run that the report is about."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from study.reports import Cited

if TYPE_CHECKING:
    from study.evidence import Study

CITATION = "CITATION.cff"
_AUTHORS = ("authors:", "  - name: ")
_KEYWORDS = ("keywords:", "  - ")


def cited(study: Study) -> Cited:
    """Of the run that the report is about; what the citation file lacks is ''."""
    run = study.subject
    path = study.root / CITATION
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return Cited(
        machine=run.machine,
        interpreters=", ".join(run.targets),
        run=run.id,
        commit=run.commit,
        date=day(run.finished),
        authors=", ".join(_listed(lines, *_AUTHORS)),
        work=_value(lines, "title"),
        version=_value(lines, "version"),
        licence=_value(lines, "license"),
        keywords=_listed(lines, *_KEYWORDS),
        address=_value(lines, "repository-code"),
    )


def day(moment: str) -> str:
    """`27 November 2026`; whatever it is where that is no time."""
    try:
        known = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{known.day} {_MONTHS[known.month - 1]} {known.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""Not asked of the locale: the same results give the same report everywhere."""


def _value(lines: list[str], key: str) -> str:
    """What stands behind a key that begins a line."""
    found = (re.match(rf"{re.escape(key)}:\s*(.+)", line) for line in lines)
    return next((_bare(match[1]) for match in found if match), "")


def _listed(lines: list[str], head: str, begin: str) -> tuple[str, ...]:
    """What stands in the lines of a list below its head."""
    if head not in lines:
        return ()
    own = []
    for line in lines[lines.index(head) + 1 :]:
        if not line.startswith(" "):
            break
        own.append(line)
    return tuple(_bare(line.removeprefix(begin)) for line in own if line.startswith(begin))


def _bare(text: str) -> str:
    return text.strip().strip("\"'")
