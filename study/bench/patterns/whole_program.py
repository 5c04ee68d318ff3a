"""A whole script, from `python x.py` to its end: the interpreter's start, imports, workers made and ended, and the job."""

from __future__ import annotations

import sys

from study.bench import registry, trial
from study.bench.errors import UnsupportedCellError, WorkerFailedError, WrongAnswerError, last_words
from study.bench.hosts import whole
from study.bench.patterns import Session, seconds
from study.things import DEFAULT, KERNELS

EMPTY = "empty"
LIMIT_S = 120.0
"""No script of the study works for longer."""


class WholeProgram(Session):
    """Parts `total`, from just before the script is started until it has ended, and `cpu`, the CPU seconds of its processes.

    On Linux `cpu` holds every process that the script started, also a server that ends after it; elsewhere those that the
    script waited for. What ends after the script (a fork server, the resource tracker) is not in `total`, as for a shell.
    The variant `empty` is an interpreter that does nothing. The answers that the script prints are looked at each time.

    Outcomes of `trials` scripts: `tree_cpu_us` and `program_us`, CPU time and elapsed time, summed.
    """

    def set_up(self) -> None:
        """Make the command, and what it has to print."""
        cell = self.cell
        if cell.workers < 1:
            raise UnsupportedCellError(f"{cell.text!r}: a script is told how many workers; give 1 or more")
        if cell.variant == EMPTY:
            self._command, self._expected = [sys.executable, "-c", ""], ""
            return
        kernel = registry.kernel_of(cell)
        chosen = cell.start_method not in {"", DEFAULT}
        registry.backend_of(cell)  # it refuses start methods that do not go with it, or do not exist here
        words = (cell.backend, cell.start_method if chosen else whole.NOTHING_CHOSEN, cell.workers)
        place = KERNELS[cell.kernel].module
        self._command = [sys.executable, "-m", whole.__name__, *map(str, (*words, place, cell.tasks))]
        self._expected = f"{[kernel.expected(argument) for argument in kernel.arguments(cell.tasks)]}\n"

    def check(self) -> None:
        """Do nothing beforehand: every script is a new one, and its answers are looked at."""

    def event(self, loops: int) -> dict[str, float]:
        """Run the script, `loops` times."""
        total_ns = cpu_ns = 0
        for _ in range(loops):
            found = trial.run(self._command, limit_s=LIMIT_S)
            if found.exit_code != 0:
                last = last_words(found.complained)
                how = "did not end" if found.exit_code is None else f"ended with exit code {found.exit_code}"
                raise WorkerFailedError(f"{self.cell.text!r}: the script {how}: {last}")
            if found.said != self._expected:
                raise WrongAnswerError(f"{self.cell.text!r}: the script printed {found.said[:200]!r}")
            self.count("trials")
            self.count("tree_cpu_us", found.cpu_ns // 1000)
            self.count("program_us", found.elapsed_ns // 1000)
            total_ns += found.elapsed_ns
            cpu_ns += found.cpu_ns
        return seconds(total=total_ns, cpu=cpu_ns)
