"""Cells that nobody measured, and the figures that the topics make of them."""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from study.cell import Cell
from study.table import CellData
from tests.made_up_run import evidence
from tests.synthetic_study import CALM, TARGET, run

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import Evidence

CAPACITY = Cell(pattern="capacity", kernel="fannkuch", backend="processes", start_method="fork", tasks=4, part="busy")
PING = Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=64)
CHILD = Cell(pattern="copy_on_write", backend="processes", start_method="fork", parent_bytes=1 << 26, part="dirtied")
FANNKUCH = Cell(pattern="map", kernel="fannkuch", tasks=4)
EMPTY = Cell(pattern="map", backend="pool", start_method="fork", workers=2, tasks=512)
CARRYING = Cell(
    pattern="payload_map", backend="pool", start_method="fork", workers=2, tasks=40, chunksize=1, payload_bytes=1 << 20
)

ROUNDS = 10
TOPICS = (
    "start",
    "dispatch",
    "grain",
    "messages",
    "scaling",
    "memory",
    "workers",
    "sharing",
    "steady",
    "length",
    "payload",
)
MODULES = [import_module(f"study.sections.questions.{name}") for name in TOPICS]


def measured(cell: Cell, average: float, *, values: int = 3, rounds: int = ROUNDS, **outcomes: int) -> CellData:
    """A cell whose process means scatter a little around `average`."""
    seed = zlib.crc32(cell.text.encode())
    scatter = np.random.default_rng(seed).normal(1.0, 0.01, size=(rounds, values))
    return CellData(
        cell=cell,
        target=TARGET,
        rounds=np.arange(rounds),
        values=average * scatter,
        outcomes=tuple(outcomes for _ in range(rounds)),
        injected_ppm=None,
    )


def whole(usable_cpus: int, foreign_cpus: float = CALM) -> Evidence:
    """A study of all experiments by the simulated law."""
    return run(usable_cpus, foreign_cpus).of(TARGET)


def panels_of(seen: Evidence) -> list[Panel]:
    """Every figure of every topic."""
    return [panel for module in MODULES for panel in module.panels(seen)]


def panel(identity: str, *cells: CellData, usable_cpus: int = 2) -> Panel:
    by_id = {made.id: made for made in panels_of(evidence(*cells, usable_cpus=usable_cpus))}
    return by_id[identity]


def points_of(found: Panel) -> dict[tuple[str, ...], float | None]:
    return {point.names: point.estimate.point for point in found.points}
