"""`study bundle` and `study add`, as a person types them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path

import pytest

from study import cli, store
from study.errors import UsageError
from study.exchange import shown
from study.identity import fingerprint
from study.store import bundles
from tests import handed
from tests.builders import EXPERIMENT, manifest
from tests.handed import EPYC, MADE_UP, XEON
from tests.test_store_reading import everything_in

ROOT = Path(__file__).parent.parent


def typed(*arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main([str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two finished runs of this machine, the older one with more rounds, a stranger's, and one that goes on."""
    place = tmp_path / "results"
    handed.finished(place, digest="1" * 16, rounds=5, finished="2026-02-01T00:00:00Z")
    handed.finished(place, digest="2" * 16, finished="2026-02-02T00:00:00Z")
    handed.finished(place, "stranger", XEON, digest="3" * 16, finished="2026-02-03T00:00:00Z")
    store.RunFolder.create(place, "machine", manifest(simulated=False, machine=dict(EPYC)))
    store.remember_name(place, "laptop", fingerprint(EPYC))
    return place


def bundled(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.study"))


def test_this_machine_s_newest_finished_run_is_bundled_and_a_second_time_nothing_is_done(
    results: Path, tmp_path: Path
) -> None:
    code, out, err = typed("bundle", "--results", results, "--folder", tmp_path)
    assert (code, err) == (0, "")
    (path,) = bundled(tmp_path)
    found = bundles.opened(path)
    assert (found.machine, found.id[-8:]) == ("laptop", "2" * 8)
    assert path.name == f"laptop-{found.id}-{found.digest[:12]}.study"
    assert str(path) in out
    assert "nox -s add -- FILE" in out
    before = everything_in(tmp_path)
    code, out, _ = typed("bundle", "--results", results, "--folder", tmp_path)
    assert (code, "is there already, the same" in out) == (0, True)
    assert everything_in(tmp_path) == before


def test_a_run_is_named_by_its_machine_or_whole(results: Path, tmp_path: Path) -> None:
    older = next(path for path in store.run_folders(results) if path.name.endswith("1" * 8))
    for asked, ends in (("stranger", "3" * 8), (store.run_name(older), "1" * 8), ("laptop", "2" * 8)):
        place = tmp_path / asked.replace("/", "-")
        place.mkdir()
        assert typed("bundle", asked, "--results", results, "--to", place)[0] == 0
        assert bundles.opened(bundled(place)[0]).id.endswith(ends)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["strangr"], 1, "bundle strangr: no run of a machine of that name is in results/ (did you mean 'stranger'?)"),
        (["laptop/nothing"], 1, "laptop has no run of that name"),
        (["machine"], 3, "is still being measured, and only a finished run is handed over; run the same study again"),
        (["--to", "{tmp}/no/x.study"], 1, "there is no folder"),
        (["--to", "{tmp}/nothing"], 1, "no folder of that name is there, and a bundle's own name ends in .study"),
        (["--to", ""], 1, "--to: nothing is named"),
        (["--simulated"], 1, "holds no finished run of made-up times"),
        (["--surprise"], 1, "unrecognized arguments: --surprise"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(
    results: Path, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    words = [word.replace("{tmp}", str(tmp_path)) for word in arguments]
    before = everything_in(tmp_path)
    found, _, err = typed("bundle", *words, "--results", results, "--folder", tmp_path)
    assert (found, said in err) == (code, True), err
    assert everything_in(tmp_path) == before


def test_where_nothing_was_measured_here_a_run_must_be_named(results: Path, tmp_path: Path) -> None:
    (results / "machine.json").unlink()
    code, _, err = typed("bundle", "--results", results, "--folder", tmp_path)
    assert code == 1
    assert "holds no finished run of this machine" in err
    assert "there are laptop/" in err
    code, _, err = typed("bundle", "--results", tmp_path / "none", "--folder", tmp_path)
    assert (code, "there are none" in err) == (1, True)


def test_made_up_times_are_handed_over_only_where_that_is_meant(tmp_path: Path) -> None:
    run = handed.finished(tmp_path / "r", "simulated", MADE_UP)
    code, _, err = typed("bundle", run.name, "--results", tmp_path / "r", "--folder", tmp_path)
    assert (code, "made up (simulated)" in err) == (1, True)
    assert typed("bundle", "--simulated", "--results", tmp_path / "r", "--folder", tmp_path)[0] == 0
    (path,) = bundled(tmp_path)
    assert typed("add", path, "--results", tmp_path / "other")[0] == 3
    for inside in (ROOT / "results", ROOT / "results" / "deeper"):
        code, _, err = typed("add", path, "--simulated", "--results", inside)
        assert (code, "name a folder outside results/" in err) == (1, True)
    assert typed("add", path, "--simulated", "--results", tmp_path / "other")[0] == 0


def test_no_file_is_ever_replaced(results: Path, tmp_path: Path) -> None:
    precious = tmp_path / "x.study"
    precious.write_bytes(b"mine")
    link, folder = tmp_path / "link.study", tmp_path / "folder.study"
    link.symlink_to("x.study")
    folder.mkdir()
    for place in (precious, link):
        code, _, err = typed("bundle", "--results", results, "--to", place)
        assert (code, "something else has that name, and is not replaced" in err) == (1, True)
    assert precious.read_bytes() == b"mine"
    assert typed("bundle", "--results", results, "--to", folder)[0] == 0
    assert len(bundled(folder)) == 1
    with pytest.raises(FileExistsError):
        store.write_new(precious, b"other")
    assert precious.read_bytes() == b"mine"
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows makes no such names")
def test_a_file_system_without_second_names_gets_its_file_too_and_keeps_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    store.write_new(tmp_path / "x", b"one")
    with pytest.raises(FileExistsError):
        store.write_new(tmp_path / "x", b"two")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x", b"one")]


def test_a_run_that_names_this_host_is_not_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = handed.finished(tmp_path / "r")
    run.manifest.cells[0].reason = "zebrahost went away"
    run.manifest.rounds[1].disturbed = ["somebody at 203.0.113.77"]
    run.manifest.machine["serial_number"] = "1"
    run.save()
    monkeypatch.setattr(sys.modules["study.store.scrub"], "private_words", lambda: ("zebrahost", "root"))
    code, _, err = typed("bundle", run.name, "--results", tmp_path / "r", "--folder", tmp_path)
    assert code == 3
    for said in (
        "cells[0].reason has 'zebrahost'",
        "rounds[1].disturbed has '203.0.113.77'",
        "machine.serial_number is no fact that this study collects",
        "manifest.json",
    ):
        assert said in err
    assert bundled(tmp_path) == []
    code, out, _ = typed("bundle", run.name, "--show", "--results", tmp_path / "r", "--folder", tmp_path)
    assert (code, "BUT it names somebody" in out) == (0, True)
    for record in run.manifest.cells:
        record.reason = "root is everybody's name"
    run.manifest.rounds[1].disturbed, run.manifest.machine = [], EPYC
    run.save()
    assert typed("bundle", run.name, "--results", tmp_path / "r", "--folder", tmp_path)[0] == 0


def test_every_fact_that_would_leave_is_shown_and_nothing_is_written(results: Path, tmp_path: Path) -> None:
    before = everything_in(tmp_path)
    code, out, _ = typed("bundle", "--show", "--results", results, "--folder", tmp_path)
    assert code == 0
    assert everything_in(tmp_path) == before
    lines = out.splitlines()
    (run,) = (path for path in store.run_folders(results) if path.name.endswith("2" * 8))
    manifest = json.loads((run / "manifest.json").read_text())
    for key in manifest:
        begins = (f"  {key}: ", f"  {key}.", f"  {key}[]", f"  {key}, whole:")
        assert any(line.startswith(begins) for line in lines), key
    for key, value in manifest["machine"].items():
        assert f"  machine.{key}: {value}" in lines
    assert "  started: 2026-01-01T00:00:00Z" in lines
    assert any(line.startswith("  benchmarks[].runs[].values[]: ") for line in lines)
    assert any("calibration.json" in line for line in lines)
    assert any(line.startswith("Not in it:") for line in lines)
    names = [name for name in bundles.made(store.RunFolder.open(run)).members if name not in out]
    assert names == []


def test_free_texts_are_shown_all_and_long_ones_by_their_beginning(tmp_path: Path) -> None:
    texts = [f"kernel: {number} / 6.18" for number in range(40)]
    run = handed.finished(tmp_path, changes=texts, config={"q5": f"{EXPERIMENT}# {'x' * 300}\n"})
    lines = list(shown.shown(run, bundles.made(run), ()))
    at = lines.index("  changes[], whole:")
    assert lines[at + 1 : at + 41] == [f"    {text}" for text in texts]
    assert any("characters" in line for line in lines if line.startswith("  config.NAME: value"))


def test_bundles_are_added_each_by_itself(results: Path, tmp_path: Path) -> None:
    for asked in ("laptop", "stranger"):
        assert typed("bundle", asked, "--results", results, "--folder", tmp_path)[0] == 0
    first, second = bundled(tmp_path)
    bad = tmp_path / "bad.study"
    bad.write_bytes(first.read_bytes()[:-5])
    other = tmp_path / "other"
    code, out, err = typed("add", first, bad, tmp_path / "none.study", second, "--results", other)
    assert code == 3
    assert out.count("added as ") == 2
    assert (
        "not added: bad.study: cut off, or something follows its end. Ask for the file as `nox -s bundle` wrote it"
        in err
    )
    assert "not added: none.study: cannot be read: No such file or directory; name a file" in err
    assert [path.parent.name for path in store.run_folders(other)] == ["laptop", "stranger"]
    code, out, err = typed("add", first, second, "--results", other)
    assert (code, out.count("already there: "), err) == (0, 2, "")


def test_a_check_writes_nothing_and_ends_as_adding_would(results: Path, tmp_path: Path) -> None:
    typed("bundle", "--results", results, "--folder", tmp_path)
    (path,) = bundled(tmp_path)
    code, out, _ = typed("add", path.name, "--check", "--folder", tmp_path, "--results", tmp_path / "other")
    assert (code, "would be added as laptop/" in out) == (0, True)
    assert not (tmp_path / "other").exists()
    path.write_bytes(b"PK")
    assert typed("add", path, "--check", "--results", tmp_path / "other")[0] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 1, "the following arguments are required: FILE"),
        (["x.study", "--as", "Not A Name"], 1, "--as 'Not A Name': 1 to 40 characters"),
        (["x.study", "--as", ""], 1, "--as: nothing is named"),
        (["x.study"], 3, "not added: x.study: cannot be read: No such file or directory"),
    ],
)
def test_what_was_typed_wrong_for_adding_is_told(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    found, _, err = typed("add", *arguments, "--folder", tmp_path, "--results", tmp_path / "r")
    assert (found, said in err) == (code, True), err
    assert not (tmp_path / "r").exists()


def test_another_study_at_work_there_keeps_everything_out(results: Path, tmp_path: Path) -> None:
    typed("bundle", "--results", results, "--folder", tmp_path)
    if os.name == "nt":
        return
    with store.alone_in(tmp_path / "other"):
        code, _, err = typed("add", *bundled(tmp_path), "--results", tmp_path / "other")
    assert (code, "another study is at work in these results" in err) == (3, True)


def test_a_name_of_a_run_is_asked_for_as_it_was_typed(results: Path) -> None:
    with pytest.raises(UsageError, match=r"^--about nobody: no run"):
        store.runs_named(results, "nobody")
