"""Known truth comes back inside its interval at the promised rate; what has no difference shows none.

Every test draws 2 000 whole studies from a seeded law and counts. A rate is compared with what is promised through the
binomial spread of that count (four standard errors), so a test fails when the method is wrong and not by bad luck.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binom, ttest_ind

from study import scaling, stats
from study.cell import Cell
from study.lab.simulate import Law, Noise, draw_studies, true_time_s
from study.things import Life

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from study.findings import Estimate

    Means = NDArray[np.float64]

STUDIES = 2000
ROUNDS = 10

CALL = Cell(pattern="map", kernel="fannkuch", tasks=16)
AGAIN = replace(CALL, label="again")
INJECTED = replace(CALL, label="injected")
POOL = replace(CALL, backend="pool", start_method="fork", workers=2)
MESSAGE = Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=64)
START = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join")
STUDY = (CALL, AGAIN, POOL, MESSAGE, START)

SEEN = (0.93, 0.95, 0.96, 0.97, 0.97, 0.98, 0.99, 0.99, 1.0, 1.0, 1.01, 1.02, 1.03, 1.05, 1.08, 1.3, 1.32, 1.35)
"""Process means over their average, shaped like an A/A cell with a slow mode; stands for stored data."""

NOISES = {
    "gaussian": Noise(),
    "skewed processes": Noise(process_cv=0.05, skewed=True),
    "three kinds of wake-up": Noise(mode_share=1 / 3, mode_factor=4.0),
    "resampled": Noise(residuals=SEEN),
    "outliers": Noise(outlier_share=0.03, outlier_factor=3.0),
    "drift and slow noise": Noise(drift_per_hour=15.0, slow_cv=0.03, slow_correlation=0.7),
    "everything": Noise(
        skewed=True, run_cv=0.0, mode_share=0.3, mode_factor=1.5, outlier_share=0.02, outlier_factor=2.0,
        drift_per_hour=5.0, slow_cv=0.02,
    ),
}  # fmt: skip
NOISY = pytest.mark.parametrize("noise", [pytest.param(noise, id=name) for name, noise in NOISES.items()])


def studies(cells: Iterable[Cell], law: Law, *, rounds: int = ROUNDS, blocked: bool = False, seed: int = 1) -> Means:
    """Process means of all studies, shape (studies, cells, rounds)."""
    values = draw_studies(list(cells), rounds, 3, np.random.default_rng(seed), law, studies=STUDIES, blocked=blocked)
    return np.asarray(values.mean(axis=3))


def covered(means: Means, estimate: Callable[[Means], Estimate], truth: float) -> float:
    """Share of the studies whose interval holds the truth."""
    hits = 0
    for study in means:
        found = estimate(study)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    return hits / len(means)


def spread(rate: float) -> float:
    """Four standard errors of a counted rate."""
    return 4.0 * math.sqrt(rate * (1.0 - rate) / STUDIES)


def mean_factor(noise: Noise) -> float:
    """What modes and outliers add to the average."""
    modes = 1.0 + noise.mode_share * (noise.mode_factor - 1.0)
    return modes * (1.0 + noise.outlier_share * (noise.outlier_factor - 1.0))


# The promised rates


@pytest.mark.parametrize(
    ("name", "promised"), [("gaussian", 0.95), ("skewed processes", 0.90), ("three kinds of wake-up", 0.90)]
)
def test_the_average_of_a_fresh_process_is_covered(name: str, promised: float) -> None:
    law = Law(noise=NOISES[name])
    truth = true_time_s(CALL, law) * mean_factor(law.noise)
    rate = covered(studies([CALL], law), lambda study: stats.average(study[0], "s"), truth)
    assert rate > promised - spread(promised)
    assert rate < 1.0  # wider than it need be where there are modes: 98 %


def test_a_rare_slow_mode_is_beyond_the_average_of_ten_processes() -> None:
    # A known limit, kept here so that nobody promises otherwise: a run that never met the mode cannot tell of it.
    law = Law(noise=Noise(mode_share=0.1, mode_factor=1.5))
    truth = true_time_s(CALL, law) * mean_factor(law.noise)
    assert covered(studies([CALL], law), lambda study: stats.average(study[0], "s"), truth) < 0.9


@NOISY
def test_the_ratio_of_averages_is_covered_in_shared_rounds(noise: Noise) -> None:
    law = Law(noise=noise)
    truth = true_time_s(CALL, law) / true_time_s(POOL, law)
    rate = covered(studies(STUDY, law), lambda study: stats.ratio_of_averages_paired(study[0], study[2]), truth)
    assert rate > 0.95 - spread(0.95)


@NOISY
def test_the_typical_process_and_the_typical_ratio_are_covered(noise: Noise) -> None:
    means = studies(STUDY, Law(noise=noise), rounds=20)
    if not noise.drift_per_hour:  # under drift there is no one typical process to cover
        typical = float(np.median(means[:, 0]))
        assert covered(means, lambda study: stats.typical(study[0], "s"), typical) > 0.95 - spread(0.95)
    ratio = float(np.median(means[:, 0] / means[:, 2]))
    rate = covered(means, lambda study: stats.ratio_typical_paired(study[0], study[2]), ratio)
    assert rate > 0.95 - spread(0.95)


@pytest.mark.parametrize("trials", [1, 10, 30, 240])
def test_a_share_is_covered_whatever_it_is(trials: int) -> None:
    intervals = [stats.share(successes, trials) for successes in range(trials + 1)]
    for true_share in np.linspace(0.001, 0.999, 499):
        chances = binom.pmf(np.arange(trials + 1), trials, true_share)
        holds = [
            one.low is not None and one.high is not None and one.low <= true_share <= one.high for one in intervals
        ]
        assert chances[np.array(holds)].sum() >= 0.95 - 1e-9  # exact: every possible count, no drawing


def called(a: NDArray[np.float64], b: NDArray[np.float64], floor: float | None = None) -> stats.Decided:
    """What the rule says of "a takes longer than b"."""
    return stats.decide(
        stats.ratio_of_averages_paired(a, b),
        stats.ratio_typical_paired(a, b),
        direction="above",
        threshold=1.0,
        floor=floor,
        p_adjusted=stats.log_ratio_test_paired(a, b),
    )


# No false differences


def test_a_run_that_shifts_a_cell_shifts_both_its_labels() -> None:
    means = studies(STUDY, Law(noise=Noise(run_cv=0.05)))
    rate = np.mean([(stats.log_ratio_test_paired(x[0], x[1]) or 0.0) < 0.05 for x in means])
    assert abs(rate - 0.05) < spread(0.05)


def test_drift_makes_no_false_differences_in_randomised_rounds_but_many_in_blocks() -> None:
    law = Law(noise=NOISES["drift and slow noise"])
    rates = {}
    for blocked in (False, True):
        means = studies([CALL, AGAIN], law, blocked=blocked)
        rates[blocked] = np.mean(ttest_ind(means[:, 0], means[:, 1], axis=1).pvalue < 0.05)
    assert rates[False] < 0.05 + spread(0.05)
    assert rates[True] > 0.2


def test_pooling_the_values_of_a_process_would_break_the_promise() -> None:
    # The mistake this design avoids; if it covered here too, the tests above would prove nothing.
    law = Law(noise=Noise(process_cv=0.05, within_cv=0.02))
    values = draw_studies([CALL], 5, 10, np.random.default_rng(1), law, studies=STUDIES)
    pooled = values.reshape(STUDIES, 1, 50)
    truth = true_time_s(CALL, law)
    assert covered(pooled, lambda study: stats.average(study[0], "s"), truth) < 0.7
    honest = values.mean(axis=3)
    assert covered(honest, lambda study: stats.average(study[0], "s"), truth) > 0.95 - spread(0.95)


def test_the_interval_of_one_run_does_not_speak_for_other_runs() -> None:
    law = Law(noise=Noise(run_cv=0.03))
    truth = true_time_s(CALL, law) / true_time_s(POOL, law)
    rate = covered(studies(STUDY, law), lambda study: stats.ratio_of_averages_paired(study[0], study[2]), truth)
    assert rate < 0.8


def test_equal_cells_are_decided_for_or_against_at_most_as_often_as_promised() -> None:
    for noise in (NOISES["drift and slow noise"], NOISES["everything"]):
        means = studies(STUDY, Law(noise=noise))
        wrong = 0
        for x in means:
            decided = called(x[0], x[1])
            wrong += decided.decision in {"supported", "refuted"}
        assert wrong / STUDIES < 0.05 + spread(0.05)


def test_a_new_pair_of_equal_cells_stays_within_the_floor_of_an_earlier_one() -> None:
    law = Law(noise=NOISES["gaussian"])
    first, second = studies([CALL, AGAIN], law, seed=1), studies([CALL, AGAIN], law, seed=2)
    within = 0
    for old, new in zip(first, second, strict=True):
        floor = stats.noise_floor([np.log(old[0]) - np.log(old[1])]).point
        assert floor is not None
        within += abs(np.mean(np.log(new[0]) - np.log(new[1]))) < math.log1p(floor)
    assert abs(within / STUDIES - 0.95) < spread(0.95)


def test_equal_cells_have_a_calibration_ratio_of_one_and_shared_trouble_raises_it() -> None:
    honest = studies([CALL, AGAIN], Law())
    found = [stats.paired_t(x[0], x[1]) for x in honest]
    t, df = zip(*(each for each in found if each is not None), strict=True)
    ratio = stats.calibration_ratio(t, df)
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low * 0.9 < 1.0 < ratio.high * 1.1
    blocked = studies([CALL, AGAIN], Law(noise=NOISES["drift and slow noise"]), blocked=True)
    found = [stats.paired_t(x[0], x[1]) for x in blocked]
    t, df = zip(*(each for each in found if each is not None), strict=True)
    assert (stats.calibration_ratio(t, df).low or 0.0) > 1.5


# True differences


def test_an_injected_five_percent_is_recovered_and_seen() -> None:
    means = studies([CALL, INJECTED], Law())
    assert abs(covered(means, lambda x: stats.ratio_of_averages_paired(x[1], x[0]), 1.05) - 0.95) < spread(0.95)
    seen = np.mean([(stats.log_ratio_test_paired(x[1], x[0]) or 0.0) < 0.05 for x in means])
    assert seen > 0.8


@pytest.mark.parametrize("rounds", [6, 10, 20])
def test_the_smallest_effect_is_seen_as_often_as_promised(rounds: int) -> None:
    noise = Noise(process_cv=0.05, within_cv=0.0)
    effect = stats.smallest_effect_planned(0.05, rounds)
    assert effect is not None
    means = studies([CALL, AGAIN], Law(noise=noise), rounds=rounds)
    seen = np.mean([called(x[0] * (1.0 + effect), x[1]).decision == "supported" for x in means])
    assert abs(seen - 0.8) < spread(0.8) + 0.01  # that the interval must not hold 1 costs half a point


def test_amdahls_fraction_comes_back_through_karp_and_flatt() -> None:
    law = Law(
        cpus=4,
        serial_fraction=0.12,
        contention=0.0,
        item_s=0.0,
        dispatch_s={"pool": 0.0},
        noise=Noise(drift_per_hour=5.0),
    )
    four = replace(POOL, workers=4)
    means = studies([CALL, four], law)
    rate = covered(means, lambda x: scaling.karp_flatt(scaling.speedup(x[0], x[1]).ratio, 4), 0.12)
    assert abs(rate - 0.95) < spread(0.95)


def test_the_cost_of_a_start_comes_back() -> None:
    lives = {"fork": Life(0.5e-3, 0.8e-3, 1.7e-3), "threads": Life(20e-6, 25e-6, 50e-6)}
    law = Law(lives=lives)
    thread = Cell(pattern="process_lifecycle", backend="threads", part="join")
    means = studies([START, thread], law)
    assert abs(covered(means, lambda x: stats.average(x[0], "s"), 1.7e-3) - 0.95) < spread(0.95)
    assert abs(covered(means, lambda x: stats.ratio_of_averages_paired(x[0], x[1]), 34.0) - 0.95) < spread(0.95)
    assert abs(covered(means, lambda x: stats.difference_paired(x[0], x[1], "s"), 1.65e-3) - 0.95) < spread(0.95)


def test_the_cost_of_a_dispatch_comes_back_from_two_chunk_sizes() -> None:
    law = Law(dispatch_s={"pool": 75e-6})
    single = Cell(pattern="map", tasks=512, backend="pool", start_method="fork", workers=2, chunksize=1)
    means = studies([single, replace(single, chunksize=8)], law)
    rate = covered(means, lambda x: stats.difference_paired(x[0] / 448, x[1] / 448, "s"), 75e-6)  # 512 - 64 dispatches
    assert abs(rate - 0.95) < spread(0.95)


def test_the_break_even_grain_comes_back() -> None:
    law = Law()
    whole = Cell(pattern="pool_lifecycle", kernel="noop", tasks=5, backend="pool", start_method="fork", workers=2)
    truth = true_time_s(whole, law) / (5 * 0.5)
    rate = covered(studies([whole], law), lambda x: scaling.break_even_grain(stats.average(x[0], "s"), 5, 2), truth)
    assert abs(rate - 0.95) < spread(0.95)


def test_a_real_speedup_is_supported_and_its_opposite_refuted() -> None:
    for noise in NOISES.values():
        means = studies(STUDY, Law(noise=noise))[:200]
        for direction, expected in (("above", "supported"), ("below", "refuted")):
            decided = [
                stats.decide(
                    stats.ratio_of_averages_paired(x[0], x[2]),
                    stats.ratio_typical_paired(x[0], x[2]),
                    direction=direction,  # type: ignore[arg-type]
                    threshold=1.0,
                    floor=0.02,
                    p_adjusted=stats.log_ratio_test_paired(x[0], x[2]),
                ).decision
                for x in means
            ]
            others = {"cannot be decided here", expected}  # heavy modes may leave it open, never turn it round
            assert set(decided) <= others
            if noise in {NOISES["gaussian"], NOISES["drift and slow noise"]}:
                assert decided.count(expected) == len(decided)  # type: ignore[arg-type]


@NOISY
def test_equal_cells_in_randomised_rounds_are_called_different_at_most_as_often_as_promised(noise: Noise) -> None:
    means = studies(STUDY, Law(noise=noise))
    rate = np.mean([(stats.log_ratio_test_paired(x[0], x[1]) or 0.0) < 0.05 for x in means])
    assert rate < 0.05 + spread(0.05)
