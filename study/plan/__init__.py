"""(experiments, targets, costs, budget) -> what is measured, how often, in which order, and what is left out. Pure."""

from __future__ import annotations

from study.config import ROUNDS
from study.curves import text_of
from study.plan.admission import MARGIN, Failed, Plan, admit, core_is_left_out, needed_s, possible, rounds_of
from study.plan.costs import (
    MIN_TIME_S,
    VALUES,
    WARMUPS,
    Costs,
    PointCost,
)
from study.plan.expansion import Absence, Curve, Expansion, State, expand, joined
from study.plan.order import (
    ASSUMED_CV,
    BEYOND,
    QUICK_ROUNDS,
    blocks_of,
    order_of_round,
    smallest_effect_planned,
    takes_part,
)
from study.plan.views import TargetView, packages_of

__all__ = [
    "ASSUMED_CV",
    "BEYOND",
    "MARGIN",
    "MIN_TIME_S",
    "QUICK_ROUNDS",
    "ROUNDS",
    "VALUES",
    "WARMUPS",
    "Absence",
    "Costs",
    "Curve",
    "Expansion",
    "Failed",
    "Plan",
    "PointCost",
    "State",
    "TargetView",
    "admit",
    "blocks_of",
    "core_is_left_out",
    "expand",
    "joined",
    "needed_s",
    "order_of_round",
    "packages_of",
    "possible",
    "rounds_of",
    "smallest_effect_planned",
    "takes_part",
    "text_of",
]
