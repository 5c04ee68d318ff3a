"""The field's formulas for scaling, each with its interval. Pure; models only where the data can identify them."""

from __future__ import annotations

from study.scaling.growth import Growth, growth
from study.scaling.laws import amdahl_speedup, gustafson_scaled_speedup, limits_sentence, usl_throughput
from study.scaling.measured import (
    Speedup,
    break_even_grain,
    capacity,
    capacity_efficiency,
    efficiency,
    karp_flatt,
    speedup,
)
from study.scaling.messages import MessageModel, Segment, message_model
from study.scaling.metg import efficiencies, metg
from study.scaling.models import ModelFit, fit_models
from study.scaling.overheads import LawChecked, break_even_tasks, law_checked, predicted_metg

__all__ = [
    "Growth",
    "LawChecked",
    "MessageModel",
    "ModelFit",
    "Segment",
    "Speedup",
    "amdahl_speedup",
    "break_even_grain",
    "break_even_tasks",
    "capacity",
    "capacity_efficiency",
    "efficiencies",
    "efficiency",
    "fit_models",
    "growth",
    "gustafson_scaled_speedup",
    "karp_flatt",
    "law_checked",
    "limits_sentence",
    "message_model",
    "metg",
    "predicted_metg",
    "speedup",
    "usl_throughput",
]
