"""What a reader is told of memory: what each further worker takes, and what a child copies by reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study.evidence import ANY
from study.sections.build import first
from study.sections.frame import panel_of
from study.sections.questions import memory
from study.sections.said import cost, joined, sentences
from study.sections.ways import METHODS
from study.things import FORMS
from study.things.backends import PROCESSES
from study.units import brief, size

if TYPE_CHECKING:
    from study.evidence import Evidence

_FURTHER = "each further worker"
"""As the figure of the memory of workers calls it."""
_MOST_WAYS = 4


def answer(evidence: Evidence) -> str:
    """Of every way to have workers, the one that takes least first."""
    shown = panel_of(evidence, memory.panels, "memory-growth")
    points = () if shown is None else shown.points
    known = sorted(
        (drawn for drawn in points if _FURTHER in drawn.names and drawn.estimate.point is not None),
        key=lambda drawn: drawn.estimate.point or 0.0,
    )
    told = [f"{brief(drawn.estimate)} ({drawn.names[0]})" for drawn in known[:_MOST_WAYS]]
    return f"Each further worker takes {joined(told)}" if told else ""


def lede(evidence: Evidence) -> str:
    """What a forked child copies by reading a list of numbers, beside as many bytes in one piece."""
    read: dict[str, Any] = {"form": ANY, "parent_bytes": lambda held: held > 0, "part": "dirtied"}
    cells = evidence.find("copy_on_write", backend=PROCESSES.name, start_method=METHODS, **read)
    listed, plain = first(cells, form="ints"), first(cells, form="")
    if listed is None or plain is None:
        return ""
    held = size(listed.cell.parent_bytes)
    return sentences(
        (
            (
                f"by only reading {held} of {FORMS[listed.cell.form].words} a forked child copies {cost(listed)}; of"
                f" {FORMS[plain.cell.form].words} {cost(plain)}"
            ),
        )
    )
