"""The summaries of all stored runs, from which any two are set against each other: of a run that was read, from its times."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study import store
from study.evidence.code import codes_of
from study.evidence.light import Light

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.evidence.light import Stored
    from study.evidence.load import Study
    from study.evidence.run import Run

_MOST_KEPT = 2
"""Studies whose summaries are kept: several sections ask."""


@functools.lru_cache(maxsize=_MOST_KEPT)
def summaries_of(study: Study) -> tuple[store.RunSummary, ...]:
    """Of every run: those that the report shows whole in their order, then the others, the newest first.

    One that cannot be summed up is left out, and named.
    """
    whole = {run.name for run in study.runs}
    found: list[store.RunSummary] = []
    for run in study.runs:
        with study.left_out.apart(run.name):
            found.append(summary_of_run(run))
    others: list[store.RunSummary] = []
    for stored in study.sound:
        if stored.name not in whole:
            with study.left_out.apart(stored.name):
                others.append(_summary_of(stored))
    return (*found, *sorted(others, key=lambda summary: (summary.head.ended, summary.name), reverse=True))


def _summary_of(stored: Stored) -> store.RunSummary:
    return stored.summary if isinstance(stored, Light) else store.summary_of(stored.path)


def summary_of_run(run: Run) -> store.RunSummary:
    """What `store.summary_of` gives of its folder, without reading its times once more."""
    bare = store.summarised(run.machine, run.id, run.manifest, ())
    targets = {
        name: replace(
            target, levels=dict(_levels(run, name, {record.key: record.loops for record in run.manifest.cells}))
        )
        for name, target in bare.targets.items()
    }
    return replace(bare, targets=targets, contributed=run.folder.contributed)


def _levels(run: Run, target: str, loops: dict[tuple[str, str], int]) -> Iterator[tuple[str, store.Level]]:
    codes = codes_of(run.manifest)
    for key, data in sorted(run.cells.items(), key=lambda item: item[0]):
        if key[0] == target and bool(np.all(data.means > 0)):
            logs = np.log(data.means)
            variance = float(logs.var(ddof=1)) if logs.size > 1 else None
            yield key[1], store.Level(float(logs.mean()), variance, logs.size, loops.get(key, 0), codes.get(key, ""))
