"""One machine over time: the level of its cells by kind, what changed about it, and where the level changed for good."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.compare.kinds import KINDS, can_be_compared, kind_of
from study.compare.ladder import facts_between, unfit
from study.compare.shelf import labelled
from study.evidence.hardware import machines_of
from study.stats import quantiles
from study.stats.apart import LARGEST_LOG
from study.store import cell_of
from study.things.kernels import NOOP, SLEEP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from study.compare.kinds import Kind
    from study.compare.ladder import Fact
    from study.stats import Step
    from study.store import Level, RunSummary

FEWEST_RUNS = 5
"""Below, a machine has no history."""
_LEAST_SHARE = 0.5
"""Of the cells of the newest full run: a run with fewer is no point of its line."""
_FEWEST_KERNELS = 3
_LEAST_ALONE = 0.05
"""By how much a kernel must have changed beside the others: they move together, so that far less could be told."""


class Band(NamedTuple):
    """Where unchanged runs lie: from run `begin` to before run `end` 95 % of them between `low` and `high`, as ratios."""

    begin: int
    end: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The level of one kind of cells, run by run.

    Attributes
    ----------
    kind : None for all cells together.
    cells : how many.
    levels : ratio of each run to those before the first step; a median over cells, so never a sum over kinds.
    bands : where unchanged runs lie; of stretches of four runs or more.
    """

    kind: Kind | None
    cells: int
    levels: tuple[float, ...]
    bands: tuple[Band, ...]


class Changed(NamedTuple):
    """What is another from run `at` on than in the run before it."""

    at: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """Where the level changed for good.

    Attributes
    ----------
    at : the first run of the new level; `day`: when that was.
    whole : of all cells together; None where only some kinds or kernels changed.
    kinds : of each kind that changed there.
    kernels : of each kernel whose cells changed there beside the other cells of their runs.
    facts : what is known to have changed between that run and the one before.
    """

    at: int
    day: str
    whole: Step | None
    kinds: tuple[tuple[Kind, Step], ...]
    kernels: tuple[tuple[str, Step], ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineHistory:
    """The runs of one machine by one interpreter, the oldest first.

    Attributes
    ----------
    machine, target : their names.
    runs, ended : machine/run of each, and when it ended.
    lines : all cells, then each kind.
    changes, steps : in order.
    left_out : runs of it that are not in it: of other programs or of few cells.
    """

    machine: str
    target: str
    runs: tuple[str, ...]
    ended: tuple[str, ...]
    cells: int
    lines: tuple[Line, ...]
    changes: tuple[Changed, ...]
    steps: tuple[Stepped, ...]
    left_out: int


def history_of(
    summaries: Iterable[RunSummary],
    fewest: int = FEWEST_RUNS,
    is_asked: Callable[[str], bool] = lambda _: True,
) -> tuple[MachineHistory, ...]:
    """The history of every machine and interpreter that has runs enough, the longest first.

    Hardware that goes by several names is one machine; other hardware under one name is a change of it. Runs that a stranger
    contributed, quick ones, gates, and runs that are unfit to be called by are in none; made-up ones are by themselves.

    Parameters
    ----------
    fewest : runs of a history.
    is_asked : whether the cell with this text is wanted.
    """
    runs = [run for run in summaries if _counts(run)]
    machines = machines_of(labelled(runs))
    groups: dict[tuple[str, bool, str], list[RunSummary]] = {}
    for run, machine in zip(runs, machines, strict=True):
        for target in run.targets:
            groups.setdefault((machine.names[0], run.head.simulated, target), []).append(run)
    found = [_history(machine, target, group, fewest, is_asked) for (machine, _, target), group in groups.items()]
    known = [history for history in found if history is not None]
    return tuple(sorted(known, key=lambda history: (-len(history.runs), history.machine, history.target)))


def _counts(run: RunSummary) -> bool:
    return not (run.contributed or run.head.quick or run.head.is_gate or unfit(run))


def _history(
    machine: str,
    target: str,
    group: Sequence[RunSummary],
    fewest: int,
    is_asked: Callable[[str], bool],
) -> MachineHistory | None:
    every = sorted(group, key=lambda run: (run.head.ended, run.name))
    runs, texts = _chained(every, target, fewest)
    texts = list(filter(is_asked, texts))
    if len(runs) < fewest or not texts:
        return None
    table = np.array([[run.targets[target].levels[text].mean for text in texts] for run in runs])
    changes = tuple(
        Changed(at, facts)
        for at, (before, run) in enumerate(itertools.pairwise(runs), start=1)
        if (facts := facts_between(before, run, target))
    )
    columns = _columns(texts)
    series = {kind: _moved(table[:, chosen]) for kind, chosen in columns.items()}
    known = [change.at for change in changes]
    # Sleep is held against itself: no pace of the machine moves it.
    kernels = {
        name: _moved(table[:, chosen]) if name == SLEEP.name else _beside_the_others(table, chosen)
        for name, chosen in _kernels(texts).items()
    }
    level = stats.LEVEL / (len(series) + len(kernels))
    found = {kind: stats.steps(moved, known, level=level) for kind, moved in series.items()}
    alone = {name: stats.steps(moved, known, level=level) for name, moved in kernels.items()}
    return MachineHistory(
        machine=machine,
        target=target,
        runs=tuple(run.name for run in runs),
        ended=tuple(run.head.ended for run in runs),
        cells=len(texts),
        lines=tuple(_line(kind, len(columns[kind]), moved, found[kind]) for kind, moved in series.items()),
        changes=changes,
        steps=_stepped(found, alone, changes, runs),
        left_out=len(every) - len(runs),
    )


def _chained(every: Sequence[RunSummary], target: str, fewest: int) -> tuple[list[RunSummary], list[str]]:
    """The runs that measured most of what the newest full run did, by the same programs; and the cells that all of them have.

    Where these are too few, the same of the fullest of the others, and so on, so that one run of an hour takes no history from
    shorter ones; none where no such runs are enough.
    """
    held = [_held(run.targets[target].levels) for run in every]
    sizes = {len(cells) for cells in held if cells}
    while sizes and len(held) >= fewest:
        full = [cells for cells in held if _LEAST_SHARE * max(sizes) <= len(cells) <= max(sizes)]
        wanted = full[-1]
        kept = [number for number, cells in enumerate(held) if len(cells & wanted) >= _LEAST_SHARE * len(wanted)]
        shared = set.intersection(*(held[number] & wanted for number in kept))
        if len(kept) >= fewest and shared:
            return [every[number] for number in kept], sorted(text for text, _ in shared)
        sizes -= {len(cells) for cells in full}
    return [], []


def _held(levels: Mapping[str, Level]) -> set[tuple[str, str]]:
    """What can be compared of a run: texts of cells, each with the source that timed it."""
    return {(text, level.source) for text, level in levels.items() if can_be_compared(cell_of(text))}


def _columns(texts: Sequence[str]) -> dict[Kind | None, list[int]]:
    """The columns of all cells, then of each kind that there is; of one kind alone it is all of them."""
    kinds = [kind_of(cell_of(text)) for text in texts]
    found: dict[Kind | None, list[int]] = {None: list(range(len(texts)))}
    for kind in KINDS:
        if chosen := [number for number, other in enumerate(kinds) if other == kind]:
            found[kind] = chosen
    return found


def _kernels(texts: Sequence[str]) -> dict[str, list[int]]:
    """The columns of each kernel that works, where there are others to hold it against: of two nothing tells which one moved."""
    found: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        found.setdefault(cell_of(text).kernel, []).append(number)
    if len(found) < _FEWEST_KERNELS:
        return {}
    return {name: chosen for name, chosen in found.items() if name != NOOP.name and len(chosen) < len(texts)}


def _beside_the_others(table: NDArray[np.float64], chosen: Sequence[int]) -> NDArray[np.float64]:
    """What a run does to these cells and to no other: one kernel of many moves neither all cells nor a kind."""
    return _moved(table[:, chosen]) - _moved(np.delete(table, chosen, axis=1))


def _moved(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a run does to these cells: the median over them of their distance from their own average over the runs."""
    return np.asarray(np.median(means - means.mean(axis=0), axis=1), dtype=np.float64)


def _line(kind: Kind | None, cells: int, moved: NDArray[np.float64], found: Sequence[Step]) -> Line:
    edges = [0, *(step.at for step in found), moved.size]
    levels = moved - moved[: edges[1]].mean()
    bands = []
    for begin, end in itertools.pairwise(edges):
        stretch = levels[begin:end]
        if stretch.size >= stats.FEWEST_SITTINGS:
            reach = quantiles.t_quantile(0.975, stretch.size - 1.0) * float(stretch.std(ddof=1))
            reach *= math.sqrt(1.0 + 1.0 / stretch.size)
            middle = float(stretch.mean())
            bands.append(Band(begin, end, math.exp(middle - reach), math.exp(min(middle + reach, LARGEST_LOG))))
    return Line(kind=kind, cells=cells, levels=tuple(map(float, np.exp(levels))), bands=tuple(bands))


def _stepped(
    found: dict[Kind | None, tuple[Step, ...]],
    alone: dict[str, tuple[Step, ...]],
    changes: Sequence[Changed],
    runs: Sequence[RunSummary],
) -> tuple[Stepped, ...]:
    """Steps of all cells, of kinds and of kernels that lie at one run told together."""
    facts = {change.at: change.facts for change in changes}
    large = {
        name: [step for step in steps if abs(math.log(step.ratio)) > math.log1p(_LEAST_ALONE)]
        for name, steps in alone.items()
    }
    places = sorted({step.at for steps in (*found.values(), *large.values()) for step in steps})
    return tuple(
        Stepped(
            at=at,
            day=runs[at].head.ended[:10],
            whole=next((step for step in found[None] if step.at == at), None),
            kinds=tuple((kind, step) for kind, steps in found.items() if kind for step in steps if step.at == at),
            kernels=tuple((name, step) for name, steps in large.items() for step in steps if step.at == at),
            facts=facts.get(at, ()),
        )
        for at in places
    )
