"""Which factors go together: what the bench has for each pattern, as data, so that a plan refuses what the bench would.

The bench keeps checks of its own, nearer to what they protect; `tests/contract/test_factors.py` holds both together. What only
the system decides (no fork, one CPU, an older Python) is no refusal: such cells are skipped, with that reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.cell import (
    APIS,
    BACKENDS,
    CHANNELS,
    COLD,
    DEFAULT,
    EVENTS,
    FLOOR_PARTS,
    FORMS,
    KERNELS,
    LABELS,
    NEEDS_INTERPRETERS,
    NEEDS_START_METHOD,
    PEERS,
    PLACEMENTS,
    START_METHODS,
    Cell,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    Value = str | int

ALWAYS = frozenset({"pattern", "backend", "start_method", "variant", "part", "label"})
"""Factors that every pattern has."""
WITH_LENGTH = ("spin", "ragged")
"""Kernels whose tasks are as long as `spins` says; the others have a length of their own."""
RUNNERS = tuple(name for name in BACKENDS if name not in {"interpreters", *FLOOR_PARTS})
"""Backends that run tasks."""
EXECUTORS = ("process_executor", "thread_executor", "interpreter_executor")
PEER_BACKENDS = tuple(PEERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a pattern exists for.

    Attributes
    ----------
    backends : those it has.
    uses : the factors, beside `ALWAYS`, that change what it does: another one would be measured twice under two names.
    variants : its named variations.
    """

    backends: tuple[str, ...]
    uses: frozenset[str] = frozenset()
    variants: tuple[str, ...] = ("",)


PATTERNS: Mapping[str, Kind] = MappingProxyType(
    {
        "process_lifecycle": Kind(
            backends=("processes", "threads", "interpreters", "os_fork", "posix_spawn"),
            uses=frozenset({"parent_bytes"}),
            variants=("", "frozen", EVENTS),
        ),
        "program_lifecycle": Kind(
            backends=("processes",), variants=("first_of_all", "bare", "main_stdlib", "main_numpy", "preload")
        ),
        "pool_lifecycle": Kind(
            backends=("pool", *EXECUTORS), uses=frozenset({"kernel", "workers", "tasks", "chunksize"})
        ),
        "pool_as_shipped": Kind(
            backends=("pool",),
            uses=frozenset({"kernel", "workers", "tasks"}),
            variants=("", "one_cpu", "quota_one_cpu"),
        ),
        "four_printers": Kind(
            backends=("processes",), uses=frozenset({"workers", "tasks"}), variants=("", "unbuffered")
        ),
        "map": Kind(
            backends=RUNNERS,
            uses=frozenset({"kernel", "workers", "tasks", "chunksize", "spins", "api", "library_threads"}),
            variants=("", EVENTS, COLD, "one_task_per_child"),
        ),
        "process_per_task": Kind(backends=("processes",), uses=frozenset({"kernel", "workers", "tasks"})),
        "ping_pong": Kind(
            backends=("processes", "threads", "interpreters"),
            uses=frozenset({"payload_bytes", "channel", "form", "placement"}),
            variants=("", EVENTS, COLD),
        ),
        "stream": Kind(backends=("processes",), uses=frozenset({"payload_bytes", "form"})),
        "pickling": Kind(backends=("call",), uses=frozenset({"payload_bytes", "form"})),
        "capacity": Kind(backends=("processes",), uses=frozenset({"kernel", "workers", "tasks", "spins"})),
        "contend": Kind(
            backends=("processes", "threads"),
            uses=frozenset({"workers"}),
            variants=("lock", "value", "manager", "private"),
        ),
        "memory": Kind(backends=("threads", "processes", "pool", "process_executor"), uses=frozenset({"workers"})),
        "copy_on_write": Kind(
            backends=("processes",),
            uses=frozenset({"form", "parent_bytes"}),
            variants=("", "frozen", "collected"),
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where a cell has one of these values in each of these factors, another factor has its limits.

    Attributes
    ----------
    where : factor -> values for which the rule holds.
    factor : the one that is limited.
    only : the values that are possible; empty: all but those of `never`.
    never : the values that are not.
    because : the reason, to stand behind the sentence.
    """

    where: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    factor: str
    only: tuple[Value, ...] = ()
    never: tuple[Value, ...] = ()
    because: str = ""

    def breaks(self, cell: Cell) -> bool:
        """Whether the cell is one that cannot be."""
        if any(getattr(cell, name) not in values for name, values in self.where.items()):
            return False
        value = getattr(cell, self.factor)
        return value in self.never or (bool(self.only) and value not in self.only)


_MESSAGE_FORMS = ("", "array", "array_out_of_band", "list", "dict")
_NO_DEFAULT = "there is no default number of workers; give 1 or more"
_AT_ONCE = "each worker takes its share at once; leave chunksize out"
_ONE_AT_A_TIME = "this call hands out one task at a time; leave chunksize out"
_AS_BYTES = "it carries one byte or more, as bytes"

RULES: tuple[Rule, ...] = (
    # Words: a cell can be made without config's checks.
    Rule(factor="kernel", only=KERNELS),
    Rule(factor="start_method", only=(*START_METHODS, DEFAULT, "")),
    Rule(factor="api", only=APIS),
    Rule(factor="channel", only=CHANNELS),
    Rule(factor="form", only=FORMS),
    Rule(factor="placement", only=PLACEMENTS),
    Rule(factor="label", only=LABELS),
    Rule(factor="tasks", never=(0,), because="an event has a task or more; 'per_worker' needs a number of workers"),
    # Who starts the workers.
    Rule(
        where={"backend": NEEDS_START_METHOD},
        factor="start_method",
        only=(*START_METHODS, DEFAULT),
        because="processes are started somehow",
    ),
    Rule(
        where={"pattern": ("program_lifecycle",)},
        factor="start_method",
        only=START_METHODS,
        because="the program is told which",
    ),
    Rule(
        where={"backend": PEER_BACKENDS},
        factor="start_method",
        only=("",),
        because="the library chooses how its workers start; leave start_method out",
    ),
    Rule(
        where={"pattern": ("copy_on_write",)}, factor="start_method", only=("fork",), because="only fork shares memory"
    ),
    Rule(
        where={"pattern": ("pool_as_shipped",)},
        factor="start_method",
        only=(DEFAULT,),
        because="as shipped means that nothing is chosen",
    ),
    Rule(
        where={"pattern": ("program_lifecycle",), "variant": ("preload",)},
        factor="start_method",
        only=("forkserver",),
        because="only a forkserver can preload",
    ),
    Rule(
        where={"pattern": ("ping_pong",), "channel": ("os_pipe",)},
        factor="start_method",
        only=("fork",),
        because="a raw pipe is inherited by fork",
    ),
    # How many workers.
    Rule(
        where={"pattern": ("capacity", "contend", "memory", "process_per_task")},
        factor="workers",
        never=(0,),
        because=_NO_DEFAULT,
    ),
    Rule(
        where={"pattern": ("map",), "backend": ("threads", "processes", *PEER_BACKENDS)},
        factor="workers",
        never=(0,),
        because=_NO_DEFAULT,
    ),
    Rule(
        where={"pattern": ("pool_as_shipped",)},
        factor="workers",
        only=(0,),
        because="as shipped means that nothing is chosen",
    ),
    Rule(where={"pattern": ("four_printers",)}, factor="workers", only=(1, 4), because="there are four printers"),
    Rule(where={"pattern": ("four_printers",)}, factor="tasks", only=(1, 4), because="there are four printers"),
    # How tasks are handed out.
    Rule(
        where={"pattern": ("map",), "backend": ("call", "threads", "processes", *PEER_BACKENDS)},
        factor="api",
        only=("",),
    ),
    Rule(
        where={"pattern": ("map",), "backend": ("pool",)},
        factor="api",
        only=("", "imap", "imap_unordered", "starmap", "apply", "apply_async"),
    ),
    Rule(where={"pattern": ("map",), "backend": EXECUTORS}, factor="api", only=("", "submit")),
    Rule(
        where={"pattern": ("map",), "backend": ("threads", "processes")},
        factor="chunksize",
        only=(0,),
        because=_AT_ONCE,
    ),
    Rule(where={"pattern": ("map",), "backend": ("dask",)}, factor="chunksize", only=(0,), because=_ONE_AT_A_TIME),
    Rule(
        where={"pattern": ("map",), "api": ("apply", "apply_async", "submit")},
        factor="chunksize",
        only=(0,),
        because=_ONE_AT_A_TIME,
    ),
    Rule(
        where={"pattern": ("map",), "backend": tuple(name for name in RUNNERS if name != "pool")},
        factor="variant",
        never=("one_task_per_child",),
        because="only the workers of a multiprocessing.Pool end after a number of tasks",
    ),
    Rule(
        where={"kernel": tuple(name for name in KERNELS if name not in WITH_LENGTH)},
        factor="spins",
        only=(0,),
        because="this kernel has a length of its own; leave spins out",
    ),
    # What is sent, and what is held.
    Rule(where={"pattern": ("ping_pong", "stream", "pickling")}, factor="form", only=_MESSAGE_FORMS),
    Rule(
        where={"pattern": ("ping_pong",), "backend": ("processes",)},
        factor="channel",
        only=("", "pipe_duplex", "os_pipe", "simple_queue", "queue", "manager", "shared_memory"),
    ),
    Rule(where={"pattern": ("ping_pong",), "backend": ("threads",)}, factor="channel", only=("", "thread_queue")),
    Rule(
        where={"pattern": ("ping_pong",), "backend": ("interpreters",)}, factor="channel", only=("interpreter_queue",)
    ),
    Rule(
        where={"pattern": ("ping_pong",), "form": ("array_out_of_band",)},
        factor="channel",
        only=("",),
        because="bytes beside the pickle are sent through two simplex pipes",
    ),
    Rule(
        where={"pattern": ("ping_pong",), "form": ("array_out_of_band",)},
        factor="backend",
        only=("processes",),
        because="bytes beside the pickle are sent through two simplex pipes",
    ),
    Rule(
        where={"pattern": ("ping_pong",), "channel": ("os_pipe", "shared_memory")},
        factor="form",
        only=("",),
        because=_AS_BYTES,
    ),
    Rule(
        where={"pattern": ("ping_pong",), "channel": ("os_pipe", "shared_memory")},
        factor="payload_bytes",
        never=(0,),
        because=_AS_BYTES,
    ),
    Rule(
        where={"pattern": ("ping_pong",), "backend": ("threads", "interpreters")},
        factor="placement",
        only=("",),
        because="only a partner process can be put on a CPU of its own",
    ),
    Rule(
        where={"pattern": ("contend",), "backend": ("threads",)},
        factor="variant",
        never=("manager",),
        because="threads need no manager",
    ),
    Rule(
        where={"pattern": ("copy_on_write",)},
        factor="form",
        only=("", "bytearray", "array", "ints", "strings", "dict"),
    ),
    Rule(
        where={"pattern": ("copy_on_write",)},
        factor="parent_bytes",
        never=(0,),
        because="there must be something to read",
    ),
)


def of_the_process(cell: Cell) -> dict[str, str]:
    """What the process of a cell is started with, by the name of what asks for it: no two cells of one process may differ."""
    return {
        "library_threads": str(cell.library_threads or 1),
        "PYTHONUNBUFFERED": "1" if cell.variant == "unbuffered" else "",
        "PYTHONPATH": "the study" if cell.backend in NEEDS_INTERPRETERS else "",
    }


def refusal(cell: Cell) -> str:
    """Why no system can measure this cell: which factor it is, and what is possible; '' where nothing is wrong."""
    kind = PATTERNS.get(cell.pattern)
    if kind is None:
        return f"the pattern {cell.pattern!r} does not exist; possible: {_listed(tuple(PATTERNS))}"
    for name, possible in (("backend", kind.backends), ("variant", kind.variants)):
        if getattr(cell, name) not in possible:
            return f"{name} {getattr(cell, name)!r} does not exist for {cell.pattern}; possible: {_listed(possible)}"
    for each in fields(Cell):
        used = each.name in ALWAYS or each.name in kind.uses
        if not used and getattr(cell, each.name) != each.default:
            has = ", ".join(sorted(kind.uses)) or "no factor of its own"
            return f"the pattern {cell.pattern} has no {each.name} (it has {has}); leave it out"
    return next((_sentence(rule, cell) for rule in RULES if rule.breaks(cell)), "") or _too_long(cell)


EVENT_S = 20.0
"""An event of more cannot be calibrated: it is done three times at least, and the process ends after a minute."""
ITERATION_S = 30e-9
MOST_AT_ONCE = 1024


def _too_long(cell: Cell) -> str:
    """Why an event cannot end in time, however well its workers share it; '' where it can."""
    workers = 1 if cell.backend == "call" else cell.workers or MOST_AT_ONCE
    least_s = cell.tasks * cell.spins * ITERATION_S / workers
    if least_s <= EVENT_S:
        return ""
    return (
        f"tasks × spins: at some 30 ns an iteration an event takes {least_s:.0f} s or more; {EVENT_S:.0f} s at most, so that"
        " it can be calibrated"
    )


def _sentence(rule: Rule, cell: Cell) -> str:
    with_what = " and ".join(f"{name} {getattr(cell, name)!r}" for name in rule.where if name != rule.factor)
    possible = f"; possible: {_listed(rule.only)}" if rule.only else ""
    reason = f" ({rule.because})" if rule.because else ""
    place = f" for {with_what}" if with_what else ""
    return f"{rule.factor} {getattr(cell, rule.factor)!r} is not possible{place}{possible}{reason}"


def _listed(values: tuple[Value, ...]) -> str:
    return ", ".join(map(repr, values))
