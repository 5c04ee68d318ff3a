"""Samples as one table: warm-ups left out, incomplete rounds paired by round."""

from __future__ import annotations

import numpy as np
import pytest

from study.cell import Cell
from study.store import Sample
from study.table import CellData, cells_of, paired, samples_table
from tests.builders import LOOP, POOL


def sample(cell: Cell, round_index: int, *values: float, **metadata: int) -> Sample:
    return Sample(
        cell=cell,
        target="one",
        round_index=round_index,
        attempt=0,
        values=values,
        warmups=((4, 100.0),),
        metadata={"name": cell.text, **metadata},
    )


def measured(*samples: Sample) -> dict[str, CellData]:
    return {text: found for (_, text), found in cells_of(samples).items()}


def test_two_cells_are_paired_by_round_and_not_by_position() -> None:
    found = measured(
        *(sample(LOOP, number, 10.0 + number, 12.0 + number) for number in (0, 2, 3, 5)),
        *(sample(POOL, number, 100.0 + number, 102.0 + number) for number in (3, 1, 2, 4)),
    )
    loop, pool = paired(found[LOOP.text], found[POOL.text])
    assert list(loop) == [13.0, 14.0]
    assert list(pool) == [103.0, 104.0]


def test_cells_without_a_round_in_common_make_no_pair() -> None:
    found = measured(sample(LOOP, 0, 1.0), sample(POOL, 1, 1.0))
    assert [side.size for side in paired(found[LOOP.text], found[POOL.text])] == [0, 0]


def test_rounds_rise_and_each_keeps_its_values_and_outcomes() -> None:
    samples = (sample(LOOP, number, number, number + 2.0, number + 7.0, outcome_trials=number) for number in (2, 0, 1))
    cell = measured(*samples)[LOOP.text]
    assert list(cell.rounds) == [0, 1, 2]
    assert np.array_equal(cell.values, [[0.0, 2.0, 7.0], [1.0, 3.0, 8.0], [2.0, 4.0, 9.0]])
    assert list(cell.means) == [3.0, 4.0, 5.0]
    assert cell.outcomes == ({"trials": 0}, {"trials": 1}, {"trials": 2})
    assert cell.totals == {"trials": 3}


def test_what_an_injected_arm_ran_too_much_is_kept() -> None:
    injected = Cell(pattern="map", kernel="square", tasks=5, label="injected")
    data = measured(sample(injected, 0, 1.0, injected_ppm=1_050_000), sample(LOOP, 0, 1.0))
    assert data[injected.text].injected_ppm == 1_050_000
    assert data[LOOP.text].injected_ppm is None


def test_the_table_has_a_row_for_each_value_and_none_for_warm_ups() -> None:
    table = samples_table([sample(LOOP, 0, 1.0, 2.0), sample(POOL, 3, 4.0)])
    assert list(table["elapsed_s"]) == [1.0, 2.0, 4.0]
    assert list(table["value_index"]) == [0, 1, 0]
    assert list(table["round"]) == [0, 0, 3]


def test_a_cell_that_was_measured_twice_in_one_round_is_an_error() -> None:
    with pytest.raises(ValueError, match="duplicate"):
        cells_of([sample(LOOP, 0, 1.0), sample(LOOP, 0, 2.0)])
