"""Folders and facts that no machine and no run has. Every run here is made up."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.errors import ResultsError
from study.store import RoundRecord
from tests.builders import manifest, run_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
@pytest.mark.parametrize("name", ["a\nThe report is about mine", "\x1b[31m", "A", "\u202ex", "-x", "a" * 65, "*"])
@pytest.mark.parametrize("of", ["machine", "run"])
def test_a_folder_whose_name_this_study_never_gives_is_refused_on_one_harmless_line(
    tmp_path: Path, name: str, of: str
) -> None:
    folder = run_folder(tmp_path, rounds=0)
    odd = (
        folder.path.parent.rename(tmp_path / name) if of == "machine" else folder.path.rename(folder.path.parent / name)
    )
    (path,) = store.run_folders(tmp_path)
    assert odd in {path, path.parent}
    with pytest.raises(ResultsError) as refused:
        store.RunFolder.open(path)
    assert str(refused.value).isprintable()
    assert store.run_name(path).isprintable()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
def test_a_machines_folder_that_cannot_be_looked_into_is_called_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"^machine: the folder cannot be looked into"):
        store.RunFolder.open(tmp_path / "machine" / "*")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"started": "2019-12-31T23:59:59Z"}, "started: .* the clock was wrong when it was measured"),
        ({"state": "finished", "finished": "0001-01-01T00:00:01Z"}, "finished: .* the clock was wrong"),
        ({"machine": {"usable_cpus": 16}}, "usable_cpus: another number than machine.usable_cpus"),
        ({"values": 0}, "values: 0"),
        (
            {"rounds": [RoundRecord(index=0, attempt=0, order=[], elapsed_s=1.0, foreign_cpus=-65536.0)]},
            r"rounds\[0\]\.foreign_cpus: -65536 is less than can be",
        ),
    ],
)
def test_facts_that_contradict_each_other_or_the_world_are_named(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ResultsError, match=words):
        store.RunFolder.create(tmp_path, "machine", manifest(**changes))
    assert store.RunFolder.create(tmp_path, "machine", manifest(machine={"usable_cpus": 2})).path.is_dir()
