"""Jobs and machines of the cost model whose numbers are chosen by hand, all of them made up."""

from __future__ import annotations

from typing import Any

from study.advise.model.job import NOTHING, Carried, Constant, Constants, Dispatch, Handed, Job, Start, Way
from study.advise.model.ways import Possible
from study.things import BACKENDS, START_METHODS
from study.things.handing import HANDING

FREE = Handed(saturated=Dispatch(), busy=Dispatch(), busy_s=70e-6)
AT_ONCE = Start(workers=2, made_s=NOTHING, first_s=NOTHING)
SPREAD = 0.2
TRANSFER = ((65536.0, Constant(3e-4, SPREAD)), (1e6, Constant(2.2e-3, SPREAD)), (4e6, Constant(1.2e-2, SPREAD)))


def keys() -> list[tuple[str, str]]:
    """Every backend that has workers, with each start method it takes."""
    return [
        (name, method)
        for name in HANDING
        if BACKENDS[name].kind != "loop"
        for method in (tuple(START_METHODS) if BACKENDS[name].takes_start_method else ("",))
    ]


def free(cpus: int = 4, **changes: Any) -> Constants:
    """A machine on which nothing costs anything but the items."""
    given: dict[str, Any] = {
        "handed": dict.fromkeys(HANDING, FREE),
        "starts": dict.fromkeys(keys(), AT_ONCE),
    }
    return Constants(cpus=cpus, **{**given, **changes})


def handed(parent_s: float, worker_s: float, times: float = 2.0) -> Handed:
    """Handing out at these costs, and at so many times of them where workers are busy."""
    return Handed(
        saturated=Dispatch(parent_s=Constant(parent_s, SPREAD), worker_s=Constant(worker_s, SPREAD)),
        busy=Dispatch(parent_s=Constant(times * parent_s, SPREAD), worker_s=Constant(times * worker_s, SPREAD)),
        busy_s=70e-6,
    )


def start(made_s: float, first_s: float, each_s: float, end_s: float) -> Start:
    """How two workers start and end."""
    return Start(
        workers=2,
        made_s=Constant(made_s, SPREAD),
        first_s=Constant(first_s, SPREAD),
        each_s=Constant(each_s, SPREAD),
        end_s=Constant(end_s, SPREAD),
        each_made_s=Constant(made_s / 4.0, SPREAD),
        boot_s=Constant(first_s / 2.0, SPREAD),
    )


STARTS = {
    "fork": start(3e-3, 4e-3, 7e-4, 2e-3),
    "forkserver": start(2e-3, 2.5e-2, 4e-3, 2e-3),
    "spawn": start(3e-3, 5e-2, 2e-3, 6e-3),
    "": start(1e-4, 1.5e-2, 1e-2, 1e-2),
}
"""By start method; of what has none last."""


def usual(cpus: int = 4, **changes: Any) -> Constants:
    """A machine as one may be."""
    handing = {
        "pool": handed(2e-5, 1.2e-5),
        "process_executor": handed(9e-5, 3.5e-5, 1.4),
        "interpreter_executor": handed(5e-5, 5e-5, 1.4),
    }
    given: dict[str, Any] = {
        "handed": handing,
        "starts": {key: STARTS[key[1]] for key in keys() if BACKENDS[key[0]].kind != "thread"},
        "transfer": TRANSFER,
        "placement_s": Constant(5e-3, 0.6),
        "forked_byte_s": Constant(1e-10, SPREAD),
        "worker_bytes": {"": Constant(1e5), "fork": Constant(4e6), "forkserver": Constant(9e6), "spawn": Constant(1e7)},
    }
    return Constants(cpus=cpus, **{**given, **changes})


def job(items: int = 64, item_s: float = 0.01, **changes: Any) -> Job:
    """Items that all take as long."""
    given: dict[str, Any] = {"item_s": (item_s,), **changes}
    return Job(items=items, **given)


def carried(size_bytes: float) -> Carried:
    """Bytes whose pickling takes a nanosecond for each, there and back."""
    return Carried(size_bytes=size_bytes, dump_s=1e-9 * size_bytes, load_s=1e-9 * size_bytes)


def pool(workers: int = 4, chunksize: int = 4, start_method: str = "fork") -> Way:
    """`Pool.map` with a chunk size."""
    return Way(backend="pool", start_method=start_method, workers=workers, chunksize=chunksize, is_own=False)


def executor(workers: int = 4, chunksize: int = 4, start_method: str = "fork") -> Way:
    """`ProcessPoolExecutor.map` with a chunk size."""
    return Way(
        backend="process_executor", start_method=start_method, workers=workers, chunksize=chunksize, is_own=False
    )


def possible(cpus: int = 4, **changes: Any) -> Possible:
    """An interpreter with every start method, and nothing of other libraries."""
    given: dict[str, Any] = {"start_methods": ("fork", "forkserver", "spawn"), **changes}
    return Possible(cpus=cpus, **given)
