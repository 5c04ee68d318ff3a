"""(experiments, targets, costs, budget) -> what is measured, how often, in which order, and what is left out. Pure."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, fields, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

from study.cell import Cell, parts_of, variant_of
from study.config import TIERS, machine_words, refuse
from study.curves import check_cells, curves_of, declared_away
from study.errors import UsageError
from study.things import BACKENDS, FORMS, KERNELS, NUMPY, START_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.config import Cpus, Experiment
    from study.things import NoiseClass

ROUNDS = 10
"""Rounds that every admitted experiment gets. Of ten, t widens an interval by 15 % against the normal; of five, by 42 %."""
QUICK_ROUNDS = 5
"""Rounds of a run whose budget cannot pay ten of the headline tier: marked quick."""
MARGIN = 1.1
"""Predicted times are multiplied by this before an experiment is admitted."""
VALUES, WARMUPS, MIN_TIME_S = 3, 1, 0.08
"""The plan of one process, fixed: within 5 % of the Kalibera-Jones optimum on the machine it was chosen on."""
LONGEST_FILE_NAME = 64
"""Characters of a file under `results/`: `<experiment>.<target>.json.gz`."""
ASSUMED_CV: Mapping[NoiseClass, float] = {
    "compute": 0.04,
    "start": 0.08,
    "dispatch": 0.15,
    "message": 0.30,
    "memory": 0.02,
}
"""Spread between processes where this machine has no run yet, by noise class; only `plan` uses it, and says so."""
State = Literal["skipped", "failed", "left out"]
"""Of a cell that is not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetView:
    """What the plan must know of a target interpreter; `system` is as `platform.system()` has it, '' where nobody said."""

    name: str
    start_methods: tuple[str, ...]
    has_fork: bool
    has_posix_spawn: bool
    has_interpreters: bool = False
    has_numpy: bool = True
    packages: tuple[str, ...] = ()
    system: str = ""

    @classmethod
    def of(cls, name: str, facts: Mapping[str, Any], system: object) -> TargetView:
        """The view of a target with these facts; what an older run was not asked is taken to be there."""
        return cls(
            name=name,
            start_methods=tuple(facts.get("start_methods") or START_METHODS),
            has_fork=bool(facts.get("has_fork", True)),
            has_posix_spawn=bool(facts.get("has_posix_spawn", True)),
            has_interpreters=bool(facts.get("has_interpreters")),
            has_numpy=bool(facts.get("numpy_version", True)),
            packages=tuple(package for package, version in (facts.get("peers") or {}).items() if version),
            system=str(system or ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Cells that are measured together in one process on one target."""

    experiment: str
    question: str
    tier: str
    target: str
    cells: tuple[Cell, ...]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process of a curve takes, and the loops of each of its points, from the last calibration."""

    process_s: float
    loops: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run does: every curve once per round, `rounds` rounds, more if time is left."""

    curves: tuple[Curve, ...]
    costs: Mapping[str, Cost]
    absent: tuple[Absence, ...]
    rounds: int
    quick: bool
    round_s: float


@dataclass(frozen=True, slots=True)
class Expansion:
    """Everything the experiments ask for on these targets, before the budget has its say."""

    curves: tuple[Curve, ...]
    absent: tuple[Absence, ...]
    asked_by: Mapping[tuple[str, str], tuple[str, ...]]
    """(target, cell text) -> ids of the experiments that asked for the cell."""

    def by_experiment(self) -> dict[str, list[Curve]]:
        """Id of an experiment -> its curves, in the order of the plan."""
        groups: dict[str, list[Curve]] = {}
        for curve in self.curves:
            groups.setdefault(curve.experiment, []).append(curve)
        return groups


def expand(experiments: Sequence[Experiment], cpus: Cpus | int, targets: Sequence[TargetView]) -> Expansion:
    """Every curve of every experiment on every target, equal cells once, with what cannot exist there and why.

    Raises
    ------
    ConfigError
        if an experiment asks for a cell that no system can measure.
    """
    check_cells(experiments, cpus)
    curves: list[Curve] = []
    absent: list[Absence] = []
    asked: dict[tuple[str, str], list[str]] = {}
    seen_on: dict[str, set[Cell]] = {}
    for experiment in experiments:
        for target in targets:
            _check_file_name(experiment, target)
            seen = seen_on.setdefault(target.name, set())
            for _, points in curves_of(experiment, cpus):
                cells = [replace(point, part=part) for point in points for part in parts_of(point)]
                for cell in cells:
                    names = asked.setdefault((target.name, cell.text), [])
                    if experiment.id not in names:
                        names.append(experiment.id)
                fresh = [cell for cell in cells if cell not in seen]
                seen.update(fresh)
                common = {"experiment": experiment.id, "tier": experiment.tier, "target": target.name}
                present = []
                for cell in fresh:
                    reason = (
                        declared_away(experiment, cell, cpus)
                        or _missing(cell, target)
                        or _too_many(cell, target, machine_words(cpus)["cpus"])
                    )
                    if reason:
                        absent.append(Absence(cell=cell, state="skipped", reason=reason, **common))
                    else:
                        present.append(cell)
                if present:
                    curves.append(Curve(question=experiment.question, cells=tuple(present), **common))
    return Expansion(tuple(curves), tuple(absent), {key: tuple(names) for key, names in asked.items()})


def _check_file_name(experiment: Experiment, target: TargetView) -> None:
    name = f"{experiment.id}.{target.name}.json.gz"
    if (over := len(name) - LONGEST_FILE_NAME) > 0:
        refuse(experiment.file, "", f"{name} would be too long by {over} letters; rename the experiment")


def packages_of(cell: Cell) -> frozenset[str]:
    """What has to be in the environment of a target for this cell, beside the standard library."""
    variant = variant_of(cell)
    packages = {KERNELS[cell.kernel].package, BACKENDS[cell.backend].package, FORMS[cell.form].package}
    return frozenset(packages | {variant.package if variant else ""}) - {""}


def _missing(cell: Cell, target: TargetView) -> str:
    """Why this target cannot have the cell, or ''."""
    backend = BACKENDS[cell.backend]
    if cell.start_method in START_METHODS and cell.start_method not in target.start_methods:
        return f"the start method {cell.start_method} does not exist for {target.name} on this system"
    if backend.system_call and not getattr(target, f"has_{backend.system_call}"):
        return f"os.{backend.system_call} does not exist for {target.name} on this system"
    if backend.needs_interpreters and not target.has_interpreters:
        return f"{target.name} has no concurrent.interpreters (CPython 3.14 and later)"
    packages = packages_of(cell)
    if NUMPY in packages and not target.has_numpy:
        return f"NumPy is not in the environment of {target.name}: there is no ready-made wheel for it"
    absent = sorted(packages - {NUMPY, *target.packages})
    if absent:
        return f"{absent[0]} is not in the environment of {target.name}; it is installed with --peers"
    return ""


def _too_many(cell: Cell, target: TargetView, usable_cpus: int) -> str:
    """Why this target cannot have so many workers, or ''."""
    limit = BACKENDS[cell.backend].on_windows
    if limit is None or target.system != "Windows":
        return ""
    workers = cell.workers or (1 if limit.default_fits else usable_cpus)
    if workers <= limit.most:
        return ""
    return f"Windows cannot wait for {workers} processes at once: {limit.most} workers are the most of a {cell.backend}"


def admit(
    expansion: Expansion,
    costs: Mapping[str, Cost],
    failed: Mapping[str, tuple[State, str]],
    budget_s: float,
    spent_s: float = 0.0,
) -> Plan:
    """Admit whole experiments in tier order while ten rounds of them fit into the budget.

    Parameters
    ----------
    costs : curve id -> its cost; a curve without one was not calibrated and counts as left out.
    failed : curve id -> (state, reason) of a curve that could not be calibrated.
    budget_s : seconds left for rounds.
    spent_s : seconds that calibrating has taken of the whole budget; a message names a whole one.

    Raises
    ------
    UsageError
        if not even a quick run of the headline tier fits, with the budget that would do.
    """
    absent = list(expansion.absent)
    admitted: list[Curve] = []
    round_s = 0.0
    quick = False
    closed = ""
    groups = expansion.by_experiment()
    order = sorted(groups, key=lambda name: TIERS.index(groups[name][0].tier))  # stable: as the experiments are ordered
    headline = [curve for name in order for curve in groups[name] if curve.tier == "headline" and curve.id in costs]
    headline_s = math.fsum(costs[curve.id].process_s for curve in headline)
    for name in order:
        curves = [curve for curve in groups[name] if curve.id not in failed]
        absent += [
            _absence(curve, cell, *failed[curve.id])
            for curve in groups[name]
            if curve.id in failed
            for cell in curve.cells
        ]
        known = all(curve.id in costs for curve in curves)
        cost_s = math.fsum(costs[curve.id].process_s for curve in curves) if known else math.inf
        needed_s = ROUNDS * MARGIN * (round_s + cost_s)
        if curves and curves[0].tier == "headline":
            if not known:
                raise UsageError("the headline tier was not calibrated; this is a defect of the study")
            admitted += curves
            round_s += cost_s
        elif not closed and needed_s <= budget_s:
            admitted += curves
            round_s += cost_s
        else:
            reason = _too_long(needed_s, budget_s) if needed_s > budget_s else f"{closed}, before it, did not fit"
            absent += [_absence(curve, cell, "left out", reason) for curve in curves for cell in curve.cells]
            closed = closed or name
    rounds = int(budget_s / (MARGIN * round_s)) if round_s else 0
    if rounds < ROUNDS:
        quick, rounds = True, QUICK_ROUNDS
        if QUICK_ROUNDS * headline_s > budget_s:
            raise UsageError(
                f"the budget leaves {max(0.0, budget_s):.0f} s for rounds, but {QUICK_ROUNDS} rounds of the headline tier take"
                f" about {QUICK_ROUNDS * headline_s:.0f} s on this machine;"
                f" give a larger --budget, such as {_budget_for(QUICK_ROUNDS * headline_s + spent_s)}"
            )
    return Plan(curves=tuple(admitted), costs=costs, absent=tuple(absent), rounds=rounds, quick=quick, round_s=round_s)


def _budget_for(needed_s: float) -> str:
    """A budget to give, somewhat above what is needed: whole tens of seconds, or whole minutes from ten on."""
    wanted_s = MARGIN * needed_s
    return f"{math.ceil(wanted_s / 60)}m" if wanted_s > 600 else f"{max(10, 10 * math.ceil(wanted_s / 10))}s"


def _absence(curve: Curve, cell: Cell, state: State, reason: str) -> Absence:
    shared = {field.name: getattr(curve, field.name) for field in fields(curve) if field.name in Absence.__slots__}
    return Absence(cell=cell, state=state, reason=reason, **shared)


def _too_long(needed_s: float, budget_s: float) -> str:
    if math.isinf(needed_s):
        return "not calibrated: the budget was spent on the experiments before it"
    return f"{ROUNDS} rounds of it and of what comes before it need about {needed_s:.0f} s; {budget_s:.0f} s are left"


def order_of_round(count: int, seed: int, round_index: int) -> list[int]:
    """The order in which a round measures its `count` curves: a permutation, the same for the same seed and round."""
    order = list(range(count))
    random.Random(f"{seed}/{round_index}").shuffle(order)
    return order


def smallest_effect_planned(cv: float, rounds: int, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest relative difference that `rounds` paired rounds show with this power.

    Parameters
    ----------
    cv : relative standard deviation of a process mean; a paired difference of two cells has sqrt(2) times it.
    rounds : paired rounds, at least 2.

    Notes
    -----
    expm1 of (z_{1-alpha/2} + z_power) * cv * sqrt(2 / rounds), with the normal quantile widened to t by Gurland and Tripathi's
    first-order term (1 + (z^2 + 1) / (4 (rounds - 1))); exact power uses the noncentral t (see `stats`).
    """
    z = NormalDist().inv_cdf(1 - alpha / 2)
    widened = z * (1 + (z * z + 1) / (4 * (rounds - 1)))
    return math.expm1((widened + NormalDist().inv_cdf(power)) * cv * math.sqrt(2 / rounds))
