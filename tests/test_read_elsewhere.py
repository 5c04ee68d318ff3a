"""Runs whose times another process reads are those that this one would read, and what is wrong with one is told alike."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from study import store
from study.evidence import load, study_of
from study.evidence import run as run_module
from study.evidence.run import cells_in
from study.report import aside, beside
from tests.known_experiments import EXPERIMENTS
from tests.known_run import measured
from tests.stored_run import store_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import Run, Study
    from study.evidence.light import Stored
    from study.evidence.load import Reader

ROOT = Path(__file__).parent.parent
TWO = pytest.mark.skipif(not beside.spare_cpus(), reason="a second process has no CPU here, or no fork")
CELLS = {"a": 900, "b": 300, "c": 360, "d": 900, "e": 250, "f": 100}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(load, "_MANY", 1)
    for machine in ("first", "second", "third"):
        store_run(tmp_path / "r", {"q3-lives": EXPERIMENTS["q3-lives"]}, measured, machine=machine)
    return tmp_path / "r"


def read(results: Path) -> Study:
    """With all that can be read by another process read there."""
    with aside() as elsewhere:
        return study_of(results, ROOT, lock_digest="", aside=elsewhere)


def told(run: Run) -> tuple[object, ...]:
    times = {key: (data.values.tolist(), data.outcomes) for key, data in run.cells.items()}
    return run.name, run.summaries, run.floors, run.missing, run.coverage, run.stale, times


@TWO
def test_what_another_process_reads_is_what_is_read_here(results: Path) -> None:
    there, here = read(results), study_of(results, ROOT, lock_digest="")
    assert len(there.runs) == 3
    assert list(map(told, there.runs)) == list(map(told, here.runs))


@TWO
def test_what_was_read_elsewhere_is_not_read_once_more(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    loads = store.RunFolder.load

    def load_of(folder: store.RunFolder) -> object:
        opened.append(os.getpid())
        return loads(folder)

    monkeypatch.setattr(store.RunFolder, "load", load_of)
    runs = read(results).runs
    assert len(opened) < len(runs)
    for run in runs:
        assert cells_in(run.folder) is run.cells
    assert len(opened) < len(runs)
    assert not run_module._READ_ELSEWHERE


@TWO
def test_a_run_that_cannot_be_read_there_is_named_once_and_the_others_are_reported(results: Path) -> None:
    for path in store.run_folders(results)[1:]:
        for file in path.glob("*.json.gz"):
            file.write_bytes(b"no times")
    there, here = read(results), study_of(results, ROOT, lock_digest="")
    assert len(there.runs) == 1
    assert there.left_out.reasons == here.left_out.reasons
    assert len(there.left_out.reasons) == 2


def test_the_last_runs_are_read_elsewhere_so_that_both_have_as_much_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[Reader]] = []

    def elsewhere(readers: Sequence[Reader]) -> Sequence[Reader]:
        asked.append(readers)
        return readers

    def far(runs: str) -> str:
        return "".join(cast("Sequence[str]", load._far_half(cast("Sequence[Stored]", runs))))

    monkeypatch.setattr(load, "done", lambda run: range(CELLS[run]))
    assert [far(runs) for runs in ("abcde", "a", "ff", "")] == ["cde", "", "", ""]
    monkeypatch.undo()
    store_run(tmp_path / "r", {"q3-lives": EXPERIMENTS["q3-lives"]}, measured)
    study_of(tmp_path / "r", ROOT, lock_digest="", aside=elsewhere)
    assert list(map(len, asked)) == [0]
