"""A product of matrices by the BLAS behind NumPy: one long call that releases the GIL and may use threads of its own.

All elements are small whole numbers, so the product is exact whatever the order of its sums.
"""

from __future__ import annotations

from functools import cache

from study.bench.kernels import Kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SIDE = 384
KNOWN = (1_698_667_237, 4_423_504)
"""(Sum of all elements, trace) of the product."""


@cache
def factors() -> tuple[Any, Any]:
    """Both matrices, float64: (3 i + 5 j) mod 11 and (7 i + 2 j) mod 13 at row i and column j."""
    import numpy as np

    row, column = np.arange(SIDE)[:, None], np.arange(SIDE)[None, :]
    return ((3 * row + 5 * column) % 11).astype(np.float64), ((7 * row + 2 * column) % 13).astype(np.float64)


def matmul(_index: int) -> tuple[int, int]:
    """(Sum of all elements, trace) of the product."""
    left, right = factors()
    product = left @ right
    return int(product.sum()), int(product.trace())


KERNEL = Kernel(matmul, lambda _index: KNOWN, prepare=factors)
