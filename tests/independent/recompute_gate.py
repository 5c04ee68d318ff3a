"""recompute_gate.py RUN JSON: what a gate decided, made again from its stored suites by other code.

RUN is the folder of the gate's run, JSON what `--json` wrote. It shares nothing with the study: suites and manifest are read as
JSON, the looks are walked through one by one with scipy's t tests, Holm's correction and two one-sided tests. Prints how many
numbers and words are equal, and those that differ by more than a relative 1e-9; ends with 1 where one does.
"""

from __future__ import annotations

import gzip
import json
import math
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

TOLERANCE = 1e-9
LEVEL, FEWEST = 0.05, 5
POWER = 0.8
LOOKS = (10, 20, 40, 80, 160)
SHARE = 1 / len(LOOKS)
"""Of the error that each look may spend."""
Times = dict[str, dict[str, dict[int, float]]]


def main(folder: Path, path: Path) -> int:
    """Hold every number of the JSON against one made again; 1 where one differs."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    printed = json.loads(path.read_text(encoding="utf-8"))
    made = decide(manifest, times_of(folder, manifest))
    equal, different = 0, []
    for key, value in made.items():
        if key == "cells":
            continue
        if printed[key] == value:
            equal += 1
        else:
            different.append(f"{key}: printed {printed[key]}, made again {value}")
    if [cell["cell"] for cell in printed["cells"]] != list(made["cells"]):
        different.append("other cells, or in another order")
    for cell in printed["cells"]:
        for name, value in made["cells"].get(cell["cell"], {}).items():
            if same(cell[name], value):
                equal += 1
            else:
                different.append(f"{cell['cell']}: {name}: printed {cell[name]}, made again {value}")
    print(f"{equal} of the gate's numbers and words are equal, {len(different)} differ")
    for line in different:
        print(line)
    return 1 if different or not equal else 0


def same(printed: Any, made: Any) -> bool:
    """Whether both are one word, nothing, or numbers that are close."""
    if isinstance(printed, float) and isinstance(made, int | float):
        return math.isclose(printed, made, rel_tol=TOLERANCE, abs_tol=1e-12)
    return bool(printed == made)


def times_of(folder: Path, manifest: Any) -> Times:
    """Target -> cell -> round -> mean of the values of its process."""
    found: Times = defaultdict(lambda: defaultdict(dict))
    for name in manifest["files"]:
        if name.startswith("invalid"):
            continue
        suite = json.loads(gzip.decompress((folder / name).read_bytes()))
        for benchmark in suite["benchmarks"]:
            for run in benchmark["runs"]:
                known = {**suite.get("metadata", {}), **benchmark.get("metadata", {}), **run.get("metadata", {})}
                mean = math.fsum(run["values"]) / len(run["values"])
                found[known["study_target"]][known["name"]][known["study_round"]] = mean
    return found


def decide(manifest: Any, times: Times) -> dict[str, Any]:
    """Walk through the looks."""
    gate = manifest["gate"]
    base, head, again = (times[gate[arm]] for arm in ("base", "head", "again"))
    cells = [
        text for curve in manifest["curves"] if curve["target"] == gate["base"] for text in curve["cells"]
        if text in base and text in head
    ]  # fmt: skip
    cells = [
        record["cell"] for record in manifest["cells"] if record["target"] == gate["base"] and record["cell"] in cells
    ]
    held = 1 + max((record["index"] for record in manifest["rounds"]), default=-1)
    ends = [look for look in LOOKS if look <= held]
    if len(ends) < len(LOOKS) and held > max(ends, default=0):
        ends.append(held)
    smallest = dict.fromkeys(cells, 1.0)
    found: dict[str, dict[str, Any]] = {cell: {"word": "not decided"} for cell in cells}
    settled: set[str] = set()
    for number, end in enumerate(ends):
        still = [cell for cell in cells if cell not in settled]
        of_cell = {cell: pairs(base[cell], head[cell], end) for cell in still}
        for cell, (first, second) in of_cell.items():
            if found[cell]["word"] == "not decided" and len(first) >= FEWEST:
                p = float(stats.ttest_1samp(np.log(second / first), 0.0).pvalue)
                smallest[cell] = min(smallest[cell], p / SHARE)
        adjusted = holm(smallest)
        for cell, (first, second) in of_cell.items():
            told = look(first, second, number, len(cells), adjusted[cell], gate["same"])
            word = told["word"] if found[cell]["word"] == "not decided" else found[cell]["word"]
            found[cell] = told | {"word": word}
            beside = told["low"] is not None and not told["low"] <= 1 + gate["limit"] <= told["high"]
            if word in {"the same", "faster"} or (word == "slower" and beside):
                settled.add(cell)
    adjusted = holm(smallest)
    for cell in cells:
        found[cell]["p"] = adjusted[cell]
    equal = {cell: pairs(base[cell], again[cell], held) for cell in cells if cell in again}
    told = {cell: np.log(second / first) for cell, (first, second) in equal.items() if len(first) >= FEWEST}
    lone = holm({cell: float(stats.ttest_1samp(d, 0.0).pvalue) for cell, d in told.items()} | dict.fromkeys(
        set(cells) - set(told), 1.0))  # fmt: skip
    called = [cell for cell, d in told.items() if lone[cell] < LEVEL and d.mean() * np.median(d) > 0]
    return {
        "cells": found,
        "equal": len(told),
        "equal_called_different": len(called),
        "gate": verdict(found.values(), gate["limit"]),
    }


def pairs(first: dict[int, float], second: dict[int, float], end: int) -> tuple[np.ndarray, np.ndarray]:
    """Process means of the rounds before `end` that have both."""
    common = sorted(index for index in first.keys() & second.keys() if index < end)
    return np.array([first[index] for index in common]), np.array([second[index] for index in common])


def holm(p_values: dict[str, float]) -> dict[str, float]:
    """Holm's correction."""
    order = sorted(p_values, key=lambda cell: p_values[cell])
    adjusted, highest = {}, 0.0
    for rank, cell in enumerate(order):
        highest = max(highest, min(1.0, p_values[cell] * (len(order) - rank)))
        adjusted[cell] = highest
    return adjusted


def look(first: np.ndarray, second: np.ndarray, number: int, cells: int, p: float, margin: float) -> dict[str, Any]:
    """What one look says of a cell."""
    n = len(first)
    told: dict[str, Any] = {"word": "not decided", "rounds": n, "look": number + 1, "level": LEVEL * SHARE / cells}
    told |= {"base": float(first.mean()) if n else None, "head": float(second.mean()) if n else None}
    if n < FEWEST:
        return told | {"low": None, "high": None, "could_see": None}
    d = np.log(second) - np.log(first)
    mean, deviation = float(d.mean()), float(d.std(ddof=1))
    error = deviation / math.sqrt(n)
    one_sided = float(stats.t.ppf(1 - LEVEL * SHARE, n - 1)) * error
    two_sided = float(stats.t.ppf(1 - LEVEL * SHARE / 2, n - 1)) * error
    edge = math.log(1 + margin)
    if p < LEVEL and abs(mean) > two_sided and mean * float(np.median(d)) > 0:
        told["word"] = "slower" if mean > 0 else "faster"
    elif mean - one_sided > -edge and mean + one_sided < edge:
        told["word"] = "the same"
    least = (stats.t.ppf(1 - LEVEL * SHARE / (2 * cells), n - 1) + stats.t.ppf(POWER, n - 1)) * error
    return told | {
        "mean": mean,
        "deviation": deviation,
        "ratio": math.exp(mean),
        "low": math.exp(mean - two_sided),
        "high": math.exp(mean + two_sided),
        "could_see": math.exp(float(least)) - 1,
    }


def verdict(cells: Any, limit: float) -> str:
    """The word of the whole."""
    cells = list(cells)
    if not cells:
        return "not comparable"
    if any(cell["word"] == "slower" and cell["ratio"] > 1 + limit for cell in cells):
        return "slower"
    for cell in cells:
        fails = cell["word"] == "slower" and cell["ratio"] > 1 + limit
        known = cell["word"] in {"the same", "faster"} or fails
        if not known and (cell["high"] is None or cell["high"] > 1 + limit):
            return "blind"
    return "pass"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
