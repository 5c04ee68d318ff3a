"""What the page says where others took the CPUs: numbers, the reason, and nothing concluded. Every time is made up."""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

import pytest
from study.analyse.topics import Evidence, panels_of
from study.figures import Drawn, draw

from study import gate
from study.cell import Cell
from study.table import cells_of
from tests.synthetic_study import TARGET, folder, study

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.findings import Panel, RunFindings

LOAD = 1.69
SAID = "others took 1.69 CPUs on average meanwhile"
SIDE_BY_SIDE = {
    "dispatch-calls", "dispatch-chunks", "dispatch-modes", "dispatch-peers", "dispatch-recycled", "dispatch-uneven",
    "grain-break-even", "grain-efficiency", "grain-law", "grain-metg", "messages-bandwidth", "messages-events",
    "q1-pools", "q1-speedup", "q2-busy", "q4-chunks", "q4-per-task", "q5-break-even", "q5-parts", "scaling-capacity",
    "scaling-kernels", "scaling-laws", "scaling-split", "scaling-weak", "scaling-weak-fraction", "scaling-windows",
    "sharing-contended", "sharing-objects", "start-pools", "steady-cold", "workers-beyond", "workers-libraries",
}  # fmt: skip
"""Figures whose titles speak of things side by side."""
ALONE = {
    "memory-copied", "memory-growth", "memory-kinds", "memory-workers", "messages-forms", "messages-latency",
    "messages-modes", "messages-pickling", "messages-segments-bandwidth", "messages-segments-half",
    "messages-segments-latency", "messages-sizes", "noise-pairs", "q2-costs", "q3-lifecycle", "q6-orders", "q6-promises",
    "start-growth", "start-lives", "start-modes", "start-parents", "start-variants", "workers-defaults",
}  # fmt: skip
"""Figures whose titles speak of one process at a time, of bytes or of counts: a new figure must be named here or above."""


def loaded() -> RunFindings:
    return study(2, LOAD)


def quiet() -> RunFindings:
    return study(2, 0.01)


@functools.cache
def drawn(usable_cpus: int, foreign_cpus: float) -> Mapping[str, str]:
    """`titles` of a whole study; drawing takes its time."""
    return titles(study(usable_cpus, foreign_cpus))


def titles(run: RunFindings) -> dict[str, str]:
    """Title and notes of every figure; several of one kind count as one."""
    found: dict[str, str] = {}
    with patch("study.figures.svg.rendered", lambda _figure: ET.Element("svg")):  # no picture is looked at here
        figures = draw(run, run.targets[0].name)
    for one in figures:
        name = "q1-pools" if one.id.startswith("q1-pools") else one.id
        found[name] = found.get(name, "") + " ".join((one.title, *(one.notes if isinstance(one, Drawn) else ())))
    return found


def test_every_figure_says_whether_it_speaks_of_things_side_by_side() -> None:
    assert set(drawn(2, 0.01)) == SIDE_BY_SIDE | ALONE
    told = {one.id: one.side_by_side != "nothing" for one in quiet().panels}
    assert {name for name, beside in told.items() if beside} == SIDE_BY_SIDE & set(told)


def test_where_others_took_the_cpus_no_title_about_things_side_by_side_is_a_finding() -> None:
    calm, busy = drawn(2, 0.01), drawn(2, LOAD)
    for name in SIDE_BY_SIDE - {"scaling-laws"}:
        assert SAID in busy[name], name
        assert "[" not in busy[name], name
    for name in ALONE:
        assert busy[name] == calm[name], name
    assert "No law of scaling is fitted" in busy["scaling-laws"]


def test_their_numbers_are_shown_all_the_same() -> None:
    calm, busy = ({one.id: one.points for one in run.panels} for run in (quiet(), loaded()))
    assert calm == busy


def test_a_title_that_is_not_gated_needs_no_cell_that_ran_side_by_side() -> None:
    cells = cells_of(folder(2, None).load())
    alone = {key: data for key, data in cells.items() if not gate.runs_side_by_side(data.cell, 2)}
    assert len(alone) < len(cells)

    def ungated(known: dict[tuple[str, str], object]) -> dict[str, str]:
        evidence = Evidence(cells=known, missing={}, target=TARGET, usable_cpus=2)  # type: ignore[arg-type]
        found: list[Panel] = [one for one in panels_of(evidence) if one.side_by_side == "nothing"]
        found = [one for one in found if one.id != "workers-defaults"]  # counts the workers of a pool, times none
        return {one.id: one.title for one in found}

    assert ungated(cast("dict[tuple[str, str], object]", cells)) == ungated(
        cast("dict[tuple[str, str], object]", alone)
    )


def test_verdicts_titles_and_advice_read_one_gate() -> None:
    assert gate.left_open("costs", 2, gate.MOST_FOREIGN_CPUS) == ""
    assert SAID in gate.left_open("costs", 2, LOAD)
    assert SAID in gate.left_open("gains", 2, LOAD)
    assert gate.left_open("nothing", 2, LOAD) == ""
    assert gate.left_open("gains", 2, None) == ""
    assert gate.foreign_cpus([None, 1.0, 2.0]) == 1.5
    assert gate.foreign_cpus([None]) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Cell(pattern="map", kernel="fannkuch", backend="pool", start_method="fork", workers=2), True),
        (Cell(pattern="map", kernel="fannkuch", backend="pool", start_method="fork", workers=1), False),
        (Cell(pattern="map", kernel="fannkuch", backend="call"), False),
        (Cell(pattern="map", kernel="matmul", backend="call", library_threads=2), True),
        (Cell(pattern="pool_as_shipped", backend="pool", start_method="default", workers=0), True),
        (Cell(pattern="stream", backend="processes", start_method="fork", payload_bytes=64), True),
        (Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=64), False),
        (Cell(pattern="memory", backend="pool", start_method="fork", workers=2, part="pss"), False),
        (Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join"), False),
    ],
    ids=lambda value: value.text if isinstance(value, Cell) else "",
)
def test_side_by_side_is_what_wants_more_than_one_cpu_while_it_is_timed(cell: Cell, *, expected: bool) -> None:
    assert gate.runs_side_by_side(cell, 2) is expected
