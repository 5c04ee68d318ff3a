"""Ten numbers, and what tests ask of an estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.findings import Estimate

if TYPE_CHECKING:
    from study.findings import Estimand

TEN = [1.02, 0.98, 1.00, 1.05, 0.97, 1.01, 0.99, 1.03, 1.00, 0.95]
OTHER = [0.51, 0.48, 0.50, 0.53, 0.49, 0.50, 0.50, 0.52, 0.49, 0.48]


def holds(estimate: Estimate, value: float, slack: float = 1e-9) -> bool:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low - slack * abs(value) <= value <= estimate.high + slack * abs(value)


def ends(estimate: Estimate) -> tuple[float, float]:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def estimate_of(low: float | None, high: float | None, estimand: Estimand = "average", reason: str = "") -> Estimate:
    point = None if low is None or high is None else (low + high) / 2.0
    return Estimate(
        point=point, low=low, high=high, n=10, unit="ratio", estimand=estimand, method="given", reason=reason
    )
