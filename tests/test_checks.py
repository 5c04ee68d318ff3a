from __future__ import annotations

import msgspec
import pytest

from study import checks
from study.machine import Machine, describe

QUIET = {
    "elapsed_s": 10.0,
    "foreign_cpu_s": 0.5,
    "steal_s": 0.5,
    "throttled": 0,
    "psi_some_s": 20.0,
    "swapped_pages": 3,
    "clock_jump_s": -0.2,
}
GOOD = Machine(
    quota_cpus="unlimited",
    affinity_cpus=4,
    isolated_cpus="",
    load_1min=0.1,
    shm_bytes=1 << 30,
    governor="performance",
    swap_used_bytes=0,
    on_battery=False,
)


def test_a_good_machine_passes_every_check_before() -> None:
    found = checks.before_measuring(GOOD)
    assert len(found) == 7
    assert all(check.passed for check in found)
    assert all(check.message and check.threshold and check.source and check.remedy for check in found)


@pytest.mark.parametrize(
    ("fact", "name", "said"),
    [
        ({"quota_cpus": 2.5}, "CPU quota", "allows 2.5 of the 4 CPUs"),
        ({"isolated_cpus": "2-3"}, "isolated CPUs", "CPUs 2-3 are isolated"),
        ({"load_1min": 1.5}, "load before", "1.5 tasks wanted to run"),
        ({"shm_bytes": 1 << 20}, "shared memory", "has 1 MiB"),
        ({"governor": "powersave"}, "frequency governor", "powersave"),
        ({"swap_used_bytes": 1 << 30}, "swap", "1 GiB of swap"),
        ({"on_battery": True}, "power", "battery"),
    ],
)
def test_each_fault_of_a_machine_fails_its_check_alone(fact: dict[str, object], name: str, said: str) -> None:
    found = checks.before_measuring(msgspec.structs.replace(GOOD, **fact))
    assert [check.name for check in found if not check.passed] == [name]
    assert said in next(check.message for check in found if not check.passed)


def test_a_quota_as_large_as_the_affinity_is_no_fault() -> None:
    assert all(check.passed for check in checks.before_measuring(msgspec.structs.replace(GOOD, quota_cpus=4.0)))


def test_facts_that_could_not_be_read_are_not_judged() -> None:
    assert checks.before_measuring(Machine()) == ()
    assert checks.before_measuring({"simulated": True}) == ()


def test_the_facts_of_a_manifest_are_judged_like_those_of_a_machine() -> None:
    found = describe()
    assert checks.before_measuring(msgspec.to_builtins(found)) == checks.before_measuring(found)


@pytest.mark.parametrize(
    ("facts", "failed"),
    [
        ({}, None),
        ({"debug": False, "untested": False, "variables": {"PYTHON_JIT": "1"}}, None),
        ({"variables": {"PYTHON_CPU_COUNT": "default"}}, None),
        ({"debug": "yes", "untested": 1, "variables": ["PYTHON_CPU_COUNT"]}, None),
        ({"debug": True, "untested": False}, ("release build", "one is a debug build")),
        ({"debug": False, "untested": True}, ("interpreter known", "one is newer than the study knows")),
        ({"variables": {"PYTHON_CPU_COUNT": "1"}}, ("CPUs as Python counts them", "PYTHON_CPU_COUNT=1 is set for one")),
    ],
)
def test_an_interpreter_is_judged_by_what_was_asked_of_it(
    facts: dict[str, object], failed: tuple[str, str] | None
) -> None:
    found = [check for check in checks.of_targets({"one": facts}) if not check.passed]
    assert [check.name for check in found] == ([failed[0]] if failed else [])
    assert all(failed and check.message.startswith(failed[1]) and check.remedy for check in found)


def test_a_quiet_round_is_valid() -> None:
    assert checks.disturbances_of_round(QUIET, usable_cpus=2) == ()


def test_a_round_of_which_nothing_is_known_is_valid() -> None:
    assert checks.disturbances_of_round({}, usable_cpus=2) == ()
    assert checks.disturbances_of_round(dict.fromkeys(QUIET), usable_cpus=2) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"foreign_cpu_s": 1.5}, "other programs used 0.15 CPUs"),
        ({"steal_s": 1.5}, "the hypervisor withheld 0.15 CPUs"),
        ({"throttled": 1}, "the CPU quota ran out 1 time"),
        ({"swapped_pages": 1000}, "1000 pages were swapped"),
        ({"clock_jump_s": -3600.0}, "the clock was set, or the machine suspended, by 1 h 0 min"),
    ],
)
def test_each_disturbance_is_named(change: dict[str, float], said: str) -> None:
    assert checks.disturbances_of_round({**QUIET, **change}, usable_cpus=2) == (said,)


def test_leftovers_disturb_a_round() -> None:
    found = checks.disturbances_of_round(QUIET, usable_cpus=2, leftovers=["python (sleeping)", "python (running)"])
    assert found == ("2 processes had to be ended after their cell",)


def test_on_many_cpus_a_tenth_of_a_cpu_of_steal_is_not_felt() -> None:
    stolen = {**QUIET, "steal_s": 5.0}
    assert checks.disturbances_of_round(stolen, usable_cpus=2)
    assert not checks.disturbances_of_round(stolen, usable_cpus=64)


@pytest.mark.parametrize(("disturbed", "passed"), [(0, True), (2, True), (3, False)])
def test_many_disturbed_rounds_fail(disturbed: int, passed: bool) -> None:
    check = checks.disturbed_share(disturbed, 10)
    assert check.passed == passed
    assert f"{disturbed} of 10 rounds" in check.message


@pytest.mark.parametrize(("halves_t", "passed"), [(None, True), (3.9, True), (-4.1, False), (float("inf"), False)])
def test_a_drifting_machine_fails(halves_t: float | None, passed: bool) -> None:
    assert checks.drift(halves_t).passed == passed


@pytest.mark.parametrize(("value_s", "passed"), [(None, True), (21e-6, True), (19e-6, False)])
def test_a_value_that_the_timer_would_distort_fails(value_s: float | None, passed: bool) -> None:
    assert checks.shortest_value(value_s).passed == passed
