"""The verbs that look at what is stored and measure nothing: compare, runs, history. Nothing heavy is imported before."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from study import memory
from study.terminal import LOST, say

if TYPE_CHECKING:
    import argparse

ROOT = Path(__file__).resolve().parent.parent


def compare(options: argparse.Namespace) -> int:
    """Set stored runs against each other; the exit code."""
    memory.check_to_report()
    from study.compare.asked import Comparing  # noqa: PLC0415 - as all below: `--help` need not wait for it
    from study.compare.command import compare as compared  # noqa: PLC0415
    from study.evidence import run_of  # noqa: PLC0415
    from study.sections.claims import verdicts  # noqa: PLC0415

    asked = Comparing.of(options, _results(options), ROOT)
    return compared(asked, lambda folder: verdicts(run_of(folder)), _tell, _complain)


def runs(options: argparse.Namespace) -> int:
    """List them, or give one a name; the exit code."""
    from study.compare.command import list_runs  # noqa: PLC0415

    return list_runs(options, _results(options), ROOT, _tell, _complain)


def history(options: argparse.Namespace) -> int:
    """Say how machines changed; the exit code."""
    memory.check_to_report()
    from study.compare.command import tell_history  # noqa: PLC0415

    return tell_history(options, _results(options), ROOT, _tell, _complain)


def _results(options: argparse.Namespace) -> Path:
    return options.results or ROOT / "results"


def _tell(text: str) -> None:
    say(text, passed_over=LOST)


def _complain(text: str) -> None:
    say(f"study: {text}", sys.stderr, LOST)
