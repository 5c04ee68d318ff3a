"""What a function of the reader's is called with in a run or a gate: as `advise` takes it, and part of what the run is."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study import cli, own, takes
from study.advise.arms import Functions, arms_of_gate, arms_of_study
from study.advise.probe import function as probe
from study.advise.wish import AdviseWish, checked
from study.bench.errors import UnsupportedCellError
from study.errors import UsageError
from study.identity import interpreter
from study.run.changed import _of_targets
from study.targets import items
from study.things import handed_in

if TYPE_CHECKING:
    from study.targets.arms import Arm

ROOT = Path(__file__).parent.parent
PYTHON = Path(sys.executable)
MINE = "def work(item):\n    return item\n\ndef alone():\n    return 7\n\ndef items():\n    return [1, 2]\n"
ODD = b'1\r\n\n {"a": "\xc3\xa9\xe2\x80\xa8"} \r[NaN]\n\t\n"last, without an end"'
"""Lines of every kind of end, empty ones, a separator that ends no line of a file."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own_items_mine.py").write_text(MINE, encoding="utf-8")
    (tmp_path / "data.jsonl").write_text("[1, 2]\n\n[3, 4]\n[5, 6]\n", encoding="utf-8")
    return tmp_path


def asked(folder: Path, **more: Any) -> Functions:
    return Functions(**{"function": "own_items_mine:work", "folder": folder, **more})


def arm_of(folder: Path, **more: Any) -> Arm:
    (arm,) = arms_of_study(asked(folder, **more), [PYTHON], [], root=ROOT)
    return arm


def test_both_sides_name_the_variables_alike() -> None:
    assert (handed_in.LINES, handed_in.LINES_CRC, handed_in.REPEAT) == (own.LINES, own.LINES_CRC, own.REPEAT)


def test_another_content_or_number_is_another_target_and_neither_path_nor_content_is_stored(folder: Path) -> None:
    before = arm_of(folder, items_file=Path("data.jsonl"))
    assert before.own is not None
    assert before.own.count == 3
    moved = folder / "moved.jsonl"
    moved.write_bytes((folder / "data.jsonl").read_bytes())
    assert arm_of(folder, items_file=moved).stored == before.stored, "where it lies is nobody's business"
    said = json.dumps(before.stored)
    assert "jsonl" not in said
    assert str(folder) not in said
    (folder / "data.jsonl").write_text("[1, 2]\n\n[3, 4]\n[5, 7]\n", encoding="utf-8")
    after = arm_of(folder, items_file=Path("data.jsonl"))
    assert after.own is not None
    assert after.own.count == 3
    assert after.stored != before.stored
    few, many = (arm_of(folder, function="own_items_mine:alone", repeat=number) for number in (3, 4))
    assert (few.own and few.own.count, many.own and many.own.count) == (3, 4)
    stored = [arm.stored for arm in (before, after, few, many)]
    assert len({json.dumps(one, sort_keys=True) for one in stored}) == 4
    facts = [{"version": "3.13.0", "variables": one} for one in stored]
    assert len({interpreter(one) for one in facts}) == 4, "they are not compared as equal"
    (said,) = _of_targets({"one": facts[0]}, [{"name": "one", "facts": facts[1]}])
    digests = [one[handed_in.LINES_DIGEST] for one in stored[:2]]
    assert said.startswith("variables of one: ")
    assert [digest in said for digest in digests] == [True, True], "what differs is told, and not what does not"
    goes_on = [not list(_of_targets({"one": facts[0]}, [{"name": "one", "facts": other}])) for other in facts]
    assert goes_on == [True, False, False, False], "a run that was stopped goes on with the same items alone"


def test_items_of_a_module_are_stored_as_ever(folder: Path) -> None:
    stored = arm_of(folder, items="own_items_mine:items").stored
    assert list(stored) == [handed_in.FUNCTION, handed_in.ITEMS, handed_in.SOURCE]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file in"),
        ("folder", "this is a folder; name a file with a line of JSON for each item"),
        ("fifo", "this is a FIFO"),
        ("huge", "513 MiB; of up to 512 MiB items are read"),
        (b"1\n\n{torn\n", "line 3 is no JSON: JSONDecodeError"),
        (b"1\n\xff\n", "UnicodeDecodeError"),
        (b"[" * 200_000, "RecursionError"),
        (b"\n \n", "no line of it has an item"),
        (b"", "no line of it has an item"),
    ],
)
def test_a_file_that_gives_no_items_is_refused_by_its_name(
    folder: Path, content: str | bytes | None, said: str
) -> None:
    place = folder / "bad.jsonl"
    if content == "folder":
        place.mkdir()
    elif content == "fifo":
        os.mkfifo(place)
    elif content == "huge":
        place.touch()
        os.truncate(place, 513 << 20)
    elif isinstance(content, bytes):
        place.write_bytes(content)
    with pytest.raises(UsageError, match=re.escape(said)) as raised:
        arm_of(folder, items_file=Path("bad.jsonl"))
    assert str(raised.value).startswith("--items-file bad.jsonl: ")
    assert "\n" not in str(raised.value)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads what nobody may")
def test_a_file_that_may_not_be_read_is_refused(folder: Path) -> None:
    (folder / "data.jsonl").chmod(0)
    with pytest.raises(UsageError, match=r"--items-file data\.jsonl: Permission denied"):
        arm_of(folder, items_file=Path("data.jsonl"))


def test_a_file_that_cannot_be_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fails)
    with pytest.raises(UsageError, match=r"--items-file data\.jsonl: Permission denied"):
        items.lines_of(Path("data.jsonl"), folder)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"items": "own_items_mine:items", "repeat": 3},
        {"items_file": Path("data.jsonl"), "repeat": 3},
        {"repeat": -1},
        {"items_file": Path("nowhere.jsonl")},
        {"items_file": Path()},
    ],
)
def test_what_is_said_of_it_is_what_advise_says(folder: Path, given: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as raised:
        arm_of(folder, **given)
    with pytest.raises(UsageError) as advised:
        checked(replace(AdviseWish(function="own_items_mine:work", folder=folder), **given))
    assert str(raised.value) == str(advised.value)


def test_repeat_wants_a_function_without_an_argument_and_not_too_many_calls(folder: Path) -> None:
    with pytest.raises(
        UsageError, match=r"own_items_mine:work\(item\) wants an argument, and --repeat calls it without"
    ):
        arm_of(folder, repeat=3)
    with pytest.raises(UsageError, match="--repeat 100001: 100001 items; 1 to 100000 can be measured"):
        arm_of(folder, function="own_items_mine:alone", repeat=100_001)
    (folder / "data.jsonl").write_text("1\n" * 100_001, encoding="utf-8")
    with pytest.raises(UsageError, match="--items-file: 100001 items; 1 to 100000 can be measured"):
        arm_of(folder, items_file=Path("data.jsonl"))
    assert arm_of(folder, function="math:hypot", repeat=2).own is not None, "of a function in C the call tells"


def test_what_cannot_be_shown_of_the_reader_s_own_is_told_by_its_type(folder: Path) -> None:
    (folder / "own_items_mine.py").write_text(
        "class Mute(Exception):\n    def __str__(self):\n        raise RuntimeError\n    __repr__ = __str__\n\n"
        "def work(item, more=Mute()):\n    return item\n\ndef items():\n    raise Mute\n",
        encoding="utf-8",
    )
    with pytest.raises(UsageError, match=r"own_items_mine:work\(item, more\) wants an argument"):
        arm_of(folder, repeat=2)
    with pytest.raises(UsageError, match=r"in .*: Mute$"):
        arm_of(folder, items="own_items_mine:items")


def test_a_gate_hands_both_arms_the_same_items(folder: Path) -> None:
    wish = asked(folder, function_head="own_items_mine:items", items_file=Path("data.jsonl"))
    base, head = arms_of_gate(wish, [PYTHON], [], root=ROOT)
    assert base.own is not None
    assert head.own is not None
    assert isinstance(base.own.items, items.Lines)
    assert base.own.items == head.own.items
    assert (base.own.function, head.own.function) == ("own_items_mine:work", "own_items_mine:items")


def test_study_gate_and_advise_take_the_three_in_the_same_words() -> None:
    told = set()
    for verb in ("study", "run", "plan", "gate", "advise"):
        parser = cli._parser()._subparsers._group_actions[0].choices[verb]  # type: ignore[union-attr, index]
        options = {action.dest: action for action in parser._actions}
        names = ("items", "items_file", "repeat", "folder")
        told.add(tuple((options[name].help, options[name].metavar, options[name].default) for name in names))
    assert len(told) == 1


def test_what_is_typed_reaches_the_arms_and_nothing_typed_is_no_function() -> None:
    parse = cli._parser().parse_args
    assert takes.function_of(parse(["study"])) == {}
    typed = takes.function_of(parse(["gate", "--function", "a:b", "--items-file", "x.jsonl"]))
    assert typed == {"function": "a:b", "items_file": Path("x.jsonl"), "folder": Path()}
    assert takes.function_of(parse(["study", "--function", "a:b", "--repeat", "9"]))["repeat"] == 9
    for few in ("0", "-1", "x"):
        with pytest.raises(SystemExit):
            parse(["study", "--function", "a:b", "--repeat", few])


def test_probe_and_bench_and_harness_read_a_file_alike(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_bytes(ODD)
    found = items.lines_of(path, tmp_path)
    read = own.lines_of(str(path), found.crc)
    assert found.count == len(read) == 4
    assert repr(read) == repr(probe.items_of({"lines": str(path)}))


def test_the_bench_refuses_a_file_that_has_changed_since(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = arm_of(folder, items_file=Path("data.jsonl")).own
    assert mine is not None
    for name, value in {**mine.stored, **mine.unstored}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert own.KERNEL.arguments(3) == [[1, 2], [3, 4], [5, 6]]
    (folder / "data.jsonl").write_text("[1, 2]\n\n[3, 4]\n[5, 7]\n", encoding="utf-8")
    with pytest.raises(UnsupportedCellError, match="the file of the items has changed"):
        own.KERNEL.arguments(3)
    (folder / "data.jsonl").unlink()
    with pytest.raises(UnsupportedCellError, match="cannot be read any more: No such file") as raised:
        own.KERNEL.arguments(3)
    assert "jsonl" not in str(raised.value), "what is told is stored"


def test_a_call_without_an_argument_gets_none_and_can_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(own.FUNCTION, "os:getpid")
    monkeypatch.setenv(own.REPEAT, "3")
    assert len(own.KERNEL.arguments(3)) == 3
    task = pickle.loads(pickle.dumps(own.KERNEL.task))  # noqa: S301 - made here
    assert [task(number) for number in range(2)] == [os.getpid()] * 2
    with pytest.raises(UnsupportedCellError, match="3 items now, and 4"):
        own.KERNEL.arguments(4)


@pytest.mark.parametrize("start_method", ["fork", "spawn"])
@pytest.mark.parametrize("given", [{"items_file": Path("data.jsonl")}, {"repeat": 3}])
def test_the_bench_times_it_in_workers(folder: Path, start_method: str, given: dict[str, Any]) -> None:
    marks = folder / "marks"
    marks.mkdir()
    (folder / "own_items_mine.py").write_text(
        f"import os, uuid\n\ndef work(*item):\n    open({str(marks)!r} + f'/{{item}} {{uuid.uuid4()}}', 'w').close()\n",
        encoding="utf-8",
    )
    mine = arm_of(folder, **given).own
    assert mine is not None
    cell = f"map kernel=own backend=pool start_method={start_method} workers=2 tasks=3 variant=made"
    job = {
        "schema": 1, "mode": "measure", "cells": [cell], "values": 1, "warmups": 0, "min_time_s": 0.0,
        "loops": {cell: 1}, "seed": 1, "environment": {},
    }  # fmt: skip
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    command = [sys.executable, "-m", "study.bench.measure", str(folder / "job.json"), str(folder / "out.json")]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **mine.stored, **mine.unstored},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    called = {mark.name.rpartition(" ")[0] for mark in marks.iterdir()}
    assert called == ({"()"} if "repeat" in given else {"([1, 2],)", "([3, 4],)", "([5, 6],)"})
