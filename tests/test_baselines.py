"""Runs under names of the user's, and what `compare` calls a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from study import store
from study.compare.references import named, sides
from study.compare.shelf import Shelf
from study.errors import LockedError, ResultsError, UsageError
from study.store import bundles
from tests.kept_runs import EPYC, FACTS, PYTHON, XEON, kept, several
from tests.stored_run import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NEWER = "cpython-3.12.1"
BOTH = {PYTHON: FACTS, NEWER: {**FACTS, "version": "3.12.1"}}


def shelf(results: Path) -> Shelf:
    return Shelf(results, ROOT)


def test_a_run_gets_a_name_and_keeps_it(tmp_path: Path) -> None:
    first, second = several(tmp_path, 2)
    store.mark(tmp_path, "before-update", first.name)
    store.mark(tmp_path, "before-update", first.name)  # twice is harmless
    assert store.baselines(tmp_path) == {"before-update": first.name}
    with pytest.raises(UsageError, match="keeps it"):
        store.mark(tmp_path, "before-update", second.name)
    assert store.baselines(tmp_path) == {"before-update": first.name}
    store.mark(tmp_path, "after", second.name)
    assert store.unmark(tmp_path, "before-update") == first.name
    assert store.baselines(tmp_path) == {"after": second.name}
    assert store.RunFolder.open(first.path).manifest.state == "finished"


@pytest.mark.parametrize("name", ["latest", "best", "laptop", "Two Words", "", "../x", "a" * 65])
def test_a_name_that_means_something_else_or_is_none_is_refused(tmp_path: Path, name: str) -> None:
    run = kept(tmp_path)
    with pytest.raises(UsageError, match="--mark"):
        store.mark(tmp_path, name, run.name)
    assert store.baselines(tmp_path) == {}


@pytest.mark.parametrize("run", ["laptop", "laptop/none", "../x/y", "", "laptop/../laptop"])
def test_what_is_no_run_gets_no_name(tmp_path: Path, run: str) -> None:
    kept(tmp_path)
    with pytest.raises(UsageError, match="is no run"):
        store.mark(tmp_path, "mine", run)


def test_a_name_that_nobody_has_cannot_be_taken_away(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run has that name"):
        store.unmark(tmp_path, "mine")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        '{"schema": 2, "baselines": {}}',
        '{"schema": 1, "baselines": {"A B": "m/r"}}',
        '{"schema": 1, "baselines": {"a": "../etc"}}',
        '{"schema": 1, "baselines": {"a": "m/r", "a": "m/s"}}',
        '{"schema": 1, "baselines": {}, "more": 1}',
        "\x00",
    ],
)
def test_a_file_of_names_that_is_none_is_told_and_nothing_is_overwritten(tmp_path: Path, text: str) -> None:
    run = kept(tmp_path)
    (tmp_path / "baselines.json").write_text(text, encoding="utf-8")
    for act in (lambda: store.baselines(tmp_path), lambda: store.mark(tmp_path, "a", run.name)):
        with pytest.raises(ResultsError, match=r"baselines\.json"):
            act()
    assert (tmp_path / "baselines.json").read_text(encoding="utf-8") == text
    known = shelf(tmp_path)
    assert any("baselines.json" in problem for problem in known.left_out)
    assert named(run.name, known, tmp_path).run.name == run.name


def test_names_are_given_by_one_at_a_time(tmp_path: Path) -> None:
    run = kept(tmp_path)
    with store.alone_in(tmp_path), pytest.raises(LockedError):
        store.mark(tmp_path, "mine", run.name)


# References


def own(results: Path, *names: str) -> None:
    earlier = {f"earlier_{number}": name for number, name in enumerate(names[1:], start=1)}
    (results / "machine.json").write_text(json.dumps({"machine": names[0], **earlier}), encoding="utf-8")


def test_a_run_is_called_by_machine_run_name_and_how_late_it_is(tmp_path: Path) -> None:
    runs = several(tmp_path, 4)
    kept(tmp_path, "server", 9, facts=XEON)
    own(tmp_path, "laptop")
    store.mark(tmp_path, "mine", runs[1].name)
    known = shelf(tmp_path)
    found = {
        word: named(word, known, tmp_path).run.name
        for word in (runs[0].name, "mine", "latest", "latest~0", "latest~3", f"mine@{PYTHON}", "laptop", "best")
    }
    assert found == {
        runs[0].name: runs[0].name,
        "mine": runs[1].name,
        f"mine@{PYTHON}": runs[1].name,
        "latest": runs[3].name,
        "latest~0": runs[3].name,
        "latest~3": runs[0].name,
        "laptop": runs[3].name,
        "best": runs[3].name,
    }


def test_a_machine_is_its_fullest_run_and_latest_its_last(tmp_path: Path) -> None:
    full, quick = kept(tmp_path), kept(tmp_path, number=2, quick=True)
    known = shelf(tmp_path)
    assert named("laptop", known, tmp_path).run.name == full.name
    assert named("latest", known, tmp_path).run.name == quick.name  # of one machine alone it is this one


def test_latest_is_of_this_machine_under_any_of_its_names(tmp_path: Path) -> None:
    old, new = kept(tmp_path, "old-name", 1), kept(tmp_path, "new-name", 2)
    kept(tmp_path, "server", 9, facts=XEON)
    own(tmp_path, "new-name", "old-name")
    known = shelf(tmp_path)
    assert [named(word, known, tmp_path).run.name for word in ("latest", "latest~1")] == [new.name, old.name]


def test_latest_is_neither_contributed_nor_a_gate_nor_unfinished(tmp_path: Path) -> None:
    first = kept(tmp_path)
    kept(tmp_path, number=2)
    for path in (tmp_path / "laptop").glob("20260102*"):
        mark = {"schema": 1, "bundle": "0" * 64, "added": "2026-01-03T00:00:00Z", "machine": "laptop"}
        (path / "contributed.json").write_text(json.dumps(mark), encoding="utf-8")
    assert named("latest", shelf(tmp_path), tmp_path).run.name == first.name


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("labtop", "did you mean 'laptop'"),
        ("nothing", "A run is MACHINE"),
        ("laptop/20260101t120000z-0000000", "there is no run"),
        ("laptop@cpython-3.11.8", "did you mean 'cpython-3.11.7'"),
        ("laptop@", "no interpreter stands behind the @"),
        ("latest~9", "2 finished runs"),
        ("none.study", "none.study"),
    ],
)
def test_a_word_that_names_nothing_says_what_there_is(tmp_path: Path, word: str, said: str) -> None:
    several(tmp_path, 2)
    with pytest.raises((UsageError, ResultsError), match=said):
        named(word, shelf(tmp_path), tmp_path)


def test_without_knowing_this_machine_latest_asks_which(tmp_path: Path) -> None:
    kept(tmp_path)
    kept(tmp_path, "server", facts=XEON)
    with pytest.raises(UsageError, match="name one of them: laptop, server"):
        named("latest", shelf(tmp_path), tmp_path)


def test_a_name_whose_run_has_gone_says_so(tmp_path: Path) -> None:
    run = kept(tmp_path)
    kept(tmp_path, number=2)
    store.mark(tmp_path, "mine", run.name)
    for file in run.path.iterdir():
        file.unlink()
    run.path.rmdir()
    with pytest.raises(UsageError, match="which mine is the name of"):
        named("mine", shelf(tmp_path), tmp_path)


def test_a_bundle_is_a_run_that_lies_in_no_results(tmp_path: Path) -> None:
    run = kept(tmp_path / "theirs", "server", facts=XEON)
    made = bundles.made(run)
    (tmp_path / made.name).write_bytes(made.data)
    kept(tmp_path / "mine")
    known = shelf(tmp_path / "mine")
    found = named(made.name, known, tmp_path)
    assert found.run.name == run.name
    assert found.run.contributed
    assert found.run.targets == store.summary_of(run.path).targets
    assert named(f"{made.name}@{PYTHON}", known, tmp_path).target == PYTHON


# Interpreters


def test_without_a_word_the_first_interpreter_that_both_have_is_compared(tmp_path: Path) -> None:
    kept(tmp_path, "a", targets=BOTH)
    kept(tmp_path, "b", targets={NEWER: BOTH[NEWER]}, facts=XEON)
    known = shelf(tmp_path)
    first, second = (named(word, known, tmp_path) for word in "ab")
    assert [side.target for side in sides(first, second)] == [NEWER, NEWER]
    assert [side.target for side in sides(second, first)] == [NEWER, NEWER]


def test_a_named_interpreter_counts_and_is_looked_for_in_the_other_run_too(tmp_path: Path) -> None:
    kept(tmp_path, "a", targets=BOTH)
    kept(tmp_path, "b", targets=BOTH, facts=XEON)
    known = shelf(tmp_path)

    def chosen(one: str, other: str) -> list[str]:
        return [side.target for side in sides(named(one, known, tmp_path), named(other, known, tmp_path))]

    assert chosen(f"a@{NEWER}", "b") == [NEWER, NEWER]
    assert chosen("a", f"b@{NEWER}") == [NEWER, NEWER]
    assert chosen(f"a@{PYTHON}", f"b@{NEWER}") == [PYTHON, NEWER]
    assert chosen(f"a@{PYTHON}", f"a@{NEWER}") == [PYTHON, NEWER]
    assert chosen("a", "a") == [PYTHON, NEWER]


def test_a_run_is_not_compared_with_itself(tmp_path: Path) -> None:
    kept(tmp_path, facts=EPYC)
    known = shelf(tmp_path)
    mine = named("laptop", known, tmp_path)
    with pytest.raises(UsageError, match="one and the same"):
        sides(mine, mine)
