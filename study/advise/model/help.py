"""What would help more than another way: the job or the program changed in one thing, and what it would then take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study.advise.model.choice import WORTH
from study.advise.model.job import NO_DATA, NOT_COLLECTED, NOTHING, Start
from study.advise.model.predict import predict, roughly_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.advise.model.choice import Answer
    from study.advise.model.job import Constants, Job


SIMULATED = 3
"""So many ways are simulated after a change: those that look fastest then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A thing to change.

    Attributes
    ----------
    words : what to do.
    seconds : what the fastest of the ways would then take.
    times : what the fastest takes now ÷ that.
    """

    words: str
    seconds: float
    times: float


def helps(job: Job, constants: Constants, answer: Answer) -> tuple[Help, ...]:
    """Changes after which the job takes less than `choice.WORTH` of what its fastest way takes now, the largest gain first."""
    now_s = answer.fastest.seconds
    found = []
    for words, changed, known in _changes(job, constants):
        seconds = _best_s(changed, known, answer)
        if 0.0 < seconds < WORTH * now_s:
            found.append(Help(words=words, seconds=seconds, times=now_s / seconds))
    return tuple(sorted(found, key=lambda help_: -help_.times))


def larger_chunks(answer: Answer) -> float | None:
    """Times that the picked way is faster than the same in chunks of one; None where that was not tried or is no gain."""
    way = answer.picked.way
    alone = replace(way, chunksize=1)
    single = next((other for other in answer.ways if replace(other.way, is_own=way.is_own) == alone), None)
    if single is None or way.chunksize == 1 or answer.picked.seconds >= WORTH * single.seconds:
        return None
    return single.seconds / answer.picked.seconds


def _changes(job: Job, constants: Constants) -> Iterator[tuple[str, Job, Constants]]:
    """What to do, in words; the job then, and the constants."""
    if job.argument.size_bytes:
        yield (
            (
                "Send less with each item: what all items need goes once to each worker, through the pool's initializer or"
                " shared memory, or is a global of the program that a forked worker has already; what lies in a file is better"
                " read there."
            ),
            replace(job, argument=NO_DATA),
            constants,
        )
    if job.result.size_bytes:
        yield (
            "Send less back: return what is asked for and not what it was made of, or write it where it is wanted.",
            replace(job, result=NO_DATA),
            constants,
        )
    if job.collected.copies_s or job.collected.walks_s:
        yield (
            "Call `gc.freeze()` before the workers are forked: their collector then leaves alone what they inherit.",
            replace(job, collected=NOT_COLLECTED),
            constants,
        )
    if job.import_s:
        yield (
            "Import less in the function's module, or let the fork server import it once (`set_forkserver_preload`).",
            replace(job, import_s=0.0, imports_s={}),
            constants,
        )
    if constants.starts:
        yield (
            "Keep the workers: make them once, before the first of several such jobs, and use them for all.",
            replace(job, import_s=0.0, imports_s={}, first_s=0.0),
            replace(
                constants,
                placement_s=NOTHING,
                starts={key: Start(workers=1, made_s=NOTHING, first_s=NOTHING) for key in constants.starts},
                forked_byte_s=NOTHING,
            ),
        )


def _best_s(job: Job, constants: Constants, answer: Answer) -> float:
    """Seconds of the fastest way after a change: those that look fastest in closed form are simulated."""
    ways = sorted((predicted.way for predicted in answer.ways), key=lambda way: roughly_s(job, way, constants))
    return min(predict(job, way, constants).seconds for way in ways[:SIMULATED])
