"""What a reader is told of the data of tasks: what a large argument costs, and how the same data reach every task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.evidence import ANY
from study.names import size_name
from study.sections.build import first
from study.sections.questions import payload
from study.sections.said import beside, cost, per_task, sentences, unless_open
from study.sections.ways import way_name
from study.things.carrying import SAME_DATA
from study.things.variants import INITIALIZER
from study.units import spelled

if TYPE_CHECKING:
    from study.evidence import Evidence

_ABOUT = "What the data of a task cost"


def answer(evidence: Evidence) -> str:
    """Of the largest argument: through a pool one by one, and through threads, which share it."""
    return unless_open(evidence, "costs", _ABOUT, lambda: _largest(evidence))


def _largest(evidence: Evidence) -> str:
    large, shared = payload.largest(evidence)
    if large is None:
        return ""
    told = (
        f"An argument of {size_name(large.cell.payload_bytes)} costs a task {per_task(large)} through {way_name(large)}"
    )
    return f"{told}, {per_task(shared)} through {way_name(shared)}, which copies nothing" if shared else told


def lede(evidence: Evidence) -> str:
    """Data that all tasks need: sent with each, or given once to each worker."""
    every: dict[str, Any] = dict.fromkeys(
        ("backend", "start_method", "workers", "tasks", "payload_bytes", "variant"), ANY
    )
    cells = [] if evidence.left_open("costs") else evidence.find(SAME_DATA.name, **every)
    sent = first(cells, variant="")
    given = sent and evidence.get(replace(sent.cell, variant=INITIALIZER.name))
    if sent is None or given is None or beside(evidence, sent, given).longer != "supported":
        return ""
    tasks = spelled(sent.cell.tasks, "task")
    return sentences(
        (
            (
                f"give what all tasks need once to each worker, by its initializer: {size_name(sent.cell.payload_bytes)} for"
                f" {tasks} take {cost(given)} so, and {cost(sent)} sent with each ({way_name(sent)}, made for it)"
            ),
        )
    )
