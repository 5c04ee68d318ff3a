"""Who imports the main module under a fork server: the server, once, or every child; told by version, and tried here."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from study.cell import Cell
from study.sections import asked_list, glossary
from study.sections.questions import q3_words, start_words
from study.sections.topics import TOPICS
from study.sections.ways import server_imports_scripts
from study.store import TargetRecord
from tests.made_up_run import evidence, measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import Evidence

BARE = Cell(pattern="program_lifecycle", backend="processes", start_method="spawn", variant="bare", part="join")
SCRIPT = """
import multiprocessing, os
print("imported", flush=True)
if __name__ == "__main__":
    context = multiprocessing.get_context("forkserver")
    for _ in range(2):
        child = context.Process(target=os.getpid)
        child.start()
        child.join()
"""
PATTERN = Path(__file__).parents[1] / "study" / "bench" / "patterns" / "program_lifecycle.py"


def of_version(version: Sequence[int] | None, *methods: str) -> Evidence:
    """A program that imports nothing and one that imports NumPy, under each start method, on this version of CPython."""
    cells = [
        measured(replace(BARE, start_method=method, variant=variant), time_s)
        for method in methods
        for variant, time_s in (("bare", 0.03), ("main_numpy", 0.1))
    ]
    made = evidence(*(cells or [measured(BARE, 0.03)]))
    targets = [
        TargetRecord(name=made.target, facts={} if version is None else {"version_info": [*version, "final", 0]})
    ]
    return replace(made.run, manifest=msgspec.structs.replace(made.run.manifest, targets=targets)).of(made.target)


@pytest.mark.parametrize(
    ("version", "once"),
    [
        ((3, 12, 12), False), ((3, 13, 5), False), ((3, 13, 8), True), ((3, 14, 0), False), ((3, 14, 1), True),
        ((3, 14, 8), True), ((3, 15, 0), True), (None, None),
    ],
)  # fmt: skip
def test_a_server_imports_scripts_since_two_versions(version: Sequence[int] | None, *, once: bool | None) -> None:
    assert server_imports_scripts(of_version(version)) is once


@pytest.mark.parametrize("by_name", [True, False])
def test_it_is_so_on_the_interpreter_of_these_tests(tmp_path: Path, *, by_name: bool) -> None:
    (tmp_path / "tried.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, *(("-m", "tried") if by_name else ("tried.py",))]
    said = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, encoding="utf-8").stdout
    once = server_imports_scripts(of_version(sys.version_info[:3]))
    assert said.count("imported") == 1 + (2 if by_name or not once else 1)


def test_the_programs_that_are_timed_are_begun_with_m() -> None:
    assert re.search(r'command = \[sys\.executable, \*options, "-m", ', PATTERN.read_text(encoding="utf-8"))


def test_what_is_told_of_imports_follows_the_version() -> None:
    again = "every child imports the main module again"
    both = ("forkserver", "spawn")
    times = "30 ms and 30 ms where that imports nothing, 100 ms and 100 ms where it imports NumPy"
    begun = f"Under spawn {again}, under forkserver if begun with -m, as here: {times}"
    assert start_words.answer(of_version((3, 14, 8), *both)) == begun
    assert start_words.answer(of_version(None, *both)) == begun
    assert start_words.answer(of_version((3, 13, 5), *both)) == f"Under forkserver and spawn {again}: {times}"
    assert start_words.answer(of_version((3, 14, 8), "spawn")).startswith(f"Under spawn {again}: 30 ms")
    alone = start_words.answer(of_version((3, 14, 8), "forkserver"))
    assert alone.startswith(f"E{again[1:]}, under forkserver if begun with -m, as here: 30 ms")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (
            (3, 14, 8),
            "for each child; it imports a script once, itself (CPython issue 126631), a program begun with -m each child.",
        ),
        ((3, 13, 5), "for each child; each child then imports the program, as under spawn."),
        (
            None,
            "for each child; it imports a script once, itself, since CPython 3.13.8 and 3.14.1 (CPython issue 126631)",
        ),
    ],
)
def test_what_a_fork_server_is_follows_the_version(version: Sequence[int] | None, said: str) -> None:
    assert said in q3_words.plain(of_version(version))[-1]


def test_nowhere_else_every_child_of_a_server_imports_the_program() -> None:
    server = next(word for word in glossary.PYTHON if word.term == "forkserver")
    assert "since Python 3.13.8 and 3.14.1 it imports a script once, itself" in server.means
    texts = {question.id: f"{question.note} {question.context}" for question in asked_list.ASKED}
    assert all("CPython 3.13.8 and 3.14.1 (CPython issue 126631)" in texts[identity] for identity in (3, 14))
    assert "under forkserver it or the server does" in texts[19]
    assert "under forkserver it or the server does" in str(TOPICS["pasted"].plain[0])
