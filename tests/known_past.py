"""A figure of a machine over time, for the tests of how forms are drawn. Every number is made up."""

from __future__ import annotations

from study.forms import History, Steady, Track
from tests.synthetic_report import estimate

HISTORY = History(
    id="history",
    title="Since 24 November runs take 1.3 times as long",
    caption="Dot: one run, in the middle of its cells; band: where runs lie of which nothing changed.",
    runs=tuple(f"{day} Nov" for day in range(18, 30)),
    tracks=tuple(
        Track(
            name=name,
            levels=tuple(
                estimate(factor * (1 + 0.01 * (run % 3)), None, None, "ratio")
                for run, factor in enumerate((*(1.0,) * 6, *(moved,) * 6))
            ),
            steady=(
                Steady(begin=0, end=6, low=0.98, high=1.04),
                Steady(begin=6, end=12, low=0.98 * moved, high=1.04 * moved),
            ),
        )
        for name, moved in (("all cells (28)", 1.3), ("process start (9)", 1.32), ("messages (12)", 1.28))
    ),
    changed=(6, 9),
    y_label="times the level of the first runs",
)
