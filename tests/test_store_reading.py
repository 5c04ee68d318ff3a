"""Reading changes nothing, follows no link, opens nothing that is no file, and is not stopped by what it cannot read."""

from __future__ import annotations

import gzip
import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import store
from study.errors import ResultsError, printable
from study.evidence import study_of
from study.store.files import read_text
from tests.builders import LOOP, manifest, process, run_folder, suite

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def everything_in(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder with its inode and bytes."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_ino, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


def study(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "study", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def torn(folder: store.RunFolder) -> Path:
    """The journal of the folder, its last line cut off in the middle."""
    path = folder.path / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"kind":"process","curve":0')
    return path


def test_reading_an_unfinished_run_with_a_torn_line_writes_nothing(tmp_path: Path) -> None:
    torn(run_folder(tmp_path))
    before = everything_in(tmp_path)
    found = study_of(tmp_path, ROOT, lock_digest="")
    assert len(found.runs) == 1
    assert not found.left_out.reasons
    assert store.unfinished(tmp_path, "machine") is not None
    assert everything_in(tmp_path) == before


@UNIX
def test_a_foreign_file_behind_a_journal_keeps_its_bytes(tmp_path: Path) -> None:
    """A file with one line and no line feed was cut to nothing by `report`."""
    precious = tmp_path / "token"
    precious.write_bytes(b"a key that stands on one line")
    folder = run_folder(tmp_path / "results")
    (folder.path / "journal.jsonl").unlink()
    (folder.path / "journal.jsonl").symlink_to(precious)
    with pytest.raises(ResultsError, match="a link"):
        folder.journal()
    _, left_out = runs_or_none(tmp_path / "results")
    assert "a link" in left_out
    assert precious.read_bytes() == b"a key that stands on one line"


def runs_or_none(results: Path) -> tuple[int, str]:
    """How many runs are reported, and all that is said of the others."""
    try:
        found = study_of(results, ROOT, lock_digest="")
    except Exception as error:  # noqa: BLE001 - its text is what is asked for
        return 0, str(error)
    return len(found.runs), "\n".join(found.left_out.reasons)


@UNIX
def test_nothing_is_appended_through_a_link(tmp_path: Path) -> None:
    precious = tmp_path / "token"
    precious.write_bytes(b"whole\n")
    folder = run_folder(tmp_path / "results")
    journal = folder.journal()
    for name in ("journal.jsonl", "log.txt"):
        (folder.path / name).unlink(missing_ok=True)
        (folder.path / name).symlink_to(precious)
    with pytest.raises(ResultsError, match="a link"):
        journal.append(process(0, 9, None))
    with pytest.raises(ResultsError, match="a link"):
        folder.log("said")
    assert precious.read_bytes() == b"whole\n"


@UNIX
def test_a_file_that_is_written_whole_takes_the_place_of_a_link_and_spares_what_it_points_to(tmp_path: Path) -> None:
    precious = tmp_path / "token"
    precious.write_bytes(b"mine")
    for name in ("file", f".file.{os.getpid()}.part"):
        (tmp_path / name).symlink_to(precious)
    store.write_whole(tmp_path / "file", b"new")
    assert precious.read_bytes() == b"mine"
    assert not (tmp_path / "file").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def a_link_to_nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def a_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


KINDS = (a_fifo, a_link, a_link_to_nowhere, a_link_to_a_device, a_folder, a_socket)


@UNIX
@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
@pytest.mark.parametrize(
    "name", ["manifest.json", "journal.jsonl", "calibration.json", "validation.json", "machine.json"]
)
def test_what_is_no_file_is_refused_by_its_kind_without_being_opened(
    tmp_path: Path, name: str, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    folder = run_folder(Path())
    path = {"manifest.json": folder.path, "journal.jsonl": folder.path, "calibration.json": folder.path.parent}.get(
        name, Path()
    ) / name
    path.unlink(missing_ok=True)
    make(path)
    opened: list[str] = []
    real = os.open

    def noting(path: Any, *rest: Any) -> int:
        opened.append(str(path))
        return real(path, *rest)

    monkeypatch.setattr(os, "open", noting)
    kind = (
        make.__name__.replace("_", " ").replace("fifo", "FIFO").removesuffix(" to nowhere").removesuffix(" to a device")
    )
    readers: dict[str, Callable[[], object]] = {
        "manifest.json": lambda: store.RunFolder.open(folder.path),
        "journal.jsonl": folder.journal,
        "calibration.json": lambda: store.Calibration(folder.path.parent),
        "validation.json": lambda: store.load_outcome(Path(), "validation"),
        "machine.json": lambda: store.remembered(path),
    }
    with pytest.raises(ResultsError, match=kind):
        readers[name]()
    assert str(path) not in opened


@UNIX
def test_a_suite_that_is_a_fifo_is_refused(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    folder.finish()
    path = folder.path / "q5.one.json.gz"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ResultsError, match=r"q5.one.json.gz: a FIFO"):
        store.RunFolder.open(folder.path).load()


@UNIX
def test_a_report_with_a_fifo_among_its_runs_ends(tmp_path: Path) -> None:
    run_folder(tmp_path / "r").finish()
    other = tmp_path / "r" / "other" / "run"
    other.mkdir(parents=True)
    os.mkfifo(other / "manifest.json")
    found = study("report", "--results", str(tmp_path / "r"), "--out", str(tmp_path / "o"))
    assert found.returncode == 3
    assert "other/run/manifest.json: a FIFO" in found.stderr


@UNIX
@pytest.mark.parametrize("level", ["machine", "run"])
def test_no_link_below_the_results_is_followed(tmp_path: Path, level: str) -> None:
    outside = run_folder(tmp_path / "outside")
    outside.finish()
    run_folder(tmp_path / "r").finish()
    if level == "machine":
        (tmp_path / "r" / "linked").symlink_to(outside.path.parent)
    else:
        (tmp_path / "r" / "machine" / "linked").symlink_to(outside.path)
    runs, said = runs_or_none(tmp_path / "r")
    assert runs == 1
    assert "linked: a link, which is not followed" in said


@UNIX
def test_a_new_run_is_not_begun_in_a_linked_machine(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "machine").symlink_to(tmp_path / "outside")
    with pytest.raises(ResultsError, match="not followed"):
        store.RunFolder.create(tmp_path / "r", "machine", manifest())
    assert not list((tmp_path / "outside").iterdir())


@UNIX
def test_the_results_as_a_whole_may_be_a_link(tmp_path: Path) -> None:
    run_folder(tmp_path / "elsewhere").finish()
    (tmp_path / "results").symlink_to(tmp_path / "elsewhere")
    assert runs_or_none(tmp_path / "results") == (1, "")


def test_the_journal_of_a_finished_run_is_removed_by_a_run_and_not_by_a_look(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    data = (folder.path / "journal.jsonl").read_bytes()
    folder.finish()
    (folder.path / "journal.jsonl").write_bytes(data)  # as if the end had been cut off after the last save
    assert store.unfinished(tmp_path, "machine") is None
    assert (folder.path / "journal.jsonl").exists()
    store.drop_spent_journals(tmp_path, "machine")
    assert not (folder.path / "journal.jsonl").exists()


def test_the_journal_of_a_run_that_goes_on_is_not_removed(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    store.drop_spent_journals(tmp_path, "machine")
    assert (folder.path / "journal.jsonl").exists()


def test_an_unreadable_and_a_newer_run_are_passed_over_and_told(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    for name, text in (("99990101t000000z-newer", '{"schema": 2}'), ("99990101t000000z-odd", "{")):
        path = tmp_path / "machine" / name
        path.mkdir()
        (path / "manifest.json").write_text(text)
    told: list[str] = []
    found = store.unfinished(tmp_path, "machine", told.append)
    assert found is not None
    assert found.id == folder.id
    assert len(told) == 2
    assert any("newer version of the study" in line for line in told)


def test_a_run_whose_journal_cannot_be_read_is_not_continued(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    (folder.path / "journal.jsonl").write_text("{}\n")
    told: list[str] = []
    assert store.unfinished(tmp_path, "machine", told.append) is None
    assert "line 1" in told[0]
    assert "it stays as it is" in told[0]


@pytest.mark.parametrize("more", [(), ("--fresh",)])
def test_what_cannot_be_read_blocks_no_new_run_and_stays_as_it_was(tmp_path: Path, more: tuple[str, ...]) -> None:
    machine = tmp_path / "simulated"
    for name, text in (("20260101t000000z-00000000", '{"schema": 2}'), ("20260101t000001z-00000000", "\x00")):
        (machine / name).mkdir(parents=True)
        (machine / name / "manifest.json").write_text(text)
    (machine / "calibration.json").write_text("what was there")
    (tmp_path / "machine.json").write_text("[")
    found = study("run", "--simulated", "--results", str(tmp_path), "--budget", "2m", *more)
    assert found.returncode == 0, found.stderr
    assert "20260101t000000z-00000000" in found.stdout
    assert "simulated/calibration.json" in found.stdout
    assert (machine / "calibration.unreadable.json").read_text() == "what was there"
    assert store.Calibration(machine).entries
    assert (machine / "20260101t000001z-00000000" / "manifest.json").read_text() == "\x00"
    assert (tmp_path / "machine.json").read_text() == "["  # a simulated run is no machine of its own


@pytest.mark.parametrize(
    ("key", "value"),
    [("loops", -1), ("loops", 1e300), ("loops", "3"), ("event_s", 1e300), ("start_s", "1")],
)  # fmt: skip
def test_a_calibration_with_a_number_that_cannot_be_is_named(tmp_path: Path, key: str, value: object) -> None:
    entry = {"loops": 3, "event_s": 0.5, "around_s": 0.5, "start_s": 0.5, key: value}
    text = json.dumps({"schema": 2, "points": {"key": {"point": entry}}, "spread": {}})
    (tmp_path / "calibration.json").write_text(text)
    with pytest.raises(ResultsError, match=key):
        store.Calibration(tmp_path)


@pytest.mark.parametrize("text", ["[]", '{"machine": 3}', '{"machine": "../x"}', "\x00"])
def test_a_machines_name_that_is_none_is_refused_with_two_ways_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "machine.json").write_text(text)
    with pytest.raises(ResultsError, match=r"machine.json: .*Remove it, or name the machine with --machine"):
        store.remembered(tmp_path / "machine.json")


numbers = st.integers(0, 10**6)
lines = st.text(st.characters(codec="utf-8"), max_size=60)


changes = st.fixed_dictionaries(
    {
        "round": numbers,
        "attempt": st.integers(0, 2),
        "reason": lines,
        "elapsed_s": st.floats(0, 1e6),
        "meanwhile": st.dictionaries(lines, st.none() | st.floats(-1e9, 1e9), max_size=4),
        "leftovers": st.lists(lines, max_size=3),
    }
)


@given(change=changes, value=st.floats(1e-12, 1e5))
def test_every_line_that_a_journal_takes_comes_back_equal(
    tmp_path_factory: pytest.TempPathFactory, change: dict[str, Any], value: float
) -> None:
    folder = store.RunFolder.create(tmp_path_factory.mktemp("journal"), "machine", manifest())
    entry = process(0, 0, suite(LOOP, [value])) | change
    folder.journal().append(entry)
    assert folder.journal().entries == [entry | {"suite": None}]
    assert folder.load()[0].values == (value,)


@given(
    seed=st.integers(0, 2**63 - 1), budget_s=st.floats(1, 3.6e6), cpus=st.integers(1, 4096), reason=lines,
    fact=st.none() | st.booleans() | lines | st.integers(0, 2**64) | st.floats(0, 1e15), planned=numbers,
)  # fmt: skip
def test_every_manifest_that_is_written_is_read_back_equal(
    seed: int, budget_s: float, cpus: int, reason: str, fact: object, planned: int
) -> None:
    made = manifest(
        seed=seed, budget_s=budget_s, usable_cpus=cpus, rounds_planned=planned, machine={"something_new": fact}
    )
    made.cells[0].reason = reason
    assert store.manifest.decode(store.manifest.encode(made, "x").decode(), "x") == made


@given(st.text(st.characters()))
def test_printable_text_is_one_short_line_of_printable_characters(text: str) -> None:
    found = printable(text, 40)
    assert found.isprintable()
    assert len(found) <= 40
    if text.isprintable() and len(text) <= 40:
        assert found == text


def test_files_are_written_for_their_owner_as_usual(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    folder.log("said")
    mask = os.umask(0o022)
    os.umask(mask)
    for name in ("manifest.json", "journal.jsonl", "log.txt"):
        assert stat.S_IMODE((folder.path / name).stat().st_mode) == 0o666 & ~mask


def test_what_was_refused_once_is_not_read_again_and_a_changed_suite_is_found_before_any_is_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run_folder(tmp_path)
    folder.finish()
    (name,) = folder.manifest.files
    again = store.RunFolder.open(folder.path)
    (folder.path / name).write_bytes(gzip.compress(b"changed"))
    read: list[Path] = []

    def counted(path: Path, *words: Any, **more: Any) -> str:
        read.append(path)
        return read_text(path, *words, **more)

    monkeypatch.setattr("study.store.folders.read_text", counted)
    monkeypatch.setattr("study.store.folders.samples_in", lambda *_: pytest.fail("taken apart"))
    for _ in range(3):
        with pytest.raises(ResultsError, match="changed since it was measured"):
            again.load()
    assert len(read) == 1
