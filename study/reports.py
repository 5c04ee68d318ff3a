"""A report: its sections, the files of numbers behind it, and what it is cited as. Types only, as in `blocks`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.blocks import Block
    from study.findings import Estimate

Part = Literal["Your loop", "Answers", "Topics", "Machines", "How sure"]
"""Of the report, in the order in which they stand."""

Paper = Literal["flow", "whole", "choices", "spread", "topic", "appendix", "none"]
"""How paper has a section: as it stands, with as many rows as there is room for, or with every row; as the page of decisions; on
two facing pages; in a column with one figure; only in the appendix, with every row; or not at all, since the page and the
attached files have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """Numbers as a file, `data/<name>`: what is in it, and its rows, which all have the same keys.

    An estimate becomes the columns of its key: point, low, high, n, unit and reason; so does None of a key of `estimates`.
    `travels` says whether it is attached to the PDF, `packed` whether it lies as `data/<name>.gz`: one with rows of every cell of
    every run is large, and grows with each run. The PDF has it as it is.
    """

    name: str
    about: str
    rows: tuple[Mapping[str, str | float | int | bool | Estimate | None], ...]
    estimates: tuple[str, ...] = ()
    travels: bool = False
    packed: bool = False

    @property
    def path(self) -> str:
        """Where it lies in the report's folder."""
        return f"data/{self.name}{'.gz' if self.packed else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section of the report.

    Attributes
    ----------
    id : its place in the page, such as 'q3'.
    name : in the list of contents.
    title : its heading.
    blocks : in order.
    files : the numbers behind it.
    wide : whether paper is turned for it.
    paper : how paper has it.
    part : of the report, in which it stands.
    eyebrow, answer, lede : above its blocks: what is asked, in few words; the answer in a sentence, computed; and what else
        one has to know of it. '' for none.
    brief : whether its tables stand in the short form of the report as well.
    """

    id: str
    name: str
    title: str
    blocks: tuple[Block, ...]
    files: tuple[DataFile, ...] = ()
    wide: bool = False
    paper: Paper = "flow"
    part: Part = "Topics"
    eyebrow: str = ""
    answer: str = ""
    lede: str = ""
    brief: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What names a report in a list of references, and on paper at the head of every page.

    Attributes
    ----------
    machine, interpreters, run, commit : of the run that it is about.
    date : the day on which that was finished, in words.
    authors, work, version, licence, keywords, address : of the study, as its citation file has them; '' for what it lacks.
    """

    machine: str
    interpreters: str
    run: str
    commit: str
    date: str
    authors: str
    work: str
    version: str
    licence: str
    keywords: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole report.

    Attributes
    ----------
    title, about : at its head: what it is, and of which machine, interpreter and run.
    subject : machine, interpreter and day in few words, '' where that cannot be told.
    badges : class ('loud', 'warn' or 'fine') and text of what a reader must know before believing it, and what it leads to
        ('#' and an id, or '').
    sections : in order.
    finished : ISO 8601 time of the run that it is about: the date of the document.
    cited : what names the report in a list of references; None where that cannot be told.
    """

    title: str
    about: str
    badges: tuple[tuple[Literal["loud", "warn", "fine"], str, str], ...]
    sections: tuple[Section, ...]
    finished: str
    cited: Cited | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a module of `study/sections/` says of its section; its id is the module's name.

    Attributes
    ----------
    order : where it stands in the report, by rising numbers.
    name : in the list of contents; a question's short name.
    title : its heading.
    reader : what a reader decides with it; questions only.
    programs : file names in `study/bench/examples/` of programs that are shown; questions only.
    always : whether the section stands even where nothing was measured for it.
    tells : whether it tells of what the others could not make: it is made after them, wherever it stands.
    part : of the report, in which it stands.
    apart : whether it takes long to make and needs little that others make: another process may make it.
    """

    order: int
    name: str
    title: str
    reader: str = ""
    programs: tuple[str, ...] = ()
    always: bool = False
    tells: bool = False
    part: Part = "Topics"
    apart: bool = False
