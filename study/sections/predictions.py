"""How good predictions of the cost model are: jobs that were foretold, then measured, and what each advice would have cost."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, NamedTuple

from study import stats
from study.advise.model.intervals import LEVELS, Tried
from study.advise.model.judged import held, judged, regret
from study.advise.tried import ADVISE, followed, forecaster, loop_of, times_of, tried_of
from study.blocks import Folded, Item, Panel, PanelPoint, Prose, Reference, Table
from study.errors import ResultsError
from study.identity import fingerprint, traits_digest
from study.reports import DataFile, Record, Section
from study.sections.build import grouped
from study.sections.foretold import own_jobs_of
from study.sections.places import machine_in_words, stored
from study.sections.tables import row
from study.store.outcomes import SESSIONS
from study.things import BACKENDS, START_METHODS
from study.units import count, counted, percent, ratio, seconds, share, signed_percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.advise.model.job import Way
    from study.advise.model.judged import Judged
    from study.blocks import Block, Column
    from study.evidence import Run, Study
    from study.findings import Estimate

    Stored = Mapping[str, Any]

RECORD = Record(order=452, name="Predictions", title="How good are these predictions?", part="How sure")
OUTCOME = "advised"
_NONE = f"No job was foretold and then measured here: {SESSIONS[OUTCOME]} does it in some twenty minutes."
_NEAR = 0.1
"""Nearer than that is near, and slower by more than that is slower."""
_HELD_OUT = (
    "Jobs of the stored runs themselves: kernels in loops and over pools, foretold from constants that other"
    " cells of the same run gave. Constants and jobs are of one run there, and each job's loop was measured beside it: this"
    " judges the model alone, and is easier than foretelling a function that nobody has measured."
)
_ABOUT = (
    "Each job was foretold by a probe of its function, as advise does it, then run whole in every way that is compared, in"
    " shuffled order. No constant of the model was fitted to any of them. An error is measured ÷ foretold; of a job measured"
    " more than once the median counts."
)
_ALIKE = "Intervals take predictions for independent; those of one function are alike: over other functions they would be wider."


class Trial(NamedTuple):
    """What was tried with one interpreter on one machine.

    `alone` where that machine has runs and none with the interpreter; `earlier` where another version of the program foretold.
    """

    hardware: str
    machine: str
    python: str
    jobs: tuple[Stored, ...]
    tried: tuple[Tried, ...]
    alone: bool = False
    earlier: bool = False

    @property
    def name(self) -> str:
        """Machine and interpreter in words."""
        return f"{self.machine}, CPython {self.python}"


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


def trials_of(found: Stored | None) -> tuple[Trial, ...]:
    """Each trial in which something was both foretold and measured.

    Raises
    ------
    ResultsError
        if that is not what this study writes.
    """
    try:
        named = [
            Trial(
                hardware=str(trial["hardware"]),
                machine=str(trial["machine"]),
                python=str(trial["python"]),
                jobs=tuple(trial["jobs"]),
                tried=tuple(tried_of(trial["jobs"])),
                earlier=trial.get("forecaster") != forecaster(),
            )
            for trial in (found or {}).get("trials", ())
        ]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ResultsError(f"{OUTCOME}.json: not what this study writes ({type(error).__name__}: {error})") from None
    return tuple(trial for trial in named if trial.tried)


def of_machines(trials: Sequence[Trial], runs: Sequence[Run]) -> tuple[Trial, ...]:
    """The trials, each under the name by which these runs know its machine, where one is; those of the first run's first."""
    known = grouped(runs, lambda run: traits_digest(fingerprint(run.manifest.machine)))
    own_first = sorted(trials, key=lambda trial: trial.hardware not in list(known)[:1])
    return tuple(_of_machine(trial, known.get(trial.hardware, [])) for trial in own_first)


def _of_machine(trial: Trial, runs: Sequence[Run]) -> Trial:
    if not runs:
        return trial
    versions = {str(target.facts.get("version")) for run in runs for target in run.manifest.targets}
    return trial._replace(
        machine=f"{machine_in_words(runs[0])} ({runs[0].machine})", alone=trial.python not in versions
    )


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


def answer_of(trials: Sequence[Trial]) -> str:
    """How near all predictions were, in a sentence."""
    every = [job for trial in trials for job in trial.tried]
    return (
        f"Half of {counted(len(every), 'prediction')} lie within {percent(judged(every).typical)} of what was measured"
    )


def findings(trial: Trial) -> tuple[str, ...]:
    """How near predictions were, what intervals held, what following the advice cost, each a sentence."""
    found = judged(trial.tried)
    jobs = counted(len(trial.jobs), "job")
    near, wider = found.within
    near_text = (
        f"Half of {counted(found.jobs, 'prediction')} ({jobs}) lie within {percent(found.typical)} of what was measured,"
        f" {share(near, 2)} within {percent(_NEAR)}, {share(wider, 2)} within {percent(2 * _NEAR)}"
    )
    noise = apart(trial.jobs)
    beside = "" if noise is None else f"; two measurements of one job are {percent(noise)} apart"
    return (f"{near_text}{beside}.", *_held(trial.tried), *_followed(trial.jobs))


def apart(jobs: Sequence[Stored]) -> float | None:
    """The median relative difference of the first two measurements of a job; None where none was measured twice."""
    again = [several[:2] for job in jobs for several in times_of(job).values() if len(several) > 1]
    return math.expm1(median(abs(math.log(second / first)) for first, second in again)) if again else None


def _held(tried: Sequence[Tried]) -> Iterator[str]:
    """What intervals held, which is said of the first level for which there are enough jobs."""
    for level in LEVELS:
        if found := held(tried, level):
            yield (
                f"{percent(level)} intervals, made of other functions, held {share(found.share, 2)}, their ends a factor"
                f" {found.apart:.2f} apart."
            )
            return
    yield "Too few functions were tried to say what intervals hold."


def _followed(jobs: Sequence[Stored]) -> Iterator[str]:
    costs = costs_of(jobs)
    if ADVISE not in costs:
        return
    picks = followed(jobs)[ADVISE]
    slower = sum(seconds_of[way] > (1.0 + _NEAR) * (loop_of(seconds_of) or math.inf) for seconds_of, way in picks)
    others = ", ".join(f"{said} {cost:.2f}" for said, (cost, *_) in costs.items() if said != ADVISE)
    beside = f" Habits instead: {others}." if others else ""
    yield (
        f"The way picked took {costs[ADVISE][0]:.2f} times the best measured (geometric mean), over {percent(_NEAR)} longer than"
        f" the loop in {count(slower)} of {counted(len(picks), 'job')}.{beside}"
    )


def costs_of(jobs: Sequence[Stored]) -> dict[str, tuple[float, float, float, int]]:
    """Whose advice -> geometric mean, mean and worst of its time ÷ the best that was measured, and of how many jobs."""
    found: dict[str, tuple[float, float, float, int]] = {}
    for said, pairs in followed(jobs).items():
        costs = [seconds_of[way] / min(seconds_of.values()) for seconds_of, way in pairs]
        found[said] = regret(pairs), fmean(costs), max(costs), len(costs)
    return found


def figure(trials: Sequence[Trial]) -> Panel:
    """Measured ÷ foretold of every job, a row for each backend and start method."""
    points = tuple(
        PanelPoint(
            names=(trial.name, words),
            look=_look(jobs[0].way),
            estimate=ratio_estimate(jobs),
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


def ratio_estimate(jobs: Sequence[Tried]) -> Estimate:
    """The median of measured ÷ foretold, with its interval over jobs."""
    return stats.typical([math.exp(job.error) for job in jobs], "ratio")


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
            caption=f"{title}{whose}. “Typically” is the median of measured ÷ foretold, less 1.",
            heads=((name[:-1].capitalize(), "text"), *_JUDGED),
            rows=tuple(row(of, *_numbers(judged(jobs))) for of, jobs in grouped(trial.tried, key).items()),
        )
    yield Table(
        id=f"predictions-intervals{behind}",
        caption=f"What intervals held of functions whose own errors they did not know{whose}.",
        heads=(("Promised", "num"), ("Held", "num"), ("Predictions", "num"), ("Ends apart", "num")),
        rows=tuple(
            row(
                _keyed(percent(level), level),
                Item(
                    value=with_interval(stats.share(round(found.share * found.jobs), found.jobs)),
                    sort=repr(found.share),
                ),
                _keyed(count(found.jobs), found.jobs),
                _keyed(ratio(found.apart, 3), found.apart),
            )
            for level in LEVELS
            if (found := held(trial.tried, level))
        ),
        empty="Too few functions were tried.",
        notes=(_ALIKE,),
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
