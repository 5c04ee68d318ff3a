"""Histories in words: what changed and since when, first; then a line for each kind. Also as Markdown and JSON."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from study.compare.called import Ratio
from study.compare.kinds import KINDS
from study.compare.shown import plain_ratio, ratio_estimate
from study.things import KERNELS
from study.things.kernels import SLEEP
from study.units import brief, count, counted, multiple, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.compare.history import Line, MachineHistory, Stepped
    from study.stats import Step

SCHEMA = 1
ALL = "all cells"
NOT_THERE = "nothing that is stored of the machine or the interpreter changed there"
NONE = (
    "No machine has five comparable runs: finished, whole (ten rounds), undisturbed, of one interpreter, of mostly the same cells"
    " and the same programs. `nox -s runs` lists what there is."
)
NOTHING_ASKED = "--cells and --kind leave no cell that all runs of a machine have."
_BARS = "▁▂▃▄▅▆▇█"
_MOST_BARS = 60


def step_in_words(history: MachineHistory, step: Stepped) -> str:
    """One change of level as a sentence: since when, by how much, in what, and what is known to have changed."""
    if step.whole is not None:
        how = f"take {_step(step.whole)} of the time before, in the middle of {counted(history.cells, 'cell')}"
        odd = [
            f"{KINDS[kind]} {brief(plain_ratio(moved.ratio), 3)}"
            for kind, moved in step.kinds
            if not moved.low <= step.whole.ratio <= moved.high
        ]
        odd += [
            f"{KERNELS[name].words} {brief(plain_ratio(moved.ratio), 3)}{'' if name == SLEEP.name else ' beside the others'}"
            for name, moved in step.kernels
        ]
        how += f" ({', '.join(odd)})" if odd else ""
    else:
        changed = [(KINDS[kind], moved) for kind, moved in step.kinds]
        changed += [
            (f"{KERNELS[name].words}{'' if name == SLEEP.name else ', beside the other cells'}", moved)
            for name, moved in step.kernels
        ]
        how = "take " + ", ".join(f"{_step(moved)} of the time before for {what}" for what, moved in changed)
    facts = "; ".join(fact.words for fact in step.facts)
    why = f"changed there (before / after): {facts}" if facts else NOT_THERE
    return f"Since {step.day} runs of {history.target} on {history.machine} {how}; {why}."


def lines_of(histories: Sequence[MachineHistory], none: str = NONE) -> list[str]:
    """Every history, one after the other; that there is none where there is none."""
    lines: list[str] = []
    for history in histories:
        lines += ["", *_lines(history)] if lines else list(_lines(history))
    return lines or [none]


def markdown_of(histories: Sequence[MachineHistory], none: str = NONE) -> str:
    """The same to be pasted: sentences as text, the strips as code."""
    blocks = []
    for history in histories:
        head, *rest = _lines(history)
        blocks.append(f"### {head}\n\n```text\n" + "\n".join(line.replace("```", "'''") for line in rest) + "\n```")
    return ("\n\n".join(blocks) or none) + "\n"


def json_of(histories: Sequence[MachineHistory]) -> str:
    """All of it, for a program."""
    data = {"schema": SCHEMA, "histories": [_data(history) for history in histories]}
    return json.dumps(data, indent=1, allow_nan=False) + "\n"  # printed: whatever the terminal's encoding


def _lines(history: MachineHistory) -> Iterator[str]:
    first, last = history.ended[0][:10], history.ended[-1][:10]
    beside = f"; {counted(history.left_out, 'other run')} of other programs or few cells" if history.left_out else ""
    runs = counted(len(history.runs), "run")
    when = first if first == last else f"{first} to {last}"
    cells = counted(history.cells, "cell")
    yield f"{history.machine}, {history.target}: {runs}, {when}, {cells} in all of them{beside}"
    for step in history.steps:
        yield step_in_words(history, step)
    if not history.steps:
        yield "No change of level."
    rows = [("", "runs, the oldest first", "now", "unchanged runs lie within"), *(_row(line) for line in history.lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    for change in history.changes:
        facts = "; ".join(fact.words for fact in change.facts)
        yield f"{history.ended[change.at][:10]}, {history.runs[change.at]}: {facts} (before / after)"


def _row(line: Line) -> tuple[str, str, str, str]:
    name = ALL if line.kind is None else KINDS[line.kind]
    band = line.bands[-1] if line.bands else None
    within = "not known" if band is None else f"±{percent(math.sqrt(band.high / band.low) - 1.0)}"
    return (
        f"{name} ({count(line.cells)})",
        _strip(line.levels[-_MOST_BARS:]),
        brief(plain_ratio(line.levels[-1]), 3),
        within,
    )


def _strip(levels: Sequence[float]) -> str:
    """A bar for each run, from the least to the most; of levels within 2 % all alike."""
    low, high = min(levels), max(levels)
    span = max(high - low, 0.02 * low)
    return "".join(_BARS[min(len(_BARS) - 1, int((level - low) / span * len(_BARS)))] for level in levels)


def _step(step: Step) -> str:
    return multiple(ratio_estimate(Ratio(step.ratio, step.low, step.high), 0))


def _data(history: MachineHistory) -> dict[str, Any]:
    return {
        "machine": history.machine,
        "target": history.target,
        "runs": [{"run": run, "ended": ended} for run, ended in zip(history.runs, history.ended, strict=True)],
        "cells": history.cells,
        "left_out": history.left_out,
        "levels": [
            {
                "kind": ALL if line.kind is None else KINDS[line.kind],
                "cells": line.cells,
                "ratios": list(line.levels),
                "bands": [band._asdict() for band in line.bands],
            }
            for line in history.lines
        ],
        "changes": [
            {"at": change.at, "facts": [fact._asdict() for fact in change.facts]} for change in history.changes
        ],
        "steps": [
            {
                "at": step.at,
                "day": step.day,
                "run": history.runs[step.at],
                "all": None if step.whole is None else _numbers(step.whole),
                "kinds": [{"kind": KINDS[kind], **_numbers(moved)} for kind, moved in step.kinds],
                "kernels": [{"kernel": name, **_numbers(moved)} for name, moved in step.kernels],
                "facts": [fact._asdict() for fact in step.facts],
                "words": step_in_words(history, step),
            }
            for step in history.steps
        ],
    }


def _numbers(step: Step) -> dict[str, float | None]:
    return {
        "ratio": step.ratio,
        "low": step.low if math.isfinite(step.low) else None,
        "high": step.high if math.isfinite(step.high) else None,
    }
