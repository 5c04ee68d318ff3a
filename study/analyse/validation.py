"""The stored outcome of `nox -s validate` -> panels: which promises of the method were kept in simulated studies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import stats
from study.errors import ResultsError
from study.findings import Panel, PanelPoint
from study.units import count, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

SIMULATED = "simulated"


def validation_panels(found: Mapping[str, Any] | None) -> tuple[Panel, ...]:
    """One table for each group of promises; none where nothing was validated.

    Raises
    ------
    ResultsError
        if the stored outcome is not what this study writes.
    """
    if found is None:
        return ()
    try:
        groups: dict[str, list[PanelPoint]] = {}
        broken: dict[str, int] = {}
        for promise in found["promises"]:
            rate = stats.share(int(promise["hits"]), int(promise["trials"]))
            kept = _kept(promise["side"], float(promise["promised"]), rate.low, rate.high)
            groups.setdefault(promise["group"], []).append(
                PanelPoint(
                    names=(
                        promise["noise"],
                        promise["what"],
                        f"{promise['side']} {percent(promise['promised'])}",
                        "kept" if kept else "BROKEN",
                    ),
                    series=promise["noise"],
                    thing="same",
                    estimate=rate,
                )
            )
            broken[promise["group"]] = broken.get(promise["group"], 0) + (not kept)
        sources = found["resampled_process_means"]
        notes = (
            f"{count(found['studies'])} simulated studies of {count(found['rounds'])} rounds for each line, seed"
            f" {found['seed']}, finished {found['finished']}. “Resampled” noise is drawn from stored runs: "
            + (
                ", ".join(f"{count(n)} process means of class {name}" for name, n in sources.items())
                or "there was none"
            )
            + ".",
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResultsError(f"validation.json: not what this study writes ({type(error).__name__}: {error})") from None
    return tuple(
        Panel(
            id=f"validation-{group.replace(' ', '-')}",
            topic="validation",
            target=SIMULATED,
            side_by_side="nothing",
            title=_title(group, len(points), broken[group]),
            subtitle="Share of simulated studies, with its exact 95 % interval, beside what is promised",
            kind="table",
            heads=("noise", "promise", "promised", "outcome"),
            points=tuple(points),
            notes=notes,
        )
        for group, points in groups.items()
    )


def _kept(side: str, promised: float, low: float | None, high: float | None) -> bool:
    if low is None or high is None:
        return False
    return high >= promised if side == "at least" else low <= promised


def _title(group: str, promises: int, broken: int) -> str:
    outcome = "all kept" if not broken else f"{count(broken)} broken"
    return f"{group.capitalize()}: {count(promises)} promises, {outcome}"
