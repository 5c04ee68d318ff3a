"""Jobs of a stored run that none of its constants was made of: foretold, beside what was measured.

Every kernel that works for a length of its own, in loops and over pools, is such a job: constants are made of tasks that do
nothing and of loops whose length is chosen. Its time in a loop is taken from the same rounds, so that what is judged is the model
and not the clock. Workers live on, but in the variant that makes them for the job.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.advise.model.chunks import own_chunksize
from study.advise.model.constants import at_once, constants_of
from study.advise.model.figures import lacks
from study.advise.model.intervals import Tried
from study.advise.model.job import NOTHING, Constants, Job, Start, Way
from study.advise.model.predict import predict
from study.evidence import ANY, aligned
from study.things import BACKENDS, KERNELS, START_METHODS
from study.things.backends import CALL
from study.things.handing import HANDING
from study.things.patterns import MAP
from study.things.variants import MADE, PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from study.evidence import CellData, Evidence

KINDS = ("process", "interpreter")
"""Whose jobs are foretold from constants; what threads do with a function is measured, not foretold."""


def _simulated(job: Job, way: Way, constants: Constants) -> float:
    return predict(job, way, constants).seconds


def held_out(
    evidence: Evidence, made: Constants | None = None, foretell: Callable[[Job, Way, Constants], float] = _simulated
) -> Iterator[Tried]:
    """Every such job of one target of one run, in order of its cells; `made` are its constants, `foretell` is the model."""
    constants = made or constants_of(evidence)
    running = living(constants)
    workers = tuple(name for name in HANDING if BACKENDS[name].kind in KINDS)
    kernels = tuple(kernel.name for kernel in KERNELS.values() if kernel.works and not kernel.has_length)
    loops = {data.cell.kernel: data for data in evidence.find(MAP.name, kernel=kernels, backend=CALL.name, tasks=ANY)}
    slowed: dict[str, Mapping[int, float]] = {}
    cells = evidence.find(
        MAP.name,
        kernel=tuple(loops),
        backend=workers,
        start_method=("", *START_METHODS),
        workers=lambda number: number > 0,
        tasks=ANY,
        chunksize=ANY,
        variant=(PLAIN.name, MADE.name),
    )
    for data in cells:
        kernel, way = data.cell.kernel, _way(data)
        if kernel not in slowed:
            slowed[kernel] = at_once(evidence, kernel=kernel)
        known = constants if data.cell.variant == MADE.name else running
        job = _job(data, loops[kernel], slowed[kernel])
        if job is not None and not lacks(job, way, known):
            yield Tried(kernel, way, foretell(job, way, known), float(data.means.mean()))


def living(constants: Constants) -> Constants:
    """The same, for workers that are there already and stay."""
    return replace(
        constants,
        starts={key: Start(workers=1, made_s=NOTHING, first_s=NOTHING) for key in _keys(constants)},
        placement_s=NOTHING,
        forked_byte_s=NOTHING,
    )


def _keys(constants: Constants) -> Iterator[tuple[str, str]]:
    """Every backend through which handing out is known, with each of its start methods: starting need not be known."""
    for name in constants.handed:
        methods = tuple(START_METHODS) if BACKENDS[name].takes_start_method else ("",)
        yield from ((name, method) for method in methods)


def _way(data: CellData) -> Way:
    cell = data.cell
    own = own_chunksize(cell.backend, cell.tasks, cell.workers)
    chunksize = cell.chunksize or own
    return Way(
        backend=cell.backend,
        start_method=cell.start_method,
        workers=cell.workers,
        chunksize=chunksize,
        is_own=chunksize == own,
    )


def _job(data: CellData, loop: CellData, slowed: Mapping[int, float]) -> Job | None:
    """As many tasks as the cell has, each as long as in the loop, in the rounds that have both; None where none has."""
    both = aligned([data, loop])
    if not len(both):
        return None
    return Job(
        items=data.cell.tasks,
        item_s=(float(both[:, 1].mean()) / loop.cell.tasks,),
        waits=1.0 if KERNELS[data.cell.kernel].waits else 0.0,
        at_once=slowed,
    )
