"""A start method's name -> the multiprocessing context; imported only by what starts processes."""

from __future__ import annotations

import multiprocessing

from study.bench.errors import UnsupportedCellError
from study.things import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.context import BaseContext


def context_of(start_method: str) -> BaseContext:
    """The context of a start method; for 'default' the one this Python uses when none is asked for."""
    if start_method == DEFAULT:
        return multiprocessing.get_context()
    available = multiprocessing.get_all_start_methods()
    if start_method not in available:
        raise UnsupportedCellError(
            f"start method {start_method!r} does not exist here; possible: {', '.join([*available, DEFAULT])}"
        )
    return multiprocessing.get_context(start_method)
