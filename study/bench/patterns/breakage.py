"""What breaks: a worker is killed, a task raises, a result or an argument cannot be pickled; what the caller sees of it."""

from __future__ import annotations

import json
import sys
import time

from study.bench import trial
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError, last_words
from study.bench.hosts import broken
from study.bench.patterns import Session, seconds
from study.things import BACKENDS, DEFAULT
from study.things.broken import CLASSES, ENDS, KILLED, RAISED, USABLE

LIMIT_S = 6.0
"""From when the pool is ready: eight tasks of a microsecond take a tenth of a second."""
READY_LIMIT_S = 30.0
"""Until then: a pool's start and its library's import take two seconds, and many times as long beside other load."""


class Breakage(Session):
    """Each event is one trial in a program of its own, its time that until the program ended or was given up.

    The pool first answers a task for each worker, in which nothing goes wrong: then it is ready, and six seconds begin. One
    that does not get ready is no outcome: the trial fails. Eight tasks go through a `map`, one at a time; in one of them
    something goes wrong. Outcomes of `trials`, exactly one of each trial:

    `hangs` : the map had not returned after six seconds.
    `raises` : it raised an exception, counted by its class too (`raised_ValueError`, …, `raised_other`).
    `loses` : it returned, and not every answer was there.
    `goes_on` : it returned every answer, as though nothing had happened.

    And `usable_after`: the same pool did another map right afterwards, within the same six seconds.
    """

    def set_up(self) -> None:
        """Refuse what cannot be."""
        cell = self.cell
        backend = BACKENDS[cell.backend]
        if cell.workers < 1:
            raise UnsupportedCellError(f"{cell.text!r}: a pool that breaks is told how many workers; give 1 or more")
        if backend.kind == "thread" and cell.variant == KILLED.name:
            raise UnsupportedCellError(f"{cell.text!r}: a signal ends the whole program")
        if bool(cell.start_method) != backend.takes_start_method:
            raise UnsupportedCellError(f"{cell.text!r}: start_method {cell.start_method!r} does not go with it")
        if backend.takes_start_method:
            context_of(cell.start_method)
        if backend.package:
            from importlib.util import find_spec

            if find_spec(backend.package) is None:
                raise UnsupportedCellError(f"{backend.package} is not installed in the target's environment")
        method = "-" if cell.start_method in {"", DEFAULT} else cell.start_method
        self._command = [
            sys.executable, "-m", broken.__name__, cell.variant, cell.backend, method, str(cell.workers),
        ]  # fmt: skip

    def check(self) -> None:
        """Do nothing beforehand: whatever comes of it is what is looked for."""

    def event(self, loops: int) -> dict[str, float]:
        """Try it, `loops` times."""
        total_ns = 0
        for _ in range(loops):
            found = trial.run(
                self._command,
                limit_s=READY_LIMIT_S + LIMIT_S,
                patient=False,
                given_up=_Patience(READY_LIMIT_S, LIMIT_S),
            )
            total_ns += found.elapsed_ns
            said = {key: value for line in found.said.splitlines() for key, value in json.loads(line).items()}
            if "end" not in said:
                self._check_given_up(found, ready="ready" in said)
            self._count(said.get("end", "hangs"), said.get("class", ""), usable=bool(said.get("usable")))
        return seconds(total=total_ns)

    def _check_given_up(self, found: trial.Trial, *, ready: bool) -> None:
        """Raise unless it was the map that did not return: no outcome can be had of a pool that was never there."""
        if found.exit_code is not None:
            last = last_words(found.complained)
            raise WorkerFailedError(f"{self.cell.text!r}: the program ended before its map: {last}")
        if not ready:
            raise WorkerFailedError(f"{self.cell.text!r}: its pool was not ready after {READY_LIMIT_S:g} s")

    def _count(self, came: str, kind: str, *, usable: bool) -> None:
        self.count("trials")
        for end in ENDS:
            self.count(end, int(end == came))
        if kind:
            self.count(RAISED + (kind if kind in CLASSES else "other"))
        self.count(USABLE, int(usable))


class _Patience:
    """Whether a program has had its time, by what it has written so far: one limit until its pool is ready, one from then on."""

    def __init__(self, ready_limit_s: float, limit_s: float) -> None:
        """The first limit begins now."""
        self._limit_s = limit_s
        self._ends_s = time.monotonic() + ready_limit_s
        self._ready = False

    def __call__(self, said: str) -> bool:
        """Asked now and then."""
        if not self._ready and broken.READY in said:
            self._ready = True
            self._ends_s = time.monotonic() + self._limit_s
        return time.monotonic() > self._ends_s
