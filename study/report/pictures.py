"""The pictures of a report. One that cannot be drawn costs itself alone: a sentence and its numbers stand in its place."""

from __future__ import annotations

import multiprocessing
import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study.blocks import Heading, Panel, Prose
from study.draw import draw_for_paper, draw_for_screen
from study.errors import told
from study.forms import Form
from study.report.placed import behind, changed, drawn_figures
from study.things.start_methods import FORK
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.blocks import Block, Figure
    from study.draw import Drawn
    from study.reports import Report, Section

_MANY = 24
"""From so many figures on a second process pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Id of a figure -> its picture, or the line that says why there is none."""

    drawn: Mapping[str, Drawn]
    refused: Mapping[str, str]


def pictures(report: Report, on_paper: Report | None = None) -> Pictures:
    """Of every figure that has something to draw.

    Parameters
    ----------
    report : as it was made.
    on_paper : what paper has of it; None where there is no paper.
    """
    printed = {figure.id: figure for figure in drawn_figures(on_paper)} if on_paper is not None else {}
    figures = list(drawn_figures(report))
    both = [(figure, printed.get(figure.id)) for figure in figures]
    made = dict(zip((figure.id for figure in figures), _all_of(both), strict=True))
    return Pictures(
        drawn={name: picture for name, picture in made.items() if not isinstance(picture, str)},
        refused={name: picture for name, picture in made.items() if isinstance(picture, str)},
    )


def _all_of(figures: Sequence[tuple[Figure, Figure | None]]) -> list[Drawn | str]:
    """The pictures of each: of many by two processes, which begin with all that this one has loaded."""
    if len(figures) < _MANY or sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return [_drawn(figure) for figure in figures]
    with warnings.catch_warnings():
        # Newer Pythons warn of threads at a fork: those of a library of linear algebra, which no picture calls.
        warnings.simplefilter("ignore", DeprecationWarning)
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(FORK.name)) as helpers:
            return list(helpers.map(_drawn, figures, chunksize=4))


def _drawn(both: tuple[Figure, Figure | None]) -> Drawn | str:
    """The pictures of a figure, the second as paper has it, or the line that says why there is none."""
    figure, printed = both
    try:
        drawn = draw_for_screen(figure)
        return drawn if printed is None else replace(drawn, paper=draw_for_paper(printed))
    except Exception as error:  # noqa: BLE001 - of whatever kind: one picture is not the report
        return told(f"figure {figure.id}", error)


def without(report: Report, refused: Mapping[str, str]) -> Report:
    """The report with what stands in the places of these pictures, and a badge that leads to the first of them."""
    if not refused:
        return report
    text, href = f"{counted(len(refused), 'figure')} could not be drawn", f"#{next(iter(refused))}"
    sections = tuple(_without(section, refused) for section in report.sections)
    return replace(report, badges=(*report.badges, ("warn", text, href)), sections=sections)


def _without(section: Section, refused: Mapping[str, str]) -> Section:
    def change(block: Block) -> Iterator[Block]:
        if isinstance(block, Panel | Form) and block.id in refused:
            yield from _instead(block, refused[block.id])
        else:
            yield block

    return replace(section, blocks=tuple(made for block in section.blocks for made in changed(block, change)))


def _instead(figure: Figure, line: str) -> tuple[Block, ...]:
    """Links to the figure lead to its title here."""
    said = f"{figure.subtitle}." if isinstance(figure, Panel) else figure.caption
    text = f"The picture could not be drawn; its numbers stand here. What was refused is {line}."
    return (
        Heading(id=figure.id, text=figure.title),
        Prose(text=" ".join((said, *figure.notes)), kind="small"),
        Prose(text=text, kind="empty"),
        behind(figure),
    )
