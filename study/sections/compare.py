"""What is said of cells of one run: estimates, test and floor of a number, and the decision once its family is complete.

Claims and choices both decide here, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from study import stats
from study.cell import noise_class
from study.table import paired

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from typing import TypeVar

    from numpy.typing import NDArray

    from study.evidence import Evidence
    from study.findings import Decision, Estimate, Unit
    from study.table import CellData

    K = TypeVar("K", bound=Hashable)

UNDECIDED: Decision = "cannot be decided here"
NO_CLEAR_DIFFERENCE: Decision = "no clear difference"
Direction = Literal["above", "below", "always", "never"]
"""What is said of a number: on which side of its threshold it lies; of a share too that it is 1, or 0, in every trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A number that is held against a threshold, before the tests of its family are counted together.

    Attributes
    ----------
    average, typical : the number under both estimands; for a share `typical` is None.
    direction, threshold : what is said of it; a share 'always' or 'never' has no threshold.
    p : of the test against the threshold; None where there is none.
    floor : what equal cells differ by, in the unit of the number; None where it is not known.
    rounds : behind it; `paired` whether two cells were compared within them.
    hits, trials : of a share: trials in which it happened, of all.
    """

    average: Estimate
    typical: Estimate | None
    direction: Direction
    threshold: float
    p: float | None = None
    floor: float | None = None
    rounds: int
    paired: bool = False
    hits: int = 0
    trials: int = 0


def ratio(
    evidence: Evidence | None, of: CellData, to: CellData, direction: Direction, threshold: float = 1.0
) -> Tested:
    """That the averages of two cells, in the rounds that have both, stand in a ratio above or below a threshold.

    Parameters
    ----------
    evidence : what equal cells differ by is asked there; None where there is no floor, as between two interpreters.
    """
    a, b = paired(of, to)
    floors = [
        None if evidence is None else evidence.floor(name) for name in {noise_class(data.cell) for data in (of, to)}
    ]
    known = [floor for floor in floors if floor is not None]
    return Tested(
        average=stats.ratio_of_averages_paired(a, b),
        typical=stats.ratio_typical_paired(a, b),
        direction=direction,
        threshold=threshold,
        p=stats.log_ratio_test_paired(a, b, threshold),
        floor=max(known) * threshold if len(known) == len(floors) else None,
        rounds=len(a),
        paired=True,
    )


def difference(of: CellData, to: CellData, direction: Direction, threshold: float) -> Tested:
    """That the averages of two cells, in the rounds that have both, differ by more or less than a threshold."""
    a, b = paired(of, to)
    return Tested(
        average=stats.difference_paired(a, b, "s"),
        typical=stats.difference_typical_paired(a, b, "s"),
        direction=direction,
        threshold=threshold,
        p=stats.difference_test_paired(a, b, threshold),
        rounds=len(a),
        paired=True,
    )


def value(values: NDArray[np.float64], unit: Unit, direction: Direction, threshold: float) -> Tested:
    """That one number of each process lies above or below a threshold."""
    return Tested(
        average=stats.average(values, unit),
        typical=stats.typical(values, unit),
        direction=direction,
        threshold=threshold,
        p=stats.average_test(values, threshold),
        rounds=len(values),
    )


def quotient(
    parts: NDArray[np.float64], wholes: NDArray[np.float64], unit: Unit, direction: Direction, threshold: float
) -> Tested:
    """That what each process counted, over another count of it, lies above or below a threshold: sums are divided."""
    return Tested(
        average=replace(stats.ratio_of_averages_paired(parts, wholes), unit=unit),
        typical=replace(stats.ratio_typical_paired(parts, wholes), unit=unit),
        direction=direction,
        threshold=threshold,
        p=stats.ratio_test_paired(parts, wholes, threshold),
        rounds=len(parts),
    )


def proportion(pairs: Sequence[tuple[int, int]], direction: Direction, threshold: float) -> Tested:
    """That hits of trials, a pair for each process, are a share above or below a threshold, or happen always, or never."""
    hits, trials = np.array(pairs, dtype=np.int64).T
    seen, whole = int(hits.sum()), int(trials.sum())
    return Tested(
        average=stats.share_of_processes(hits, trials),
        typical=None,
        direction=direction,
        threshold=threshold,
        rounds=len(pairs),
        hits=seen,
        trials=whole,
    )


def adjusted(family: Mapping[K, Tested]) -> dict[K, float | None]:
    """The p values of tests that are counted together (Holm); None where there was no test."""
    tested = {key: test.p for key, test in family.items() if test.p is not None}
    return {**dict.fromkeys(family), **dict(zip(tested, stats.holm(list(tested.values())), strict=True))}


def decided(test: Tested, p_adjusted: float | None) -> stats.Decided:
    """The decision on one of a family, whose p value is adjusted."""
    if test.direction == "always" or test.direction == "never":  # noqa: PLR1714 - a set would not narrow the type
        kept = test.trials - test.hits if test.direction == "never" else test.hits
        return stats.decide_universal(kept, test.trials)
    return stats.decide(
        test.average,
        test.typical,
        direction=test.direction,
        threshold=test.threshold,
        floor=test.floor,
        p_adjusted=p_adjusted,
    )


def together(family: Mapping[K, Tested]) -> dict[K, stats.Decided]:
    """The decisions on a whole family."""
    p_values = adjusted(family)
    return {key: decided(test, p_values[key]) for key, test in family.items()}
