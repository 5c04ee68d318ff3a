"""How a report grows with the runs that are stored: a thousand machines with a run each, and one machine with a thousand."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import msgspec

from study import store
from study.lab.scale import many_runs, taken
from study.store import summary as summaries
from study.store.folders import manifest_of

FEW, MANY = 10, 1000
LONGEST_S, MOST_BYTES, LARGEST_PAGE_BYTES = 30.0, 2**30, 10_000_000
"""Of a report over `MANY` runs: how long it takes, what memory it needs, how large its largest page is."""


class Cost(NamedTuple):
    """What a report over so many runs of so many machines took."""

    runs: int
    machines: int
    wall_s: float
    peak_bytes: int
    page_bytes: int


def costs(root: Path) -> tuple[Cost, ...]:
    """Of few machines, of very many, and of very many runs of one; all of them copies of one small run."""
    with tempfile.TemporaryDirectory() as scratch:
        one = Path(scratch, "one")
        taken(("run", "--simulated", "--results", str(one), "--only", "q3,q4", "--budget", "1m", "--seed", "1"), root)
        (source,) = store.run_folders(one)
        as_measured(source)
        return tuple(
            _cost(root, Path(scratch, f"{runs}-{machines}"), source, runs, machines)
            for runs, machines in ((FEW, FEW), (MANY, MANY), (MANY, 1))
        )


def as_measured(source: Path) -> None:
    """Say of a made-up run that it was measured: a report is longer about such a one. Only of what nobody keeps."""
    folder = store.RunFolder.open(source)
    facts = {**folder.manifest.machine, "simulated": None}
    folder.manifest = msgspec.structs.replace(folder.manifest, simulated=False, machine=facts)
    folder.save()
    summaries.save(source, folder.manifest, manifest_of(source), folder.load())


def _cost(root: Path, scratch: Path, source: Path, runs: int, machines: int) -> Cost:
    results, out = scratch / "results", scratch / "report"
    many_runs(results, source, runs, machines)
    found = taken(("report", "--results", str(results), "--out", str(out)), root)
    return Cost(runs, machines, found.wall_s, found.peak_bytes, max(path.stat().st_size for path in out.glob("*.html")))
