"""Where the variance lies, and how many values per process would have been best (Kalibera & Jones)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.stats import inputs, quantiles
from study.stats.promises import CONFIDENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

_FEWEST_ROUNDS = 3
_LARGEST_LOG = 300.0
"""Of a ratio of variances: from there on all lies between processes."""


class VarianceComponents(NamedTuple):
    """Variance of one value inside its process, and between processes; squared unit of the values, or relative."""

    within: float
    between: float


def variance_components(values: ArrayLike) -> VarianceComponents | None:
    """Split the variance of one cell into that inside processes and that between them.

    Parameters
    ----------
    values : array_like, shape (G, V)
        V values of each of G processes, 0 or more.

    Returns
    -------
    VarianceComponents or None
        In the squared unit of the values; the part between processes is not below 0. `None` with fewer than two
        processes or two values, where the parts cannot be told apart.

    Raises
    ------
    ValueError
        for another shape, negative or non-finite numbers.

    Notes
    -----
    Kalibera & Jones, ISMM 2013, with the correction of their later code: T₂² = S₂² − S₁²/V and not S₂² − T₁²/V at the
    higher levels; for two levels both agree.
    """
    mean_squares = _Processes.of(values).mean_squares()
    return None if mean_squares is None else _components(*mean_squares)


def pooled_components(cells: Sequence[ArrayLike]) -> VarianceComponents | None:
    """Average the variance components of several cells, each relative to its own squared mean.

    Parameters
    ----------
    cells : sequence of array_like, each of shape (G, V)
        All with the same V.

    Returns
    -------
    VarianceComponents or None
        Relative (dimensionless). The mean squares are averaged before the part between processes is cut at 0, so that
        many cells do not add up the cuts. `None` if no cell has two processes of two values and a mean above 0.

    Raises
    ------
    ValueError
        as `variance_components`, and for cells with different V.
    """
    squares = _pooled_squares([_Processes.of(values) for values in cells])
    return None if squares is None else _components(*squares)


class _Processes(NamedTuple):
    """Of one cell: its values, shape (G, V), and the mean and the variance inside each process, shape (G,)."""

    values: NDArray[np.float64]
    means: NDArray[np.float64]
    inside: NDArray[np.float64]

    @classmethod
    def of(cls, values: ArrayLike) -> _Processes:
        """Those of a table; of single values a variance is 0, and says nothing."""
        array = inputs.table(values, "values")
        width = array.shape[1]
        means = np.array([math.fsum(row) / width for row in array.tolist()])
        apart = array - means[:, np.newaxis]
        inside = [math.fsum(row) / max(1, width - 1) for row in (apart * apart).tolist()]
        return cls(array, means, np.array(inside))

    def only(self, kept: NDArray[np.bool_]) -> _Processes:
        """Without the others, for which nothing is counted again."""
        return _Processes(self.values[kept], self.means[kept], self.inside[kept])

    def mean_squares(self) -> tuple[float, float, int] | None:
        """(S₁², S₂², V): mean variance inside processes, variance of process means, values per process."""
        processes, width = self.values.shape
        if processes < 2 or width < 2:
            return None
        return math.fsum(self.inside.tolist()) / processes, inputs.variance(self.means), width


def _pooled_squares(cells: Sequence[_Processes]) -> tuple[float, float, int] | None:
    """(S₁², S₂², V) of `mean_squares`, averaged over cells, each relative to its own squared mean."""
    usable = []
    widths = set()
    for cell in cells:
        widths.add(cell.values.shape[1])
        mean_squares = cell.mean_squares()
        if mean_squares is not None and cell.values.any():
            scale = inputs.mean(cell.values.ravel()) ** 2
            usable.append((mean_squares[0] / scale, mean_squares[1] / scale))
    if len(widths) > 1:
        raise ValueError(f"cells with different numbers of values cannot be pooled: {sorted(widths)}")
    if not usable:
        return None
    low = math.fsum(first for first, _ in usable) / len(usable)
    high = math.fsum(second for _, second in usable) / len(usable)
    return low, high, widths.pop()


def icc(values: ArrayLike) -> float | None:
    """Share of the variance of one value that lies between processes (intraclass correlation).

    Parameters
    ----------
    values : array_like, shape (G, V)
        As in `variance_components`.

    Returns
    -------
    float or None
        In [0, 1]; `None` where the components cannot be had or nothing varies.

    Raises
    ------
    ValueError
        as `variance_components`.
    """
    parts = variance_components(values)
    if parts is None or parts.within + parts.between == 0.0:
        return None
    return parts.between / (parts.within + parts.between)


def optimal_values(
    components: VarianceComponents,
    fixed_cost_s: float,
    value_cost_s: float,
    *,
    warmups: int = 1,
    most: int = 1000,
) -> int:
    """Values per process that give the smallest variance of the average for a given time.

    Parameters
    ----------
    components : VarianceComponents
        Of the cell or class; any unit, only their ratio counts.
    fixed_cost_s : float
        Seconds a process costs besides its warm-ups and values.
    value_cost_s : float
        Seconds one value, or one warm-up, takes; above 0.
    warmups : int
        Warm-ups every process makes, whatever its number of values.
    most : int
        Largest number considered; the answer where processes do not differ, so that more values are always better.

    Returns
    -------
    int
        1 … `most`: √(c₂/c₁ · T₁²/T₂²), rounded to the better neighbour.

    Raises
    ------
    ValueError
        for costs or components that are negative, not finite, or a value that costs nothing.

    Notes
    -----
    Kalibera & Jones, ISMM 2013, who round up; the better neighbour is the exact optimum among whole numbers.
    """
    fixed = _check_costs(components, fixed_cost_s, value_cost_s, warmups)
    if components.within == 0.0:
        return 1
    if components.between == 0.0:
        return most
    best = min(float(most), math.sqrt(fixed / value_cost_s * components.within / components.between))
    candidates = {
        min(most, max(1, math.floor(best))),
        min(most, max(1, math.ceil(best))),
    }
    return min(
        sorted(candidates),
        key=lambda n: _variance_times_time(components, fixed, value_cost_s, n),
    )


def relative_efficiency(
    components: VarianceComponents,
    fixed_cost_s: float,
    value_cost_s: float,
    *,
    values: int = 3,
    warmups: int = 1,
    most: int = 1000,
) -> float | None:
    """How good a fixed plan is: variance × time of the best plan, divided by that of this one.

    Parameters
    ----------
    components, fixed_cost_s, value_cost_s, warmups, most
        As in `optimal_values`.
    values : int
        Values per process of the fixed plan.

    Returns
    -------
    float or None
        In (0, 1], 1 for the best plan; `None` if nothing varies, so that every plan is as good.

    Raises
    ------
    ValueError
        as `optimal_values`, and for fewer than one value.
    """
    if not 1 <= values <= most:
        raise ValueError(f"values={values}: expected 1 … {most}")
    fixed = _check_costs(components, fixed_cost_s, value_cost_s, warmups)
    here = _variance_times_time(components, fixed, value_cost_s, values)
    if here == 0.0:
        return None
    optimum = optimal_values(components, fixed_cost_s, value_cost_s, warmups=warmups, most=most)
    return min(1.0, _variance_times_time(components, fixed, value_cost_s, optimum) / here)


def efficiency_ends(
    cells: Sequence[ArrayLike],
    rounds: Sequence[ArrayLike],
    fixed_cost_s: float,
    value_cost_s: float,
    *,
    values: int = 3,
    warmups: int = 1,
    most: int = 1000,
) -> tuple[float, float] | None:
    """Between what the relative efficiency of a fixed plan lies, as far as these rounds can tell.

    Parameters
    ----------
    cells : sequence of array_like, each of shape (G, V)
        As in `pooled_components`.
    rounds : sequence of array_like, each of shape (G,)
        The round of each process of each cell.
    fixed_cost_s, value_cost_s, values, warmups, most
        As in `relative_efficiency`.

    Returns
    -------
    tuple of float or None
        Lower and upper end, in [0, 1]; `None` with fewer than three rounds, or where without one of them the variances
        cannot be told.

    Raises
    ------
    ValueError
        as `pooled_components` and `relative_efficiency`.

    Notes
    -----
    What is uncertain is the ratio of the two variances. Its logarithm has a 99 % interval from the jackknife over rounds, with
    Student's t: cells of one process, and interpreters of one run, share what a round does to them, so that more of them are
    not more evidence. The efficiency rises and then falls with the ratio: it is 1 where the plan's number is the best.
    """
    known = [np.asarray(of_cell) for of_cell in rounds]
    every = sorted({int(number) for of_cell in known for number in of_cell})
    processes = [_Processes.of(values) for values in cells]
    without = [
        _log_ratio([cell.only(of_cell != left_out) for cell, of_cell in zip(processes, known, strict=True)])
        for left_out in every
    ]
    told = [each for each in without if each is not None]
    whole = _log_ratio(processes)
    if whole is None or len(told) < len(every) or len(every) < _FEWEST_ROUNDS:
        return None
    count = len(told)
    error = math.sqrt((count - 1) ** 2 / count * inputs.variance(np.array(told)))
    reach = quantiles.t_quantile(0.5 + CONFIDENCE / 2.0, count - 1.0) * error
    width = np.asarray(cells[0]).shape[1]
    found, best = [], []
    for end in (whole - reach, whole + reach):
        ratio = math.exp(min(end, _LARGEST_LOG))
        components = VarianceComponents(within=1.0, between=max(0.0, ratio - 1.0 / width))
        plan = {"warmups": warmups, "most": most}
        best.append(optimal_values(components, fixed_cost_s, value_cost_s, **plan))
        found.append(relative_efficiency(components, fixed_cost_s, value_cost_s, values=values, **plan) or 0.0)
    return min(found), 1.0 if best[1] <= values <= best[0] else max(found)


def _log_ratio(cells: Sequence[_Processes]) -> float | None:
    """Of the variance of process means to that inside processes; None where one of them is 0, or none is known."""
    squares = _pooled_squares(cells)
    return math.log(squares[1] / squares[0]) if squares and squares[0] > 0.0 and squares[1] > 0.0 else None


def _components(inside: float, of_means: float, values: int) -> VarianceComponents:
    """Take the share of the variance of means that comes from inside the processes away."""
    return VarianceComponents(within=inside, between=max(0.0, of_means - inside / values))


def _check_costs(
    components: VarianceComponents,
    fixed_cost_s: float,
    value_cost_s: float,
    warmups: int,
) -> float:
    """Refuse impossible costs; the cost of a process before its first value, seconds."""
    for part in components:
        inputs.nonnegative(part, "components")
    if inputs.nonnegative(value_cost_s, "value_cost_s") == 0.0:
        raise ValueError("value_cost_s=0: a value takes time")
    return inputs.nonnegative(fixed_cost_s, "fixed_cost_s") + warmups * value_cost_s


def _variance_times_time(parts: VarianceComponents, fixed_s: float, value_cost_s: float, values: int) -> float:
    """Variance of the average times the time spent, per process."""
    return (parts.between + parts.within / values) * (fixed_s + values * value_cost_s)
