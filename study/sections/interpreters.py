"""Interpreters that were measured in the same rounds of one run, cell by cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import gate, stats
from study.blocks import Record, Section, Table
from study.identity import interpreter
from study.names import cell_name
from study.sections.tables import numbers, or_none
from study.table import paired
from study.things import BACKENDS
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from study.cell import Cell
    from study.evidence import Run, Study
    from study.findings import Estimate

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


@dataclass(frozen=True, slots=True)
class Pair:
    """One cell on two interpreters: process means of the rounds that have both; `called` unless the gate leaves it open."""

    cell: Cell
    above: NDArray[np.float64]
    below: NDArray[np.float64]
    called: bool

    @property
    def ratio(self) -> Estimate:
        """Time on the one over time on the other."""
        return stats.ratio_of_averages_paired(self.above, self.below)


def section(study: Study) -> Section:
    """A table for each pair of interpreters in each run that has several."""
    tables = study.left_out.together("interpreters side by side", interpreter_tables, study.runs)
    return Section(id="interpreters", name=RECORD.name, title=RECORD.title, blocks=or_none(_ABOUT, tables, _NONE))


def interpreter_tables(runs: Iterable[Run]) -> tuple[Table, ...]:
    """The tables of these runs."""
    found: list[Table] = []
    for run in runs:
        names = run.targets
        for name in names:
            base = base_of(name, names)
            if base is not None:
                found += _table(run, name, base)
    return tuple(found)


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
    left_open = bool(gate.left_open("costs", run.manifest.usable_cpus, run.foreign_cpus))
    pairs = _pairs(run, name, base, left_open=left_open)
    if not pairs:
        return []
    called = [pair for pair in pairs if pair.called]
    decisions = _decisions(called)
    slower, faster = (decisions.count(word) for word in ("supported", "refuted"))
    loop = next((pair for pair in called if _is_plain_loop(pair.cell)), next(iter(called), None))
    return [
        numbers(
            f"interpreters-{run.id}-{name}",
            title=(
                f"{name} beside {base}, {run.machine}: of {counted(len(called), 'cell')}"
                f" {count(slower)} take longer and {count(faster)} less"
                + (f"; {cell_name(loop.cell)}: {with_interval(loop.ratio)} as long" if loop else "")
            ),
            subtitle=f"Time on {name} over time on {base}, run {run.id}; 1 is equal",
            heads=("what", "interpreter"),
            rows=(((cell_name(pair.cell), name), pair.ratio) for pair in pairs),
            notes=(*_builds(run, name, base), _HOW, *_not_called(len(pairs) - len(called), run.foreign_cpus)),
        )
    ]


def _pairs(run: Run, name: str, base: str, *, left_open: bool) -> list[Pair]:
    """The cells that both have, in the order of the run's first interpreter."""
    found = []
    for record in run.manifest.cells:
        if record.target != run.targets[0] or not (record.tier == "headline" or ALSO & set(record.asked_by)):
            continue
        one, other = run.cells.get((name, record.cell)), run.cells.get((base, record.cell))
        if one is None or other is None or one.cell.label:
            continue
        above, below = paired(one, other)
        if above.size >= stats.MIN_FOR_T:
            called = not (left_open and gate.runs_side_by_side(one.cell, run.manifest.usable_cpus))
            found.append(Pair(one.cell, above, below, called))
    return found


def _is_plain_loop(cell: Cell) -> bool:
    return cell.pattern == "map" and BACKENDS[cell.backend].kind == "loop"


def _not_called(cells: int, taken_cpus: float | None) -> tuple[str, ...]:
    """That cells are not called, and why; nothing where there are none."""
    if not cells:
        return ()
    things = f"{counted(cells, 'cell')} of things side by side stand here with their numbers and are not called"
    return (f"{things}: {gate.load(taken_cpus)}.",)


def _builds(run: Run, name: str, base: str) -> list[str]:
    """What else than the interpreter's version differs, such as a debug build beside a release."""
    facts = {target.name: target.facts for target in run.manifest.targets}
    apart = interpreter(facts[name]).beside(interpreter(facts[base]))
    return [f"The interpreters were built or set differently: {'; '.join(apart)} ({name} / {base})."] if apart else []


def _decisions(pairs: Sequence[Pair]) -> list[str]:
    """Of each pair: 'supported' where the first takes longer, 'refuted' where less, else what cannot be called."""
    tests = [stats.ratio_test_paired(pair.above, pair.below, 1.0) for pair in pairs]
    adjusted = iter(stats.holm([p for p in tests if p is not None]))
    return [
        stats.decide(
            pair.ratio,
            stats.ratio_typical_paired(pair.above, pair.below),
            direction="above",
            threshold=1.0,
            floor=None,
            p_adjusted=None if p is None else next(adjusted),
        ).decision
        for pair, p in zip(pairs, tests, strict=True)
    ]
