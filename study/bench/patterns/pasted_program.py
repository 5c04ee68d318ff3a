"""The programs of Q3, Q5 and Q6 where people put them: what comes of it under each start method, with and without the guard."""

from __future__ import annotations

import math
import os
import re
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from study.bench import trial
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError, last_words
from study.bench.examples import q3_process, q5_pool, q6_print
from study.bench.hosts import notebook
from study.bench.patterns import Session, seconds
from study.things.pasted import ENDS, HANDED_OUT, MODULE, NOTEBOOK, PASTED, REPL, STDIN, TERMINAL, UNBUFFERED_PIPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from study.bench.trial import Trial

LIMIT_S, LIMIT_S_PER_CPU = 6.0, 0.1
"""How long a program gets: twenty times what it takes, on many CPUs more, since Q5 starts a worker for each."""
NOTEBOOK_S = 30.0
"""What a kernel gets beside that until it is ready."""
TASKS = 5
GUARD = 'if __name__ == "__main__":\n'
CHOICE = "multiprocessing.set_start_method(sys.argv[1])"
SOURCES = {"q3": q3_process, "q5": q5_pool, "q6": q6_print}
LINES: dict[str, tuple[tuple[str, ...], str]] = {
    "q3": (("This is a child process.",), "This is the main process."),
    "q5": ((), "[1, 4, 9, 16, 25]"),
    "q6": (tuple(f"Process {number}: {number}" for number in (1, 2, 3, 4)), "Program execution completed."),
}
"""Program -> the lines of its children, and its own at the end."""
_PROMPTS = re.compile(r"^(?:(?:>>>|\.\.\.) ?)+")
_DEAD_WORKER = re.compile(r"Process \w*PoolWorker-\d+:")
_DEATH = "Traceback (most recent call last)"


class PastedProgram(Session):
    """Each event is one trial, its time that until the program ended or was given up. Nothing of it is left.

    Outcomes of `trials`, exactly one of each trial, the first that fits:

    `hangs` : it had not ended after 6 s and 0.1 s a CPU; or sooner where it is Q5, when its pool had lost a worker for each
        of its five tasks, each with the task that it took, or told of more deaths than four for each CPU: such a pool goes
        on starting workers that cannot begin, and nobody will answer any more.
    `runs_twice` : a line came more often than the program prints it.
    `works` : all lines came, each once and whole, the closing line last, and it ended without an error.
    `torn` : every letter came, and no other, but not in whole lines.
    `dies` : it ended with an error, or without its closing line.
    `prints_nothing` : it ended as though all were well, but lines of its children are missing.
    """

    def set_up(self) -> None:
        """Write the program into a folder of its own."""
        context_of(self.cell.start_method)  # refuses those that do not exist here
        self._pasted = PASTED[self.cell.variant]
        if self._pasted.place == NOTEBOOK:
            self._need_a_kernel()
        text = Path(str(SOURCES[self._pasted.program].__file__)).read_text(encoding="utf-8")
        self._text = text if self._pasted.guarded else without_guard(text)
        self._folder = Path(self.resources.enter_context(tempfile.TemporaryDirectory(prefix="study-")))
        self._file = self._folder / "pasted.py"
        self._file.write_text(self._text, encoding="utf-8")
        self._limit_s = LIMIT_S + LIMIT_S_PER_CPU * (os.cpu_count() or 1)

    def check(self) -> None:
        """Do nothing beforehand: whatever comes of the program is what is looked for."""

    def event(self, loops: int) -> dict[str, float]:
        """Try it, `loops` times."""
        total_ns = 0
        for _ in range(loops):
            found = self._try()
            total_ns += found.elapsed_ns
            self.count("trials")
            came = outcome_of(found, self._pasted.program, typed=self._pasted.place == REPL)
            for end in ENDS:
                self.count(end, int(end == came))
        return seconds(total=total_ns)

    def _need_a_kernel(self) -> None:
        from importlib.util import find_spec

        if find_spec("ipykernel") is None:
            raise UnsupportedCellError(f"{self.cell.text!r}: ipykernel is not installed; it comes with --peers")

    def _try(self) -> Trial:
        place, method = self._pasted.place, self.cell.start_method
        if place == NOTEBOOK:
            return self._in_a_notebook(method)
        python = sys.executable
        words = {MODULE: ["-m", "pasted", method], STDIN: ["-", method], REPL: ["-q", "-i"]}.get(
            place, ["pasted.py", method]
        )
        typed = f"import sys; sys.argv = ['', {method!r}]\n{self._text}\n\nexit()\n"
        stdin = {STDIN: self._text, REPL: typed}.get(place, "")
        variables: dict[str, str | None] = {"PYTHONUNBUFFERED": "1" if place == UNBUFFERED_PIPE else None}
        if place == REPL:
            variables |= {"PYTHON_BASIC_REPL": "1", "TERM": "dumb", "PYTHON_HISTORY": os.devnull}
        return trial.run(
            [python, *words],
            limit_s=self._limit_s,
            cwd=self._folder,
            environment=variables,
            stdin=stdin.encode(),
            terminal=place in {TERMINAL, REPL},
            given_up=nobody_will_answer if self._pasted.program == HANDED_OUT else None,
        )

    def _in_a_notebook(self, method: str) -> Trial:
        """Run the parts of the text as cells; the user's own settings of notebooks are left alone."""
        names = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
        root = str(Path(__file__).parents[3])
        variables: dict[str, str | None] = dict.fromkeys(names, str(self._folder))
        variables |= {"PYTHONPATH": root, "PYDEVD_DISABLE_FILE_VALIDATION": "1", "PYTHONUNBUFFERED": None}
        found = trial.run(
            [sys.executable, "-m", notebook.__name__, str(self._file), method],
            limit_s=self._limit_s + NOTEBOOK_S,
            environment=variables,
            given_up=_Patience(self._limit_s, waits=self._pasted.program == HANDED_OUT).is_over,
        )
        if not found.said.startswith(notebook.READY):
            last = last_words(found.complained)
            raise WorkerFailedError(f"{self.cell.text!r}: the kernel did not begin: {last}")
        return found


class _Patience:
    """A kernel may take its time to begin; a program in it may not."""

    def __init__(self, limit_s: float, *, waits: bool) -> None:
        """The program's time begins when the kernel is ready; `waits`: for answers that may never come."""
        self._limit_s = limit_s
        self._waits = waits
        self._over_s = math.inf

    def is_over(self, said: str) -> bool:
        """Whether the program's time is over, or nobody will answer any more."""
        if math.isinf(self._over_s) and notebook.READY in said:
            self._over_s = time.monotonic() + self._limit_s
        return time.monotonic() > self._over_s or (self._waits and nobody_will_answer(said))


def without_guard(text: str) -> str:
    """The program as people write it who have not heard of the guard; the choice of a start method may be made again."""
    before, _, guarded = text.partition(GUARD)
    return before + textwrap.dedent(guarded).replace(CHOICE, f"{CHOICE[:-1]}, force=True)")


def nobody_will_answer(said: str) -> bool:
    """Whether a pool has lost all its tasks with its workers, or goes on starting workers that cannot begin."""
    return len(_DEAD_WORKER.findall(said)) >= TASKS or said.count(_DEATH) >= 4 * (os.cpu_count() or 1) + 4


def outcome_of(found: Trial, program: str, *, typed: bool = False) -> str:
    """What the trial is an example of; `typed`: what was typed stands among what was said."""
    children, closing = LINES[program]
    wanted = [*children, closing]
    lines = [_PROMPTS.sub("", line.rstrip("\r")) for line in found.said.split("\n")]
    times = {line: lines.count(line) for line in wanted}
    seen = [line for line in lines if line in times]
    if found.exit_code is None:
        return "hangs"
    if any(count > 1 for count in times.values()):
        return "runs_twice"
    if found.exit_code == 0 and sorted(seen) == sorted(wanted) and seen[-1] == closing:
        return "works"
    letters = "\n".join((*wanted, ""))
    if not typed and sorted(found.said.replace("\r", "").removeprefix(notebook.READY)) == sorted(letters):
        return "torn"
    return "dies" if found.exit_code or closing not in seen else "prints_nothing"
