"""What a gate foretells, and how it shares values against processes: held against what then comes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from study import store
from study.gate.decided import standing
from study.gate.foretold import seconds_left
from study.gate.sharing import MOST_VALUES, best_values, parts_of, thinned
from study.run.looks import Event, Means
from study.run.seen_costs import Processes
from study.stats import sequential

GATE = store.GateRecord(
    base="b-base", head="h-head", again="b-base-again", limit=0.1, same=0.05, looks=list(sequential.LOOKS)
)
MARGINS = (GATE.same, GATE.limit)
CLOSE, MACHINES, MOSTLY = 0.25, 24, 0.75
"""How far off it may be, of how many machines, and how many of them it is not."""


def machine(rng: np.random.Generator, cells: int = 20, slower: float = 0.0) -> tuple[Means, list[Event]]:
    """Process means of a machine whose cells scatter by 2 to 12 %, every third slower; each cell an event of its own."""
    means: Means = {}
    events = []
    rounds = sequential.LOOKS[-1]
    for number in range(cells):
        cell = f"map kernel=spin spins={number + 1}"
        spread = float(rng.uniform(0.02, 0.12))
        for target, ratio in ((GATE.base, 1.0), (GATE.head, 1.0 + (slower if number % 3 == 0 else 0.0))):
            drawn = ratio * rng.lognormal(0.0, spread / math.sqrt(2.0), rounds)
            means[target, cell] = dict(enumerate(drawn.tolist()))
        events.append(Event((cell,), float(rng.uniform(0.8, 2.4))))
    return means, events


def needed_s(means: Means, events: list[Event], since: int) -> float:
    """Seconds that the events then take, from a look on."""
    took_s, done = 0.0, since
    for look in (look for look in sequential.LOOKS if look > since):
        settled = standing(means, GATE, done).settled
        took_s += math.fsum((look - done) * event.round_s for event in events if not settled.issuperset(event.cells))
        done = look
    return took_s


@pytest.mark.parametrize("slower", [0.0, 0.07, 0.3])
def test_the_first_look_foretells_what_it_will_take_within_a_quarter(slower: float) -> None:
    rng = np.random.default_rng(11)
    off = []
    for _ in range(MACHINES):
        means, events = machine(rng, slower=slower)
        begun_s = sequential.LOOKS[0] * math.fsum(event.round_s for event in events)
        left_s = seconds_left(standing(means, GATE, 10), GATE.looks, MARGINS, events, {})
        off.append((begun_s + left_s) / (begun_s + needed_s(means, events, 10)) - 1.0)
    assert np.mean(np.abs(off) <= CLOSE) >= MOSTLY
    assert abs(float(np.median(off))) < 0.1


def test_what_is_decided_needs_no_more_time_and_what_never_will_be_takes_all_rounds() -> None:
    means, events = machine(np.random.default_rng(1), cells=1)
    [(cell,), round_s] = events[0]
    means[GATE.head, cell] = {index: 2.0 * time for index, time in means[GATE.base, cell].items()}
    assert seconds_left(standing(means, GATE, 10), GATE.looks, MARGINS, events, {}) == 0.0
    means[GATE.head, cell] = {index: time * 3.0 ** (-1) ** index for index, time in means[GATE.base, cell].items()}
    left_s = seconds_left(standing(means, GATE, 10), GATE.looks, MARGINS, events, {})
    assert left_s == pytest.approx((sequential.LOOKS[-1] - 10) * round_s)


def test_less_scatter_to_come_is_less_time() -> None:
    means, events = machine(np.random.default_rng(4))
    stood = standing(means, GATE, 10)
    as_before, halved = (
        seconds_left(stood, GATE.looks, MARGINS, events, dict.fromkeys(stood.cells, times)) for times in (1.0, 0.5)
    )
    assert halved < as_before


CELL = "map kernel=spin spins=1"


def processes(within: float, between: float, around_s: float = 0.9, value_s: float = 0.1, pairs: int = 10) -> Processes:
    """Three values of each process of both arms."""
    rng = np.random.default_rng(2)
    arms = []
    for _ in range(2):
        levels = rng.normal(1.0, between, (pairs, 1))
        arms.append([tuple(row) for row in (levels + rng.normal(0.0, within, (pairs, 3))).tolist()])
    return Processes((CELL,), {CELL: arms}, around_s, value_s, 3)


def test_values_are_many_where_processes_are_alike_and_few_where_they_differ() -> None:
    open_cells = frozenset({CELL})
    assert best_values(processes(0.1, 0.0, pairs=500), open_cells) > 10
    assert best_values(processes(0.001, 0.1, pairs=500), open_cells) == 1
    assert 1 <= best_values(processes(0.1, 0.0, around_s=1e6), open_cells) <= MOST_VALUES


def test_values_are_the_optimum_for_parts_that_are_known() -> None:
    seen = processes(0.09, 0.03, pairs=5000)
    assert best_values(seen, frozenset({CELL})) == round(math.sqrt(0.9 / 0.1 * (0.09 / 0.03) ** 2))


def test_what_nothing_is_known_of_keeps_its_values() -> None:
    assert best_values(processes(0.1, 0.1), frozenset()) == 3
    assert best_values(processes(0.0, 0.0), frozenset({CELL})) == 3
    assert parts_of([[(1.0,)], [(1.0,)]]) is None


def test_what_both_arms_of_a_round_share_is_no_difference_between_processes() -> None:
    seen = processes(0.01, 0.0)
    drift = [1.0 + 0.1 * index for index in range(10)]
    moved = [
        [tuple(time * level for time in row) for row, level in zip(arm, drift, strict=True)] for arm in seen.times[CELL]
    ]
    parts = parts_of(moved)
    assert parts is not None
    assert parts.between < 1e-4


def test_more_values_thin_the_scatter_down_to_that_of_the_processes() -> None:
    seen = processes(0.06, 0.02, pairs=5000)
    before, after = 0.02**2 + 0.06**2 / 3, 0.02**2 + 0.06**2 / 12
    assert thinned(seen, {CELL: 12})[CELL] == pytest.approx(math.sqrt(after / before), rel=0.02)
