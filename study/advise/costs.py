"""What the probe found of this machine and interpreter, as the constants that the model counts with."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from study.advise.model.fitted import fitted
from study.advise.model.intervals import NOTHING_TRIED
from study.advise.model.job import (
    NOTHING,
    Constant,
    Constants,
    Dispatch,
    Handed,
    Job,
    Missing,
    Start,
    Way,
)
from study.things import BACKENDS, START_METHODS
from study.things.handing import HANDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from study.advise.model.intervals import Errors
    from study.advise.rounds import Probed

SPREAD_OF_ONE = 0.15
"""Of a constant that was measured in one stretch of time: standard deviation of its logarithm from one to the next. On the
machine of the model's first trials one sample read 45, 73 and 47 µs within 20 s, with nothing else running."""
SPREAD_BORROWED = 0.4
"""Of a start that was taken from another backend with the same start method."""
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
    starts = _starts(probed, handed)
    constants = Constants(
        cpus=probed.cpus,
        one_at_a_time=bool(probed.python["gil"]),
        handed=handed,
        starts={**starts, **_thread_starts(probed)},
        transfer=_transfer(dispatched),
        placement_s=_placement(dispatched, starts),
        forked_byte_s=NOTHING,  # the pools were started with the reader's module and items in memory
        worker_bytes={method: Constant(idle_bytes(probed, method=method)) for method in probed.methods},
        missing=() if starts or not probed.sends else (Missing(what="what pools take to start", experiment=""),),
    )
    return _scaled(constants, dispatched)


def _scaled(constants: Constants, dispatched: Iterable[Mapping[str, Any]]) -> Constants:
    """Costs of handing out scaled so that what was timed, tasks that do nothing, takes as long in the simulation."""
    for told in dispatched:
        backend, method, timed = str(told["backend"]), str(told["method"]), told["saturated"]
        if (backend, method) in constants.starts:
            way = Way(backend=backend, start_method=method, workers=int(told["workers"]), chunksize=1, is_own=False)
            idle = Job(items=int(timed["tasks"]), item_s=(NO_OP_S,))
            constants = fitted(constants, idle, way, float(timed["wall_s"]))
    return constants


def positive(value: Any) -> float:  # noqa: ANN401 - a number of the probe's
    """Seconds, no less than nothing: two readings of a clock may fall together."""
    return max(0.0, float(value))


def lives(probed: Probed) -> list[Mapping[str, Any]]:
    """What was found of pools that were started, one of each way and number of workers."""
    return [told for part in probed.parts.get("starts", ()) for told in part["starts"]]


def copies(method: str) -> bool:
    """Whether workers of a start method begin as copies of their parent."""
    return method in START_METHODS and START_METHODS[method].copies_parent


def idle_bytes(probed: Probed, *, method: str = "", copying: bool = False) -> float:
    """Memory that an idle worker shares with nobody: of a start method, or of those that copy."""
    sizes = [
        float(life["private"])
        for told in lives(probed)
        if told["method"] == method or (copying and copies(str(told["method"])))
        for life in told["lives"]
    ]
    return median(sizes) if sizes else 0.0


def _one(value: float) -> Constant:
    return Constant(max(0.0, value), SPREAD_OF_ONE)


def _handed(told: Mapping[str, Any]) -> Handed:
    saturated, busy = (
        Dispatch(parent_s=_one(float(told[key]["parent_s"])), worker_s=_one(float(told[key]["worker_s"])))
        for key in ("saturated", "busy")
    )
    return Handed(saturated=saturated, busy=busy, busy_s=float(told["busy_s"]))


def _starts(probed: Probed, handed: Mapping[str, Handed]) -> dict[tuple[str, str], Start]:
    """Backend and start method -> start and end. What its time did not suffice for is taken from its like."""
    measured: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for told in lives(probed):
        measured.setdefault((str(told["backend"]), str(told["method"])), []).append(told)
    found = {key: _start(told) for key, told in measured.items()}
    for method in probed.methods:
        like = next((start for (_, other), start in found.items() if other == method), None)
        for backend in handed:
            if like is not None and (backend, method) not in found:
                found[backend, method] = _borrowed(like)
    return found


def _thread_starts(probed: Probed) -> dict[tuple[str, str], Start]:
    """What threads take to be made and ended, of the largest number that was tried."""
    told = [told for part in probed.parts.get("beside", ()) for told in part["beside"]]
    most = max(told, key=lambda one: int(one["workers"]), default=None)
    if most is None:
        return {}
    workers, took_s = int(most["workers"]), positive(most["start_s"])
    start = Start(workers=workers, made_s=_one(took_s), first_s=NOTHING, each_made_s=_one(took_s / workers))
    return {(name, ""): start for name in HANDING if BACKENDS[name].kind == "thread"}


def _start(several: Sequence[Mapping[str, Any]]) -> Start:
    """The largest number of workers that was tried, and what each worker more adds by the next smaller one."""
    rising = sorted(several, key=lambda told: int(told["workers"]))
    most = rising[-1]
    workers = int(most["workers"])
    fewer = next((told for told in reversed(rising) if int(told["workers"]) < workers), None)
    first_s, last_s = _of_lives(most, _first_s), _of_lives(most, _last_s)
    made_s, end_s = _of_lives(most, _made_s), _of_lives(most, _end_s)
    each_made_s = each_end_s = 0.0
    if fewer is not None:
        more = workers - int(fewer["workers"])
        each_made_s = (made_s - _of_lives(fewer, _made_s)) / more
        each_end_s = (end_s - _of_lives(fewer, _end_s)) / more
    server = most.get("server")
    if server:  # a program starts it with its first pool
        later_s = max(0.0, _first_s(server) - first_s)
        made_s, first_s, last_s = max(made_s, _made_s(server)), first_s + later_s, last_s + later_s
    return Start(
        workers=workers,
        made_s=_one(made_s),
        first_s=_one(first_s),
        each_s=_one((last_s - first_s) / max(1, workers - 1)),
        end_s=_one(end_s),
        each_made_s=_one(each_made_s),
        each_end_s=_one(each_end_s),
    )


def _of_lives(told: Mapping[str, Any], number_of: Callable[[Mapping[str, Any]], float]) -> float:
    """The median over the repetitions."""
    return median(number_of(life) for life in told["lives"])


def _made_s(life: Mapping[str, Any]) -> float:
    return positive(life["made_s"])


def _end_s(life: Mapping[str, Any]) -> float:
    return positive(life["end_s"])


def _first_s(life: Mapping[str, Any]) -> float:
    return min(map(positive, life["ready_s"]), default=0.0)


def _last_s(life: Mapping[str, Any]) -> float:
    return max(map(positive, life["ready_s"]), default=0.0)


def _borrowed(like: Start) -> Start:
    """The same start, less certain."""
    return Start(
        workers=like.workers,
        made_s=like.made_s._replace(spread=SPREAD_BORROWED),
        first_s=like.first_s._replace(spread=SPREAD_BORROWED),
        each_s=like.each_s._replace(spread=SPREAD_BORROWED),
        end_s=like.end_s._replace(spread=SPREAD_BORROWED),
        each_made_s=like.each_made_s._replace(spread=SPREAD_BORROWED),
        each_end_s=like.each_end_s._replace(spread=SPREAD_BORROWED),
    )


def _transfer(dispatched: Iterable[Mapping[str, Any]]) -> tuple[tuple[float, Constant], ...]:
    """Bytes of a message -> seconds until a worker has it while all compute, what handing out takes anyway left out.

    One worker reads at a time. Where messages take longer than what is done with them, a gap holds the messages of the other
    workers too: then each takes its part of a turn, which is a gap and a task.
    """
    points: dict[float, Constant] = {}
    for told in dispatched:
        handing_s, workers = float(told["busy"]["worker_s"]), max(1, int(told["workers"]))
        for message in told.get("gaps", ()):
            if message["gaps_s"]:
                gap_s = median(map(positive, message["gaps_s"]))
                in_turn_s = (gap_s + positive(message["works_s"])) / workers
                points[float(message["bytes"])] = _one(min(gap_s - handing_s, in_turn_s))
    return tuple(sorted(points.items()))


def _placement(dispatched: Sequence[Mapping[str, Any]], starts: Mapping[tuple[str, str], Start]) -> Constant:
    """What fresh workers lose while two of them share a CPU: a short job from nothing, less its start and its work."""
    told = next((told for told in dispatched if told.get("placed_s")), None)
    start = starts.get((str(told["backend"]), str(told["method"]))) if told is not None else None
    if told is None or start is None:
        return NOTHING
    workers = int(told["workers"])
    ready_s = start.first_s.value + (workers - 1) * start.each_s.value
    took_s = median(positive(placed["done_s"]) for placed in told["placed_s"])
    return Constant(max(0.0, took_s - ready_s - float(told["alone_s"])), SPREAD_BORROWED)


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
