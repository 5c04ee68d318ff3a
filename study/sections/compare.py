"""What is said of cells of one run: estimates, test and floor of a number, and the decision once its family is complete.

Claims and choices both decide here, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from study import stats
from study.cell import noise_class
from study.sections import detection
from study.table import paired
from study.units import count, counted

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
UNIVERSAL = frozenset({"always", "never"})
COUNTED = "counted: one counterexample refutes it, whatever the share"
Direction = Literal["above", "below", "always", "never"]
"""What is said of a number: on which side of its threshold it lies; of a share too that it is 1, or 0, in every trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A number that is held against a threshold, before the tests of its family are counted together.

    Attributes
    ----------
    average, typical : the number under both estimands; of a share, a count and a limit `typical` is None.
    direction, threshold : what is said of it; a share 'always' or 'never' has no threshold.
    p : of the test against the threshold; None where there is none.
    floor : what equal cells differ by, in the unit of the number; None where it is not known.
    rounds : behind it; `paired` whether two cells were compared within them.
    hits, trials : of a share: trials in which it happened, of all.
    counts : of what is counted and not estimated: how often, of how many.
    told : what else must be known of the number: that it is a limit, and why.
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
    counts: str = ""
    told: str = ""


def ratio(
    evidence: Evidence | None, of: CellData, to: CellData, direction: Direction, threshold: float = 1.0
) -> Tested:
    """That the averages of two cells, in the rounds that have both, stand in a ratio above or below a threshold.

    Parameters
    ----------
    evidence : what equal cells differ by is asked there; None where there is no floor, as between two interpreters.
    """
    a, b = paired(of, to)
    step = max(detection.step_of(evidence, data) for data in (of, to))
    if any(detection.reaches(side, step) for side in (a, b)):
        return _limited_ratio(a, b, step, direction, threshold)
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


def value(
    values: NDArray[np.float64], unit: Unit, direction: Direction, threshold: float, *, step: float = 0.0
) -> Tested:
    """That one number of each process lies above or below a threshold.

    What reaches down to `step`, the least that can be told apart, is a limit.
    """
    if detection.reaches(values, step):
        return Tested(
            average=detection.one_sided(stats.average(np.maximum(values, step), unit), "at most"),
            typical=None,
            direction=direction,
            threshold=threshold,
            rounds=len(values),
            told=detection.told(step),
        )
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
    """That what each process counted, over another count of it, lies above or below a threshold: sums are divided.

    What is a count and the same in every process is told as that, without interval and test.
    """
    average = replace(stats.ratio_of_averages_paired(parts, wholes), unit=unit)
    each, processes = parts / wholes, counted(len(parts), "process", "processes")
    if unit == "count" and len(each) > 1 and bool((each == each[0]).all()):
        return Tested(
            average=replace(average, low=None, high=None, reason=f"the same in {count(len(each))} of {processes}"),
            typical=None,
            direction=direction,
            threshold=threshold,
            rounds=len(each),
            counts=f"{count(float(each[0]))} in {count(len(each))} of {processes}",
        )
    return Tested(
        average=average,
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
    average, counts = stats.share_of_processes(hits, trials), ""
    if direction in UNIVERSAL:
        average = replace(average, low=None, high=None, method="counted", reason=COUNTED, limit="")
        against = f", not in {count(whole - seen)}" if direction == "always" and seen < whole else ""
        counts = f"in {count(seen)}{against} of {counted(whole, 'trial')}"
    return Tested(
        average=average,
        typical=None,
        direction=direction,
        threshold=threshold,
        rounds=len(pairs),
        hits=seen,
        trials=whole,
        counts=counts,
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
    if test.counts and test.average.point is not None:
        return stats.decide_counted(test.average.point, direction=test.direction, threshold=test.threshold)
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


def _limited_ratio(
    a: NDArray[np.float64], b: NDArray[np.float64], step: float, direction: Direction, threshold: float
) -> Tested:
    """The ratio of two counts of which one reaches down to the least that can be told apart: a limit, without a test."""
    above, below = (detection.reaches(side, step) for side in (a, b))
    whole = stats.ratio_of_averages_paired(*(np.maximum(side, step) for side in (a, b)))
    average = detection.one_sided(whole, "at least" if below else "at most")
    if above and below:
        average = replace(whole, point=None, low=None, high=None, reason=detection.BOTH_AT_LIMIT)
    return Tested(
        average=average,
        typical=None,
        direction=direction,
        threshold=threshold,
        rounds=len(a),
        paired=True,
        told=detection.told(step),
    )
