"""What a reader is told of handing out tasks: what an empty one costs through each pool, and what chunks save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.sections.build import first
from study.sections.frame import panel_of
from study.sections.questions import dispatch
from study.sections.said import beside, by_decision, per_task, sentences, unless_open
from study.things.backends import POOL, PROCESS_EXECUTOR
from study.units import brief, count

if TYPE_CHECKING:
    from study.evidence import Evidence

_ABOUT = "What handing out a task costs"


def answer(evidence: Evidence) -> str:
    """Of a task that does nothing and is sent alone: through a pool, and through an executor beside it."""
    return unless_open(evidence, "costs", _ABOUT, lambda: _cost(evidence))


def _cost(evidence: Evidence) -> str:
    single = dispatch.one_by_one(evidence)
    pool, executor = (first(single, backend=backend.name, api="") for backend in (POOL, PROCESS_EXECUTOR))
    if pool is None:
        return ""
    costs = f"One of {count(pool.cell.tasks)} empty tasks costs {per_task(pool)} by Pool.map"
    if executor is None:
        return costs
    found = beside(evidence, executor, pool)
    other = f"by {PROCESS_EXECUTOR.look.label}.map"
    return by_decision(
        found.longer,
        more=f"{costs}, {brief(found.ratio)} as much {other}",
        less=f"{costs}, only {brief(found.ratio)} as much {other}",
        same=f"{costs}, and {other} no clearly different time",
        unknown=f"{costs}; whether it costs more {other} cannot be decided here",
    )


def lede(evidence: Evidence) -> str:
    """What large chunks save, as the figure of them has it."""
    shown = None if evidence.left_open("costs") else panel_of(evidence, dispatch.panels, "dispatch-chunks")
    return "" if shown is None or shown.reason else sentences((shown.title,))
