"""Runs on the disk: nothing is lost, nothing wrong is believed, nothing private is kept."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING, Any

import pyperf
import pytest

from study import store
from study.errors import ResultsError
from study.store import suites
from tests.builders import LOOP, POOL, manifest, process, round_end, run_folder, suite

if TYPE_CHECKING:
    from pathlib import Path


def journal_path(folder: store.RunFolder) -> Path:
    return folder.path / "journal.jsonl"


def test_a_finished_run_holds_what_the_journal_held(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, [LOOP, POOL])
    before = sorted((sample.cell.text, sample.round_index, sample.values) for sample in folder.load())
    folder.finish()
    again = store.RunFolder.open(folder.path)
    assert sorted((sample.cell.text, sample.round_index, sample.values) for sample in again.load()) == before
    assert len(before) == 4
    assert not journal_path(folder).exists()


def test_finished_suites_are_read_by_pyperf(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    folder.finish()
    found = pyperf.BenchmarkSuite.load(str(folder.path / "q5.one.json.gz"))
    assert [benchmark.get_name() for benchmark in found] == [LOOP.text]
    assert found.get_benchmarks()[0].get_nrun() == 2


def test_finishing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = run_folder(tmp_path / "a"), run_folder(tmp_path / "b")
    first.finish()
    second.finish()
    assert (first.path / "q5.one.json.gz").read_bytes() == (second.path / "q5.one.json.gz").read_bytes()


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_a_torn_last_line_is_forgiven_and_cut_off_before_the_next_is_written(tmp_path: Path, cut: int) -> None:
    folder = run_folder(tmp_path)
    whole = journal_path(folder).read_bytes()
    torn = whole + whole.splitlines()[0][: cut + 1]
    journal_path(folder).write_bytes(torn)
    journal = folder.journal()
    assert len(journal.entries) == 4
    assert journal_path(folder).read_bytes() == torn  # reading writes nothing
    journal.append(process(0, 2, None))
    assert journal_path(folder).read_bytes().startswith(whole)
    assert len(folder.journal().entries) == 5


def test_a_broken_line_in_the_middle_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    lines = journal_path(folder).read_bytes().splitlines(keepends=True)
    broken = b"".join([lines[0], b'{"kind": "process"\n', *lines[1:]])
    journal_path(folder).write_bytes(broken)
    with pytest.raises(ResultsError, match="line 2"):
        folder.journal()
    assert journal_path(folder).read_bytes() == broken


@pytest.mark.parametrize(
    "change",
    [{"elapsed_s": "long"}, {"curve": True}, {"kind": "story"}, {"surprise": 1}, {"suite": [1]}],
)
def test_a_journal_line_of_another_shape_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    folder = run_folder(tmp_path)
    line = json.dumps({**process(0, 5, None), **change}) + "\n"
    with journal_path(folder).open("a") as file:
        file.write(line)
    with pytest.raises(ResultsError, match="line 5"):
        folder.journal()


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "-1.0", "0.0", "true", '"1"', "null", "9e7"])
def test_a_time_that_is_no_time_is_refused(tmp_path: Path, value: str) -> None:
    folder = run_folder(tmp_path)
    text = journal_path(folder).read_text().replace("[1.0,1.5,2.0]", f"[{value},1.5,2.0]", 1)
    journal_path(folder).write_text(text)
    with pytest.raises(ResultsError):
        folder.load()


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(ResultsError, match="twice"):
        store.files.parse_json('{"a": 1, "a": 2}', "x")


@pytest.mark.parametrize("text", ["[" * 100_000, "1" * 50, '{"a": NaN}', "", "\ufeff{}"])
def test_hostile_json_ends_in_a_clear_error(text: str) -> None:
    with pytest.raises(ResultsError, match=r"^x: "):
        store.files.parse_json(text, "x")


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.files, "MAX_BYTES", 1000)
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b" " * 100_000))
    with pytest.raises(ResultsError, match="larger than"):
        store.files.read_text(path, "bomb")


@pytest.mark.parametrize(
    "data",
    [b"not gzip", gzip.compress(b"{}", mtime=0)[:-4], gzip.compress(b"\xff\xfe", mtime=0)],
    ids=["no gzip", "cut off", "no text"],
)
def test_a_damaged_file_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.json.gz"
    path.write_bytes(data)
    with pytest.raises(ResultsError, match=r"^damaged: "):
        store.files.read_text(path, "damaged")


def test_a_changed_suite_is_refused(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    folder.finish()
    path = folder.path / "q5.one.json.gz"
    text = gzip.decompress(path.read_bytes()).replace(b"1.5", b"1.4")
    path.write_bytes(gzip.compress(text))
    with pytest.raises(ResultsError, match="changed since it was measured"):
        store.RunFolder.open(folder.path).load()


def test_a_file_name_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    folder.finish()
    path = folder.path / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "files": {"../../etc": "0"}}))
    with pytest.raises(ResultsError, match=r"files: '../../etc' is not a file name of this run"):
        store.RunFolder.open(folder.path)


@pytest.mark.parametrize(("schema", "said"), [(2, "newer version"), ("1", "not a manifest"), (None, "not a manifest")])
def test_another_schema_is_refused_with_advice(tmp_path: Path, schema: object, said: str) -> None:
    folder = run_folder(tmp_path)
    path = folder.path / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": schema}))
    with pytest.raises(ResultsError, match=said):
        store.RunFolder.open(folder.path)


def test_an_unknown_key_in_a_manifest_is_refused(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    path = folder.path / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "surprise": 1}))
    with pytest.raises(ResultsError, match="surprise"):
        store.RunFolder.open(folder.path)


def test_of_a_repeated_round_the_last_complete_attempt_counts_and_the_others_are_kept_apart(tmp_path: Path) -> None:
    folder = store.RunFolder.create(tmp_path, "machine", manifest())
    journal = folder.journal()
    journal.append(process(0, 0, suite(LOOP, [1.0])))
    journal.append(round_end(0, disturbed=["foreign CPU"]))
    journal.append(process(0, 0, suite(LOOP, [2.0]), attempt=1))
    journal.append(round_end(0, attempt=1))
    journal.append(process(0, 1, suite(LOOP, [3.0])))  # a round that was cut off counts as far as it went
    folder.manifest.rounds = [store.RoundRecord(index=0, attempt=1, order=[0], elapsed_s=1.0)]
    folder.finish()
    assert [sample.values for sample in folder.load()] == [(2.0,), (3.0,)]
    invalid = store.samples_in(json.loads(gzip.decompress((folder.path / "invalid.json.gz").read_bytes())), "x")
    assert [sample.values for sample in invalid] == [(1.0,)]


def test_a_cut_off_repeat_does_not_stand_beside_the_attempt_it_repeats(tmp_path: Path) -> None:
    folder = store.RunFolder.create(tmp_path, "machine", manifest())
    journal = folder.journal()
    journal.append(process(0, 0, suite(LOOP, [1.0])))
    journal.append(round_end(0, disturbed=["foreign CPU"]))
    journal.append(process(0, 0, suite(LOOP, [2.0]), attempt=1))
    assert [sample.values for sample in folder.load()] == [(1.0,)]


def test_a_cell_that_stands_twice_in_a_round_is_refused(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    folder.journal().append(process(0, 1, suite(LOOP, [9.0])))
    with pytest.raises(ResultsError, match="twice in one round"):
        folder.load()


def test_metadata_passes_by_an_allow_list() -> None:
    found = suite(LOOP, [1.0], hostname="secret", outcome_trials=3, outcome_bad="x", python_executable="/x/y", loops=4)
    kept = store.samples_in(found, "x")[0].metadata
    assert kept == {"name": LOOP.text, "unit": "second", "python_version": "3.0.0", "loops": 4, "outcome_trials": 3}


def test_metadata_of_one_process_stands_before_that_of_its_cell_and_what_all_have_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = suite(LOOP, [1.0])
    (benchmark,) = found["benchmarks"]
    (run,) = benchmark["runs"]
    own = {"outcome_trials": 3}
    benchmark["runs"] = [
        run | {"metadata": own},
        run | {"metadata": own | {"loops": 5}},
        run | {"metadata": {"loops": []}},
    ]
    looked: list[str] = []
    told = suites._may_be_kept

    def look(key: str, value: object) -> bool:
        looked.append(key)
        return told(key, value)

    monkeypatch.setattr(suites, "_may_be_kept", look)
    kept = [sample.metadata for sample in store.samples_in(found, "x")]
    assert [one.get("loops") for one in kept] == [4, 5, None]
    assert [one.get("outcome_trials") for one in kept] == [3, 3, None]
    assert {one["name"] for one in kept} == {LOOP.text}
    assert looked.count("name") == 3, "once of the cell, and of each process with a datum that its cell has too"


def test_private_things_are_scrubbed_from_text() -> None:
    host = store.private_words()[0]
    text = f"error in /home/someone/secret/file.py on {host} at 192.168.3.4: it is\x1b[31m"
    found = store.scrub(text)
    for word in ("/home", "someone", "secret/", host, "192.168", "\x1b"):
        assert word not in found
    assert "file.py" in found


def test_an_unfinished_run_is_found_and_a_finished_one_is_not(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    found = store.unfinished(tmp_path, "machine")
    assert found is not None
    assert found.id == folder.id
    folder.finish()
    assert store.unfinished(tmp_path, "machine") is None


def test_a_run_folder_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run_folder(tmp_path)
    monkeypatch.setattr(store.folders, "_stamp", lambda: folder.id.split("-")[0])
    with pytest.raises(ResultsError, match="exists already"):
        store.RunFolder.create(tmp_path, "machine", manifest())


def test_a_full_disk_keeps_the_old_file_and_says_what_was_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    store.write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultsError, match="No space left on device; 3 bytes"):
        store.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_journal_that_cannot_grow_keeps_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run_folder(tmp_path)
    whole = journal_path(folder).read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    journal = folder.journal()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultsError, match="every process before this one is kept"):
        journal.append(process(0, 9, None))
    assert journal_path(folder).read_bytes() == whole


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ResultsError, match=r"file/inside: cannot be written .*--results"):
        store.write_whole(tmp_path / "file" / "inside", b"new")


def test_calibrations_come_back(tmp_path: Path) -> None:
    calibration = store.Calibration(tmp_path)
    found = store.Calibrated(loops=3, event_s=0.5, around_s=0.25, start_s=0.1)
    calibration.put("key", "point", found)
    calibration.save()
    assert store.Calibration(tmp_path).get("key", "point") == found
    assert store.Calibration(tmp_path).get("other", "point") is None


def test_of_an_older_calibration_the_spread_still_counts(tmp_path: Path) -> None:
    curves = {"key": {"curve": {"loops": {"point": 3}, "process_s": 0.5}}}
    (tmp_path / "calibration.json").write_text(json.dumps({"schema": 1, "curves": curves, "spread": {"cell": 0.1}}))
    found = store.Calibration(tmp_path)
    assert (found.entries, found.spread) == ({}, {"cell": 0.1})
    found.save()
    assert store.Calibration(tmp_path).spread == {"cell": 0.1}


@pytest.mark.parametrize("text", ["{}", "[]", '{"schema": 9}', '{"schema": 2, "points": {"a": 1}, "spread": {}}'])
def test_a_calibration_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "calibration.json").write_text(text)
    with pytest.raises(ResultsError, match="Remove it"):
        store.Calibration(tmp_path)


def test_what_a_killed_writer_left_of_a_file_goes_and_nothing_else(tmp_path: Path) -> None:
    for name in (".file.json.gz.77.part", ".file.json.gz.part", ".other.json.gz.77.part", "file.json.gz.77.part"):
        (tmp_path / name).write_bytes(b"half")
    store.write_whole(tmp_path / "file.json.gz", b"whole")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"file.json.gz", ".file.json.gz.part", ".other.json.gz.77.part", "file.json.gz.77.part"}
