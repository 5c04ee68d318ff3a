"""A finished run has all that it says; an unfinished one is no page's subject before it has times. All is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from study import store
from study.errors import ResultsError
from study.evidence.subject import Selection, shown
from study.report import view
from study.store.files import compress, digest
from tests.builders import LOOP, POOL, process, round_end, run_folder, suite
from tests.synthetic_findings import full, sparse
from tests.test_subject import HOUR, a_run, names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def finished(results: Path) -> store.RunFolder:
    folder = run_folder(results, (LOOP, POOL))
    for record in folder.manifest.cells:
        record.state = "done"
    folder.finish()
    return store.RunFolder.open(folder.path)


def without_files(manifest: dict[str, Any]) -> None:
    manifest["files"] = {}


def without_rounds(manifest: dict[str, Any]) -> None:
    manifest["rounds"] = []


def without_config(manifest: dict[str, Any]) -> None:
    manifest["config"] = {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without_files, r"files: q5\.one\.json\.gz is missing, though cells\[0\] is done"),
        (without_rounds, "rounds: none, though cells are done"),
        (without_config, "config: no experiment"),
    ],
)
def test_a_finished_run_that_lacks_what_it_says_is_refused_by_its_manifest(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    folder = finished(tmp_path)
    content = msgspec.to_builtins(folder.manifest)
    change(content)
    (folder.path / "manifest.json").write_bytes(msgspec.json.encode(content))
    with pytest.raises(ResultsError, match=words):
        store.RunFolder.open(folder.path)


def rewritten(folder: store.RunFolder, samples: list[store.Sample]) -> store.RunFolder:
    text = store.suites.suite_text(samples)
    (folder.path / "q5.one.json.gz").write_bytes(compress(text))
    folder.manifest.files = {"q5.one.json.gz": digest(text)}
    return folder


def test_a_finished_run_without_times_of_a_cell_that_is_done_is_refused(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    less = [sample for sample in folder.load() if sample.cell == LOOP]
    with pytest.raises(ResultsError, match=r"q5\.one\.json\.gz: no times of .*, which is done"):
        rewritten(folder, less).load()


def test_times_of_rounds_that_were_not_held_are_refused_and_those_of_a_last_round_cut_off_are_not(
    tmp_path: Path,
) -> None:
    folder = finished(tmp_path)
    assert {record.index for record in folder.manifest.rounds} == {0, 1}
    assert len(folder.load()) == 4
    del folder.manifest.rounds[1]
    assert len(folder.load()) == 4
    folder.manifest.rounds[0].index = 7
    with pytest.raises(ResultsError, match="measured in round 0, which the manifest's rounds do not have"):
        folder.load()


def test_a_cell_measured_only_in_an_attempt_that_another_stands_for_is_not_done(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, rounds=0)
    journal = folder.journal()
    journal.append(process(0, 0, suite(LOOP, [1.0, 1.0, 1.0])))
    journal.append(round_end(0))
    journal.append(process(0, 0, None, attempt=1))
    journal.append(round_end(0, attempt=1))
    folder.manifest.rounds = [store.RoundRecord(index=0, attempt=1, order=[0], elapsed_s=1.0)]
    folder.manifest.cells[0].state = "done"
    folder.finish()
    assert store.RunFolder.open(folder.path).manifest.cells[0].state == "left out"


def test_of_a_run_that_ended_in_its_first_round_nothing_counts_and_nothing_is_lost(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, rounds=0)
    folder.journal().append(process(0, 0, suite(LOOP, [1.0, 1.0, 1.0])))
    folder.manifest.cells[0].state = "done"
    folder.finish()
    found = store.RunFolder.open(folder.path)
    assert (found.load(), found.manifest.cells[0].state) == ([], "left out")
    assert list(found.manifest.files) == ["invalid.json.gz"]


def test_a_run_stopped_in_its_first_round_does_not_take_the_page_from_a_strangers_whole_one() -> None:
    begun = a_run("own/begun", cells=0, rounds=0, state="measuring", finished="", facts={"cpu_model": "mine"})
    few = a_run("own/few", cells=3, rounds=0, state="measuring", finished="", facts={"cpu_model": "mine"})
    made_up = a_run("simulated/a", simulated=True, facts={"simulated": True})
    assert names([begun, few, HOUR], own=("own",))[0] == HOUR.name
    assert names([begun, made_up], own=("own",))[0] == "own/begun"
    going = a_run("own/going", cells=3, rounds=1, state="measuring", finished="", facts={"cpu_model": "mine"})
    assert names([going, HOUR], own=("own",))[0] == "own/going"


def test_a_run_that_was_killed_after_a_round_has_times_and_one_killed_before_has_none(tmp_path: Path) -> None:
    killed = run_folder(tmp_path / "killed", rounds=1)
    killed.manifest.rounds = []
    early = run_folder(tmp_path / "early", rounds=0)
    early.journal().append(process(0, 0, suite(LOOP, [1.0, 1.0, 1.0])))
    assert (killed.has_rounds, early.has_rounds) == (True, False)
    assert shown([early, killed], Selection(bench_digest="now"))[0] is killed


def test_the_page_says_of_an_unfinished_run_when_it_was_begun() -> None:
    pages = [view.page(one, {}, (), lock_digest="", files=()) for one in (sparse(), full())]
    assert "(unfinished)" in pages[0].about
    assert "finished 20" not in pages[0].about
    assert "begun, not finished" in str(pages[0].run_facts)
    assert "· finished 20" in pages[1].about
