"""One point of the plan, and the words both sides share. Standard library only: the bench side imports this too."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import total_ordering
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

START_METHODS = ("fork", "forkserver", "spawn")
DEFAULT = "default"
"""As a start method: whatever the target's library does when none is asked for ("as shipped")."""

PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "process_lifecycle": ("start", "first", "join"),
        "program_lifecycle": ("start", "first", "join"),
        "pool_lifecycle": ("create", "first_map", "warm_map", "close_join", "total"),
        "pool_as_shipped": ("total",),
        "four_printers": ("total",),
        "map": ("total",),
        "process_per_task": ("total",),
        "ping_pong": ("total",),
        "stream": ("total",),
        "pickling": ("dumps", "loads"),
        "capacity": ("busy", "makespan", "skew"),
        "contend": ("total",),
        "memory": ("pss", "uss", "rss"),
        "copy_on_write": ("dirtied",),
    }
)
"""Pattern -> the timed parts of one of its events. Every part is a benchmark of its own."""

FLOOR_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType({"os_fork": ("join",), "posix_spawn": ("join",)})
"""Backends of `process_lifecycle` that are floors: only the whole event can be timed."""

KERNELS = (
    "noop",
    "square",
    "fannkuch",
    "nbody",
    "sieve",
    "sha256_8mib",
    "sha256_1kib",
    "sleep",
    "json",
    "regex",
    "zlib",
    "ep",
    "sort",
    "triad",
    "matmul",
    "binary_trees",
    "dict",
    "spin",
    "ragged",
    "count_private",
    "count_shared",
)
BYTE_PATTERNS = frozenset({"memory", "copy_on_write"})
"""Patterns whose parts are bytes; those of every other pattern are seconds."""
BACKENDS = (
    "call",
    "threads",
    "processes",
    "pool",
    "process_executor",
    "thread_executor",
    "interpreters",
    "interpreter_executor",
    "loky",
    "dask",
    "os_fork",
    "posix_spawn",
)
NEEDS_INTERPRETERS = ("interpreters", "interpreter_executor")
"""Backends that exist where the library can make interpreters inside a process (CPython 3.14)."""
PEERS: Mapping[str, str] = MappingProxyType({"loky": "joblib", "dask": "distributed"})
"""Backends of other libraries -> the package that has to be in the target's environment."""
NEEDS_START_METHOD = ("processes", "pool", "process_executor")
"""Backends that start processes through multiprocessing."""

LABELS = ("", "again", "injected")
"""'' for every ordinary cell; 'again' is the second arm of an A/A pair; 'injected' runs 21 operations and reports 20."""

APIS = ("", "imap", "imap_unordered", "starmap", "apply", "apply_async", "submit")
"""Which call hands the tasks out; '' is the backend's `map`."""
CHANNELS = (
    "",
    "os_pipe",
    "pipe_duplex",
    "simple_queue",
    "queue",
    "manager",
    "shared_memory",
    "thread_queue",
    "interpreter_queue",
)
"""What carries a message; '' is two simplex pipes between processes, two `queue.SimpleQueue` between threads."""
FORMS = ("", "array", "array_out_of_band", "list", "dict", "ints", "strings", "bytearray")
"""What a payload or the touched memory is made of; '' is `bytes`."""
PLACEMENTS = ("", "same_cpu", "other_cpu")
"""Where the two sides of a message run; '' is wherever the scheduler puts them."""

EVENTS = "events"
"""A variant: single events, each a value of its own, so that their quantiles can be told."""
COLD = "cold"
"""A variant: single events from the very first on, without warm-up, so that the way to the steady state can be seen."""

_SLUG = re.compile(r"[A-Za-z0-9_.\-]*\Z")


@total_ordering
@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One point of the plan: a pyperf benchmark. Identity and order are its canonical text.

    Attributes
    ----------
    pattern : how tasks and processes relate; a key of `PARTS`.
    kernel : what one task does; one of `KERNELS`.
    backend : who runs the tasks; one of `BACKENDS`.
    start_method : one of `START_METHODS`, `DEFAULT`, or '' where no process is started through multiprocessing.
    workers : processes or threads of the pool under study; 0 means the library's own default.
    tasks : tasks in one event.
    chunksize : tasks sent per dispatch; 0 means the library's own default.
    payload_bytes : bytes of the argument sent per task or message.
    variant : a named variation of the pattern, such as 'unbuffered' output.
    api : which call hands the tasks out; one of `APIS`.
    channel : what carries a message; one of `CHANNELS`.
    form : what the payload is made of; one of `FORMS`.
    placement : where both sides of a message run; one of `PLACEMENTS`.
    spins : iterations of the kernels `spin` and `ragged`: the nominal grain.
    parent_bytes : memory that the parent holds and has touched before the event.
    library_threads : threads that a numerical library may use in each worker; 0 means 1, the study's default.
    part : which part of the event this benchmark times; see `PARTS`.
    label : '' except in A/A and injected arms; see `LABELS`.
    """

    pattern: str
    kernel: str = "noop"
    backend: str = "call"
    start_method: str = ""
    workers: int = 1
    tasks: int = 1
    chunksize: int = 0
    payload_bytes: int = 0
    variant: str = ""
    api: str = ""
    channel: str = ""
    form: str = ""
    placement: str = ""
    spins: int = 0
    parent_bytes: int = 0
    library_threads: int = 0
    part: str = "total"
    label: str = ""

    def __post_init__(self) -> None:
        """Refuse values that the canonical text cannot carry."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                if not _SLUG.match(value):
                    raise ValueError(f"{field.name}={value!r}: only letters, digits, '_', '-' and '.' are allowed")
            elif isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ValueError(f"{field.name}={value!r}: expected a whole number of 0 or more")

    @property
    def text(self) -> str:
        """The canonical text: the pattern, then every field that differs from its default, in order of declaration."""
        words = [self.pattern]
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "pattern" and value != field.default:
                words.append(f"{field.name}={value}")
        return " ".join(words)

    @property
    def point(self) -> Cell:
        """The event this cell is one part of: the same cell without its part."""
        return replace(self, part="total")

    @classmethod
    def parse(cls, text: str) -> Cell:
        """The cell with this canonical text.

        Raises
        ------
        ValueError
            if the text names an unknown field, repeats one, or is not canonical.
        """
        pattern, *words = text.split(" ")
        kinds = {field.name: type(field.default) for field in fields(cls) if field.name != "pattern"}
        values: dict[str, str | int] = {}
        for word in words:
            name, equals, value = word.partition("=")
            if not equals or name not in kinds or name in values:
                raise ValueError(f"{text!r} is not a cell: {word!r} is unknown or repeated")
            values[name] = int(value) if kinds[name] is int else value
        cell = cls(pattern=pattern, **values)  # type: ignore[arg-type]
        if cell.text != text:
            raise ValueError(f"{text!r} is not canonical; expected {cell.text!r}")
        return cell

    def __lt__(self, other: object) -> bool:
        """Order by canonical text."""
        return self.text < other.text if isinstance(other, Cell) else NotImplemented


def parts_of(cell: Cell) -> tuple[str, ...]:
    """The parts that one event of this cell's point is timed in."""
    return FLOOR_PARTS.get(cell.backend, PARTS[cell.pattern])


def unit_of(cell: Cell) -> str:
    """'byte' or 'second': what the values of the cell are."""
    return "byte" if cell.pattern in BYTE_PATTERNS else "second"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How one process samples a point: `values` after `warmups`, each of `loops` events (0: as calibrated)."""

    values: int
    warmups: int
    loops: int = 0


def sampling_of(point: Cell, values: int, warmups: int) -> Sampling:
    """The plan's values and warm-ups, or those of a point whose single events are the object."""
    if point.variant == EVENTS:
        return Sampling(values=200, warmups=20, loops=1)
    if point.variant == COLD:
        return Sampling(values=150, warmups=0, loops=1)
    if point.pattern == "program_lifecycle":
        return Sampling(values=2, warmups=0, loops=1)
    if point.pattern in BYTE_PATTERNS:
        return Sampling(values=1, warmups=0, loops=1)
    return Sampling(values=values, warmups=warmups)


_MESSAGES = frozenset({"ping_pong", "stream", "pickling", "contend"})


def noise_class(cell: Cell) -> str:
    """Which noise class the cell belongs to: 'compute', 'start', 'dispatch', 'message', or 'memory' for bytes."""
    if cell.pattern in BYTE_PATTERNS:
        return "memory"
    if cell.pattern in _MESSAGES:
        return "message"
    if cell.pattern == "capacity":
        return "compute"
    if cell.pattern != "map":
        return "start"
    return "dispatch" if cell.kernel in _NEXT_TO_NOTHING and cell.backend != "call" else "compute"


_NEXT_TO_NOTHING = frozenset({"noop", "square", "spin", "ragged"})
