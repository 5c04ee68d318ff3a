"""Which law of scaling is chosen from its scores, and of which worker counts."""

from __future__ import annotations

import numpy as np
import pytest

from study import scaling
from study.scaling.choice import DECISIVE, UNKNOWN_SHAPE, choose


@pytest.mark.parametrize(
    ("ahead", "chosen"), [(-1.0, "amdahl"), (0.0, "amdahl"), (DECISIVE - 0.1, "amdahl"), (DECISIVE + 0.1, "usl")]
)
def test_growing_overhead_is_chosen_only_where_it_is_decisively_better(ahead: float, chosen: str) -> None:
    assert DECISIVE > 1.0
    assert choose({"linear": 30.0, "amdahl": 10.0, "usl": 10.0 - ahead, "logarithmic": 50.0}) == chosen


def test_which_way_overhead_grows_is_told_only_where_it_is_decisive() -> None:
    near = {"linear": 90.0, "amdahl": 50.0, "usl": 10.0, "logarithmic": 10.0 + DECISIVE - 0.1}
    assert choose(near) == UNKNOWN_SHAPE
    assert choose({**near, "logarithmic": 10.0 + DECISIVE + 0.1}) == "usl"


def test_of_laws_without_growing_overhead_the_better_one_is_chosen() -> None:
    assert choose({"linear": 9.9, "amdahl": 10.0}) == "linear"


def test_worker_counts_beyond_the_cpus_are_told_and_not_fitted() -> None:
    workers = np.array([1, 2, 4, 8])
    times_s = np.tile(1.0 / workers + 0.1, (10, 1)) * np.linspace(0.99, 1.01, 10)[:, None]
    found = scaling.fit_models(workers, times_s, 4, busy_s=np.ones_like(times_s), resamples=20, power_draws=0)
    assert (found.levels, found.beyond_cpus) == ((1, 2, 4), (8,))
