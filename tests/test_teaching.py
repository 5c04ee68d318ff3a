"""Figures for a lecture: eight, each drawn for a wall, from the numbers of the run, with what to ask the class."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from study.blocks import Table
from study.cell import Cell
from study.draw.forms import DRAWERS
from study.draw.style import styled
from study.draw.tokens import WHOLE
from study.evidence.apart import LeftOut
from study.forms import WallBars, WallLines
from study.forms.walls import MOST_LINES, MOST_ROWS
from study.report import placed
from study.sections import frame, modules, teaching
from study.sections.wall import costs, over_time
from study.sections.wall.lessons import WALLS
from tests.made_up_run import evidence, measured
from tests.synthetic_study import CALM, LOAD, TARGET, run

if TYPE_CHECKING:
    from study.evidence import Evidence, Run, Study
    from study.forms import Bar
    from study.table import CellData

LIFE = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join")
LOOP = Cell(pattern="map", kernel="fannkuch", tasks=8)
THREADS = replace(LOOP, backend="threads", workers=2)
POOL = replace(LOOP, backend="pool", start_method="fork", workers=2)
LATE = Cell(pattern="io_latency", kernel="fannkuch", backend="threads", workers=1)
PRINTED = Cell(pattern="four_printers", backend="processes", start_method="fork", workers=4, tasks=4)


def taught(made: Run) -> tuple[Table, list[WallBars | WallLines]]:
    """The table of lessons of this run, and its figures."""
    left_out = LeftOut()
    study = SimpleNamespace(subject=made, runs=(made,), sound=(), left_out=left_out)
    every = list(placed.flat(teaching.section(cast("Study", study)).blocks))
    assert not left_out.reasons
    (table,) = [block for block in every if isinstance(block, Table)]
    return table, [block for block in every if isinstance(block, WallBars | WallLines)]


def test_eight_figures_are_there_to_teach_each_drawn_for_a_wall_beside_one_of_the_report() -> None:
    table, walls = taught(run())
    assert len(teaching.LESSONS) == len(table.rows) == 8
    assert [wall.id for wall in walls] == [lesson.wall for lesson in teaching.LESSONS] == list(WALLS)
    assert [row[1].href for row in table.rows] == [f"#{wall.id}" for wall in walls]
    ids = {panel.id for question in modules.questions() for panel in frame.panels_of(run(), question.panels)}
    assert {identity for lesson in teaching.LESSONS for identity in lesson.figures} <= ids
    assert [head for head, _ in table.heads][-2:] == ["What to ask", "Answer"]
    assert [row[-1].value for row in table.rows] == [lesson.answer for lesson in teaching.LESSONS]
    assert not table.notes


@pytest.mark.parametrize("cpus", [2, 4, 64])
def test_a_figure_for_a_wall_has_few_rows_fits_a_slide_and_says_what_to_ask(cpus: int) -> None:
    _, walls = taught(run(cpus))
    asked = {lesson.wall: lesson.ask for lesson in teaching.LESSONS}
    for wall in walls:
        assert wall.notes[-1] == f"Ask first: {asked[wall.id]}"
        if isinstance(wall, WallBars):
            assert wall.rows <= MOST_ROWS, wall.id
        else:
            assert len(wall.courses) <= MOST_LINES, wall.id
        with styled():
            sheet = DRAWERS[type(wall)].sheet_of(wall, WHOLE)
        assert sheet.height <= WHOLE * 9 / 16, wall.id


def test_every_figure_says_whose_numbers_it_has_and_of_a_simulated_run_that_it_is_one() -> None:
    made = run()
    _, walls = taught(made)
    assert all(TARGET in wall.source for wall in walls)
    assert not [wall.id for wall in walls if "SIMULATED" in wall.source]
    assert [wall.id for wall in walls if wall.modelled] == ["wall-lock"]
    _, simulated = taught(replace(made, manifest=msgspec.structs.replace(made.manifest, simulated=True)))
    assert all("SIMULATED" in wall.source for wall in simulated)
    assert len(simulated) == len(walls)


def test_lessons_without_their_numbers_are_counted() -> None:
    table, walls = taught(run(2, CALM, "q3"))
    assert [wall.id for wall in walls] == ["wall-life"]
    (note,) = table.notes
    assert note.startswith(f"Of 8, {8 - len(table.rows)} ")


def test_what_load_leaves_open_has_no_figure_for_a_wall() -> None:
    _, walls = taught(run(2, LOAD))
    assert {wall.id for wall in walls} <= {"wall-life", "wall-messages", "wall-copied", "wall-orders"}


# Turns


def busy(cell: Cell, cpus: float) -> CellData:
    counts = {"elapsed_us": 1_000_000, "cpu_time_us": round(1_000_000 * cpus)}
    return measured(cell, 1.0, outcomes=[counts] * 8)


def lanes(found: Evidence) -> dict[str, list[Bar]]:
    wall = over_time.turns(found)
    assert wall is not None
    groups: dict[str, list[Bar]] = {}
    for bar in wall.bars:
        groups.setdefault(bar.group, []).append(bar)
    return groups


def worked_s(bar: Bar) -> float:
    return sum(piece.end - piece.begin for piece in bar.pieces if piece.doing == "works")


def test_lanes_are_filled_so_that_as_many_cpus_are_busy_as_were_measured() -> None:
    hashing = replace(THREADS, kernel="sha256_8mib")
    found = evidence(busy(THREADS, 1.0), busy(hashing, 1.9), busy(POOL, 2.0), measured(LATE, 5e-3))
    groups = lanes(found)
    assert [len(bars) for bars in groups.values()] == [2, 2, 2]
    for bars in groups.values():
        end_s = max(piece.end for bar in bars for piece in bar.pieces)
        assert bars[0].whole is not None
        assert sum(map(worked_s, bars)) / end_s == pytest.approx(bars[0].whole.point or 0.0, rel=0.02)
        for bar in bars:
            spans = sorted((piece.begin, piece.end) for piece in bar.pieces)
            assert spans[0][0] == 0.0
            assert all(after[0] == pytest.approx(before[1]) for before, after in itertools.pairwise(spans))
            assert spans[-1][1] == pytest.approx(end_s)
    works = [sum(piece.doing == "works" for piece in bars[0].pieces) for bars in groups.values()]
    assert (works[0] > 1, works[1:]) == (True, [1, 1])  # gaps in a lane look like turns
    wall = over_time.turns(found)
    assert wall is not None
    assert wall.title.startswith("2 threads (fannkuch) keep 1")
    assert " busy, 2 threads (SHA-256 of 8 MiB) 1.9" in wall.title


def test_threads_that_hold_the_lock_work_one_at_a_time_for_as_long_as_another_is_kept_waiting() -> None:
    (first, second), *_ = lanes(evidence(busy(THREADS, 1.0), measured(LATE, 5e-3))).values()
    turn_s = 5e-3
    one, other = (
        [(piece.begin, piece.end) for piece in bar.pieces if piece.doing == "works"] for bar in (first, second)
    )
    assert one[0][1] - one[0][0] == pytest.approx(turn_s, rel=0.1)
    assert not [1 for a, b in one for c, d in other if min(b, d) - max(a, c) > 1e-6]


def test_what_is_left_of_a_turn_at_an_end_is_no_sliver() -> None:
    _, second = next(iter(lanes(evidence(busy(THREADS, 1.004), measured(LATE, 5e-3))).values()))
    assert min(piece.end - piece.begin for piece in second.pieces if piece.doing == "works") > 1e-3


def test_without_the_wait_of_a_thread_there_is_no_length_of_a_turn_and_no_figure() -> None:
    assert over_time.turns(evidence(busy(THREADS, 1.0))) is None
    assert over_time.turns(evidence(measured(LATE, 5e-3))) is None


# Lives, costs


def test_a_life_has_its_parent_above_it_and_each_stretch_ends_where_it_was_measured() -> None:
    parts = {"start": 1e-3, "first": 4e-3, "join": 5e-3}
    found = over_time.life(evidence(*(measured(replace(LIFE, part=part), time_s) for part, time_s in parts.items())))
    assert found is not None
    parent, child = found.bars
    assert (parent.name, child.name) == ("fork: parent", "fork: child")
    assert [piece.doing for piece in (*parent.pieces, *child.pieces)] == ["works", "waits", "not yet", "works"]
    ends = [piece.end for piece in (*parent.pieces, *child.pieces)]
    assert ends == pytest.approx([1e-3, 5e-3, 4e-3, 5e-3], rel=0.05)
    assert (parent.whole is not None, child.whole) == (True, None)


def test_where_two_counts_were_measured_bars_say_where_a_speedup_goes_and_that_no_curve_is_drawn() -> None:
    found = costs.speedup(evidence(measured(LOOP, 1.0), measured(POOL, 0.5), measured(THREADS, 1.0)))
    assert isinstance(found, WallBars)
    assert [bar.name for bar in found.bars] == ["ideal", "Pool", "threads", "plain loop"]
    assert "No curve" in found.caption
    assert "no law is told beyond 2 workers" in found.caption


def test_where_several_counts_were_measured_there_is_a_curve_that_ends_with_the_last() -> None:
    several = [measured(replace(POOL, workers=workers), 1.0 / workers) for workers in (1, 2, 4)]
    found = costs.speedup(evidence(measured(LOOP, 1.0), *several, usable_cpus=4))
    assert isinstance(found, WallLines)
    (course,) = found.courses
    assert [spot.x for spot in course.spots] == [1.0, 2.0, 4.0]
    assert not found.modelled
    assert "no law is told beyond 4 workers" in found.caption


def test_orders_of_four_lines_have_a_bar_each_and_the_rare_ones_one_together() -> None:
    orders = {"order_1234": 70, "order_2134": 20, "order_1243": 6, "order_4321": 3, "order_4312": 1}
    counts = {"trials": 100, "in_order": 70, **orders}
    found = costs.orders(evidence(measured(PRINTED, 1e-3, outcomes=[counts] * 8)))
    assert found is not None
    assert [bar.name for bar in found.bars] == ["1234", "2134", "3 further orders"]
    assert [bar.whole.point for bar in found.bars if bar.whole] == pytest.approx([0.7, 0.2, 0.1])
    assert found.title.startswith("Four processes print: in the order of their starts in 70 % of 800 runs under fork")
