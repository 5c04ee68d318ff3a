"""Putting panels together: points from cells, and titles that are findings."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from study import stats
from study.blocks import Panel, PanelPoint
from study.cell import Cell
from study.evidence.summaries import time_or_size
from study.sections.ways import way_look
from study.table import paired, per_task
from study.things import BACKENDS, CHANNELS, START_METHODS
from study.things.patterns import MAP
from study.units import count, with_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from study.evidence import CellData, Evidence
    from study.findings import Estimate, SideBySide, Unit
    from study.things import Look

K = TypeVar("K")
T = TypeVar("T")


def look_of(data: CellData) -> Look:
    """Whose colour a cell has: its channel or start method where that is the point, else who does the work."""
    backend, channel = BACKENDS[data.cell.backend], CHANNELS[data.cell.channel]
    if backend.kind == "floor":
        return backend.look
    method = START_METHODS.get(data.cell.start_method)
    return channel.look or (backend.look if method is None else method.look)


def place_of(data: CellData) -> tuple[int, int]:
    """Where a cell stands by who does its work: in the order of the records; a start method without one is last."""
    method, methods = data.cell.start_method, ("", *START_METHODS)
    return list(BACKENDS).index(data.cell.backend), methods.index(method) if method in methods else len(methods)


def loop_beside(evidence: Evidence, data: CellData) -> CellData | None:
    """The plain loop over the same tasks, or None where that was not measured."""
    return evidence.get(Cell(pattern=MAP.name, kernel=data.cell.kernel, tasks=data.cell.tasks))


def loop_by_task(evidence: Evidence, data: CellData) -> CellData | None:
    """The plain loop over the same tasks, or over one worker's share of them; of both jobs one task is compared."""
    shares = {1, min(data.cell.workers, evidence.usable_cpus)}
    tasks = (data.cell.tasks // share for share in sorted(shares) if share and data.cell.tasks % share == 0)
    loops = (evidence.get(Cell(pattern=MAP.name, kernel=data.cell.kernel, tasks=number)) for number in tasks)
    return next((loop for loop in loops if loop is not None), None)


def average_of(data: CellData, *, per: float = 1.0) -> Estimate:
    """Average of the cell over its processes, of one of `per` parts of the event."""
    return stats.average(data.means / per, time_or_size(data.cell))


def average_text(data: CellData, *, per: float = 1.0, reason: bool = True) -> str:
    """The average in words with its interval, or the reason why it has none."""
    return with_interval(average_of(data, per=per), reason=reason)


def task_text(data: CellData, *, reason: bool = True) -> str:
    """What one task of a map costs, in words as `average_text`."""
    return average_text(data, per=data.cell.tasks, reason=reason)


def ratio_of(of: CellData, to: CellData) -> Estimate:
    """The ratio of the averages of two cells, paired by round."""
    return stats.ratio_of_averages_paired(*paired(of, to))


def quotient(above: ArrayLike, below: ArrayLike, unit: Unit) -> Estimate:
    """Average ÷ average of two numbers of each process, either of them the same number for all; never an average of ratios."""
    return replace(stats.ratio_of_averages_paired(*np.broadcast_arrays(above, below)), unit=unit)


def speedup_by_task(loop: CellData, shared: CellData) -> Estimate:
    """How many times as many tasks a second as the loop: jobs of different numbers of tasks can be compared."""
    return ratio_of(per_task(loop), per_task(shared))


def ratio_text(of: CellData, to: CellData) -> str:
    """The ratio of the averages of two cells in words with its interval."""
    return with_interval(ratio_of(of, to))


def first(cells: Iterable[CellData], **factors: object) -> CellData | None:
    """The first cell with these values of its factors."""
    return next((data for data in cells if all(getattr(data.cell, name) == factors[name] for name in factors)), None)


def ends(cells: Sequence[CellData], factor: str) -> tuple[CellData, CellData]:
    """The cells with the least and with the greatest value of a factor."""
    value = attrgetter(f"cell.{factor}")
    return min(cells, key=value), max(cells, key=value)


def grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Those of each key."""
    groups: dict[K, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def processes(cells: Iterable[CellData]) -> str:
    """`10 processes each`, or the range where cells differ."""
    sizes = sorted({len(data.rounds) for data in cells})
    if not sizes:
        return "no process"
    low, high = count(sizes[0]), count(sizes[-1])
    return f"{low} processes each" if low == high else f"{low} to {high} processes each"


def point(
    data: CellData,
    *names: str,
    estimate: Estimate | None = None,
    values: NDArray[np.float64] | None = None,
    unit: Unit | None = None,
    per: float = 1.0,
    **more: Any,  # noqa: ANN401 - other fields of a point
) -> PanelPoint:
    """A point of one cell, in the series of its first name where it has several and no other series is said.

    Parameters
    ----------
    estimate : what is shown; else the average of `values`, numbers of the processes in a `unit` of their own; else of the cell.
    per : parts of the event, one of which is shown.
    """
    if estimate is None:
        values = data.means / per if values is None else values
        estimate = stats.average(values, unit or time_or_size(data.cell))
    usual = {"look": look_of(data), "series": names[0] if len(names) > 1 else ""}
    means = () if values is None else tuple(map(float, values))
    return PanelPoint(names=names, estimate=estimate, means=means, **{**usual, **more})


def task_point(data: CellData, *names: str, **more: Any) -> PanelPoint:  # noqa: ANN401 - other fields of a point
    """A point of what one task of a map costs, with the look of who does it."""
    return point(data, *names, per=data.cell.tasks, look=way_look(data), **more)


def log_axis(label: str) -> dict[str, Any]:
    """The words of a panel whose estimates stand on a logarithmic axis."""
    return {"y_label": f"{label} (log scale)", "log_y": True}


def swept(label: str, unit: str, *, log: bool = False) -> dict[str, Any]:
    """The words of a panel over a number, its axis logarithmic or not."""
    return {"x_label": f"{label} (log scale)" if log else label, "x_unit": unit, "log_x": log}


def told(words: Callable[..., str], *cells: CellData | None) -> Callable[[], str]:
    """A finding about these cells; nothing where one of them was not measured."""
    return lambda: words(*cells) if all(cells) else ""


def rows(evidence: Evidence, identity: str, points: Iterable[PanelPoint], **words: Any) -> tuple[Panel, ...]:  # noqa: ANN401 - fields of a Panel
    """A 'rows' panel, whose axis begins at 0 where nobody says otherwise and it is not logarithmic; see `panel`."""
    start = () if words.get("log_y") else (0.0,)
    return panel(evidence, identity, points, kind="rows", **{"include": start, **words})


def curves(evidence: Evidence, identity: str, points: Iterable[PanelPoint], **words: Any) -> tuple[Panel, ...]:  # noqa: ANN401 - fields of a Panel
    """A 'curves' panel; rows where only one value of x was measured; see `panel`."""
    ordered = sorted(points, key=lambda drawn: (drawn.series, drawn.x or 0.0))
    if len({drawn.x for drawn in ordered}) > 1:
        return panel(evidence, identity, ordered, kind="curves", **words)
    return rows(evidence, identity, ordered, **words)


def panel(  # noqa: PLR0913 - each is one thing a panel says
    evidence: Evidence,
    identity: str,
    points: Iterable[PanelPoint],
    *,
    kind: Literal["rows", "curves"],
    about: str,
    finding: Callable[[], str] | str,
    side_by_side: SideBySide,
    notes: Sequence[str] = (),
    found: Sequence[str] = (),
    missing: str = "",
    **words: Any,  # noqa: ANN401 - fields of a Panel
) -> tuple[Panel, ...]:
    """A panel, or none: its title is the finding, `about` where there is none, or where load leaves it open with the reason.

    Parameters
    ----------
    about : what is shown, in words that conclude nothing.
    finding : what is concluded, '' where nothing can be; called only where it may be said.
    notes, found : sentences on the method, and more findings: these stand only where the title may be one.
    missing : where there is no point, why: then the panel says so. Without it there is no panel.
    """
    shown = tuple(points)
    if not shown and not missing:
        return ()
    why = evidence.left_open(side_by_side)
    said = "" if why or not shown else finding() if callable(finding) else finding
    return (
        Panel(
            id=identity,
            kind=kind,
            title=said or (f"{about}: {why}" if why and shown else about),
            side_by_side=side_by_side,
            points=shown,
            notes=(*notes, *(() if why else found)),
            reason="" if shown else missing,
            **words,
        ),
    )
