"""What is known of each cell of a run: its estimates, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import noise_class, unit_of
from study.config import TIERS
from study.findings import Estimate
from study.names import cell_name
from study.store import cell_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from study.cell import Cell
    from study.findings import Unit
    from study.store import CellRecord
    from study.table import CellData

NOISE = "noise"
"""The experiment that goes with every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What is known of one cell on one target.

    Attributes
    ----------
    name : the cell in words, for people ("one process under fork, start to end of join").
    experiments : ids of the experiments that asked for the cell.
    state : 'done', 'failed', 'timed out', 'skipped', 'left out' or 'outstanding'.
    reason : why it is not done; '' when done.
    rounds : the round of each process.
    process_means : one mean per process (round), in seconds or bytes, in order of rounds; the unit of inference.
    smallest_effect : smallest relative change against an equal cell that the calling rule, tested alone, would see in these
        rounds (80 % power) beyond the noise floor, or None.
    icc : share of the variance that lies between processes, or None.
    outcomes : integer outcomes summed over all processes (never times): name -> count.
    """

    cell: Cell
    name: str
    target: str
    experiments: tuple[str, ...]
    tier: str
    state: str
    reason: str
    loops: int
    average: Estimate
    typical: Estimate
    rounds: tuple[int, ...]
    process_means: tuple[float, ...]
    smallest_effect: float | None
    icc: float | None
    outcomes: Mapping[str, int]

    @property
    def done(self) -> bool:
        """Whether it was measured as planned."""
        return self.state == "done"


def summaries(
    records: Sequence[CellRecord],
    cells: Mapping[tuple[str, str], CellData],
    floors: Mapping[str, Mapping[str, float | None]],
) -> tuple[Summary, ...]:
    """Of every cell, by tier, question's file, target and cell, the noise cells last.

    Parameters
    ----------
    floors : target -> noise class -> relative difference that equal cells show.
    """

    def order(record: CellRecord) -> tuple[bool, int, str, str, str]:
        tier = TIERS.index(record.tier)
        return record.experiment == NOISE, tier, record.experiment, record.target, record.cell

    return tuple(
        _summary(record, cells.get(record.key), floors.get(record.target, {})) for record in sorted(records, key=order)
    )


def _summary(record: CellRecord, data: CellData | None, floors: Mapping[str, float | None]) -> Summary:
    cell, state, reason = cell_of(record.cell), record.state, record.reason
    unit = time_or_size(cell)
    if data is None:
        reason = reason or "the run was stopped before its first round"
        why = f"{state}: {reason}"
        average = typical = absent(unit, why)
    else:
        state = "done" if state == "outstanding" else state
        average, typical = stats.average(data.means, unit), stats.typical(data.means, unit)
    return Summary(
        cell=cell,
        name=cell_name(cell),
        target=record.target,
        experiments=tuple(record.asked_by),
        tier=record.tier,
        state=state,
        reason=reason,
        loops=record.loops,
        average=average,
        typical=typical,
        rounds=() if data is None else tuple(map(int, data.rounds)),
        process_means=() if data is None else tuple(float(mean) for mean in data.means),
        smallest_effect=None
        if data is None
        else stats.smallest_effect(data.means, floor=floors.get(noise_class(cell)) or 0.0),
        icc=None if data is None else stats.icc(data.values),
        outcomes={} if data is None else data.totals,
    )


def time_or_size(cell: Cell) -> Unit:
    """The unit of what is measured of a cell."""
    return "byte" if unit_of(cell) == "byte" else "s"


def absent(unit: Unit, reason: str) -> Estimate:
    """No number, and why."""
    return Estimate(point=None, low=None, high=None, n=0, unit=unit, estimand="average", method="", reason=reason)


def cpus_busy(data: CellData) -> Estimate | None:
    """CPU time ÷ elapsed time, averages of all processes divided; None where it was not counted."""
    counted = _cpu_time(data)
    return None if counted is None else replace(stats.ratio_of_averages_paired(*counted), unit="CPU")


def cpu_seconds(data: CellData) -> CellData | None:
    """The same cell in CPU seconds of all who did the work instead of wall time; None where they were not counted."""
    counted = _cpu_time(data)
    if counted is None:
        return None
    used, elapsed = counted
    return replace(data, values=(data.means * used / elapsed)[:, np.newaxis])


def _cpu_time(data: CellData) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """CPU time and elapsed time of each process; None where one of them did not count both."""
    pairs = [(counted.get("cpu_time_us", 0), counted.get("elapsed_us", 0)) for counted in data.outcomes]
    if not pairs or min(map(min, pairs)) <= 0:
        return None
    used, elapsed = np.array(pairs, dtype=np.float64).T
    return used, elapsed
