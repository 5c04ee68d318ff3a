"""Whole scripts: what they take and cost from their first to their last moment, whoever does the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Reference
from study.names import who
from study.reports import Record
from study.sections.build import average_of, average_text, place_of, point, ratio_of, rows
from study.sections.ways import ANY_JOB, kind_of, way_look
from study.things.programs import WHOLE_PROGRAM
from study.things.variants import EMPTY
from study.units import with_interval

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import CellData, Evidence
    from study.findings import Estimate

RECORD = Record(
    order=322,
    name="Programs",
    title="What does a whole script gain?",
    reader="I have a script: is it done sooner, and at which cost?",
)
_CPU = "cpu"


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Speedup of whole scripts, and the CPU seconds that they take."""
    empty = evidence.find(WHOLE_PROGRAM.name, **ANY_JOB, variant=EMPTY.name)
    return *_sooner(evidence, scripts(evidence), empty), *_cost(evidence, scripts(evidence, part=_CPU))


def scripts(evidence: Evidence, part: str = "total") -> list[CellData]:
    """Every script that does a job, the loop first, then by who works."""
    return sorted(evidence.find(WHOLE_PROGRAM.name, **ANY_JOB, part=part), key=place_of)


def pairs(evidence: Evidence) -> list[tuple[CellData, CellData]]:
    """The script with a plain loop, and one of others over the same tasks."""
    found = scripts(evidence)
    loop = _loop(found)
    return [(loop, data) for data in found if loop and data is not loop and data.cell.tasks == loop.cell.tasks]


def _loop(found: list[CellData]) -> CellData | None:
    return next((data for data in found if kind_of(data) == "loop"), None)


def _sooner(evidence: Evidence, found: list[CellData], empty: list[CellData]) -> tuple[Panel, ...]:
    """A row for each way to do the job."""
    loop = _loop(found)
    speedups = [(data, ratio_of(base, data)) for base, data in pairs(evidence)]
    bare = f"; an interpreter that does nothing: {average_text(empty[0], reason=False)}" if empty else ""
    group = f"plain loop {average_text(loop, reason=False)}{bare}" if loop else ""
    return rows(
        evidence,
        "programs-sooner",
        [point(data, group, who(data.cell), look=way_look(data), estimate=speedup) for data, speedup in speedups],
        about="How much sooner a whole script is done, by who does its job",
        finding=lambda: _finding(speedups),
        side_by_side="gains",
        subtitle="Speedup of the script against one with a plain loop over the same tasks, higher is better",
        heads=("the script without workers", "who does the job"),
        y_label="speedup (times as fast as the script with a loop)",
        include=(0.0, float(evidence.usable_cpus)),
        references=(Reference(label="plain loop", at=1.0),),
    )


def _finding(speedups: list[tuple[CellData, Estimate]]) -> str:
    """From the most to the least that processes bring, and what threads do."""
    ranked = sorted(speedups, key=lambda pair: pair[1].point or 0.0)
    processes = [pair for pair in ranked if kind_of(pair[0]) != "thread"]
    threads = [pair for pair in ranked if kind_of(pair[0]) == "thread"]
    told = [*processes[-1:], *processes[:-1][:1], *threads]
    return "A whole script, its start and end counted, is done " + ", ".join(
        f"{with_interval(speedup, reason=False)} as fast with {who(data.cell)}" for data, speedup in told
    )


def _cost(evidence: Evidence, found: list[CellData]) -> tuple[Panel, ...]:
    """A row for each way: all CPU seconds, of whichever process."""
    loop = _loop(found)
    dearest = max(found, key=lambda data: average_of(data).point or 0.0, default=None)
    return rows(
        evidence,
        "programs-cpu",
        [point(data, who(data.cell), look=way_look(data)) for data in found],
        about="CPU seconds of whole scripts",
        finding=lambda: (
            f"The script costs {average_text(loop, reason=False)} of CPU time with a plain loop and"
            f" {average_text(dearest, reason=False)} with {who(dearest.cell)}, which takes most"
            if loop and dearest and dearest is not loop
            else ""
        ),
        side_by_side="costs",
        subtitle="User and system time of all processes of the script, average, lower is better",
        heads=("who does the job",),
        y_label="CPU time of the script",
    )
