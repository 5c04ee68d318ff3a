"""A file of JSON lines parsed, its orders added up by state: what a program does with an export or an event log."""

from __future__ import annotations

import json
from functools import cache

from study.bench.kernels import Kernel
from study.bench.made_files import MadeFiles

NUMBER, ORDERS = 8, 4000
STATES = ("paid", "open", "sent", "returned")


def cents(file: int, order: int) -> int:
    """What an order comes to."""
    return (order * 7919 + file * 104_729) % 10_007


def content(file: int) -> bytes:
    """One order a line, written without the module that reads it."""
    lines = (
        f'{{"id": {order}, "customer": "c{order * 31 % 97}", "state": "{STATES[(order + file) % len(STATES)]}",'
        f' "items": [{order % 5}, {order % 7}, {order % 11}], "address": {{"town": "Town {order % 13}", "new": true}},'
        f' "cents": {cents(file, order)}}}\n'
        for order in range(ORDERS)
    )
    return "".join(lines).encode()


FILES = MadeFiles(NUMBER, content)


def add_up(argument: int) -> tuple[int, ...]:
    """The cents of all orders in each state, in the order of `STATES`."""
    sums = dict.fromkeys(STATES, 0)
    with FILES.path(argument).open(encoding="utf-8") as lines:
        for line in lines:
            order = json.loads(line)
            sums[order["state"]] += order["cents"]
    return tuple(sums.values())


@cache
def _known(file: int) -> tuple[int, ...]:
    of_state = [range((state - file) % len(STATES), ORDERS, len(STATES)) for state in range(len(STATES))]
    return tuple(sum(cents(file, order) for order in orders) for orders in of_state)


KERNEL = Kernel(add_up, lambda argument: _known(FILES.which(argument)), FILES.arguments, FILES.make)
