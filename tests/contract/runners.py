"""The backends that run tasks, and what this system has of them."""

from __future__ import annotations

import multiprocessing

import pytest

from study.bench.probe import has_interpreters
from study.things import BACKENDS

RUNNERS = [backend for backend in BACKENDS.values() if backend.runs_tasks]
EXISTING = multiprocessing.get_all_start_methods()
HERE = [
    backend for backend in RUNNERS if not backend.package and (not backend.needs_interpreters or has_interpreters())
]
"""Those of the standard library that this Python has."""
needs_fork = pytest.mark.skipif("fork" not in EXISTING, reason="this system has no fork")
