"""What a system or a budget cannot do is told with the number that would do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from study import config
from study.errors import UsageError
from study.plan import Expansion, Plan, PointCost, TargetView, admit, expand
from tests.configs import experiment

LINUX = TargetView(name="t", start_methods=("fork", "spawn"), has_fork=True, has_posix_spawn=True, system="Linux")
WINDOWS = TargetView(name="t", start_methods=("spawn",), has_fork=False, has_posix_spawn=False, system="Windows")
POOLS = experiment(
    'pattern = "map"\nbackend = ["pool", "process_executor", "thread_executor"]\nstart_method = "spawn"\n'
    "workers = [0, 2, 60, 61, 62]"
)


def skipped(view: TargetView, usable_cpus: int) -> dict[tuple[str, int], str]:
    absent = expand([config.parse_experiment(POOLS, "mine")], usable_cpus, [view]).absent
    return {(one.cell.backend, one.cell.workers): one.reason for one in absent}


def test_more_workers_than_windows_waits_for_are_skipped_with_the_reason() -> None:
    found = skipped(WINDOWS, 4)
    assert set(found) == {("pool", 61), ("pool", 62), ("process_executor", 62)}
    assert found["pool", 62] == "Windows cannot wait for 62 processes at once: 60 workers are the most of a pool"
    assert skipped(LINUX, 4) == skipped(replace(WINDOWS, system=""), 4) == {}


def test_a_default_pool_on_a_large_windows_machine_is_skipped_too() -> None:
    assert ("pool", 0) in skipped(WINDOWS, 96)
    assert ("process_executor", 0) not in skipped(WINDOWS, 96)


def planned(expansion: Expansion, process_s: float, budget_s: float, spent_s: float) -> Plan:
    cost = PointCost(loops=1, event_s=0.0, around_s=0.0, start_s=process_s)
    costs = {(curve.target, point): cost for curve in expansion.curves for point in curve.points}
    return admit(expansion, costs, {}, budget_s, spent_s=spent_s)


@pytest.mark.parametrize(("process_s", "spent_s"), [(0.5, 0.0), (0.5, 45.0), (20.0, 300.0), (700.0, 9.0)])
def test_a_budget_that_is_too_small_names_one_that_would_do(process_s: float, spent_s: float) -> None:
    text = POOLS.replace('tier = "core"', 'tier = "headline"')
    expansion = expand([config.parse_experiment(text, "mine")], 4, [LINUX])
    with pytest.raises(UsageError) as caught:
        planned(expansion, process_s, 1.0, spent_s)
    named = re.search(r"give a larger --budget, such as (\d+)([sm])\Z", str(caught.value))
    assert named
    whole_s = int(named[1]) * {"s": 1, "m": 60}[named[2]]
    plan = planned(expansion, process_s, whole_s - spent_s, spent_s)
    assert plan.quick
    assert {curve.id for curve in plan.curves} == {curve.id for curve in expansion.curves}
    with pytest.raises(UsageError):  # and not much less would
        planned(expansion, process_s, whole_s * 0.8 - 15.0 - spent_s, spent_s)
