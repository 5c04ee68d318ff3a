"""Stored sittings held against each other: what the interval of one, and that of the machine, hold of the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from study.cell import Cell
from study.sections.run_pairs import Measured
from study.sections.sittings import Held, NextRun, held_by
from tests.made_up_run import TARGET, measured

if TYPE_CHECKING:
    from collections.abc import Sequence

CELLS = [Cell(pattern="map", kernel=kernel, tasks=4) for kernel in ("fannkuch", "nbody", "sieve", "json", "zlib")]


def sittings(factors: Sequence[float]) -> list[Measured]:
    """One sitting for each factor, by which all its cells are slower; processes scatter by 3 % inside each."""
    made = []
    for number, factor in enumerate(factors):
        cells = {(TARGET, cell.text): measured(cell, factor * (index + 1.0)) for index, cell in enumerate(CELLS)}
        made.append(
            Measured(f"m/{number}", cast("Any", None), cells, dict.fromkeys(cells, 1), dict.fromkeys(cells, "same"))
        )
    return made


def test_a_machine_that_stands_still_is_held_by_every_interval() -> None:
    found = held_by(sittings([1.0] * 5))
    assert found._replace(still=None) == NextRun(5, Held(5 * 4 * 5, 5 * 4 * 5), Held(25, 25))
    assert 0.8 < (found.still or 0.0) < 0.9  # were its sittings drawn, they would not always be held


def test_a_sitting_that_is_elsewhere_is_held_by_no_other_sitting_but_by_the_machine() -> None:
    factors = np.exp(np.array([-0.2, 0.2, -0.1, 0.1, 0.0]))
    found = held_by(sittings(factors.tolist()))
    assert found.by_one.share == 0.0
    assert found.by_machine.share == 1.0


def test_a_machine_that_jumps_once_is_not_held() -> None:
    found = held_by(sittings([1.0, 1.0, 1.0, 1.0, 1.0, 1.5]))
    assert found.by_machine.trials == 30
    assert found.by_machine.hits == 25


@pytest.mark.parametrize("number", [0, 1, 4])
def test_the_machine_is_not_judged_by_fewer_than_four_sittings_beside_the_one_it_must_hold(number: int) -> None:
    found = held_by(sittings([1.0] * number))
    assert found.by_machine.share is None
    assert (found.by_one.share is None) == (number < 2)
