"""Shared settings of the tests: no test may depend on how fast the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("study", deadline=None)
settings.load_profile("study")
