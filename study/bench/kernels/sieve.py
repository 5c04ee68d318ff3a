"""Count primes by crossing out multiples: slices of one bytearray."""

from __future__ import annotations

from math import isqrt

from study.bench.kernels import Kernel

LIMIT = 1_000_000
KNOWN = 78_498
"""Primes below 1 000 000."""


def count_primes(limit: int) -> int:
    """How many primes are below `limit`."""
    candidates = bytearray([1]) * limit
    candidates[:2] = bytes(min(2, limit))
    for number in range(2, isqrt(limit) + 1):
        if candidates[number]:
            multiples = range(number * number, limit, number)
            candidates[number * number :: number] = bytes(len(multiples))
    return candidates.count(1)


def sieve(_index: int) -> int:
    """Count the primes below 1 000 000."""
    return count_primes(LIMIT)


KERNEL = Kernel(sieve, lambda _index: KNOWN)
