"""Whole runs of the same code on one machine, pair by pair: how often each rule would call them different."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import noise_class
from study.compare.kinds import is_paced
from study.evidence.floors import pairs_of
from study.evidence.histories import histories
from study.reports import Record, Section
from study.sections.run_pairs import LEAST_RUNS, PUT_IN, SAME, Rule, alike, comparable, compare, levels, measured
from study.sections.tables import numbers, or_none, unused_id
from study.table import paired
from study.things.labels import AGAIN
from study.units import count, counted, percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from study.blocks import Table
    from study.evidence import Study
    from study.evidence.code import Key
    from study.evidence.histories import History
    from study.evidence.light import Stored
    from study.findings import Estimate
    from study.sections.run_pairs import Measured, Pair

RECORD = Record(order=440, name="Between runs", title="Between runs", part="How sure", apart=True)
_MOST_RUNS = 16
"""Of a history, the newest, of which every pair is compared."""
_MOST_HISTORIES = 6
"""Those with the most runs: so what this section costs does not grow with what is stored."""
_PAIR = "comparisons in which at least one cell is called different"
_EQUAL = (
    "equal cells inside each run (A/A)",
    "calibration ratio of the paired t: 1 is honest; below it brackets of ratios are wider than need be, above it too narrow",
)
LESS = 0.8
"""Share of the run component below which what is left against the other cells counts as less."""
_ABOUT = (
    "Whole runs of the same code on one machine in one state differ by more than the spread inside each. Here every pair of"
    " the newest of them is compared, as if something had changed: by this study's rule, which adds a run component estimated"
    " from the other runs, by a plain test of process means, and by the test of pyperf's compare_to."
)
_NONE = "There are no two finished runs of the same code on one machine to compare."


def section(study: Study) -> Section:
    """A table for each machine, code and state that has at least two finished runs."""
    tables = study.left_out.together("runs of the same code", between_tables, study.sound, read=lambda run: run.load())
    return Section(id="between", name=RECORD.name, title=RECORD.title, blocks=or_none(_ABOUT, tables, _NONE))


def between_tables(folders: Iterable[Stored]) -> tuple[Table, ...]:
    """The tables of these runs, of those of which there are most; see `study.evidence.histories`."""
    every = [history for history in histories(folders) if len(history.runs) >= LEAST_RUNS]
    longest = sorted(every, key=lambda history: -len(history.runs))[:_MOST_HISTORIES]
    found: list[Table] = []
    for history in every:
        if history in longest:
            identity = unused_id("-".join(("between", *history.id)), (table.id for table in found))
            found += _table(identity, history)
    return tuple(found)


def _table(identity: str, history: History) -> list[Table]:
    newest = history.runs[-_MOST_RUNS:]
    runs = alike([measured(folder) for folder in newest])
    keys = comparable(runs) if len(runs) >= LEAST_RUNS else []
    if not keys:
        return []
    pairs = list(itertools.combinations(range(len(runs)), 2))
    compared = [compare(runs, pair, keys) for pair in pairs]
    made = ~np.array([[bool(why) for why in pair.refused] for pair in compared])
    tables = {rule: np.array([pair.called[rule] for pair in compared]) for rule in compared[0].called}
    steady = [noise_class(runs[0].cells[key].cell) != "message" for key in keys]
    seen = {
        rule: stats.share_called(tables[rule, False], pairs, len(runs), made=made)
        for rule in Rule
        if (rule, False) in tables
    }
    any_made = made.any(axis=1, keepdims=True)
    any_cell = {rule: (tables[rule, False] & made).any(axis=1, keepdims=True) for rule in seen}
    alarms = {rule: stats.share_called(called, pairs, len(runs), made=any_made) for rule, called in any_cell.items()}
    changes = {
        rule: stats.complement(
            stats.share_called(~tables[rule, True][:, steady], pairs, len(runs), made=made[:, steady])
        )
        for rule in Rule
        if (rule, True) in tables and any(steady)
    }
    return [
        numbers(
            identity,
            title=f"{count(len(runs))} runs of the same code on {history.where}: {_found(made, seen, alarms)}",
            subtitle=(
                f"Share of {count(len(keys))} cells over {count(len(pairs))} pairs of runs, where this study's rule compares at"
                " all, with its one-sided 95 % limit by leaving one run out"
            ),
            heads=("rule", "what"),
            rows=(
                *(((rule.value, SAME), share) for rule, share in seen.items()),
                *(((rule.value, _PAIR), share) for rule, share in alarms.items()),
                *(((rule.value, PUT_IN), share) for rule, share in changes.items()),
                (_EQUAL, calibration(runs)),
            ),
            notes=(*_notes(runs, keys, compared, len(newest)), *_older(history), *history.notes),
        )
    ]


def _found(made: NDArray[np.bool_], seen: Mapping[Rule, Estimate], alarms: Mapping[Rule, Estimate]) -> str:
    """What was called, of the comparisons that this study's rule makes, shape (pairs, cells); how many these are."""
    if not made.any():
        return f"this study's rule makes none of {counted(made.size, 'comparison')} of a cell"
    of = "cell by cell" if made.all() else f"of {counted(int(made.sum()), 'comparison')} of a cell that it makes"
    said = {rule: with_interval(share, reason=False) for rule, share in seen.items()}
    beside = f", against the others of their run {said[Rule.APART]}" if Rule.APART in said else ""
    return (
        f"{of} a run component calls {said[Rule.EACH]} different{beside}, pyperf's test {said[Rule.POOLED]}; this study's rule"
        f" calls one or more in {with_interval(alarms[Rule.HOLM], reason=False)} of the pairs of runs"
    )


def _older(history: History) -> list[str]:
    older = len(history.runs) - _MOST_RUNS
    return [f"{counted(older, 'older run is', 'older runs are')} not compared."] if older > 0 else []


def _notes(runs: Sequence[Measured], keys: Sequence[Key], compared: Sequence[Pair], stored: int) -> tuple[str, ...]:
    component = stats.run_component(*levels(runs, (), keys))
    source = (
        f"assumed: fewer than {count(stats.FEWEST_PAST_RUNS)} runs"
        if component.assumed
        else f"from the newest {count(component.runs)} runs"
    )
    found = [
        f"Run component: {percent(component.tau)}, {source}; for each pair it is estimated from the other runs alone.",
        *_common(runs, keys, component),
    ]
    if stored > len(runs):
        found.append(
            f"{counted(stored - len(runs), 'run is', 'runs are')} not compared, of few cells such as those of one question."
        )
    refused = [why for pair in compared for why in pair.refused if why]
    if refused:
        share = f"{count(len(refused))} of {count(len(compared) * len(keys))}"
        found.append(
            f"Comparisons of a cell that this study's rule refuses, and that count nowhere here: {share}. The first: {refused[0]}"
        )
    return tuple(found)


def _common(runs: Sequence[Measured], keys: Sequence[Key], whole: stats.RunComponent) -> list[str]:
    """What is left when the movement of the whole machine is taken off, in a sentence."""
    keys = [key for key in keys if is_paced(runs[0].cells[key].cell)]
    if len(keys) < stats.FEWEST_CELLS:
        return []
    means, variances = levels(runs, (), keys)
    apart = stats.run_component(stats.against_others(means), variances)
    if apart.assumed:
        return []
    moved = stats.common_movement(levels(runs, (), keys, most=len(runs))[0])
    most = percent(float(np.expm1(moved.max() - moved.min())))
    told = (
        f"The cells of a run move together: the median cell differs by up to {most} between these runs. Against the others"
        f" of its run a cell moves by {percent(apart.tau)}, and by {percent(whole.tau)} by itself: "
    )
    told += (
        "a change of one cell shows against the others before it shows by itself; a change of all cells alike does not."
        if apart.tau < LESS * whole.tau
        else "holding cells against each other gains nothing here."
    )
    return [
        told,
        "The rule against the others was chosen while looking at stored runs of one machine (ARCHITECTURE.md, Comparing).",
    ]


def calibration(runs: Sequence[Measured]) -> Estimate:
    """Of equal cells inside each of these runs how far they differ beside what their brackets say; see `stats`."""
    found = [
        (*tested, run.name)
        for run in runs
        for target in sorted({target for target, _ in run.cells})
        for data, twin in pairs_of(run.cells, target)
        if data.cell.label == AGAIN.name and (tested := stats.paired_t(*paired(data, twin))) is not None
    ]
    t, df, clusters = zip(*found, strict=True) if found else ((), (), ())
    return stats.calibration_ratio(t, df, runs=clusters)
