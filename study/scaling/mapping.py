"""Carrying an interval through a monotone formula, and what all formulas refuse."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.findings import Estimate


def mapped(estimate: Estimate, change: Callable[[float], float], method: str) -> Estimate:
    """Carry an estimate through a monotone map; a falling map swaps the ends."""
    if estimate.point is None:
        return replace(estimate, method=method)
    point = change(estimate.point)
    if estimate.low is None or estimate.high is None:
        return replace(estimate, point=point, method=method)
    ends = (change(estimate.low), change(estimate.high))
    return replace(estimate, point=point, low=min(ends), high=max(ends), method=method)


def without(estimate: Estimate, reason: str) -> Estimate:
    """Take the number out of an estimate and say why."""
    return replace(estimate, point=None, low=None, high=None, reason=reason)


def at_least_one(count: float) -> None:
    """Refuse counts below 1."""
    if not (math.isfinite(count) and count >= 1):
        raise ValueError(f"{count!r}: expected a count of at least 1")
