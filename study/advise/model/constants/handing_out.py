"""What handing out a chunk takes of the parent and of a worker: while nobody sleeps, and while workers are busy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.advise.model.constants.rounds import COPYING, constant, has_gil, less
from study.advise.model.fitted import fitted_to_nothing
from study.advise.model.job import NOTHING, Constants, Dispatch, Handed, Job, Missing, Start, Way
from study.cell import chunksize_of
from study.evidence import ANY, aligned
from study.evidence.summaries import cpu_seconds
from study.things import BACKENDS
from study.things.backends import CALL
from study.things.handing import HANDING
from study.things.kernels import NOOP, SPIN
from study.things.patterns import MAP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from study.evidence import CellData, Evidence

MANY_TASKS = 64
"""From so many tasks on the time of a map is that of handing them out."""
BUSY_S = 70e-6
"""Of a task: long enough that who waits for it falls asleep, short enough that handing it out is seen."""


class _PerChunk(NamedTuple):
    """Of one chunk handed out, round by round: wall seconds, and CPU seconds of all processes where they were counted."""

    wall_s: NDArray[np.float64]
    cpu_s: NDArray[np.float64] | None


def all_handed(evidence: Evidence, missing: list[Missing]) -> Iterator[tuple[str, Handed]]:
    """Every backend whose workers get messages, and what handing out through it takes."""
    for name in HANDING:
        if BACKENDS[name].kind in {"loop", "thread"}:
            continue
        words = f"what handing out a chunk through {BACKENDS[name].look.label} takes"
        saturated = _saturated(evidence, name)
        if saturated is None:
            missing.append(Missing(what=words, experiment=_experiment(name)))
            continue
        busy = _busy(evidence, name, saturated)
        if busy is None:
            missing.append(Missing(what=f"{words} while workers are busy", experiment="grain"))
        at_s, dispatch = busy or (BUSY_S, saturated)
        yield name, Handed(saturated=saturated, busy=dispatch, busy_s=at_s)


def _experiment(name: str) -> str:
    """The one that hands out tasks that do nothing; of other libraries none does it in chunks of a known size."""
    backend = BACKENDS[name]
    if backend.package:
        return ""
    return "q4-dispatch" if backend.kind == "process" else "q4-threads"


def _saturated(evidence: Evidence, name: str) -> Dispatch | None:
    """What a chunk takes whose tasks do nothing: the parent the wall time, a worker what CPU time there is beside it.

    Both scaled, so that the simulation, in which they overlap and share CPUs, gives the wall time.
    """
    cells = evidence.find(
        MAP.name,
        kernel=NOOP.name,
        backend=name,
        start_method=("", *COPYING),
        workers=evidence.usable_cpus,
        tasks=lambda tasks: tasks >= MANY_TASKS,
        chunksize=ANY,
    )
    told = [data for data in cells if chunksize_of(data.cell)] if BACKENDS[name].takes_chunksize else cells
    single = next((data for data in told if _chunk(data) == 1), None)
    if single is None:
        return None
    alike = [data for data in told if data.cell.tasks == single.cell.tasks]
    per_chunk = _per_chunk(single, max(alike, key=_chunk))
    parent_s = constant(per_chunk.wall_s)
    worker_s = NOTHING if per_chunk.cpu_s is None else constant(per_chunk.cpu_s - per_chunk.wall_s)
    return _as_simulated(evidence, single, Dispatch(parent_s=parent_s, worker_s=worker_s))


def _as_simulated(evidence: Evidence, single: CellData, dispatch: Dispatch) -> Dispatch:
    """The costs scaled until as many chunks take in the simulation what they took, over workers that live on."""
    cell = single.cell
    way = Way(backend=cell.backend, start_method=cell.start_method, workers=cell.workers, is_own=False)
    living = Start(workers=cell.workers, made_s=NOTHING, first_s=NOTHING)
    constants = Constants(
        cpus=evidence.usable_cpus,
        one_at_a_time=has_gil(evidence),
        handed={cell.backend: Handed(saturated=dispatch, busy=dispatch, busy_s=BUSY_S)},
        starts={(cell.backend, cell.start_method): living},
    )
    nothing = Job(items=cell.tasks, item_s=(0.0,))
    measured_s = dispatch.parent_s.value * cell.tasks
    if not measured_s:
        return dispatch
    return fitted_to_nothing(constants, nothing, way, measured_s).handed[cell.backend].saturated


def _chunk(data: CellData) -> int:
    """Tasks a message; where that cannot be told, one."""
    return chunksize_of(data.cell) or 1


def _messages(data: CellData) -> int:
    return -(-data.cell.tasks // _chunk(data))


def _per_chunk(single: CellData, large: CellData) -> _PerChunk:
    """Chunks of one less the same tasks in large chunks: what more chunks take. Where there is but one size, all of its time."""
    used = cpu_seconds(single)
    if _chunk(large) == 1:
        messages = _messages(single)
        return _PerChunk(single.means / messages, None if used is None else used.means / messages)
    more = _messages(single) - _messages(large)
    used_by_large = cpu_seconds(large)
    counted = None if used is None or used_by_large is None else less(used, used_by_large) / more
    return _PerChunk(less(single, large) / more, counted)


def _busy(evidence: Evidence, name: str, saturated: Dispatch) -> tuple[float, Dispatch] | None:
    """Seconds of a task, and what handing it out takes in chunks of one, beside the same tasks in a loop."""
    alone = evidence.find(MAP.name, kernel=SPIN.name, backend=CALL.name, tasks=ANY, spins=ANY)
    loops = {(data.cell.spins, data.cell.tasks): data for data in alone}
    cells = evidence.find(
        MAP.name,
        kernel=SPIN.name,
        backend=name,
        start_method=("", *COPYING),
        workers=ANY,
        tasks=ANY,
        spins=ANY,
        chunksize=ANY,
    )
    singles = [data for data in cells if _chunk(data) == 1 and (data.cell.spins, data.cell.tasks) in loops]
    if not singles:
        return None
    fewest = min(data.cell.workers for data in singles)
    pairs = [(data, loops[data.cell.spins, data.cell.tasks]) for data in singles if data.cell.workers == fewest]
    pool, loop = min(pairs, key=lambda pair: abs(math.log(_task_s(pair[1]) / BUSY_S)))
    return _task_s(loop), _divided(pool, loop, saturated)


def _task_s(loop: CellData) -> float:
    return float(loop.means.mean()) / loop.cell.tasks


def _divided(pool: CellData, loop: CellData, saturated: Dispatch) -> Dispatch:
    """What a task takes beside its work, of parent and worker.

    Of one worker the wall time beside its work is the worker's, and what CPU time there is beyond that the parent's. Of several
    workers, CPU time or wall time times workers is everybody's; it is divided as where tasks do nothing.
    """
    both_s = aligned([pool, loop]) / pool.cell.tasks
    used, alone = cpu_seconds(pool), cpu_seconds(loop)
    counted_s = None if used is None or alone is None else less(used, alone) / pool.cell.tasks
    if pool.cell.workers == 1 and counted_s is not None:
        worker_s = np.maximum(both_s[:, 0] - both_s[:, 1], 0.0)
        return Dispatch(parent_s=constant(counted_s - worker_s), worker_s=constant(worker_s))
    whole_s = pool.cell.workers * both_s[:, 0] - both_s[:, 1] if counted_s is None else counted_s
    of_both_s = saturated.parent_s.value + saturated.worker_s.value
    part = saturated.parent_s.value / of_both_s if of_both_s > 0.0 else 0.5
    return Dispatch(parent_s=constant(whole_s * part), worker_s=constant(whole_s * (1.0 - part)))
