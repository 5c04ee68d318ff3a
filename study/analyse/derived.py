"""Speedups, break-even points and printed orders of one run, from its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling, stats
from study.cell import PEERS, Cell
from study.findings import BreakEven, Estimate, Orders, OrderSeen, Scaling
from study.gate import OVERHEAD_KERNELS
from study.names import cell_name
from study.table import CellData, paired

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_CAPACITY = "what independent processes achieve together was not measured for this kernel and this many workers"
CAPACITY_TASKS = 4
"""Tasks of each worker in the cells that measure capacity."""


def _absent(unit: str, reason: str) -> Estimate:
    return Estimate(point=None, low=None, high=None, n=0, unit=unit, estimand="average", method="", reason=reason)  # type: ignore[arg-type]


def scaling_of(cells: Mapping[tuple[str, str], CellData], target: str, usable_cpus: int) -> tuple[Scaling, ...]:
    """Strong scaling of every kernel that does work, against the plain loop over the same tasks."""
    found = []
    for (name, _), data in sorted(cells.items(), key=lambda item: (item[0][0], _scaling_order(item[1].cell))):
        cell = data.cell
        if name != target or cell.pattern != "map" or cell.backend == "call" or cell.label:
            continue
        if cell.kernel in OVERHEAD_KERNELS or cell.chunksize or cell.variant or cell.api or cell.library_threads:
            continue
        base = cells.get((target, Cell(pattern="map", kernel=cell.kernel, tasks=cell.tasks).text))
        if base is None:
            continue
        a, b = paired(base, data)
        speed = scaling.speedup(a, b)
        oversubscribed = cell.workers > usable_cpus
        efficiency = scaling.efficiency(speed.ratio, cell.workers)
        fraction = scaling.karp_flatt(speed.ratio, cell.workers)
        if oversubscribed:
            why = f"{cell.workers} workers share {usable_cpus} CPUs: a number per worker means nothing there"
            efficiency, fraction = _absent("share", why), _absent("share", why)
        found.append(
            Scaling(
                target=target,
                kernel=cell.kernel,
                backend=cell.backend,
                start_method=cell.start_method,
                workers=cell.workers,
                oversubscribed=oversubscribed,
                base_s=stats.average(base.means, "s"),
                elapsed_s=stats.average(data.means, "s"),
                speedup=speed.ratio,
                efficiency=efficiency,
                karp_flatt=fraction,
                capacity=_capacity(cells, target, cell),
            )
        )
    return tuple(found)


def _capacity(cells: Mapping[tuple[str, str], CellData], target: str, cell: Cell) -> Estimate:
    """What as many independent processes achieve together, of one alone."""
    alone, together = (
        cells.get(
            (
                target,
                Cell(
                    pattern="capacity", kernel=cell.kernel, backend="processes", start_method="fork", workers=workers,
                    tasks=CAPACITY_TASKS, part="busy",
                ).text,
            )
        )
        for workers in (1, cell.workers)
    )  # fmt: skip
    if alone is None or together is None or cell.workers == 1:
        return _absent("ratio", NO_CAPACITY)
    return scaling.capacity(*paired(alone, together), cell.workers)


def _scaling_order(cell: Cell) -> tuple[str, str, str, int]:
    return cell.kernel, cell.backend, cell.start_method, cell.workers


def break_even_of(cells: Mapping[tuple[str, str], CellData], target: str, usable_cpus: int) -> tuple[BreakEven, ...]:
    """How long a task must be before a pool or a process per task catches up with a plain loop.

    No more workers than there are usable CPUs share the work, however many there are.
    """
    found = []
    for (name, _), data in sorted(cells.items()):
        cell = data.cell
        if name != target or cell.label or cell.part != "total" or cell.workers == 0 or cell.backend == "call":
            continue
        overhead = cell.kernel in OVERHEAD_KERNELS and cell.pattern in {"pool_lifecycle", "process_per_task", "map"}
        plain = cell.chunksize in {0, 1} and not (cell.api or cell.variant)  # other calls are the topic dispatch's
        if not overhead or not plain or cell.backend in {"threads", "thread_executor", *PEERS}:
            continue
        spent = stats.average(data.means, "s")
        found.append(
            BreakEven(
                target=target,
                name=_break_even_name(cell),
                tasks=cell.tasks,
                workers=cell.workers,
                grain_s=scaling.break_even_grain(spent, cell.tasks, min(cell.workers, usable_cpus)),
                assumption="the workers share the tasks evenly and do not slow each other down: at best this soon",
            )
        )
    return tuple(found)


def _break_even_name(cell: Cell) -> str:
    if cell.pattern == "pool_lifecycle":
        return f"a pool made for the occasion and closed again, under {cell.start_method}"
    if cell.pattern == "process_per_task":
        return f"a process for each task, under {cell.start_method}"
    return f"a pool that is already running: {cell_name(cell)}"


def orders_of(cells: Mapping[tuple[str, str], CellData], target: str) -> tuple[Orders, ...]:
    """How often each order of the four printed lines was seen."""
    found = []
    for (name, _), data in sorted(cells.items()):
        cell = data.cell
        if name != target or cell.pattern != "four_printers" or cell.label:
            continue
        totals = data.totals
        trials = totals["trials"]
        prefix = "order_"
        seen = [
            OrderSeen(order=key.removeprefix(prefix), times=hits, share=_share(data, key, seen_only=True))
            for key, hits in totals.items()
            if key.startswith(prefix) and hits
        ]
        found.append(
            Orders(
                target=target,
                name=cell_name(cell),
                start_method=cell.start_method,
                variant=cell.variant,
                trials=trials,
                orders=tuple(sorted(seen, key=lambda one: (-one.times, one.order))),
                in_order=_share(data, "in_order"),
                torn=_share(data, "torn_events"),
                closing_line_last=_share(data, "closing_line_last"),
            )
        )
    return tuple(found)


def _share(data: CellData, outcome: str, *, seen_only: bool = False) -> Estimate:
    """Share of trials with this outcome; one that is counted only when seen is 0 where it was not."""
    pairs = [(each.get(outcome, 0), each["trials"]) for each in data.outcomes if each.get("trials")]
    if not pairs or not (seen_only or any(outcome in each for each in data.outcomes)):
        return _absent("share", f"the outcome {outcome} was not recorded")
    if not all(0 <= hits <= trials for hits, trials in pairs):
        return _absent("share", f"in one process there were more {outcome} than trials")
    return stats.share_of_processes([hits for hits, _ in pairs], [trials for _, trials in pairs])
