"""Outcomes that are not times, by the law: orders of lines, CPU time, what was seen of the child."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.counts import outcomes_of
from study.lab.simulate.law import parallelism, true_time_s
from study.lab.simulate.trials import TRIED
from study.things import BACKENDS, KERNELS, PATTERNS
from study.things.programs import WRITTEN
from study.things.variants import BUFFERED, ONE_CPU, PRELOAD_LAZILY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

    from study.cell import Cell
    from study.lab.simulate.law import Law

_ALL_ITEMS, _BUFFERED_ITEMS = 10_000, 9
_SWAPPED_ORDERS = ("2134", "1324", "1243")


@dataclass(frozen=True, slots=True)
class _Events:
    """`trials` events of a cell, which took `elapsed_s` together."""

    cell: Cell
    law: Law
    trials: int
    elapsed_s: float
    rng: Generator


def draw(cell: Cell, law: Law, trials: int, elapsed_s: float, rng: Generator) -> dict[str, int]:
    """Outcomes of `trials` events that took `elapsed_s` together: name -> count, summed over the events."""
    if PATTERNS[cell.pattern].law == "printers":
        return _printers(law, trials, rng)
    if (ends := TRIED.get(cell.pattern)) is not None:
        came = {"trials", *ends(cell, law)}
        return {name: trials * (name in came) for name in outcomes_of(cell)}
    events = _Events(cell, law, trials, elapsed_s, rng)
    return {name: _DRAWN.get(name, _every_time)(events) for name in outcomes_of(cell)}


def _every_time(events: _Events) -> int:
    """Count what happens in each event."""
    return events.trials


def _late_children(events: _Events) -> int:
    return int(events.rng.binomial(events.trials, events.law.late_child_share))


def _changes_seen(events: _Events) -> int:
    return events.trials if BACKENDS[events.cell.backend].kind == "thread" else 0


def _pool_workers(events: _Events) -> int:
    return events.trials * events.law.cpus


def _usable_cpus(events: _Events) -> int:
    return events.trials * (1 if events.cell.variant == ONE_CPU.name else events.law.cpus)


def _preloaded(events: _Events) -> int:
    return 0 if events.cell.variant == PRELOAD_LAZILY.name else events.trials


def _late_starts(events: _Events) -> int:
    del events
    return 0


def _cpu_time_us(events: _Events) -> int:
    busy = 0.0 if KERNELS[events.cell.kernel].waits else parallelism(events.cell, events.law)
    return round(events.elapsed_s * busy * 1e6)


def _tree_cpu_us(events: _Events) -> int:
    return round(events.trials * true_time_s(replace(events.cell, part="cpu"), events.law) * 1e6)


def _program_us(events: _Events) -> int:
    return round(events.trials * true_time_s(replace(events.cell, part="total"), events.law) * 1e6)


def _items(events: _Events) -> int:
    return events.trials * (_BUFFERED_ITEMS if events.cell.variant == BUFFERED.name else _ALL_ITEMS)


def _of_a_source(events: _Events) -> int:
    """A pool's program is shorter; the others are as long as the one with threads."""
    return events.trials * (10 if BACKENDS[events.cell.backend].hands_out else 20)


def _of_threads(events: _Events) -> int:
    return events.trials * 20


def _elapsed_us(events: _Events) -> int:
    return round(events.elapsed_s * 1e6)


_DRAWN: Mapping[str, Callable[[_Events], int]] = MappingProxyType(
    {
        "start_returned_before_child": _late_children,
        "child_change_seen": _changes_seen,
        "pool_workers": _pool_workers,
        "usable_cpus": _usable_cpus,
        "preloaded": _preloaded,
        "late_starts": _late_starts,
        "cpu_time_us": _cpu_time_us,
        "elapsed_us": _elapsed_us,
        **dict.fromkeys(WRITTEN, _of_a_source),
        **{f"thread_{what}": _of_threads for what in WRITTEN},
        "items_first": _items,
        "items_later": _items,
        "tree_cpu_us": _tree_cpu_us,
        "program_us": _program_us,
    }
)
"""Outcome -> its count; the others happen in each event."""


def _printers(law: Law, trials: int, rng: Generator) -> dict[str, int]:
    """Orders of the four lines among the events whose lines are whole."""
    torn = int(rng.binomial(trials, law.torn_share))
    swapped = int(rng.binomial(trials - torn, law.swapped_share))
    counts = {
        "trials": trials,
        "in_order": trials - torn - swapped,
        "lines_whole": trials - torn,
        "torn_events": torn,
        "closing_line_last": trials,
        "order_1234": trials - torn - swapped,
    }
    shares = [1.0 / len(_SWAPPED_ORDERS)] * len(_SWAPPED_ORDERS)
    for order, count in zip(_SWAPPED_ORDERS, rng.multinomial(swapped, shares), strict=True):
        counts[f"order_{order}"] = int(count)
    return counts
