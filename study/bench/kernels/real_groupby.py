"""A table read from CSV by pandas, grouped and summed: the first thing that many do with an export."""

from __future__ import annotations

from functools import cache

from study.bench.kernels import Kernel
from study.bench.made_files import MadeFiles

NUMBER, ROWS, GROUPS = 8, 20_000, 97
MULTIPLIER, MODULUS = 7919, 10_007


def amount(file: int, row: int) -> int:
    """What stands in the last column of a row."""
    return (row * MULTIPLIER + file * 104_729) % MODULUS


def content(file: int) -> bytes:
    """A head and one row a line, written without the library that reads it."""
    lines = (f"{row},g{row * 31 % GROUPS},{row % 13}.25,{amount(file, row)}\n" for row in range(ROWS))
    return ("row,group,weight,amount\n" + "".join(lines)).encode()


FILES = MadeFiles(NUMBER, content)


def grouped(argument: int) -> tuple[int, ...]:
    """The sum of the amounts of each group, in the order of their names, and how many groups there are."""
    import pandas as pd

    sums = pd.read_csv(FILES.path(argument)).groupby("group")["amount"].sum()
    return (*(int(total) for total in sums), len(sums))


@cache
def _known(file: int) -> tuple[int, ...]:
    sums: dict[str, int] = {}
    for row in range(ROWS):
        name = f"g{row * 31 % GROUPS}"
        sums[name] = sums.get(name, 0) + amount(file, row)
    return (*(sums[name] for name in sorted(sums)), len(sums))


KERNEL = Kernel(grouped, lambda argument: _known(FILES.which(argument)), FILES.arguments, FILES.make)
