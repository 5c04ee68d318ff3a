"""The numbers of one way for one job: what the closed form and the pipeline count with, flat, so that a script can too."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from study.advise.model.chunks import chunk_count, sizes_of, works_of
from study.advise.model.job import NOTHING, Start
from study.things import BACKENDS, START_METHODS
from study.things.handing import HANDING

if TYPE_CHECKING:
    from study.advise.model.job import Constants, Job, Points, Way

ENVELOPE_BYTES = 55
"""Of a chunk's pickle and header, beside its items: 50 to 60 bytes of a tuple with a job's number, a function's name, flags."""
MOST_CHUNKS = 1200
"""So many chunks are looked at one by one; what comes after goes on like them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One way of one job.

    Attributes
    ----------
    items, chunks : how many; a chunk has `chunk` items, on average where the library changes it.
    workers, cpus : how many.
    one_at_a_time : whether the parent's threads take turns.
    item_s, longest_s : useful seconds of an item, and of the longest chunk, alone.
    waits : share of them that needs no CPU.
    slowed : what an item takes beside the others ÷ alone, of its CPU time.
    argument_bytes, result_bytes : of a whole chunk's message; 0 where nothing goes through a pipe.
    pipe_bytes : what a pipe holds.
    ahead : chunks ready beside one for each worker; below 0: as many as there is room for.
    dump_argument_s, load_argument_s, dump_result_s, load_result_s : of one item; to load one with its way through the pipe.
    parent_s, worker_s : of handing out one chunk.
    lag_s : what a worker waits for its next chunk where all CPUs compute.
    argument_transfer_s, result_transfer_s : of a chunk's message that no pipe holds; else 0.
    made_s, first_s, each_s : from nothing until the parent hands out, the first worker is ready, each further one.
    boot_s : CPU time of a worker from its start until it is ready.
    cold_s : CPU time of a worker before its first chunk, when it is ready.
    placement_s, end_s : what fresh workers lose, and what ending them takes.
    """

    items: int
    chunks: int
    chunk: float
    workers: int
    cpus: int
    one_at_a_time: bool
    item_s: float
    longest_s: float
    waits: float
    slowed: float
    argument_bytes: float
    result_bytes: float
    pipe_bytes: float
    ahead: int
    dump_argument_s: float
    load_argument_s: float
    dump_result_s: float
    load_result_s: float
    parent_s: float
    worker_s: float
    lag_s: float
    argument_transfer_s: float
    result_transfer_s: float
    made_s: float
    first_s: float
    each_s: float
    boot_s: float
    cold_s: float
    placement_s: float
    end_s: float


def lacks(job: Job, way: Way, constants: Constants) -> str:
    """What is not known that the way's prediction needs, in words; '' where nothing is lacking."""
    kind = BACKENDS[way.backend].kind
    if kind == "thread":
        return "" if job.threads else "what threads do with this function"
    if kind == "loop":
        return ""
    if way.backend not in constants.handed:
        return "what handing out a chunk takes"
    return "" if (way.backend, way.start_method) in constants.starts else "what its workers take to start"


def figures_of(job: Job, way: Way, constants: Constants) -> Figures:
    """What a way of processes or interpreters counts with.

    Raises
    ------
    ValueError
        where a constant is lacking, see `lacks`.
    """
    if lacking := lacks(job, way, constants):
        raise ValueError(f"{way}: it is not known {lacking}")
    chunks = chunk_count(job, way)
    chunk = min(way.chunksize, job.items) or job.items / chunks
    handing, handed = HANDING[way.backend], constants.handed[way.backend]
    argument_bytes, result_bytes = (
        (chunk * carried.size_bytes + ENVELOPE_BYTES if handing.through_pipe else 0.0)
        for carried in (job.argument, job.result)
    )
    there_s = _in_pipe_s(constants, chunk * job.argument.size_bytes) / chunk if handing.through_pipe else 0.0
    works = chunk * job.mean_s
    start = _started(job, way, constants)
    piloted = job.through(way.backend)
    times = piloted.times
    return Figures(
        items=job.items,
        chunks=chunks,
        chunk=chunk,
        workers=way.workers,
        cpus=constants.cpus,
        one_at_a_time=constants.one_at_a_time,
        item_s=job.mean_s,
        longest_s=_longest_s(job, way),
        waits=job.waits,
        slowed=times * slowed_by(job, min(way.workers, constants.cpus)),
        argument_bytes=argument_bytes,
        result_bytes=result_bytes,
        pipe_bytes=constants.pipe_bytes,
        ahead=-1 if handing.ahead is None else handing.ahead,
        dump_argument_s=times * (job.argument.dump_s + handed.each_parent_s.value),
        load_argument_s=times * (job.argument.load_s + there_s + handed.each_worker_s.value),
        dump_result_s=times * job.result.dump_s,
        load_result_s=times * job.result.load_s,
        parent_s=_between(works, handed.busy_s, handed.saturated.parent_s.value, handed.busy.parent_s.value),
        worker_s=piloted.begin_s
        + _between(works, handed.busy_s, handed.saturated.worker_s.value, handed.busy.worker_s.value),
        lag_s=(1.0 - job.waits) * _between(works, handed.lagging_s, 0.0, handed.lag_s.value),
        argument_transfer_s=times * piloted.moved * transfer_s(constants, argument_bytes),
        result_transfer_s=times * piloted.moved * transfer_s(constants, result_bytes),
        made_s=start.made_s,
        first_s=start.first_s,
        each_s=start.each_s,
        boot_s=start.boot_s,
        cold_s=_cold_s(job, way),
        placement_s=min(start.placement_s, job.loop_s * (1.0 - job.waits) * (1.0 - 1.0 / way.workers)),
        end_s=start.end_s,
    )


def _longest_s(job: Job, way: Way) -> float:
    """Seconds of the longest chunk, of those that are looked at."""
    sizes = sizes_of(job, way, MOST_CHUNKS)
    return max(sizes) * job.mean_s if len(job.item_s) == 1 else max(works_of(job, sizes))


def _between(at: float, full: float, nothing: float, all_of_it: float) -> float:
    """On the straight line from `nothing` at 0 to `all_of_it` at `full`, and level beyond."""
    return all_of_it if at >= full else nothing + (all_of_it - nothing) * at / full


def transfer_s(constants: Constants, message_bytes: float) -> float:
    """Seconds of a message that no pipe holds; 0 of one that is dropped in."""
    return 0.0 if message_bytes <= constants.pipe_bytes else interpolated(constants.transfer, message_bytes)


def _in_pipe_s(constants: Constants, carried_bytes: float) -> float:
    """Seconds that a worker waits for a chunk which the pipe holds: in proportion to its bytes, from the smallest measured.

    Of a message of 60 KiB it waits twice as long as of one of ten bytes: the parent that drops it in needs a CPU, and so does
    whoever takes it out. What a worker drops in itself, its results, it waits for nobody to take.
    """
    if carried_bytes + ENVELOPE_BYTES > constants.pipe_bytes:
        return 0.0
    return interpolated(((0.0, NOTHING), *constants.transfer), carried_bytes)


def interpolated(points: Points, at: float) -> float:
    """The number at a place, level before the first and on along the last piece beyond; never below 0; 0 without points."""
    if not points:
        return 0.0
    if at <= points[0][0] or len(points) == 1:
        return points[0][1].value
    pairs = list(itertools.pairwise(points))
    (low, first), (high, last) = next((pair for pair in pairs if at <= pair[1][0]), pairs[-1])
    return max(0.0, first.value + (last.value - first.value) * (at - low) / (high - low))


def slowed_by(job: Job, working: int) -> float:
    """What an item takes while so many processes work ÷ its time alone; as of the most that were tried beyond these."""
    known = sorted({1: 1.0, **job.at_once}.items())
    if working >= known[-1][0]:
        return known[-1][1]
    (fewer, least), (more, most) = next(pair for pair in itertools.pairwise(known) if working < pair[1][0])
    return least + (most - least) * (working - fewer) / (more - fewer)


class _Started(NamedTuple):
    made_s: float
    first_s: float
    each_s: float
    boot_s: float
    placement_s: float
    end_s: float


def start_of(way: Way, constants: Constants) -> Start:
    """How its workers start and end, as measured with the fewest that are no fewer; nothing of those that are not known."""
    known = constants.starts.get((way.backend, way.start_method))
    if known is None:
        return Start(workers=way.workers, made_s=NOTHING, first_s=NOTHING)
    return next((start for start in known.fewer if start.workers >= way.workers), known)


def _started(job: Job, way: Way, constants: Constants) -> _Started:
    """Start and end of so many workers; a fork copies the tables of all the parent's memory, one worker after the other.

    Workers that begin at about the same time share the CPUs: what each needs until it is ready all of them wait for, once for
    each that there are more than CPUs.
    """
    start = start_of(way, constants)
    more = way.workers - start.workers
    copies = copies_parent(way)
    forked_s = constants.forked_byte_s.value * job.parent_bytes if copies else 0.0
    made_s = max(0.0, start.made_s.value + more * start.each_made_s.value) + way.workers * forked_s
    crowded = (max(way.workers, constants.cpus) - max(start.workers, constants.cpus)) / constants.cpus
    return _Started(
        made_s=made_s,
        first_s=max(0.0, start.first_s.value + crowded * start.boot_s.value) + forked_s,
        each_s=start.each_s.value + forked_s,
        boot_s=start.boot_s.value + forked_s,
        placement_s=_placement_s(start, constants, chunk_count(job, way) / way.workers),
        end_s=max(0.0, start.end_s.value + more * start.each_end_s.value),
    )


def _placement_s(start: Start, constants: Constants, chunks_each: float) -> float:
    """What fresh workers lose: more where several chunks are handed out while they begin."""
    points = start.placement_s
    if not points:
        return constants.placement_s.value
    return interpolated(points, min(chunks_each, points[-1][0]))


def copies_parent(way: Way) -> bool:
    """Whether a worker begins as a copy of its parent, and inherits what that has imported and made."""
    return way.start_method in START_METHODS and START_METHODS[way.start_method].copies_parent


def _cold_s(job: Job, way: Way) -> float:
    """CPU time of a worker before its first chunk: imports, first calls, and pages that a collection copies."""
    if not copies_parent(way):
        return job.first_s + job.imports_s.get((way.backend, way.start_method), job.import_s)
    collections = job.collected.per_item * job.items / way.workers
    return job.first_s + min(1.0, collections) * job.collected.copies_s + collections * job.collected.walks_s
