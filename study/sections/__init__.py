"""The sections of the report: one module each, found by its name here or in `questions/`, ordered by its record.

A module of `questions/` has `RECORD` and `panels(evidence)`: experiments and claims ask for it by its name, and `frame` puts
verdicts, figures and cells into its section; with `tables(evidence)` also what is counted and not drawn, with `files(study)`
the numbers behind it. A module with `RECORD` and `section(study)`, here or there, makes its section itself. Modules without
`RECORD` stand here and help. Where a section cannot be made, what was refused stands in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Prose, Section
from study.sections import frame as frame
from study.sections import head as head
from study.sections import modules as modules

if TYPE_CHECKING:
    from types import ModuleType

    from study.blocks import Report
    from study.evidence import Study

__all__ = ["report_of"]


def report_of(study: Study) -> Report:
    """Every section of the report. One that cannot be made is named among what is left out, and says so; the others stand."""
    made = [_made(study, module) for module in modules.sections()]
    for place, error in modules.broken().items():
        line = study.left_out.add(f"section {place}", error)
        made.append(_refused(place, place, f"What {place} would say", line))
    return head.report(study, tuple(section for section in made if section is not None))


def _made(study: Study, module: ModuleType) -> Section | None:
    """The section of a module, None of a topic that is not in the run; where it cannot be made, one that says so."""
    record, place, makes_its_own = module.RECORD, modules.place_of(module.__name__), hasattr(module, "section")
    title = record.title if makes_its_own else f"{record.name} {record.title}"

    def make() -> Section | None:
        return module.section(study) if makes_its_own else frame.section(study, module)

    def otherwise(line: str) -> Section:
        return _refused(place, record.name, title, line)

    return study.left_out.instead(f"section {place}", make, otherwise)


def _refused(place: str, name: str, title: str, line: str) -> Section:
    """What stands in the place of a section that cannot be made: links to it lead here."""
    text = f"Nothing can be said here: this section could not be made. What was refused is {line}."
    return Section(id=place, name=name, title=title, blocks=(Prose(text=text, kind="empty"),))
