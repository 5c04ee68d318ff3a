"""What a reader is told of Q6: whether the lines of four processes come in order, whole, and before the closing line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Marked
from study.sections.questions import q6, torn
from study.sections.said import joined, sentences, under
from study.sections.ways import ANY_JOB, default_method
from study.things.variants import UNBUFFERED
from study.units import brief, count, counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.evidence import CellData, Evidence

LEAD = ("q6-orders", "q6-promises")
_PROGRAM = "q6_print.py"
_ORDER = "order_"
"""Outcomes that begin so count one order of the lines."""


def answer(evidence: Evidence) -> str:
    """In how many of all runs the lines came in the order of the starts: once otherwise, and nobody may count on it."""
    cells = _printers(evidence, "in_order")
    if not cells:
        return ""
    trials, kept = _of_all(cells, "in_order")
    if kept == trials:
        return (
            f"In order in all {count(trials)} runs here, which nothing promises: another machine may find another order"
        )
    told = joined([said for data in cells if (said := _share(data, "in_order"))])
    return f"Do not count on the order: the four lines came in order in {told}" if told else ""


def _printers(evidence: Evidence, outcome: str, variant: str = "") -> list[CellData]:
    """The processes that print, through a buffer unless told, under each start method, where this was counted."""
    cells = evidence.find("four_printers", **ANY_JOB, variant=variant)
    return [data for data in cells if data.totals.get("trials") and outcome in data.totals]


def _of_all(cells: list[CellData], outcome: str) -> tuple[int, int]:
    """All runs, and those with this outcome."""
    return sum(data.totals["trials"] for data in cells), sum(data.totals[outcome] for data in cells)


def _share(data: CellData, outcome: str) -> str:
    """`14 % of 900 runs under fork`; '' where the counts are no share."""
    share = q6.share_of(data, outcome)
    if share.point is None:
        return ""
    return f"{brief(share)} of {counted(data.totals['trials'], 'run')}{under(data)}"


def lede(evidence: Evidence) -> str:
    """What held, counted: the closing line, and whole lines."""
    return sentences((_closing(evidence), _whole(evidence)))


def _closing(evidence: Evidence) -> str:
    cells = _printers(evidence, "closing_line_last")
    if not cells:
        return ""
    trials, last = _of_all(cells, "closing_line_last")
    why = ": join() waits for every child" if last == trials else ""
    return f"the parent's closing line came last in {count(last)} of {counted(trials, 'run')}{why}"


def _whole(evidence: Evidence) -> str:
    told = []
    for variant, how in (("", "with a buffer"), (UNBUFFERED.name, "without one")):
        cells = _printers(evidence, "torn_events", variant)
        if cells:
            trials, hits = _of_all(cells, "torn_events")
            told.append(f"in {count(hits)} of {counted(trials, 'run')} {how}")
    if not told:
        return ""
    printing = [data.cell for way in ("", UNBUFFERED.name) for data in _printers(evidence, "torn_events", way)]
    also = torn.elsewhere(evidence, printing)
    return f"lines were torn {joined(told)}" + (f"; where the same program was pasted, {also}" if also else "")


def printed(evidence: Evidence) -> Mapping[str, str]:
    """Of the program as it stands: the order that came most often under this interpreter's default, and the closing line."""
    cells = _printers(evidence, "trials")
    if not cells:
        return {}
    default = default_method(evidence)
    own = next((data for data in cells if data.cell.start_method == default), cells[0])
    orders = {
        outcome.removeprefix(_ORDER): hits
        for outcome, hits in own.totals.items()
        if outcome.startswith(_ORDER) and hits
    }
    if not orders:
        return {}
    often = min(orders, key=lambda order: (-orders[order], order))
    lines = [f"Process {number}: {number}" for number in often]
    return {_PROGRAM: "\n".join((*lines, "Program execution completed.", ""))}


def plain(evidence: Evidence) -> tuple[str, ...]:
    """Why there is no order, what printing in four processes is, and what to do about it."""
    del evidence
    return (
        Marked(
            "Each child is a process of its own, and the system decides which of them runs first, on which CPU, and for how"
            " long. `start()` was called in the order 1, 2, 3, 4; nothing says that they get to their `print` in that order."
        ),
        Marked(
            "Here they print into a pipe. Then, as into a file, `print` fills a buffer of its process, which is written when the"
            " process ends or the buffer is full: what is seen is the order in which the children ended. At a terminal a line is"
            " written when it is complete. Without a buffer (`python -u`) a line and its end are written apart, and the line of"
            " another process can come between."
        ),
        Marked(
            "No share is a promise, however high: another run finds another. Who wants an order lets the parent print: `map`"
            " returns results in the order of the tasks, whoever was done first."
        ),
    )
