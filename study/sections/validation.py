"""What `nox -s validate` found: which promises of the method were kept in simulated studies."""

from __future__ import annotations

import math
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from study import stats
from study.forms import Promise, Rate, Rates
from study.reports import Record, Section
from study.sections.build import grouped
from study.sections.tables import numbers, of_outcome, or_none
from study.units import count, counted, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.blocks import Table
    from study.evidence import Study
    from study.findings import Estimate

RECORD = Record(order=450, name="Promises", title="Does the method keep its promises?", part="How sure")
_ABOUT = (
    "Thousands of simulated studies whose truth is known, under noise from laws and noise resampled from the stored runs. A"
    " promise is kept or broken when the whole interval of its rate lies on one side of what is promised, else not shown."
)
_NONE = "The method was not put to the test here: nox -s validate does it in a few minutes."


def section(study: Study) -> Section:
    """All promises in one figure and a table for each group of them, or the sentence that nothing was validated."""
    tables: tuple[Table, ...] = ()
    figure, told = None, ""
    with study.left_out.apart("validation.json"):
        found = study.outcomes["validation"]
        tables = validation_tables(found)
        figure, told = (promises_figure(found), kept(found)) if found else (None, "")
    about, *rest = or_none(_ABOUT, tables, _NONE)
    blocks = (about, *((figure,) if figure else ()), *rest)
    return Section(id="validation", name=RECORD.name, title=RECORD.title, blocks=blocks, answer=told)


def kept(found: Mapping[str, Any]) -> str:
    """How many promises were kept, and how many were not."""
    states = [_state(promise) for promise in found["promises"]]
    others = [f"{count(number)} {state}" for state in ("broken", "not shown") if (number := states.count(state))]
    whole = f"{count(states.count('kept'))} of {counted(len(states), 'promise')} of the method kept"
    return f"{whole}; {' and '.join(others)}." if others else f"{whole}."


def not_kept(found: Mapping[str, Any] | None) -> dict[str, list[tuple[str, str]]]:
    """Group -> what was promised under which noise, and what came of it, of each promise that was not kept."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for promise in () if found is None else found["promises"]:
        if (state := _state(promise)) != "kept":
            groups.setdefault(promise["group"], []).append((_named(promise), state))
    return groups


def _named(promise: Mapping[str, Any]) -> str:
    return f"{promise['what']} ({promise['noise']}, {promise['side']} {percent(float(promise['promised']))})"


def promises_figure(found: Mapping[str, Any]) -> Rates:
    """How far every rate lies on the kept side of what was promised, a row for each group."""
    groups = grouped(found["promises"], itemgetter("group"))
    return Rates(
        id="promises",
        title=kept(found).rstrip("."),
        caption=(
            "How far the share of simulated studies lies on the kept side of what was promised, in percentage points: a dot for"
            " each promise under one kind of noise, with its exact 99\u00a0% interval; green: kept. What was broken is named."
        ),
        promises=tuple(_beyond(group, promises) for group, promises in groups.items()),
    )


def _beyond(group: str, promises: list[Mapping[str, Any]]) -> Promise:
    rates = tuple(
        Rate(
            label=_named(promise),
            found=_distance(promise),
            outcome=_state(promise),
        )
        for promise in promises
    )
    ends = [end for rate in rates for end in (rate.found.low, rate.found.high) if end is not None]
    low, high = min(0.0, *ends), max(0.0, *ends)
    return Promise(
        name=f"{group[:1].upper()}{group[1:]} ({count(len(promises))})",
        words="",
        at=0.0,
        side="at least",
        ends=(min(-0.05, math.floor(20 * low) / 20), max(0.05, math.ceil(20 * high) / 20)),
        rates=rates,
    )


def _distance(promise: Mapping[str, Any]) -> Estimate:
    """The rate less what was promised, or what was promised less the rate where no more than that was."""
    rate, promised = _rate(promise), float(promise["promised"])
    if rate.point is None or rate.low is None or rate.high is None:
        return rate
    if promise["side"] == "at least":
        return replace(rate, point=rate.point - promised, low=rate.low - promised, high=rate.high - promised)
    return replace(rate, point=promised - rate.point, low=promised - rate.high, high=promised - rate.low)


def _rate(promise: Mapping[str, Any]) -> Estimate:
    rate = stats.share(int(promise["hits"]), int(promise["trials"]), confidence=stats.CONFIDENCE_OF_PROMISES)
    return replace(rate, holds_for="simulated studies")


def _state(promise: Mapping[str, Any]) -> stats.State:
    return stats.state_of(promise["side"], float(promise["promised"]), int(promise["hits"]), int(promise["trials"]))


def validation_tables(found: Mapping[str, Any] | None) -> tuple[Table, ...]:
    """One table for each group of promises; none where nothing was validated; errors as of `of_outcome`."""
    return of_outcome("validation", found, _tables)


def _tables(found: Mapping[str, Any]) -> tuple[Table, ...]:
    groups = grouped(found["promises"], itemgetter("group"))
    note = _note(found)
    return tuple(_table(group, promises, note) for group, promises in groups.items())


def _table(group: str, promises: list[Mapping[str, Any]], note: str) -> Table:
    rows: list[tuple[tuple[str, ...], Estimate]] = []
    states = dict.fromkeys(("broken", "not shown"), 0)
    for promise in promises:
        rate, state = _rate(promise), _state(promise)
        side, promised = promise["side"], float(promise["promised"])
        if state != "kept":
            states[state] += 1
        said = "BROKEN" if state == "broken" else state + _wanted(state, promised, rate)
        rows.append(((promise["noise"], promise["what"], f"{side} {percent(promised)}", said), rate))
    outcome = ", ".join(f"{count(number)} {state}" for state, number in states.items() if number) or "all kept"
    return numbers(
        f"validation-{group.replace(' ', '-')}",
        title=f"{group[:1].upper()}{group[1:]}: {count(len(promises))} promises, {outcome}",
        subtitle="Share of simulated studies, with its exact 99 % interval, beside what is promised",
        heads=("noise", "promise", "promised", "outcome"),
        rows=rows,
        notes=(note,),
    )


def _note(found: Mapping[str, Any]) -> str:
    """How many studies stand behind each line, and where the noise of some comes from."""
    means = found["resampled_process_means"]
    sources = ", ".join(f"{count(n)} process means of class {name}" for name, n in means.items()) or "there was none"
    return (
        f"{count(found['studies'])} simulated studies of {count(found['rounds'])} rounds, or more where these did not tell, seed"
        f" {found['seed']}, finished {found['finished']}. “Resampled” noise is drawn from stored runs: {sources}."
    )


def _wanted(state: stats.State, promised: float, rate: Estimate) -> str:
    """Of what is not shown, how many studies would show it."""
    wanted = stats.studies_to_show(promised, rate) if state == "not shown" else None
    return f" (some {count(wanted)} studies would)" if wanted else ""
