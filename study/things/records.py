"""What is known of a thing that is compared: one frozen record each. Every field is required: mypy finds what a new thing lacks.

Standard library only, and no import from the rest of the study: both sides read the records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["loop", "thread", "process", "interpreter", "floor"]
"""Who does the work of a backend: the plain loop, threads, processes, interpreters in one process, the operating system alone."""

NoiseClass = Literal["compute", "start", "dispatch", "message", "memory"]
"""Which equal cells tell what a cell's noise is."""


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour on paper and on a dark screen; `name` is its CSS variable."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Look:
    """How a thing is drawn: its short name, its colour, and its marker as matplotlib calls it."""

    label: str
    colour: Colour
    marker: str


@dataclass(frozen=True, slots=True)
class Life:
    """The simulated life of one worker, seconds from calling `start()`: until it returns, the child runs, join returns."""

    start_s: float
    first_s: float
    join_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """What one task does.

    Attributes
    ----------
    words : for people.
    module : "module:attribute" of the bench that has it.
    package : what has to be installed for it; '' where the standard library does.
    releases_gil : whether threads can run it side by side in spite of the GIL.
    waits : whether its time is waiting, which needs no CPU.
    has_length : whether the cell says how long a task is, in iterations (`spins`).
    works : whether its time is work; of the others it is overhead.
    next_to_nothing : whether what is handed out costs less than handing it out, so that its noise is that of dispatch.
    simulated_s : one task by the simulated law, serially, without its iterations.
    """

    name: str
    words: str
    module: str
    package: str
    releases_gil: bool
    waits: bool
    has_length: bool
    works: bool
    next_to_nothing: bool
    simulated_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Who carries out the tasks.

    Attributes
    ----------
    words : for people; {n} the number of workers, {under} the start method.
    alone : one worker of it, from its start to its end, in words; '' where it has none of its own; {method} the start method.
    partners : the two sides of a message, in words; '' where it carries none.
    look : how it is drawn.
    kind : who does the work.
    module : "module:attribute" of the bench that runs tasks with it; '' where it runs none.
    package : what has to be installed for it; '' for the standard library's.
    takes_start_method : whether its workers start through multiprocessing.
    needs_interpreters : whether the library must be able to make interpreters inside a process.
    hands_out : whether tasks are handed to workers that live on; else each worker is started with its share.
    has_default_workers : whether it has a default number of workers (workers = 0).
    apis : the calls that hand out tasks, beside its map.
    takes_chunksize : whether the number of tasks a message can be chosen.
    chunks_itself : whether several tasks go in one message where nothing is chosen.
    recycles : whether workers can be made to end after a number of tasks.
    counts_cpu_time : whether all work is done in the measured process, so that its CPU time can be counted.
    life : by the simulated law, of one worker; None where the start method says.
    dispatch_s, message_s : by the simulated law, handing out one chunk, and one message one way; None where it does not.
    """

    name: str
    words: str
    alone: str
    partners: str
    look: Look
    kind: Kind
    module: str
    package: str
    takes_start_method: bool
    needs_interpreters: bool
    hands_out: bool
    has_default_workers: bool
    apis: tuple[str, ...]
    takes_chunksize: bool
    chunks_itself: bool
    recycles: bool
    counts_cpu_time: bool
    life: Life | None
    dispatch_s: float | None
    message_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMethod:
    """How a process begins.

    Attributes
    ----------
    look : how it is drawn.
    copies_parent : whether the child begins as a copy of its parent, and shares its memory.
    has_server : whether a server makes the children, and can import modules for them before.
    life, worker_bytes : by the simulated law, of one worker.
    """

    name: str
    look: Look
    copies_parent: bool
    has_server: bool
    life: Life
    worker_bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What carries a message between two sides.

    Attributes
    ----------
    words : for people; '' for the plain one.
    titles : kind of the backend -> what it is called where channels are compared.
    look : how it is drawn; None where it is drawn as the backend is.
    modules : kind of the backend -> "module:function" of the bench that opens it between two of that kind.
    bytes_only : whether it carries one byte or more, and only as bytes.
    inherited : whether only a forked child has it.
    takes_buffers : whether bytes beside the pickle can be sent through it.
    simulated : by the simulated law, its latency over that of the backend's plain one.
    """

    name: str
    words: str
    titles: Mapping[Kind, str]
    look: Look | None
    modules: Mapping[Kind, str]
    bytes_only: bool
    inherited: bool
    takes_buffers: bool
    simulated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """How tasks and processes relate in one event.

    Attributes
    ----------
    words : of a cell, for people; the names in braces are filled in by `study.names`.
    usual : factors that the words take for granted.
    module : "module:attribute" of the bench that has it.
    parts : the timed parts of an event; every part is a benchmark of its own.
    parts_of_an_event : the parts that together make an event's length.
    unit : what its values are.
    noise_class : whose equal cells tell its noise.
    backends : those it exists for.
    start_methods : those it exists for.
    uses : the factors, beside those every pattern has, that change what it does.
    variants : its named variations.
    outcomes : what it counts beside its times.
    single_events : whether each value is one event, without warm-up, whatever the plan says; `values` how many.
    law : which of the simulated law's functions gives its times.
    """

    name: str
    words: str
    usual: Mapping[str, str | int]
    module: str
    parts: tuple[str, ...]
    parts_of_an_event: tuple[str, ...]
    unit: Literal["second", "byte"]
    noise_class: NoiseClass
    backends: tuple[str, ...]
    start_methods: tuple[str, ...]
    uses: frozenset[str]
    variants: tuple[str, ...]
    outcomes: tuple[str, ...]
    values: int
    law: str
