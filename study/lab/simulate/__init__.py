"""Stands where supervisor and bench stand: times from a known law, on a virtual clock, whose answers are known."""

from __future__ import annotations

from study.lab.simulate.law import Law, Noise, event_s, true_time_s
from study.lab.simulate.runner import SimulatedRunner
from study.lab.simulate.studies import process_factors, draw, draw_studies

__all__ = ["Law", "Noise", "SimulatedRunner", "draw", "draw_studies", "event_s", "true_time_s"]
