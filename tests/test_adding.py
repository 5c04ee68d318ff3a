"""A run taken in: whole or not at all, in nothing's place, marked as somebody else's, and once however often it is added."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.errors import LockedError, ResultsError, UsageError
from study.store import bundles
from study.store.adding import Added, add
from tests import handed
from tests.handed import EPYC, MADE_UP, XEON
from tests.test_store_reading import everything_in

if TYPE_CHECKING:
    from collections.abc import Callable

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return handed.written(handed.finished(tmp_path / "theirs"), tmp_path / "mail")


def runs_in(results: Path) -> list[str]:
    return [store.run_name(path) for path in store.run_folders(results)]


def test_a_run_is_added_whole_and_marked_with_where_it_came_from(bundle: Path, tmp_path: Path) -> None:
    found = bundles.opened(bundle)
    assert add(tmp_path / "r", bundle) == Added(found.name, "added")
    path = tmp_path / "r" / found.machine / found.id
    run = store.RunFolder.open(path)
    assert run.contributed
    assert run.manifest == found.manifest
    assert run.load() == found.load()
    assert sorted(path.name for path in path.iterdir()) == [
        "contributed.json", "manifest.json", handed.SUITE, "summary.json",
    ]  # fmt: skip
    mark = json.loads((path / "contributed.json").read_text())
    assert (mark["bundle"], mark["machine"]) == (found.digest, "laptop")
    assert bundles.made(run).data == bundle.read_bytes()  # it can be handed on as it came
    assert [path.name for path in (tmp_path / "r").iterdir() if path.is_dir()] == ["laptop"]


def test_adding_twice_changes_nothing(bundle: Path, tmp_path: Path) -> None:
    add(tmp_path / "r", bundle)
    before = everything_in(tmp_path / "r")
    again = tmp_path / "renamed.study"
    shutil.copy(bundle, again)
    assert add(tmp_path / "r", again).state == "there"
    assert add(tmp_path / "r", bundle, label="another-name").state == "there"
    assert everything_in(tmp_path / "r") == before


def test_ones_own_run_that_comes_back_stays_ones_own(bundle: Path, tmp_path: Path) -> None:
    before = everything_in(tmp_path / "theirs")
    assert add(tmp_path / "theirs", bundle).state == "there"
    assert {name: content for name, content in everything_in(tmp_path / "theirs").items() if name != ".lock"} == {
        name: content for name, content in before.items() if name != ".lock"
    }


def test_a_run_that_is_there_and_damaged_is_told_instead_of_being_passed_by(bundle: Path, tmp_path: Path) -> None:
    name = add(tmp_path / "r", bundle).run
    (tmp_path / "r" / name / handed.SUITE).unlink()
    with pytest.raises(ResultsError, match=r"lies in r/ already, and is damaged there .*Move its folder away"):
        add(tmp_path / "r", bundle)


def test_another_run_of_the_same_name_is_not_replaced(bundle: Path, tmp_path: Path) -> None:
    found = bundles.opened(bundle)
    other = handed.finished(tmp_path / "r", rounds=5)
    other.path.rename(other.path.with_name(found.id))
    before = everything_in(tmp_path / "r")
    with pytest.raises(ResultsError, match=f"another run has the name {found.name} already.*--as NAME"):
        add(tmp_path / "r", bundle)
    after = everything_in(tmp_path / "r")
    assert {name: after[name] for name in before} == before
    assert add(tmp_path / "r", bundle, label="theirs").run == f"theirs/{found.id}"


def test_a_name_that_other_hardware_has_here_gets_a_number_and_that_is_said(bundle: Path, tmp_path: Path) -> None:
    results = tmp_path / "r"
    handed.finished(results, facts=XEON, digest="1" * 16)
    added = add(results, bundle)
    assert added.run.startswith("laptop-2/")
    (note,) = added.notes
    assert "the name laptop is that of other hardware in r/ (CPU model: Intel Xeon / AMD EPYC" in note
    assert "it goes by laptop-2 here" in note
    more = handed.finished(tmp_path / "theirs", digest="2" * 16)
    assert add(results, handed.written(more, tmp_path)).run == f"laptop-2/{more.id}"
    third = handed.finished(tmp_path / "third", facts=EPYC | {"logical_cpus": 64}, digest="3" * 16)
    assert add(results, handed.written(third, tmp_path)).run == f"laptop-3/{third.id}"
    assert bundles.made(store.RunFolder.open(results / added.run)).data == bundle.read_bytes()


def test_a_name_that_was_asked_for_is_given_unless_other_hardware_has_it(bundle: Path, tmp_path: Path) -> None:
    results = tmp_path / "r"
    handed.finished(results, machine="mine", facts=XEON, digest="1" * 16)
    with pytest.raises(UsageError, match=r"--as mine: the name of other hardware in r/ .*take another"):
        add(results, bundle, label="mine")
    for wrong in ("../x", "report", "Mine", "con", "-x", "x" * 41, "x/y", "."):
        with pytest.raises(UsageError, match="--as "):
            add(results, bundle, label=wrong)
    assert add(results, bundle, label="theirs").run.startswith("theirs/")


def test_a_machine_whose_name_no_machine_has_here_needs_another(bundle: Path, tmp_path: Path) -> None:
    members = handed.members_of(bundle.read_bytes())
    odd = tmp_path / "odd.study"
    odd.write_bytes(handed.packed(members, "report/r"))
    with pytest.raises(ResultsError, match=r"its machine goes by the name report.*--as NAME"):
        add(tmp_path / "r", odd)
    assert add(tmp_path / "r", odd, label="theirs").run == "theirs/r"


def test_the_name_that_this_machine_has_taken_is_not_given_to_other_hardware(bundle: Path, tmp_path: Path) -> None:
    from study.identity import fingerprint

    store.remember_name(tmp_path / "r", "laptop", fingerprint(XEON))
    assert add(tmp_path / "r", bundle).run.startswith("laptop-2/")


def test_made_up_times_are_taken_only_where_that_is_meant(tmp_path: Path) -> None:
    made_up = handed.written(handed.finished(tmp_path / "theirs", "simulated", MADE_UP), tmp_path)
    with pytest.raises(ResultsError, match=r"made up .*--simulated"):
        add(tmp_path / "r", made_up)
    assert add(tmp_path / "r", made_up, simulated=True).state == "added"


def test_a_trial_writes_nothing_and_says_what_would_be_done(bundle: Path, tmp_path: Path) -> None:
    results = tmp_path / "r"
    assert add(results, bundle, dry=True).state == "added"
    assert not results.exists()
    handed.finished(results, facts=XEON, digest="1" * 16)
    before = everything_in(results)
    assert add(results, bundle, dry=True).run.startswith("laptop-2/")
    assert everything_in(results) == before


@UNIX
def test_nothing_is_added_where_another_study_is_at_work(bundle: Path, tmp_path: Path) -> None:
    with store.alone_in(tmp_path / "r"), pytest.raises(LockedError, match="at work in these results"):
        add(tmp_path / "r", bundle)
    assert runs_in(tmp_path / "r") == []


@UNIX
def test_a_link_in_the_place_of_a_machine_is_not_followed(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "r" / "laptop").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ResultsError, match="laptop: a link in r/"):
        add(tmp_path / "r", bundle)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@UNIX
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_results_that_cannot_be_written_are_named(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "r").mkdir(mode=0o500)
    with pytest.raises(ResultsError, match="r/"):
        add(tmp_path / "r", bundle)


def calls_of(bundle: Path, results: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every change of the disk that adding makes, in order."""
    seen: list[str] = []
    for name in ("fsync", "mkdir", "rename", "open"):
        real = getattr(os, name)

        def called(*arguments: Any, _real: Callable[..., Any] = real, _name: str = name, **more: Any) -> Any:
            seen.append(_name)
            return _real(*arguments, **more)

        monkeypatch.setattr(os, name, called)
    add(results, bundle)
    monkeypatch.undo()
    return seen


def killed_at(call: int, bundle: Path, results: Path) -> None:
    """Add in a child that dies, without a word, before its change of the disk with this number."""
    if child := os.fork():
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in {0, 9}
        return
    left = call
    done = 1
    for name in ("fsync", "mkdir", "rename", "open"):
        real = getattr(os, name)

        def called(*arguments: Any, _real: Callable[..., Any] = real, **more: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)
            return _real(*arguments, **more)

        setattr(os, name, called)
    try:
        add(results, bundle)
        done = 0
    finally:
        os._exit(done)


@UNIX
def test_a_crash_at_any_moment_leaves_the_whole_run_or_nothing_of_it(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = calls_of(bundle, tmp_path / "counted", monkeypatch)
    assert calls.count("fsync") >= 4
    name = bundles.opened(bundle).name
    states = []
    for call in range(len(calls) + 1):
        results = tmp_path / f"r{call}"
        killed_at(call, bundle, results)
        there = runs_in(results)
        states.append(len(there))
        if there:
            assert there == [name]
            assert store.RunFolder.open(results / name).contributed
            assert store.RunFolder.open(results / name).load()
        assert add(results, bundle) == Added(name, "there" if there else "added")
        assert not list(results.glob(".adding-*"))
        assert runs_in(results) == [name]
    assert states == sorted(states)
    assert states[0] == 0
    assert states[-1] == 1


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_disk_that_fails_is_told_and_leaves_nothing(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if failing == "fsync" else Path, failing, full)
    with pytest.raises(ResultsError, match=r"cannot be written \(No space left on device.*nothing of it is there"):
        add(tmp_path / "r", bundle)
    monkeypatch.undo()
    assert runs_in(tmp_path / "r") == []
    assert [path.name for path in (tmp_path / "r").iterdir()] in ([".lock"], [])
    assert add(tmp_path / "r", bundle).state == "added"


def mark(**changes: Any) -> str:
    right = {"schema": 1, "bundle": "0" * 64, "added": "2026-01-01T00:00:00Z", "machine": "m"}
    return json.dumps(right | changes)


def test_a_mark_that_is_right_is_read(tmp_path: Path) -> None:
    run = handed.finished(tmp_path)
    (run.path / "contributed.json").write_text(mark())
    assert store.RunFolder.open(run.path).contributed


@pytest.mark.parametrize(
    "mark",
    [
        "", "{}", "[]", "null", "x" * 70_000, mark(schema=2), mark(bundle="0"), mark(bundle=1), mark(added="yesterday"),
        mark(added="9999-12-31T00:00:00Z"), mark(machine="../m"), mark(surprise=1),
    ],
)  # fmt: skip
def test_a_mark_that_nobody_understands_keeps_the_run_out(tmp_path: Path, mark: str) -> None:
    run = handed.finished(tmp_path)
    (run.path / "contributed.json").write_text(mark)
    with pytest.raises(
        ResultsError, match=r"contributed\.json: .*Move the run's folder away, and add the bundle again$"
    ):
        store.RunFolder.open(run.path)
