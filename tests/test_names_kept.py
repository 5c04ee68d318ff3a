"""A name is its hardware's from the moment it is taken, runs or none. All facts and times are made up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from study import identity, store
from study.errors import ResultsError
from study.run import run
from tests.test_naming import CELERON, EPYC, named, prepared, stored

if TYPE_CHECKING:
    from pathlib import Path


def test_a_name_that_was_only_planned_under_is_not_taken_by_other_hardware_and_found_again(tmp_path: Path) -> None:
    first, _ = named(tmp_path, EPYC, "laptop")
    second, said = named(tmp_path, CELERON)
    assert (first, second != first) == ("laptop", True)
    assert "the name laptop is that of other hardware (CPU model: AMD EPYC / Intel Celeron N4020; L3 cache" in said
    assert f"this machine goes on as {second}" in said
    for _ in range(2):
        assert named(tmp_path, EPYC)[0] == "laptop"
        assert named(tmp_path, CELERON)[0] == second
    assert named(tmp_path, CELERON, "laptop")[0] == "laptop-2"


def test_of_the_remembered_names_the_one_of_this_hardware_comes_before_one_of_which_nothing_is_known(
    tmp_path: Path,
) -> None:
    stored(tmp_path, "box", EPYC)
    (tmp_path / "machine.json").write_text('{"machine": "box-2", "earlier_1": "box"}', encoding="utf-8")
    assert named(tmp_path, EPYC) == ("box", "")
    assert store.own_names(tmp_path) == ("box", "box-2")


def test_the_memory_is_written_only_where_it_changes_and_keeps_what_a_container_hides(tmp_path: Path) -> None:
    named(tmp_path, EPYC, "box")
    before = (tmp_path / "machine.json").stat()
    assert named(tmp_path, {"cpu_model": "AMD EPYC"}) == ("box", "")
    after = (tmp_path / "machine.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert store.hardware_of(tmp_path, "box") == identity.fingerprint(EPYC)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"machine": "../x"}, "machine: '../x' is no machine's name"),
        ({"machine": "box", "earlier_2": "a b"}, "earlier_2: 'a b' is no machine's name"),
        ({"machine": "box", "hardware": "x"}, "hardware: not what this study writes there"),
        ({"machine": {}}, "machine: not what this study writes there"),
        ({"machine": "box", "hardware": {"box": {"memory_bytes": -1}}}, "hardware: -1"),
    ],
)
def test_a_memory_that_is_not_ours_is_refused_with_its_key(tmp_path: Path, content: object, words: str) -> None:
    (tmp_path / "machine.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ResultsError, match=r"machine\.json: ") as refused:
        store.own_names(tmp_path)
    assert words in str(refused.value)


def test_an_unfinished_run_of_this_study_under_another_name_of_this_machine_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = prepared(tmp_path, EPYC)
    folder = stored(tmp_path, "before", EPYC, digest=made.digest)
    for name, facts in (("elsewhere", CELERON), ("before", EPYC), ("box", EPYC)):
        store.remember_name(tmp_path, name, identity.fingerprint(facts))
    stored(tmp_path, "elsewhere", CELERON, digest=made.digest)
    assert run(made).folder is None
    said = " ".join(capsys.readouterr().out.split())
    assert f"the unfinished run {folder.name} is of this study and this hardware" in said
    assert "--machine before" in said
    assert "elsewhere" not in said
