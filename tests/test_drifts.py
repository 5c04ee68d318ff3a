"""Cells that climb or fall over the rounds: counted beside what chance makes of the same rounds, named, and marked."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from study import checks, stats
from study.cell import Cell
from study.evidence.drifts import MARKED, drifts_of, moving
from study.sections import drifting
from study.sections.run_checks import checks_of
from tests.made_up_run import TARGET, measured, run

ROUNDS = 10
STEPS = np.arange(ROUNDS, dtype=float)


def noise(cells: int, seed: int = 3) -> np.ndarray:
    """Cells that stand still, each by itself."""
    return np.asarray(np.random.default_rng(seed).standard_normal((cells, ROUNDS)))


def test_one_series_has_the_r_that_it_has_among_many() -> None:
    series = np.random.default_rng(5).lognormal(size=(40, 10))
    found = stats.trends(series)
    assert found is not None
    assert [stats.r_with_order(one) for one in series] == pytest.approx(found.r.tolist(), abs=1e-12)
    assert stats.r_with_order(np.ones(10)) == 0.0
    with pytest.raises(ValueError, match="finite"):
        stats.r_with_order([1.0, np.nan])


def test_the_correlation_is_that_of_each_cell_with_the_number_of_the_round() -> None:
    series = noise(7)
    found = stats.trends(series)
    assert found is not None
    assert found.r == pytest.approx([np.corrcoef(row, STEPS)[0, 1] for row in series])
    assert found.critical == pytest.approx(0.6319, abs=1e-4)  # of ten, at 5 %, in any table


def test_the_chance_of_a_correlation_is_that_of_the_textbook() -> None:
    assert stats.chance_of_r(0.6319, ROUNDS) == pytest.approx(0.05, abs=1e-4)
    assert stats.chance_of_r(-0.7646, ROUNDS) == pytest.approx(0.01, abs=1e-4)
    assert (stats.chance_of_r(1.0, ROUNDS), stats.chance_of_r(0.9, 2)) == (0.0, 1.0)


def test_cells_that_stand_still_are_within_the_limit_and_about_one_in_twenty_moves() -> None:
    found = stats.trends(noise(600))
    assert found is not None
    assert found.expected == pytest.approx(30, abs=5)
    assert found.beyond <= found.limit


def test_many_cells_that_fall_are_beyond_it_whichever_way() -> None:
    for slope in (-0.4, 0.4):
        series = noise(600)
        series[:120] += slope * STEPS
        found = stats.trends(series)
        assert found is not None
        assert found.beyond > found.limit
        assert (found.falling > found.rising) is (slope < 0)


def test_what_slows_one_round_slows_many_cells_and_is_no_drift() -> None:
    """The limit is of whole rounds: a binomial one takes cells for independent, and is passed by such a run far too often."""
    shared = noise(1, seed=11)[0]
    series = noise(600) + 2.0 * shared
    found = stats.trends(series)
    assert found is not None
    binomial = 30 + 2.33 * math.sqrt(600 * 0.05 * 0.95)
    assert found.limit > 2 * binomial


def test_too_few_rounds_and_no_cell_tell_nothing_and_another_shape_is_refused() -> None:
    assert stats.trends(np.ones((3, 4))) is None
    assert stats.trends(np.ones((0, 10))) is None
    for wrong in (np.ones(10), np.full((2, 10), math.nan)):
        with pytest.raises(ValueError, match="per_round"):
            stats.trends(wrong)
    still = stats.trends(np.ones((3, 10)))
    assert still is not None
    assert (still.beyond, still.limit) == (0, 0)


def life(method: str) -> Cell:
    return Cell(pattern="process_lifecycle", backend="processes", start_method=method, part="join")


FALLS = [40.7e-3, 39.8e-3, 35.2e-3, 35.5e-3, 33.1e-3, 37.0e-3, 30.9e-3, 33.1e-3, 29.4e-3, 29.2e-3]
STANDS = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0, 1.1, 0.9, 1.05, 0.95]


def test_a_cell_that_falls_is_named_with_where_it_begins_and_ends_and_marked() -> None:
    made = run([measured(life("spawn"), FALLS), measured(life("fork"), STANDS)])
    falls, stands = ((TARGET, life(method).text) for method in ("spawn", "fork"))
    assert set(drifts_of(made).of) == {falls}
    said = drifting.told(made, [stands, falls, falls])
    assert "one Process under spawn" in said
    assert "40.7 ms to 29.2 ms (r = \u22120.90)" in said
    assert "too narrow" in said
    assert drifting.told(made, [stands]) == ""
    assert drifting.mark(FALLS).startswith("falls over the rounds (r = \u22120.90)")
    assert drifting.mark(FALLS[::-1]).startswith("rises over the rounds (r = 0.90)")
    assert drifting.mark(STANDS) == drifting.mark(FALLS[:6]) == ""
    assert moving([0.0, *FALLS[1:]]) is None
    assert stats.chance_of_r(-0.90, ROUNDS) < MARKED


def test_a_run_in_which_too_many_cells_fall_does_not_pass() -> None:
    still = noise(200)
    moved = still.copy()
    moved[:60] -= 0.5 * STEPS
    for series, passed in ((still, True), (moved, False)):
        check = checks.trends(stats.trends(series), "one cell")
        assert check.passed is passed
        assert "cells" in check.message
        assert "random orders" in check.threshold
    assert checks.trends(None).passed


def test_the_check_stands_among_those_of_a_run() -> None:
    made = run([measured(life("spawn"), FALLS)], simulated=False)
    names = [check.name for check in checks_of(made)]
    assert checks.TRENDS in names


def test_rounds_that_slow_most_cells_are_told_and_those_of_cells_that_move_by_themselves_are_not() -> None:
    rng = np.random.default_rng(7)
    times = rng.lognormal(sigma=0.01, size=(30, ROUNDS))
    cells = [replace(life("fork"), tasks=number + 1) for number in range(len(times))]
    alone = run([measured(cell, list(row)) for cell, row in zip(cells, times, strict=True)])
    assert drifts_of(alone).together == ()
    assert drifting.together(alone) == ""
    times[:, 1] *= 1.04
    times[:, 3] *= 0.97
    made = run([measured(cell, list(row)) for cell, row in zip(cells, times, strict=True)])
    assert [one.number for one in drifts_of(made).together] == [2, 4]
    assert drifting.together(made) == "most cells take longer in round 2 (3.9 %) and less in round 4 (3.1 %)"


def test_three_cells_are_too_few_to_say_most_of_them() -> None:
    made = run([measured(life(method), [1.0, 1.5, *STANDS[2:]]) for method in ("fork", "spawn", "forkserver")])
    assert drifts_of(made).together == ()
