"""How a backend hands chunks to its workers: what the cost model asks of it. As in `records`, for those it can foretell.

A backend without a record here is measured and never foretold. Nothing of the timed side imports this.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from study.things.backends import CALL, INTERPRETER_EXECUTOR, POOL, PROCESS_EXECUTOR, THREAD_EXECUTOR
from study.things.peers import LOKY

if TYPE_CHECKING:
    from collections.abc import Mapping


class Handing(NamedTuple):
    """How chunks get to the workers of a backend.

    Attributes
    ----------
    through_pipe : whether they travel through a pipe, which holds a number of bytes and no more.
    ahead : how many chunks beside one for each worker are ready and not taken; None: as many as there is room for.
    settles : whether it changes the size of its chunks by how long they take, where none is chosen.
    """

    through_pipe: bool
    ahead: int | None
    settles: bool


_NO_PIPE = Handing(through_pipe=False, ahead=None, settles=False)
HANDING: Mapping[str, Handing] = MappingProxyType(
    {
        CALL.name: _NO_PIPE,
        THREAD_EXECUTOR.name: _NO_PIPE,
        POOL.name: Handing(through_pipe=True, ahead=None, settles=False),
        PROCESS_EXECUTOR.name: Handing(through_pipe=True, ahead=1, settles=False),
        INTERPRETER_EXECUTOR.name: _NO_PIPE,
        LOKY.name: Handing(through_pipe=True, ahead=1, settles=True),
    }
)
"""Name of a backend -> how it hands out, the simpler ways first: what is too close to call is decided by this order."""
