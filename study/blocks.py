"""Blocks: what a section of the report is made of. Types only: no file, no clock, no arithmetic.

A section computes its blocks from evidence; a figure is drawn of a panel; templates place a block each. Text is data: it is
made harmless where it is placed, never before. Only what is `Marked` has marks in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from study.forms import Form
from study.forms.base import is_known
from study.screens import AnyTwo, Calculator, Cards, Choose, Sheet

if TYPE_CHECKING:
    from study.findings import Decision, Estimate, SideBySide
    from study.forms import Number, Span
    from study.things import Look

Medium = Literal["", "screen", "paper"]
"""Where a block stands: on both, on a screen only, on paper only."""

Column = Literal["wide", "text", "num", "word"]
"""Of a table's column: the widest text, text, numbers with units, single words. Numbers and words are not broken."""


class Marked(str):
    """A sentence of this study's own, in which `backticks` are code: in any other text, also in a longer one, they are data."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What stands in one cell of a table.

    Attributes
    ----------
    value : a text; or an estimate, shown with its interval; or a whole number; None for what is not known.
    share : a relative size instead, shown in per cent; None for none.
    sort : what it is sorted by where that is neither the text nor the number.
    small : said beside it in small print.
    href : '#' and the id of what it leads to, or the name of a file of the report.
    decision : where the text is that of a verdict, which.
    mark : a verdict whose sign stands before the number.
    with_reason : whether an estimate that could not be had says why.
    """

    value: str | Estimate | int | None = None
    share: float | None = None
    sort: str = ""
    small: str = ""
    href: str = ""
    decision: Decision | None = None
    mark: Decision | None = None
    with_reason: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of items under `heads`, each a text and the kind of its column; without rows the sentence `empty` stands there.

    Attributes
    ----------
    id : unique in the report; '' where nothing leads to it.
    label : names it for those who hear the page where it has no caption.
    form : 'data', sortable on the page; 'answers', the one at the top.
    filterable : whether its rows can be searched on the page.
    folded : whether the page shows it only when it is asked for.
    only : 'screen' or 'paper' where the other goes without it.
    notes : sentences below it.
    names : which of its columns names the rows, the first being 0; on paper it stands first.
    aside : which of its columns paper goes without.
    whole : whether paper has all of its rows, whatever room they take.
    """

    id: str
    caption: str
    heads: tuple[tuple[str, Column], ...]
    rows: tuple[tuple[Item, ...], ...]
    label: str = ""
    empty: str = "There is nothing of this kind in this run."
    form: Literal["data", "answers"] = "data"
    filterable: bool = False
    folded: bool = False
    only: Medium = ""
    notes: tuple[str, ...] = ()
    names: int = 0
    aside: tuple[int, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A line that points are held against, or a band from `at` to `to`, in the estimates' unit."""

    label: str
    at: float
    to: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPoint:
    """One estimate of a panel: the words that name it, and where and how it is drawn.

    Attributes
    ----------
    names : one word or phrase for each of the panel's `heads`.
    look : token of colour and marker of the thing it is of.
    facet : the small picture that it belongs to, '' where the panel is one picture.
    series : the line of a 'curves' panel, or the group of a 'rows' panel, that the point belongs to.
    label : what a row is called beside its mark; '' for the names that its series does not give already.
    x : the swept factor's value ('curves' only).
    means : one number per process, in the estimate's unit, where they are shown as small dots.
    bound : a measured upper bound at the same x, drawn as a grey bar; None for none.
    hollow : whether the mark is hollow: the panel's subtitle says what that means.
    """

    names: tuple[str, ...]
    look: Look
    estimate: Estimate
    facet: str = ""
    series: str = ""
    label: str = ""
    x: float | None = None
    means: tuple[float, ...] = ()
    bound: Estimate | None = None
    hollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A figure and the table of its numbers; how it is drawn is the drawer's business.

    Attributes
    ----------
    id : unique in a report, such as 'messages-latency'; its numbers are `data/figure-<id>.csv`.
    title : the finding, computed, with number, interval and base; where load leaves it open, what is shown and why.
    side_by_side : what the title says of things that ran at once.
    subtitle : what is shown, in which unit, from how many processes, and which way is better.
    kind : 'rows' (a dot with interval for each thing) or 'curves' (lines over a swept number).
    x_label, x_unit : of the swept number: 'byte', 's', 'count' or ''; `y_label` of the estimate.
    log_x, log_y : whether the axis is logarithmic.
    steps : whether the swept numbers stand at equal distances, as few counts do.
    edge : the x beyond which points stand apart (more workers than CPUs); None for none.
    ideal : whether a dashed line shows estimate = x.
    include : values that the estimates' axis must reach.
    references : lines and bands that the points are held against.
    notes : sentences below the figure: what the method assumes, what it cannot tell.
    behind : what an estimate's n counts.
    span : over the whole page, or in one of two columns.
    beside : whether it stands in the report of other runs too, among what those found; its question's `beside` makes it.
    null : whether nothing was found: its title is said, and nothing drawn.
    reason : '' or why there is nothing to show.
    """

    id: str
    title: str
    side_by_side: SideBySide
    subtitle: str
    kind: Literal["rows", "curves"]
    heads: tuple[str, ...]
    points: tuple[PanelPoint, ...]
    y_label: str = ""
    x_label: str = ""
    x_unit: str = ""
    log_x: bool = False
    log_y: bool = False
    steps: bool = False
    edge: float | None = None
    ideal: bool = False
    include: tuple[float, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: tuple[str, ...] = ()
    behind: str = "fresh processes"
    span: Span = "whole"
    beside: bool = False
    null: bool = False
    reason: str = ""

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number that is shown, named, as a form has them."""
        return tuple((point.names, point.estimate) for point in self.points)

    @property
    def shows(self) -> bool:
        """Whether there is something to show."""
        return is_known(point.estimate for point in self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The beginning of a part of a section; `id` is unique in the report."""

    id: str
    text: str
    only: Medium = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A paragraph. 'reader': what a reader decides with the section; 'empty': why something is not there."""

    text: str
    kind: Literal["plain", "small", "reader", "empty"] = "plain"
    only: Medium = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Pairs of a term and what is said of it: a glossary, a list with bold beginnings, or commands to copy.

    'files' are links to all files of numbers: the report knows them, `items` is empty.

    Attributes
    ----------
    uses : of each item the words of the text that the page leads to it where the first of them stands; empty: none is led.
    """

    items: tuple[tuple[str, str], ...]
    form: Literal["definitions", "list", "commands", "files"]
    uses: tuple[tuple[str, ...], ...] = ()
    only: Medium = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One claim, decided.

    Attributes
    ----------
    claim, question : ids.
    statement : the claim in words, as `claims.toml` has it.
    decision : see `findings.Decision`.
    sentence : the finding, with number, interval, base and scope; computed, complete, ends with a full stop.
    needed : in words, where the number would have to lie for the statement, and why there.
    reads : what is said behind a ratio: 'as long', 'as much'; '' where its sentence says something else.
    whose : of which side a ratio so reads, in what tells it from the other: without it '18 times as long' below a statement
        that this side is done sooner would say the opposite.
    strength : in words, how strong the evidence is.
    average, typical : the estimate under both estimands; for a share `typical` is None.
    cells : canonical texts of the cells it came from, first those of the test that its number is of.
    headline : whether this verdict stands for its question at the top of the report.
    gated : '' or why `study.loaded` leaves it open although it was measured.
    paired : whether both sides were compared within rounds.
    p_holm : the p value, adjusted within its question; None where there was no test.
    times_floor : how many times what equal cells differ by the number lies from its threshold; None where that is not known.
    also : of what was seen always, what the same program did elsewhere in this run that is against it.
    counts : of what is counted and not estimated: how often, of how many.
    on : the interpreter, where it has to be said.
    test : number of the claim's test that decides, 0 for its own: number, counts and cells are that one's.
    averages : of a claim with further tests the number of each; else empty.
    measured : whether its cells have numbers; what has none needs more time, or another machine.
    form : 'line' at the head of its section: the number, and what was needed, alone.
    """

    claim: str
    question: str
    statement: str
    decision: Decision
    sentence: str
    strength: str
    average: Estimate
    typical: Estimate | None
    cells: tuple[str, ...]
    target: str
    headline: bool
    gated: str = ""
    paired: bool = False
    p_holm: float | None = None
    times_floor: float | None = None
    needed: str = ""
    reads: str = ""
    whose: str = ""
    also: str = ""
    counts: str = ""
    on: str = ""
    test: int = 0
    averages: tuple[Estimate, ...] = ()
    measured: bool = True
    form: Literal["whole", "line"] = "whole"

    @property
    def read(self) -> str:
        """What stands behind its number: how it is read, and of which side."""
        if self.average.point is None:
            return ""
        return f"{self.reads}: {self.whose}" if self.reads and self.whose else self.reads or self.also

    @property
    def number(self) -> Estimate | str:
        """What stands for it in a table: the count, or the estimate."""
        return self.counts or self.average

    def average_of(self, test: int) -> Estimate | None:
        """The number of one of the claim's tests; None where it has not so many."""
        numbers = self.averages or (self.average,)
        return numbers[test] if test < len(numbers) else None

    @property
    def short(self) -> str:
        """Its sentence; of what was not measured only that: which cell it would have been tells a reader nothing."""
        return self.sentence if self.measured else "Not measured in this run."


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A decision that a reader takes: what is asked, the short answer, the numbers it rests on, what else to know.

    `number` is the one that the answer speaks of, `named` what it is of; None and '' where it speaks of none.
    """

    asked: str
    answer: str
    numbers: Table | None
    notes: tuple[str, ...]
    href: str
    number: Estimate | None = None
    named: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A program or a file as it stands, and what it `printed`; `folded` until it is asked for, small on paper."""

    title: str
    text: str
    id: str = ""
    folded: bool = False
    printed: str = ""
    only: Medium = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Two columns beside each other; one below the other where there is no room. `only` as of other blocks."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    only: Medium = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Blocks below a title that a screen shows when they are asked for; `small` is said beside the title, `id` leads to it."""

    title: str
    blocks: tuple[Block, ...]
    small: str = ""
    id: str = ""


Figure = Panel | Form
"""What is drawn: rows and curves, or one of the other forms."""

Screen = Choose | Calculator | Cards | Sheet | AnyTwo
"""What only a screen has: see `screens`."""

Block = Heading | Prose | Terms | Verdict | Choice | Figure | Table | Code | Columns | Folded | Screen
