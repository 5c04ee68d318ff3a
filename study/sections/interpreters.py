"""Interpreters that were measured in the same rounds of one run, cell by cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from study import gate, stats
from study.blocks import Record, Section, Table
from study.identity import interpreter
from study.names import cell_name
from study.sections import compare
from study.sections.machine_pairs import is_plain_loop
from study.sections.tables import numbers, or_none
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.cell import Cell
    from study.evidence import Run, Study
    from study.sections.compare import Tested

RECORD = Record(order=430, name="Interpreters", title="Interpreters side by side")
ALSO = frozenset({"sharing-objects", "q1-scaling", "q2-code"})
"""Experiments shown beside the headline ones: what threads gain without the GIL."""
_FREE_THREADED = re.compile(r"(?P<version>cpython-[0-9][0-9a-z.]*)t(?P<marks>(?:-[a-z]+)*)(?P<number>-[0-9]+)?")
"""The name of a build without the GIL: 'cpython-3.13.5t', 'cpython-3.13.5t-debug', 'cpython-3.13.5t-2'."""
_ABOUT = (
    "Interpreters that were measured in the same rounds of one run, so that whatever the machine did meanwhile met all of"
    " them alike."
)
_NONE = "No run has more than one interpreter: nox -s study -- --python PATH --python PATH measures several."
_HOW = (
    "Each ratio is of averages, paired by round: both interpreters ran in every round, in random order. A build without the"
    " GIL stands beside its twin with it where the run has both; every other one beside the first of the run. Longer or less"
    " is called where average and typical agree, by Holm over the table."
)


def section(study: Study) -> Section:
    """A table for each pair of interpreters in each run that has several."""
    tables = study.left_out.together("interpreters side by side", interpreter_tables, study.runs)
    return Section(id="interpreters", name=RECORD.name, title=RECORD.title, blocks=or_none(_ABOUT, tables, _NONE))


def interpreter_tables(runs: Iterable[Run]) -> tuple[Table, ...]:
    """The tables of these runs."""
    return tuple(
        table
        for run in runs
        for name in run.targets
        if (base := base_of(name, run.targets)) is not None
        for table in _table(run, name, base)
    )


def base_of(name: str, names: Sequence[str]) -> str | None:
    """What an interpreter is held against: its twin with the GIL, else the run's first; None for that one itself."""
    parts = _FREE_THREADED.fullmatch(name)
    if parts is not None:
        twin = parts["version"] + parts["marks"]  # a debug build's twin is a debug build
        for name_of_twin in (twin + (parts["number"] or ""), twin):
            if name_of_twin in names:
                return name_of_twin
    return None if name == names[0] else names[0]


def _table(run: Run, name: str, base: str) -> list[Table]:
    """The table of two interpreters; where others took the CPUs, cells that ran side by side are not called."""
    tests = _tests(run, name, base)
    if not tests:
        return []
    cpus = run.manifest.usable_cpus
    left_open = gate.left_open("costs", cpus, run.foreign_cpus)
    called = {cell: test for cell, test in tests.items() if not (left_open and gate.runs_side_by_side(cell, cpus))}
    decisions = [decided.decision for decided in compare.together(called).values()]
    slower, faster = (decisions.count(decision) for decision in ("supported", "refuted"))
    title = (
        f"{name} beside {base}, {run.machine}: of {counted(len(called), 'cell')} {count(slower)} take longer and"
        f" {count(faster)} less"
    )
    loop = next((cell for cell in called if is_plain_loop(cell)), next(iter(called), None))
    if loop is not None:
        title += f"; {cell_name(loop)}: {with_interval(called[loop].average)} as long"
    notes = [*_builds(run, name, base), _HOW]
    if others := len(tests) - len(called):
        things = f"{counted(others, 'cell')} of things side by side stand here with their numbers and are not called"
        notes.append(f"{things}: {gate.load(run.foreign_cpus)}.")
    return [
        numbers(
            f"interpreters-{run.id}-{name}",
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


def _builds(run: Run, name: str, base: str) -> list[str]:
    """What else than the interpreter's version differs, such as a debug build beside a release."""
    facts = {target.name: target.facts for target in run.manifest.targets}
    apart = interpreter(facts[name]).beside(interpreter(facts[base]))
    return [f"The interpreters were built or set differently: {'; '.join(apart)} ({name} / {base})."] if apart else []
