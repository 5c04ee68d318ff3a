"""What `nox -s validate` found: which promises of the method were kept in simulated studies."""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from study import stats
from study.reports import Record, Section
from study.sections.build import grouped
from study.sections.tables import numbers, of_outcome, or_none
from study.units import count, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.blocks import Table
    from study.evidence import Study
    from study.findings import Estimate

RECORD = Record(
    order=450,
    name="Promises",
    title="Does the method keep its promises?",
    part="How sure",
    fold="Every promise, and whether it was kept",
)
_ABOUT = (
    "Thousands of simulated studies whose truth is known, under noise from laws and noise resampled from the stored runs. A"
    " promise is kept or broken when the whole interval of its rate lies on one side of what is promised, else not shown."
)
_NONE = "The method was not put to the test here: nox -s validate does it in a few minutes."


def section(study: Study) -> Section:
    """A table for each group of promises, or the sentence that nothing was validated."""
    tables: tuple[Table, ...] = ()
    with study.left_out.apart("validation.json"):
        tables = validation_tables(study.outcomes["validation"])
    return Section(id="validation", name=RECORD.name, title=RECORD.title, blocks=or_none(_ABOUT, tables, _NONE))


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
        hits, trials = int(promise["hits"]), int(promise["trials"])
        rate = replace(
            stats.share(hits, trials, confidence=stats.CONFIDENCE_OF_PROMISES), holds_for="simulated studies"
        )
        side, promised = promise["side"], float(promise["promised"])
        state = stats.state_of(side, promised, hits, trials)
        if state != "kept":
            states[state] += 1
        said = "BROKEN" if state == "broken" else state + _wanted(state, promised, rate)
        rows.append(((promise["noise"], promise["what"], f"{side} {percent(promised)}", said), rate))
    outcome = ", ".join(f"{count(number)} {state}" for state, number in states.items() if number) or "all kept"
    return numbers(
        f"validation-{group.replace(' ', '-')}",
        title=f"{group.capitalize()}: {count(len(promises))} promises, {outcome}",
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
