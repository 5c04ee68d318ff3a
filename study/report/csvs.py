"""The numbers behind the report as CSV files: every run, every cell, every process."""

from __future__ import annotations

import csv
import functools
import io
import re
import sys
from typing import TYPE_CHECKING
from unicodedata import category

from study.figures import Drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.findings import Estimate, Findings, RunFindings

Value = str | float | int | bool | None
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"
"""What a spreadsheet takes for the beginning of a formula, wide and small forms among them."""


@functools.cache
def _begins() -> re.Pattern[str]:
    """Where a cell begins or could, with the sign of a formula if one stands there.

    A spreadsheet may split at any of these, whatever the quotes say, passes over blanks, and takes the wide signs of East
    Asian keyboards for the narrow ones. Blanks are all that Unicode calls a space, a control or a format character.
    """
    unseen = (chr(code) for code in range(sys.maxunicode + 1) if category(chr(code)) in {"Cc", "Cf", "Zs", "Zl", "Zp"})
    blanks = "".join(map(re.escape, unseen))
    return re.compile(rf"""((?:\A|[,;\t\n\v\f\r\x85\u2028\u2029])[{blanks}",;]*+)([{_SIGNS}]?)""")


_ENDS = ("", "_low", "_high", "_n", "_unit", "_reason")


def files(findings: Findings, drawings: Iterable[object]) -> dict[str, tuple[str, str]]:
    """File name -> (what is in it, its text)."""
    tables: dict[str, tuple[str, list[dict[str, Value]]]] = {
        "cells.csv": ("every cell of every run", [row for run in findings.runs for row in _cells(run)]),
        "process-means.csv": (
            "the mean of every process of every cell",
            [row for run in findings.runs for row in _means(run)],
        ),
        "verdicts.csv": ("every verdict", [row for run in findings.runs for row in _verdicts(run)]),
        "scaling.csv": ("speedup, efficiency and Karp–Flatt", [row for run in findings.runs for row in _scaling(run)]),
        "break-even.csv": ("break-even grains", [row for run in findings.runs for row in _break_even(run)]),
        "orders.csv": ("the orders of the printed lines", [row for run in findings.runs for row in _orders(run)]),
        "noise.csv": ("A/A pairs and injected effects", [row for run in findings.runs for row in _noise(run)]),
        "allocation.csv": ("variance by class of cell", [row for run in findings.runs for row in _allocation(run)]),
        "checks.csv": ("every check", [row for run in findings.runs for row in _checks(run)]),
    }
    for one in drawings:
        if isinstance(one, Drawn):
            tables[f"figure-{one.id}.csv"] = (f"the numbers of the figure {one.id}", _figure(one))
    return {name: (about, text_of(rows)) for name, (about, rows) in tables.items()}


def text_of(rows: Sequence[Mapping[str, Value]]) -> str:
    """The rows as CSV; a text of which a spreadsheet would compute a piece has an apostrophe before that."""
    buffer = io.StringIO()
    if rows:
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(map(_guarded, rows[0]))
        writer.writerows([_guarded(row[name]) for name in rows[0]] for row in rows)
    return buffer.getvalue()


def _guarded(value: Value) -> Value:
    if value is None:
        return ""
    if isinstance(value, str):
        return _begins().sub(lambda found: f"{found[1]}'{found[2]}" if found[2] else found[1], value)
    return repr(value) if isinstance(value, float) else value


def _estimate(name: str, one: Estimate | None) -> dict[str, Value]:
    values = (one.point, one.low, one.high, one.n, one.unit, one.reason) if one else (None,) * len(_ENDS)
    return {f"{name}{end}": value for end, value in zip(_ENDS, values, strict=True)}


def _run(run: RunFindings) -> dict[str, Value]:
    return {"machine": run.machine, "run": run.run_id, "simulated": run.simulated}


def _cells(run: RunFindings) -> list[dict[str, Value]]:
    return [
        {
            **_run(run),
            "target": one.target,
            "cell": one.cell.text,
            "name": one.name,
            "experiments": " ".join(one.experiments),
            "tier": one.tier,
            "state": one.state,
            "reason": one.reason,
            "loops": one.loops,
            "processes": len(one.process_means_s),
            **_estimate("average", one.average),
            **_estimate("typical", one.typical),
            "smallest_effect": one.smallest_effect,
            "icc": one.icc,
            "outcomes": " ".join(f"{name}={value}" for name, value in one.outcomes.items()),
        }
        for one in run.cells
    ]


def _means(run: RunFindings) -> list[dict[str, Value]]:
    return [
        {**_run(run), "target": one.target, "cell": one.cell.text, "process": index, "mean_s": mean_s}
        for one in run.cells
        for index, mean_s in enumerate(one.process_means_s)
    ]


def _verdicts(run: RunFindings) -> list[dict[str, Value]]:
    return [
        {
            **_run(run),
            "target": one.target,
            "question": one.question,
            "claim": one.claim,
            "headline": one.headline,
            "decision": one.decision,
            "statement": one.statement,
            "sentence": one.sentence,
            "strength": one.strength,
            **_estimate("average", one.average),
            **_estimate("typical", one.typical),
            "cells": " | ".join(one.cells),
        }
        for one in run.verdicts
    ]


def _scaling(run: RunFindings) -> list[dict[str, Value]]:
    return [
        {
            **_run(run),
            "target": one.target,
            "kernel": one.kernel,
            "backend": one.backend,
            "start_method": one.start_method,
            "workers": one.workers,
            "oversubscribed": one.oversubscribed,
            **_estimate("base", one.base_s),
            **_estimate("elapsed", one.elapsed_s),
            **_estimate("speedup", one.speedup),
            **_estimate("efficiency", one.efficiency),
            **_estimate("karp_flatt", one.karp_flatt),
            **_estimate("capacity", one.capacity),
        }
        for one in run.scaling
    ]


def _break_even(run: RunFindings) -> list[dict[str, Value]]:
    return [
        {
            **_run(run),
            "target": one.target,
            "name": one.name,
            "tasks": one.tasks,
            "workers": one.workers,
            **_estimate("grain", one.grain_s),
            "assumption": one.assumption,
        }
        for one in run.break_even
    ]


def _orders(run: RunFindings) -> list[dict[str, Value]]:
    return [
        {
            **_run(run),
            "target": one.target,
            "name": one.name,
            "start_method": one.start_method,
            "variant": one.variant,
            "trials": one.trials,
            "order": seen.order,
            "times": seen.times,
            **_estimate("share", seen.share),
        }
        for one in run.orders
        for seen in one.orders
    ]


def _noise(run: RunFindings) -> list[dict[str, Value]]:
    return [
        {
            **_run(run),
            "target": one.target,
            "name": one.name,
            "class": one.noise_class,
            "kind": one.kind,
            **_estimate("ratio", one.ratio),
            "expected": one.expected,
            "recovered": one.recovered,
        }
        for one in run.noise
    ]


def _allocation(run: RunFindings) -> list[dict[str, Value]]:
    return [
        {
            **_run(run),
            "target": one.target,
            "class": one.noise_class,
            "cells": one.cells,
            "between_share": one.between_share,
            "optimal_values": one.optimal_values,
            "relative_efficiency": one.relative_efficiency,
            "reason": one.reason,
        }
        for one in run.allocation
    ]


def _checks(run: RunFindings) -> list[dict[str, Value]]:
    return [
        {
            **_run(run),
            "check": one.name,
            "passed": one.passed,
            "message": one.message,
            "threshold": one.threshold,
            "source": one.source,
            "remedy": one.remedy,
        }
        for one in run.checks
    ]


def _figure(figure: Drawn) -> list[dict[str, Value]]:
    return [
        {
            **dict(zip(figure.heads, datum.names, strict=True)),
            "point": datum.point,
            "low": datum.low,
            "high": datum.high,
            "n": datum.n,
            "unit": datum.unit,
        }
        for datum in figure.data
    ]
