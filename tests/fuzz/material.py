"""What the inputs grow from: the project's own results and experiments, cut to a size that takes milliseconds."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
CURVES = 5
ROUNDS = 4
CLAIMS = 6
EXPERIMENTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run cut to a few curves: its manifest and suites as JSON, and the journal that it could have had."""

    machine: str
    name: str
    manifest: dict[str, Any]
    suites: dict[str, dict[str, Any]]
    journal: list[dict[str, Any]]

    def measuring(self) -> dict[str, Any]:
        """The manifest as it was before the run ended."""
        return {**self.manifest, "state": "measuring", "finished": "", "files": {}, "rounds": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that is mutated."""

    runs: tuple[Run, ...]
    experiments: dict[str, str]
    claims: str
    calibration: dict[str, Any]
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)


@cache
def material() -> Material:
    """The committed results and experiments, cut; read once in a process, and never changed."""
    paths = sorted((ROOT / "results").glob("*/*/manifest.json"))
    seen: dict[tuple[str, ...], Path] = {}
    for path in paths:
        raw = json.loads(path.read_text(encoding="utf-8"))
        seen.setdefault((path.parent.parent.name, *(target["name"] for target in raw["targets"])), path)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "experiments").glob("*.toml"))}
    known = json.loads(next((ROOT / "results").glob("*/calibration.json")).read_text(encoding="utf-8"))
    return Material(
        runs=tuple(_cut(path) for path in seen.values()),
        claims=texts.pop("claims"),
        experiments=texts,
        calibration={
            "schema": known["schema"],
            "points": {key: dict(itertools.islice(value.items(), 4)) for key, value in known["points"].items()},
            "spread": dict(itertools.islice(known["spread"].items(), 8)),
        },
        outcomes={name: _outcome(name) for name in ("validation", "crosschecks")},
    )


def few_claims(text: str) -> str:
    """The first claims of a file."""
    return "[[claim]]".join(text.split("[[claim]]")[: CLAIMS + 1])


def packed_text(text: str) -> tuple[bytes, str]:
    """A suite's text as its file, and its digest."""
    return gzip.compress(text.encode(), 1), hashlib.sha256(text.encode()).hexdigest()


def _outcome(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "results" / f"{name}.json").read_text(encoding="utf-8"))
    for key in ("promises", "acts"):
        if key in found:
            found[key] = found[key][:3]
    return found


def _cut(path: Path) -> Run:
    raw = json.loads(path.read_text(encoding="utf-8"))
    kept = _spread(len(raw["curves"]))
    place = {old: new for new, old in enumerate(kept)}
    cells = [record | {"curve": place[record["curve"]]} for record in raw["cells"] if record["curve"] in place]
    absent = [record for record in raw["cells"] if record["curve"] < 0][:3]
    names = {
        (record["target"], record["cell"]): f"{record['experiment']}.{record['target']}.json.gz" for record in cells
    }
    suites = {
        name: _cut_suite(path.parent / name, names) for name in sorted(set(names.values())) if name in raw["files"]
    }
    rounds = [
        one | {"order": [place[number] for number in one["order"] if number in place]} for one in raw["rounds"][:ROUNDS]
    ]
    experiments = [name for name in raw["config"] if name != "claims"][:EXPERIMENTS]
    manifest = raw | {
        "curves": [raw["curves"][number] for number in kept],
        "cells": [*cells, *absent],
        "rounds": rounds,
        "files": {name: packed_text(json.dumps(suite))[1] for name, suite in suites.items()},
        "config": {name: raw["config"][name] for name in experiments} | {"claims": few_claims(raw["config"]["claims"])},
    }
    return Run(
        machine=path.parent.parent.name,
        name=path.parent.name,
        manifest=manifest,
        suites=suites,
        journal=list(_journal(manifest, suites)),
    )


def _spread(curves: int) -> list[int]:
    """A few curves from all over a run."""
    step = max(curves // CURVES, 1)
    return list(range(0, curves, step))[:CURVES]


def _cut_suite(path: Path, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    kept = []
    for benchmark in raw["benchmarks"]:
        common = {**raw.get("metadata", {}), **benchmark.get("metadata", {})}
        runs = [
            run
            for run in benchmark["runs"]
            if (found := {**common, **run.get("metadata", {})})["study_round"] < ROUNDS
            and names.get((found["study_target"], found["name"])) == path.name
        ]
        if runs:
            kept.append(benchmark | {"runs": runs})
    return raw | {"benchmarks": kept}


def _journal(manifest: dict[str, Any], suites: dict[str, dict[str, Any]]) -> Any:
    """The lines that a run with these suites wrote."""
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for suite in suites.values():
        for benchmark in suite["benchmarks"]:
            for run in benchmark["runs"]:
                metadata = {
                    **suite.get("metadata", {}), **benchmark.get("metadata", {}), **run.get("metadata", {})
                }  # fmt: skip
                key = metadata["study_target"], metadata["name"], metadata["study_round"]
                found[key] = {"runs": [run | {"metadata": metadata}]}
    for index in range(ROUNDS):
        for number, curve in enumerate(manifest["curves"]):
            benchmarks = [
                found[curve["target"], cell, index]
                for cell in curve["cells"]
                if (curve["target"], cell, index) in found
            ]
            yield {
                "kind": "process", "curve": number, "round": index, "attempt": 0, "state": "ok", "reason": "",
                "last_lines": "", "elapsed_s": 0.5, "spent_s": 1.0 + index, "leftovers": [],
                "meanwhile": {"elapsed_s": 0.5, "foreign_cpu_s": 0.01, "steal_s": None}, "timing": {"timed_s": 0.2},
                "suite": {"version": "1.0", "benchmarks": benchmarks} if benchmarks else None,
            }  # fmt: skip
        yield {
            "kind": "round", "round": index, "attempt": 0, "disturbed": [], "elapsed_s": 2.0, "spent_s": 2.0 + index,
            "order": list(range(len(manifest["curves"]))), "foreign_cpus": 0.02,
        }  # fmt: skip
