"""Latency, bandwidth and the sizes at which a protocol changes come back from a known law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from study import scaling

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = np.array([1, 64, 1024, 4096, 16383, 16385, 65535, 65537, 262144, 1048576, 4194304, 16777216])
ALPHA_S, BETA_S = 1e-5, 1e-9


def line(sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(ALPHA_S + sizes * BETA_S)


def study(rng: np.random.Generator, truth: NDArray[np.float64], rounds: int = 10) -> NDArray[np.float64]:
    """Ten rounds with 2 % noise of each size and 2 % of the whole round."""
    noise = rng.normal(1.0, 0.02, size=(rounds, truth.size)) * rng.normal(1.0, 0.02, size=(rounds, 1))
    return np.asarray(truth * noise)


def test_one_line_stays_one_segment_and_its_intervals_cover() -> None:
    rng = np.random.default_rng(1)
    single = 0
    held = np.zeros(3)
    studies = 200
    for _ in range(studies):
        found = scaling.message_model(SIZES, study(rng, line(SIZES)))
        single += len(found.segments) == 1
        if len(found.segments) > 1:
            continue
        (segment,) = found.segments
        truths = (
            (segment.alpha_s, ALPHA_S),
            (segment.bandwidth, 1 / BETA_S),
            (segment.half_bytes, ALPHA_S / BETA_S),
        )
        for index, (estimate, truth) in enumerate(truths):
            assert estimate.low is not None
            assert estimate.high is not None
            held[index] += estimate.low <= truth <= estimate.high
    assert single >= 0.95 * studies
    assert np.all(held / single >= 0.91)
    assert np.all(held / single <= 0.995)


def test_a_change_of_protocol_is_found_where_it_is() -> None:
    truth = np.where(SIZES < 16384, line(SIZES), 3e-5 + SIZES * 4e-10)
    found = scaling.message_model(SIZES, study(np.random.default_rng(2), truth))
    assert [(each.from_bytes, each.to_bytes) for each in found.segments] == [(1, 16383), (16385, 16777216)]
    for segment, alpha_s, beta_s in zip(found.segments, (ALPHA_S, 3e-5), (BETA_S, 4e-10), strict=True):
        assert segment.alpha_s.point == pytest.approx(alpha_s, rel=0.1)
        assert segment.bandwidth.point == pytest.approx(1 / beta_s, rel=0.1)


def test_three_segments_without_noise_come_back_exactly() -> None:
    truth = np.select([SIZES < 16383, SIZES < 262144], [line(SIZES), 5e-5 + SIZES * 2e-9], 4e-4 + SIZES * 3e-10)
    found = scaling.message_model(SIZES, np.tile(truth, (6, 1)))
    assert [each.to_bytes for each in found.segments] == [4096, 65537, 16777216]
    assert found.segments[0].half_bytes.point == pytest.approx(ALPHA_S / BETA_S, rel=1e-6)


def test_order_of_sizes_and_seed_make_no_other_numbers() -> None:
    times = study(np.random.default_rng(3), line(SIZES))
    assert scaling.message_model(SIZES, times) == scaling.message_model(SIZES[::-1], times[:, ::-1])


def test_what_cannot_be_had_has_a_reason() -> None:
    assert "2 sizes" in scaling.message_model([1, 2], np.ones((6, 2))).reason
    assert "5 rounds" in scaling.message_model([1, 2, 3], np.ones((5, 3))).reason
    falling = scaling.message_model([1, 2, 3], np.tile([3.0, 2.0, 1.0], (6, 1))).segments[0]
    assert falling.bandwidth.point is None
    assert "does not grow" in falling.bandwidth.reason
    steep = scaling.message_model([10, 20, 30], np.tile([0.1, 1.1, 2.1], (6, 1))).segments[0]
    assert steep.half_bytes.point is None
    assert "α" in steep.half_bytes.reason


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="rounds × sizes"):
        scaling.message_model([1, 2], [1.0, 2.0])
    with pytest.raises(ValueError, match="above 0"):
        scaling.message_model([1, 2], [[0.0, 1.0]])
    with pytest.raises(ValueError, match="different"):
        scaling.message_model([1, 1], [[1.0, 1.0]])
