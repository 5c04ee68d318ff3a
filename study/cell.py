"""One point of the plan, and the words both sides share. Standard library only: the bench side imports this too."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import total_ordering
from typing import TYPE_CHECKING, Literal

from study.things import APIS, BACKENDS, DEFAULT, KERNELS, PATTERNS, Sampling, backends, kernels

if TYPE_CHECKING:
    from study.things import NoiseClass, Variant

__all__ = [
    "DEFAULT",
    "Cell",
    "chunksize_of",
    "noise_class",
    "own_chunksize",
    "parts_of",
    "sampling_of",
    "under_one_name",
    "unit_of",
    "variant_of",
]

_SLUG = re.compile(r"[A-Za-z0-9_.\-]*\Z")


@total_ordering
@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One point of the plan: a pyperf benchmark. Identity and order are its canonical text.

    Attributes
    ----------
    pattern, kernel, backend : how tasks and processes relate, what one task does, who runs the tasks.
    start_method : how a process begins, `DEFAULT`, or '' where no process is started through multiprocessing.
    workers : processes or threads of the pool under study; 0 means the library's own default.
    tasks : tasks in one event.
    chunksize : tasks sent per dispatch; 0 means the library's own choice, and is what the plan writes where both are one.
    tasks_per_child : messages after which a worker ends and another takes its place; 0 means that workers live on.
    payload_bytes : bytes of the argument sent per task or message.
    result_bytes : bytes of the answer sent back per task.
    variant : a named variation of the pattern, such as 'unbuffered' output.
    api : which call hands the tasks out.
    channel : what carries a message.
    form : what the payload is made of.
    placement : where both sides of a message run.
    spins : iterations of the kernels whose length is chosen: the nominal grain.
    parent_bytes : memory that the parent holds and has touched before the event.
    library_threads : threads that a numerical library may use in each worker; 0 means 1, the study's default.
    part : which part of the event this benchmark times.
    label : '' except in A/A and injected arms.

    The words of each are the names of the records in `study.things`.
    """

    pattern: str
    kernel: str = kernels.NOOP.name
    backend: str = backends.CALL.name
    start_method: str = ""
    workers: int = 1
    tasks: int = 1
    chunksize: int = 0
    tasks_per_child: int = 0
    payload_bytes: int = 0
    result_bytes: int = 0
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


def variant_of(cell: Cell) -> Variant | None:
    """The record of the cell's variant; None where its pattern has none of that name."""
    pattern = PATTERNS.get(cell.pattern)
    return pattern.variants.get(cell.variant) if pattern else None


def own_chunksize(cell: Cell) -> int:
    """How many tasks the library sends in a message where nothing is chosen; 0 where that cannot be told or chosen.

    `multiprocessing.Pool` takes a quarter of a worker's share, rounded up; what does not chunk by itself sends one.
    """
    backend, api, pattern = BACKENDS.get(cell.backend), APIS.get(cell.api), PATTERNS.get(cell.pattern)
    if backend is None or api is None or pattern is None or "chunksize" not in pattern.uses:
        return 0
    if not backend.takes_chunksize or api.one_at_a_time or backend.package or not cell.workers:
        return 0
    return -(-cell.tasks // (4 * cell.workers)) if backend.chunks_itself and api.chunks_itself else 1


def chunksize_of(cell: Cell) -> int:
    """How many tasks go in a message; 0 where the library chooses and that cannot be told."""
    return cell.chunksize or own_chunksize(cell)


def under_one_name(cell: Cell) -> Cell:
    """The cell with what the library does by itself left unsaid: no event is measured under two names."""
    return replace(cell, chunksize=0) if cell.chunksize and cell.chunksize == own_chunksize(cell) else cell


def parts_of(cell: Cell) -> tuple[str, ...]:
    """The parts that one event of this cell's point is timed in; of a floor only the whole event can be."""
    pattern = PATTERNS[cell.pattern]
    return pattern.length if BACKENDS[cell.backend].kind == "floor" else tuple(pattern.parts)


def unit_of(cell: Cell) -> Literal["second", "byte"]:
    """What the values of the cell are."""
    return PATTERNS[cell.pattern].unit


def sampling_of(point: Cell, values: int, warmups: int, *, is_long: bool = False) -> Sampling:
    """How a point is sampled: as its variant or pattern says, else as the plan does; of a long event one value is enough."""
    variant, pattern = variant_of(point), PATTERNS.get(point.pattern)
    said = (variant and variant.sampling) or (pattern and pattern.sampling)
    planned = Sampling(1, 0, 0) if is_long else Sampling(values, warmups, 0)
    return said or planned


def noise_class(cell: Cell) -> NoiseClass:
    """Which noise class the cell belongs to."""
    pattern = PATTERNS[cell.pattern]
    if pattern.noise_class is not None:
        return pattern.noise_class
    handed_out = BACKENDS[cell.backend].kind != "loop"
    return "dispatch" if KERNELS[cell.kernel].next_to_nothing and handed_out else "compute"
