"""Jobs that last: as much work for each worker, compared by tasks a second."""

from __future__ import annotations

from dataclasses import replace

import pytest

from study import config
from study.config.numbers import LONG_S, tasks_of_long_share
from study.curves import curves_of, unmeasured
from study.errors import ConfigError
from study.things import KERNELS
from tests.builders import LOOP
from tests.claim_data import around, decided
from tests.made_up_run import measured

EXPERIMENT = """
schema = 1
question = "Q1"
title = "How much more?"
tier = "core"

[fixed]
pattern = "map"
kernel = "sieve"
tasks = "long"

[swept]
workers = [1, 2, 4]

[[vary]]
backend = ["call", "pool"]
start_method = "fork"
"""
CLAIM = """
schema = 1
[[claim]]
id = "c"
question = "Q1"
statement = "s"
estimand = "ratio"
per_task = true
of = { pattern = "map", kernel = "square", tasks = 5 }
to = { pattern = "map", kernel = "square", backend = "pool", start_method = "fork", workers = 2, tasks = 10 }
direction = "above"
threshold = 1.5
finding = "A task takes {of} against {to}: {ratio}"
"""
JOB = replace(LOOP, backend="pool", start_method="fork", workers=2, tasks=10)


@pytest.mark.parametrize(
    "kernel", [kernel.name for kernel in KERNELS.values() if kernel.works and not kernel.has_length]
)
def test_a_share_lasts_by_the_kernel_s_nominal_time(kernel: str) -> None:
    tasks, task_s = tasks_of_long_share(kernel), KERNELS[kernel].simulated_s
    assert LONG_S <= tasks * task_s < LONG_S + task_s


@pytest.mark.parametrize(("workers", "shares"), [(1, 1), (2, 2), ("cpus", 4), ("oversubscribed", 4), (16, 4)])
def test_each_worker_has_a_share_and_more_workers_than_cpus_have_those_of_the_cpus(
    workers: int | str, shares: int
) -> None:
    found = config.in_numbers({"kernel": "sieve", "workers": workers, "tasks": "long"}, 4)
    assert found["tasks"] == shares * tasks_of_long_share("sieve")
    assert config.in_numbers({"kernel": "sieve", "workers": workers, "tasks": "share"}, 4)[
        "tasks"
    ] == tasks_of_long_share("sieve")


def test_the_plain_loop_has_one_share_however_many_workers_are_swept_beside_it() -> None:
    curves = [points for _, points in curves_of(config.parse_experiment(EXPERIMENT, "mine"), 4)]
    share = tasks_of_long_share("sieve")
    assert [[(point.backend, point.tasks // share) for point in points] for points in curves] == [
        [("call", 1)],
        [("pool", 1), ("pool", 2), ("pool", 4)],
    ]


def test_a_claim_on_jobs_of_different_length_is_decided_by_tasks_a_second() -> None:
    found = decided(CLAIM, measured(LOOP, around(1.0, 0.001)), measured(JOB, around(1.1, 0.001, 2)))
    assert found.decision == "supported"
    assert found.average.point == pytest.approx(10 / 1.1 / 5, rel=0.01)
    assert found.sentence.startswith("A task takes 200")


@pytest.mark.parametrize(
    "wrong",
    [
        CLAIM.replace("per_task = true\n", ""),
        CLAIM.replace('"ratio"\n', '"difference"\n').replace("{ratio}", "{difference}"),
    ],
)
def test_different_lengths_are_compared_by_ratios_of_a_task_alone(wrong: str) -> None:
    with pytest.raises(ConfigError, match="per_task"):
        unmeasured(config.parse_claims(wrong), [], 2)
