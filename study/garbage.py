"""When Python looks for circles of objects that nobody needs. A report keeps nearly all that it makes, to its end."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def left() -> Iterator[None]:
    """Nothing is looked for in the block, then as before: to look through all that is kept takes a tenth of a report.

    What is there at its end counts as old, or the next object that is made would have all of it looked through.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def only_of_now_on() -> None:
    """Look for what is made from now on, and leave alone what a process was forked with."""
    gc.freeze()
    gc.enable()
