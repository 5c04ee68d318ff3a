"""The pictures of a report. One that cannot be drawn costs itself alone: a sentence and its numbers stand in its place."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from study.blocks import Heading, Panel, Prose
from study.draw import Drawn, draw_for_paper, draw_for_screen, ready
from study.errors import told
from study.forms import Form
from study.report.beside import spare_cpus
from study.report.helpers import helpers
from study.report.placed import behind, changed, drawn_figures, figures_of
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from study.blocks import Block, Figure
    from study.report.helpers import Helpers
    from study.reports import Report, Section

MANY = 24
"""From so many figures on a second process pays."""
MOST_HELPERS = 2
"""Who are done before they are waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Id of a figure -> its picture, or the line that says why there is none."""

    drawn: Mapping[str, Drawn]
    refused: Mapping[str, str]


class Ahead:
    """Pictures of sections that are made already are drawn by one or two more processes while the others are made.

    As a context they are begun at once, before runs are read, and load meanwhile what draws. Else they begin with all that this
    process has loaded, once there are many figures: for few that does not pay.
    """

    def __init__(self) -> None:
        """Nothing is drawn yet."""
        self._waiting: list[Figure] = []
        self._begun: dict[str, tuple[Figure, Callable[[], Drawn | str]]] = {}
        self._helpers: Helpers | None = None
        self._alone = False
        """Whether helpers cannot be had: then all is drawn here."""

    def __enter__(self) -> Self:
        """Until the end of the block it may be drawn."""
        if spare_cpus():
            self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        """What was not asked for is not drawn any more."""
        self._end()

    def section(self, section: Section) -> None:
        """Draw the figures of a section, or keep them until there are enough."""
        self._waiting += figures_of(section)
        if self._helpers is None and (len(self._waiting) < MANY or not spare_cpus()):
            return
        for figure in self._waiting:
            self._begun[figure.id] = figure, self._soon(_on_screen, figure)
        self._waiting.clear()

    def _soon(self, work: Callable[[Figure], Drawn | str], figure: Figure) -> Callable[[], Drawn | str]:
        """What gives what a helper makes, or what is made here."""
        if self._helpers is None and not self._alone:
            self._begin()
        here = functools.partial(work, figure)
        return here if self._helpers is None else self._helpers.ask(here, work, figure)

    def _begin(self) -> None:
        self._helpers = helpers(min(MOST_HELPERS, spare_cpus()), _loaded)
        self._alone = self._helpers is None

    def all_of(self, figures: Sequence[tuple[Figure, Figure | None]]) -> Callable[[], list[Drawn | str]]:
        """Begin with all that is left; what it gives has the pictures of each, the second as paper has it, or why there is none.

        What had to be made fit to be shown is another figure than the one that was begun, and is drawn when they are asked for.
        """
        papers = [None if printed is None else self._printed(printed) for _, printed in figures]

        def made() -> list[Drawn | str]:
            every = [_joined(self._picture(figure), paper) for (figure, _), paper in zip(figures, papers, strict=True)]
            self._end()
            return every

        return made

    def _printed(self, figure: Figure) -> Callable[[], Drawn | str]:
        return functools.partial(_on_paper, figure) if self._helpers is None else self._soon(_on_paper, figure)

    def _picture(self, figure: Figure) -> Drawn | str:
        begun, picture = self._begun.get(figure.id, (None, None))
        return picture() if picture is not None and begun is figure else _on_screen(figure)

    def _end(self) -> None:
        if self._helpers is not None:
            self._helpers.end()
        self._helpers, self._alone = None, True


def _loaded() -> None:
    """What a helper does first; what cannot be imported is told with the first picture that needs it."""
    with contextlib.suppress(Exception):  # of whatever kind a module ends with
        ready()


def pictures(report: Report, on_paper: Report | None = None, ahead: Ahead | None = None) -> Pictures:
    """Of every figure that has something to draw: `begun`, and waited for."""
    return begun(report, on_paper, ahead)()


def begun(report: Report, on_paper: Report | None = None, ahead: Ahead | None = None) -> Callable[[], Pictures]:
    """Begin to draw every figure that has something to draw; what it gives waits for the pictures.

    Parameters
    ----------
    report : as it was made.
    on_paper : what paper has of it; None where there is no paper.
    ahead : what has begun to draw its figures.
    """
    printed = {figure.id: figure for figure in drawn_figures(on_paper)} if on_paper is not None else {}
    figures = list(drawn_figures(report))
    if ahead is None:
        ahead = Ahead()
        for section in report.sections:
            ahead.section(section)
    both = [(figure, printed.get(figure.id)) for figure in figures]
    waited_for = ahead.all_of(both)

    def found() -> Pictures:
        made = dict(zip((figure.id for figure in figures), waited_for(), strict=True))
        return Pictures(
            drawn={name: picture for name, picture in made.items() if not isinstance(picture, str)},
            refused={name: picture for name, picture in made.items() if isinstance(picture, str)},
        )

    return found


def _on_screen(figure: Figure) -> Drawn | str:
    """The pictures of a figure for a page, or the line that says why there is none."""
    return _or_told(figure, draw_for_screen)


def _on_paper(figure: Figure) -> Drawn | str:
    """Its picture for paper alone, or that line."""
    return _or_told(figure, lambda known: Drawn(subtitle="", alt="", wide="", narrow="", paper=draw_for_paper(known)))


def _joined(screen: Drawn | str, paper: Callable[[], Drawn | str] | None) -> Drawn | str:
    """Both; where one of them was refused, its line."""
    printed = paper() if paper is not None else None
    if isinstance(screen, str) or printed is None:
        return screen
    return printed if isinstance(printed, str) else replace(screen, paper=printed.paper)


def _or_told(figure: Figure, draw: Callable[[Figure], Drawn]) -> Drawn | str:
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
