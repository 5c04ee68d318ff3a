"""The sections of the report: one module each, found by its name here or in `questions/`, ordered by its record.

A module of `questions/` has `RECORD` and `panels(evidence)`: experiments and claims ask for it by its name, and `frame` puts
verdicts, figures and cells into its section; with `tables(evidence)` also what is counted and not drawn, with `files(study)`
the numbers behind it, with `beside(evidence)` what stands of it in the report of other runs; its answer and plain words
stand beside it (`words`). A module with `RECORD` and `section(study)`, here or there, makes its section itself. Modules
without `RECORD` stand here and help. Where a section cannot be made, what was refused stands in its place. What a helper
needs that cannot be imported costs those that need it: nothing but `modules` is imported before sections are made.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Prose
from study.reports import Report, Section
from study.sections import modules as modules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from study.evidence import Study
    from study.evidence.apart import Fault

    Maker = Callable[[], tuple[Section | None, Sequence[Fault]]]
    """Gives a section, and what was left out of it."""

__all__ = ["report_of"]


def report_of(
    study: Study,
    tell: Callable[[Section], None] = lambda _: None,
    aside: Callable[[Sequence[Maker]], Sequence[Maker]] = lambda makers: makers,
) -> Report:
    """Every section of the report. One that cannot be made is named among what is left out, and says so; the others stand.

    Parameters
    ----------
    tell : is told of each section as soon as it is made.
    aside : begins to make sections elsewhere, where it can; what it gives has each when it is asked for.
    """
    every = modules.sections()
    apart = [module for module in every if module.RECORD.apart]
    makers = dict(zip(apart, aside([functools.partial(_with_faults, study, module) for module in apart]), strict=True))
    made: dict[ModuleType, Section | None] = {}
    # Those that tell what the others could not make come after them, wherever they stand; the head comes last. Those that
    # are made of panels come first: they have nearly all figures, which are drawn while the others are made. What is made
    # elsewhere is asked for when all of these are there.
    for module in sorted(every, key=_turn):
        if module in makers:
            section, faults = makers[module]()
            study.left_out.know(faults)
        else:
            section = _made(study, module)
        made[module] = section
        if section is not None:
            tell(section)
    sections = tuple(section for module in every if (section := made[module]) is not None)

    def head_of() -> Report:
        from study.sections import head  # noqa: PLC0415 - with what it needs, of which one may be broken

        return head.report(study, sections)

    def without(line: str) -> Report:
        finished = study.subject.finished
        return Report(
            title=study.subject.name, about="", badges=(("loud", line, ""),), sections=sections, finished=finished
        )

    return study.left_out.instead("the head of the report", head_of, without)


def _turn(module: ModuleType) -> tuple[bool, bool, bool]:
    """When its section is made: the least first."""
    return bool(module.RECORD.tells), module.RECORD.apart, hasattr(module, "section")


def _with_faults(study: Study, module: ModuleType) -> tuple[Section | None, tuple[Fault, ...]]:
    """The section of a module, and what was left out while it was made: another process has to say so."""
    before = len(study.left_out.faults)
    section = _made(study, module)
    return section, study.left_out.faults[before:]


def _made(study: Study, module: ModuleType) -> Section | None:
    """The section of a module, None of what is not in the run; where it cannot be made, one that says so."""
    record, place = module.RECORD, modules.place_of(module.__name__)

    def make() -> Section | None:
        if hasattr(module, "section"):
            made: Section | None = module.section(study)
        else:
            from study.sections import frame  # noqa: PLC0415 - as the head

            made = frame.section(study, module)
        return made and replace(made, part=record.part)

    def otherwise(line: str) -> Section:
        """Links to it lead here."""
        title = f"{record.name} {record.title}" if record.reader else record.title
        text = f"Nothing can be said here: this section could not be made. What was refused is {line}."
        blocks = (Prose(text=text, kind="empty"),)
        return Section(id=place, name=record.name, title=title, blocks=blocks, part=record.part)

    return study.left_out.section(place, make, otherwise)
