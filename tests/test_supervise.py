from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from study.errors import ResultsError
from study.supervise import RUN_ID, Outcome, Supervisor, end_leftovers
from study.supervise.tree import descendants, is_alive, marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the faults are made with fork and signals")

FAULTS = Path(__file__).parent / "faults"
ROOT = Path(__file__).parent.parent
PATIENCE_S = 30.0


class Bay:
    """One supervised child at a time, and what is left of it."""

    def __init__(self, folder: Path) -> None:
        self.run_id = f"test-{secrets.token_hex(8)}"
        self.folder = folder
        self.log = folder / "log.txt"
        self.pids_file = folder / "pids"
        self.environment = {**os.environ, RUN_ID: self.run_id, "PIDS": str(self.pids_file)}

    def run(self, fault: str, *, deadline_s: float = PATIENCE_S, supervisor: Supervisor | None = None) -> Outcome:
        with supervisor or Supervisor() as entered:
            return entered.run(
                [sys.executable, str(FAULTS / "child.py"), fault],
                environment=self.environment,
                cwd=ROOT,
                deadline_s=deadline_s,
                log=self.log,
            )

    def harness(self, fault: str, *wrapper: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*wrapper, sys.executable, str(FAULTS / "harness.py"), fault, str(self.log), self.run_id],
            env={**os.environ, "PIDS": str(self.pids_file), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def pids(self) -> list[int]:
        return [int(line) for line in self.pids_file.read_text().split()] if self.pids_file.exists() else []

    def wait_for_pids(self, count: int) -> None:
        until(lambda: len(self.pids()) == count)


def until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


@pytest.fixture
def bay(tmp_path: Path) -> Iterator[Bay]:
    """A bay; after the test nothing that bears its run id, and none of the noted processes, is alive."""
    before = descendants()
    made = Bay(tmp_path)
    yield made
    assert marked(made.run_id) == []
    assert [pid for pid in made.pids() if psutil.pid_exists(pid) and is_alive(psutil.Process(pid))] == []
    assert set(descendants()) <= set(before)


def test_a_child_that_ends_well_is_ok_and_its_output_is_kept(bay: Bay) -> None:
    outcome = bay.run("ends_well")
    assert (outcome.state, outcome.reason, outcome.leftovers) == ("ok", "", ())
    assert outcome.last_lines == "all is well"
    assert outcome.elapsed_s > 0


def test_the_cpu_time_of_grandchildren_counts(bay: Bay) -> None:
    before = os.times()
    outcome = bay.run("waits_a_moment")
    after = os.times()
    assert 0 < outcome.cpu_s <= after.children_user + after.children_system - before.children_user + 0.02


def test_a_failing_child_says_why_in_its_last_line(bay: Bay) -> None:
    outcome = bay.run("gives_a_wrong_answer")
    assert outcome.state == "failed"
    assert outcome.reason == "exit code 1: WrongAnswer: square of 3 is 9 and not 8"


def test_a_segmentation_fault_is_named(bay: Bay) -> None:
    outcome = bay.run("crashes")
    assert (outcome.state, outcome.reason) == ("failed", "killed by SIGSEGV")


@pytest.mark.parametrize(("fault", "processes"), [("hangs", 1), ("hangs_deaf", 2)])
def test_a_hung_child_is_killed_and_recorded(bay: Bay, fault: str, processes: int) -> None:
    outcome = bay.run(fault, deadline_s=2.0)
    assert (outcome.state, outcome.reason) == ("timed out", "still running after 2.0 s")
    assert outcome.last_lines == "before it hangs"
    assert len(bay.pids()) == processes


def test_the_workers_of_a_hung_pool_are_killed_with_it(bay: Bay) -> None:
    assert bay.run("hangs_in_a_pool", deadline_s=2.0).state == "timed out"


@pytest.mark.parametrize(
    ("fault", "apart"),
    [
        ("leaves_a_grandchild", False),
        ("leaves_a_grandchild_in_another_session", True),
        ("leaves_a_daemon", True),
        pytest.param(
            "leaves_a_daemon_without_a_mark",
            True,
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives us the orphans of our children"),
        ),
    ],
)
def test_what_outlives_the_child_is_named_and_ended(bay: Bay, fault: str, apart: bool) -> None:
    outcome = bay.run(fault)
    assert outcome.state == "ok"
    assert len(bay.pids()) == len(outcome.leftovers) == 1
    assert "(sleeping)" in outcome.leftovers[0]
    assert outcome.leftovers[0].endswith("in a session of its own") == apart
    assert "/" not in outcome.leftovers[0]


def test_helpers_that_end_by_themselves_are_no_leftovers(bay: Bay) -> None:
    outcome = bay.run("leaves_a_tracker")
    assert (outcome.state, outcome.leftovers) == ("ok", ())


def test_of_a_megabyte_only_the_last_lines_are_kept(bay: Bay) -> None:
    outcome = bay.run("prints_a_megabyte")
    lines = outcome.last_lines.splitlines()
    assert outcome.state == "ok"
    assert bay.log.stat().st_size > 1 << 20
    assert len(lines) == 20
    assert lines[-2:] == [f"{(1 << 14) - 1:063}", "the last line"]


def test_one_endless_line_is_cut(bay: Bay) -> None:
    bay.log.write_bytes(b"x" * 100_000)
    from study.supervise.output import KEPT_BYTES, last_lines

    assert last_lines(bay.log) == ["x" * KEPT_BYTES]


def test_a_child_that_prints_for_ever_is_ended(bay: Bay) -> None:
    outcome = bay.run("prints_for_ever", supervisor=Supervisor(largest_output_bytes=1 << 20))
    assert (outcome.state, outcome.reason) == ("failed", "printed more than 1 MiB")
    assert len(outcome.last_lines) <= 4096


def test_a_child_that_has_printed_too_much_when_it_ends_fails_as_well(bay: Bay) -> None:
    outcome = bay.run("prints_a_megabyte", supervisor=Supervisor(largest_output_bytes=1 << 19))
    assert (outcome.state, outcome.reason) == ("failed", "printed more than 0.5 MiB")


def test_output_that_could_steer_a_terminal_is_escaped(bay: Bay) -> None:
    outcome = bay.run("prints_dirt")
    assert outcome.last_lines == "\\x1b]0;title\\x07 \N{REPLACEMENT CHARACTER} \\u202e reversed"
    assert outcome.reason.startswith("exit code 3: \\x1b]0;")


def test_a_program_that_is_not_there_is_a_failed_cell(bay: Bay) -> None:
    with Supervisor() as supervisor:
        outcome = supervisor.run([str(bay.folder / "no-python")], environment={}, cwd=ROOT, deadline_s=1.0, log=bay.log)
    assert (outcome.state, outcome.reason) == ("failed", "could not be started: No such file or directory")


def test_a_log_that_cannot_be_written_is_an_error_of_ours(bay: Bay) -> None:
    bay.log.mkdir()
    with pytest.raises(ResultsError, match="Is a directory"):
        bay.run("ends_well")


def test_stopping_kills_the_tree_and_starts_nothing_more(bay: Bay) -> None:
    supervisor = Supervisor()

    def stop() -> None:
        bay.wait_for_pids(2)
        supervisor.stop_now()

    thread = threading.Thread(target=stop)
    thread.start()
    assert bay.run("hangs_deaf", supervisor=supervisor).state == "interrupted"
    thread.join()
    assert bay.run("ends_well", supervisor=supervisor).state == "interrupted"


def test_the_first_interruption_spares_the_child_and_the_second_ends_it(bay: Bay) -> None:
    with bay.harness("hangs") as harness:
        assert harness.stdout is not None
        bay.wait_for_pids(1)
        harness.send_signal(signal.SIGINT)
        assert harness.stdout.readline() == "interruption 1\n"
        assert is_alive(psutil.Process(bay.pids()[0]))
        harness.send_signal(signal.SIGINT)
        assert harness.stdout.readline() == "interruption 2\n"
        assert harness.stdout.readline() == "interrupted: stopped by the user|before it hangs\n"
    assert harness.returncode == 0


def test_an_unexpected_interruption_leaves_nothing_behind(bay: Bay) -> None:
    def interrupt() -> None:
        bay.wait_for_pids(2)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        bay.run("hangs_deaf")
    thread.join()


def test_a_child_of_a_harness_under_nohup_hears_signals_again(bay: Bay) -> None:
    ignore = "import os, signal, sys; [signal.signal(number, signal.SIG_IGN) for number in (1, 2)]"
    deaf = f"{ignore}; os.execv(sys.argv[1], sys.argv[1:])"
    with bay.harness("tells_its_signals", sys.executable, "-c", deaf) as harness:
        output, _ = harness.communicate(timeout=PATIENCE_S)
    assert output == "ok: |True 0\n"


def test_after_a_kill_of_the_harness_the_next_start_ends_the_whole_tree(bay: Bay) -> None:
    with bay.harness("hangs_deaf") as harness:
        bay.wait_for_pids(2)
        harness.kill()
    assert all(is_alive(psutil.Process(pid)) for pid in bay.pids())
    assert end_leftovers("test-another-run") == 0
    assert end_leftovers(bay.run_id) == 2


def test_processes_that_ran_before_are_spared(bay: Bay) -> None:
    environment = {name: value for name, value in os.environ.items() if name != RUN_ID}
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=environment) as bystander:
        bay.run("leaves_a_daemon")
        assert bystander.poll() is None
        assert bystander.stdin is not None
        bystander.stdin.write(b"\n")
    assert bystander.returncode == 0


def test_a_watch_that_cannot_be_started_is_said_and_nothing_is_left_running(
    bay: Bay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    with pytest.raises(ResultsError, match=r"can't start new thread.*ulimit"):
        bay.run("hangs")
    assert marked(bay.run_id) == []


def test_a_watch_that_fails_ends_the_waiting(bay: Bay, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(os, "waitid", no_memory)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    outcome = bay.run("hangs")
    assert (outcome.state, outcome.reason) == ("failed", "killed by SIGKILL")
    assert marked(bay.run_id) == []
