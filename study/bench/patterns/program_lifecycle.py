"""Q3 and start-up: the same life of a process inside a program of its own, whose main module is the factor."""

from __future__ import annotations

import json
import subprocess
import sys
from types import MappingProxyType

from study.bench.errors import UnsupportedCellError, WorkerFailedError, last_words
from study.bench.hosts.lives import MARK
from study.bench.patterns import Session, seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST_OF_ALL, LAZILY = "first_of_all", "preload_lazily"
PRELOADED: Mapping[str, str] = MappingProxyType(
    {
        "preload": "study.bench.hosts.preloaded",
        "preload_library": "study.bench.hosts.preloaded_library",
        LAZILY: "study.bench.hosts.preloaded_library",
    }
)
"""Variant -> the module that the server is told to import; it knows in which process that came about."""
LAZY_IMPORTS = ("-X", "lazy_imports=all")
MOST_LIVES_A_PROGRAM = 4


class ProgramLifecycle(Session):
    """Parts `start`, `first`, `join` of a child of a host program, all from just before `start()`.

    In `first_of_all` it is the first child of the program, with whatever helper its start method needs; in the other
    variants the children after the first. `preload` is `main_numpy` with a forkserver that was told to import the same
    beforehand, by a module that its path finds: one beside a script elsewhere older versions of CPython silently do not
    find (issue 117378). `preload_library` preloads a module that imports much of the library, in a program that imports
    nothing; `preload_lazily` is the same program started with lazy imports throughout. There each child uses the library
    after its first instruction: who has to import it then pays for it. The program's own start is not in the times.

    Outcomes of `trials` children: `preloaded`, those that found what was to be preloaded imported in another process than
    their own.
    """

    def set_up(self) -> None:
        """Refuse what there is no such thing as."""
        if self.cell.variant in PRELOADED and self.cell.start_method != "forkserver":
            raise UnsupportedCellError(f"{self.cell.text!r}: only a forkserver can preload")
        if self.cell.variant == LAZILY and not hasattr(sys, "get_lazy_imports"):
            raise UnsupportedCellError(f"{self.cell.text!r}: this Python has no lazy imports (CPython 3.15 and later)")

    def event(self, loops: int) -> dict[str, float]:
        """Run the program as often as it takes for `loops` children."""
        sums = dict.fromkeys(("start", "first", "join"), 0)
        left = loops
        while left:
            lives = 1 if self.cell.variant == FIRST_OF_ALL else min(left, MOST_LIVES_A_PROGRAM)
            found = self._run_program(lives)
            for part in sums:
                sums[part] += found[part]
            self.count("trials", lives)
            if self.cell.variant in PRELOADED:
                self.count("preloaded", found["preloaded"])
            left -= lives
        return seconds(**sums)

    def _run_program(self, lives: int) -> dict[str, int]:
        warmups = 0 if self.cell.variant == FIRST_OF_ALL else 1
        options = LAZY_IMPORTS if self.cell.variant == LAZILY else ()
        words = [self.cell.start_method, str(warmups), str(lives), PRELOADED.get(self.cell.variant, "")]
        command = [sys.executable, *options, "-m", self.record.variants[self.cell.variant].module, *words]
        ran = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
        if ran.returncode:
            last = last_words(ran.stderr)
            raise WorkerFailedError(f"{self.cell.text!r}: the program ended with exit code {ran.returncode}: {last}")
        lines = [line.removeprefix(MARK) for line in ran.stdout.splitlines() if line.startswith(MARK)]
        if len(lines) != 1:
            raise WorkerFailedError(f"{self.cell.text!r}: the program told {len(lines)} results instead of one")
        found: dict[str, int] = json.loads(lines[0])
        return found
