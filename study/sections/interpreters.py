"""Interpreters that were measured in the same rounds of one run, cell by cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from study import loaded, stats
from study.compare.kinds import is_plain_loop
from study.identity import interpreter
from study.identity.interpreters import GIL
from study.names import cell_name
from study.reports import Record, Section
from study.sections import compare
from study.sections.tables import numbers, or_none
from study.units import count, counted, percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from study.blocks import Table
    from study.cell import Cell
    from study.evidence import Run, Study
    from study.findings import Estimate
    from study.identity import Interpreter
    from study.sections.compare import Tested

RECORD = Record(order=430, name="Interpreters", title="Interpreters side by side", part="Machines")
ALSO = frozenset({"sharing-objects", "q1-scaling", "q1-threads", "q2-code"})
"""Experiments shown beside the headline ones: what threads gain without the GIL."""
_NUMBER = re.compile(r"-([0-9]+)(?:-[a-z][a-z0-9_-]*)?\Z")
"""The number at the end of the second of equal names, before the label of an arm."""
_HOWTO = "free-threading-python.html"
PUBLISHED: Mapping[str, tuple[float, float, str]] = {
    "3.13.": (1.4, 1.4, f"pyperformance, by CPython's documentation (docs.python.org/3.13/howto/{_HOWTO})"),
    "": (
        1.01,
        1.08,
        (
            f"pyperformance, by CPython's documentation (docs.python.org/3/howto/{_HOWTO}) and PEP 779, from macOS on arm64 to"
            " Linux on x86-64"
        ),
    ),
}
"""How a version begins, the first that fits -> what is said that code on one thread takes longer without the GIL, least and
most, and who says it."""
_ABOUT = (
    "Interpreters that were measured in the same rounds of one run, so that whatever the machine did meanwhile met all of"
    " them alike. Where builds or compilers differ, these are compared, and not versions of Python alone: the machine and its"
    " interpreters say what differs."
)
_NONE = "No run has more than one interpreter: nox -s study -- --python PATH --python PATH measures several."
_HOW = (
    "Each ratio is of averages, paired by round: both interpreters ran in every round, in random order. A build without the"
    " GIL stands beside its twin, the same version built with it, and beside itself with the GIL switched on, where the run"
    " has them; every other one beside the first of the run. Longer or less is called by the paired test on"
    " logarithms, Holm over the table, where average and typical do not point to opposite sides."
)


def section(study: Study) -> Section:
    """A table for each pair of interpreters in each run that has several."""
    tables = study.left_out.together("interpreters side by side", interpreter_tables, study.runs)
    blocks = or_none(_ABOUT, tables, _NONE)
    return Section(id="interpreters", name=RECORD.name, title=RECORD.title, blocks=blocks, paper="none")


def interpreter_tables(runs: Iterable[Run]) -> tuple[Table, ...]:
    """The tables of these runs."""
    return tuple(
        table
        for run in runs
        for name in run.targets
        for base in bases_of(name, {target.name: target.facts for target in run.manifest.targets})
        for table in _table(run, name, base)
    )


def bases_of(name: str, facts: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """What an interpreter is held against: its twin with the GIL and itself with the GIL, else the run's first.

    Of several twins the one with the same variables beside PYTHON_GIL comes first, then that with the same number.

    Parameters
    ----------
    facts : name -> facts of every target, in the order of the run.
    """
    first, *_ = facts
    builds = {target: interpreter(said) for target, said in facts.items()}
    mine = builds[name]
    with_gil = [
        other
        for other, build in builds.items()
        if other != name and build.gil and (build.version, build.debug) == (mine.version, mine.debug)
    ]
    twins = [other for other in with_gil if mine.free_threaded and not builds[other].free_threaded]
    selves = [other for other in with_gil if not mine.gil and builds[other].free_threaded]

    def unlike(other: str) -> tuple[bool, bool]:
        return _asked(builds[other]) != _asked(mine), _number(other) != _number(name)

    found = tuple(min(those, key=unlike) for those in (twins, selves) if those)
    return found or ((first,) if name != first else ())


def _asked(build: Interpreter) -> list[tuple[str, str]]:
    """What an arm was asked for with, but for the GIL: a build and its twin differ in that."""
    return [(name, value) for name, value in (*build.variables, *build.packages) if name != GIL]


def _number(name: str) -> str:
    found = _NUMBER.search(name)
    return found[1] if found else ""


def _table(run: Run, name: str, base: str) -> list[Table]:
    """The table of two interpreters; where others took the CPUs, cells that ran side by side are not called."""
    tests = _tests(run, name, base)
    if not tests:
        return []
    cpus = run.manifest.usable_cpus
    left_open = loaded.left_open("costs", cpus, run.foreign_cpus)
    called = {cell: test for cell, test in tests.items() if not (left_open and loaded.runs_side_by_side(cell, cpus))}
    decisions = [decided.decision for decided in compare.together(called).values()]
    slower, faster = (decisions.count(decision) for decision in ("supported", "refuted"))
    of_all = f"of {counted(len(called), 'cell')} {count(slower)} slower, {count(faster)} faster"
    title = f"{name} beside {base}, {run.machine}: {of_all}"
    loop = next((cell for cell in called if is_plain_loop(cell)), next(iter(called), None))
    if loop is not None:
        title += f"; {cell_name(loop)}: {with_interval(called[loop].average)} as long"
    notes = [*_builds(run, name, base), _HOW]
    builds = {target.name: interpreter(target.facts) for target in run.manifest.targets}
    without_gil = not builds[name].gil and not builds[base].free_threaded
    itself = builds[name].free_threaded and builds[base].free_threaded
    if loop is not None and is_plain_loop(loop) and without_gil:
        notes.append(_beside_published(builds[name].version, cell_name(loop), called[loop].average))
    if others := len(tests) - len(called):
        things = counted(others, "cell of things side by side is", "cells of things side by side are")
        notes.append(f"{things} not called: {loaded.load(run.foreign_cpus)}.")
    return [
        numbers(
            f"interpreters-{run.id}-{name}{'-itself' * itself}",
            title=title,
            subtitle=f"Time on {name} over time on {base}, run {run.id}; 1 is equal",
            heads=("what", "interpreter"),
            rows=(((cell_name(cell), name), test.average) for cell, test in tests.items()),
            notes=notes,
        )
    ]


def _tests(run: Run, name: str, base: str) -> dict[Cell, Tested]:
    """That the cells that both have take longer on the one, in the order of the run's first interpreter."""
    found = {}
    for record in run.manifest.cells:
        if record.target != run.targets[0] or not (record.tier == "headline" or ALSO & set(record.asked_by)):
            continue
        above, below = run.cells.get((name, record.cell)), run.cells.get((base, record.cell))
        if above is not None and below is not None and not above.cell.label:
            test = compare.ratio(None, above, below, "above")
            if test.rounds >= stats.MIN_FOR_T:
                found[above.cell] = test
    return found


def _beside_published(version: str, loop: str, ratio: Estimate) -> str:
    """What is published of code on one thread without the GIL, beside the plain loop's ratio."""
    least, most, source = next(said for begin, said in PUBLISHED.items() if version.startswith(begin))
    span = f"{percent(least - 1)} to {percent(most - 1)}" if least < most else f"about {percent(most - 1)}"
    said = f"Published of one thread: {span} longer ({source})"
    if ratio.low is None or ratio.high is None:
        return f"{said}; the plain loop has no interval here."
    beside = "more than that" if ratio.low > most else "less than that" if ratio.high < least else "no contradiction"
    return f"{said}; here {loop}: {with_interval(ratio)} as long, {beside}."


def _builds(run: Run, name: str, base: str) -> list[str]:
    """What else than the interpreter's version differs, such as a debug build beside a release."""
    facts = {target.name: target.facts for target in run.manifest.targets}
    apart = interpreter(facts[name]).beside(interpreter(facts[base]))
    return [f"The interpreters were built or set differently: {'; '.join(apart)} ({name} / {base})."] if apart else []
