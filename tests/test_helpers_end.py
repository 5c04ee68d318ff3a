"""Helpers that draw end with the report that began them, however it ends; and where one is killed, it costs no picture."""

from __future__ import annotations

import multiprocessing
import multiprocessing.popen_fork
import multiprocessing.synchronize
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from study.report import ahead, beside, pictures
from study.report.placed import drawn_figures
from tests import synthetic_report as synthetic

ALONE = sys.platform != "linux" or not beside.spare_cpus()
pytestmark = pytest.mark.skipif(ALONE, reason="with one CPU, or off Linux, nobody helps")
BEGINS = """
import time
from study.report import ahead
with ahead() as drawing:
    print(*[process.pid for process in drawing._helpers._processes], flush=True)
    time.sleep(60)
"""
PATIENCE_S = 30.0
LOADED: list[str] = []
"""What a helper loads, in the helper."""


def is_there(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_report_that_is_ended_leaves_no_helper(how: signal.Signals) -> None:
    report = subprocess.Popen([sys.executable, "-c", BEGINS], stdout=subprocess.PIPE, text=True)
    assert report.stdout is not None
    helpers = [int(process) for process in report.stdout.readline().split()]
    assert helpers
    assert all(map(is_there, helpers))
    report.send_signal(how)
    report.wait()
    report.stdout.close()
    until_s = time.monotonic() + PATIENCE_S
    while any(map(is_there, helpers)) and time.monotonic() < until_s:
        time.sleep(0.02)
    assert not any(map(is_there, helpers))


@pytest.mark.parametrize("begun", [True, False], ids=["after the sections", "before them"])
def test_helpers_that_are_killed_cost_no_picture(*, begun: bool) -> None:
    report = synthetic.report()
    figures = len(list(drawn_figures(report)))
    assert figures
    with ahead() as drawing:
        assert drawing._helpers is not None
        if begun:
            for section in report.sections:
                drawing.section(section)
        for process in drawing._helpers._processes:
            process.kill()
        time.sleep(0.2)
        if not begun:
            for section in report.sections:
                drawing.section(section)
        made = pictures.pictures(report, None, drawing)
    assert (len(made.drawn), made.refused) == (figures, {})


@pytest.mark.parametrize(("cpus", "number"), [(1, 1), (2, 2), (63, 2)])
def test_one_or_two_draw_and_have_loaded_what_draws_before_there_is_a_figure(
    monkeypatch: pytest.MonkeyPatch, cpus: int, number: int
) -> None:
    monkeypatch.setattr(pictures, "spare_cpus", lambda: cpus)
    monkeypatch.setattr(pictures, "ready", lambda: LOADED.append("all"))
    with ahead() as drawing:
        assert drawing._helpers is not None
        assert len(drawing._helpers._processes) == number
        assert drawing._helpers.ask(list, what_is_loaded)() == ["all"]
    assert LOADED == []


def test_what_cannot_be_loaded_costs_no_helper(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise ValueError("a broken module")

    monkeypatch.setattr(pictures, "ready", broken)
    with ahead() as drawing:
        assert drawing._helpers is not None
        assert drawing._helpers.ask(os.getpid, os.getpid)() != os.getpid()
    assert capfd.readouterr().err == ""


def what_is_loaded() -> list[str]:
    return list(LOADED)


@pytest.mark.parametrize("lacks", ["a process", "the second process", "a pipe", "a file", "a thread", "a semaphore"])
def test_where_nobody_can_help_all_is_drawn_here_and_nobody_waits_for_ever(
    monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    begun: list[int] = []
    popen_of: Any = multiprocessing.popen_fork.Popen
    launch, files = popen_of._launch, len(list(Path("/proc/self/fd").iterdir()))

    def refused(*_: object, **__: object) -> None:
        raise OSError("none is to be had")

    def launched(popen: object, process: object) -> None:
        begun.append(1)
        if lacks == "a process" or (lacks == "the second process" and len(begun) == 2):
            refused()
        launch(popen, process)

    def no_thread(_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(pictures, "spare_cpus", lambda: 3)
    monkeypatch.setattr(popen_of, "_launch", launched)
    with monkeypatch.context() as lacking:
        if lacks == "a thread":
            lacking.setattr(threading.Thread, "start", no_thread)
        if lacks in {"a pipe", "a file", "a semaphore"}:
            name = {
                "a pipe": "os.pipe",
                "a file": "tempfile.TemporaryFile",
                "a semaphore": "multiprocessing.synchronize.SemLock",
            }
            lacking.setattr(name[lacks], refused)
        report = synthetic.report()
        with ahead() as drawing:
            for section in report.sections:
                drawing.section(section)
            made = pictures.pictures(report, None, drawing)
    assert bool(begun) == (lacks not in {"a pipe", "a file"})
    assert not multiprocessing.active_children()
    assert len(list(Path("/proc/self/fd").iterdir())) <= files
    assert len(made.drawn) == len(list(drawn_figures(report)))
