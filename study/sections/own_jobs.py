"""What was measured of jobs, as data that a reader's own loop is held against: gains, what workers cost, what data cost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study import stats
from study.evidence import ANY
from study.names import cell_name, size_name, work_name
from study.screens import Freight, Job, Pays
from study.sections import loops
from study.sections.build import average_of, speedup_by_task
from study.sections.said import beside
from study.sections.ways import ANY_JOB, POOLED
from study.table import paired, per_task
from study.things import BACKENDS
from study.things.carrying import PAYLOAD_MAP
from study.things.recipes import written_for
from study.things.variants import MADE
from study.units import brief, multiple, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from study.cell import Cell
    from study.evidence import CellData, Evidence
    from study.findings import Decision

    CellDataPair = tuple[CellData, CellData]

_MAKING, _ENDING = "create", "close_join"
"""Parts of a pool's life that are paid once, however many items there are."""
_PAYS: Mapping[Decision, Pays] = {
    "supported": "yes",
    "refuted": "no",
    "no clear difference": "no",
    "cannot be decided here": "open",
}


def jobs(evidence: Evidence) -> tuple[Job, ...]:
    """Of the jobs that workers shared the best way of each work, size and carrier, where a gain could be had."""
    begin = dict(_begin(evidence))
    found = (_job(evidence, loop, job, begin) for loop, job in _best(loops.measured_jobs(evidence)))
    return tuple(job for job in found if job is not None)


def _job(
    evidence: Evidence, loop: CellData, job: CellData, begin: Mapping[tuple[str, str], CellDataPair]
) -> Job | None:
    gain = speedup_by_task(loop, job)
    if gain.point is None or not math.isfinite(gain.point):
        return None
    cell = job.cell
    made = cell.variant == MADE.name  # it has paid for its workers already
    paid = None if made else begin.get((cell.backend, cell.start_method))
    return Job(
        tasks=cell.tasks,
        length_s=loops.mean_of_task(loop),
        sent_bytes=cell.payload_bytes,
        returned_bytes=cell.result_bytes,
        kind=loops.kind_of(cell),
        carrier=carrier(cell),
        way=loops.way_of(cell),
        code=code_for(cell),
        measured_as=cell_name(cell),
        gain=gain.point,
        gain_text=multiple(gain),
        pays=_PAYS[beside(evidence, per_task(loop), per_task(job)).longer],
        begin_s=None if paid is None else sum(float(part.means.mean()) for part in paid),
        begin_text="" if paid is None else " and ".join(brief(average_of(part)) for part in paid),
        made=made,
        work=work_of(cell),
        estimate=gain,
    )


def _best(pairs: Iterable[CellDataPair]) -> list[CellDataPair]:
    """Of pairs of loop and job over the same tasks, of one carrier, the one with most gain, by averages: the best of its ways.

    Tasks of another work are never among them: a gain stands at the length that it was measured at. Work that the form does not
    offer is left out.
    """
    found: dict[tuple[object, ...], tuple[float, CellDataPair]] = {}
    for loop, job in pairs:
        cell = job.cell
        if loops.kind_of(cell) == loops.NEITHER:
            continue
        key = loops.event(cell), carrier(cell), cell.tasks, cell.variant == MADE.name
        gain = loops.mean_of_task(loop) / loops.mean_of_task(job)
        if key not in found or gain > found[key][0]:
            found[key] = gain, (loop, job)
    return [pair for _, pair in found.values()]


def _begin(evidence: Evidence) -> Iterator[tuple[tuple[str, str], CellDataPair]]:
    """(Backend, start method) -> what making its workers and ending them costs: of the most workers that were measured."""
    found: dict[tuple[str, str], dict[str, CellData]] = {}
    for part in (_MAKING, _ENDING):
        lives = evidence.find("pool_lifecycle", part=part, **ANY_JOB)
        for data in sorted(lives, key=lambda life: life.cell.workers):
            found.setdefault((data.cell.backend, data.cell.start_method), {})[part] = data
    for key, parts in found.items():
        if len(parts) == 2:
            yield key, (parts[_MAKING], parts[_ENDING])


def freights(evidence: Evidence) -> tuple[Freight, ...]:
    """What data cost each carrier, by task: tasks with them less the same tasks without."""
    every: dict[str, Any] = {**POOLED, "workers": ANY, "tasks": ANY, "chunksize": ANY}
    found = []
    for data in evidence.find(PAYLOAD_MAP.name, payload_bytes=ANY, result_bytes=ANY, **every):
        empty = evidence.get(replace(data.cell, payload_bytes=0, result_bytes=0))
        if empty is None or empty.cell == data.cell:
            continue
        more = stats.difference_paired(*paired(per_task(data), per_task(empty)), "s")
        if more.point is not None:
            found.append(
                Freight(
                    carrier=carrier(data.cell),
                    sent_bytes=data.cell.payload_bytes,
                    returned_bytes=data.cell.result_bytes,
                    cost_s=max(more.point, 0.0),
                    text=brief(more) if more.point > 0 else seconds(0.0),
                )
            )
    return tuple(found)


def work_of(cell: Cell) -> str:
    """What one task is, in words, and what it carries."""
    carried = ((cell.payload_bytes, "there"), (cell.result_bytes, "back"))
    return ", ".join((work_name(cell), *(f"{size_name(number)} {way}" for number, way in carried if number)))


def carrier(cell: Cell) -> str:
    """Who carries tasks and their data: what sending costs hangs on that, and on nothing else that is asked here."""
    return BACKENDS[cell.backend].look.label


def code_for(cell: Cell) -> str:
    """What to write for such a job; '' where there is no recipe."""
    return written_for(cell.backend, cell.workers, cell.start_method, cell.chunksize)
