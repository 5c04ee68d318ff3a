"""Which resource holds a way up, in closed form: arithmetic on the figures of the way and nothing else, no loop over items.

A chain of stages takes as long as its slowest stage, and as long as the first and the last chunk take through the others:

    T = start + max(fill + workers + drain, parent + chunk, pipes + chunk, CPUs) + placement + end

parent: pickling, unpickling and bookkeeping of all chunks, which take turns under one GIL, less what is done before workers
are ready. pipes: each pipe carries one large message at a time, and stands still while the parent's other thread pickles.
CPUs: all CPU time by all CPUs. workers: the last worker under list scheduling, at least a whole round of chunks for each round
that is begun.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.advise.model.job import Shares

if TYPE_CHECKING:
    from study.advise.model.figures import Figures
    from study.advise.model.job import Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What each resource alone asks for, and what follows.

    Attributes
    ----------
    seconds : from nothing to the end.
    start_s : until workers work, and from the last result on.
    fill_s, drain_s : the first chunk to a worker, and the last result back.
    parent_s, pipes_s, cpus_s, workers_s : of each resource alone, for all chunks.
    bound : the largest of them, or the start where that takes longer than all else.
    """

    seconds: float
    start_s: float
    fill_s: float
    drain_s: float
    parent_s: float
    pipes_s: float
    cpus_s: float
    workers_s: float
    bound: Bound


def closed_form(way: Figures) -> Bounds:
    """The bounds of one way, and its time by them."""
    half_s = way.parent_s / 2.0
    fill_s = half_s + way.chunk * way.dump_argument_s + way.argument_transfer_s
    drain_s = half_s + way.chunk * way.load_result_s + way.result_transfer_s
    there_s = way.chunks * half_s + way.items * way.dump_argument_s
    back_s = way.chunks * half_s + way.items * way.load_result_s
    parent_s = there_s + back_s if way.one_at_a_time else max(there_s, back_s)
    moved_s = way.chunks * max(way.argument_transfer_s, way.result_transfer_s)
    pipes_s = parent_s + moved_s if moved_s > 0.0 else 0.0
    around_s = way.worker_s + way.chunk * (way.load_argument_s + way.dump_result_s)
    chunk_s = around_s + way.chunk * item_in_worker_s(way)
    rounds = math.ceil(way.chunks / way.workers)
    workers_s = way.cold_s + max(
        rounds * chunk_s + (rounds - 1) * way.lag_s, around_s + way.longest_s * _stretched(way)
    )
    cpus_s = working_cpu_s(way) / way.cpus
    reached_s = max(way.made_s + fill_s, way.first_s + way.each_s * (way.workers - 1) / 2.0)
    early_s = min(_chunks_early(way) * (half_s + way.chunk * way.dump_argument_s), reached_s - way.made_s)
    from_first_s: dict[Bound, float] = {
        "parent": parent_s + chunk_s - early_s,
        "pipes": pipes_s + chunk_s - fill_s if pipes_s > 0.0 else 0.0,
        "CPUs": cpus_s - (early_s + way.argument_transfer_s) / way.cpus,
        "workers": workers_s + drain_s,
    }
    longest = max(from_first_s, key=lambda bound: from_first_s[bound])
    start_s = reached_s - fill_s + way.placement_s + way.end_s
    seconds = reached_s + from_first_s[longest] + way.placement_s + way.end_s
    return Bounds(
        seconds=seconds,
        start_s=start_s,
        fill_s=fill_s,
        drain_s=drain_s,
        parent_s=parent_s,
        pipes_s=pipes_s,
        cpus_s=cpus_s,
        workers_s=workers_s,
        bound="start" if start_s > seconds - start_s else longest,
    )


def shares_of(way: Figures, found: Bounds) -> Shares:
    """Where the seconds go by the bounds: they are parted as a worker has them on average, and add up to the time.

    What is neither start nor items nor a last round that not all workers have is shared by handing out and transport in
    proportion of their work on either side.
    """
    left_s = found.seconds - found.start_s
    work_s = min(left_s, way.items * item_in_worker_s(way) / way.workers)
    around_s = way.worker_s + way.lag_s + way.chunk * (way.load_argument_s + way.dump_result_s)
    share_s = way.chunks * (around_s + way.chunk * item_in_worker_s(way)) / way.workers
    idle_s = min(left_s - work_s, max(0.0, found.workers_s - way.cold_s - share_s))
    handed_s = way.chunks * (way.parent_s + way.worker_s)
    carried_s = way.items * (way.dump_argument_s + way.load_argument_s + way.dump_result_s + way.load_result_s)
    carried_s += way.chunks * (way.argument_transfer_s + way.result_transfer_s)
    rest_s = left_s - work_s - idle_s
    transport_s = rest_s * carried_s / (handed_s + carried_s) if carried_s > 0.0 else 0.0
    return Shares(
        start_s=found.start_s,
        dispatch_s=rest_s - transport_s,
        transport_s=transport_s,
        work_s=work_s,
        imbalance_s=idle_s,
    )


def _chunks_early(way: Figures) -> float:
    """How many chunks the parent can have pickled when no worker is ready yet: what a pipe holds or may hold; one at least."""
    if way.argument_transfer_s > 0.0:
        return 1.0
    held = way.pipe_bytes / way.argument_bytes if way.argument_bytes > 0.0 else float(way.chunks)
    allowed = float(way.workers + way.ahead) if way.ahead >= 0 else float(way.chunks)
    return max(1.0, min(float(way.chunks), held, allowed))


def _stretched(way: Figures) -> float:
    """An item's time beside other workers ÷ alone: its waiting takes as long as ever."""
    return way.slowed * (1.0 - way.waits) + way.waits


def item_in_worker_s(way: Figures) -> float:
    """Seconds of an item while the other workers work."""
    return way.item_s * _stretched(way)


def working_cpu_s(way: Figures) -> float:
    """CPU seconds of all processes between start and end."""
    carried_s = way.dump_argument_s + way.load_argument_s + way.dump_result_s + way.load_result_s
    return (
        way.items * (way.item_s * way.slowed * (1.0 - way.waits) + carried_s)
        + way.chunks * (way.parent_s + way.worker_s + way.argument_transfer_s + way.result_transfer_s)
        + min(way.workers, way.chunks) * way.cold_s
    )


def cpu_s(way: Figures) -> float:
    """CPU seconds of all processes, from nothing to the end."""
    return working_cpu_s(way) + way.made_s + way.workers * way.boot_s + way.end_s
