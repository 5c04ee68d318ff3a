"""What the model speaks of: a job, a way to do it, the constants of a machine, and what is predicted. Types only.

Every number names its unit. What was measured carries its spread, the standard deviation of its logarithm between fresh
processes, so that a prediction can say how wrong it may be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Bound = Literal["start", "parent", "pipes", "CPUs", "workers"]
"""What a way's time comes from: starting and ending workers, the parent's one GIL, large messages one after the other, the
CPUs shared by all, or the worker that is last."""


class Constant(NamedTuple):
    """A number that was measured, and the standard deviation of its logarithm from one fresh process to the next."""

    value: float
    spread: float = 0.0


NOTHING = Constant(0.0)
Points = tuple[tuple[float, Constant], ...]
"""A number over another one, at rising places; between two of them a straight line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What travels one way with each item: its argument, or its result.

    Attributes
    ----------
    size_bytes : of its pickle, in a chunk of the size that is probable.
    dump_s, load_s : to pickle and to unpickle it.
    """

    size_bytes: float = 0.0
    dump_s: float = 0.0
    load_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What the garbage collector costs a forked worker more than the parent: it writes to every page it walks over.

    Attributes
    ----------
    copies_s : the first full collection of a worker, less a later one: pages are copied.
    walks_s : a later one over what was inherited, as far as the sample of the items does not hold it.
    per_item : full collections that an item brings about.
    """

    copies_s: float = 0.0
    walks_s: float = 0.0
    per_item: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piloted:
    """What a backend's workers take for the job beyond what its parts, each alone, would make of it.

    Attributes
    ----------
    times : of items and data ÷ what their parts make.
    begin_s : more at the beginning of each chunk: others have used its CPU and its caches.
    moved : what a message that no pipe holds takes in a pool that does this job ÷ while all its workers compute, at most 1.
    """

    times: float = 1.0
    begin_s: float = 0.0
    moved: float = 1.0


NO_DATA, NOT_COLLECTED, NOT_PILOTED = Carried(), Collected(), Piloted()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A function and its items, as the probe found them.

    Attributes
    ----------
    items : how many there are.
    item_s : seconds of one item in a loop: a sample at even strides over the list, in the list's order.
    sample_spread : standard deviation of the logarithm of their mean: of the sample, and of the clock meanwhile.
    waits : share of an item's time that needs no CPU.
    argument, result : what travels there and back.
    import_s : what a worker that inherits nothing has to do for this function before its first call: imports, first calls.
    imports_s : (backend, start method) -> the same in such a worker, where it was seen: what it has imported already differs.
    first_s : what a worker's first items take more than later ones, whatever the start method.
    collected : of forked workers.
    threads : number of threads -> time of the sample with so many ÷ time of a loop over it, handing out left out.
    thread_s : what handing an item to a thread takes.
    piloted : backend -> what its workers take beyond what the parts tell; of a backend that is not here as of the first.
    at_once : number of processes -> time of an item while so many work ÷ its time in the loop. That is p ÷ C(p).
    parent_bytes : memory of the program with its arguments, and so what a fork copies the tables of.
    worker_bytes : what a worker takes for this function beside what an idle one takes.
    """

    items: int
    item_s: tuple[float, ...]
    sample_spread: float = 0.0
    waits: float = 0.0
    argument: Carried = NO_DATA
    result: Carried = NO_DATA
    import_s: float = 0.0
    imports_s: Mapping[tuple[str, str], float] = field(default_factory=dict)
    first_s: float = 0.0
    collected: Collected = NOT_COLLECTED
    threads: Mapping[int, float] = field(default_factory=dict)
    thread_s: float = 0.0
    piloted: Mapping[str, Piloted] = field(default_factory=dict)
    at_once: Mapping[int, float] = field(default_factory=dict)
    parent_bytes: float = 0.0
    worker_bytes: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no job."""
        if self.items < 1 or not self.item_s:
            raise ValueError(f"{self.items} items, {len(self.item_s)} of them timed: expected one or more of both")
        if not all(math.isfinite(seconds) and seconds >= 0.0 for seconds in self.item_s):
            raise ValueError("an item's time is no number of seconds")
        if not 0.0 <= self.waits <= 1.0:
            raise ValueError(f"waits={self.waits!r}: expected a share")

    @property
    def mean_s(self) -> float:
        """Seconds of an item, of the sample's average."""
        return math.fsum(self.item_s) / len(self.item_s)

    @property
    def loop_s(self) -> float:
        """Seconds of all items one after the other."""
        return self.items * self.mean_s

    def through(self, backend: str) -> Piloted:
        """What a backend's workers take beyond what the parts tell; of one that was not tried as of the first that was."""
        return self.piloted.get(backend) or next(iter(self.piloted.values()), NOT_PILOTED)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Way:
    """A way to do a job.

    Attributes
    ----------
    backend : the name of its record in `study.things.BACKENDS`.
    start_method : the name of its record, '' where no process is started through multiprocessing.
    workers : at least 1; of a loop 1.
    chunksize : items a message; 0: the library changes it while it works.
    is_own : whether the library takes this chunk size by itself, so that nobody has to say it.
    """

    backend: str
    start_method: str = ""
    workers: int = 1
    chunksize: int = 1
    is_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """What handing out one chunk takes, data apart: of the parent's CPU there and back, and of the worker's."""

    parent_s: Constant = NOTHING
    worker_s: Constant = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What handing out takes by how long a chunk works.

    Attributes
    ----------
    saturated : where chunks do nothing: nobody sleeps, everything is in the caches.
    busy : where a chunk works `busy_s`: threads that wait must be woken, caches are cold.
    lag_s : where a chunk works `lagging_s`, what its worker then waits for the next one: few are ready, and who hands them out
        waits for a CPU, since all of them compute.
    each_parent_s, each_worker_s : of an item in a chunk of many, beside its pickle and its call: what the library makes of it.
    """

    saturated: Dispatch
    busy: Dispatch
    busy_s: float
    lag_s: Constant = NOTHING
    lagging_s: float = 0.0
    each_parent_s: Constant = NOTHING
    each_worker_s: Constant = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """From nothing to workers that are ready, and back to nothing.

    Attributes
    ----------
    workers : how many the seconds are of.
    made_s : until the parent can hand out.
    first_s : until the first worker can take a chunk, from the same moment as `made_s`.
    each_s : until each further one can.
    end_s : from the last result to the end.
    each_made_s, each_end_s : what each worker more adds to `made_s` and `end_s`.
    boot_s : CPU time of a worker from its start until it is ready: workers that are more than CPUs wait for each other then.
    placement_s : as that of `Constants`, of this way: (chunks of each worker, seconds), rising, level before and beyond; none: as
        there.
    fewer : the same as measured with fewer workers, rising; where they are asked for, those say more than what is reckoned.
    """

    workers: int
    made_s: Constant
    first_s: Constant
    each_s: Constant = NOTHING
    end_s: Constant = NOTHING
    each_made_s: Constant = NOTHING
    each_end_s: Constant = NOTHING
    boot_s: Constant = NOTHING
    placement_s: Points = ()
    fewer: tuple[Start, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A constant that is not there.

    Attributes
    ----------
    what : in words.
    experiment : the id of the one that measures it; '' where none does and only a probe can.
    """

    what: str
    experiment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Constants:
    """What one machine and interpreter cost.

    Attributes
    ----------
    cpus : CPUs that may be used.
    pipe_bytes : what a pipe holds; a larger message needs a reader.
    one_at_a_time : whether the threads of one process take turns: the GIL.
    handed : backend -> what handing out a chunk takes.
    starts : backend and start method -> start and end.
    transfer : bytes of a message that no pipe holds -> seconds until the other side has it, while workers compute.
    placement_s : what fresh workers lose at most while two of them share a CPU.
    forked_byte_s : seconds of each worker for each byte of a parent that is forked.
    worker_bytes : start method, or '' -> memory of an idle worker.
    missing : what could not be had.
    """

    cpus: int
    pipe_bytes: int = 65536
    one_at_a_time: bool = True
    handed: Mapping[str, Handed] = field(default_factory=dict)
    starts: Mapping[tuple[str, str], Start] = field(default_factory=dict)
    transfer: Points = ()
    placement_s: Constant = NOTHING
    forked_byte_s: Constant = NOTHING
    worker_bytes: Mapping[str, Constant] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()


class Shares(NamedTuple):
    """Where a way's seconds go; they add up to its time.

    Attributes
    ----------
    start_s : workers made, ready, placed and ended.
    dispatch_s : chunks handed out and taken back.
    transport_s : pickling, pipes and unpickling.
    work_s : items.
    imbalance_s : workers without a chunk while others work, the last ones.
    """

    start_s: float = 0.0
    dispatch_s: float = 0.0
    transport_s: float = 0.0
    work_s: float = 0.0
    imbalance_s: float = 0.0

    @property
    def total_s(self) -> float:
        """All of it."""
        return math.fsum(self)


class Interval(NamedTuple):
    """Seconds between which the time lies with this chance."""

    low_s: float
    high_s: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """What is foretold of one way.

    Attributes
    ----------
    seconds : from nothing to all results, workers started and ended.
    intervals : of 80 and of 90 %, the narrower first; none where nothing is known of how wrong it is.
    held_out : jobs that were foretold and measured behind these.
    cpu_s : CPU time of all processes.
    memory_bytes : of all processes, at most at one time.
    shares : where the seconds go.
    bound : what holds it up.
    """

    way: Way
    seconds: float
    cpu_s: float
    memory_bytes: float
    shares: Shares
    bound: Bound
    intervals: tuple[Interval, ...] = ()
    held_out: int = 0
