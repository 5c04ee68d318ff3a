"""How tasks and processes relate. A session is one pattern at one point: set up, checked, repeated, torn down."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import fields

from study.bench.errors import UnsupportedCellError, WrongAnswerError
from study.things import PATTERNS
from study.things.labels import INJECTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.bench.kernels import Kernel
    from study.cell import Cell

ALWAYS_USED = {"pattern", "backend", "start_method", "variant", "part", "label"}


class Session:
    """One pattern at one point.

    `event` does the event `loops` times and gives the seconds of each part, summed; what it does besides (looking at
    answers, reading pipes) is not in those seconds. It raises where an answer is wrong.

    Attributes
    ----------
    look_first : whether `check` does the event before any is timed; not where it is long, or is done for its length alone:
        every event looks at its own answers.
    record : what is known of the pattern: the backends and variants it exists for, the fields of a cell that it uses.
    outcomes : integer outcomes counted so far.
    """

    def __init__(self, cell: Cell) -> None:
        """Refuse what the pattern cannot do: a factor that changes nothing would be measured twice under two names."""
        self.cell = cell
        self.look_first = True
        self.outcomes: dict[str, int] = {}
        self.resources = ExitStack()
        self.record = PATTERNS[cell.pattern]
        _one_of(cell, "backend", self.record.backends)
        _one_of(cell, "variant", tuple(self.record.variants))
        if self.record.unit == "byte" and cell.label == INJECTED.name:
            raise UnsupportedCellError(f"{cell.text!r}: what is read once has no operations to miscount")
        for field in fields(cell):
            if field.name in ALWAYS_USED or field.name in self.record.uses:
                continue
            if getattr(cell, field.name) != field.default:
                raise UnsupportedCellError(f"{cell.text!r}: pattern {cell.pattern!r} has no {field.name}; leave it out")

    def set_up(self) -> None:
        """Make what lives longer than one event; whatever must end is put on `resources`."""

    def check(self) -> None:
        """Do the event once and look at every answer before anything is timed, if it is worth its time."""
        if self.look_first:
            self.event(1)

    def event(self, loops: int) -> dict[str, float]:
        """Do the event `loops` times: part -> seconds, summed."""
        raise NotImplementedError

    def tear_down(self) -> None:
        """End and wait for everything that was started."""
        self.resources.close()

    def count(self, name: str, amount: int = 1) -> None:
        """Add to an outcome."""
        self.outcomes[name] = self.outcomes.get(name, 0) + amount


def _one_of(cell: Cell, name: str, possible: tuple[str, ...]) -> None:
    if getattr(cell, name) not in possible:
        raise UnsupportedCellError(
            f"{cell.text!r}: {name} {getattr(cell, name)!r} does not exist for pattern {cell.pattern!r};"
            f" possible: {', '.join(map(repr, possible))}"
        )


def seconds(**parts_ns: int) -> dict[str, float]:
    """Nanoseconds of each part -> seconds."""
    return {part: elapsed_ns / 1e9 for part, elapsed_ns in parts_ns.items()}


def compare(
    cell: Cell, kernel: Kernel, arguments: Sequence[int], answers: Sequence[object], *, in_order: bool = True
) -> None:
    """Raise unless every answer is right, each there once, and in order where the call keeps it."""
    expected = [kernel.expected(argument) for argument in arguments]
    if list(answers) != expected and (in_order or not _the_same(answers, expected)):
        raise WrongAnswerError(f"{cell.text!r} answered {_short(answers)}; right is {_short(expected)}")


def _the_same(answers: Sequence[object], expected: Sequence[object]) -> bool:
    """Whether both have the same elements, each as often, in whatever order."""
    left = list(expected)
    for answer in answers:
        if answer not in left:
            return False
        left.remove(answer)
    return not left


def _short(answers: Sequence[object]) -> str:
    text = repr(list(answers))
    return text if len(text) <= 200 else f"{text[:200]}…"
