"""What `nox -s crosscheck` found: our averages beside those of independent programs, and whether they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import stats
from study.blocks import Prose, Record, Section, Table
from study.errors import ResultsError
from study.sections.tables import numbers
from study.units import count, with_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.evidence import Study
    from study.findings import Estimate

RECORD = Record(order=460, name="Cross-checks", title="Beside independent measurements")
EPSILON = 1e-8
"""Relative difference of its sums that NPB's own verification allows."""
WIDEST = 1.10
"""Two measurements agree when the whole interval of their ratio lies between 1 / 1.10 and 1.10."""

_ABOUT = (
    "The same acts measured by programs that share no code with this study, in the same rounds. They agree when the whole"
    " interval of the ratio lies within the bound that the verdict names; where they do not, a factor varied in the run may"
    " say why."
)
_NONE = "Nothing was set beside independent measurements here: nox -s crosscheck does it in a few minutes."


def agree(ratio: Estimate) -> bool | None:
    """Whether both agree; None where the interval does not tell."""
    if ratio.low is None or ratio.high is None:
        return None
    if ratio.low >= 1 / WIDEST and ratio.high <= WIDEST:
        return True
    return False if ratio.low > WIDEST or ratio.high < 1 / WIDEST else None


def agreement(ratios: Sequence[Estimate], names: Sequence[str]) -> str:
    """Of the first ratio, in words; the others are those with the factor varied."""
    first, *others = [agree(ratio) for ratio in ratios]
    if first:
        return "agree within 10 %"
    together = [name for name, agrees in zip(names[1:], others, strict=True) if agrees]
    beside = f"they agree with: {'; '.join(together)}" if together else ""
    if first is None:
        said = "open: the interval holds both less and more than 10 %"
        return f"{said}; {beside}" if together else said
    if together:
        return f"further apart than 10 %, explained: {beside}"
    above = [name for name, ratio in zip(names, ratios, strict=True) if ratio.low is not None and ratio.low > WIDEST]
    below = [
        name for name, ratio in zip(names, ratios, strict=True) if ratio.high is not None and ratio.high < 1 / WIDEST
    ]
    if above and below:
        return (
            f"further apart than 10 %, and moved across 1: above with {'; '.join(above)}, below with {'; '.join(below)};"
            " no value tried brings them together"
        )
    return "further apart than 10 %: unexplained, no value tried brings them together"


def section(study: Study) -> Section:
    """One table, or the sentence that nothing was cross-checked."""
    tables: tuple[Table, ...] = ()
    with study.left_out.apart("crosschecks.json"):
        tables = crosscheck_tables(study.outcomes["crosschecks"])
    blocks = (Prose(text=_ABOUT), *(tables or (Prose(text=_NONE, kind="empty"),)))
    return Section(id="crosschecks", name=RECORD.name, title=RECORD.title, blocks=blocks)


def crosscheck_tables(found: Mapping[str, Any] | None) -> tuple[Table, ...]:
    """One table; none where nothing was cross-checked.

    Raises
    ------
    ResultsError
        if the stored outcome is not what this study writes.
    """
    if found is None:
        return ()
    try:
        about = (
            f"{count(found['rounds'])} rounds, {found['machine']}, CPython {found['python']}, compiler {found['compiler']},"
            f" finished {found['finished']}. The number is ours ÷ theirs, paired over rounds; n is rounds."
        )
        notes = [about, _ep(found["ep_class_s"]["ours"], found["ep_class_s"]["published"])]
        rows: list[tuple[tuple[str, ...], Estimate]] = []
        for act in found["acts"]:
            notes.extend(f"{act['act']}, {name}: skipped, because {reason}." for name, reason in act["skipped"].items())
            rows += _rows(act) if act["sides"] else ()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
        raise ResultsError(f"crosschecks.json: not what this study writes ({type(error).__name__}: {error})") from None
    table = numbers(
        "crosschecks-table",
        title="Our cells beside programs that share no code with them",
        subtitle="Averages with their 95 % intervals, and ours ÷ theirs",
        heads=("act", "factor varied", "ours", "theirs", "verdict"),
        rows=rows,
        notes=notes,
    )
    return (table,)


def _ep(ours: Sequence[float], published: Sequence[float]) -> str:
    """The kernel of NPB EP beside the sums and counts that its authors publish."""
    apart = max(abs(mine - known) / abs(known) for mine, known in zip(ours[:2], published[:2], strict=True))
    counts = "equal" if list(ours[2:]) == list(published[2:]) else "NOT equal"
    verified = "verified" if apart <= EPSILON and counts == "equal" else "NOT verified"
    return (
        f"NPB EP, class S: {verified}. The sums are {ours[0]:.9f} and {ours[1]:.9f}, published are {published[0]:.9f} and"
        f" {published[1]:.9f}: relative difference {apart:.1g}, and {EPSILON:.0e} is allowed; the counts are {counts}."
    )


def _rows(act: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Estimate]]:
    """A row for each side of an act; at the first of them the verdict on the act."""
    sides = act["sides"]
    ratios = [stats.ratio_of_averages_paired(side["ours_s"], side["theirs_s"]) for side in sides]
    said = [agreement(ratios, [side["name"] for side in sides]), *map(_alone, ratios[1:])]
    return [
        (
            (
                f"{act['act']} ({side['program']})",
                f"{act['factor']}: {side['name']}",
                with_interval(stats.average(side["ours_s"], "s")),
                with_interval(stats.average(side["theirs_s"], "s")),
                word,
            ),
            ratio,
        )
        for side, ratio, word in zip(sides, ratios, said, strict=True)
    ]


def _alone(ratio: Estimate) -> str:
    return {True: "agree", False: "apart", None: "open"}[agree(ratio)]
