"""Putting panels together: points from cells, and titles that are findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import stats
from study.blocks import Panel, PanelPoint
from study.cell import unit_of
from study.findings import Estimate
from study.table import paired
from study.things import BACKENDS, CHANNELS, START_METHODS
from study.units import count, with_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from study.evidence import Evidence
    from study.findings import SideBySide, Unit
    from study.table import CellData
    from study.things import Look


def look_of(data: CellData) -> Look:
    """Whose colour a cell has: its channel or start method where that is the point, else who does the work."""
    cell = data.cell
    backend, channel = BACKENDS[cell.backend], CHANNELS[cell.channel]
    if backend.kind == "floor":
        return backend.look
    if channel.look is not None:
        return channel.look
    method = START_METHODS.get(cell.start_method)
    return backend.look if method is None else method.look


def place(backend: str, start_method: str) -> tuple[int, int]:
    """Where a way to run tasks stands among the others: in the order of the records; a start method without one is last."""
    methods = ("", *START_METHODS)
    return list(BACKENDS).index(backend), methods.index(start_method) if start_method in methods else len(methods)


def absent(unit: Unit, reason: str) -> Estimate:
    """No number, and why."""
    return Estimate(point=None, low=None, high=None, n=0, unit=unit, estimand="average", method="", reason=reason)


def average_of(data: CellData, *, per: float = 1.0) -> Estimate:
    """Average of the cell over its processes, of one of `per` parts of the event."""
    unit: Unit = "byte" if unit_of(data.cell) == "byte" else "s"
    return stats.average(data.means / per, unit)


def ratio_text(of: CellData, to: CellData) -> str:
    """The ratio of the averages of two cells, paired by round, in words with its interval."""
    return with_interval(stats.ratio_of_averages_paired(*paired(of, to)))


def point(  # noqa: PLR0913 - each is one thing a point has
    data: CellData,
    names: Sequence[str],
    *,
    series: str = "",
    x: float | None = None,
    look: Look | None = None,
    per: float = 1.0,
    estimate: Estimate | None = None,
    means: NDArray[Any] | None = None,
    **more: Any,  # noqa: ANN401 - other fields of a point
) -> PanelPoint:
    """A point of one cell; `estimate` and `means` where it is not the plain average."""
    own = data.means / per if estimate is None else means
    return PanelPoint(
        names=tuple(names),
        series=series,
        look=look or look_of(data),
        estimate=average_of(data, per=per) if estimate is None else estimate,
        x=x,
        means=() if own is None else tuple(float(mean) for mean in own),
        **more,
    )


def rows(evidence: Evidence, identity: str, points: Iterable[PanelPoint], **words: Any) -> tuple[Panel, ...]:  # noqa: ANN401 - fields of a Panel
    """A 'rows' panel, or none where nothing was measured for it; see `_panel` for its words."""
    return _panel(evidence, identity, points, kind="rows", **_from_nothing(words))


def curves(evidence: Evidence, identity: str, points: Iterable[PanelPoint], **words: Any) -> tuple[Panel, ...]:  # noqa: ANN401 - fields of a Panel
    """A 'curves' panel, or none where nothing was measured for it; rows where only one value of x was."""
    ordered = sorted(points, key=lambda drawn: (drawn.series, drawn.x or 0.0))
    kind = "curves" if len({drawn.x for drawn in ordered}) > 1 else "rows"
    return _panel(evidence, identity, ordered, kind=kind, **words if kind == "curves" else _from_nothing(words))


def _from_nothing(words: dict[str, Any]) -> dict[str, Any]:
    """The words of a 'rows' panel, whose axis begins at 0 where nobody said otherwise and it is not logarithmic."""
    return {"include": () if words.get("log_y") else (0.0,), **words}


def titled(evidence: Evidence, about: str, finding: Callable[[], str] | str, side_by_side: SideBySide) -> str:
    """The finding, or `about` where there is none, or where the gate leaves it open with the reason."""
    why = evidence.left_open(side_by_side)
    said = "" if why else finding() if callable(finding) else finding
    return said or about + (f": {why}" if why else "")


def _panel(  # noqa: PLR0913 - each is one thing a panel says
    evidence: Evidence,
    identity: str,
    points: Iterable[PanelPoint],
    *,
    about: str,
    finding: Callable[[], str] | str,
    side_by_side: SideBySide,
    notes: Sequence[str] = (),
    found: Sequence[str] = (),
    missing: str = "",
    **words: Any,  # noqa: ANN401 - fields of a Panel
) -> tuple[Panel, ...]:
    """A panel: its title is the finding, or `about` where there is none, or where the gate leaves it open with the reason.

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
    if not shown:
        return (Panel(id=identity, title=about, side_by_side=side_by_side, points=(), reason=missing, **words),)
    open_ = bool(evidence.left_open(side_by_side))
    return (
        Panel(
            id=identity,
            title=titled(evidence, about, finding, side_by_side),
            side_by_side=side_by_side,
            points=shown,
            notes=tuple(notes) + (() if open_ else tuple(found)),
            **words,
        ),
    )


def processes(cells: Sequence[CellData]) -> str:
    """`10 processes each`, or the range where cells differ."""
    sizes = sorted({len(data.rounds) for data in cells})
    if not sizes:
        return "no process"
    low, high = count(sizes[0]), count(sizes[-1])
    return f"{low} processes each" if low == high else f"{low} to {high} processes each"


def first(cells: Sequence[CellData], key: Callable[[CellData], bool]) -> CellData | None:
    """The first cell for which `key` holds."""
    return next((data for data in cells if key(data)), None)
