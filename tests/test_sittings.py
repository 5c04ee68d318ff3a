"""Two intervals: what one sitting says of itself, and where the machine's next sitting finds a number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import special
from scipy import stats as scipy_stats

from study import stats
from study.lab.validate import sittings
from study.lab.validate.promise import put_to_test
from study.stats import quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS = np.log([1.00, 1.02, 0.99, 1.03])


def test_the_next_sitting_is_looked_for_as_far_as_the_machine_moves() -> None:
    found = stats.next_sitting(LEVELS, 0.02**2, "s")
    reach = scipy_stats.t.ppf(0.975, 3) * 0.02 * math.sqrt(1 + 1 / 4)
    middle = float(np.exp(LEVELS.mean()))
    assert found.point == pytest.approx(middle)
    assert (found.low, found.high) == pytest.approx((middle * math.exp(-reach), middle * math.exp(reach)))
    assert (found.n, found.holds_for, found.reason, found.moves) == (4, "this machine", "", 0.02)


@pytest.mark.parametrize(("sittings_known", "told"), [(1, "one sitting"), (3, "3 sittings")])
def test_with_fewer_than_four_sittings_it_is_said_that_the_movement_is_not_known(
    sittings_known: int, told: str
) -> None:
    found = stats.next_sitting(LEVELS[:sittings_known], 0.02**2, "s")
    assert (found.point, found.low, found.high) == (None, None, None)
    assert found.reason == f"{told}; how much another sitting moves is not known here"


def test_a_cell_that_moved_little_by_accident_is_held_to_what_its_class_does() -> None:
    rng = np.random.default_rng(1)
    levels = rng.normal(0.0, 0.03, (4, 40))
    levels[:, 0] /= 30
    found = stats.squeezed(levels, np.zeros((4, 40)))
    own = levels.var(axis=0, ddof=1)
    assert own[0] < 0.01**2 < found[0]
    assert np.ptp(np.log(found)) < np.ptp(np.log(own)) / 2


def test_the_variances_are_shrunk_as_limma_shrinks_them() -> None:
    rng = np.random.default_rng(2)
    levels = rng.normal(0.0, 0.02, (5, 60)) * rng.lognormal(0.0, 0.8, 60)
    own, df = levels.var(axis=0, ddof=1), 4
    logs = np.log(own) - special.digamma(df / 2) + np.log(df / 2)
    excess = logs.var(ddof=1) - special.polygamma(1, df / 2)
    prior = next(d for d in np.geomspace(0.2, 200, 200_000) if special.polygamma(1, d / 2) <= excess)
    usual = np.exp(logs.mean() + special.digamma(prior / 2) - np.log(prior / 2))
    assert stats.squeezed(levels, np.zeros_like(levels)) == pytest.approx(
        (prior * usual + df * own) / (prior + df), rel=1e-3
    )


def test_no_cell_moves_less_than_the_scatter_inside_its_sittings_makes_it() -> None:
    still = np.zeros((4, 3)) + np.array([0.0, 1e-9, -1e-9, 0.0])[:, np.newaxis]
    assert (stats.squeezed(still, np.full((4, 3), 1e-4)) >= 1e-4).all()


def test_cells_that_never_moved_at_all_are_no_error() -> None:
    assert stats.squeezed(np.zeros((4, 3)), np.zeros((4, 3))).tolist() == [0.0] * 3
    assert stats.next_sitting(np.zeros(4), 0.0, "ratio").low == 1.0


@pytest.mark.parametrize("y", [1e-3, 0.1, 1.0, 7.0, 1e3])
def test_the_inverse_of_the_trigamma_function_is_its_inverse(y: float) -> None:
    assert quantiles.trigamma(quantiles.trigamma_inverse(y)) == pytest.approx(y, rel=1e-8)


@pytest.mark.parametrize(
    ("levels", "errors"),
    [(np.zeros(4), np.zeros(4)), (np.zeros((1, 3)), np.zeros((1, 3))), (np.zeros((4, 3)), np.full((4, 3), -1.0)),
     (np.full((4, 3), np.nan), np.zeros((4, 3))), (np.zeros((4, 3)), np.zeros((4, 2)))],
)  # fmt: skip
def test_what_are_no_sittings_is_refused(levels: NDArray[np.float64], errors: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match=r"expected|finite"):
        stats.squeezed(levels, errors)


def test_where_a_machine_moves_its_interval_holds_the_next_sitting_and_that_of_one_sitting_does_not() -> None:
    name, trial = next(item for item in sittings.trials({}).items() if "6.0 %, 4" in item[0])
    machine, one = put_to_test(name, trial, 300, 300)
    assert machine.hits > 280
    assert one.hits < 180
    assert one.state == "not promised"  # it could not fail: two sittings that stand still hold each other no more often
