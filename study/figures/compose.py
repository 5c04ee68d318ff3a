"""Puts a figure together: picture, title, subtitle, alternative text, table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import gate, units
from study.cell import Cell
from study.figures import svg
from study.figures.drawn import Datum, Drawn
from study.figures.rows import Rows, data_of, figure_of
from study.figures.style import WIDTH_PT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.figure import Figure

    from study.findings import CellFinding, Estimate, RunFindings, SideBySide

_MOST_IN_ALT = 40
_DONE = "done"
_DEFAULT = Cell(pattern="map")
_PLAIN = (
    "label", "variant", "api", "channel", "form", "placement", "spins", "parent_bytes", "library_threads",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """What one target of one run has to show; `where` goes before the titles of figures that stand among other runs'."""

    run: RunFindings
    target: str
    where: str = ""

    def titled(self, about: str, finding: str, *, side_by_side: SideBySide) -> str:
        """The title of a figure: its finding, or `about` where there is none, or where the gate leaves it open and why."""
        why = gate.left_open(side_by_side, self.run.usable_cpus, self.run.foreign_cpus)
        return self.where + (f"{about}: {why}" if why else finding or about)

    def find(self, *questions: str, **wanted: object) -> list[CellFinding]:
        """The measured cells whose factors have these values; with questions only those that they asked for.

        What the six questions never vary, such as the channel, and the label have their default unless named: cells of the
        topics that differ in them only are not taken for the plain ones.
        """
        for name in _PLAIN:
            wanted.setdefault(name, getattr(_DEFAULT, name))
        own = {identity for identity, question, _, _ in self.run.experiments if question in questions}
        return [
            finding
            for finding in self.run.cells
            if finding.target == self.target
            and finding.state == _DONE
            and finding.average.point is not None
            and all(getattr(finding.cell, name) == value for name, value in wanted.items())
            and (not own or own & set(finding.experiments))
        ]

    def one(self, *questions: str, **wanted: object) -> CellFinding | None:
        """The first measured cell with these values, if any."""
        return next(iter(self.find(*questions, **wanted)), None)


def heard(estimates: Iterable[Estimate]) -> str:
    """How many processes stand behind these estimates, and what the bars are."""
    found = [estimate for estimate in estimates if estimate.point is not None]
    sizes = sorted({estimate.n for estimate in found})
    if not sizes:
        return ""
    number = units.count(sizes[0]) if len(sizes) == 1 else f"{units.count(sizes[0])} to {units.count(sizes[-1])}"
    confidence = units.percent(found[0].confidence)
    return f"bars: {confidence} intervals; n = {number} fresh processes a row"


def drawn_rows(
    *,
    identity: str,
    question: str,
    title: str,
    subtitle: str,
    rows: Rows,
    heads: Sequence[str],
) -> Drawn:
    """A figure made of rows."""
    figure, height_pt = figure_of(rows)
    dots = "; small dots: single processes" if any(row.means for row in rows.rows) else ""
    return drawn(
        identity=identity,
        question=question,
        title=title,
        subtitle=f"{subtitle}; {heard(row.estimate for row in rows.rows)}{dots}.",
        heads=heads,
        data=data_of(rows),
        figure=figure,
        height_pt=height_pt,
    )


def drawn(  # noqa: PLR0913 - each is one thing a figure needs
    *,
    identity: str,
    question: str,
    title: str,
    subtitle: str,
    heads: Sequence[str],
    data: Sequence[Datum],
    figure: Figure,
    height_pt: float,
) -> Drawn:
    """A figure with its words; the alternative text is made of its numbers."""
    alt = alternative(title, data)
    tree = svg.rendered(figure)
    return Drawn(
        id=identity,
        question=question,
        title=title,
        subtitle=subtitle,
        alt=alt,
        heads=tuple(heads),
        data=tuple(data),
        svg=svg.for_paper(tree, WIDTH_PT, height_pt),
        screen_svg=svg.for_screen(tree, identity, title, alt),
    )


def alternative(title: str, data: Sequence[Datum]) -> str:
    """The figure in words: what it shows and its numbers, row by row."""
    rows = [f"{', '.join(name for name in datum.names if name)}: {datum.text}" for datum in data[:_MOST_IN_ALT]]
    more = len(data) - _MOST_IN_ALT
    if more > 0:
        rows.append(f"{more} more in the table")
    return f"{title.rstrip('.')}. {'; '.join(rows)}."
