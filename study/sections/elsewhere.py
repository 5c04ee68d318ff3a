"""What is said of every trial, held against the other runs of the report: a share of trials is of one machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.sections.claims import verdicts
from study.sections.head import processors
from study.units import counted, percent, threshold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Verdict
    from study.evidence import Run

_ALONE = "That share is of this machine and this run alone: nothing to rely on"
_REFUTED = "nothing to rely on"


def told(verdict: Verdict, of: Run, runs: Sequence[Run]) -> Verdict:
    """The verdict, its sentence followed by the shares that the runs found, machine by machine.

    Only of what is said of every trial: how often it fails is no property of Python, and one machine's share is another's
    surprise. Runs are listed and never pooled.
    """
    if verdict.average.unit != "share" or not verdict.counts:
        return verdict
    shares: dict[str, list[float]] = {}
    seen = 0
    for run in (run for run in runs if run.manifest.simulated == of.manifest.simulated):
        own = [
            number.point
            for other in verdicts(run)
            if (other.claim, other.statement) == (verdict.claim, verdict.statement)
            and (number := other.average_of(verdict.test)) is not None
            and number.point is not None
        ]
        seen += bool(own)
        if own:
            shares.setdefault(processors(run) or run.machine, []).extend(own)
    return replace(verdict, sentence=" ".join(filter(None, (verdict.sentence, _said(verdict, shares, seen)))))


def _said(verdict: Verdict, shares: dict[str, list[float]], runs: int) -> str:
    """The ranges in a sentence; of a single run only that its share is one machine's, where trials differ."""
    same = {share for own in shares.values() for share in own} == {verdict.average.point}
    if same and verdict.decision == "supported":
        return f"So it was in {counted(runs, 'run')} on {counted(len(shares), 'machine')}." if runs > 1 else ""
    if runs < 2:
        return f"{_ALONE}."
    ranges = "; ".join(f"{_range(own)} on {machine}" for machine, own in shares.items())
    return f"Over {counted(runs, 'run')}: {ranges}: {_REFUTED}."


def _range(shares: Sequence[float]) -> str:
    least, most = _whole(min(shares)), _whole(max(shares))
    return most if least == most else f"{least.removesuffix(' %')}–{most}"


def _whole(share: float) -> str:
    """In whole percents, where these are neither none nor all of a share that is not."""
    near = round(share, 2)
    return threshold(near, "share") if near == share or 0.0 < near < 1.0 else percent(share)
