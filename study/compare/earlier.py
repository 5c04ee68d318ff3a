"""What the other stored runs of unchanged code say of a machine: by how much it moves from run to run by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.compare.cells import levels_of
from study.compare.kinds import is_paced
from study.compare.ladder import Side, comparability, unfit
from study.store import cell_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from study.store import Level, RunSummary

_LEAST_SHARE = 0.5
"""Of the cells that are compared: a run of one question alone would leave no cell to estimate from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Runs of unchanged code on one machine in one state, the oldest first.

    Attributes
    ----------
    runs : their names.
    cells : the texts of the cells that all of them have and that the pace of the machine moves.
    levels : these cells in each run; `unpaced_levels`: sizes and sleeps, which no pace moves.
    component : by how much one moves against the others of its run; assumed where there are fewer than four runs.
    whole : by how much it moves by itself.
    movement : by how much all of them move alike; None where that is not known.
    unpaced : by how much sizes and sleeps move, which no pace changes; assumed where that is not known.
    """

    runs: tuple[str, ...]
    cells: tuple[str, ...]
    levels: tuple[stats.Levels, ...]
    component: stats.RunComponent
    whole: stats.RunComponent
    movement: stats.Movement | None
    unpaced: stats.RunComponent
    unpaced_levels: tuple[stats.Levels, ...] = ()


_ASSUMED = stats.run_component([], [])
NONE = Earlier(runs=(), cells=(), levels=(), component=_ASSUMED, whole=_ASSUMED, movement=None, unpaced=_ASSUMED)


def earlier(side: Side, runs: Iterable[RunSummary], cells: Sequence[str], without: frozenset[str]) -> Earlier:
    """What the runs of the same code, interpreter, hardware and state as this one say.

    Parameters
    ----------
    runs : all that are stored on this machine by its owner: what a stranger contributed is not among them.
    cells : the texts of the cells that are compared.
    without : names of the runs that are compared.
    """
    alike = [run for run in runs if run.name not in without and _is_alike(side, run)]
    mine = side.run.targets[side.target].levels
    held = {run.name: dict(_equal(mine, run.targets[side.target].levels, cells)) for run in alike}
    kept = sorted(
        (run for run in alike if held[run.name] and len(held[run.name]) >= _LEAST_SHARE * len(cells)),
        key=lambda run: (run.head.ended, run.name),
    )[-stats.MOST_RUNS :]
    if not kept:
        return NONE
    names = tuple(run.name for run in kept)
    in_all = [text for text in cells if all(text in held[name] for name in names)]
    texts = tuple(text for text in in_all if is_paced(cell_of(text)))
    others = [text for text in in_all if not is_paced(cell_of(text))]
    levels, unpaced = (
        tuple(levels_of([held[name][text] for text in some]) for name in names) for some in (texts, others)
    )
    component, whole = _components(levels)
    return Earlier(
        runs=names,
        cells=texts,
        levels=levels,
        component=component,
        whole=whole,
        movement=stats.movement(np.array([run.mean for run in levels])),
        unpaced=stats.run_component(*stats.table_of(unpaced)) if others else _ASSUMED,
        unpaced_levels=unpaced if others else (),
    )


def _is_alike(side: Side, run: RunSummary) -> bool:
    """Whether a run is one of unchanged code on the same machine in the same state, and fit to speak."""
    head = run.head
    if side.target not in run.targets or head.is_gate or head.quick or head.simulated != side.run.head.simulated:
        return False
    found = comparability(side, Side(run=run, target=side.target))
    return found.standing == "same machine" and not unfit(run)


def _equal(mine: Mapping[str, Level], theirs: Mapping[str, Level], cells: Sequence[str]) -> Iterator[tuple[str, Level]]:
    """The cells of another run that were timed by the same programs in the same loops, in processes enough."""
    for text in cells:
        here, there = mine.get(text), theirs.get(text)
        same = here and there and (here.source, here.loops) == (there.source, there.loops)
        if there and same and there.processes >= stats.MIN_FOR_T:
            yield text, there


def _components(levels: Sequence[stats.Levels]) -> tuple[stats.RunComponent, stats.RunComponent]:
    """Against the others of the run, and by itself; both assumed where too little is stored."""
    if len(levels) < stats.FEWEST_PAST_RUNS or levels[0].mean.size < stats.FEWEST_CELLS:
        return _ASSUMED, _ASSUMED
    means, errors = stats.table_of(levels)
    return stats.run_component(stats.against_others(means), errors), stats.run_component(means, errors)
