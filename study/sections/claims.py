"""Claims and the data of a run -> verdicts. The only place where a claim is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from study.blocks import Verdict
    from study.evidence import Run


def verdicts(run: Run) -> tuple[Verdict, ...]:
    """Every claim on every target of the run."""
    raise NotImplementedError
