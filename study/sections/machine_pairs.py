"""The same cells on different machines, by the same interpreter and the same programs: runs that share no rounds."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from study import stats
from study.evidence.code import code_of, codes_of
from study.evidence.hardware import hardware_of
from study.evidence.summaries import time_or_size
from study.identity import differences, interpreter, state
from study.names import cell_name
from study.sections.run_pairs import can_be_compared
from study.sections.tables import numbers, unused_id
from study.things import BACKENDS
from study.units import count, counted, percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from study.blocks import Table
    from study.cell import Cell
    from study.evidence import CellData, Run
    from study.evidence.hardware import Hardware
    from study.findings import Estimate
    from study.identity import Interpreter, Traits

_VERSIONS = ("compiler", "numpy_version", "pyperf_version")
"""Facts of an interpreter that must be equal as well; what else is installed beside it does not matter."""
_UNKNOWN = stats.run_component([], [])
_HOW = (
    "The number is a ratio of geometric means over processes. The runs share no rounds, so its interval also holds what a"
    f" machine moves from run to run of the same code, taken to be {percent(_UNKNOWN.tau)} on either side. That is assumed"
    " and not measured on these machines: the intervals describe these two runs and decide nothing. A plain loop is given"
    " per task."
)
_UNKNOWN_KIND = "Too little is known of the hardware to tell whether the two are of one kind."
_SAME_KIND = "Nothing that could be read tells their hardware apart; what is contributed stands for itself all the same."
_MORE_CPUS = "Cells that depend on the number of CPUs have no equal on the other machine."


class Known(NamedTuple):
    """One cell on one machine: `cell` without its number of tasks where it is a plain loop, its source and process means."""

    cell: Cell
    code: str
    means: NDArray[np.float64]


class Side(NamedTuple):
    """One machine in a comparison: its hardware and state, the interpreter, and its cells by their text."""

    hardware: Hardware
    state: Traits
    interpreter: Interpreter
    cells: dict[str, Known]


def machine_tables(runs: Sequence[Run]) -> tuple[Table, ...]:
    """A table for each pair of machines that measured equal headline cells with the same programs, interpreter and libraries.

    Runs on the same hardware are of one machine, whatever names it went by. A debug build is never set beside a release,
    nor an interpreter with the JIT on, or with other variables, beside one without.

    Parameters
    ----------
    runs : those that the report shows, in its order: of two runs of one machine the first gives a cell its times.
    """
    found: list[Table] = []
    for (target, core), machines in _sides(runs):
        for first, second in itertools.combinations(machines, 2):
            for table in _pair(target, core, first, second):
                found.append(replace(table, id=unused_id(table.id, (other.id for other in found))))
    return tuple(found)


def _sides(runs: Sequence[Run]) -> list[tuple[tuple[str, str], list[Side]]]:
    """(Interpreter's name, digest of the measuring core) and the machines that measured with them, for each set of libraries."""
    found: dict[tuple[str, str, tuple[object, ...]], dict[Hardware, Side]] = {}
    for run, hardware in zip(runs, hardware_of([run.folder for run in runs]), strict=True):
        if run.manifest.simulated:
            continue
        core, codes = code_of(run.manifest), codes_of(run.manifest)
        facts = {target.name: target.facts for target in run.manifest.targets}
        headline = {record.cell for record in run.manifest.cells if record.tier == "headline"}
        for (target, text), data in run.cells.items():
            versions = [facts[target].get(name) for name in _VERSIONS]
            if text not in headline or not can_be_compared(data) or None in versions:
                continue
            known = _per_task(data, codes.get((target, text), ""))
            build = interpreter(facts[target])
            machines = found.setdefault((target, core, (*map(str, versions), *build.kind)), {})
            side = machines.setdefault(hardware, Side(hardware, state(run.manifest.machine), build, {}))
            if side.interpreter == build:  # another build of the same kind would mix two in one column
                side.cells.setdefault(known.cell.text, known)
    return [((target, core), list(machines.values())) for (target, core, _), machines in found.items()]


def _per_task(data: CellData, code: str) -> Known:
    """A plain loop counts per task: how many tasks it has depends on the CPUs."""
    if not is_plain_loop(data.cell):
        return Known(data.cell, code, data.means)
    return Known(replace(data.cell, tasks=1), code, data.means / data.cell.tasks)


def is_plain_loop(cell: Cell) -> bool:
    """Whether the tasks are done one after the other."""
    return cell.pattern == "map" and BACKENDS[cell.backend].kind == "loop"


def _pair(target: str, core: str, first: Side, second: Side) -> list[Table]:
    base, other = first.hardware.where, second.hardware.where
    rows = [
        _row(known, second.cells[text].means)
        for text, known in first.cells.items()
        if text in second.cells and second.cells[text].code == known.code
    ]
    if not rows:
        return []
    more = sum(ratio.low is not None and ratio.low > 1.0 for _, ratio in rows)
    less = sum(ratio.high is not None and ratio.high < 1.0 for _, ratio in rows)
    return [
        numbers(
            f"machines-{core[:6]}-{target}-{first.hardware.id}-{second.hardware.id}",
            title=(
                f"{target} on {second.hardware.described} beside {first.hardware.described}: of"
                f" {counted(len(rows), 'equal cell')} {counted(less, 'has its', 'have their')} whole interval below 1 and"
                f" {count(more)} above"
            ),
            subtitle=f"Time (or memory) on {other} over that on {base}; 1 is equal",
            heads=("what", f"on {base}", f"on {other}"),
            rows=rows,
            notes=_notes(first, second),
        )
    ]


def _row(known: Known, means: NDArray[np.float64]) -> tuple[tuple[str, str, str], Estimate]:
    """The cell with its average on either machine, and the ratio of the second to the first."""
    unit = time_or_size(known.cell)
    here, there = (with_interval(stats.average(side, unit)) for side in (known.means, means))
    return (cell_name(known.cell), here, there), stats.between(means, known.means, _UNKNOWN, _UNKNOWN).ratio


def _notes(first: Side, second: Side) -> tuple[str, ...]:
    """How the numbers were made, and what else than the machine's speed differs between the two sides."""
    hardware = differences(second.hardware.traits, first.hardware.traits)
    cpus = {side.hardware.traits.get("logical_cpus") for side in (first, second)}
    named = {
        "Not the same hardware": hardware,
        "Set differently": differences(second.state, first.state),
        "The interpreters were built differently": second.interpreter.beside(first.interpreter),
    }
    which = "(of the first named in the title / of the second)"
    found = [f"{what}: {'; '.join(apart)} {which}." for what, apart in named.items() if apart]
    if not hardware:
        contributed = first.hardware.contributed or second.hardware.contributed
        found.insert(0, _SAME_KIND if contributed else _UNKNOWN_KIND)
    return (*found, _HOW, *([_MORE_CPUS] if len(cpus) > 1 else []))
