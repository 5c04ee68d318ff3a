"""Whole runs of the same code side by side. Every time here is made up."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from study.cell import Cell
from study.sections.between import between_tables
from tests.made import Made
from tests.tables import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Table
    from study.store import RunFolder

NAME = "cpython-3.13.5"
SLOWER = {"injected": 1.5}
MESSAGES = tuple(
    Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=size) for size in range(1, 13)
)
CELLS = tuple(Cell(pattern="map", kernel="fannkuch", tasks=tasks) for tasks in range(1, 13))


def spread(cell: Cell) -> float:
    return 0.3 if cell in MESSAGES else 0.01


def run(
    number: int,
    machine: float,
    *,
    cells: Sequence[Cell] = CELLS,
    own: float = 0.0,
    rounds: int = 10,
    quick: bool = False,
) -> RunFolder:
    """A finished run of a machine that is `machine` times as slow as usual, its cells apart by `own` beside."""
    rng = np.random.default_rng(number)
    samples = [
        SimpleNamespace(
            target=NAME, cell=cell, name=cell.text, round_index=index, attempt=0, outcomes={}, metadata={},
            values=list(machine * level * SLOWER.get(cell.label, 1.0) * rng.normal(1.0, spread(cell)) * np.ones(3)),
        )
        for cell in cells
        for level in (float(np.exp(rng.normal(0.0, own))),)
        for index in range(rounds)
    ]  # fmt: skip
    manifest = SimpleNamespace(
        state="finished", simulated=False, quick=quick, values=3, warmups=1,
        targets=[SimpleNamespace(name=NAME, facts={})], machine={}, changes=[], gate=None,
        digests={"bench": "bench", "lock": "lock"},
        cells=[SimpleNamespace(key=(NAME, cell.text), cell=cell.text, loops=4, digest="") for cell in cells],
        rounds=[SimpleNamespace(replaced=False, disturbed=[]) for _ in range(rounds)],
    )  # fmt: skip
    return stored(f"r{number:02}", manifest, samples)


def stored(identity: str, manifest: Any, samples: list[Any]) -> RunFolder:
    """What stands for a run folder."""
    return cast("RunFolder", Made(machine="m", id=identity, manifest=manifest, load=lambda: samples, contributed=False))


def shares(table: Table) -> dict[tuple[str, bool], float]:
    """(Beginning of the rule, whether a change was put in) -> share called."""
    return {
        (names[0][:9], "put in" in names[1]): share.point
        for names, share in rows_of(table)
        if share.point is not None and not names[1].startswith("comparisons")
    }


def alarms(table: Table) -> dict[str, float]:
    """Beginning of the rule -> share of the comparisons in which it calls one cell or more."""
    return {
        names[0][:9]: share.point
        for names, share in rows_of(table)
        if share.point is not None and names[1].startswith("comparisons")
    }


MOVED = (1.0, 1.06, 0.95, 1.1, 0.93, 1.04, 1.08)


def test_a_change_of_one_cell_shows_against_the_others_where_the_machine_moves_as_a_whole() -> None:
    (table,) = between_tables([run(number, factor) for number, factor in enumerate(MOVED)])
    found = shares(table)
    assert found["each cell", True] > 0.9
    assert found["this stud", True] < 0.5
    assert found["each cell", False] < 0.1
    assert found["pyperf co", False] > 0.5
    assert any("shows against the others before it shows by itself" in note for note in table.notes)


def test_where_cells_move_apart_the_page_says_that_nothing_is_gained() -> None:
    (table,) = between_tables([run(number, 1.0, own=0.04) for number in range(7)])
    assert any("gains nothing here" in note for note in table.notes)


def test_a_run_of_one_question_and_a_quick_run_leave_the_others_their_cells() -> None:
    whole = [run(number, 1.0) for number in range(4)]
    (table,) = between_tables([*whole, run(4, 1.0, cells=CELLS[:1]), run(5, 1.0, rounds=5, quick=True)])
    assert "Share of 12 cells over 6 pairs" in table.caption
    assert any(note.startswith("1 run is not compared, of few cells") for note in table.notes)


def test_a_cell_of_one_process_does_not_take_the_table_with_it() -> None:
    whole = [run(number, 1.0) for number in range(4)]
    broken = run(4, 1.0)
    samples = [one for one in broken.load() if one.cell != CELLS[0] or one.round_index == 0]
    broken = stored("r04", broken.manifest, samples)
    (table,) = between_tables([*whole, broken])
    assert "Share of 11 cells over 10 pairs" in table.caption


def test_a_comparison_alarms_more_often_than_a_cell_and_the_title_says_so() -> None:
    (table,) = between_tables([run(number, 1.5 if number == 3 else 1.0) for number in range(7)])
    cells, comparisons = shares(table), alarms(table)
    assert set(comparisons) == {rule for rule, put_in in cells if not put_in}
    assert all(
        comparisons[rule] >= cells[rule, False] - 0.02 for rule in comparisons
    )  # pairs that refuse cells weigh less
    assert comparisons["the same,"] == pytest.approx(6 / 21, abs=0.05)
    assert "of the pairs of runs" in table.caption


def test_of_very_many_runs_the_newest_are_compared_and_the_others_counted() -> None:
    (table,) = between_tables([run(number, 1.0, cells=CELLS[:3], rounds=6) for number in range(18)])
    assert "Share of 3 cells over 120 pairs" in table.caption
    assert "2 older runs are not compared." in table.notes


def test_what_the_rule_refuses_counts_nowhere_and_is_told() -> None:
    slow = [run(number, 1.5 if number == 3 else 1.0) for number in range(7)]
    (alone,), (beside,) = between_tables(slow), between_tables([*slow, run(7, 1.0, rounds=6)])
    made = int(alone.caption.partition(" comparisons of a cell that it makes")[0].rpartition(" ")[2])
    assert f"of {made} comparisons of a cell that it makes a run component" in beside.caption
    rules = ("this stud", "the same,", "each cell", "Welch's t", "pyperf's ")
    found, wanted = shares(beside), shares(alone)
    assert [found[rule, False] for rule in rules] == pytest.approx([wanted[rule, False] for rule in rules], abs=0.03)
    assert alarms(beside)["the same,"] == pytest.approx(6 / 21, abs=0.05)
    assert any(f"count nowhere here: {336 - made} of 336." in note for note in beside.notes)


def test_where_the_rule_makes_no_comparison_no_share_is_told() -> None:
    (table,) = between_tables([run(number, 1.0, cells=CELLS[:3], rounds=6) for number in range(4)])
    assert "this study's rule makes none of 18 comparisons of a cell" in table.caption
    assert shares(table) == {}


def test_unequal_numbers_of_values_are_what_pyperf_cannot_test() -> None:
    runs = [run(number, 1.0, rounds=8 + number) for number in range(4)]
    (table,) = between_tables(runs)
    found = shares(table)
    assert found["pyperf co", False] == 1.0
    assert found["pyperf's ", False] < 0.5


def test_where_the_machine_stands_still_a_change_is_seen_and_nothing_else() -> None:
    (table,) = between_tables([run(number, 1.0) for number in range(7)])
    found = shares(table)
    for rule in ("this stud", "the same,", "each cell"):
        assert found[rule, True] > 0.9
        assert found[rule, False] < 0.1
    seen = next(share for names, share in rows_of(table) if names[0].startswith("this stud") and "put in" in names[1])
    assert seen.low is not None
    assert seen.point is not None
    assert 0.3 < seen.low < seen.point


def test_messages_do_not_count_where_a_change_is_put_in() -> None:
    (table,) = between_tables([run(number, 1.0, cells=(*CELLS, *MESSAGES)) for number in range(7)])
    assert "Share of 24 cells" in table.caption
    assert shares(table)["the same,", True] > 0.9


def test_what_a_pair_of_runs_may_move_is_taken_from_the_others() -> None:
    (table,) = between_tables([run(number, 1.5 if number == 3 else 1.0) for number in range(7)])
    assert shares(table)["the same,", False] == pytest.approx(6 / 21, abs=0.05)  # the pairs that it is one of


def test_holm_calls_fewer_cells_than_each_for_itself() -> None:
    (table,) = between_tables([run(number, 1.0, own=0.02) for number in range(7)])
    found = shares(table)
    assert found["this stud", True] < found["the same,", True]


def test_equal_cells_tell_whether_the_paired_test_is_honest_and_injected_ones_do_not() -> None:
    labelled = [replace(cell, label=label) for cell in CELLS for label in ("again", "injected")]
    (table,) = between_tables([run(number, 1.0, cells=(*CELLS, *labelled)) for number in range(4)])
    names, ratio = rows_of(table)[-1]
    assert names[0].startswith("equal cells inside each run")
    assert ratio.point == pytest.approx(1.0, abs=0.5)
