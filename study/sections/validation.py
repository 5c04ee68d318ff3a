"""What `nox -s validate` found: which promises of the method were kept in simulated studies, and which exceptions are known."""

from __future__ import annotations

import math
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, cast

from study import stats
from study.blocks import Item, Table
from study.forms import Promise, Rate, Rates
from study.reports import DataFile, Record, Section
from study.sections import promised
from study.sections.build import grouped
from study.sections.said import sentences
from study.sections.tables import numbers, of_outcome, or_none, row
from study.units import count, counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.evidence import Study
    from study.findings import Estimate

    Stored = Mapping[str, Any]

RECORD = Record(order=450, name="Promises", title="Does the method keep its promises?", part="How sure")
_ABOUT = (
    "Thousands of simulated studies whose truth is known, under noise from laws and noise resampled from the stored runs. A"
    " promise is kept or broken when the whole interval of its rate lies on one side of what is promised, else not shown: then"
    " its rate is what is promised, to within that interval. A test on 5 % calls 5 % by design, which no number of studies shows"
    " to be less; for the same reason a bracket is held to a little less than it says, to the rate that stands beside it. What is"
    " promised is what the report says: where that is known not to hold, the exception stands in a list of its own and counts"
    " nowhere as kept."
)
_NONE = "The method was not put to the test here: nox -s validate does it in a few minutes."
_OLDER = (
    "It was stored before exceptions were told apart: among these promises some are lower than what the report says."
)
_FILE = "validation.csv"
_COLUMNS = ("group", "what", "noise", "side", "promised", "short_of", "hits", "trials")
EXCEPTIONS, RATES = "validation-exceptions", "validation-rates"
_SHARE = "Share of simulated studies, with its exact 99 % interval"


def section(study: Study) -> Section:
    """All promises in one figure and a table for each group of them, or the sentence that nothing was validated."""
    tables: tuple[Table, ...] = ()
    files: tuple[DataFile, ...] = ()
    figure, told = None, ""
    with study.left_out.apart("validation.json"):
        found = study.outcomes["validation"]
        tables = validation_tables(found)
        if found:
            figure, told, files = promises_figure(found), kept(found), (data_file(found),)
    about, *rest = or_none(_ABOUT, tables, _NONE)
    blocks = (about, *((figure,) if figure else ()), *rest)
    return Section(id="validation", name=RECORD.name, title=RECORD.title, blocks=blocks, files=files, answer=told)


def kept(found: Mapping[str, Any]) -> str:
    """How many promises were kept, and how many were not."""
    states = [promised.state(promise) for promise in _all_nominal(found)]
    others = [f"{count(number)} {state}" for state in ("broken", "not shown") if (number := states.count(state))]
    whole = f"{count(states.count('kept'))} of {counted(len(states), 'promise')} of the method kept"
    told = f"{whole}; {' and '.join(others)}" if others else whole
    return sentences((told, _known_not_to_hold(found)))


def _known_not_to_hold(found: Mapping[str, Any]) -> str:
    """How many exceptions are known, which count nowhere as kept, and the worst of them."""
    number = sum(map(promised.is_short, found["promises"]))
    worst = promised.shortest(found["promises"])
    if worst is None:
        return ""
    return f"{counted(number, 'more is', 'more are')} known not to hold; the worst: {promised.in_words(worst)}"


def _all_nominal(found: Mapping[str, Any]) -> list[Stored]:
    """The promises of what the report says, without known exceptions and what is only counted."""
    return [promise for promise in found["promises"] if promised.kind(promise) == "nominal"]


def _named(promise: Mapping[str, Any]) -> str:
    return f"{promise['what']} ({promise['noise']}, {promise['side']} {percent(float(promise['promised']))})"


def promises_figure(found: Mapping[str, Any]) -> Rates:
    """How far every rate lies on the kept side of what was promised, a row for each group."""
    groups = grouped(_all_nominal(found), itemgetter("group"))
    return Rates(
        id="promises",
        title=kept(found).partition(". ")[0].rstrip("."),
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
            outcome=cast("Literal['kept', 'broken', 'not shown']", promised.state(promise)),
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
    rate, bound = _rate(promise), float(promise["promised"])
    if rate.point is None or rate.low is None or rate.high is None:
        return rate
    if promise["side"] == "at least":
        return replace(rate, point=rate.point - bound, low=rate.low - bound, high=rate.high - bound)
    return replace(rate, point=bound - rate.point, low=bound - rate.high, high=bound - rate.low)


def validation_tables(found: Stored | None) -> tuple[Table, ...]:
    """One table for each group of promises, one of all known exceptions, and one of rates of which nothing is promised.

    None where nothing was validated, and none of what there is nothing of; errors as of `of_outcome`.
    """
    return of_outcome("validation", found, _tables)


def _tables(found: Stored) -> tuple[Table, ...]:
    kinds = grouped(found["promises"], promised.kind)
    notes = tuple(_notes(found))
    groups = grouped(kinds.get("nominal", ()), itemgetter("group"))
    tables = [_nominal(group, promises, notes) for group, promises in groups.items()]
    if exceptions := kinds.get("exception"):
        tables.append(_exceptions(exceptions, notes))
    if rates := kinds.get("rate"):
        tables.append(_rates(rates, notes))
    return tuple(tables)


def _nominal(group: str, promises: Sequence[Stored], notes: Sequence[str]) -> Table:
    """The promises of one group, and how many of them were not kept."""
    rows: list[tuple[tuple[str, ...], Estimate]] = []
    states = dict.fromkeys(("broken", "not shown"), 0)
    for promise in promises:
        state, rate = promised.state(promise), _rate(promise)
        if state != "kept":
            states[state] += 1
        said = "BROKEN" if state == "broken" else state + _wanted(state, promise, rate)
        rows.append(((promise["noise"], promise["what"], _bound(promise, "promised"), said), rate))
    outcome = ", ".join(f"{count(number)} {state}" for state, number in states.items() if number) or "all kept"
    return numbers(
        f"validation-{group.replace(' ', '-')}",
        title=f"{group[:1].upper()}{group[1:]}: {count(len(promises))} promises, {outcome}",
        subtitle=f"{_SHARE}, beside what is promised",
        heads=("noise", "promise", "promised", "outcome"),
        rows=rows,
        notes=notes,
    )


def _exceptions(promises: Sequence[Stored], notes: Sequence[str]) -> Table:
    """Where it is known that less holds than the report says: how much does, and whether it is still so."""
    rows: list[tuple[tuple[str, ...], Estimate]] = []
    short = count(sum(map(promised.is_short, promises)))
    for promise in promises:
        state, rate = promised.state(promise), _rate(promise)
        known = "as known" if promised.is_short(promise) else "holds here"
        said = {"kept": known, "broken": "WORSE THAN KNOWN"}.get(state, state) + _wanted(state, promise, rate)
        said_instead = (_bound(promise, "short_of"), _bound(promise, "promised"))
        rows.append(((promise["noise"], promise["what"], *said_instead, said), rate))
    return numbers(
        EXCEPTIONS,
        title=f"Where an interval or a call does not hold what it says: {short} of {counted(len(promises), 'known exception')}",
        subtitle=f"{_SHARE}, beside what would have to be true and what is known to be",
        heads=("noise", "what does not hold", "nominal", "known", "outcome"),
        rows=rows,
        notes=notes,
    )


def _rates(promises: Sequence[Stored], notes: Sequence[str]) -> Table:
    """What was counted beside the promises: of each thing its lowest and its highest rate, whatever the noise."""
    rows = []
    for what, rates in grouped(promises, itemgetter("what")).items():
        low, *_, high = sorted(((_rate(rate), rate["noise"]) for rate in (*rates, *rates)), key=_seen)
        ends = (Item(value=rate, small=f"under {noise}") for rate, noise in (low, high))
        rows.append(row(str(what), len(rates), *ends))
    return Table(
        id=RATES,
        caption=f"Counted without a promise: {counted(len(promises), 'rate')}. {_SHARE}. Every one is in {_FILE}.",
        heads=(("What was counted", "text"), ("Kinds of noise", "num"), ("Lowest", "num"), ("Highest", "num")),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _seen(rated: tuple[Estimate, str]) -> float:
    return rated[0].point or 0.0


def data_file(found: Stored) -> DataFile:
    """Every promise, every known exception and every rate, as they were counted."""
    return DataFile(
        name=_FILE,
        about="every promise of the method on simulated studies, kept or not",
        rows=tuple(
            {
                "kind": promised.kind(promise),
                "outcome": promised.state(promise),
                **{name: promise.get(name) for name in _COLUMNS},
            }
            for promise in found["promises"]
        ),
    )


def _rate(promise: Stored) -> Estimate:
    """The rate seen, which is that of endless simulated studies."""
    rate = stats.share(int(promise["hits"]), int(promise["trials"]), confidence=stats.CONFIDENCE_OF_PROMISES)
    return replace(rate, holds_for="simulated studies")


def _bound(promise: Stored, rate: str) -> str:
    """`at least 94 %`: the rate that was stored under that name."""
    return f"{promise['side']} {percent(float(promise[rate]))}"


def _notes(found: Stored) -> Iterator[str]:
    """How many studies stand behind each line, and where the noise of some comes from."""
    means = found["resampled_process_means"]
    sources = ", ".join(f"{count(n)} process means of class {name}" for name, n in means.items()) or "there was none"
    yield (
        f"{count(found['studies'])} simulated studies of {count(found['rounds'])} rounds, or more where these did not tell, seed"
        f" {found['seed']}, finished {found['finished']}. “Resampled” noise is drawn from stored runs: {sources}."
    )
    if not any("short_of" in promise for promise in found["promises"]):
        yield _OLDER


def _wanted(state: stats.State, promise: Stored, rate: Estimate) -> str:
    """Of what is not shown, how many studies would show it."""
    wanted = stats.studies_to_show(float(promise["promised"]), rate) if state == "not shown" else None
    return f" (some {count(wanted)} studies would)" if wanted else ""
