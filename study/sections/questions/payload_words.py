"""What a reader is told of the data of tasks: what a large argument costs, and how the same data reach every task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.evidence import ANY
from study.names import size_name
from study.sections.questions import payload
from study.sections.said import beside, by_decision, cost, per_task, sentences, under, unless_open
from study.sections.ways import way_name
from study.things.carrying import SAME_DATA
from study.things.variants import INITIALIZER
from study.units import spelled

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence

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
    return sentences(
        _given(evidence, sent, given)
        for sent in cells
        if not sent.cell.variant and (given := evidence.get(replace(sent.cell, variant=INITIALIZER.name))) is not None
    )


def _given(evidence: Evidence, sent: CellData, given: CellData) -> str:
    """Whether it pays to give data once to each worker, as the statement on the same cells has it."""
    method = under(sent).strip()
    whole = f"{size_name(sent.cell.payload_bytes)} for {spelled(sent.cell.tasks, 'task')}"
    once, each = f"{cost(given)} so, and {cost(sent)} sent with each", f"({way_name(sent)}, made for it)"
    apart = f"{whole} take {cost(given)} given by the initializer, {cost(sent)} sent with each {each}"
    return by_decision(
        beside(evidence, sent, given).longer,
        more=f"{method} give what all tasks need once to each worker, by its initializer: {whole} take {once} {each}".strip(),
        less=f"{method} data that all tasks need are sooner sent with each: {apart}".strip(),
        same=f"{method} it makes no clear difference how data reach all tasks: {apart}".strip(),
        unknown=f"{method} it is not decided whether data that all tasks need are better given once: {apart}".strip(),
    )
