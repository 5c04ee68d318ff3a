"""The words that stand for a machine's numbers: workers, tasks and library threads."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from study.things import KERNELS
from study.things.kernels import NOOP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.config.shapes import Scalar


def machine_words(usable_cpus: int) -> dict[str, int]:
    """The numbers behind 'cpus', 'oversubscribed' and 'balanced' on a machine with this many usable CPUs."""
    counts = [*worker_counts(usable_cpus), 2 * usable_cpus]
    together = math.lcm(*counts)
    balanced = together if together <= 8 * usable_cpus else 2 * usable_cpus
    return {"cpus": usable_cpus, "oversubscribed": 2 * usable_cpus, "balanced": balanced}


def worker_counts(usable_cpus: int) -> tuple[int, ...]:
    """1, 2, 4, … and the usable CPUs themselves."""
    powers = itertools.takewhile(lambda count: count <= usable_cpus, (2**exponent for exponent in range(20)))
    return tuple(sorted({*powers, usable_cpus}))


TASKS_PER_WORKER = 4
FILLED_S = 0.1
SPIN_S = 30e-9
FEWEST_TASKS, MOST_TASKS = 16, 1024
LONG_S = 0.7
"""A worker's share of a long job, so that on a machine half as fast again as the nominal one it is still about 0.5 s."""


def tasks_of_long_share(kernel: str) -> int:
    """How many tasks of the kernel one worker gets in a long job."""
    return max(1, math.ceil(LONG_S / KERNELS[kernel].simulated_s))


SCRIPT_S, LONGEST_SCRIPT_S = 0.35, 4.0
"""A worker's share of what a whole script does, and all of it, so that without workers it still ends within seconds."""


def tasks_of_script(kernel: str, usable_cpus: int) -> int:
    """How many tasks of the kernel a whole script does: as many for each usable CPU."""
    share_s = min(SCRIPT_S, LONGEST_SCRIPT_S / usable_cpus)
    return usable_cpus * max(1, math.floor(share_s / KERNELS[kernel].simulated_s))


def in_numbers(factors: Mapping[str, Scalar], usable_cpus: int) -> dict[str, Scalar]:
    """The factors of one cell with the words of `workers`, `tasks` and `library_threads` replaced by numbers.

    `per_worker` gives every worker four tasks (weak scaling); `long` gives every worker as many as take `LONG_S` at the
    kernel's nominal time (weak scaling too: speedups are of tasks a second); `script` the same to every script, whatever
    its workers: `SCRIPT_S` for each usable CPU and `LONGEST_SCRIPT_S` at most; `filling` as many tasks, a power of two, as
    fill a tenth of a second at some 30 ns an iteration, but no fewer than 16 and no more than 1024.
    """
    words = machine_words(usable_cpus)
    values = dict(factors)
    for name in ("workers", "library_threads"):
        if isinstance(word := values.get(name), str):
            values[name] = words.get(word, word)
    tasks = values.get("tasks")
    if tasks == "per_worker":
        values["tasks"] = TASKS_PER_WORKER * int(values.get("workers", 1))
    elif tasks == "long":
        values["tasks"] = tasks_of_long_share(str(values.get("kernel", NOOP.name))) * int(values.get("workers", 1))
    elif tasks == "script":
        values["tasks"] = tasks_of_script(str(values.get("kernel", NOOP.name)), usable_cpus)
    elif tasks == "filling":
        wanted = FILLED_S / (max(1, int(values.get("spins", 0))) * SPIN_S)
        values["tasks"] = min(MOST_TASKS, max(FEWEST_TASKS, 2 ** round(math.log2(wanted))))
    elif isinstance(tasks, str):
        values["tasks"] = words.get(tasks, tasks)
    return values
