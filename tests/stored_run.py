"""Runs on the disk whose every value was chosen: written through the store, read by the command. Nothing here was measured."""

from __future__ import annotations

import contextlib
import functools
import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from study import cli, config, store
from study.cell import unit_of
from study.draw import draw_for_screen
from study.identity import Sources
from study.plan import TargetView, expand
from study.report import pictures
from tests.builders import manifest, process, round_end
from tests.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from study.cell import Cell
    from study.plan import Curve, Expansion

ROOT = Path(__file__).parent.parent
PRESENT = Sources(ROOT)
TARGET = "cpython-3.14"
CPUS = 4
FACTS: Mapping[str, Any] = {"version": "3.14.1", "default_start_method": "forkserver", "gil_enabled": True}
WITHIN = (0.99, 1.002, 1.008)
"""The values of one process, as shares of its mean."""
LOOPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured of one cell.

    Attributes
    ----------
    means : the mean of the process of each round, seconds or bytes; None where the round has no process of the cell.
    outcomes : integer outcomes of the process of each round; empty for none.
    metadata : further metadata of every process.
    """

    means: tuple[float | None, ...]
    outcomes: tuple[Mapping[str, int], ...] = ()
    metadata: Mapping[str, int] = field(default_factory=dict)

    def of(self, index: int) -> dict[str, Any]:
        """The metadata of the process of one round."""
        counted = self.outcomes[index] if self.outcomes else {}
        return {**self.metadata, **{f"outcome_{name}": value for name, value in counted.items()}}

    def times(self, *factors: float) -> Measured:
        """Every mean times the factor, or each times that of its round."""
        each = factors if len(factors) > 1 else factors * len(self.means)
        means = (None if mean is None else mean * float(factor) for mean, factor in zip(self.means, each, strict=True))
        return replace(self, means=tuple(means))


def store_run(
    results: Path,
    texts: Mapping[str, str],
    measured: Callable[[str, Cell], Measured | None],
    *,
    machine: str = "host",
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    finished: bool = True,
    disturbed: Sequence[int] = (),
    foreign_cpus: float | None = 0.01,
    digest: str = "",
    **changes: Any,
) -> Path:
    """Write a run into `results` and return its folder.

    Parameters
    ----------
    texts : experiment id -> TOML; under 'claims' the claims.
    measured : what was measured of a cell on a target; None where it is 'left out'.
    facts : of each interpreter under study, by name.
    finished : whether its journal became suites.
    disturbed : the rounds that stayed disturbed.
    digest : of the source that measured each cell; '' for the present one.
    changes : fields of the manifest that are other than usual.
    """
    facts = facts or {TARGET: FACTS}
    cpus = int(changes.pop("usable_cpus", CPUS))
    views = [TargetView.of(name, known, "Linux") for name, known in facts.items()]
    expansion = expand(config.experiments_in(texts), cpus, views)
    known = {(curve.target, cell): measured(curve.target, cell) for curve in expansion.curves for cell in curve.cells}
    rounds = max(len(found.means) for found in known.values() if found is not None)
    fields: dict[str, Any] = {
        "digest": "f" * 16,
        "digests": {"core": PRESENT.core, "lock": "l"},
        "simulated": False,
        "finished": "2026-01-01T01:00:00Z" if finished else "",
        "usable_cpus": cpus,
        "machine": {"usable_cpus": cpus, "threads_per_core": 1, "cpu_model": "a processor"},
        "targets": [store.TargetRecord(name=name, facts=dict(known)) for name, known in facts.items()],
        "config": dict(texts),
        "curves": [_curve(curve) for curve in expansion.curves],
        "cells": _cells(expansion, known, digest),
        "rounds": [
            store.RoundRecord(
                index=index, attempt=0, order=[], elapsed_s=1.0, foreign_cpus=foreign_cpus,
                disturbed=["somebody else was there"] if index in disturbed else [],
            )
            for index in range(rounds)
        ],
    }  # fmt: skip
    made = msgspec.structs.replace(manifest(()), **(fields | changes))
    folder = store.RunFolder.create(results, machine, made)
    journal = folder.journal()
    for index in range(len(folder.manifest.rounds)):
        for number, curve in enumerate(expansion.curves):
            suite = _suite(curve, index, known)
            if suite["benchmarks"]:
                journal.append(process(number, index, suite))
        ended = folder.manifest.rounds[index]
        journal.append(round_end(index, disturbed=ended.disturbed, foreign_cpus=ended.foreign_cpus))
    folder.finish() if finished else folder.save()
    return folder.path


def _curve(curve: Curve) -> store.CurveRecord:
    return store.CurveRecord(
        id=curve.id, experiment=curve.experiment, question=curve.question, tier=curve.tier, target=curve.target,
        cells=[cell.text for cell in curve.cells], loops={point.text: LOOPS for point in curve.points}, process_s=0.5,
    )  # fmt: skip


def _cells(
    expansion: Expansion, known: Mapping[tuple[str, Cell], Measured | None], digest: str
) -> list[store.CellRecord]:
    return [
        store.CellRecord(
            cell=cell.text, curve=index, experiment=curve.experiment,
            asked_by=list(expansion.asked_by[curve.target, cell.text]), tier=curve.tier, target=curve.target,
            state="done" if known[curve.target, cell] else "left out",
            reason="" if known[curve.target, cell] else "the budget did not reach it", loops=LOOPS,
            digest=digest or PRESENT.digest(cell),
        )
        for index, curve in enumerate(expansion.curves)
        for cell in curve.cells
    ]  # fmt: skip


def _suite(curve: Curve, index: int, known: Mapping[tuple[str, Cell], Measured | None]) -> dict[str, Any]:
    """The pyperf suite of one process of a curve."""
    benchmarks = []
    for cell in curve.cells:
        found = known[curve.target, cell]
        mean = None if found is None else found.means[index]
        if found is None or mean is None:
            continue
        values = [mean * share for share in WITHIN]
        run = {"metadata": found.of(index), "values": values, "warmups": [[LOOPS, 2.0 * mean]]}
        named = {"name": cell.text, "loops": LOOPS, "unit": unit_of(cell)}
        benchmarks.append({"metadata": named, "runs": [run]})
    return {"version": "1.0", "metadata": {"python_version": "3.14.1"}, "benchmarks": benchmarks}


def reported(results: Path, out: Path, *options: str) -> Page:
    """The page that `study report` makes of these results; its marks say what they are of, which those of a lean page do not."""
    told = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(told),
    ):
        patch.setattr(pictures, "draw_for_screen", functools.partial(draw_for_screen, lean=False))
        code = cli.main(["report", "--results", str(results), "--out", str(out), *options])
    assert code == 0, told.getvalue()
    return Page(out)
