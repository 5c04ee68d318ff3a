"""A machine is its hardware: fingerprints from stored facts. Every fact here is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.identity import (
    alike,
    differences,
    filled,
    fingerprint,
    fits,
    interpreter,
    latest,
    same_hardware,
    state,
    traits_digest,
)

if TYPE_CHECKING:
    import random

GIB = 1 << 30
EPYC: dict[str, Any] = {
    "arch": "x86_64",
    "cpu_model": "AMD EPYC",
    "logical_cpus": 2,
    "threads_per_core": 1,
    "l2_bytes": 1 << 20,
    "l3_bytes": 32 << 20,
    "memory_bytes": 24 * GIB,
    "numa_nodes": 1,
    "hypervisor": "yes, unnamed",
    "max_mhz": 3000.0,
    "load_1min": 0.1,
    "kernel": "6.1",
    "governor": "performance",
}
XEON = EPYC | {"cpu_model": "Intel Xeon", "l2_bytes": 2 << 20, "l3_bytes": 480 << 20}
FACTS = st.fixed_dictionaries(
    {
        "arch": st.sampled_from([None, "x86_64", "AMD64", "aarch64"]),
        "cpu_model": st.sampled_from([None, "A", "B"]),
        "logical_cpus": st.sampled_from([None, 2, 4]),
        "l3_bytes": st.sampled_from([None, 1 << 20, 2 << 20]),
        "memory_bytes": st.sampled_from([None, 100 * GIB, 103 * GIB, 106 * GIB, 200 * GIB]),
        "hypervisor": st.sampled_from([None, "none", "yes, unnamed", "Xen", "KVM"]),
    }
)
PRINTS = st.lists(FACTS.map(fingerprint), max_size=12)


def test_what_differs_is_said_in_words_and_clock_and_load_are_not_compared() -> None:
    assert differences(fingerprint(EPYC), fingerprint(XEON)) == (
        "CPU model: AMD EPYC / Intel Xeon",
        "L2 cache: 1 MiB / 2 MiB",
        "L3 cache: 32 MiB / 480 MiB",
    )
    jittered = fingerprint(EPYC | {"max_mhz": 1.0, "load_1min": 9.0, "kernel": "7.0"})
    assert jittered == fingerprint(EPYC)


@pytest.mark.parametrize("read", [EPYC | {"cpu_model": None}, EPYC | {"memory_bytes": "much"}, {}])
def test_what_could_be_read_on_one_side_alone_is_said_of_neither(read: dict[str, Any]) -> None:
    whole, sparse = fingerprint(EPYC), fingerprint(read)
    assert differences(whole, sparse) == differences(sparse, whole) == ()
    other = fingerprint(XEON | {"cpu_model": None, "l2_bytes": None})
    assert differences(whole, other) == ("L3 cache: 32 MiB / 480 MiB",)
    assert differences(other, whole) == ("L3 cache: 480 MiB / 32 MiB",)


@pytest.mark.parametrize(
    ("fact", "one", "other", "fit"),
    [
        ("memory_bytes", 24 * GIB, 24 * GIB - (200 << 20), True),  # what a newer kernel keeps for itself
        ("memory_bytes", 24 * GIB, 16 * GIB, False),
        ("memory_bytes", 25 * GIB // 2, 25 * GIB // 2 - 1, True),  # where rounding to whole GiB would flip
        ("hypervisor", "yes, unnamed", "QEMU or KVM", True),
        ("hypervisor", "yes, unnamed", "none", False),
        ("hypervisor", "Xen", "QEMU or KVM", False),
        ("arch", "AMD64", "x86_64", True),
        ("cpu_classes", "8 at 4600 MHz, 4 at 3400 MHz", "8 at 2800 MHz, 4 at 2100 MHz", True),  # boost off
        ("cpu_classes", "8 at 4600 MHz, 4 at 3400 MHz", "alike", False),
        ("cpu_model", "A", None, True),
        ("cpu_model", "A", ["no text"], True),
        ("logical_cpus", 2, "two", True),
        ("numa_nodes", 1, 2, False),
    ],
)
def test_two_values_of_a_fact_fit_or_do_not(fact: str, one: object, other: object, fit: bool) -> None:
    mine, theirs = fingerprint(EPYC | {fact: one}), fingerprint(EPYC | {fact: other})
    assert fits(mine, theirs) is fit
    assert fits(theirs, mine) is fit


@pytest.mark.parametrize("fact", ["kernel", "governor", "microcode", "libc", "quota_cpus", "boost", "vulnerable"])
def test_what_can_be_set_is_state_and_no_hardware(fact: str) -> None:
    other = EPYC | {fact: "another"}
    assert fits(fingerprint(EPYC | {fact: "one"}), fingerprint(other))
    assert differences(state(EPYC | {fact: "one"}), state(other))


def test_made_up_times_fit_no_hardware() -> None:
    assert not fits(fingerprint({"simulated": True}), fingerprint({}))


@given(FACTS, FACTS, st.sampled_from(sorted(EPYC)))
def test_fitting_is_symmetric_and_an_unread_fact_never_parts(
    one: dict[str, Any], other: dict[str, Any], fact: str
) -> None:
    mine, theirs = fingerprint(one), fingerprint(other)
    assert fits(mine, mine)
    assert fits(mine, theirs) == fits(theirs, mine)
    assert fits(mine, fingerprint(one | {fact: None}))
    if fits(mine, theirs):
        assert fits(fingerprint(one | {fact: None}), theirs)
        assert fits(filled(mine, theirs), mine)


@given(PRINTS, st.randoms())
def test_groups_do_not_depend_on_the_order_and_all_of_a_group_fit(prints: list[Any], chance: random.Random) -> None:
    groups = alike(prints)
    shuffled = list(prints)
    chance.shuffle(shuffled)
    assert alike(shuffled) == groups
    for one in prints:
        assert one in groups[one]
        for other in groups[one]:
            assert groups[other] == groups[one]
            assert all(fits(other, third) == fits(one, third) for third in prints)


def test_a_run_that_fits_two_machines_joins_neither_to_the_other_and_one_that_fits_one_is_of_it() -> None:
    epyc, xeon = fingerprint(EPYC), fingerprint(XEON)
    bare, short = fingerprint({"logical_cpus": 2}), fingerprint({"logical_cpus": 2, "cpu_model": "AMD EPYC"})
    groups = alike([bare, epyc, short, xeon])
    assert groups[epyc] == groups[short] == {epyc, short}
    assert groups[xeon] == {xeon}
    assert groups[bare] == {bare}


def test_a_name_is_the_hardware_of_its_newest_run_with_the_gaps_filled_from_older_runs_that_fit() -> None:
    sparse = fingerprint({"cpu_model": "Intel Xeon"})
    found = latest([sparse, fingerprint(EPYC), fingerprint(XEON)])
    assert found is not None
    assert found == filled(sparse, fingerprint(XEON))
    assert not fits(found, fingerprint(EPYC))
    assert latest([]) is None


def test_under_another_name_hardly_described_hardware_is_nobody_elses() -> None:
    blank = fingerprint({"arch": "x86_64"})
    assert fits(blank, fingerprint(EPYC))
    assert not same_hardware(blank, fingerprint(EPYC))
    assert same_hardware(fingerprint({"cpu_model": "AMD EPYC"}), fingerprint(EPYC))


def test_the_digest_is_of_the_hardware_alone_and_memory_counts_in_whole_gib() -> None:
    assert traits_digest(fingerprint(EPYC | {"kernel": "7"})) == traits_digest(fingerprint(EPYC))
    assert traits_digest(fingerprint(EPYC | {"memory_bytes": 24 * GIB - 5})) == traits_digest(fingerprint(EPYC))
    assert traits_digest(fingerprint(XEON)) != traits_digest(fingerprint(EPYC))


@pytest.mark.parametrize(
    ("facts", "debug", "jit"),
    [
        ({}, False, False),
        ({"config_args": ["--with-pydebug"]}, True, False),
        ({"config_args": ["--with-pydebug"], "debug": False}, False, False),
        ({"debug": True}, True, False),
        ({"jit": {"available": True, "enabled": True}}, False, True),
        ({"jit": {"available": True, "enabled": False}}, False, False),
        ({"config_args": ["--enable-experimental-jit"]}, False, True),
        ({"config_args": ["--enable-experimental-jit=yes-off"]}, False, False),
        ({"config_args": ["--enable-experimental-jit=yes-off"], "variables": {"PYTHON_JIT": "1"}}, False, True),
        ({"config_args": ["--enable-experimental-jit=yes"], "variables": {"PYTHON_JIT": "0"}}, False, False),
        ({"config_args": ["--enable-experimental-jit=interpreter"]}, False, False),
    ],
)
def test_an_interpreter_is_known_by_its_stored_facts(facts: dict[str, Any], debug: bool, jit: bool) -> None:
    found = interpreter(facts)
    assert (found.debug, found.jit) == (debug, jit)


def test_variables_are_part_of_an_interpreter_and_options_of_the_build_are_told_beside() -> None:
    plain, tuned = interpreter({}), interpreter({"config_args": ["--enable-optimizations"]})
    assert plain.kind == tuned.kind
    assert tuned.beside(plain) == ("options of the build: --enable-optimizations / none",)
    limited = interpreter({"variables": {"PYTHON_CPU_COUNT": "2"}})
    assert limited.kind != plain.kind
    assert limited.beside(plain) == ("variables: PYTHON_CPU_COUNT=2 / none",)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"gil_enabled": False}, ("GIL: no / yes",)),
        ({"debug": True}, ("debug build: yes / no",)),
        (
            {"config_args": ["--enable-experimental-jit"]},
            ("JIT: yes / no", "options of the build: --enable-experimental-jit / none"),
        ),
        ({"version": "3.14.8"}, ()),
        ({"label": "mine"}, ("label: mine / none",)),
    ],
)
def test_what_no_two_equal_interpreters_differ_in(facts: dict[str, Any], told: tuple[str, ...]) -> None:
    plain = {"version": "3.14.7", "gil_enabled": True, "debug": False}
    other, same = interpreter({**plain, **facts}), interpreter(plain)
    assert other.kind != same.kind
    assert other.beside(same) == told


def test_an_interpreter_that_does_not_tell_of_its_lock_has_it() -> None:
    silent, locked, free = (
        interpreter({"version": "3.13.0", **said}) for said in ({}, {"gil_enabled": True}, {"gil_enabled": False})
    )
    assert [dict(found.in_words)["GIL"] for found in (silent, locked, free)] == ["yes", "yes", "no"]
    assert silent.kind == locked.kind
    assert silent.beside(locked) == ()
    assert silent.beside(free) == ("GIL: yes / no",)


def test_two_interpreters_that_differ_in_a_package_are_not_the_same() -> None:
    plain, old, new = (
        interpreter(facts) for facts in ({}, {"packages": {"numpy": "2.4.6"}}, {"packages": {"numpy": "2.5.5"}})
    )
    assert len({plain.kind, old.kind, new.kind}) == 3
    assert new.beside(old) == ("packages: numpy==2.5.5 / numpy==2.4.6",)
    assert new.beside(plain) == ("packages: numpy==2.5.5 / none",)


def test_values_that_differ_are_never_told_as_the_same() -> None:
    one, other = 24 * GIB - GIB // 2 + 1, 24 * GIB + GIB // 2 - 1
    (told,) = differences(fingerprint({"memory_bytes": one}), fingerprint({"memory_bytes": other}))
    before, _, after = told.partition(": ")[2].partition(" / ")
    assert before != after


def test_the_case_of_letters_tells_no_machines_apart() -> None:
    lower = EPYC | {"cpu_model": "amd epyc", "hypervisor": "kvm"}
    upper = EPYC | {"cpu_model": "AMD EPYC", "hypervisor": "KVM"}
    assert fits(fingerprint(lower), fingerprint(upper))
