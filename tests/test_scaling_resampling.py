"""Resampled means scatter as the averages of new studies would."""

from __future__ import annotations

import numpy as np
import pytest

from study.scaling.resampling import resampled


@pytest.mark.parametrize(("round_cv", "own_cv"), [(0.05, 0.0), (0.0, 0.05), (0.03, 0.03)])
def test_resampled_means_scatter_by_what_rounds_and_single_times_do(round_cv: float, own_cv: float) -> None:
    rng = np.random.default_rng(1)
    studies, rounds, levels = 200, 10, 8
    t = rng.lognormal(0.0, own_cv, (studies, rounds, levels)) * rng.lognormal(0.0, round_cv, (studies, rounds, 1))
    drawn = resampled(t, 200, rng)
    assert drawn.shape == (levels, 200, studies)
    assert drawn.mean(axis=1) == pytest.approx(t.mean(axis=1).T, rel=0.01)
    seen = np.sqrt(np.mean(drawn.var(axis=1)))
    truth = np.sqrt((round_cv**2 + own_cv**2) / rounds * (rounds - 1) / rounds)
    assert seen == pytest.approx(truth, rel=0.08)


def test_times_of_one_round_move_together_and_those_of_different_ones_do_not() -> None:
    rng = np.random.default_rng(2)
    t = np.ones((1, 10, 4)) * rng.lognormal(0.0, 0.1, (1, 10, 1))
    drawn = resampled(t, 500, rng)[:, :, 0]
    assert drawn[0] / drawn[0].mean() == pytest.approx(drawn[1] / drawn[1].mean())
