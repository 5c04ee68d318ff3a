"""The sections of the report: one module each, found by its name here or in `questions/`, ordered by its record.

A module of `questions/` has `RECORD` and `panels(evidence)`: experiments and claims ask for it by its name, and `frame` puts
verdicts, figures and cells into its section; with `tables(evidence)` also what is
counted and not drawn, with `files(study)` the numbers behind it. A module with `RECORD` and
`section(study)`, here or there, makes its section itself. Modules without `RECORD` stand here and help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.errors import ReportError
from study.sections import frame as frame
from study.sections import head as head
from study.sections import modules as modules

if TYPE_CHECKING:
    from study.blocks import Report, Section
    from study.evidence import Study

__all__ = ["report_of"]


def report_of(study: Study) -> Report:
    """Every section of the report. One that cannot be made is named among what is left out; the others stand.

    Raises
    ------
    ReportError
        if there is no run to report.
    """
    if not study.runs:
        raise ReportError("there is no run to report; measure one first: nox -s study")
    made: list[Section] = []
    for module in modules.sections():
        with study.left_out.apart(f"section {module.__name__.rpartition('.')[2]}"):
            found = module.section(study) if hasattr(module, "section") else frame.section(study, module)
            made += [] if found is None else [found]
    return head.report(study, tuple(made))
