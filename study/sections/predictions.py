"""How good predictions of the cost model are: jobs that were foretold, then measured, and what each advice would have cost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.advise.model.intervals import LEVELS
from study.advise.model.judged import held, judged
from study.advise.tried import tried_of
from study.blocks import Folded, Item, Panel, PanelPoint, Prose, Reference, Table
from study.reports import DataFile, Record, Section
from study.sections.build import grouped
from study.sections.foretold import own_jobs_of
from study.sections.places import stored
from study.sections.tables import row
from study.sections.trials import OUTCOME, answer_of, costs_of, findings, of_machines, ratio_of, trials_of
from study.store.outcomes import SESSIONS
from study.things import BACKENDS, START_METHODS
from study.units import count, counted, percent, ratio, seconds, share, signed_percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.advise.model.intervals import Tried
    from study.advise.model.job import Way
    from study.advise.model.judged import Judged
    from study.blocks import Block, Column
    from study.evidence import Study
    from study.sections.trials import Trial

RECORD = Record(order=452, name="Predictions", title="How good are these predictions?", part="How sure", apart=True)
_NONE = f"No job was foretold and then measured here: {SESSIONS[OUTCOME]} does it in some twenty minutes."
_HELD_OUT = (
    "Kernels in loops and over pools, foretold from constants that other cells of the same run gave, each job's loop measured"
    " beside it: this judges the model alone, and is easier than foretelling a function that nobody has measured."
)
_ABOUT = (
    "Each job was foretold by a probe of its function, as advise does it, then run whole in every way that is compared, in"
    " shuffled order. No constant of the model was fitted to any of them; earlier trials of the same functions were known when"
    " the program was changed. An error is measured ÷ foretold, or its inverse where that is larger; of a job measured more than"
    " once the median counts."
)
_ALIKE = "Intervals draw whole functions anew: predictions of one are alike."


def section(study: Study) -> Section:
    """Findings, one figure, all else folded; one sentence where nothing was tried."""
    blocks: list[Block] = []
    files: tuple[DataFile, ...] = ()
    trials: tuple[Trial, ...] = ()
    with study.left_out.apart(f"{OUTCOME}.json"):
        trials = of_machines(trials_of(study.outcomes.get(OUTCOME)), study.runs)
        blocks += _blocks(trials)
        files = (data_file(trials),) if trials else ()
    if not blocks:
        blocks.append(Prose(text=_NONE, kind="empty"))
    with study.left_out.apart("jobs of stored runs that were foretold"):
        blocks += _of_runs(study)
    return Section(id="predictions", name=RECORD.name, title=RECORD.title, blocks=tuple(blocks), files=files)


def _blocks(trials: Sequence[Trial]) -> Iterator[Block]:
    yield from (block for trial in trials[:1] for block in _found(trial))
    if len(trials) > 1:
        yield Folded(
            id="predictions-others",
            title=f"The same of {counted(len(trials) - 1, 'other trial')}",
            blocks=tuple(block for trial in trials[1:] for block in _found(trial)),
        )
    if trials:
        yield Folded(
            id="predictions-further",
            title="Every prediction beside its measurement: by way, by function, intervals, and what each habit costs",
            blocks=(
                figure(trials),
                Prose(text=_ABOUT),
                *(table for trial in trials[:1] for table in _tables(trial, trials)),
                *(replace(table, only="screen") for trial in trials[1:] for table in _tables(trial, trials)),
            ),
        )


def _found(trial: Trial) -> Iterator[Prose]:
    """What was found in a trial."""
    near, intervals, *advice = findings(trial)
    behind = ", an interpreter that no stored run of it has" if trial.alone else ""
    behind += ", foretold by an earlier version of advise" if trial.earlier else ""
    yield Prose(text=f"{trial.name}{behind}: {near} {intervals}")
    yield from (Prose(text=said) for said in advice)


def figure(trials: Sequence[Trial]) -> Panel:
    """Measured ÷ foretold of every job, a row for each backend and start method."""
    points = tuple(
        PanelPoint(
            names=(trial.name, words),
            look=_look(jobs[0].way),
            estimate=ratio_of(jobs),
            series=trial.name if len(trials) > 1 else "",
            label=words,
            means=tuple(math.exp(job.error) for job in jobs),
        )
        for trial in trials
        for words, jobs in grouped(sorted(trial.tried, key=_place), lambda job: way_words(job.way)).items()
    )
    return Panel(
        id="predictions-errors",
        title=answer_of(trials),
        side_by_side="nothing",
        subtitle=(
            "Measured time ÷ foretold time of each job in each way, and their median. Right of 1 it took longer than was foretold"
        ),
        kind="rows",
        behind="predictions",
        heads=("trial", "way"),
        points=points,
        y_label="measured ÷ foretold (log scale)",
        log_y=True,
        include=(0.8, 1.25),
        references=(Reference(label="as foretold", at=1.0),),
        notes=(
            _ALIKE,
            f"Every job, foretold and measured, is in data/{_FILE}.",
        ),
    )


def _place(job: Tried) -> tuple[int, int]:
    methods = ("", *START_METHODS)
    return list(BACKENDS).index(job.way.backend), methods.index(job.way.start_method)


def _look(way: Way) -> Any:  # noqa: ANN401 - of `things`
    method = START_METHODS.get(way.start_method)
    return BACKENDS[way.backend].look if method is None else method.look


def way_words(way: Way) -> str:
    """`Pool, fork`."""
    return ", ".join(filter(None, (BACKENDS[way.backend].look.label, way.start_method)))


_JUDGED: tuple[tuple[str, Column], ...] = (
    ("Predictions", "num"),
    ("Half within", "num"),
    ("80 % within", "num"),
    ("90 % within", "num"),
    ("Typically", "num"),
    ("Within 10 %", "num"),
    ("Within 20 %", "num"),
)


def _numbers(found: Judged) -> tuple[Item, ...]:
    """A row of `_JUDGED`."""
    return (
        _keyed(count(found.jobs), found.jobs),
        *(_keyed(percent(part), part) for part in (found.typical, found.p80, found.p90)),
        _keyed(signed_percent(found.bias), found.bias),
        *(_keyed(share(part, 2), part) for part in found.within),
    )


def _keyed(text: str, number: float) -> Item:
    """A number in words, and what it is sorted by."""
    return Item(value=text, sort=repr(number))


def _tables(trial: Trial, trials: Sequence[Trial]) -> Iterator[Table]:
    place = trials.index(trial)
    behind = "" if place == 0 else f"-{place + 1}"
    whose = f" ({trial.name})"
    for name, title, key in (
        ("functions", "Errors by function", lambda job: job.function),
        ("ways", "Errors by way", lambda job: way_words(job.way)),
    ):
        yield Table(
            id=f"predictions-{name}{behind}",
            caption=f"{title}{whose}, the worst first. “Typically” is the median of measured ÷ foretold, less 1.",
            heads=((name[:-1].capitalize(), "text"), *_JUDGED),
            rows=tuple(row(of, *_numbers(found)) for of, found in _worst_first(grouped(trial.tried, key))),
        )
    yield Table(
        id=f"predictions-intervals{behind}",
        caption=f"What intervals held, made of the trial's other functions{whose}.",
        heads=(("Promised", "num"), ("Held", "num"), ("Predictions", "num"), ("Ends apart", "num")),
        rows=tuple(
            row(
                _keyed(percent(level), level),
                _keyed(share(found.share, 2), found.share),
                _keyed(count(found.jobs), found.jobs),
                _keyed(ratio(found.apart, 3), found.apart),
            )
            for level in LEVELS
            if (found := held(trial.tried, level))
        ),
        empty="Too few functions were tried.",
    )
    yield Table(
        id=f"predictions-habits{behind}",
        caption=f"What following each would have cost: its time ÷ the best that was measured{whose}.",
        heads=(("Whose advice", "text"), ("Geometric mean", "num"), ("Mean", "num"), ("Worst", "num"), ("Jobs", "num")),
        rows=tuple(
            row(said, *(_keyed(ratio(number, 3), number) for number in numbers), _keyed(count(jobs), jobs))
            for said, (*numbers, jobs) in costs_of(trial.jobs).items()
        ),
    )


def _worst_first(groups: Mapping[str, Sequence[Tried]]) -> list[tuple[str, Judged]]:
    """The errors of each group, where paper ends after few rows those that matter stand."""
    return sorted(((of, judged(jobs)) for of, jobs in groups.items()), key=lambda pair: -pair[1].typical)


_FILE = "predictions.csv"


def data_file(trials: Sequence[Trial]) -> DataFile:
    """Every job in every way that was both foretold and measured."""
    rows = tuple(
        {
            "trial": trial.name,
            "function": str(job["function"]),
            "size": str(job["size"]),
            "backend": tried.way.backend,
            "start_method": tried.way.start_method,
            "workers": tried.way.workers,
            "chunksize": tried.way.chunksize,
            "foretold_s": tried.foretold_s,
            "measured_s": tried.measured_s,
            "picked": job["picked"] == _as_stored(tried.way),
        }
        for trial in trials
        for job in trial.jobs
        for tried in tried_of([job])
    )
    return DataFile(name=_FILE, about="jobs that were foretold and then measured, in every way", rows=rows)


def _as_stored(way: Way) -> dict[str, Any]:
    return {name: getattr(way, name) for name in ("backend", "start_method", "workers", "chunksize", "is_own")}


def _of_runs(study: Study) -> Iterator[Block]:
    """What the stored runs themselves tell: their own jobs, foretold from the same run."""
    rows = []
    for place in stored(study):
        tried = own_jobs_of(place.evidence)
        if tried:
            longest = max(tried, key=lambda job: job.measured_s)
            rows.append(
                row(
                    f"{place.place.name}, {place.place.run}",
                    *_numbers(judged(tried)),
                    _keyed(seconds(longest.measured_s), longest.measured_s),
                )
            )
    if rows:
        table = Table(
            id="predictions-own",
            caption="Jobs of stored runs, foretold from other cells of the same run.",
            heads=(("Place", "text"), *_JUDGED, ("Longest job", "num")),
            rows=tuple(rows),
        )
        yield Folded(
            id="predictions-runs", title="Jobs of the stored runs themselves", blocks=(Prose(text=_HELD_OUT), table)
        )
