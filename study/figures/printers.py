"""Q6: how often the four lines come in order, are torn, end with the closing line; and which orders were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import units
from study.figures.compose import View, drawn_rows
from study.figures.drawn import Drawn, NotDrawn
from study.figures.rows import Group, Row, Rows

if TYPE_CHECKING:
    from study.findings import Orders

QUESTION = "Q6"
ID_PROMISES = "q6-promises"
ID_ORDERS = "q6-orders"
ABOUT_PROMISES = "What four printing processes keep and what they do not"
ABOUT_ORDERS = "Which orders of the four lines were seen, and how often"
_MOST_ORDERS = 5


def draw_promises(view: View, identity: str = ID_PROMISES) -> Drawn | NotDrawn:
    """Three shares of the trials, by start method and buffering."""
    found = [row for row in view.run.orders if row.target == view.target and row.trials]
    if not found:
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT_PROMISES, reason="no four processes printed")
    sides = (
        ("the lines came in order", [row.in_order for row in found]),
        ("a line was torn", [row.torn for row in found]),
        ("the closing line came last", [row.closing_line_last for row in found]),
    )
    groups = tuple(
        Group(
            title=title,
            rows=tuple(
                Row(label=row.name, thing=row.start_method, estimate=estimate, hollow=bool(row.variant))
                for row, estimate in zip(found, estimates, strict=True)
            ),
        )
        for title, estimates in sides
    )
    first = found[0]
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(
            ABOUT_PROMISES,
            f"In order in {units.with_interval(first.in_order, reason=False)} of {units.counted(first.trials, 'trial')}"
            f" ({first.name}); the closing line last in {units.with_interval(first.closing_line_last, reason=False)}",
            side_by_side="nothing",
        ),
        subtitle="Share of the trials; hollow marks: output without a buffer",
        heads=("what was seen", "start method"),
        rows=Rows(groups=groups, unit="share", axis_label="share of the trials", include=(0.0, 1.0)),
    )


def draw_orders(view: View, identity: str = ID_ORDERS) -> Drawn | NotDrawn:
    """The orders that were seen most often, by start method."""
    found = [row for row in view.run.orders if row.target == view.target and row.trials and row.orders]
    if not found:
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT_ORDERS, reason="no order of lines was recorded")
    found = [row for row in found if not row.variant] or found
    groups = tuple(Group(title=row.name, rows=_rows(row)) for row in found)
    seen = [f"{units.counted(len(row.orders), 'order')} under {row.name}" for row in found]
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(ABOUT_ORDERS, f"Orders seen: {', '.join(seen)}", side_by_side="nothing"),
        subtitle=f"Share of the trials in which each order came; the {units.count(_MOST_ORDERS)} most frequent of each",
        heads=("start method", "order"),
        rows=Rows(groups=groups, unit="share", axis_label="share of the trials", include=(0.0, 1.0)),
    )


def _rows(orders: Orders) -> tuple[Row, ...]:
    return tuple(
        Row(label=one.order, thing=orders.start_method, estimate=one.share, hollow=bool(orders.variant))
        for one in orders.orders[:_MOST_ORDERS]
    )
