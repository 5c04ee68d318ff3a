"""How a report grows with the runs that are stored: a thousand machines, each with a copy of one small run."""

from __future__ import annotations

import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from study import store
from study.store import summary as summaries
from study.store.files import write_whole
from study.store.folders import manifest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW, MANY = 10, 1000
LONGEST_S, MOST_BYTES, LARGEST_PAGE_BYTES = 30.0, 1 << 30, 10_000_000
"""Of a report over `MANY` runs: how long it takes, what memory it needs, how large its largest page is."""
_KIB = 1 if sys.platform == "darwin" else 1024
"""Bytes of what the system counts a process's memory in."""
_SEED = 20_261_128
_APART = math.log(2.0)
"""Machines are so much slower or faster than the run that they are copies of, at most."""
_WITHIN = 0.1
"""And each of their cells by a spread like this, on logarithms."""


class Cost(NamedTuple):
    """What a report over so many runs took."""

    runs: int
    wall_s: float
    peak_bytes: int
    page_bytes: int


def costs(root: Path) -> tuple[Cost, Cost]:
    """Of a report over few machines, and over very many."""
    with tempfile.TemporaryDirectory() as scratch:
        like = _small_run(root, Path(scratch, "one"))
        found = []
        for machines in (FEW, MANY):
            results = Path(scratch, f"of-{machines}")
            fleet(results, like, machines)
            found.append(_report(root, results, Path(scratch, f"report-{machines}"), machines))
        return found[0], found[1]


def fleet(results: Path, like: Path, machines: int) -> None:
    """Write a run for each machine into `results`: one run's files, told to be measured elsewhere, its levels moved.

    Parameters
    ----------
    like : the folder of a finished run.
    """
    rng = random.Random(_SEED)  # noqa: S311 - nobody is kept out by it
    folder, known = store.RunFolder.open(like), store.summary_of(like)
    for number in range(machines):
        path = results / f"machine-{number:04}" / like.name
        path.mkdir(parents=True)
        facts = {**folder.manifest.machine, "cpu_model": f"Processor {number:04}", "simulated": None}
        manifest = msgspec.structs.replace(folder.manifest, simulated=False, machine=facts)
        store.RunFolder(path, manifest).save()
        for name in manifest.files:
            shutil.copyfile(like / name, path / name)
        moved = _moved(known, rng, rng.uniform(-_APART, _APART))
        head = msgspec.structs.replace(moved.head, simulated=False, machine=facts)
        data = summaries.encode(replace(moved, head=head), manifest_of(path), f"{path.parent.name}/{path.name}")
        write_whole(path / summaries.NAME, data)


def _moved(known: store.RunSummary, rng: random.Random, common: float) -> store.RunSummary:
    """The summary with every level moved: all by the same, and each by its own."""
    targets = {
        name: replace(
            target,
            levels={
                text: level._replace(mean=level.mean + common + rng.gauss(0.0, _WITHIN))
                for text, level in target.levels.items()
            },
        )
        for name, target in known.targets.items()
    }
    return replace(known, targets=targets)


def _small_run(root: Path, results: Path) -> Path:
    """A run of two minutes by the simulated law."""
    _done([*_study("run"), "--simulated", "--budget", "2m", "--results", str(results)], root)
    (path,) = store.run_folders(results)
    return path


def _study(verb: str) -> list[str]:
    return [sys.executable, "-m", "study", verb]


def _done(command: Sequence[str], root: Path) -> None:
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def _report(root: Path, results: Path, out: Path, runs: int) -> Cost:
    command = [*_study("report"), "--results", str(results), "--out", str(out)]
    began_s = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - began_s
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(runs, wall_s, used.ru_maxrss * _KIB, max(path.stat().st_size for path in out.glob("*.html")))
