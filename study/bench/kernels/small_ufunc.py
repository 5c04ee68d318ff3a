"""Many calls of a NumPy function on four numbers: the work is in the call, in what its dispatch locks and counts."""

from __future__ import annotations

import math
from functools import cache
from itertools import repeat

from study.bench.kernels import Kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CALLS = 2000
ANGLES = (0.1, 0.2, 0.3, 0.4)
DIGITS = 9
"""Of the answer: NumPy's sine and the C library's may differ in the last bit."""
KNOWN = round(math.fsum(map(math.sin, ANGLES)), DIGITS)


@cache
def angles() -> Any:  # noqa: ANN401 - NumPy is not imported where it is not needed
    """The numbers, float64."""
    import numpy as np

    return np.array(ANGLES)


def sines(_index: int) -> float:
    """The sum of the sines, from the last of `CALLS` calls."""
    import numpy as np

    numbers, sine = angles(), np.sin
    found = numbers
    for _ in repeat(None, CALLS):
        found = sine(numbers)
    return round(float(found.sum()), DIGITS)


KERNEL = Kernel(sines, lambda _index: KNOWN, prepare=angles)
