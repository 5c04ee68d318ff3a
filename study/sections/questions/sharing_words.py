"""What a reader is told of sharing: what a manager costs beside a shared value, and what it costs that all want one thing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.evidence import ANY
from study.sections.build import first
from study.sections.said import beside, by_decision, cost, sentences, unless_open
from study.sections.ways import ANYONE, kind_of
from study.things.variants import MANAGER, VALUE
from study.units import brief, spelled

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence

_ABOUT = "What sharing costs"


def answer(evidence: Evidence) -> str:
    """Of an increment that all workers want: through a manager, and of a value with a lock."""
    return unless_open(evidence, "costs", _ABOUT, lambda: _manager(evidence))


def _manager(evidence: Evidence) -> str:
    value, manager = (_wanted(evidence, variant) for variant in (VALUE.name, MANAGER.name))
    if value is None or manager is None:
        return ""
    found = beside(evidence, manager, value)
    who = spelled(value.cell.workers, "process", "processes")
    costs = f"With {who} at once an increment through a Manager costs {cost(manager)}, of a Value with its lock {cost(value)}"
    return by_decision(
        found.longer,
        more=f"{costs}: {brief(found.ratio)} as much{_alone(evidence, manager, value)}",
        less=f"{costs}: the Manager costs less here",
        same=f"{costs}: no clear difference",
        unknown=f"{costs}: which costs less cannot be decided here",
    )


def _alone(evidence: Evidence, manager: CellData, value: CellData) -> str:
    """`, alone 1030× as much`: of a worker that nobody is in the way of."""
    one, other = (evidence.get(replace(data.cell, workers=1)) for data in (manager, value))
    if one is None or other is None:
        return ""
    found = beside(evidence, one, other)
    return f", alone {brief(found.ratio)}" if found.longer == "supported" else ""


def _wanted(evidence: Evidence, variant: str) -> CellData | None:
    """A step that several processes want at once."""
    cells = evidence.find("contend", **ANYONE, workers=ANY, variant=ANY)
    return first([data for data in cells if kind_of(data) == "process" and data.cell.workers > 1], variant=variant)


def lede(evidence: Evidence) -> str:
    """A value that all want, beside one that nobody else wants."""
    value = None if evidence.left_open("costs") else _wanted(evidence, VALUE.name)
    alone = value and evidence.get(replace(value.cell, workers=1))
    if value is None or alone is None:
        return ""
    found = beside(evidence, value, alone)
    if found.longer != "supported":
        return ""
    who = spelled(value.cell.workers, "process", "processes")
    return sentences((f"a Value that {who} want at once costs {brief(found.ratio)} one that nobody else wants",))
