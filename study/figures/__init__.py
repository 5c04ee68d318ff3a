"""Findings -> figures: one style, one colour per thing everywhere, every interval drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.figures import dispatch, lifecycle, noise, pool, printers, speedup, threads
from study.figures.compose import View
from study.figures.drawn import Datum, Drawn, NotDrawn
from study.figures.panels import draw_panel
from study.figures.style import colours, css_variables

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.findings import RunFindings

__all__ = ["Datum", "Drawn", "NotDrawn", "colours", "css_variables", "draw", "draw_beside"]

_FIGURES: tuple[tuple[str, Callable[[View, str], Drawn | NotDrawn | list[Drawn | NotDrawn]]], ...] = (
    (speedup.ID_WORKERS, speedup.draw_workers),
    (speedup.ID_POOLS, speedup.draw_pools),
    (threads.ID_COSTS, threads.draw_costs),
    (threads.ID_BUSY, threads.draw_busy),
    (lifecycle.ID, lifecycle.draw),
    (dispatch.ID_PER_TASK, dispatch.draw_per_task),
    (dispatch.ID_CHUNKS, dispatch.draw_chunks),
    (pool.ID_PARTS, pool.draw_parts),
    (pool.ID_BREAK_EVEN, pool.draw_break_even),
    (printers.ID_PROMISES, printers.draw_promises),
    (printers.ID_ORDERS, printers.draw_orders),
    (noise.ID, noise.draw),
)


def draw(run: RunFindings, target: str, suffix: str = "") -> tuple[Drawn | NotDrawn, ...]:
    """Every figure of one target of one run, in the order of the questions.

    Parameters
    ----------
    suffix : what is added to each figure's id, so that several targets can stand on one page.
    """
    view = View(run, target)
    found: list[Drawn | NotDrawn] = []
    for identity, function in _FIGURES:
        made = function(view, identity + suffix)
        found += made if isinstance(made, list) else [made]
    panels = [draw_panel(panel, suffix) for panel in run.panels if panel.target == target]
    return (*found, *(one for one in panels if one is not None))


def draw_beside(run: RunFindings, target: str, suffix: str) -> tuple[Drawn, ...]:
    """What stands of one target of another run than the report's: its speedups, over workers and by pool, and their law."""
    where = f"{run.machine}, {target}: "
    laws = [panel for panel in run.panels if panel.target == target and panel.id == "scaling-laws"]
    made = (
        speedup.draw_workers(View(run, target, where), speedup.ID_WORKERS + suffix),
        *speedup.draw_pools(View(run, target, where), speedup.ID_POOLS + suffix),
        *(draw_panel(replace(panel, title=where + panel.title), suffix) for panel in laws),
    )
    return tuple(one for one in made if isinstance(one, Drawn))
