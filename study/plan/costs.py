"""What each point costs, as calibrated: its loops, how its events are taken, and the seconds that it adds to a process."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from study.cell import Cell, sampling_of
from study.config import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from study.plan.expansion import Curve

VALUES, WARMUPS, MIN_TIME_S = 2, 1, 0.08
"""The plan of one process, fixed: at least 82 % as efficient as the Kalibera-Jones optimum in every class of the runs it was
chosen on (three values: 67 %, one: 78 %). `nox -s selfbench` holds it against the newest run."""
LONG_EVENT_S = 0.2
"""An event of more is one value, without a warm-up, and is not done beforehand either."""


class PointCost(NamedTuple):
    """Of one point: its loops, the seconds of an event, of all that is around its events, and of its process besides."""

    loops: int
    event_s: float
    around_s: float
    start_s: float

    @property
    def is_long(self) -> bool:
        """Whether one event is so long that it is done once."""
        return self.event_s > LONG_EVENT_S

    def seconds(self, point: Cell) -> float:
        """What the point adds to a process that measures it: where it is not long, its check does the event once more."""
        sampling = sampling_of(point, VALUES, WARMUPS, is_long=self.is_long)
        events = (sampling.values + sampling.warmups) * self.loops + (not self.is_long)
        return self.around_s + events * self.event_s


Costs = dict[tuple[str, Cell], PointCost]
"""(Target, point) -> its cost."""


class Cost(NamedTuple):
    """What one process of a curve takes; of its points, by their text, the loops, which are long, and seconds of an event."""

    process_s: float
    loops: Mapping[str, int]
    long: tuple[str, ...]
    event_s: Mapping[str, float] = MappingProxyType({})


def cost_of(curve: Curve, costs: Mapping[tuple[str, Cell], PointCost]) -> Cost:
    """The cost of a process that measures these points and no other; each of them must be known."""
    points = {point: costs[curve.target, point] for point in curve.points}
    start_s = max(cost.start_s for cost in points.values())
    return Cost(
        process_s=start_s + math.fsum(cost.seconds(point) for point, cost in points.items()),
        loops={point.text: cost.loops for point, cost in points.items()},
        long=tuple(point.text for point, cost in points.items() if cost.is_long),
        event_s={point.text: cost.event_s for point, cost in points.items()},
    )


def round_s(curves: Iterable[Curve], costs: Mapping[tuple[str, Cell], PointCost]) -> float:
    """Seconds of an average round: a curve counts by the share of the rounds that it takes part in."""
    return math.fsum(curve.rounds / ROUNDS * cost_of(curve, costs).process_s for curve in curves)
