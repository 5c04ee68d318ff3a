"""Do processes warm up? Single events from cold, classified process by process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study import stats
from study.analyse.topics.build import first, point, processes, rows
from study.cell import COLD
from study.names import cell_name
from study.units import count, with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel, PanelPoint

_HOW = (
    "Each process is cut where its mean or variance changes (penalty 15 ln n, as Barrett et al., OOPSLA'17);"
    " inconsistent: processes differ in kind, so no warm time speaks for all of them."
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Cold and warm times of every cell measured from cold; no warm time where there is no steady state."""
    points: list[PanelPoint] = []
    texts: list[str] = []
    cells = evidence.find(variant=COLD)
    for data in cells:
        found = stats.classify_processes(data.values)
        if found is None:
            continue
        name = cell_name(replace(data.cell, variant=""))
        cold = [each.cold_s for each in found.processes]
        points.append(
            point(data, ("its first event",), series=f"{name}: {found.kind}", estimate=stats.average(cold, "s"))
        )
        warm = [each.warm_s for each in found.processes if each.warm_s is not None]
        settled = found.kind in {"flat", "warm-up", "slow-down"} and len(warm) == len(found.processes)
        if settled:
            points.append(
                point(data, ("its steady state",), series=f"{name}: {found.kind}", estimate=stats.average(warm, "s"))
            )
        steady = sum(each.steady_from is not None for each in found.processes)
        texts.append(f"{name}: {found.kind}, {count(steady)} of {count(len(found.processes))} processes settle")
    loop = first(cells, lambda data: data.cell.backend == "call")
    finding = texts[0] if texts else ""
    if loop is not None and points:
        finding = f"{finding}; its first event takes {with_interval(points[0].estimate)}"
    return rows(
        evidence,
        "steady-cold",
        points,
        about="Do processes warm up?",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Average over processes of the first event and of the steady state, {processes(cells)}, log scale",
        heads=("cell", "which"),
        y_label="time of one event (log scale)",
        log_y=True,
        notes=(_HOW,),
    )
