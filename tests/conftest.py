"""Shared settings of the tests: none may depend on how fast the machine is, or on how the shell started them."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from hypothesis import settings

from tests import browser

if TYPE_CHECKING:
    import pytest

settings.register_profile("study", deadline=None)
settings.load_profile("study")

# A shell starts background jobs with SIGINT ignored, and children inherit that; tests of Ctrl-C need the usual state.
signal.signal(signal.SIGINT, signal.default_int_handler)


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
