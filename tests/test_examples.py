"""The programs of Q3, Q5 and Q6, run for real under every start method, their output line by line."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study.sections.questions import q3_words, q5_words
from tests.made_up_run import evidence

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
CHOICES = [[], *([method] for method in multiprocessing.get_all_start_methods())]
every_start_method = pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice[0] if choice else "default")


def output_of(program: str, choice: list[str], **variables: str) -> str:
    command = [sys.executable, "-m", f"study.bench.examples.{program}", *choice]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | variables
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60, env=environment)
    assert done.stderr == ""
    assert done.stdout.endswith("\n")
    return done.stdout


def lines_of(program: str, choice: list[str]) -> list[str]:
    return output_of(program, choice).splitlines()


@every_start_method
def test_q3_prints_the_child_first_and_then_the_parent(choice: list[str]) -> None:
    assert lines_of("q3_process", choice) == ["This is a child process.", "This is the main process."]


@every_start_method
def test_q5_prints_the_squares_in_order(choice: list[str]) -> None:
    assert lines_of("q5_pool", choice) == ["[1, 4, 9, 16, 25]"]


@every_start_method
def test_q6_prints_four_lines_in_any_order_and_the_closing_line_last(choice: list[str]) -> None:
    *printed, closing = lines_of("q6_print", choice)
    assert sorted(printed) == ["Process 1: 1", "Process 2: 2", "Process 3: 3", "Process 4: 4"]
    assert closing == "Program execution completed."


def test_q6_loses_no_letter_where_unbuffered_output_may_tear_its_lines() -> None:
    whole = "Process 1: 1\nProcess 2: 2\nProcess 3: 3\nProcess 4: 4\nProgram execution completed.\n"
    assert sorted(output_of("q6_print", [], PYTHONUNBUFFERED="1")) == sorted(whole)


@pytest.mark.parametrize("program", ["q3_process", "q5_pool", "q6_print"])
def test_importing_an_example_runs_nothing(program: str) -> None:
    command = [sys.executable, "-c", f"import study.bench.examples.{program}"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout == ""


@every_start_method
@pytest.mark.parametrize("words", [q3_words, q5_words], ids=["q3", "q5"])
def test_what_the_report_says_a_program_prints_is_what_it_prints(words: ModuleType, choice: list[str]) -> None:
    ((name, printed),) = words.printed(evidence()).items()
    assert output_of(name.removesuffix(".py"), choice) == printed
