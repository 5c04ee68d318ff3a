"""Forms of how sure it is. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from study.forms.base import Form

if TYPE_CHECKING:
    from study.findings import Estimate
    from study.forms.base import Number
    from study.things import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two of a kind, one divided by the other. `truth` is what the ratio really is, where that was put in."""

    name: str
    look: Look
    ratio: Estimate
    truth: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal(Form):
    """Equal or not: a dot and its interval against "equal", the widest first; what was put in stands below, apart."""

    heads: ClassVar[tuple[str, ...]] = ("pair",)
    pairs: tuple[Pair, ...]

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every ratio."""
        return tuple(((pair.name,), pair.ratio) for pair in self.pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One row of a strip: a number of each round, and their average; `shown` is the run that the report is about."""

    name: str
    rounds: tuple[float, ...]
    average: Estimate
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip(Form):
    """Runs and rounds: a dot each, a bar for the average, one row for a sitting; the interval of the run shown is a band."""

    heads: ClassVar[tuple[str, ...]] = ("sitting",)
    look: Look
    sittings: tuple[Sitting, ...]
    y_label: str = ""

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every average."""
        return tuple(((sitting.name,), sitting.average) for sitting in self.sittings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What came of a promise: how often it was kept, with the exact interval, and what the counts say of it."""

    label: str
    found: Estimate
    outcome: Literal["kept", "broken", "not shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Promises of one kind: what is said, on which side of which share it is kept, and from where to where the axis goes."""

    name: str
    words: str
    at: float
    side: Literal["at least", "at most"]
    ends: tuple[float, float]
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates(Form):
    """Rates against promises: a dot and the exact interval each, the kept side tinted, the promise a line."""

    heads: ClassVar[tuple[str, ...]] = ("promise", "of what")
    promises: tuple[Promise, ...]

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every rate."""
        return tuple(((promise.name, rate.label), rate.found) for promise in self.promises for rate in promise.rates)
