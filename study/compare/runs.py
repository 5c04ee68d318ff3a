"""What is stored: a line for each run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from study.compare.shelf import labelled
from study.evidence.hardware import cpus_of, machines_of
from study.identity import fingerprint, traits_digest
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.compare.shelf import Shelf
    from study.evidence.hardware import Hardware
    from study.store import RunSummary

SCHEMA = 1
NONE = "No run is stored; `nox -s study` measures one."
_HEAD = ("run", "machine", "interpreters", "ended (UTC)", "rounds", "cells", "what else")


def lines_of(shelf: Shelf) -> list[str]:
    """A line for each run, those of one name together and the oldest first."""
    runs = list(shelf.runs())
    if not runs:
        return [NONE]
    hardware = machines_of(labelled(runs))
    marks, values = _marks(shelf), _values_now(runs)
    rows = [_HEAD, *(_row(run, machine, shelf, marks, values) for run, machine in zip(runs, hardware, strict=True))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def json_of(shelf: Shelf) -> str:
    """The same for a program, and why what cannot be read is not there."""
    runs = list(shelf.runs())
    hardware = machines_of(labelled(runs))
    marks = _marks(shelf)
    data = {
        "schema": SCHEMA,
        "runs": [_data(run, machine, shelf, marks) for run, machine in zip(runs, hardware, strict=True)],
        "left_out": shelf.left_out,
    }
    return json.dumps(data, indent=1, allow_nan=False) + "\n"  # printed: whatever the terminal's encoding


def _marks(shelf: Shelf) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, run in shelf.names.items():
        found.setdefault(run, []).append(name)
    return found


def _values_now(runs: Sequence[RunSummary]) -> int:
    """Values of a process in the newest run that is an own, usual one; of any where there is none."""
    usual = [run for run in runs if not (run.contributed or run.head.simulated or run.head.quick or run.head.is_gate)]
    return max(usual or runs, key=lambda run: run.head.ended).head.values


def _row(
    run: RunSummary, hardware: Hardware, shelf: Shelf, marks: dict[str, list[str]], values: int
) -> tuple[str, ...]:
    """`values` are those of a process of the newest run: what has others cannot be compared with it."""
    head = run.head
    stale = shelf.stale(run)
    said = {
        "not finished": head.state != "finished",
        "a gate": head.is_gate,
        "quick": head.quick,
        "simulated": head.simulated,
        "contributed": run.contributed,
        f"{count(stale)} stale": stale > 0,
        f"{counted(head.values, 'value')} a process": head.values != values,
        f"= {', '.join(marks.get(run.name, []))}": run.name in marks,
    }
    told = cpus_of(hardware.traits) or counted(head.usable_cpus, "usable CPU")
    disturbed = f" ({count(head.disturbed_rounds)} disturbed)" if head.disturbed_rounds else ""
    return (
        run.name,
        told,
        ", ".join(run.targets),
        head.ended.replace("T", " ").removesuffix("Z")[:16],
        f"{count(head.rounds)}{disturbed}",
        count(run.measured),
        ", ".join(words for words, holds in said.items() if holds),
    )


def _data(run: RunSummary, hardware: Hardware, shelf: Shelf, marks: dict[str, list[str]]) -> dict[str, Any]:
    head = run.head
    return {
        "run": run.name,
        "machine": run.machine,
        "hardware": hardware.label,
        "cpus": cpus_of(hardware.traits),
        "fingerprint": traits_digest(fingerprint(head.machine)),
        "interpreters": list(run.targets),
        "started": head.started,
        "ended": head.ended,
        "state": head.state,
        "rounds": head.rounds,
        "disturbed_rounds": head.disturbed_rounds,
        "quick": head.quick,
        "gate": head.is_gate,
        "simulated": head.simulated,
        "contributed": run.contributed,
        "cells": run.measured,
        "stale": shelf.stale(run),
        "values": head.values,
        "marks": list(marks.get(run.name, [])),
    }
