"""Two arms of one run, round by round: what pairing needs beyond a summary."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.compare.called import Differences
    from study.store import Sample


def differences(samples: Iterable[Sample], first: str, second: str) -> Differences:
    """Text of a cell -> round -> logarithm of the mean of the second arm's process less that of the first's.

    Of processes with unequal numbers of values, as a gate has them, the first ones of each count.

    Parameters
    ----------
    samples : all of a run that count.
    first, second : names of its interpreters.
    """
    values: dict[str, tuple[dict[int, tuple[float, ...]], dict[int, tuple[float, ...]]]] = {}
    for sample in samples:
        if sample.target in {first, second}:
            of_cell = values.setdefault(sample.name, ({}, {}))
            of_cell[sample.target == second][sample.round_index] = sample.values
    found: Differences = {}
    for text, (mine, theirs) in values.items():
        rounds = sorted(mine.keys() & theirs.keys())
        if rounds:
            least = min(len(arm[index]) for arm in (mine, theirs) for index in rounds)
            found[text] = {index: _mean_log(theirs[index], least) - _mean_log(mine[index], least) for index in rounds}
    return found


def _mean_log(values: tuple[float, ...], count: int) -> float:
    return math.log(math.fsum(values[:count]) / count)
