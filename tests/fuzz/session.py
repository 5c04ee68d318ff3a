"""`nox -s fuzz -- --inputs N`: files of results and experiments made wrong, N of them, and what the product does."""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.material import material
from tests.fuzz.trial import LARGEST_BYTES, LONGEST_S, Outcome, Trials, inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = 250
ROOM_BYTES = 3 * 2**30
"""Address space of a worker, libraries included: what asks for more gets a MemoryError, which is a failure."""
MOST_SHOWN = 40


def batch(seed: int, first: int, last: int, only: str = "") -> list[Outcome]:
    """Carry out the inputs from `first` on, before `last`, in this process and a folder of its own."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (ROOM_BYTES, hard))
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        return list(inputs(Trials(Path(folder), seed, material(), only), range(first, last)))


def table(outcomes: Sequence[Outcome]) -> str:
    """A row for each kind of input."""
    lines = [
        f"{'kind':<14} {'inputs':>8} {'refused':>8} {'accepted':>8} {'slowest s':>10} {'largest MiB':>12} {'failed':>7}"
    ]
    for kind in dict.fromkeys(one.kind for one in outcomes):
        mine = [one for one in outcomes if one.kind == kind]
        failed = sum(bool(one.failure) for one in mine)
        refused = sum(one.refused and not one.failure for one in mine)
        lines.append(
            f"{kind:<14} {len(mine):>8} {refused:>8} {len(mine) - refused - failed:>8}"
            f" {max(one.seconds for one in mine):>10.3f} {max(one.peak_bytes for one in mine) >> 20:>12} {failed:>7}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the inputs over all CPUs; 0 if nothing failed."""
    parser = argparse.ArgumentParser(prog="nox -s fuzz --", description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000, metavar="N", help="how many (default: 20000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed gives other inputs")
    parser.add_argument("--kind", default="", metavar="K", help="kinds alone whose names begin so, such as bundle")
    parser.add_argument("--only", type=int, metavar="I", help="carry out input I alone, in this process")
    options = parser.parse_args(arguments)
    if options.only is not None:
        print(*batch(options.seed, options.only, options.only + 1, options.kind))
        return 0
    began_s = time.monotonic()
    outcomes: list[Outcome] = []
    broken: list[str] = []
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        starts = range(0, options.inputs, BATCH)
        waiting = {
            pool.submit(batch, options.seed, first, min(first + BATCH, options.inputs), options.kind): first
            for first in starts
        }
        for done in as_completed(waiting):
            try:
                outcomes += done.result()
            except BrokenProcessPool:
                broken.append(f"inputs from {waiting[done]} on: the process that carried them out was killed")
    outcomes.sort(key=lambda one: one.number)
    failed = [one for one in outcomes if one.failure]
    print(table(outcomes))
    print(
        f"seed {options.seed}, {len(outcomes)} inputs in {time.monotonic() - began_s:.0f} s; each may take {LONGEST_S:g} s of"
        f" CPU and {LARGEST_BYTES >> 20} MiB, libraries included"
    )
    for one in failed[:MOST_SHOWN]:
        again = f"--seed {options.seed} --kind '{options.kind}' --only {one.number}"
        print(f"FAILED {again} ({one.kind}): {one.failure}", file=sys.stderr)
    for line in broken:
        print(f"FAILED {line}", file=sys.stderr)
    return 1 if failed or broken else 0
