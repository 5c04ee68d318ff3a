"""What is known of a thing that is compared: one record each. Every field is required: mypy finds what a new thing lacks.

Standard library only, and no import from the rest of the study: both sides read the records. They are named tuples: every
process of the bench loads them, and a frozen dataclass takes six times as long to make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["loop", "thread", "process", "interpreter", "floor"]
"""Who does the work of a backend: the plain loop, threads, processes, interpreters in one process, the operating system alone."""


class Look(NamedTuple):
    """How a thing is drawn: its short name, the token of its colour, and its marker by the letter that drawers know it by."""

    label: str
    token: str
    marker: str


class Life(NamedTuple):
    """The simulated life of one worker, seconds from calling `start()`: until it returns, the child runs, join returns."""

    start_s: float
    first_s: float
    join_s: float


class OnWindows(NamedTuple):
    """Windows waits for 63 things at once: the most workers, and whether the library's default number stays below."""

    most: int
    default_fits: bool


class Kernel(NamedTuple):
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
    working_set_bytes : memory that a task goes through and no cache before the last holds; 0 of those that compute.
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
    working_set_bytes: int


class Backend(NamedTuple):
    """Who carries out the tasks.

    Attributes
    ----------
    words : for people; {n} the number of workers, {s} and {es} what makes it a plural, {under} the start method.
    alone : one worker of it, from its start to its end, in words; '' where it has none of its own; {method} the start method.
    partners : the two sides of a message, in words; '' where it carries none.
    look : how it is drawn.
    kind : who does the work.
    module : "module:attribute" of the bench that runs tasks with it, or starts its workers where it runs none.
    package : what has to be installed for it; '' for the standard library's.
    runs_tasks : whether tasks can be given to it.
    takes_start_method : whether its workers start through multiprocessing.
    needs_interpreters : whether the library must be able to make interpreters inside a process.
    at_address : whether its workers are somebody's cluster, reached at an address that the command line names.
    system_call : what the module `os` must have; '' where it needs nothing of it.
    copies_parent : whether the child begins as a copy of its parent without a start method that says so.
    hands_out : whether tasks are handed to workers one by one or in chunks; else each worker gets its whole share at once.
    has_default_workers : whether it has a default number of workers (workers = 0).
    apis : the calls that hand out tasks, beside its map.
    takes_chunksize : whether the number of tasks a message can be chosen.
    chunks_itself : whether several tasks go in one message where nothing is chosen: a quarter of a worker's share.
    recycles : whether workers can be made to end after a number of tasks.
    on_windows : how many workers Windows allows; None where the number is as on other systems.
    counts_cpu_time : whether the CPU time of all that do its work can be counted, in the measured process or from there.
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
    runs_tasks: bool
    takes_start_method: bool
    needs_interpreters: bool
    at_address: bool
    system_call: str
    copies_parent: bool
    hands_out: bool
    has_default_workers: bool
    apis: tuple[Api, ...]
    takes_chunksize: bool
    chunks_itself: bool
    recycles: bool
    on_windows: OnWindows | None
    counts_cpu_time: bool
    life: Life | None
    dispatch_s: float | None
    message_s: float | None


class StartMethod(NamedTuple):
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


class Channel(NamedTuple):
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


class Form(NamedTuple):
    """What a payload, or the memory that is read, is made of.

    Attributes
    ----------
    words : for people.
    package : what has to be installed for it.
    beside_pickle : whether its bytes travel beside the pickle instead of inside it.
    byte_factor : by the simulated law, what a byte of it costs over one of bytes; None where it is no message.
    copied_share : by the simulated law, what a child copies of it by reading it; None where it is not held.
    """

    name: str
    words: str
    package: str
    beside_pickle: bool
    byte_factor: float | None
    copied_share: float | None


class Word(NamedTuple):
    """A value of a factor that is only a word: its name, and what people call it."""

    name: str
    words: str


class Api(NamedTuple):
    """A call that hands out tasks.

    Attributes
    ----------
    one_at_a_time : whether the number of tasks a message cannot be chosen.
    chunks_itself : whether several tasks go in one message where nothing is chosen, by a backend that does so.
    keeps_order : whether answers come in the order of the tasks.
    """

    name: str
    one_at_a_time: bool
    chunks_itself: bool
    keeps_order: bool
