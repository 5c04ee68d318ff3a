"""How a list is cut into chunks, and what each of them takes: the sample of the items, spread over the list.

Sources: `Pool._map_async` (a quarter of a worker's share, rounded up), `ProcessPoolExecutor.map` (one), joblib's
`AutoBatchingMixin` (twice as many until a batch takes a fifth of a second).
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from study.things import BACKENDS
from study.things.handing import HANDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.advise.model.job import Job, Way

SETTLED_S = 0.2
"""joblib's MIN_IDEAL_BATCH_DURATION: a batch that takes less is followed by larger ones."""


def own_chunksize(backend: str, items: int, workers: int) -> int:
    """What the library takes where nothing is said; 0 where it changes it while it works."""
    if HANDING[backend].settles:
        return 0
    return -(-items // (4 * workers)) if BACKENDS[backend].chunks_itself else 1


def chunk_count(job: Job, way: Way) -> int:
    """How many chunks there are."""
    return -(-job.items // way.chunksize) if way.chunksize else _settled(job, way.workers)[0]


def sizes_of(job: Job, way: Way, most: int) -> list[int]:
    """How many items the first chunks hold, `most` of them or all."""
    if not way.chunksize:
        return _settling(job, way.workers, most)
    whole, rest = divmod(job.items, way.chunksize)
    sizes = [way.chunksize] * min(whole, most)
    return [*sizes, rest] if rest and whole < most else sizes


def _settled(job: Job, workers: int) -> tuple[int, int]:
    """How many chunks there are, and how large they become, where the library doubles them until they take long enough.

    As many chunks as there are workers have one size, then twice that.
    """
    left, size, chunks, mean_s = job.items, 1, 0, job.mean_s
    while size * mean_s < SETTLED_S and left > workers * size:
        left -= workers * size
        chunks += workers
        size *= 2
    return chunks - (-left // size), size


def _settling(job: Job, workers: int, most: int) -> list[int]:
    """The first of these chunks."""
    chunks, largest = _settled(job, workers)
    sizes: list[int] = []
    left = job.items
    for number in range(min(chunks, most)):
        sizes.append(min(largest, 1 << (number // workers), left))
        left -= sizes[-1]
    return sizes


def works_of(job: Job, sizes: Sequence[int]) -> list[float]:
    """Seconds of the items of each chunk, done alone: chunks that follow each other, over the whole sample.

    Item k of n has what the sample says at k/n of its length, so that few chunks stand for many as well.
    """
    items = sum(sizes)
    sample = job.item_s
    if items == 0:
        return []
    before = list(itertools.accumulate(sample, initial=0.0))
    stretch = items / len(sample)

    def until(item: int) -> float:
        place = item / stretch
        whole = min(math.floor(place), len(sample) - 1)
        return stretch * (before[whole] + (place - whole) * sample[whole])

    ends = [until(item) for item in itertools.accumulate(sizes, initial=0)]
    return [max(0.0, end - begin) for begin, end in itertools.pairwise(ends)]
