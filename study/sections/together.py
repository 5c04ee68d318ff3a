"""Whether workers ran side by side, told by the CPUs that they kept busy: a job may be sooner done for another reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.evidence.summaries import cpus_busy
from study.things import KERNELS

if TYPE_CHECKING:
    from study.evidence import CellData

MORE_THAN_ONE = 1.1
"""CPUs: what one CPU alone keeps busy, and a tenth, for what the system does beside it is counted as well."""


def ran_together(data: CellData) -> bool:
    """Whether nothing says that its workers took turns: False where they kept no more than one CPU busy, and did not wait.

    Where CPU time was not counted nothing says so.
    """
    if KERNELS[data.cell.kernel].waits:
        return True
    busy = cpus_busy(data)
    return busy is None or busy.high is None or busy.high > MORE_THAN_ONE
