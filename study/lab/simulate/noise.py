"""How the times of a known machine scatter. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How the times scatter. Every factor has mean 1, except modes and outliers, which add time.

    Attributes
    ----------
    within_cv : of the values inside a process (lognormal).
    process_cv : of the processes (lognormal; exponential, so skewed, if `skewed`).
    residuals : where given, process factors are drawn from these, scaled to mean 1 (seen in stored A/A data).
    slow_cv, slow_correlation : of noise that all cells share and that lasts: autoregressive from process to process.
    drift_per_hour : how much slower the machine is, relatively, after an hour.
    run_cv : of what a whole run does to one cell, under all its labels (lognormal).
    mode_share, mode_factor : share of the processes that run in a slower mode, and by what factor.
    outlier_share, outlier_factor : the same for single values.
    """

    within_cv: float = 0.02
    process_cv: float = 0.03
    skewed: bool = False
    residuals: tuple[float, ...] = ()
    slow_cv: float = 0.0
    slow_correlation: float = 0.7
    drift_per_hour: float = 0.0
    run_cv: float = 0.0
    mode_share: float = 0.0
    mode_factor: float = 1.0
    outlier_share: float = 0.0
    outlier_factor: float = 1.0
