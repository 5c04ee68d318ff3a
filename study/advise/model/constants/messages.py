"""What a message takes that no pipe holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.advise.model.constants.rounds import COPYING, PIPE_BYTES, constant, less
from study.advise.model.job import Missing
from study.evidence import ANY
from study.things.backends import POOL
from study.things.carrying import PAYLOAD_MAP

if TYPE_CHECKING:
    from study.advise.model.job import Points
    from study.evidence import Evidence


def transfer(evidence: Evidence, missing: list[Missing]) -> Points:
    """Bytes of a message -> seconds of it, while workers sleep.

    Tasks carry bytes and do nothing with them: a byte's pickle is a copy of it, which is taken for a part of the way. While
    workers compute it takes longer (the parent waits for a CPU), which no cell tells.
    """
    missing.append(Missing(what="messages larger than a pipe while workers compute", experiment=""))
    cells = evidence.find(
        PAYLOAD_MAP.name,
        backend=POOL.name,
        start_method=COPYING,
        workers=ANY,
        tasks=ANY,
        chunksize=1,
        payload_bytes=ANY,
    )
    by_size = {data.cell.payload_bytes: data for data in cells}
    bare = by_size.get(0)
    large = sorted(size for size in by_size if size >= PIPE_BYTES)
    if bare is None or not large:
        missing.append(Missing(what="messages larger than a pipe", experiment="payload-core"))
        return ()
    return tuple((float(size), constant(less(by_size[size], bare) / bare.cell.tasks)) for size in large)
