"""Numbers at the limit of what a run can tell apart: they say 'at most so much', and a ratio to one 'at least so much'."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study.cell import unit_of
from study.units import size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from study.evidence import Evidence
    from study.findings import Estimate, Limit
    from study.table import CellData

BOTH_AT_LIMIT = "both sides lie at the limit of what can be told apart"


def step_of(evidence: Evidence | None, data: CellData) -> float:
    """The smallest step of what was counted, such as a page of memory; 0 where it is not counted in steps.

    The run itself tells it: everything of this kind that it counted is a multiple of it. Where all of it is equal, it does
    not. Times are read from clocks whose steps are far below an event.
    """
    if evidence is None or unit_of(data.cell) != "byte":
        return 0.0
    kind = (data.cell.pattern, data.cell.part)
    alike = [
        other.values.ravel()
        for (target, _), other in evidence.run.cells.items()
        if target == evidence.target and (other.cell.pattern, other.cell.part) == kind
    ]
    counted = np.concatenate([data.values.ravel(), *alike])
    if not bool((counted == np.floor(counted)).all()):
        return 0.0
    step = math.gcd(*(int(number) for number in counted))
    return float(step) if counted.max() > step else 0.0


def reaches(values: NDArray[np.float64], step: float) -> bool:
    """Whether some of these values are no larger than a step: then nothing may have been there."""
    return bool(step) and bool((values <= step).any())


def one_sided(estimate: Estimate, limit: Limit) -> Estimate:
    """The estimate as a limit alone: its end that holds, and no other; unchanged where it has no interval."""
    if limit == "at least" and estimate.low is not None:
        return replace(estimate, point=estimate.low, high=math.inf, limit=limit)
    if limit == "at most" and estimate.high is not None:
        return replace(estimate, point=estimate.high, low=0.0, limit=limit)
    return estimate


def told(step: float) -> str:
    """What the limit is, in words."""
    return f"less than {size(step)} cannot be told from nothing, so the number is a limit"
