"""Every kernel against answers that are known without it."""

from __future__ import annotations

import hashlib
import pickle

import pytest

from study.bench import registry
from study.bench.kernels import fannkuch, nbody, sha256, sieve
from study.cell import KERNELS, Cell


@pytest.mark.parametrize("name", KERNELS)
def test_a_task_can_be_pickled_and_takes_one_whole_number(name: str) -> None:
    kernel = registry.kernel_of(Cell(pattern="map", kernel=name))
    arguments = kernel.arguments(3)
    assert len(arguments) == 3
    assert all(type(argument) is int for argument in arguments)
    assert pickle.loads(pickle.dumps(kernel.task)) is kernel.task  # noqa: S301 - our own function


@pytest.mark.parametrize(("cards", "answer"), [(5, (11, 7)), (6, (49, 10)), (7, (228, 16)), (8, (1616, 22))])
def test_fannkuch_flips_as_published(cards: int, answer: tuple[int, int]) -> None:
    assert fannkuch.flip_all(cards) == answer


@pytest.mark.parametrize(
    ("steps", "energy"), [(0, "-0.169075164"), (10, "-0.169073022"), (100, "-0.169050762"), (1000, "-0.169087605")]
)
def test_the_planets_keep_the_published_energy(steps: int, energy: str) -> None:
    bodies = nbody.solar_system()
    nbody.advance(bodies, steps)
    assert f"{nbody.energy(bodies):.9f}" == energy


@pytest.mark.parametrize(
    ("limit", "primes"),
    [(0, 0), (1, 0), (2, 0), (3, 1), (4, 2), (10, 4), (10_000, 1229), (100_000, 9592), (1_000_000, 78_498)],
)
def test_the_sieve_counts_the_primes_below_its_limit(limit: int, primes: int) -> None:
    assert sieve.count_primes(limit) == primes


def test_both_hashes_are_of_the_same_eight_mebibytes() -> None:
    everything = bytes(range(256)) * 32768
    assert len(everything) == 8 * 2**20
    assert hashlib.sha256(everything).hexdigest() == sha256.KNOWN
    assert sha256.sha256_8mib(0) == sha256.sha256_1kib(0) == sha256.KNOWN


def test_the_small_piece_is_below_the_size_from_which_the_gil_is_released() -> None:
    assert sha256.PIECE_BYTES < 2048 <= sha256.PIECES * sha256.PIECE_BYTES


def test_the_squares_are_those_of_the_question() -> None:
    kernel = registry.kernel_of(Cell(pattern="map", kernel="square"))
    assert kernel.arguments(5) == [1, 2, 3, 4, 5]
    assert [kernel.expected(number) for number in kernel.arguments(5)] == [1, 4, 9, 16, 25]
