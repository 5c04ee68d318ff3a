"""Synthetic runs for tests. Nothing here was measured; every time in it is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import store
from study.cell import Cell
from tests.configs import experiment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOOP = Cell(pattern="map", kernel="square", tasks=5)
EXPERIMENT = experiment('pattern = "map"\nkernel = "square"\ntasks = 5')
POOL = Cell(pattern="pool_lifecycle", kernel="square", backend="pool", start_method="fork", workers=2, tasks=5)


def suite(cell: Cell, values: Sequence[float], **metadata: Any) -> dict[str, Any]:
    """A pyperf suite of one cell and one run, as the bench writes it."""
    return {
        "version": "1.0",
        "metadata": {"unit": "second", "python_version": "3.0.0"},
        "benchmarks": [
            {
                "metadata": {"name": cell.text, "loops": 4},
                "runs": [{"metadata": metadata, "values": list(values), "warmups": [[4, 1.0]]}],
            }
        ],
    }


def manifest(cells: Sequence[Cell] = (LOOP,), **changes: Any) -> store.Manifest:
    """The manifest of a made-up run of these cells, a curve each."""
    fields: dict[str, Any] = {
        "schema": 1,
        "state": "measuring",
        "study_version": "0",
        "commit": "",
        "dirty": True,
        "digest": "0123456789abcdef",
        "digests": {"bench": "b"},
        "started": "2026-01-01T00:00:00Z",
        "simulated": True,
        "quick": False,
        "budget_s": 600.0,
        "seed": 1,
        "rounds_planned": 10,
        "values": 3,
        "warmups": 1,
        "min_time_s": 0.08,
        "usable_cpus": 2,
        "machine": {"simulated": True},
        "targets": [store.TargetRecord(name="one", facts={"version": "3.0.0"})],
        "config": {"q5": EXPERIMENT},
        "curves": [
            store.CurveRecord(
                id=f"{cell.text} @ one", experiment="q5", question="Q5", tier="headline", target="one",
                cells=[cell.text], loops={cell.point.text: 4}, process_s=0.5,
            )
            for cell in cells
        ],
        "cells": [
            store.CellRecord(
                cell=cell.text, curve=index, experiment="q5", asked_by=["q5"], tier="headline", target="one",
                state="outstanding", loops=4,
            )
            for index, cell in enumerate(cells)
        ],
    }  # fmt: skip
    return store.Manifest(**(fields | changes))


def process(curve: int, index: int, found: dict[str, Any] | None, *, attempt: int = 0) -> dict[str, Any]:
    """A journal line of one process."""
    return {
        "kind": "process",
        "curve": curve,
        "round": index,
        "attempt": attempt,
        "state": "failed" if found is None else "ok",
        "reason": "exit code 1" if found is None else "",
        "last_lines": "",
        "elapsed_s": 0.5,
        "spent_s": 1.0,
        "meanwhile": {},
        "leftovers": [],
        "suite": found,
        "timing": None,
    }


def round_end(
    index: int, *, attempt: int = 0, disturbed: Sequence[str] = (), foreign_cpus: float | None = None
) -> dict[str, Any]:
    """A journal line of a round's end."""
    return {
        "kind": "round",
        "round": index,
        "attempt": attempt,
        "disturbed": list(disturbed),
        "elapsed_s": 1.0,
        "spent_s": 1.0,
        "order": [0],
        "foreign_cpus": foreign_cpus,
    }


def run_folder(results: Path, cells: Sequence[Cell] = (LOOP,), *, rounds: int = 2) -> store.RunFolder:
    """A run that is being measured, with `rounds` complete rounds in its journal."""
    folder = store.RunFolder.create(results, "machine", manifest(cells))
    journal = folder.journal()
    for index in range(rounds):
        for number, cell in enumerate(cells):
            journal.append(process(number, index, suite(cell, [1.0 + index, 1.5, 2.0])))
        journal.append(round_end(index))
        folder.manifest.rounds.append(store.RoundRecord(index=index, attempt=0, order=[], elapsed_s=1.0))
    return folder
