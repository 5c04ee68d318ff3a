"""Whole scripts, pasted programs, broken pools, generators, things handed over: run for real, and nothing is left of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from study.bench import trial
from study.bench.errors import UnsupportedCellError, WorkerFailedError, WrongAnswerError
from study.bench.hosts import broken
from study.bench.job import Job
from study.bench.patterns import breakage, pasted_program, written_program
from study.bench.timing import Measured, Stopwatch, leftovers, measure
from study.bench.trial import Trial
from study.cell import Cell, parts_of
from study.things import BACKENDS, PATTERNS
from study.things.broken import CASES
from study.things.handed import THINGS
from study.things.pasted import ENDS
from tests import terminals
from tests.contract.runners import HERE, needs_fork

ROOT = Path(__file__).parent.parent.parent
METHODS = multiprocessing.get_all_start_methods()
pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups")


def measured(point: Cell) -> Measured:
    cells = tuple(replace(point, part=part) for part in parts_of(point))
    loops = MappingProxyType({point.text: 1})
    job = Job(mode="measure", cells=cells, values=1, warmups=0, min_time_s=0.0, loops=loops, seed=1, environment={})
    (found,) = measure(job, Stopwatch())
    assert leftovers() == []
    return found


def terminal_of(variant: str) -> None:
    """Skip where a program is put that needs a terminal, and none can be had."""
    if {"repl", "terminal"} & set(variant.split(".")):
        terminals.needed()


def counted(point: Cell) -> dict[str, int]:
    """The outcomes that were seen at all."""
    return {name: times for name, times in measured(point).outcomes.items() if times}


def ended(said: str, exit_code: int | None = 0) -> Trial:
    return Trial(said, "", exit_code, 1, 1)


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


# A trial


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@needs_fork
@pytest.mark.parametrize("end", ["", "time.sleep(60)"])
def test_nothing_of_a_program_is_left_whether_it_ends_or_not(end: str) -> None:
    program = "import os, time\nchild = os.fork()\nif child == 0: time.sleep(60)\nprint(child, flush=True)\n" + end
    found = trial.run([sys.executable, "-c", program], limit_s=1.0 if end else 60.0, patient=False)
    assert found.exit_code == (None if end else 0)
    assert not alive(int(found.said))


def test_the_cpu_time_of_what_a_program_leaves_is_its_own() -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux gives orphans a new parent of our choice")
    work = "sum(range(10_000_000))"
    program = f"import os\nif os.fork() == 0:\n    {work}\n    os._exit(0)\nos._exit(0)"
    alone = trial.run([sys.executable, "-c", work], limit_s=60.0)
    assert trial.run([sys.executable, "-c", program], limit_s=60.0).cpu_ns > alone.cpu_ns / 3


def test_a_program_is_given_up_by_what_it_writes() -> None:
    begun_s = time.monotonic()
    program = "import time; print('never', flush=True); time.sleep(60)"
    found = trial.run([sys.executable, "-c", program], limit_s=50.0, given_up=lambda said: "never" in said)
    assert found.exit_code is None
    assert time.monotonic() - begun_s < 50.0


def test_a_program_that_ignores_the_first_signal_gets_the_second() -> None:
    program = f"import signal, time; signal.signal({int(signal.SIGTERM)}, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    assert trial.run([sys.executable, "-c", program], limit_s=50.0, given_up=bool).exit_code is None


def test_a_variable_can_be_taken_away_and_a_terminal_is_one() -> None:
    terminals.needed()
    program = "import os, sys; print(os.environ.get('STUDY_TRIED'), sys.stdout.isatty(), input())"
    found = trial.run(
        [sys.executable, "-c", program],
        limit_s=60.0,
        environment={"STUDY_TRIED": None},
        stdin=b"typed\n",
        terminal=True,
    )
    assert found.said.split() == ["None", "True", "typed"]


# Whole scripts


@pytest.mark.parametrize("backend", [name for name in PATTERNS["whole_program"].backends if BACKENDS[name] in HERE])
def test_a_script_does_its_job_and_its_processes_cost_cpu_time(backend: str) -> None:
    record = BACKENDS[backend]
    method = "spawn" if record.takes_start_method else ""
    workers = 1 if record.kind == "loop" else 2
    point = Cell(
        pattern="whole_program", kernel="fannkuch", backend=backend, start_method=method, workers=workers, tasks=4
    )
    found = measured(point)
    assert found.outcomes["trials"] == 1
    assert found.values[0]["cpu"] > 4 * 1e-3
    assert found.outcomes["program_us"] == pytest.approx(found.values[0]["total"] * 1e6, abs=2)


def test_an_empty_script_is_an_interpreter_alone() -> None:
    assert set(measured(Cell(pattern="whole_program", variant="empty")).values[0]) == {"total", "cpu"}


def test_a_script_with_a_wrong_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "run", lambda *_, **__: ended("[]\n"))
    with pytest.raises(WrongAnswerError, match="the script printed"):
        measured(Cell(pattern="whole_program", kernel="square", tasks=2))


# Pasted programs: what is called what


@pytest.mark.parametrize(
    ("program", "said", "exit_code", "outcome"),
    [
        ("q5", "[1, 4, 9, 16, 25]\n", 0, "works"),
        ("q5", "[1, 4, 9, 16, 25]\n", None, "hangs"),
        ("q5", "[1, 4, 9, 16, 25]\n[1, 4, 9, 16, 25]\n", 0, "runs_twice"),
        ("q5", "", 1, "dies"),
        ("q5", "", 0, "dies"),
        ("q3", "This is the main process.\n", 0, "prints_nothing"),
        ("q3", "This is the main process.\nThis is a child process.\n", 0, "torn"),
        ("q3", ">>> >>> This is a child process.\r\nThis is the main process.\r\n>>> ", 0, "works"),
        ("q6", "Process 1: 1Process 2: 2\n\nProcess 3: 3\nProcess 4: 4\nProgram execution completed.\n", 0, "torn"),
        ("q6", "Process 2: 2\nProcess 1: 1\nProcess 3: 3\nProcess 4: 4\nProgram execution completed.\n", 0, "works"),
        ("q6", "Process 2: 2\nProgram execution completed.\n", 0, "prints_nothing"),
    ],
)
def test_a_trial_is_called_by_the_first_that_fits(program: str, said: str, exit_code: int | None, outcome: str) -> None:
    assert pasted_program.outcome_of(ended(said, exit_code), program) == outcome


def test_nobody_answers_any_more_once_a_pool_lost_a_worker_for_each_task() -> None:
    deaths = [f"Process SpawnPoolWorker-{number}:\nTraceback (most recent call last):\n" for number in range(1, 6)]
    assert not pasted_program.nobody_will_answer("".join(deaths[:4]))
    assert pasted_program.nobody_will_answer("".join(deaths))


@needs_fork
@pytest.mark.parametrize("place", ["module", "script", "stdin", "repl", "terminal", "unbuffered", "script.unguarded"])
def test_under_fork_a_program_works_wherever_it_is_put(place: str) -> None:
    terminal_of(place)
    point = Cell(pattern="pasted_program", backend="processes", start_method="fork", variant=f"q3.{place}")
    assert counted(point) == {"trials": 1, "works": 1}


@pytest.mark.parametrize(
    ("variant", "outcome"),
    [
        ("q5.module", "works"),
        ("q5.script", "works"),
        ("q5.stdin", "hangs"),
        ("q3.repl", "prints_nothing"),
        ("q3.stdin", "prints_nothing"),
        ("q5.script.unguarded", "hangs"),
    ],
)
def test_under_spawn_it_depends_on_the_place_and_the_guard(variant: str, outcome: str) -> None:
    terminal_of(variant)
    point = Cell(pattern="pasted_program", backend="processes", start_method="spawn", variant=variant)
    found = measured(point).outcomes
    assert set(found) == {"trials", *ENDS}
    assert {name for name, times in found.items() if times} == {"trials", outcome}


@pytest.mark.parametrize(
    ("method", "variant", "outcomes"),
    [
        ("fork", "q5.notebook", {"works"}),
        ("spawn", "q5.notebook", {"hangs"}),
        ("spawn", "q3.notebook", {"prints_nothing"}),
    ],
)
def test_in_a_notebook_a_child_that_is_started_anew_finds_nothing(
    method: str, variant: str, outcomes: set[str]
) -> None:
    point = Cell(pattern="pasted_program", backend="processes", start_method=method, variant=variant)
    try:
        found = counted(point)
    except UnsupportedCellError as error:
        pytest.skip(str(error))
    assert set(found) == {"trials", *outcomes}


# What breaks


@pytest.mark.parametrize("case", [case.name for case in CASES])
@pytest.mark.parametrize("backend", ["pool", "process_executor", "thread_executor"])
def test_each_pool_tells_of_what_breaks_or_is_given_up(backend: str, case: str) -> None:
    method = "default" if BACKENDS[backend].takes_start_method else ""
    point = Cell(pattern="breakage", backend=backend, start_method=method, workers=2, variant=case)
    if (backend, case) == ("thread_executor", "killed"):
        with pytest.raises(UnsupportedCellError, match="a signal ends the whole program"):
            measured(point)
        return
    found = counted(point)
    if case == "killed":
        ends = {"hangs"} if backend == "pool" else {"raises", "raised_BrokenProcessPool"}
        assert set(found) == {"trials", *ends}
    elif case == "failed":
        assert set(found) == {"trials", "raises", "raised_ValueError", "usable_after"}
    elif backend == "thread_executor":
        assert set(found) == {"trials", "goes_on", "usable_after"}
    else:
        assert {"raises", "usable_after"} <= set(found)


BROKEN = Cell(pattern="breakage", backend="thread_executor", workers=2, variant="failed")
READY = f"{broken.READY}\n"


def test_the_time_of_a_pool_that_breaks_begins_when_it_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is loaded is no pool that hangs: the program needs twice as long to get ready as its map may take."""
    monkeypatch.setattr(breakage, "LIMIT_S", 0.6)
    program = f'import time; time.sleep(1.2); print({broken.READY!r}, flush=True); time.sleep(0.1); print(\'{{"end": "loses"}}\')'
    run = trial.run
    monkeypatch.setattr(trial, "run", lambda _, **options: run([sys.executable, "-c", program], **options))
    assert counted(BROKEN) == {"trials": 1, "loses": 1}


def test_a_map_that_does_not_return_in_its_time_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breakage, "LIMIT_S", 0.2)
    program = f"import time; print({broken.READY!r}, flush=True); time.sleep(60)"
    run = trial.run
    monkeypatch.setattr(trial, "run", lambda _, **options: run([sys.executable, "-c", program], **options))
    begun_s = time.monotonic()
    assert counted(BROKEN) == {"trials": 1, "hangs": 1}
    assert time.monotonic() - begun_s < breakage.READY_LIMIT_S


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (ended("", None), "its pool was not ready after 30 s"),
        (ended("", 1), "ended before its map"),
        (ended(READY, 1), "ended before its map"),
    ],
)
def test_a_pool_that_was_never_there_is_no_outcome(found: Trial, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "run", lambda *_, **__: found)
    with pytest.raises(WorkerFailedError, match=told):
        measured(BROKEN)


def test_a_pool_that_does_not_get_ready_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breakage, "READY_LIMIT_S", 0.2)
    run = trial.run
    monkeypatch.setattr(
        trial, "run", lambda _, **rest: run([sys.executable, "-c", "import time; time.sleep(60)"], **rest)
    )
    with pytest.raises(WorkerFailedError, match="its pool was not ready"):
        measured(BROKEN)


def test_a_map_takes_every_item_and_a_buffersize_few() -> None:
    point = Cell(pattern="generator_taken", backend="thread_executor", workers=2)
    assert counted(point) == {"trials": 1, "items_first": 10_000, "items_later": 10_000}
    buffered = replace(point, variant="buffered")
    if sys.version_info < (3, 14):
        with pytest.raises(UnsupportedCellError, match="no buffersize before"):
            measured(buffered)
    else:
        assert counted(buffered)["items_later"] <= 20


# Easier


@pytest.mark.parametrize("thing", [thing.name for thing in THINGS])
def test_threads_and_forked_children_take_everything_and_what_is_pickled_a_number(thing: str) -> None:
    taken = {"trials": 1, "arrived": 1}
    assert counted(Cell(pattern="handed_over", backend="threads", variant=thing)) == taken
    expected = taken if thing == "number" else {"trials": 1}
    spawned = Cell(pattern="handed_over", backend="processes", start_method="spawn", variant=thing)
    assert counted(spawned) == expected
    if "fork" in METHODS:
        assert counted(replace(spawned, start_method="fork")) == taken
        assert counted(replace(spawned, backend="pool", start_method="fork")) == expected


def test_lines_that_hold_code_calls_and_names_of_the_libraries_are_counted() -> None:
    text = '"""What it is."""\n\nimport threading\nimport os\n\n# a remark\nthread = threading.Thread(\n    target=os.getpid\n)\n'
    assert written_program.counted(text) == {"lines": 4, "calls": 1, "names": 1}


@pytest.mark.parametrize("backend", list(written_program.SOURCES))
def test_each_program_of_the_job_prints_the_right_number(backend: str) -> None:
    method = "default" if BACKENDS[backend].takes_start_method else ""
    found = counted(Cell(pattern="written_program", backend=backend, start_method=method))
    assert found["thread_lines"] >= found["lines"] > 5
