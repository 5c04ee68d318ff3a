"""Runs handed over and taken in: which one, where its bundle goes, what is in it, and what became of each that was added."""

from __future__ import annotations

from study.exchange.handing import Handing, hand_over
from study.exchange.taking import Taking, take_in

__all__ = ["Handing", "Taking", "hand_over", "take_in"]
