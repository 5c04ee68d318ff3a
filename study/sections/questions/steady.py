"""Do processes warm up? Single events from cold, classified process by process."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from study import stats
from study.evidence import ANY, CellData, Evidence
from study.names import cell_name
from study.reports import Record
from study.sections.build import log_axis, point, processes, rows
from study.sections.ways import ANY_JOB
from study.stats.changepoints import PENALTY_PER_LOG
from study.things.variants import COLD
from study.units import count, with_interval

if TYPE_CHECKING:
    from study.blocks import Panel

RECORD = Record(
    order=309,
    name="Steady state",
    title="Do processes warm up?",
    reader="Are the first calls to be counted?",
)
_HOW = (
    f"Each process is cut where its mean or variance changes (penalty {PENALTY_PER_LOG:g} ln n, as Barrett et al., OOPSLA'17);"
    " inconsistent: processes differ in kind, so no warm time speaks for all of them."
)
_MOST_KEPT = 32
"""Interpreters of runs whose processes are classified once."""
_SETTLED = frozenset({"flat", "warm-up", "slow-down"})
"""Kinds of processes that have a steady state."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Cold and warm times of every cell measured from cold; no warm time where there is no steady state."""
    points, texts = [], []
    every = classified(evidence)
    tried = processes(data for data, _ in every)
    for data, found in every:
        name = cell_name(replace(data.cell, variant=""))
        series = f"{name}: {found.kind}"
        cold = [process.cold_s for process in found.processes]
        points.append(point(data, series, "its first event", estimate=stats.average(cold, "s")))
        warm = [process.warm_s for process in found.processes if process.warm_s is not None]
        if settles(found):
            points.append(point(data, series, "its steady state", estimate=stats.average(warm, "s")))
        steady = sum(process.steady_from is not None for process in found.processes)
        texts.append(f"{name}: {found.kind}, {count(steady)} of {count(len(found.processes))} processes settle")
    return rows(
        evidence,
        "steady-cold",
        points,
        about="Do processes warm up?",
        side_by_side="costs",
        finding=f"{texts[0]}; its first event takes {with_interval(points[0].estimate)}" if texts else "",
        subtitle=f"Average over processes of the first event and of the steady state, {tried}, log scale",
        heads=("cell", "which"),
        **log_axis("time of one event"),
        notes=(_HOW,),
        null=not any(settles(found) for _, found in every),
    )


@functools.lru_cache(maxsize=_MOST_KEPT)
def classified(evidence: Evidence) -> tuple[tuple[CellData, stats.ProcessesClass], ...]:
    """Every cell that was measured from cold, and how its processes go on; figure and answer both ask."""
    cells = evidence.find(ANY, **ANY_JOB, chunksize=ANY, payload_bytes=ANY, variant=COLD.name)
    found = ((data, stats.classify_processes(data.values)) for data in cells)
    return tuple((data, kinds) for data, kinds in found if kinds is not None)


def settles(found: stats.ProcessesClass) -> bool:
    """Whether all processes have a steady state, and go there alike."""
    return found.kind in _SETTLED and all(process.warm_s is not None for process in found.processes)
