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
        "pool_lifecycle": ("create", "first_map", "warm_map", "close_join", "total"),
        "pool_as_shipped": ("total",),
        "four_printers": ("total",),
        "map": ("total",),
        "process_per_task": ("total",),
        "ping_pong": ("total",),
    }
)
"""Pattern -> the timed parts of one of its events. Every part is a benchmark of its own."""

FLOOR_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType({"os_fork": ("join",), "posix_spawn": ("join",)})
"""Backends of `process_lifecycle` that are floors: only the whole event can be timed."""

KERNELS = ("noop", "square", "fannkuch", "nbody", "sieve", "sha256_8mib", "sha256_1kib", "sleep")
BACKENDS = ("call", "threads", "processes", "pool", "process_executor", "thread_executor", "os_fork", "posix_spawn")
NEEDS_START_METHOD = ("processes", "pool", "process_executor")
"""Backends that start processes through multiprocessing."""

LABELS = ("", "again", "injected")
"""'' for every ordinary cell; 'again' is the second arm of an A/A pair; 'injected' runs 21 operations and reports 20."""

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


def noise_class(cell: Cell) -> str:
    """Which of the four noise classes the cell belongs to: 'compute', 'start', 'dispatch' or 'message'."""
    if cell.pattern == "ping_pong":
        return "message"
    if cell.pattern != "map":
        return "start"
    return "dispatch" if cell.kernel in {"noop", "square"} and cell.backend != "call" else "compute"
