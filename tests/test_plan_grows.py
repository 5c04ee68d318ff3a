"""Ten minutes on machines of 1 to 192 CPUs, by the simulated law: what each gets, and what is never left out for another."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from study import config, store
from study.cell import Cell
from study.config import Cpus
from study.config.claims import cell_of
from study.errors import ConfigError, UsageError
from study.lab.simulate import Law, SimulatedRunner
from study.plan import (
    BEYOND,
    MARGIN,
    QUICK_ROUNDS,
    ROUNDS,
    Expansion,
    Plan,
    PointCost,
    TargetView,
    admit,
    expand,
    needed_s,
    rounds_of,
    takes_part,
)
from study.run.calibrate import calibrate
from study.run.runner import LawRunner
from tests.configs import EVERYTHING, ROOT

if TYPE_CHECKING:
    from pathlib import Path

MACHINES = (Cpus(1, 1), Cpus(2, 2), Cpus(4, 4), Cpus(8, 4), Cpus(16, 8), Cpus(64, 32), Cpus(192, 96))
TEN_MINUTES_S = 600.0
KERNELS = ("fannkuch", "sha256_8mib", "sleep")
FREE = replace(EVERYTHING, has_gil=False)


def text(tier: str, rank: int, body: str, *, rounds: int = ROUNDS) -> str:
    head = f'schema = 1\nquestion = "Q1"\ntitle = "What?"\ntier = "{tier}"\nrank = {rank}\n'
    return f"{head}rounds = {rounds}\n{body}\n"


BALANCED = '[[vary]]\npattern = "map"\ntasks = "balanced"\nkernel = "fannkuch"\n'
LONG = '[fixed]\npattern = "map"\ntasks = "long"\nstart_method = "fork"\n'
MADE_UP = {
    "headline": text(
        "headline", 10, f'{BALANCED}backend = "call"\n{BALANCED}backend = "pool"\nstart_method = "fork"\nworkers = "cpus"'
    ),
    "curve-threads": text(
        "core", 20, f'{LONG}[swept]\nworkers = ["few"]\n[[vary]]\nkernel = {list(KERNELS)}\nbackend = "threads"', rounds=6
    ),
}  # fmt: skip
"""A curve over threads, each of which has a share of its own."""


def expansion(texts: dict[str, str], cpus: Cpus | int, *targets: TargetView) -> Expansion:
    return expand(config.experiments_in(texts), cpus, targets or (EVERYTHING,))


def scales_well(cpus: Cpus) -> Law:
    """A machine on which many processes do as much as one."""
    return Law(cpus=cpus.usable, serial_fraction=0.0, contention=0.05 / cpus.usable)


def planned(found: Expansion, folder: Path, law: Law, budget_s: float = TEN_MINUTES_S) -> Plan:
    plan, _ = calibrate(
        found,
        keys={(curve.target, point): "key" for curve in found.curves for point in curve.points},
        calibration=store.Calibration(folder),
        runner=LawRunner(SimulatedRunner(law)),
        budget_s=budget_s,
        stopping=lambda: False,
        tell=lambda _curve, _ran: None,
    )
    return plan


def measured(plan: Plan, **wanted: object) -> set[int]:
    """The worker counts of the planned cells with these factors."""
    cells = {cell for curve in plan.curves for cell in curve.cells}
    return {cell.workers for cell in cells if all(getattr(cell, name) == value for name, value in wanted.items())}


def left_out(plan: Plan) -> set[str]:
    return {absence.experiment for absence in plan.absent if absence.state == "left out"}


def test_without_the_gil_threads_have_three_counts_on_any_machine(tmp_path: Path) -> None:
    for cpus in MACHINES:
        plan = planned(
            expansion(MADE_UP, cpus, FREE), tmp_path / str(cpus.usable), replace(scales_well(cpus), gil=False)
        )
        assert measured(plan, kernel="fannkuch", backend="threads") == set(config.few(cpus))


def test_threads_that_would_take_turns_too_long_are_skipped_with_the_reason() -> None:
    found = {absence.cell.workers: absence for absence in expansion(MADE_UP, Cpus(64)).absent}
    assert {number: absence.state for number, absence in found.items()} == {64: "skipped"}
    assert found[64].reason == (
        "under the GIL threads take turns: an event of so much work takes 45 s, and one of more than 20 s cannot be calibrated"
    )
    assert not expansion(MADE_UP, Cpus(64), FREE).absent
    assert TargetView.of("t", {"gil_enabled": False}, "Linux").has_gil is False
    assert TargetView.of("t", {}, "Linux").has_gil


COMMITTED = config.read_texts(ROOT / "experiments")
NEEDED = {"q1-scaling", "scaling-capacity", "job-length", "payload-core", "programs-whole"}
"""What ten minutes must give beside the headline on every machine."""
STATEMENTS = 70
"""How many can be decided after ten minutes on two CPUs."""


@pytest.mark.parametrize("cpus", MACHINES, ids=lambda cpus: str(cpus.usable))
def test_the_committed_experiments_give_every_machine_what_a_reader_needs(cpus: Cpus, tmp_path: Path) -> None:
    every = config.experiments_in(COMMITTED)
    plan = planned(expand(every, cpus, [EVERYTHING]), tmp_path, scales_well(cpus))
    assert not plan.quick
    has = {curve.experiment for curve in plan.curves}
    assert has >= NEEDED | {experiment.id for experiment in every if experiment.tier == "headline"}
    for kernel in KERNELS:
        pools = measured(plan, pattern="map", kernel=kernel, backend="pool", variant="", chunksize=0)
        assert pools >= set(config.curve(cpus))
        assert len(pools) >= min(4, cpus.usable)
    assert left_out(plan)
    assert all(absence.reason.endswith("gets it") for absence in plan.absent if absence.state == "left out")


def test_ten_minutes_on_two_cpus_hold_every_cell_of_seventy_statements(tmp_path: Path) -> None:
    cpus = Cpus(2, 2)
    plan = planned(expansion(COMMITTED, cpus), tmp_path, scales_well(cpus))
    cells = {cell for curve in plan.curves for cell in curve.cells}
    asked = [
        [cell_of(selector, cpus, "claims.toml", claim.id) for selector in (claim.of, claim.to) if selector is not None]
        for claim in config.claims_in(COMMITTED)
    ]
    assert sum(cells.issuperset(found) for found in asked) >= STATEMENTS


# Admission: made-up costs, one process for each experiment


def one_cell(tier: str, rank: int, tasks: int, *, rounds: int = ROUNDS) -> str:
    return text(tier, rank, f'[[vary]]\npattern = "map"\ntasks = {tasks}', rounds=rounds)


TASKS = {"head": 1, "first": 2, "dear": 3, "last": 4, "more": 5}
FIVE = {
    "head": one_cell("headline", 10, 1),
    "first": one_cell("core", 10, 2),
    "dear": one_cell("core", 20, 3),
    "last": one_cell("core", 30, 4),
    "more": one_cell("extended", 10, 5),
}


def costs_of(**seconds: float) -> dict[tuple[str, Cell], PointCost]:
    return {
        ("t", Cell(pattern="map", tasks=TASKS[name])): PointCost(1, 0.0, 0.0, process_s)
        for name, process_s in seconds.items()
    }


def admitted(plan: Plan) -> list[str]:
    return [curve.experiment for curve in plan.curves]


ALL = {"head": 1.0, "first": 1.0, "dear": 1.0, "last": 1.0, "more": 1.0}


@pytest.mark.parametrize(
    ("seconds", "budget_s", "kept"),
    [
        ({}, 100.0, ["head", "first", "dear", "last", "more"]),
        ({"dear": 50.0}, 100.0, ["head", "first", "last", "more"]),
        ({"first": 3.0}, 5 * 11.0 + 0.1, ["head", "first", "dear"]),  # the first by rank, not the two that are cheaper
        ({}, 3 * 11.0 + 0.1, ["head", "first", "dear"]),
        ({"last": 2.0}, 4 * 11.0 + 0.1, ["head", "first", "dear", "more"]),
    ],
)
def test_what_does_not_fit_is_passed_over_and_the_next_by_rank_is_tried(
    seconds: dict[str, float], budget_s: float, kept: list[str]
) -> None:
    plan = admit(expansion(FIVE, 2), costs_of(**{**ALL, **seconds}), {}, budget_s)
    assert admitted(plan) == kept
    assert left_out(plan) == set(FIVE) - set(kept)


def test_what_is_left_out_names_the_budget_that_gets_it_and_that_budget_does() -> None:
    costs = costs_of(**{**ALL, "dear": 130.0, "last": 140.0})
    plan = admit(expansion(FIVE, 2), costs, {}, 40.0, spent_s=20.0)
    reasons = {absence.experiment: absence.reason for absence in plan.absent}
    assert set(reasons) == {"dear", "last"}
    for name, reason in reasons.items():
        budget_s = 60.0 * int(reason.partition("--budget ")[2].partition("m gets it")[0])
        assert name in admitted(admit(expansion(FIVE, 2), costs, {}, budget_s - 20.0))
        assert name not in admitted(admit(expansion(FIVE, 2), costs, {}, 0.8 * budget_s - 80.0))


def test_what_was_not_calibrated_names_a_budget_from_what_it_takes_at_least() -> None:
    known = costs_of(**{name: seconds for name, seconds in ALL.items() if name != "dear"})
    guessed = costs_of(**{**ALL, "dear": 59.0})
    (absence,) = admit(expansion(FIVE, 2), known, {}, 60.0, guessed=guessed).absent
    assert (absence.experiment, absence.reason) == (
        "dear",
        "not calibrated: it would not have fitted; --budget 12m or more gets it",
    )


@pytest.mark.parametrize(("dear_s", "most"), [(10_000.0, BEYOND), (1.0, 1.0)])
def test_rounds_beyond_the_tenth_take_little_while_a_core_experiment_is_out(dear_s: float, most: float) -> None:
    budget_s = 1000.0
    plan = admit(expansion(FIVE, 2), costs_of(**{**ALL, "dear": dear_s}), {}, budget_s)
    beyond_s = (plan.rounds - ROUNDS) * MARGIN * plan.round_s
    assert plan.rounds > ROUNDS
    assert beyond_s <= most * budget_s
    assert beyond_s > (most - 0.11) * budget_s
    assert ("dear" in left_out(plan)) is (dear_s > budget_s)


def test_only_the_core_holds_rounds_back() -> None:
    plan = admit(expansion(FIVE, 2), costs_of(**{**ALL, "more": 1000.0}), {}, 1000.0)
    assert left_out(plan) == {"more"}
    assert plan.rounds == int(1000.0 / (MARGIN * plan.round_s))


def test_a_cell_of_several_experiments_belongs_to_the_first_that_is_admitted() -> None:
    shared = {
        **FIVE,
        "dear": text("core", 20, '[[vary]]\npattern = "map"\ntasks = [3, 4]'),
    }
    costs = costs_of(**{**ALL, "dear": 100.0})
    for budget_s, home in ((2000.0, "dear"), (200.0, "last")):
        plan = admit(expansion(shared, 2), costs, {}, budget_s)
        assert {cell.tasks: curve.experiment for curve in plan.curves for cell in curve.cells}[4] == home
    assert [(absence.experiment, absence.cell.tasks) for absence in plan.absent] == [("dear", 3)]


# Curves are in fewer rounds


@pytest.mark.parametrize("rounds", [6, 7, 8, 9, 10])
def test_a_curve_is_in_so_many_of_ten_rounds_evenly_spread(rounds: int) -> None:
    inside = [index for index in range(30) if takes_part(rounds, index)]
    assert inside[0] == 0
    for begin in range(20):
        assert sum(begin <= index < begin + 10 for index in inside) == rounds
    assert max(after - before for before, after in pairwise(inside)) <= 2


def test_an_experiment_of_six_rounds_costs_six_rounds() -> None:
    texts = {"head": FIVE["head"], "first": one_cell("core", 10, 2, rounds=6)}
    costs = costs_of(head=1.0, first=10.0)
    plan = admit(expansion(texts, 2), costs, {}, MARGIN * (10 * 1.0 + 6 * 10.0) + 0.1)
    assert admitted(plan) == ["head", "first"]
    assert [rounds_of(curve, plan) for curve in plan.curves] == [10, 6]
    assert needed_s(plan.curves, costs) == pytest.approx(MARGIN * 70.0)
    assert admitted(admit(expansion(texts, 2), costs, {}, MARGIN * 70.0 - 0.1)) == ["head"]


def test_a_cell_is_in_as_many_rounds_as_any_experiment_wants_it() -> None:
    texts = {"head": FIVE["head"], "first": one_cell("core", 10, 2, rounds=6), "last": one_cell("core", 30, 2)}
    plan = admit(expansion(texts, 2), costs_of(head=1.0, first=1.0), {}, 500.0)
    assert [(curve.experiment, curve.rounds) for curve in plan.curves] == [("head", 10), ("first", 10)]


@pytest.mark.parametrize("rounds", [0, 5, 11])
def test_no_other_number_of_rounds_can_be_asked_for(rounds: int) -> None:
    with pytest.raises(ConfigError, match=r"mine\.toml: rounds"):
        config.parse_experiment(one_cell("core", 10, 2, rounds=rounds), "mine")


# What is asked for by name


def only(*names: str) -> Expansion:
    return replace(expansion({**FIVE, "first": one_cell("core", 10, 2, rounds=6)}, 2), only=frozenset(names))


def test_what_is_asked_for_by_name_must_be_and_is_in_every_round() -> None:
    plan = admit(only("first"), costs_of(**ALL), {}, 11.0 + 0.1)
    assert [(curve.experiment, curve.rounds) for curve in plan.curves] == [("first", ROUNDS)]
    assert not plan.quick


@pytest.mark.parametrize(
    ("names", "budget_s", "kept"),
    [
        (("last",), 5.1, ["last"]),
        (("last", "more"), 5.1, ["last"]),
        (("last", "more"), 11.1, ["last", "more"]),
        (("last",), 6.0, ["last"]),
        (("last",), 10.9, ["last"]),
    ],
)
def test_a_quick_run_has_what_is_asked_for_in_the_fewest_rounds_before_all_else(
    names: tuple[str, ...], budget_s: float, kept: list[str]
) -> None:
    plan = admit(only(*names), costs_of(**ALL), {}, budget_s)
    assert (plan.quick, plan.rounds, admitted(plan)) == (True, QUICK_ROUNDS, kept)


def test_a_budget_that_cannot_pay_what_is_asked_for_says_which_would() -> None:
    with pytest.raises(UsageError, match=r"5 rounds of last take about 5 s on this machine; give .* such as 10s"):
        admit(only("last", "more"), costs_of(**ALL), {}, 4.9)


@pytest.mark.parametrize("only", [frozenset(), frozenset({"core-cell"})])
def test_where_nothing_could_be_calibrated_and_no_time_is_left_a_sentence_says_so(only: frozenset[str]) -> None:
    nothing = replace(expansion(FIVE, 2), only=only, asked=())
    with pytest.raises(UsageError, match="the budget leaves 0 s for rounds, but"):
        admit(nothing, {}, {}, -1.0)
