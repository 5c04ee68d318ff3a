"""Stands where supervisor and bench stand: times from a known law, on a virtual clock, whose answers are known."""

from __future__ import annotations

from study.lab.simulate.law import Law, event_s, true_time_s
from study.lab.simulate.noise import Noise
from study.lab.simulate.runner import SimulatedRunner
from study.lab.simulate.studies import draw, draw_studies, process_factors, process_means

__all__ = [
    "Law",
    "Noise",
    "SimulatedRunner",
    "draw",
    "draw_studies",
    "event_s",
    "process_factors",
    "process_means",
    "true_time_s",
]
