"""What the probe found of this machine and interpreter, as the constants that the model counts with."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from study.advise.model.fitted import fitted, lag_of, lost_of
from study.advise.model.intervals import NOTHING_TRIED
from study.advise.model.job import NOTHING, Constant, Constants, Dispatch, Handed, Job, Missing, Start, Way
from study.advise.starting import SPREAD_BORROWED, copies, lives, one, pools_of, positive, starts_of
from study.things import BACKENDS
from study.things.handing import HANDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.advise.model.intervals import Errors
    from study.advise.rounds import Probed

NO_OP_S = 2e-7
"""Of a task that only says what time it is."""


class Stored(NamedTuple):
    """What is stored: constants of a run and its name; jobs that probes foretold and that were measured then, and where."""

    constants: Constants | None
    run: str
    errors: Errors
    where: str


NOTHING_STORED = Stored(None, "", NOTHING_TRIED, "")


def constants_of(probed: Probed) -> Constants:
    """What handing out, starting and sending cost here, with the reader's module and items in memory."""
    dispatched = [told for part in probed.parts.get("dispatch", ()) for told in part["dispatch"]]
    handed = {str(told["backend"]): _handed(told) for told in dispatched}
    starts = starts_of(probed, handed)
    constants = Constants(
        cpus=probed.cpus,
        one_at_a_time=bool(probed.python["gil"]),
        handed=handed,
        starts={**starts, **_thread_starts(probed)},
        transfer=_transfer(dispatched),
        placement_s=NOTHING,  # each start has its own
        forked_byte_s=NOTHING,  # the pools were started with the reader's module and items in memory
        worker_bytes={method: Constant(idle_bytes(probed, method=method)) for method in probed.methods},
        missing=() if starts or not probed.sends else (Missing(what="what pools take to start", experiment=""),),
    )
    for told in dispatched:
        if (str(told["backend"]), str(told["method"])) in starts:
            constants = _as_timed(constants, told)
    placed = {key: pools.placed for key, pools in pools_of(probed).items() if pools.placed}
    for backend, method in starts:  # what was not tried loses as much as its like
        like = [several for (_, other), several in placed.items() if other == method]
        several = placed.get((backend, method)) or next(iter(like), [])
        start = _as_placed(constants, (backend, method), several)
        constants = replace(constants, starts={**constants.starts, (backend, method): start})
    return constants


def _as_timed(constants: Constants, told: Mapping[str, Any]) -> Constants:
    """Costs of handing out such that what was timed takes as long in the simulation.

    They are scaled by tasks that do nothing; of tasks that compute for long what they took beyond that is waiting.
    """
    backend, idle, lagging = str(told["backend"]), told["saturated"], told["lagging"]
    way = Way(
        backend=backend,
        start_method=str(told["method"]),
        workers=int(told["workers"]),
        chunksize=1,
        is_own=False,
    )
    constants = fitted(constants, Job(items=int(idle["tasks"]), item_s=(NO_OP_S,)), way, float(idle["wall_s"]))
    longer = Job(items=int(lagging["tasks"]), item_s=(float(told["lagging_s"]),))
    lag_s = one(lag_of(constants, longer, way, float(lagging["wall_s"])))
    handed = replace(constants.handed[backend], lag_s=lag_s, lagging_s=float(told["lagging_s"]))
    return replace(constants, handed={**constants.handed, backend: handed})


def _as_placed(constants: Constants, key: tuple[str, str], placed: Sequence[Mapping[str, Any]]) -> Start:
    """The start of a way with what its fresh workers lose, such that short jobs from nothing take as long in the simulation.

    The median of the jobs with so many chunks a worker, since what is lost may be nothing, or a turn of the scheduler. Of workers
    that are no copies the median of all: they take so long to begin that chunks wait for them, and not they for chunks.
    """
    backend, method = key
    lost_s: dict[int, list[float]] = {}
    for told in placed:
        workers, chunks = int(told["workers"]), int(told["chunks"])
        job = Job(items=workers * chunks, item_s=(positive(told["alone_s"]) / chunks,))
        way = Way(backend=backend, start_method=method, workers=workers, chunksize=1, is_own=False)
        lost_s.setdefault(chunks if copies(method) else 1, []).append(
            lost_of(constants, job, way, positive(told["done_s"]))
        )
    points = tuple(
        (float(chunks), Constant(max(0.0, median(several)), SPREAD_BORROWED))
        for chunks, several in sorted(lost_s.items())
    )
    start = constants.starts[key]
    return replace(start, placement_s=points, fewer=tuple(replace(other, placement_s=points) for other in start.fewer))


def idle_bytes(probed: Probed, *, method: str = "", copying: bool = False) -> float:
    """Memory that an idle worker shares with nobody: of a start method, or of those that copy."""
    sizes = [float(life["private"]) for begun, life in lives(probed) if begun == method or (copying and copies(begun))]
    return median(sizes) if sizes else 0.0


def _handed(told: Mapping[str, Any]) -> Handed:
    saturated, busy = (
        Dispatch(parent_s=one(float(told[key]["parent_s"])), worker_s=one(float(told[key]["worker_s"])))
        for key in ("saturated", "busy")
    )
    inside = told["inside"]
    return Handed(
        saturated=saturated,
        busy=busy,
        busy_s=float(told["busy_s"]),
        each_parent_s=one(float(inside["parent_s"])),
        each_worker_s=one(float(inside["worker_s"])),
    )


def _thread_starts(probed: Probed) -> dict[tuple[str, str], Start]:
    """What threads take to be made and ended, of the largest number that was tried."""
    told = [told for part in probed.parts.get("beside", ()) for told in part["beside"]]
    most = max(told, key=lambda threads: int(threads["workers"]), default=None)
    if most is None:
        return {}
    workers, took_s = int(most["workers"]), positive(most["start_s"])
    start = Start(workers=workers, made_s=one(took_s), first_s=NOTHING, each_made_s=one(took_s / workers))
    return {(name, ""): start for name in HANDING if BACKENDS[name].kind == "thread"}


def _transfer(dispatched: Iterable[Mapping[str, Any]]) -> tuple[tuple[float, Constant], ...]:
    """Bytes of a message -> seconds until a worker has it while all compute; handing out and pickling, counted apart, left out.

    One worker reads at a time. Where messages take longer than what is done with them, a gap holds the messages of the other
    workers too: then each takes its part of a turn, which is a gap and a task. A gap has the worker's unpickling in it, a turn
    the parent's pickling.
    """
    points: dict[float, Constant] = {}
    for told in dispatched:
        handing_s, workers = float(told["busy"]["worker_s"]), max(1, int(told["workers"]))
        for message in told.get("gaps", ()):
            if message["gaps_s"]:
                gap_s, pickles = median(map(positive, message["gaps_s"])), message["pickles"]
                in_turn_s = (gap_s + positive(message["works_s"])) / workers - positive(pickles["dump_s"])
                points[float(message["bytes"])] = one(min(gap_s - handing_s - positive(pickles["load_s"]), in_turn_s))
    return tuple(sorted(points.items()))


def filled(measured: Constants, stored: Constants | None) -> Constants:
    """The constants that were measured just now, and of a stored run those that are lacking.

    Memory of the parent counts in what was measured: the pools were started with it. So none is added by a stored rate.
    """
    if stored is None:
        return measured
    return replace(
        measured,
        handed={**stored.handed, **measured.handed},
        starts={**stored.starts, **measured.starts},
        transfer=measured.transfer or stored.transfer,
        placement_s=measured.placement_s if measured.placement_s.value else stored.placement_s,
        worker_bytes={**stored.worker_bytes, **measured.worker_bytes},
    )
