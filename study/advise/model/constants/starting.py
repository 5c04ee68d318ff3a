"""What workers take to start and to end, what their parent's memory adds, what they lose at first, and their own memory."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from study.advise.model.constants.rounds import COPYING, constant, ends, less
from study.advise.model.job import NOTHING, Constant, Missing, Start
from study.evidence import ANY, aligned
from study.things import BACKENDS, START_METHODS
from study.things.backends import INTERPRETERS, POOL, PROCESSES, THREADS
from study.things.handing import HANDING
from study.things.kernels import SPIN
from study.things.patterns import MAP, MEMORY, POOL_LIFECYCLE, PROCESS_LIFECYCLE
from study.things.variants import MADE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from study.evidence import CellData, Evidence
    from study.things import Kind

PLACED_S = 17e-3
"""Of a job: long enough that workers that share a CPU at first are seen, short enough that this is not drowned."""
_PARTS = ("create", "first_map", "warm_map", "close_join")
_ALONE: Mapping[Kind, str] = MappingProxyType(
    {"process": PROCESSES.name, "thread": THREADS.name, "interpreter": INTERPRETERS.name}
)
"""Kind of a backend -> who starts one worker of that kind alone."""


def all_starts(evidence: Evidence, missing: list[Missing]) -> Iterator[tuple[tuple[str, str], Start]]:
    """Every backend that has workers and every start method of it, and how they start and end."""
    for name in HANDING:
        backend = BACKENDS[name]
        if backend.kind == "loop":
            continue
        for method in tuple(START_METHODS) if backend.takes_start_method else ("",):
            start = _start(evidence, name, method)
            if start is not None:
                yield (name, method), start
            elif backend.kind != "thread":
                words = " under ".join(filter(None, (backend.look.label, method)))
                what = f"what the workers of {words} take to start"
                missing.append(Missing(what=what, experiment=_experiment(name)))


def _experiment(name: str) -> str:
    backend = BACKENDS[name]
    if backend.package:
        return "start-peers"
    return "q5-start-methods" if backend.chunks_itself else "start-pools"


def _start(evidence: Evidence, name: str, method: str) -> Start | None:
    """From the parts of a pool's life: the first map less one of a warm pool is what was waited for until all were ready."""
    parts = _parts(evidence, name, method)
    if parts is None:
        return None
    made_s, first_map_s, warm_map_s, end_s = parts
    workers = evidence.usable_cpus
    each_s = _each_s(evidence, name, method)
    ready_s = np.maximum(made_s, made_s + first_map_s - warm_map_s)
    first_s = np.maximum(made_s, ready_s - (workers - 1) * each_s.value)
    return Start(
        workers=workers,
        made_s=constant(made_s),
        first_s=constant(first_s),
        each_s=each_s,
        end_s=constant(end_s),
        each_made_s=Constant(min(each_s.value, float(made_s.mean()) / workers), each_s.spread),
        boot_s=constant(np.maximum(first_s - made_s / workers, 0.0)),
    )


def _parts(evidence: Evidence, name: str, method: str) -> NDArray[np.float64] | None:
    """Making, the first map, a warm map and the end, in the rounds that have all; shape (4, G)."""
    same: dict[str, Any] = {"kernel": ANY, "workers": evidence.usable_cpus, "tasks": ANY}
    found = [evidence.one(POOL_LIFECYCLE.name, backend=name, start_method=method, part=part, **same) for part in _PARTS]
    cells = [data for data in found if data is not None]
    return aligned(cells).T if len(cells) == len(_PARTS) else None


def _each_s(evidence: Evidence, name: str, method: str) -> Constant:
    """What one more worker waits for: `start()` of the one before it."""
    who = _ALONE[BACKENDS[name].kind]
    alone = evidence.one(PROCESS_LIFECYCLE.name, backend=who, start_method=method, part="start")
    return NOTHING if alone is None else constant(alone.means)


def forked_byte(evidence: Evidence, missing: list[Missing]) -> Constant:
    """Seconds of a fork for each byte of its parent: of the largest parent, less those of the smallest."""
    cells = evidence.find(
        PROCESS_LIFECYCLE.name, backend=PROCESSES.name, start_method=COPYING, parent_bytes=ANY, part="first"
    )
    if len({data.cell.parent_bytes for data in cells}) > 1:
        small, large = ends(cells, "parent_bytes")
        return constant(less(large, small) / (large.cell.parent_bytes - small.cell.parent_bytes))
    missing.append(Missing(what="what the memory of a program adds to a fork", experiment="start-parents"))
    return NOTHING


def worker_bytes(evidence: Evidence, missing: list[Missing]) -> Iterator[tuple[str, Constant]]:
    """Start method, or '' of threads -> what one more worker adds to the memory of all."""
    for name, method in ((THREADS.name, ""), *((POOL.name, method) for method in START_METHODS)):
        cells = evidence.find(MEMORY.name, backend=name, start_method=method, workers=ANY, part="pss")
        if len({data.cell.workers for data in cells}) > 1:
            few, many = ends(cells, "workers")
            yield method, constant(less(many, few) / (many.cell.workers - few.cell.workers))
        else:
            who = f"a worker under {method}" if method else "a thread"
            missing.append(Missing(what=f"the memory of {who}", experiment="memory-curves"))


def placement(evidence: Evidence, starts: Mapping[tuple[str, str], Start], missing: list[Missing]) -> Constant:
    """What a pool made for a job takes beside the job in a pool that lives on and beside its own start and end."""
    cells = evidence.find(
        MAP.name,
        kernel=SPIN.name,
        backend=POOL.name,
        start_method=COPYING,
        workers=evidence.usable_cpus,
        tasks=ANY,
        spins=ANY,
    )
    pairs = [(made, data) for data in cells for made in _made_for_it(evidence, data) if _pool_of(data) in starts]
    if not pairs:
        missing.append(Missing(what="what fresh workers lose while they share a CPU", experiment="job-length"))
        return NOTHING
    made, living = min(pairs, key=lambda pair: abs(math.log(float(pair[1].means.mean()) / PLACED_S)))
    start = starts[_pool_of(living)]
    around_s = start.first_s.value + (start.workers - 1) * start.each_s.value + start.end_s.value
    return constant(less(made, living) - around_s)


def _pool_of(data: CellData) -> tuple[str, str]:
    return data.cell.backend, data.cell.start_method


def _made_for_it(evidence: Evidence, living: CellData) -> list[CellData]:
    """The same job in a pool that is made for it."""
    names = ("kernel", "backend", "start_method", "workers", "tasks", "spins", "chunksize")
    same: dict[str, Any] = {name: getattr(living.cell, name) for name in names}
    return evidence.find(MAP.name, variant=MADE.name, **same)
