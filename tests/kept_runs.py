"""Whole runs on the disk of a machine that moves as it is told to: many of them, quickly made. Nothing here was measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from study import store
from study.cell import Cell, unit_of
from study.compare.kinds import is_paced, kind_of
from study.store import manifest as manifests
from study.store import summary as summaries
from study.store.files import compress, digest, write_whole
from study.store.suites import suite_text
from tests.builders import EXPERIMENT, manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EPYC: Mapping[str, Any] = {
    "arch": "x86_64",
    "cpu_model": "AMD EPYC",
    "logical_cpus": 2,
    "l3_bytes": 32 << 20,
    "memory_bytes": 24 << 30,
    "kernel": "6.18",
    "governor": "performance",
}
XEON: Mapping[str, Any] = {**EPYC, "cpu_model": "Intel Xeon", "l3_bytes": 480 << 20}
PYTHON = "cpython-3.11.7"
FACTS: Mapping[str, Any] = {
    "version": "3.11.7",
    "compiler": "GCC 12",
    "numpy_version": "2.4.6",
    "pyperf_version": "2.10.0",
}
SOURCE = "0123456789abcdef"
ROUNDS = 10
_VALUES = (0.99, 1.0, 1.01)

_LOOPS = [Cell(pattern="map", kernel=kernel, tasks=4) for kernel in ("fannkuch", "nbody", "sieve")]
_STARTS = [
    Cell(pattern="process_lifecycle", backend="processes", start_method=method, part=part)
    for method in ("fork", "spawn")
    for part in ("start", "first", "join")
]
_THREADS = [Cell(pattern="process_lifecycle", backend="threads", part=part) for part in ("start", "first", "join")]
_POOLS = [
    Cell(pattern="map", kernel=kernel, tasks=4, backend="pool", start_method="fork", workers=2)
    for kernel in ("fannkuch", "nbody", "sieve", "noop")
]
_MESSAGES = [
    Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=size) for size in (64, 65536)
]
CELLS: tuple[Cell, ...] = (*_LOOPS, *_STARTS, *_THREADS, *_POOLS, *_MESSAGES)
UNPACED: tuple[Cell, ...] = (
    Cell(pattern="map", kernel="sleep", tasks=4),
    Cell(pattern="map", kernel="sleep", tasks=4, backend="pool", start_method="fork", workers=2),
    Cell(pattern="memory", backend="processes", start_method="fork", part="uss"),
    Cell(pattern="memory", backend="processes", start_method="spawn", part="uss"),
)
"""Sleeps and sizes, which the pace of no machine moves."""
LEVELS: Mapping[str, float] = {
    "memory": 5e6,
    "loop": 0.02,
    "start": 4e-4,
    "threads": 3e-5,
    "pools": 0.015,
    "messages": 2e-5,
}
"""Seconds, or bytes, of a cell of each kind."""


def kept(
    results: Path,
    machine: str = "laptop",
    number: int = 1,
    *,
    facts: Mapping[str, Any] = EPYC,
    targets: Mapping[str, Mapping[str, Any]] | None = None,
    cells: Sequence[Cell] = CELLS,
    factors: Mapping[str, float] | float = 1.0,
    pace: float = 1.0,
    moves: float = 0.01,
    apart: float = 0.005,
    scatter: float = 0.02,
    rounds: int = ROUNDS,
    disturbed: int = 0,
    source: str = SOURCE,
    loops: int = 4,
    **changes: Any,
) -> store.RunFolder:
    """A finished run, the `number`-th of its machine, a day each.

    Parameters
    ----------
    targets : name -> facts of each interpreter.
    factors : how many times as long everything takes, or each kind or cell (by its text), or each interpreter.
    pace : how many times as long all takes that the pace of the machine moves.
    moves, apart, scatter : standard deviations (relative): of the whole run, of a cell against the others, of a process.
    """
    targets = targets or {PYTHON: FACTS}
    rng = np.random.default_rng([number, len(machine), sum(machine.encode())])
    whole = math.exp(rng.normal(0.0, moves))
    common = {index: math.exp(rng.normal(0.0, scatter / 2.0)) for index in range(rounds)}
    samples: dict[str, list[store.Sample]] = {}
    for target in targets:
        for cell in cells:
            own = pace * whole if is_paced(cell) else 1.0
            level = LEVELS[kind_of(cell)] * own * math.exp(rng.normal(0.0, apart)) * _factor(factors, cell, target)
            for index in range(rounds):
                mean = level * common[index] * math.exp(rng.normal(0.0, scatter))
                samples.setdefault(f"q5.{target}.json.gz", []).append(_sample(cell, target, index, mean))
    day = f"2026-{1 + (number - 1) // 28:02d}-{1 + (number - 1) % 28:02d}"
    path = results / machine / f"{day.replace('-', '')}t120000z-{number:08x}"
    files = {}
    for name, found in samples.items():
        text = suite_text(found)
        files[name] = digest(text)
        write_whole(path / name, compress(text))
    fields: dict[str, Any] = {
        "state": "finished",
        "simulated": False,
        "started": f"{day}T11:00:00Z",
        "finished": f"{day}T12:00:00Z",
        "digests": {"core": SOURCE, "lock": "c0ffee"},
        "machine": dict(facts),
        "config": {"q5": EXPERIMENT},
        "targets": [store.TargetRecord(name=name, facts=dict(known)) for name, known in targets.items()],
        "curves": [],
        "rounds": [
            store.RoundRecord(index=index, attempt=0, order=[], elapsed_s=1.0, disturbed=["load"] * (index < disturbed))
            for index in range(rounds)
        ],
        "files": files,
    }
    made = manifest((), **(fields | changes))
    made.cells = _records(targets, cells, loops, source)
    data = manifests.encode(made, "a made-up run")
    write_whole(path / "manifest.json", data)
    summaries.save(path, made, data, [sample for found in samples.values() for sample in found])
    return store.RunFolder.open(path)


def several(results: Path, count: int, machine: str = "laptop", begin: int = 1, **known: Any) -> list[store.RunFolder]:
    """Runs of one machine, a day each."""
    return [kept(results, machine, number, **known) for number in range(begin, begin + count)]


def _factor(factors: Mapping[str, float] | float, cell: Cell, target: str) -> float:
    if isinstance(factors, float | int):
        return float(factors)
    return math.prod(factors.get(name, 1.0) for name in (kind_of(cell), cell.text, target))


def _sample(cell: Cell, target: str, index: int, mean: float) -> store.Sample:
    return store.Sample(
        cell=cell,
        target=target,
        round_index=index,
        attempt=0,
        values=tuple(mean * value for value in _VALUES),
        warmups=(),
        metadata={"name": cell.text, "unit": unit_of(cell), "loops": 4},
    )


def _records(
    targets: Mapping[str, Mapping[str, Any]], cells: Sequence[Cell], loops: int, source: str
) -> list[store.CellRecord]:
    return [
        store.CellRecord(
            cell=cell.text, curve=-1, experiment="q5", asked_by=["q5"], tier="headline", target=target, state="done",
            loops=loops, digest=source,
        )
        for target in targets
        for cell in cells
    ]  # fmt: skip
