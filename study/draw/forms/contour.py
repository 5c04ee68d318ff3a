"""Where a number on a grid passes a level: lines and areas, as matplotlib's own contourpy finds them."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, cast

import contourpy
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Place = tuple[float, float]


def contour(
    xs: Sequence[float], ys: Sequence[float], values: Sequence[Sequence[float | None]], level: float
) -> list[list[Place]]:
    """The lines along which the numbers are `level`; `xs` and `ys` are places, a row of values for each y.

    Between two places a number is taken to grow by equal factors. Where a corner is not known there is no line.
    """
    lines = [_places(line) for line in _generator(xs, ys, values).lines(math.log(level))]
    return [line for line in lines if len(set(line)) > 1]


def areas(
    xs: Sequence[float], ys: Sequence[float], values: Sequence[Sequence[float | None]], low: float, high: float
) -> list[list[Place]]:
    """Where the numbers lie between two levels: the edges of all areas, those of holes in the other direction."""
    top = math.log(high) if high < math.inf else high
    filled = _generator(xs, ys, values).filled(_grown(low, -math.inf), top)
    points, ends = cast("tuple[list[Any], list[Any]]", filled)  # as `fill_type` has it
    rings = []
    for area, offsets in zip(points, ends, strict=True):
        rings += [_places(area[first:last]) for first, last in itertools.pairwise(np.asarray(offsets).tolist())]
    return rings


def _places(line: Any) -> list[Place]:  # noqa: ANN401 - contourpy's types leave open what its answer is made of
    return [(float(x), float(y)) for x, y in np.asarray(line)]


def _generator(
    xs: Sequence[float], ys: Sequence[float], values: Sequence[Sequence[float | None]]
) -> contourpy.ContourGenerator:
    grown = np.array([[_grown(value) for value in row] for row in values])
    return contourpy.contour_generator(
        xs, ys, np.ma.masked_invalid(grown), corner_mask=False, line_type="Separate", fill_type="OuterOffset"
    )


def _grown(value: float | None, none: float = math.nan) -> float:
    """By how many equal steps a number has grown from 1; what is none, or not above 0, is not known."""
    return math.log(value) if value is not None and value > 0.0 else none
