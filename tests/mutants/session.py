"""`nox -s mutants`: listed small wrong changes, each of which must make a test fail, and what became of each."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import math
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tests.mutants.listed import ROOT, Mutant, fault, listed, sample
from tests.mutants.trial import LONGEST_S, PATIENCE, State, Workshop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from tests.mutants.trial import Ran

KEPT = Path(".mutants") / "outcomes.json"
"""Outcomes by digest, so that a session goes on where it was ended, and does again only what has changed."""
WANTED = 0.97
"""Share of the mutants, without those that have a reason to survive, that must be killed."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a mutant, the test that failed, and the last lines where neither can be told."""

    state: State
    by: str = ""
    said: str = ""
    seconds: float = 0.0


class Outcomes:
    """The outcomes that are kept, in a file that is written whole each time."""

    def __init__(self, path: Path, *, fresh: bool) -> None:
        """Read what is there; what cannot be read is as if it were not, and so is all of it where `fresh`."""
        self.path = path
        self._stored: dict[str, Outcome] = {}
        with contextlib.suppress(OSError, msgspec.DecodeError):
            self._stored = msgspec.json.decode(path.read_bytes(), type=dict[str, Outcome])
        self.of = {} if fresh else dict(self._stored)

    def keep(self, digest: str, outcome: Outcome) -> None:
        """Keep one more; what is unclear is tried again the next time."""
        self.of[digest] = outcome
        if outcome.state == "unclear":
            return
        self._stored[digest] = outcome
        self.path.parent.mkdir(exist_ok=True)
        unfinished = self.path.with_suffix(".part")
        unfinished.write_bytes(msgspec.json.encode(self._stored))
        unfinished.replace(self.path)


def carry_out(mutants: Sequence[Mutant], root: Path, outcomes: Outcomes, jobs: int) -> dict[str, Outcome]:
    """Id -> outcome of every mutant; what was kept is not done again.

    Raises
    ------
    ValueError
        if tests fail in a copy that is not changed, or were not found.
    """
    digests = {mutant.id: mutant.digest(root) for mutant in mutants}
    new = [mutant for mutant in mutants if digests[mutant.id] not in outcomes.of]
    if new:
        with tempfile.TemporaryDirectory(prefix="mut", ignore_cleanup_errors=True) as folder:
            workshop, pool = Workshop(root, Path(folder)), ThreadPoolExecutor(jobs)
            try:
                taken_s = _unchanged(new, workshop, outcomes, pool)
                _try_all(new, taken_s, workshop, outcomes, digests, pool)
            finally:
                workshop.stop()
                pool.shutdown(cancel_futures=True)
    return {mutant.id: outcomes.of[digests[mutant.id]] for mutant in mutants}


def _unchanged(
    mutants: Sequence[Mutant], workshop: Workshop, outcomes: Outcomes, pool: ThreadPoolExecutor
) -> dict[str, float]:
    """Run the tests of all these mutants without any of them: test -> seconds."""
    tests = list(dict.fromkeys(test for mutant in mutants for test in mutant.tests))
    digests = {test: hashlib.sha256(f"{workshop.digest} {test}".encode()).hexdigest() for test in tests}
    waiting = {
        pool.submit(workshop.tests, [test], f"u{number}"): test
        for number, test in enumerate(tests)
        if digests[test] not in outcomes.of
    }
    for future in as_completed(waiting):
        test, ran = waiting[future], future.result()
        print(f"unchanged {'passed' if ran.passed else 'FAILED'} {ran.seconds:>6.1f} s  {test}", flush=True)
        if not ran.passed:
            raise ValueError(f"in an unchanged copy these tests do not pass: {test}\n{ran.said}")
        outcomes.keep(digests[test], Outcome(state=ran.state, seconds=ran.seconds))
    return {test: outcomes.of[digests[test]].seconds for test in tests}


def _try_all(
    mutants: Sequence[Mutant], taken_s: Mapping[str, float], workshop: Workshop, outcomes: Outcomes,
    digests: Mapping[str, str], pool: ThreadPoolExecutor,
) -> None:  # fmt: skip
    """Run each mutant's tests with it."""
    waiting: dict[Future[Ran], Mutant] = {}
    for number, mutant in enumerate(mutants):
        longest_s = min(LONGEST_S, 60.0 + PATIENCE * math.fsum(taken_s[test] for test in mutant.tests))
        waiting[pool.submit(workshop.tests, mutant.tests, f"m{number}", mutant, longest_s)] = mutant
    for count, future in enumerate(as_completed(waiting), 1):
        mutant, ran = waiting[future], future.result()
        by, said = ran.first_failure, ran.said if ran.state == "unclear" else ""
        outcomes.keep(digests[mutant.id], Outcome(state=ran.state, by=by, said=said, seconds=ran.seconds))
        print(f"{count:>4}/{len(mutants)} {ran.state:<8} {ran.seconds:>6.1f} s  {mutant.id}  {by}", flush=True)


def table(mutants: Sequence[Mutant], outcomes: dict[str, Outcome]) -> str:
    """A row for each room, and one for all of them."""
    lines = [f"{'room':<12} {'mutants':>8} {'killed':>8} {'survive':>8} {'excused':>8} {'%':>6}"]
    rooms = sorted({mutant.room for mutant in mutants})
    for room in [*rooms, "all"]:
        mine = [mutant for mutant in mutants if room in {mutant.room, "all"}]
        excused = [mutant for mutant in mine if mutant.survives]
        killed = sum(outcomes[mutant.id].state == "killed" for mutant in mine if not mutant.survives)
        counted = len(mine) - len(excused)
        share = str(100 * killed // counted) if counted else ""  # rounded down: 100 is all of them
        lines.append(f"{room:<12} {len(mine):>8} {killed:>8} {counted - killed:>8} {len(excused):>8} {share:>6}")
    return "\n".join(lines)


def complaints(mutants: Sequence[Mutant], outcomes: dict[str, Outcome]) -> list[str]:
    """What is to be said of mutants that were not killed, or were although they have a reason not to be."""
    said = []
    for mutant in mutants:
        outcome = outcomes[mutant.id]
        if outcome.state == "unclear":
            said.append(f"UNCLEAR {mutant.id} ({mutant.file}): {mutant.what}\n{outcome.said}")
        elif mutant.survives and outcome.state == "killed":
            said.append(f"KILLED AFTER ALL {mutant.id}, by {outcome.by}: take its reason out ({mutant.survives})")
        elif mutant.survives:
            said.append(f"excused {mutant.id} ({mutant.file}): {mutant.what}; {mutant.survives}")
        elif outcome.state == "survived":
            said.append(
                f"SURVIVED {mutant.id} ({mutant.file}): {mutant.what}; no test failed: {' '.join(mutant.tests)}"
            )
    return said


def good_enough(mutants: Sequence[Mutant], outcomes: dict[str, Outcome]) -> bool:
    """Whether every outcome is clear and as the list says, but for the few that may survive."""
    if any(outcomes[mutant.id].state == "unclear" for mutant in mutants):
        return False
    if any(mutant.survives and outcomes[mutant.id].state == "killed" for mutant in mutants):
        return False
    counted = [mutant for mutant in mutants if not mutant.survives]
    return sum(outcomes[mutant.id].state == "killed" for mutant in counted) >= WANTED * len(counted)


def _chosen(options: argparse.Namespace) -> tuple[Mutant, ...]:
    mutants = tuple(mutant for mutant in listed() if options.only in mutant.id)
    if options.sample is None:
        return mutants
    seed = options.seed
    if seed is None:
        command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
        seed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return sample(mutants, options.sample, seed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants over all CPUs; 0 if enough of them were killed, 1 if not, 2 if the list or the tests are wrong."""
    parser = argparse.ArgumentParser(prog="nox -s mutants --", description=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="how many at once")
    parser.add_argument("--fresh", action="store_true", help="do again what was done before")
    parser.add_argument("--sample", type=int, metavar="N", help="so many, other ones with every commit")
    parser.add_argument("--seed", metavar="S", help="of the sample, in the commit's place")
    parser.add_argument("--only", default="", metavar="TEXT", help="those with TEXT in their names")
    options = parser.parse_args(arguments)
    mutants = _chosen(options)
    wrong = [f"{mutant.id}: {why}" for mutant in mutants if (why := fault(mutant))]
    if wrong or not mutants:
        print("\n".join(wrong or ["no mutant of that name"]), file=sys.stderr)
        return 2
    try:
        outcomes = carry_out(mutants, ROOT, Outcomes(ROOT / KEPT, fresh=options.fresh), options.jobs)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join([*complaints(mutants, outcomes), table(mutants, outcomes)]))
    return 0 if good_enough(mutants, outcomes) else 1
