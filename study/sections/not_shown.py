"""What the report should show and does not: sections that could not be made, runs, figures and files that were left out.

It needs no helper: it stands where these cannot be imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from study.blocks import Item, Prose, Table
from study.evidence.apart import MOST_NAMED
from study.reports import Record, Section
from study.units import count, counted

if TYPE_CHECKING:
    from study.evidence import Study
    from study.evidence.apart import LeftOut

RECORD = Record(order=475, name="Not shown", title="Not shown, and why", tells=True, part="How sure")
_PLACE = "not-shown"
_ABOUT = "Each line is a defect of the study, or a file that is not what it should be. What stands elsewhere does not rest on it."


def section(study: Study) -> Section | None:
    """Everything that was left out, with the section that lacks it; None where nothing was."""
    faults = study.left_out.faults
    if not faults:
        return None
    more = len(faults) - MOST_NAMED
    table = Table(
        id="not-shown-table",
        caption=f"{counted(len(faults), 'thing is', 'things are')} not shown",
        heads=(("Where", "word"), ("What was refused", "wide")),
        rows=tuple(
            (
                Item(value=fault.section or "all", href=f"#{fault.section}" if fault.section else ""),
                Item(value=fault.line),
            )
            for fault in faults[:MOST_NAMED]
        ),
        notes=(f"And {count(more)} more.",) if more > 0 else (),
    )
    return Section(id=_PLACE, name=RECORD.name, title=RECORD.title, blocks=(Prose(text=_ABOUT), table))


def lost(left_out: LeftOut) -> tuple[tuple[Literal["warn"], str, str], ...]:
    """Badges of what is not shown: sections, then whatever else; they lead to where it is told."""
    sections = len(left_out.refused)
    others = sum(not fault.whole for fault in left_out.faults)
    told = (
        (sections, f"{counted(sections, 'section')} could not be made"),
        (others, f"{counted(others, 'thing is', 'things are')} not shown"),
    )
    return tuple(("warn", text, f"#{_PLACE}") for number, text in told if number)
