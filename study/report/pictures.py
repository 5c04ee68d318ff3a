"""The pictures of a report. One that cannot be drawn costs itself alone: a sentence and its numbers stand in its place."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study import garbage
from study.blocks import Heading, Panel, Prose
from study.draw import draw
from study.errors import told
from study.forms import Form
from study.report.beside import context, forking, has_a_cpu
from study.report.placed import behind, changed, drawn_figures
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.blocks import Block, Figure
    from study.draw import Drawn
    from study.reports import Report, Section

MANY = 24
"""From so many figures on a second process pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Id of a figure -> its picture, or the line that says why there is none."""

    drawn: Mapping[str, Drawn]
    refused: Mapping[str, str]


def pictures(report: Report) -> Pictures:
    """Of every figure that has something to draw."""
    figures = list(drawn_figures(report))
    made = dict(zip((figure.id for figure in figures), _all_of(figures), strict=True))
    return Pictures(
        drawn={name: picture for name, picture in made.items() if not isinstance(picture, str)},
        refused={name: picture for name, picture in made.items() if isinstance(picture, str)},
    )


def _all_of(figures: Sequence[Figure]) -> list[Drawn | str]:
    """The picture of each: of many by two processes, which begin with all that this one has loaded."""
    if len(figures) < MANY or not has_a_cpu():
        return [_drawn(figure) for figure in figures]
    with forking(), ProcessPoolExecutor(2, mp_context=context(), initializer=garbage.only_of_now_on) as helpers:
        return list(helpers.map(_drawn, figures, chunksize=4))


def _drawn(figure: Figure) -> Drawn | str:
    """The picture, or the line that says why there is none."""
    try:
        return draw(figure)
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
