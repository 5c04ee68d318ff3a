"""What only a screen has: a choice of machine and interpreter, cards, the reader's loop, a table on a page of its own.

Types only, as `blocks`: no file, no clock, no arithmetic. On paper the sentences beside them stand instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.blocks import Block, Medium, Table
    from study.findings import Estimate

Pays = Literal["yes", "no", "open"]
"""What is said of a loop: several workers are sooner, they are not, or that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A machine and an interpreter of which something is stored.

    Attributes
    ----------
    id : unique in a report; the page's address names it.
    name : machine and interpreter.
    build : what else they are: CPUs, how the interpreter was built, the system.
    run : the stored run.
    machine : the machine alone; places of one machine stand together.
    entry : the interpreter alone, short enough for a list; told apart from the others of its machine.
    """

    id: str
    name: str
    build: str
    run: str
    machine: str
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop that a reader may have: items, how long each takes, bytes sent with each and returned, and what each does."""

    items: int
    length_s: float
    sent_bytes: int
    returned_bytes: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that was measured, beside the plain loop over tasks like its own.

    Attributes
    ----------
    tasks, length_s, sent_bytes, returned_bytes, kind : as of a loop; `length_s` is what a task takes in the plain loop.
    work : what one task is, in words: jobs of the same work differ in who shares it out.
    carrier : who does the work, as what sending data costs knows it too.
    way, code, measured_as : who does it in words, the code to write, and the cell in words.
    gain : how many times as fast as the loop; `gain_text` with its interval.
    pays : whether that is a gain, decided with its interval.
    made : whether its workers were made for it, and ended; else they were running.
    estimate : the gain with its interval, for pictures.
    begin_s, begin_text : what making its workers and ending them costs; None and '' where that was not measured.
    """

    tasks: int
    length_s: float
    sent_bytes: int
    returned_bytes: int
    kind: str
    carrier: str
    way: str
    code: str
    measured_as: str
    gain: float
    gain_text: str
    pays: Pays
    begin_s: float | None = None
    begin_text: str = ""
    made: bool = False
    work: str = ""
    estimate: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freight:
    """What it costs a carrier, by task, to send so many bytes and to return so many, more than none; `text` in words."""

    carrier: str
    sent_bytes: int
    returned_bytes: int
    cost_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said of a loop.

    Attributes
    ----------
    headline : in a few words, with the number.
    parts : a word and what is said under it: what to write, why, what of it was measured, what is model.
    aside : the same, of what is asked for: other ways, and jobs like the loop.
    """

    pays: Pays
    headline: str
    parts: tuple[tuple[str, str], ...]
    aside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What a model says of a loop.

    Attributes
    ----------
    pays : whether workers are sooner; open where that is too close to call.
    loop_s, seconds : of the plain loop, and of the way that is told.
    fastest_s : of the fastest way.
    ends_s : between which times the way that is told lies, as often as `Model` says; None where that is not known.
    who, code : the way in words, and what to write.
    shares : what the seconds go to, and how many.
    why : what holds it up.
    others : the best of every other carrier, in words, with its seconds.
    method, methods : the start method that is told, '' for none, and the best times under the others.
    chunks : of how many items, in words; '' where nobody says a size.
    """

    pays: Pays
    loop_s: float
    seconds: float
    fastest_s: float
    who: str
    code: str
    shares: tuple[tuple[str, float], ...]
    why: str
    others: tuple[tuple[str, float], ...]
    ends_s: tuple[float, float] | None = None
    method: str = ""
    methods: tuple[tuple[str, float], ...] = ()
    chunks: str = ""


class Model(Protocol):
    """What foretells loops at one place."""

    @property
    def about(self) -> str:
        """What the model is, and how good it was."""

    @property
    def left_out(self) -> str:
        """What is not in it."""

    @property
    def close(self) -> float:
        """Times as long that cannot be told apart."""

    @property
    def carriers(self) -> tuple[str, ...]:
        """Those that it foretells."""

    @property
    def simpler(self) -> tuple[str, ...]:
        """Carriers that are rather taken where they take as long."""

    @property
    def method_words(self) -> Mapping[str, str]:
        """Start method -> what speaks for it and against it."""

    @property
    def begun(self) -> Mapping[str, str]:
        """Start method -> a sentence on what its first process takes besides; only of those that begin something first."""

    def answer(self, loop: Loop) -> Foretold | None:
        """What it says; None of loops of which it knows too little."""

    def told(self) -> dict[str, Any]:
        """All its numbers, for the page's script to answer as it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculator:
    """What can be said of loops at one place: all it needs to answer, and the answer for one loop.

    Attributes
    ----------
    place : the place's id.
    loop, asked : the loop that is answered until another is asked, and the same in words.
    near : so many times as much, or as little, is about as much: of a length, and of bytes.
    fewest, most : of a job's tasks: at least and at most so many times as many as the loop has items.
    why : '' or why nothing is said here.
    model : what foretells loops here; None where constants are lacking: then jobs that were measured answer alone.
    """

    place: str
    kinds: tuple[str, ...]
    loop: Loop
    asked: str
    reply: Reply
    jobs: tuple[Job, ...]
    freights: tuple[Freight, ...]
    near: float
    fewest: float
    most: float
    why: str = ""
    model: Model | None = None
    only: Medium = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A part of the first screen, below a title unless a figure brings its own; `wide` over its whole width."""

    blocks: tuple[Block, ...]
    title: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """Cards beside each other, one below the other where there is no room.

    Attributes
    ----------
    of : the id of the place that they tell of; '' where they tell of all.
    waiting : whether they stand only once their place is chosen: without a script never.
    """

    cards: tuple[Card, ...]
    of: str = ""
    waiting: bool = False
    only: Medium = "screen"


class Levels(Protocol):
    """What was measured on every side that can be compared."""

    def told(self) -> dict[str, Any]:
        """All that the page's script needs to set any two against each other: see `study/sections/sides.py`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyTwo:
    """Any two sides set against each other in the browser.

    Attributes
    ----------
    table : the first against each other side, for those without a script.
    levels : what was measured on each side; nothing is made for a pair.
    """

    id: str
    table: Table
    levels: Levels
    only: Medium = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table on a page of its own, with one filter over all rows; `csv` has the same rows for those without a script.

    `file` is the page's name, `about` a sentence on what is there, `title` its heading. Where `two` is there, any two of the
    rows are set against each other above them.
    """

    file: str
    title: str
    about: str
    table: Table
    csv: str
    two: AnyTwo | None = None
    only: Medium = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """A choice of places, of which the first is chosen until another is; without a script it is their list."""

    places: tuple[Place, ...]
    only: Medium = "screen"
