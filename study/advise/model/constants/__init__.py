"""What a stored run gives of the model's constants, cell by cell, and what it lacks. Differences are of the same rounds.

Handing out, while nobody sleeps: tasks that do nothing in chunks of one, less the same in the largest chunks (`q4-dispatch`,
`q4-threads`). Handing out, while workers are busy: tasks of some tens of microseconds in chunks of one, less the same in a loop
(`grain`). Start and end: a pool made, used and closed, part by part (`q5-square`, `q5-start-methods`, `q5-others`, `start-pools`,
`start-peers`), and `start()` alone (`q3-process`). Forked memory: one process by the memory of its parent (`start-parents`).
Memory of a worker: by the number of workers (`memory-curves`). Messages: tasks that carry more than a pipe holds, less those that
carry nothing (`payload-core`, `payload-sizes`). Placement: a pool made for a job, less one that lives on, less its start and end
(`job-length`).

CPU seconds of all processes tell the worker's part of a dispatch from the parent's. What no experiment measures, messages
while workers compute above all, only a probe can give.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study.advise.model.constants.handing_out import all_handed
from study.advise.model.constants.messages import transfer
from study.advise.model.constants.rounds import PIPE_BYTES, has_gil
from study.advise.model.constants.starting import all_starts, forked_byte, placement, worker_bytes
from study.advise.model.job import Constants, Missing
from study.evidence import ANY, aligned
from study.things import KERNELS
from study.things.backends import PROCESSES
from study.things.patterns import CAPACITY

if TYPE_CHECKING:
    from study.evidence import Evidence

__all__ = ["PIPE_BYTES", "at_once", "constants_of", "experiments_for"]


def constants_of(evidence: Evidence, *, pipe_bytes: int = PIPE_BYTES) -> Constants:
    """All constants that one target of one run gives; what it lacks is listed with the experiment that measures it."""
    missing: list[Missing] = []
    starts = dict(all_starts(evidence, missing))
    return Constants(
        cpus=evidence.usable_cpus,
        pipe_bytes=pipe_bytes,
        one_at_a_time=has_gil(evidence),
        handed=dict(all_handed(evidence, missing)),
        starts=starts,
        transfer=transfer(evidence, missing),
        placement_s=placement(evidence, starts, missing),
        forked_byte_s=forked_byte(evidence, missing),
        worker_bytes=dict(worker_bytes(evidence, missing)),
        missing=tuple(missing),
    )


def experiments_for(missing: tuple[Missing, ...]) -> tuple[str, ...]:
    """The ids of those experiments that would give what is missing, each once: what `--only` takes."""
    return tuple(dict.fromkeys(lack.experiment for lack in missing if lack.experiment))


def at_once(evidence: Evidence, *, waits: bool = False, kernel: str = "") -> dict[int, float]:
    """Number of processes -> time of their work ÷ its time alone: of work that computes, of waiting, or of one kernel. p ÷ C(p).

    Where a probe could not measure the reader's own function at once. Of several kinds of work the mean of their ratios: kinds
    are no sample of anything, and none is the reader's.
    """
    cells = evidence.find(
        CAPACITY.name,
        kernel=kernel or ANY,
        backend=PROCESSES.name,
        start_method=ANY,
        workers=ANY,
        tasks=ANY,
        part="busy",
    )
    alike = {name for name, record in KERNELS.items() if record.waits == waits}
    kinds = [data for data in cells if kernel or data.cell.kernel in alike]
    found: dict[int, list[float]] = {}
    for alone in kinds:
        if alone.cell.workers > 1:
            continue
        for data in kinds:
            if (data.cell.kernel, data.cell.tasks) == (alone.cell.kernel, alone.cell.tasks):
                both = aligned([alone, data])
                found.setdefault(data.cell.workers, []).append(float(both[:, 1].mean() / both[:, 0].mean()))
    return {workers: math.fsum(ratios) / len(ratios) for workers, ratios in sorted(found.items())}
