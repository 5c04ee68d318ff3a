"""`nox -s crosscheck`: the study's own cells beside measurements that share no code with it, in the same minutes.

Every act has a factor that is varied in the run: where both sides disagree, it may be what explains it. Each round takes
every independent program and every cell once, in turn. What cannot be had here is skipped, and says why.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import re
import secrets
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from study import store
from study.errors import ResultsError, UsageError
from study.lab.acts import CONCURRENT_IMAP, IMAP, acts
from study.plan import Curve
from study.run.jobs import CALIBRATION_DEADLINE_S, deadline_s, job
from study.run.runner import BenchRunner
from study.supervise import Supervisor, temporary_folder
from study.things import start_methods
from study.units import counted, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from study.cell import Cell
    from study.lab.acts import Act, Side
    from study.run.runner import Runner

ROUNDS = 16
SOURCES = Path("tests", "independent")
COMPILE = ("-O3", "-std=c11", "-Wall", "-Wextra", "-Werror")
LONGEST_S = 60.0
PLAN_OF_IMAP = ("--quiet", "--processes", "1", "--values", "3", "--warmups", "1", "--loops", "8", "-o")
TARGET = "here"

EP_PROGRAM = (
    "from study.bench.kernels import ep; t = ep.together(map(ep.batch, range(1 << 24 - ep.BATCH_BITS)));"
    " print(repr(t.sum_x), repr(t.sum_y), *t.rings)"
)
EP_CLASS_S = (-3.247834652034740e3, -6.958407078382297e3, 6140517, 5865300, 1100361, 68546, 1648, 17, 0, 0, 0, 0)
"""Both sums and the pairs in each ring of NPB EP, class S (2^24 pairs), as its verification has them."""


_ON_ONE_CPU = (
    sys.executable, "-c",
    "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); os.execv(sys.argv[1], sys.argv[1:])",
)  # fmt: skip
"""Before a command: all its processes stay on one CPU."""


class CannotBeHadError(Exception):
    """An independent measurement cannot be had here; the text says why."""


def seconds_of_perf(text: str) -> float:
    """Seconds of an operation, a round trip, in what `perf bench sched pipe` prints."""
    found = re.search(r"^\s*([0-9.]+) usecs/op\s*$", text, re.MULTILINE)
    if found is None:
        raise CannotBeHadError("perf bench printed no line with usecs/op")
    return float(found[1]) * 1e-6


def seconds_of_pyperf(path: Path) -> float:
    """Average of the values of `bench_mp_pool` in what pyperformance's benchmark wrote."""
    try:
        benchmarks = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
        values = [
            value
            for benchmark in benchmarks
            if benchmark.get("metadata", {}).get("name") == "bench_mp_pool"
            for run in benchmark["runs"]
            for value in run.get("values", ())
        ]
        return fmean(values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotBeHadError(f"concurrent_imap left no times ({type(error).__name__})") from None


def seconds_of_lines(text: str) -> float:
    """Average of the repetitions that one of the C programs prints, one a line."""
    try:
        return fmean(float(line) for line in text.split())
    except ValueError:
        raise CannotBeHadError("the program printed something that is not seconds") from None


def ep_class_s(root: Path) -> list[float]:
    """Both sums and the pairs in each ring as the kernel of the bench finds them, in a process of its own."""
    try:
        return [float(word) for word in _output([sys.executable, "-c", EP_PROGRAM], cwd=root).split()]
    except ValueError:
        raise CannotBeHadError("the kernel printed something that is no number") from None


def _output(command: Sequence[str], cwd: Path | None = None) -> str:
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LONGEST_S, stdin=subprocess.DEVNULL, cwd=cwd,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBeHadError(f"{Path(command[0]).name} could not be run ({type(error).__name__})") from None
    if ran.returncode:
        raise CannotBeHadError(f"{Path(command[0]).name} ended with exit code {ran.returncode}")
    return ran.stdout


def command(program: str, root: Path, folder: Path) -> tuple[str, ...]:
    """What starts an independent program; the C programs are compiled into `folder`."""
    if program == "perf":
        if (found := shutil.which("perf")) is None:
            raise CannotBeHadError("perf is not installed")
        return (found,)
    if (
        program in {IMAP, "pool_calls.py", "pool_payload.py"}
        and multiprocessing.get_start_method() != start_methods.FORK.name
    ):
        raise CannotBeHadError("this Python's Pool() does not fork by default, and our cell does")
    if program == IMAP:
        return (sys.executable,)
    if program.endswith(".py"):
        return sys.executable, str(root / SOURCES / program)
    if program.endswith(".sh"):
        if (shell := shutil.which("bash")) is None:
            raise CannotBeHadError("there is no shell that times (bash)")
        return shell, str(root / SOURCES / program), sys.executable
    if (compiler := shutil.which("cc")) is None:
        raise CannotBeHadError("there is no C compiler (cc)")
    made = str(folder / program)
    _output([compiler, *COMPILE, str(root / SOURCES / f"{program}.c"), "-o", made])
    return (made,)


def crosscheck(
    root: Path,
    results: Path,
    *,
    pyperformance: Path | None = None,
    lock: Path | None = None,
    rounds: int = ROUNDS,
    say: Callable[[str], None] = print,
) -> bool:
    """Measure every act on both sides, keep the outcome in `results/crosschecks.json`; whether all could be had.

    The lock of this machine is held meanwhile (`lock` is its folder), and that the outcome can be kept is tried first.
    """
    if pyperformance is not None and not (pyperformance / CONCURRENT_IMAP).is_file():
        raise UsageError(f"--pyperformance {pyperformance}: there is no {CONCURRENT_IMAP.as_posix()} in it")
    with store.one_at_a_time(store.machine_lock(lock)):
        store.check_outcome(results, "crosschecks")
        return _crosschecked(root, results, acts(pyperformance), rounds, say)


def _crosschecked(root: Path, results: Path, done: Sequence[Act], rounds: int, say: Callable[[str], None]) -> bool:
    try:
        kernel = ep_class_s(root)
    except CannotBeHadError as error:
        raise ResultsError(f"the kernel of NPB EP does not run here: {error}") from None
    token = secrets.token_hex(4)  # nobody else's processes are taken for these
    with temporary_folder(token) as folder, Supervisor() as supervisor:
        runner = BenchRunner(
            root=root, scratch=folder / "job", run_id=f"crosscheck-{token}", pythons={TARGET: Path(sys.executable)},
            supervisor=supervisor,
        )  # fmt: skip
        programs: dict[str, tuple[str, ...]] = {}
        loops: dict[str, dict[str, int]] = {}
        for act in done:
            for side in act.sides:
                _attempt(act, side, partial(_found, programs, side.program, root, folder))
        for index in range(rounds):
            for act in done:
                for side in act.measured:
                    theirs = partial(_theirs, side, programs[side.program], folder)
                    _attempt(act, side, partial(_both, act, side, theirs, runner, loops, index))
            say(f"round {index + 1} of {rounds}")
    for act in done:
        say(f"{act.act}: {_words(act)}")
    say(f"NPB EP, class S: {kernel[0]!r} and {kernel[1]!r}, published {EP_CLASS_S[0]!r} and {EP_CLASS_S[1]!r}")
    store.save_outcome(results, "crosschecks", record(done, rounds, kernel))
    return not any(act.skipped for act in done)


def _attempt(act: Act, side: Side, step: Callable[[], None]) -> None:
    try:
        step()
    except CannotBeHadError as error:
        act.skipped[side.name] = store.scrub(str(error))


def _found(programs: dict[str, tuple[str, ...]], program: str, root: Path, folder: Path) -> None:
    if program not in programs:
        programs[program] = command(program, root, folder)


def _theirs(side: Side, program: Sequence[str], folder: Path) -> float:
    """One value of the independent program."""
    if side.program == IMAP:
        if not side.words:
            raise CannotBeHadError("its place was not named: --pyperformance DIR, the folder of its benchmarks")
        written = folder / "imap.json"
        written.unlink(missing_ok=True)
        _output([*program, *side.words, *PLAN_OF_IMAP, str(written)])
        return seconds_of_pyperf(written)
    text = _output([*(_ON_ONE_CPU if side.pinned else ()), *program, *side.words])
    return seconds_of_perf(text) if side.program == "perf" else seconds_of_lines(text)


def _both(
    act: Act, side: Side, theirs: Callable[[], float], runner: Runner, loops: dict[str, dict[str, int]], index: int
) -> None:
    """One value of each side, ours first in even rounds."""
    steps: list[tuple[dict[str, list[float]], Callable[[], float]]] = [
        (act.ours, lambda: _ours(side.cell, runner, loops, index)),
        (act.theirs, theirs),
    ]
    for values, measure in steps if index % 2 == 0 else reversed(steps):
        values.setdefault(side.name, []).append(measure())


def _ours(cell: Cell, runner: Runner, loops: dict[str, dict[str, int]], index: int) -> float:
    """Mean of the values of one fresh process."""
    curve = Curve(experiment="crosscheck", question="noise", tier="core", target=TARGET, cells=(cell,))
    if cell.text not in loops:
        work = job(curve, mode="calibrate", seed=0)
        loops[cell.text] = _carried(runner, work, CALIBRATION_DEADLINE_S, 0)["loops"]
    found = _carried(runner, job(curve, mode="measure", seed=index, loops=loops[cell.text]), deadline_s(1.0), index)
    try:
        return fmean(value for sample in store.samples_in(found["suite"], "crosscheck") for value in sample.values)
    except ResultsError as error:
        raise CannotBeHadError(str(error)) from None


def _carried(runner: Runner, work: dict[str, Any], limit_s: float, index: int) -> dict[str, Any]:
    ran = runner.carry_out(TARGET, work, deadline_s=limit_s, round_index=index)
    if ran.state == "interrupted":
        raise KeyboardInterrupt
    if ran.result is None:
        raise CannotBeHadError(f"our own cell {ran.state}: {ran.reason}")
    return ran.result


def _words(act: Act) -> str:
    pairs = [
        f"{side.name}: ours {seconds(fmean(act.ours[side.name]))}, theirs {seconds(fmean(act.theirs[side.name]))}"
        for side in act.measured
    ]
    return "; ".join(pairs + [f"{name}: skipped, {reason}" for name, reason in act.skipped.items()])


def record(done: Sequence[Act], rounds: int, kernel: Sequence[float]) -> dict[str, Any]:
    """What is kept of a cross-check."""
    try:
        compiler = _output(["cc", "--version"]).splitlines()[0]
    except (CannotBeHadError, IndexError):
        compiler = "none"
    return {
        "finished": store.now_text(),
        "machine": f"{platform.machine()}, {counted(os.cpu_count() or 1, 'CPU')}",
        "python": platform.python_version(),
        "compiler": compiler,
        "rounds": rounds,
        "ep_class_s": {"ours": list(kernel), "published": list(EP_CLASS_S)},
        "acts": [
            {
                "act": act.act, "factor": act.factor, "skipped": act.skipped,
                "sides": [
                    {
                        "name": s.name, "program": s.program, "cell": s.cell.text,
                        "ours_s": act.ours[s.name], "theirs_s": act.theirs[s.name],
                    }
                    for s in act.measured
                ],
            }
            for act in done
        ],
    }  # fmt: skip
