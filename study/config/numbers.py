"""The words that stand for a machine's numbers: workers, tasks and library threads."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from study.config.shapes import CLUSTER
from study.things import KERNELS
from study.things.kernels import ITERATION_S, NOOP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.config.shapes import Scalar


class Cpus(NamedTuple):
    """The CPUs that a study plans with: how many it may use, and how many cores they are; None where that is not known.

    `cluster` is how many threads the cluster has that is named beside them; 0 where none is.

    Where a function takes a bare number instead, nothing is known of the cores.
    """

    usable: int
    cores: int | None = None
    cluster: int = 0

    @classmethod
    def of(cls, usable: int, facts: Mapping[str, Any]) -> Cpus:
        """What the facts of a machine tell: its cores are those of the usable CPUs only where all of its CPUs are usable."""
        cores = facts.get("physical_cores") if facts.get("logical_cpus") == usable else None
        return cls(usable, cores, (facts.get(CLUSTER) or {}).get("threads", 0))


def machine_words(cpus: Cpus | int) -> dict[str, int]:
    """The numbers behind 'cpus', 'oversubscribed', 'balanced' and 'cluster' on a machine with these CPUs."""
    usable = _usable(cpus)
    together = math.lcm(*curve(cpus), 2 * usable)
    balanced = together if together <= 8 * usable else 2 * usable
    threads = cpus.cluster if isinstance(cpus, Cpus) else 0
    return {"cpus": usable, "oversubscribed": 2 * usable, "balanced": balanced, CLUSTER: threads}


def _usable(cpus: Cpus | int) -> int:
    return cpus.usable if isinstance(cpus, Cpus) else cpus


FEWEST_COUNTS = 4
"""Of a curve, where there are as many CPUs."""


def curve(cpus: Cpus | int) -> tuple[int, ...]:
    """At most six numbers of workers: 1, 2, 4, half of the CPUs, one for each core, and one for each CPU; on 4 CPUs 3 too."""
    usable = _usable(cpus)
    cores = cpus.cores if isinstance(cpus, Cpus) else None
    return _distinct(
        (1, 2, 4, usable // 2, cores or usable, usable, *((3,) if usable == FEWEST_COUNTS else ())), usable
    )


def few(cpus: Cpus | int) -> tuple[int, ...]:
    """Three of a curve, for threads that may take turns: 1, 2 and one for each CPU.

    One thread shows what a thread costs. Two show at the least price whether threads take turns: under the GIL an event
    of a long job takes as long as all its tasks one after the other, on many CPUs too long to be measured. All show how
    far threads get without the GIL.
    """
    return _distinct((1, 2, _usable(cpus)), _usable(cpus))


def powers(cpus: Cpus | int) -> tuple[int, ...]:
    """1, 2, 4, … and all CPUs: what runs of earlier versions measured."""
    usable = _usable(cpus)
    counts = itertools.takewhile(lambda count: count < usable, (2**exponent for exponent in range(20)))
    return (*counts, usable)


def _distinct(counts: tuple[int, ...], most: int) -> tuple[int, ...]:
    return tuple(sorted({count for count in counts if 1 <= count <= most}))


TASKS_PER_WORKER = 4
MANY_A_WORKER = 32
"""So many that a pool's own chunks, a quarter of a worker's share, hold several, whatever the number of workers."""
FILLED_S = 0.1
FEWEST_TASKS, MOST_TASKS = 16, 1024
LONG_S = 0.7
"""A worker's share of a long job, so that on a machine half as fast again as the nominal one it is still about 0.5 s."""


def tasks_of_long_share(kernel: str) -> int:
    """How many tasks of the kernel one worker gets in a long job."""
    return max(1, math.ceil(LONG_S / KERNELS[kernel].simulated_s))


SCRIPT_S, LONGEST_SCRIPT_S = 0.35, 1.5
"""A worker's share of what a whole script does, and all of it, so that without workers it still ends within seconds."""


def tasks_of_script(kernel: str, usable_cpus: int) -> int:
    """How many tasks of the kernel a whole script does: as many for each usable CPU."""
    share_s = min(SCRIPT_S, LONGEST_SCRIPT_S / usable_cpus)
    return usable_cpus * max(1, math.floor(share_s / KERNELS[kernel].simulated_s))


def in_numbers(factors: Mapping[str, Scalar], cpus: Cpus | int) -> dict[str, Scalar]:
    """The factors of one cell with the words of `workers`, `tasks` and `library_threads` replaced by numbers.

    `per_worker` gives every worker as many tasks (weak scaling), `many` so many that there are chunks. `share` is as many
    tasks as take `LONG_S` at the kernel's nominal time, and `long` so many for each worker (weak scaling too: speedups are of
    tasks a second); workers beyond the CPUs share what as many workers as CPUs get. `script` is the same to every script,
    whatever its workers: `SCRIPT_S` for each usable CPU and `LONGEST_SCRIPT_S` at most. `filling` is as many tasks, a power
    of two, as fill `FILLED_S`, but no fewer than `FEWEST_TASKS` and no more than `MOST_TASKS`.
    """
    words = machine_words(cpus)
    values = dict(factors)
    for name in ("workers", "library_threads"):
        if isinstance(word := values.get(name), str):
            values[name] = words.get(word, word)
    tasks = values.get("tasks")
    if tasks == "per_worker":
        values["tasks"] = TASKS_PER_WORKER * int(values.get("workers", 1))
    elif tasks in {"share", "long"}:
        shares = min(int(values.get("workers", 1)), words["cpus"]) if tasks == "long" else 1
        values["tasks"] = tasks_of_long_share(str(values.get("kernel", NOOP.name))) * shares
    elif tasks == "many":
        values["tasks"] = MANY_A_WORKER * int(values.get("workers", 1))
    elif tasks == "script":
        values["tasks"] = tasks_of_script(str(values.get("kernel", NOOP.name)), words["cpus"])
    elif tasks == "filling":
        wanted = FILLED_S / (max(1, int(values.get("spins", 0))) * ITERATION_S)
        values["tasks"] = min(MOST_TASKS, max(FEWEST_TASKS, 2 ** round(math.log2(wanted))))
    elif isinstance(tasks, str):
        values["tasks"] = words.get(tasks, tasks)
    return values
