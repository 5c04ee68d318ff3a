"""Other libraries beside the standard one, where they are installed with the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.analyse.topics.build import first, point, processes, ratio_text, rows
from study.analyse.topics.dispatch import pool_name
from study.cell import PEERS
from study.units import count

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of the topic: each peer's cells beside the same tasks through Pool and ProcessPoolExecutor."""
    peers = evidence.find(pattern="map", backend=PEERS)
    same = {(data.cell.kernel, data.cell.tasks, data.cell.workers) for data in peers}
    others = [
        data
        for data in evidence.find(pattern="map", backend=("pool", "process_executor", "call"), api="", variant="")
        if (data.cell.kernel, data.cell.tasks, data.cell.workers) in same and data.cell.chunksize in {0, 1}
    ]
    loky = first(peers, lambda data: data.cell.backend == "loky")
    executor = first(others, lambda data: data.cell.backend == "process_executor")

    def title() -> str:
        if loky is None or executor is None:
            return "Other libraries beside the standard one"
        return f"loky takes {ratio_text(loky, executor)} as long as ProcessPoolExecutor for the same tasks"

    cells = [*peers, *others] if peers else []
    return rows(
        evidence,
        "peers-map",
        [
            point(
                data,
                (pool_name(data), f"{count(data.cell.tasks)} × {data.cell.kernel}"),
                series=data.cell.kernel,
                thing=data.cell.backend,
            )
            for data in cells
        ],
        title=title,
        subtitle=f"Average time of the same tasks, {processes(cells)}, log scale, lower is better",
        heads=("library", "tasks"),
        y_label="time (log scale)",
        log_y=True,
    )
