"""What `nox -s crosscheck` found: our averages beside those of independent programs, and whether they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import stats
from study.reports import Record, Section
from study.sections.said import sentences
from study.sections.tables import numbers, of_outcome, or_none
from study.units import count, counted, percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.blocks import Table
    from study.evidence import Study
    from study.findings import Estimate

RECORD = Record(order=460, name="Cross-checks", title="Beside independent measurements", part="How sure")
EPSILON = 1e-8
"""Relative difference of its sums that NPB's own verification allows."""
WIDEST = 1.10
"""Two measurements agree when the whole interval of their ratio lies between 1 / 1.10 and 1.10."""
_BOUND = percent(WIDEST - 1)

_ABOUT = (
    "Programs that share no code with this study did the same in the same rounds; they agree where the whole interval of the"
    " ratio lies within the bound."
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
        return f"agree within {_BOUND}"
    together = "; ".join(name for name, agrees in zip(names[1:], others, strict=True) if agrees)
    if first is None:
        said = f"open: the interval holds both less and more than {_BOUND}"
        return f"{said}; they agree with: {together}" if together else said
    if together:
        return f"further apart than {_BOUND}, explained: they agree with: {together}"
    bounds = [(name, ratio.low, ratio.high) for name, ratio in zip(names, ratios, strict=True)]
    above = [name for name, low, _ in bounds if low is not None and low > WIDEST]
    below = [name for name, _, high in bounds if high is not None and high < 1 / WIDEST]
    if above and below:
        return (
            f"further apart than {_BOUND}, and moved across 1: above with {'; '.join(above)}, below with {'; '.join(below)};"
            " no value tried brings them together"
        )
    return f"further apart than {_BOUND}: unexplained, no value tried brings them together"


def section(study: Study) -> Section:
    """One table, or the sentence that nothing was cross-checked."""
    tables: tuple[Table, ...] = ()
    seen = ""
    with study.left_out.apart("crosschecks.json"):
        found = study.outcomes["crosschecks"]
        tables = crosscheck_tables(found)
        seen = found_of(found) if found else ""
    blocks = or_none(f"{seen} {_ABOUT}".strip(), tables, _NONE)
    return Section(id="crosschecks", name=RECORD.name, title=RECORD.title, blocks=blocks)


def found_of(found: Mapping[str, Any]) -> str:
    """How many acts agree, are open and lie apart, by the first side of each, and which of these nothing explains."""
    acts = {str(act["act"]): [agree(ratio) for ratio in _ratios(act["sides"])] for act in found["acts"] if act["sides"]}
    apart = {act: any(others) for act, (first, *others) in acts.items() if first is False}
    unexplained = [act for act, explained in apart.items() if not explained]
    firsts = [first for first, *_ in acts.values()]
    parts = [f"of {counted(len(acts), 'act')} {counted(firsts.count(True), 'agrees', 'agree')} within {_BOUND}"]
    if firsts.count(None):
        parts.append(counted(firsts.count(None), "is open", "are open"))
    if apart:
        parts.append(f"{counted(len(apart), 'lies', 'lie')} further apart")
    if unexplained:
        parts.append(f"{count(len(unexplained))} of them unexplained ({'; '.join(unexplained)})")
    return sentences((f"CPython {found['python']}: {', '.join(parts)}",)) if acts else ""


def _ratios(sides: Sequence[Mapping[str, Any]]) -> list[Estimate]:
    """Ours ÷ theirs of each side."""
    return [stats.ratio_of_averages_paired(side["ours_s"], side["theirs_s"]) for side in sides]


def crosscheck_tables(found: Mapping[str, Any] | None) -> tuple[Table, ...]:
    """One table; none where nothing was cross-checked; errors as of `of_outcome`."""
    return of_outcome("crosschecks", found, _tables)


def _tables(found: Mapping[str, Any]) -> tuple[Table, ...]:
    about = (
        f"{count(found['rounds'])} rounds, {found['machine']}, CPython {found['python']}, compiler {found['compiler']},"
        f" finished {found['finished']}. The number is ours ÷ theirs, paired over rounds; n is rounds."
    )
    notes = [about, _ep(found["ep_class_s"]["ours"], found["ep_class_s"]["published"])]
    rows: list[tuple[tuple[str, ...], Estimate]] = []
    for act in found["acts"]:
        notes.extend(f"{act['act']}, {name}: skipped, because {reason}." for name, reason in act["skipped"].items())
        rows += _rows(act) if act["sides"] else ()
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
    ratios = _ratios(sides)
    alone = {True: "agree", False: "apart", None: "open"}
    said = [agreement(ratios, [side["name"] for side in sides]), *(alone[agree(ratio)] for ratio in ratios[1:])]
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
