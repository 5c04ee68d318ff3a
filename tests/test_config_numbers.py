"""The words of experiments that stand for a machine's numbers."""

from __future__ import annotations

import pytest

from study import config
from study.config import Cpus, in_numbers
from tests.configs import ROOT


@pytest.mark.parametrize(
    ("factors", "usable_cpus", "expected"),
    [
        ({"workers": "cpus"}, 6, {"workers": 6}),
        ({"workers": "oversubscribed"}, 6, {"workers": 12}),
        ({"library_threads": "cpus"}, 6, {"library_threads": 6}),
        ({"workers": 3, "tasks": "per_worker"}, 6, {"workers": 3, "tasks": 12}),
        ({"workers": "cpus", "tasks": "per_worker"}, 6, {"workers": 6, "tasks": 24}),
        ({"tasks": "per_worker"}, 6, {"tasks": 4}),
        ({"tasks": "filling", "spins": 100_000}, 2, {"tasks": 32, "spins": 100_000}),
        ({"tasks": "filling", "spins": 1}, 2, {"tasks": 1024, "spins": 1}),
        ({"tasks": "filling", "spins": 10**8}, 2, {"tasks": 16, "spins": 10**8}),
        ({"tasks": 7, "variant": "cold"}, 2, {"tasks": 7, "variant": "cold"}),
    ],
)
def test_words_become_this_machines_numbers(
    factors: dict[str, str | int], usable_cpus: int, expected: dict[str, str | int]
) -> None:
    assert in_numbers(factors, usable_cpus) == expected


@pytest.mark.parametrize(
    ("cpus", "counts"),
    [
        (1, (1,)),
        (2, (1, 2)),
        (3, (1, 2, 3)),
        (4, (1, 2, 3, 4)),
        (5, (1, 2, 4, 5)),
        (6, (1, 2, 3, 4, 6)),
        (8, (1, 2, 4, 8)),
        (64, (1, 2, 4, 32, 64)),
        (Cpus(64, 64), (1, 2, 4, 32, 64)),
        (Cpus(20, 12), (1, 2, 4, 10, 12, 20)),
        (Cpus(192, 48), (1, 2, 4, 48, 96, 192)),
        (Cpus(1, 1), (1,)),
    ],
)
def test_a_curve_has_one_two_four_half_the_cores_and_all(cpus: Cpus | int, counts: tuple[int, ...]) -> None:
    assert config.curve(cpus) == counts


@pytest.mark.parametrize(("cpus", "counts"), [(1, (1,)), (2, (1, 2)), (4, (1, 2, 4)), (Cpus(192, 96), (1, 2, 192))])
def test_a_few_are_at_most_three_of_a_curve(cpus: Cpus | int, counts: tuple[int, ...]) -> None:
    assert config.few(cpus) == counts
    assert set(counts) <= set(config.curve(cpus))


def test_the_cores_count_only_where_all_cpus_of_the_machine_are_usable() -> None:
    facts = {"logical_cpus": 16, "physical_cores": 8}
    assert Cpus.of(16, facts) == Cpus(16, 8)
    assert Cpus.of(4, facts) == Cpus.of(4, {}) == Cpus(4)


def test_the_powers_of_earlier_versions_can_still_be_read_and_no_experiment_has_them() -> None:
    assert [config.powers(cpus) for cpus in (1, 2, 6, 8)] == [(1,), (1, 2), (1, 2, 4, 6), (1, 2, 4, 8)]
    assert not [name for name, text in config.read_texts(ROOT / "experiments").items() if '"powers"' in text]
