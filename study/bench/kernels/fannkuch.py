"""Pancake flips over all orders of n cards: small integers and list slices, the GIL held throughout.

The problem (Anderson and Rettig, "Performing Lisp analysis of the FANNKUCH benchmark", 1994): take every order of the
cards 1 … n; as long as the first card is not 1, reverse as many cards as it says, counting the flips. Wanted are the
most flips of any order, and the sum of the flips with alternating sign, in this sequence of orders: all orders of the
first n - 1 places, then the first n places rotated by one to the left, n times.
"""

from __future__ import annotations

from study.bench.kernels import Kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CARDS = 7
KNOWN = (228, 16)
"""(checksum, most flips) of seven cards."""


def _orders(cards: list[int], places: int) -> Iterator[list[int]]:
    """Every order of the first `places` cards, in place, leaving them as they were."""
    if places <= 1:
        yield cards
        return
    for _ in range(places):
        yield from _orders(cards, places - 1)
        cards.insert(places - 1, cards.pop(0))


def _flips(order: list[int]) -> int:
    cards = order[:]
    count = 0
    while (first := cards[0]) != 1:
        cards[:first] = cards[first - 1 :: -1]
        count += 1
    return count


def flip_all(count: int) -> tuple[int, int]:
    """(Checksum, most flips) over all orders of `count` cards."""
    checksum = most = 0
    sign = 1
    for order in _orders(list(range(1, count + 1)), count):
        flips = _flips(order)
        most = max(most, flips)
        checksum += sign * flips
        sign = -sign
    return checksum, most


def fannkuch(_index: int) -> tuple[int, int]:
    """Flip all orders of seven cards."""
    return flip_all(CARDS)


KERNEL = Kernel(fannkuch, lambda _index: KNOWN)
