"""The stored outcome of `nox -s crosscheck` -> a panel: our averages beside independent ones, and whether they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import stats
from study.errors import ResultsError
from study.findings import Panel, PanelPoint
from study.units import count, with_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.findings import Estimate

EPSILON = 1e-8
"""Relative difference of its sums that NPB's own verification allows."""
WIDEST = 1.10
"""Two measurements agree when the whole interval of their ratio lies between 1 / 1.10 and 1.10."""


def agree(ratio: Estimate) -> bool | None:
    """Whether both agree; None where the interval does not tell."""
    if ratio.low is None or ratio.high is None:
        return None
    if ratio.low >= 1 / WIDEST and ratio.high <= WIDEST:
        return True
    return False if ratio.low > WIDEST or ratio.high < 1 / WIDEST else None


def verdict(ratios: Sequence[Estimate], names: Sequence[str]) -> str:
    """Of the first ratio, in words; the others are those with the factor varied."""
    first, *others = [agree(one) for one in ratios]
    if first:
        return "agree within 10 %"
    together = [name for name, one in zip(names[1:], others, strict=True) if one]
    beside = f"they agree with: {'; '.join(together)}" if together else ""
    if first is None:
        said = "open: the interval holds both less and more than 10 %"
        return f"{said}; {beside}" if together else said
    if together:
        return f"further apart than 10 %, explained: {beside}"
    above = [name for name, one in zip(names, ratios, strict=True) if one.low is not None and one.low > WIDEST]
    below = [name for name, one in zip(names, ratios, strict=True) if one.high is not None and one.high < 1 / WIDEST]
    if above and below:
        return (
            f"further apart than 10 %, and moved across 1: above with {'; '.join(above)}, below with {'; '.join(below)};"
            " no value tried brings them together"
        )
    return "further apart than 10 %: unexplained, no value tried brings them together"


def crosscheck_panels(found: Mapping[str, Any] | None) -> tuple[Panel, ...]:
    """One table; none where nothing was cross-checked.

    Raises
    ------
    ResultsError
        if the stored outcome is not what this study writes.
    """
    if found is None:
        return ()
    try:
        points: list[PanelPoint] = []
        about = (
            f"{count(found['rounds'])} rounds, {found['machine']}, CPython {found['python']}, compiler {found['compiler']},"
            f" finished {found['finished']}. The number is ours ÷ theirs, paired over rounds; n is rounds."
        )
        notes = [about, _ep(found["ep_class_s"]["ours"], found["ep_class_s"]["published"])]
        for act in found["acts"]:
            notes.extend(f"{act['act']}, {name}: skipped, because {reason}." for name, reason in act["skipped"].items())
            points.extend(_points(act) if act["sides"] else ())
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
        raise ResultsError(f"crosschecks.json: not what this study writes ({type(error).__name__}: {error})") from None
    panel = Panel(
        id="crosschecks-table",
        topic="crosschecks",
        target="",
        side_by_side="nothing",
        title="Our cells beside programs that share no code with them",
        subtitle="Averages with their 95 % intervals, and ours ÷ theirs",
        kind="table",
        heads=("act", "factor varied", "ours", "theirs", "verdict"),
        points=tuple(points),
        notes=tuple(notes),
    )
    return (panel,)


def _ep(ours: Sequence[float], published: Sequence[float]) -> str:
    """The kernel of NPB EP beside the sums and counts that its authors publish."""
    apart = max(abs(one - known) / abs(known) for one, known in zip(ours[:2], published[:2], strict=True))
    counts = "equal" if list(ours[2:]) == list(published[2:]) else "NOT equal"
    verified = "verified" if apart <= EPSILON and counts == "equal" else "NOT verified"
    return (
        f"NPB EP, class S: {verified}. The sums are {ours[0]:.9f} and {ours[1]:.9f}, published are {published[0]:.9f} and"
        f" {published[1]:.9f}: relative difference {apart:.1g}, and {EPSILON:.0e} is allowed; the counts are {counts}."
    )


def _alone(ratio: Estimate) -> str:
    return {True: "agree", False: "apart", None: "open"}[agree(ratio)]


def _points(act: Mapping[str, Any]) -> list[PanelPoint]:
    sides = act["sides"]
    ratios = [stats.ratio_of_averages_paired(side["ours_s"], side["theirs_s"]) for side in sides]
    said = verdict(ratios, [side["name"] for side in sides])
    return [
        PanelPoint(
            names=(
                f"{act['act']} ({side['program']})",
                f"{act['factor']}: {side['name']}",
                with_interval(stats.average(side["ours_s"], "s")),
                with_interval(stats.average(side["theirs_s"], "s")),
                said if index == 0 else _alone(ratio),
            ),
            series=act["act"],
            thing="same",
            estimate=ratio,
        )
        for index, (side, ratio) in enumerate(zip(sides, ratios, strict=True))
    ]
