"""Shared settings of the tests: none may depend on how fast the machine is, or on how the shell started them."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from study.supervise.tree import adopt_orphans
from tests import browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.page import Page

settings.register_profile("study", deadline=None)
settings.load_profile("study")

# A shell starts background jobs with SIGINT ignored, and children inherit that; tests of Ctrl-C need the usual state.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):  # under nohup it is ignored
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in words what was not looked at for want of a browser, and what to do about it."""
    reasons = [
        report.longrepr[2].partition(browser.SKIPPED)[2]
        for report in terminalreporter.stats.get("skipped", [])
        if browser.SKIPPED in report.longrepr[2]
    ]
    if reasons:
        terminalreporter.section("the page in a browser", yellow=True)
        terminalreporter.line(
            f"{len(reasons)} tests of the page were skipped, for they need a browser: {reasons[0]}.\n"
            f"To run them, {browser.REMEDY}."
        )


@pytest.fixture(autouse=True)
def _orphans_stay_whose_they_were() -> Iterator[None]:
    """A bench that was run in this process has adopted orphans: those of later tests would wait for us as zombies."""
    before = adopt_orphans(adopt=False)
    adopt_orphans(adopt=before)
    yield
    adopt_orphans(adopt=before)
