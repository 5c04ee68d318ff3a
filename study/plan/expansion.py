"""(experiments, CPUs, targets) -> every curve that is asked for, and what cannot exist. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from study.config import CLUSTER, ROUNDS, TIERS, machine_words, refuse
from study.curves import check_cells, curves_of, declared_away, part_cells, text_of
from study.plan.views import why_absent
from study.things import BACKENDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.cell import Cell
    from study.config import Cpus, Experiment
    from study.plan.views import TargetView

LONGEST_FILE_NAME = 64
"""Characters of a file under `results/`: `<experiment>.<target>.json.gz`."""
NO_CLUSTER = "no cluster is named: --dask-address tls://HOST:PORT measures what a task costs through it"
State = Literal["skipped", "failed", "left out"]
"""Of a cell that is not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Cells that are measured together in one process on one target, in `rounds` of ten rounds."""

    experiment: str
    question: str
    tier: str
    target: str
    cells: tuple[Cell, ...]
    rounds: int = ROUNDS

    @property
    def points(self) -> tuple[Cell, ...]:
        """The events of the curve, each once."""
        return tuple(dict.fromkeys(cell.point for cell in self.cells))

    @property
    def id(self) -> str:
        """The curve's name in journals: its points and its target."""
        first, *others = self.points
        swept = f" … {others[-1].text}" if others else ""
        return f"{first.text}{swept} @ {self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A cell that is not measured, and why."""

    cell: Cell
    experiment: str
    tier: str
    target: str
    state: State
    reason: str


def joined(curves: Iterable[Curve], others: Iterable[Curve]) -> tuple[Curve, ...]:
    """The curves and what others have beyond them.

    A cell that is there already stays where it is, in as many rounds as the one or the other wants it.
    """
    together = list(curves)
    homes = {(curve.target, cell): number for number, curve in enumerate(together) for cell in curve.cells}
    for curve in others:
        for home in {homes[key] for cell in curve.cells if (key := (curve.target, cell)) in homes}:
            together[home] = replace(together[home], rounds=max(together[home].rounds, curve.rounds))
        if fresh := tuple(cell for cell in curve.cells if (curve.target, cell) not in homes):
            homes |= dict.fromkeys(((curve.target, cell) for cell in fresh), len(together))
            together.append(replace(curve, cells=fresh))
    return tuple(together)


@dataclass(frozen=True)
class Expansion:
    """Everything the experiments ask for on these targets, before the budget has its say.

    Attributes
    ----------
    asked : the curves of every experiment, whole: a cell may stand in several.
    absent : each cell that nobody can measure, with the first reason.
    asked_by : (target, cell text) -> ids of the experiments that asked for the cell.
    only : ids of the experiments that --only names; none where the whole study is wanted.
    """

    asked: tuple[Curve, ...]
    absent: tuple[Absence, ...]
    asked_by: Mapping[tuple[str, str], tuple[str, ...]]
    only: frozenset[str] = frozenset()

    def must(self, curve: Curve) -> bool:
        """Whether the run is for this curve, whatever it costs: the headline, or what --only names."""
        return curve.experiment in self.only if self.only else curve.tier == TIERS[0]

    @cached_property
    def curves(self) -> tuple[Curve, ...]:
        """What is measured where the budget pays for all of it: each cell once."""
        return joined((), self.asked)

    @cached_property
    def groups(self) -> dict[str, tuple[Curve, ...]]:
        """The curves of each experiment in the order of admission: what must be, then by tier, then as they come, by rank.

        What --only names is in every round.
        """
        groups: dict[str, tuple[Curve, ...]] = {}
        for curve in sorted(self.asked, key=lambda curve: (not self.must(curve), TIERS.index(curve.tier))):
            wanted = replace(curve, rounds=ROUNDS) if self.only and self.must(curve) else curve
            groups[curve.experiment] = (*groups.get(curve.experiment, ()), wanted)
        return groups


def expand(experiments: Sequence[Experiment], cpus: Cpus | int, targets: Sequence[TargetView]) -> Expansion:
    """Every curve of every experiment on every target, with what cannot exist there and why.

    Raises
    ------
    ConfigError
        if an experiment asks for a cell that no system can measure.
    """
    check_cells(experiments, cpus)
    usable = machine_words(cpus)["cpus"]
    curves: list[Curve] = []
    absent: dict[tuple[str, Cell], Absence] = {}
    asked: dict[tuple[str, str], dict[str, None]] = {}
    for experiment in experiments:
        whole = [[cell for point in points for cell in part_cells(point)] for _, points in curves_of(experiment, cpus)]
        away = "" if machine_words(cpus)[CLUSTER] else _for_a_cluster(whole)
        for target in targets:
            _check_file_name(experiment, target)
            seen: set[Cell] = set()
            for cells in whole:
                fresh = [cell for cell in cells if cell not in seen]
                seen.update(fresh)
                common = {"experiment": experiment.id, "tier": experiment.tier, "target": target.name}
                present = []
                for cell in fresh:
                    asked.setdefault((target.name, text_of(cell)), {})[experiment.id] = None
                    if reason := declared_away(experiment, cell, cpus) or away or why_absent(cell, target, usable):
                        absence = Absence(cell=cell, state="skipped", reason=reason, **common)
                        absent.setdefault((target.name, cell), absence)
                    else:
                        present.append(cell)
                if present:
                    curve = Curve(
                        question=experiment.question, cells=tuple(present), rounds=experiment.rounds, **common
                    )
                    curves.append(curve)
    present_somewhere = {(curve.target, cell) for curve in curves for cell in curve.cells}
    return Expansion(
        tuple(curves),
        tuple(absence for key, absence in absent.items() if key not in present_somewhere),
        {key: tuple(names) for key, names in asked.items()},
    )


def _for_a_cluster(curves: Sequence[Sequence[Cell]]) -> str:
    """Why nothing of an experiment is measured without a cluster, or '': what it is set beside serves nobody alone."""
    return NO_CLUSTER if any(BACKENDS[cell.backend].at_address for cells in curves for cell in cells) else ""


def _check_file_name(experiment: Experiment, target: TargetView) -> None:
    name = f"{experiment.id}.{target.name}.json.gz"
    if (over := len(name) - LONGEST_FILE_NAME) > 0:
        refuse(experiment.file, "", f"{name} would be too long by {over} letters; rename the experiment")
