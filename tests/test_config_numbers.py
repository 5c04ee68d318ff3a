"""The words of experiments that stand for a machine's numbers."""

from __future__ import annotations

import pytest

from study.config import in_numbers


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
