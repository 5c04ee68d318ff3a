"""`--verify`: the loop and the best ways run in full, in turns, each in a fresh process, beside what was foretold of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from study.advise.asking import START_S
from study.advise.refusing import check
from study.errors import StudyError
from study.things import BACKENDS
from study.things.written import WRITTEN
from study.units import counted, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.advise.asking import Asker
    from study.advise.model.choice import Answer
    from study.advise.model.job import Predicted, Way
    from study.advise.wish import AdviseWish

BEST = 2
"""Ways beside the loop."""
ROUNDS = 4
LONGEST_S = 120.0
"""For all rounds as they are foretold: where jobs are longer there are fewer rounds, but one."""
PATIENCE = 10.0
"""Times what is foretold: then a way is ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One way, foretold and measured.

    Attributes
    ----------
    times_s, cpu_s : of each round, from nothing to all results, workers started and ended.
    reason : why it could not be measured, '' where it could.
    """

    foretold: Predicted
    times_s: tuple[float, ...]
    cpu_s: tuple[float, ...]
    reason: str = ""

    @property
    def measured_s(self) -> float | None:
        """The median of the rounds; None where there is none."""
        return median(self.times_s) if self.times_s else None


def verify(
    asker: Asker, wish: AdviseWish, answer: Answer, done: Mapping[str, Any], say: Callable[[str], None]
) -> tuple[Verified, ...]:
    """Run the loop and the best ways. What fails in a way is told of that way, and ends none of the others."""
    ways = chosen(answer)
    round_s = sum(foretold.seconds for foretold in ways)
    rounds = max(1, min(ROUNDS, int(LONGEST_S // max(round_s, 1e-9))))
    say(f"  {counted(len(ways), 'way')} in full, {counted(rounds, 'round')}: about {duration(rounds * round_s)}")
    times: dict[Way, list[tuple[float, float]]] = {foretold.way: [] for foretold in ways}
    reasons: dict[Way, str] = {}
    shuffled = random.Random(0)
    for _ in range(rounds):
        order = [foretold for foretold in ways if foretold.way not in reasons]
        shuffled.shuffle(order)
        for foretold in order:
            try:
                found = once(asker, wish, foretold.way, foretold.seconds, done)
            except StudyError as error:
                reasons[foretold.way] = str(error)
            else:
                times[foretold.way].append((float(found["wall_s"]), float(found["cpu_s"])))
    return tuple(
        Verified(
            foretold=foretold,
            times_s=tuple(wall_s for wall_s, _ in times[foretold.way]),
            cpu_s=tuple(cpu_s for _, cpu_s in times[foretold.way]),
            reason=reasons.get(foretold.way, ""),
        )
        for foretold in ways
    )


def chosen(answer: Answer) -> list[Predicted]:
    """The loop, the way to take, and the fastest others up to `BEST` beside the loop."""
    found = [answer.loop]
    for foretold in (answer.picked, *answer.ways):
        if foretold.way not in {known.way for known in found} and len(found) <= BEST:
            found.append(foretold)
    return found


def order_of(way: Way) -> dict[str, Any]:
    """A way as the probe's orders name it. A chunk size that the library takes by itself is not said."""
    written = WRITTEN[way.backend]
    return {
        "backend": way.backend,
        "shape": written.shape,
        "made": written.made,
        "method": way.start_method,
        "workers": way.workers,
        "chunksize": 0 if way.is_own else way.chunksize,
    }


def once(asker: Asker, wish: AdviseWish, way: Way, foretold_s: float, done: Mapping[str, Any]) -> Mapping[str, Any]:
    """One whole job in a fresh process: its wall and CPU seconds.

    Raises
    ------
    FunctionError
        if it fails in this way, or takes `PATIENCE` times as long as was foretold.
    """
    known_s = float(done["import_s"]) + float(done["items_s"]) + float(done["first_s"])
    inside = BACKENDS[way.backend].needs_interpreters
    heard = asker.ask(
        "way",
        {"way": order_of(way), "called_before": True},
        deadline_s=START_S + 10.0 * known_s + PATIENCE * foretold_s,
        path=str(wish.folder) if inside else "",
    )
    return check(heard, wish)
