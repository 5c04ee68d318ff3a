"""Shared settings of the tests: none may depend on how fast the machine is, or on how the shell started them."""

from __future__ import annotations

import signal

from hypothesis import settings

settings.register_profile("study", deadline=None)
settings.load_profile("study")

# A shell starts background jobs with SIGINT ignored, and children inherit that; tests of Ctrl-C need the usual state.
signal.signal(signal.SIGINT, signal.default_int_handler)
