"""Outcomes that are not times, by the law: orders of lines, CPU time, what was seen of the child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.cell import FLOOR_PARTS
from study.simulate.law import parallelism

if TYPE_CHECKING:
    from numpy.random import Generator

    from study.cell import Cell
    from study.simulate.law import Law

_SWAPPED_ORDERS = ("2134", "1324", "1243")


def draw(cell: Cell, law: Law, trials: int, elapsed_s: float, rng: Generator) -> dict[str, int]:  # noqa: PLR0911 - one a pattern
    """Outcomes of `trials` events that took `elapsed_s` together: name -> count, summed over the events."""
    if cell.pattern == "process_lifecycle" and cell.backend in FLOOR_PARTS:
        return {"trials": trials}
    if cell.pattern == "program_lifecycle":
        return {"trials": trials} | ({"preloaded": trials} if cell.variant == "preload" else {})
    if cell.pattern == "process_lifecycle":
        shared_memory = cell.backend == "threads"
        return {
            "trials": trials,
            "start_returned_before_child": int(rng.binomial(trials, law.late_child_share)),
            "child_done_before_join_returned": trials,
            "child_change_seen": trials if shared_memory else 0,
        }
    if cell.pattern == "pool_lifecycle":
        return {"trials": trials, "right_in_order": trials}
    if cell.pattern == "pool_as_shipped":
        usable = 1 if cell.variant == "one_cpu" else law.cpus
        counted = {"pool_workers": trials * law.cpus, "usable_cpus": trials * usable}
        return {"trials": trials, "right_in_order": trials, **counted}
    if cell.pattern == "capacity":
        return {"trials": trials, "late_starts": 0}
    if cell.pattern == "four_printers":
        return _printers(law, trials, rng)
    if cell.pattern == "map" and cell.backend in {"call", "threads", "thread_executor"}:
        busy = 0.0 if cell.kernel == "sleep" else parallelism(cell, law)
        return {"cpu_time_us": round(elapsed_s * busy * 1e6), "elapsed_us": round(elapsed_s * 1e6)}
    return {}


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
