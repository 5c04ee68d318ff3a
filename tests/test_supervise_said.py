"""How long a child may take, on a clock of the test's own, and what is said where memory ran out."""

from __future__ import annotations

import queue
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from study.supervise import Outcome, Supervisor, shared, supervisor

ROOT = Path(__file__).parent.parent
VMSTAT = "nr_free_pages 5\noom_kill_node 9\noom_kill {}\npgfault 3\n"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="children are ended with signals")


class Slowly:
    """A clock that only waiting moves, and a queue in which nothing ever comes."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.waits_s: list[float] = []

    def monotonic(self) -> float:
        return self.now_s

    def get(self, timeout: float) -> Any:
        assert timeout > 0
        self.waits_s.append(timeout)
        self.now_s += timeout
        raise queue.Empty


def run(folder: Path, program: str, deadline_s: float = 60.0) -> Outcome:
    with Supervisor() as entered:
        return entered.run(
            [sys.executable, "-c", program],
            environment={},
            cwd=ROOT,
            deadline_s=deadline_s,
            log=folder / "log.txt",
        )


@pytest.mark.parametrize("deadline_s", [0.1, 1.0, 7.3])
def test_a_child_is_waited_for_until_its_deadline_and_not_beyond(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deadline_s: float
) -> None:
    clock = Slowly()
    monkeypatch.setattr(supervisor, "time", clock)
    log, memory = tmp_path / "log.txt", shared.Shared("a run")
    assert Supervisor()._wait(clock, 1000.0 + deadline_s, log, memory) == "late"  # type: ignore[arg-type]
    assert clock.now_s == pytest.approx(1000.0 + deadline_s)
    assert max(clock.waits_s) <= 0.25


def test_the_deadline_counts_from_the_start_of_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    until_s: list[float] = []

    def at_once(entered: Supervisor, events: object, deadline_s: float, *_: object) -> str:
        until_s.append(deadline_s)
        return "late"

    monkeypatch.setattr(Supervisor, "_wait", at_once)
    before_s = time.monotonic()
    outcome = run(tmp_path, "input()", 500.0)
    after_s = time.monotonic()
    assert (outcome.state, outcome.reason) == ("timed out", "still running after 500.0 s")
    assert before_s + 500.0 <= until_s[0] <= after_s + 500.0


def kills(monkeypatch: pytest.MonkeyPatch, *counts: int) -> None:
    """What the kernel says, each time that it is asked, of processes that it ended."""
    said = iter(counts)
    monkeypatch.setattr(supervisor, "_oom_kills", lambda: next(said))


DIES = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((3, 4), "killed by SIGKILL (the kernel ended a process for lack of memory)"),
        ((3, 3), "killed by SIGKILL"),
        ((0, 0), "killed by SIGKILL"),
    ],
)
def test_a_child_that_the_kernel_ended_for_lack_of_memory_is_told_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: tuple[int, int], said: str
) -> None:
    kills(monkeypatch, *counts)
    outcome = run(tmp_path, DIES)
    assert (outcome.state, outcome.reason) == ("failed", said)


def test_a_child_that_ended_well_has_no_reason_whatever_the_kernel_ended_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills(monkeypatch, 3, 4)
    outcome = run(tmp_path, "")
    assert (outcome.state, outcome.reason) == ("ok", "")


@pytest.mark.parametrize(("text", "expected"), [(VMSTAT.format(17), 17), ("nr_free_pages 5\n", 0), (None, 0)])
def test_what_the_kernel_ended_is_read_where_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, expected: int
) -> None:
    if text is not None:
        (tmp_path / "vmstat").write_text(text, encoding="utf-8")
    asked: list[str] = []

    def there(path: str) -> Path:
        asked.append(path)
        return tmp_path / "vmstat"

    monkeypatch.setattr(supervisor, "Path", there)
    assert supervisor._oom_kills() == expected
    assert asked == ["/proc/vmstat"]
