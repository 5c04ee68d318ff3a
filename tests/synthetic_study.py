"""Whole studies that nobody measured: every cell of the real experiments by the simulated law, analysed as a run is."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec
import numpy as np

from study import config, store
from study.cell import Cell
from study.evidence import run_of
from study.lab.simulate import outcomes
from study.lab.simulate.law import INJECTED_RATIO, Law, true_time_s
from study.plan import expand
from study.things import PEERS
from study.things.variants import COLD, EVENTS
from tests.builders import manifest
from tests.configs import EVERYTHING
from tests.made import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.evidence import Run
    from study.plan import Curve

ROOT = Path(__file__).parent.parent
TARGET = "one"
ROUNDS = 10
CALM, LOAD = 0.01, 1.69
"""CPUs that others take while nothing else is to do, and far too many."""
SAID = "others took 1.69 CPUs on average meanwhile"
"""What is said of such a load wherever it leaves something open."""
FACTS = {
    "version": "3.14.8",
    "default_start_method": "forkserver",
    "has_interpreters": True,
    "peers": dict.fromkeys(PEERS, "1.0"),
}


@functools.cache
def run(
    usable_cpus: int = 2, foreign_cpus: float | None = CALM, only: str = "", threads_per_core: int | None = 1
) -> Run:
    """A finished run on so many CPUs, of which others took so many; `only` these experiments, by prefix."""
    return run_of(folder(usable_cpus, foreign_cpus, only, threads_per_core))


def folder(
    usable_cpus: int, foreign_cpus: float | None, only: str = "", threads_per_core: int | None = 1
) -> store.RunFolder:
    """A run folder that lies nowhere."""
    texts = config.read_texts(ROOT / "experiments")
    view = replace(EVERYTHING, name=TARGET)
    expansion = expand(config.experiments_in(texts), usable_cpus, [view])
    curves = [curve for curve in expansion.curves if curve.experiment.startswith((only, "noise"))]
    samples = [sample for curve in curves for cell in curve.cells for sample in _samples(cell, usable_cpus)]
    made = msgspec.structs.replace(
        manifest(()),
        state="finished",
        simulated=False,
        usable_cpus=usable_cpus,
        machine={"usable_cpus": usable_cpus, "threads_per_core": threads_per_core},
        targets=[store.TargetRecord(name=TARGET, facts=FACTS)],
        config=texts,
        cells=[_record(curve, index, cell) for index, curve in enumerate(curves) for cell in curve.cells],
        rounds=[
            store.RoundRecord(index=index, attempt=0, order=[], elapsed_s=1.0, foreign_cpus=foreign_cpus)
            for index in range(ROUNDS)
        ],
    )
    made_up = Made(machine="m", id="r", name="m/r", contributed=False, manifest=made, load=lambda: samples)
    return cast("store.RunFolder", made_up)


def with_cells(one: store.RunFolder, cells: int) -> store.RunFolder:
    """The same run with so many cells: loops of more and more iterations besides those of the real experiments."""
    last = one.manifest.cells[-1]
    more = [
        Cell(pattern="map", kernel="spin", tasks=3, spins=1_000 + number)
        for number in range(cells - len(one.manifest.cells))
    ]
    records = [msgspec.structs.replace(last, cell=cell.text) for cell in more]
    samples = [*one.load(), *(sample for cell in more for sample in _samples(cell, one.manifest.usable_cpus))]
    made = msgspec.structs.replace(one.manifest, cells=[*one.manifest.cells, *records])
    return cast("store.RunFolder", Made(**{**vars(one), "manifest": made, "load": lambda: samples}))


def with_targets(one: store.RunFolder, targets: Mapping[str, Mapping[str, Any]]) -> store.RunFolder:
    """The same run on several interpreters, by name and facts: all have the same cells, each takes 3 % longer than the last."""
    records = [store.TargetRecord(name=name, facts={**FACTS, **facts}) for name, facts in targets.items()]
    cells = [msgspec.structs.replace(record, target=name) for name in targets for record in one.manifest.cells]
    samples = [
        SimpleNamespace(**{**vars(sample), "target": name, "values": [1.03**number * value for value in sample.values]})
        for number, name in enumerate(targets)
        for sample in cast("list[Any]", one.load())
    ]
    made = msgspec.structs.replace(one.manifest, targets=records, cells=cells)
    return cast("store.RunFolder", Made(**{**vars(one), "manifest": made, "load": lambda: samples}))


def _record(curve: Curve, index: int, cell: Cell) -> store.CellRecord:
    return store.CellRecord(
        cell=cell.text, curve=index, experiment=curve.experiment, asked_by=[curve.experiment], tier=curve.tier,
        target=TARGET, state="done", loops=4,
    )  # fmt: skip


def _samples(cell: Cell, usable_cpus: int) -> list[Any]:
    seed = int.from_bytes(hashlib.sha256(cell.text.encode()).digest()[:8], "big")
    rng = np.random.default_rng(seed)
    law = Law(cpus=usable_cpus)
    mean = true_time_s(cell, law)
    metadata = {"injected_ppm": round(INJECTED_RATIO * 1e6)} if cell.label == "injected" else {}
    found = []
    for index in range(ROUNDS):
        values = (
            mean
            * rng.normal(1.0, 0.01)
            * rng.normal(1.0, 0.002, size=60 if cell.variant in {COLD.name, EVENTS.name} else 3)
        )
        counted = outcomes.draw(cell, law, 12, float(values.sum()) * 4, rng)
        found.append(
            SimpleNamespace(
                target=TARGET, cell=cell, name=cell.text, round_index=index, attempt=0, values=values.tolist(),
                outcomes=counted, metadata=metadata,
            )
        )  # fmt: skip
    return found
