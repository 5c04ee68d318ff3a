"""The field's formulas for scaling, each with its interval. Pure; models only where the data can identify them."""

from __future__ import annotations

from study.scaling.choice import UNKNOWN_SHAPE
from study.scaling.growth import Growth, growth
from study.scaling.laws import limits_sentence
from study.scaling.measured import (
    Speedup,
    break_even_grain,
    capacity,
    efficiency,
    gustafson_fraction,
    karp_flatt,
    speedup,
)
from study.scaling.messages import MOST_SEGMENTS, MessageModel, Segment, message_model
from study.scaling.metg import granularities, metg
from study.scaling.models import ModelFit, fit_models, fit_studies
from study.scaling.overheads import LawChecked, TaskCosts, break_even_tasks, law_checked, predicted_metg, task_costs
from study.scaling.split import Split, efficiency_split, of_capacity

__all__ = [
    "MOST_SEGMENTS",
    "UNKNOWN_SHAPE",
    "Growth",
    "LawChecked",
    "MessageModel",
    "ModelFit",
    "Segment",
    "Speedup",
    "Split",
    "TaskCosts",
    "break_even_grain",
    "break_even_tasks",
    "capacity",
    "efficiency",
    "efficiency_split",
    "fit_models",
    "fit_studies",
    "granularities",
    "growth",
    "gustafson_fraction",
    "karp_flatt",
    "law_checked",
    "limits_sentence",
    "message_model",
    "metg",
    "of_capacity",
    "predicted_metg",
    "speedup",
    "task_costs",
]
