"""Runs of a few cells with chosen process means, as sections see them. Every number here is made up."""

from __future__ import annotations

import zlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec
import numpy as np

from study import store
from study.evidence import Evidence, Run
from study.evidence.coverage import Coverage
from study.table import CellData
from tests.builders import manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.cell import Cell

TARGET = "one"
SCATTER = np.array([1.02, 0.97, 1.05, 0.99, 0.96, 1.01, 1.03, 0.98])
"""What process means scatter by, each cell in another order; no two are alike, and their mean is not 1."""


def measured(
    cell: Cell,
    means: float | Sequence[float],
    *,
    rounds: Sequence[int] | None = None,
    outcomes: Sequence[Mapping[str, int]] = (),
    injected_ppm: int | None = None,
    target: str = TARGET,
) -> CellData:
    """A cell with these means of its processes, or with means that scatter about one number; three values each."""
    scatter = np.roll(SCATTER, zlib.crc32(cell.text.encode()) % len(SCATTER))
    array = np.array(means) if not isinstance(means, float) else means * scatter
    return CellData(
        cell=cell,
        target=target,
        rounds=np.array(range(len(array)) if rounds is None else rounds),
        values=array[:, np.newaxis] * np.array([0.9, 1.0, 1.1]),
        outcomes=tuple(outcomes) or tuple({} for _ in array),
        injected_ppm=injected_ppm,
    )


def run(
    cells: Iterable[CellData],
    /,  # a manifest has a field of that name
    *,
    question: str = "",
    usable_cpus: int = 2,
    foreign_cpus: float | None = None,
    **changes: Any,
) -> Run:
    """A finished run of these cells, which the experiments of that question asked for."""
    known = {(data.target, data.cell.text): data for data in cells}
    targets = list(dict.fromkeys(target for target, _ in known)) or [TARGET]
    return Run(
        folder=cast("store.RunFolder", SimpleNamespace(machine="m", id="r", name="m/r", contributed=False)),
        manifest=msgspec.structs.replace(
            manifest(()),
            **{
                "state": "finished",
                "usable_cpus": usable_cpus,
                "targets": [store.TargetRecord(name=name, facts={}) for name in targets],
                **changes,
            },
        ),
        stale=frozenset(),
        cells=known,
        missing={},
        summaries=(),
        asked_by={key: frozenset({question} - {""}) for key in known},
        claims=(),
        experiments=(),
        rounds=len(SCATTER),
        disturbed_rounds=0,
        foreign_cpus=foreign_cpus,
        coverage=Coverage(measured=len(known), asked=len(known), which=""),
        floors={name: {} for name in targets},
    )


def evidence(*cells: CellData, question: str = "", usable_cpus: int = 2, foreign_cpus: float | None = None) -> Evidence:
    """What the first target of such a run shows."""
    made = run(cells, question=question, usable_cpus=usable_cpus, foreign_cpus=foreign_cpus)
    return made.of(made.targets[0])
