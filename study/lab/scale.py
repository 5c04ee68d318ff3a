"""Many stored runs made from one, and what a command takes with them: whether it grows as they do, and no faster."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import store
from study.store import manifest as manifests
from study.store import summary as summaries
from study.store.files import write_whole
from study.store.folders import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_DAYS = 28
_MOVES = 0.02
"""Standard deviation of what a run does to a cell."""


class Taken(NamedTuple):
    """What a command took: seconds, and the largest memory that it held."""

    wall_s: float
    peak_bytes: int


def many_runs(results: Path, source: Path, runs: int, machines: int) -> list[str]:
    """Put so many runs of so many machines into a folder of results; machine/run of each, in the order of their machines.

    They have the files of one run, by hard links, their machines other CPU models, and their summaries other levels: bound to
    their manifests, so that what reads summaries believes them.

    Parameters
    ----------
    source : the folder of a finished run.
    """
    rng = np.random.default_rng(1)
    folder = store.RunFolder.open(source)
    known = store.summary_of(source)
    made = []
    for number in range(machines):
        machine = f"machine-{number:04d}"
        facts = {**folder.manifest.machine, "cpu_model": f"Processor {number}"}
        manifest = manifests.encode(_with(folder.manifest, facts), machine)
        turns = range(number, runs, machines)
        made += [_one(results / machine, source, known, manifest, facts, turn, rng) for turn in turns]
    return made


def _with(manifest: store.Manifest, facts: dict[str, object]) -> store.Manifest:
    changed = manifests.decode(manifests.encode(manifest, "a run").decode(), "a run")
    changed.machine = facts
    return changed


def _one(
    machine: Path,
    source: Path,
    known: store.RunSummary,
    manifest: bytes,
    facts: dict[str, object],
    turn: int,
    rng: np.random.Generator,
) -> str:
    day = f"{2021 + turn // (12 * _DAYS)}{1 + turn // _DAYS % 12:02d}{1 + turn % _DAYS:02d}"
    path = machine / f"{day}t120000z-{turn:08x}"
    path.mkdir(parents=True)
    for file in source.glob("*.json.gz"):
        os.link(file, path / file.name)
    (path / MANIFEST).write_bytes(manifest)
    targets = {
        name: replace(
            target,
            levels={
                text: level._replace(mean=level.mean + float(rng.normal(0.0, _MOVES)))
                for text, level in target.levels.items()
            },
        )
        for name, target in known.targets.items()
    }
    head = {name: getattr(known.head, name) for name in known.head.__struct_fields__} | {"machine": facts}
    summary = replace(known, machine=machine.name, id=path.name, head=store.Head(**head), targets=targets)
    write_whole(path / summaries.NAME, summaries.encode(summary, manifest, path.name))
    return f"{machine.name}/{path.name}"


def taken(arguments: Sequence[str], root: Path) -> Taken:
    """Run one verb of the study, and say what it took.

    Raises
    ------
    subprocess.CalledProcessError
        if it fails.
    """
    command = [sys.executable, "-m", "study", *arguments]
    began_s = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began_s
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    unit = 1 if sys.platform == "darwin" else 1024
    return Taken(wall_s, usage.ru_maxrss * unit)
