"""Shared settings of the tests: none may depend on how fast the machine is, or on how the shell started them."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.page import Page

settings.register_profile("study", deadline=None)
settings.load_profile("study")

# A shell starts background jobs with SIGINT ignored, and children inherit that; tests of Ctrl-C need the usual state.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The report of the known run, rendered once for all tests that look at it."""
    from tests.known_claims import claims_text
    from tests.known_experiments import EXPERIMENTS
    from tests.known_run import measured
    from tests.stored_run import reported, store_run

    folder = tmp_path_factory.mktemp("known")
    store_run(folder / "results", {**EXPERIMENTS, "claims": claims_text()}, measured)
    return reported(folder / "results", folder / "report")
