"""Q6: how often the four lines come in order, are torn, end with the closing line; and which orders were seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study import stats
from study.evidence import ANY
from study.evidence.summaries import absent
from study.names import cell_name
from study.reports import Record
from study.sections.build import point, rows
from study.sections.files import columns, data_file
from study.sections.said import joined
from study.sections.ways import ANY_JOB
from study.units import brief, count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Panel, PanelPoint
    from study.cell import Cell
    from study.evidence import CellData, Evidence, Study
    from study.findings import Estimate
    from study.reports import DataFile

RECORD = Record(
    order=206,
    name="Q6",
    title="Four processes, each printing its own number: what comes out?",
    reader="What may I rely on?",
    programs=("q6_print.py",),
    always=True,
    part="Answers",
)
_ORDER = "order_"
"""Outcomes that begin so count one order of the lines."""
_MOST_ORDERS = 4
_AS_STARTED = "1234"
"""The order that it is all about has a row wherever it came."""
_POSSIBLE = 24
"""Orders of four lines."""
FEWEST_SEEN = 5
"""How often an order came that has a row of its own: of a rarer one the runs tell nothing but that it can come."""
HOW_READ = "1324: process 3 printed before process 2"
_SESSIONS = "sessions"
_BRACKETS = "Runs of one session are alike; brackets allow for that."


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What was seen of four printing processes.

    Attributes
    ----------
    orders : order of the lines, such as '2134' -> in how many trials it came, and in which share of them; the most
        frequent first.
    in_order, torn, closing_line_last : shares of the trials.
    """

    data: CellData
    trials: int
    orders: dict[str, tuple[int, Estimate]]
    in_order: Estimate
    torn: Estimate
    closing_line_last: Estimate

    @property
    def name(self) -> str:
        """Who printed, in words."""
        return cell_name(self.data.cell)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """What four printing processes keep and what they do not, and which orders were seen."""
    seen = printers(evidence)
    return *_promises(evidence, seen), *_orders(evidence, [printed for printed in seen if printed.orders])


def files(study: Study) -> tuple[DataFile, ...]:
    """All orders that were seen."""
    return (
        data_file(
            study,
            "orders.csv",
            "the orders of the printed lines",
            lambda evidence: (
                {
                    "name": printed.name,
                    **columns(printed.data.cell, "start_method variant"),
                    "trials": printed.trials,
                    "order": order,
                    "times": times,
                    "share": share,
                }
                for printed in _printed(evidence)
                for order, (times, share) in printed.orders.items()
            ),
        ),
    )


def printers(evidence: Evidence) -> list[Printed]:
    """Those that were tried."""
    return [printed for printed in _printed(evidence) if printed.trials]


def _printed(evidence: Evidence) -> list[Printed]:
    return [
        Printed(
            data=data,
            trials=data.totals["trials"],
            orders=_orders_of(data),
            in_order=share_of(data, "in_order"),
            torn=share_of(data, "torn_events"),
            closing_line_last=share_of(data, "closing_line_last"),
        )
        for data in evidence.find("four_printers", **ANY_JOB, variant=ANY)
    ]


def _orders_of(data: CellData) -> dict[str, tuple[int, Estimate]]:
    times = {
        outcome.removeprefix(_ORDER): hits
        for outcome, hits in data.totals.items()
        if outcome.startswith(_ORDER) and hits
    }
    ranked = sorted(times, key=lambda order: (-times[order], order))
    return {order: (times[order], share_of(data, _ORDER + order, seen_only=True)) for order in ranked}


def share_of(data: CellData, outcome: str, *, seen_only: bool = False) -> Estimate:
    """Share of trials with this outcome; one that is counted only when seen is 0 where it was not."""
    pairs = [(counts.get(outcome, 0), counts["trials"]) for counts in data.outcomes if counts.get("trials")]
    if not pairs or not (seen_only or any(outcome in counts for counts in data.outcomes)):
        return absent("share", f"the outcome {outcome} was not recorded")
    if not all(0 <= hits <= trials for hits, trials in pairs):
        return absent("share", f"in one process there were more {outcome} than trials")
    return stats.share_of_processes([hits for hits, _ in pairs], [trials for _, trials in pairs])


def _point(printed: Printed, group: str, label: str, share: Estimate) -> PanelPoint:
    return point(printed.data, group, label, estimate=share, hollow=bool(printed.data.cell.variant))


def _promises(evidence: Evidence, seen: list[Printed]) -> tuple[Panel, ...]:
    """Three shares of the trials, by start method and buffering."""
    shares = {
        "in_order": "the lines came in order",
        "torn": "a line was torn",
        "closing_line_last": "the closing line came last",
    }
    return rows(
        evidence,
        "q6-promises",
        [
            _point(printed, promise, printed.name, getattr(printed, share))
            for share, promise in shares.items()
            for printed in seen
        ],
        about="What four printing processes keep and what they do not",
        finding=lambda: (
            f"In order in {with_interval(seen[0].in_order, reason=False)} of {counted(seen[0].trials, 'trial')}"
            f" ({seen[0].name}); the closing line last in {with_interval(seen[0].closing_line_last, reason=False)}"
        ),
        side_by_side="nothing",
        subtitle="Share of the trials; hollow marks: output without a buffer",
        heads=("what was seen", "start method"),
        missing="no four processes printed",
        y_label="share of the trials",
        include=(0.0, 1.0),
        behind=_SESSIONS,
    )


def _orders(evidence: Evidence, seen: list[Printed]) -> tuple[Panel, ...]:
    """The orders that were seen most often, by start method; output without a buffer only where there is no other."""
    shown = [printed for printed in seen if not printed.data.cell.variant] or seen
    return rows(
        evidence,
        "q6-orders",
        [
            replace(_point(printed, printed.name, name, share), label=f"{name}: {told}")
            for printed in shown
            for name, told, share in shown_orders(printed, _MOST_ORDERS)
        ],
        about="Which orders of the four lines were seen, and how often",
        finding=lambda: _orders_seen(shown),
        side_by_side="nothing",
        subtitle=f"Share of the runs ({HOW_READ}); rare orders, and those beyond the first {count(_MOST_ORDERS)}, stand together",
        heads=("start method", "order"),
        missing="no order of lines was recorded",
        y_label="share of the runs",
        include=(0.0, 1.0),
        behind=_SESSIONS,
        notes=(_BRACKETS,),
    )


def in_order(seen: Sequence[Printed]) -> str:
    """In how many runs the lines came in the order of the starts, by start method; '' where that was not counted."""
    known = [printed for printed in seen if printed.in_order.point is not None]
    told = [
        f"{brief(printed.in_order)} of {counted(printed.trials, 'run')}{_how(printed.data.cell)}" for printed in known
    ]
    return f"Four processes print: in the order of their starts in {joined(told)}" if told else ""


def _how(cell: Cell) -> str:
    """` under fork`, ` under fork, unbuffered`."""
    return "".join(
        (f" under {cell.start_method}" if cell.start_method else "", f", {cell.variant}" if cell.variant else "")
    )


def _orders_seen(seen: Sequence[Printed]) -> str:
    told = [f"{counted(len(printed.orders), 'order')}{_how(printed.data.cell)}" for printed in seen]
    return f"Of {count(_POSSIBLE)} possible orders of the lines there came {joined(told)}"


def shown_orders(printed: Printed, most: int) -> list[tuple[str, str, Estimate]]:
    """The orders that came most often, that of the starts among them, at most so many, and all others together.

    Returns
    -------
    list of (order, or how many further ones; in how many runs; in which share of them)
    """
    often = [order for order, (hits, _) in printed.orders.items() if hits >= FEWEST_SEEN]
    first = (often or list(printed.orders))[:most]
    if _AS_STARTED in printed.orders and _AS_STARTED not in first:
        first = [*first[: most - 1], _AS_STARTED]
    rest = [order for order in printed.orders if order not in first]
    rows_of = [(order, *printed.orders[order]) for order in first]
    if rest:
        hits = sum(printed.orders[order][0] for order in rest)
        share = _share_of_any(printed.data, [_ORDER + order for order in rest])
        rows_of.append((counted(len(rest), "further order"), hits, share))
    return [(name, f"{count(hits)} of {counted(printed.trials, 'run')}", share) for name, hits, share in rows_of]


def _share_of_any(data: CellData, outcomes: Sequence[str]) -> Estimate:
    """Share of trials with one of these outcomes, of which no trial has two."""
    together = "any of several orders"
    summed = tuple(
        {**counts, together: sum(counts.get(outcome, 0) for outcome in outcomes)} for counts in data.outcomes
    )
    return share_of(replace(data, outcomes=summed), together)
