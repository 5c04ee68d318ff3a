"""Where a number on a grid passes a level: the lines, as matplotlib's own contourpy finds them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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
    grown = np.array([[_grown(value) for value in row] for row in values])
    generator = contourpy.contour_generator(
        xs, ys, np.ma.masked_invalid(grown), corner_mask=False, line_type="Separate"
    )
    lines = [[(float(x), float(y)) for x, y in np.asarray(line)] for line in generator.lines(math.log(level))]
    return [line for line in lines if len(set(line)) > 1]


def _grown(value: float | None) -> float:
    """By how many equal steps a number has grown from 1; what is none, or not above 0, is not known."""
    return math.log(value) if value is not None and value > 0.0 else math.nan
