"""What a reader is told of whole scripts: who is done sooner, and what that costs in CPU time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.names import who
from study.sections.build import ratio_of
from study.sections.compare import UNDECIDED
from study.sections.frame import panel_of
from study.sections.questions import programs
from study.sections.said import beside, cost, joined, sentences, unless_open
from study.units import brief, spelled

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence
    from study.findings import Decision

_MOST_WAYS = 2
"""Ways that are named."""
_ABOUT = "What a whole script gains"


def answer(evidence: Evidence) -> str:
    """Of every way that is done sooner, the fastest first."""
    return unless_open(evidence, "gains", _ABOUT, lambda: _sooner(evidence))


def _sooner(evidence: Evidence) -> str:
    every = _decided(evidence)
    gains = [words for words, longer in every if longer == "supported"]
    if not every:
        return ""
    if not gains:
        return "No whole script is clearly done sooner than with a plain loop, its start and end counted"
    more = len(gains) - _MOST_WAYS
    told = [*gains[:_MOST_WAYS], spelled(more, "way more", "ways more")] if more > 0 else gains
    (loop, _), *_ = programs.pairs(evidence)
    whole = f"A whole script that takes {cost(loop)} in a plain loop, its start and end counted,"
    return f"{whole} is done sooner with {joined(told)}"


def _decided(evidence: Evidence) -> list[tuple[str, Decision]]:
    """Each way with how many times as fast it is, and whether it is."""
    pairs = sorted(programs.pairs(evidence), key=lambda pair: _mean(pair[1]))
    return [
        (f"{who(data.cell)} ({brief(ratio_of(loop, data))})", beside(evidence, loop, data).longer)
        for loop, data in pairs
    ]


def _mean(data: CellData) -> float:
    return float(data.means.mean())


def lede(evidence: Evidence) -> str:
    """The ways that are not sooner, those of which it is not known, and what the dearest costs in CPU time."""
    every = [] if evidence.left_open("gains") else _decided(evidence)
    none = [words for words, longer in every if longer not in {"supported", UNDECIDED}]
    unknown = [words for words, longer in every if longer == UNDECIDED]
    shown = None if evidence.left_open("costs") else panel_of(evidence, programs.panels, "programs-cpu")
    some = len(none) + len(unknown) < len(every)
    return sentences(
        (
            f"no gain is seen with {joined(none)}" if none and some else "",
            f"it cannot be decided for {joined(unknown)}" if unknown else "",
            "" if shown is None or shown.reason else shown.title,
        )
    )
