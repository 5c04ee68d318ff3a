"""The list of wrong changes fits the sources, and what becomes of a change is told right: killed, survived, or neither."""

from __future__ import annotations

import subprocess
import tomllib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.mutants.listed import HERE, Mutant, fault, listed, sample
from tests.mutants.session import Outcome, Outcomes, carry_out, complaints, good_enough, table
from tests.mutants.trial import Ran

if TYPE_CHECKING:
    from pathlib import Path

ALL = listed()
MUTANT = Mutant(
    id="sum", what="minus", file="study/adds.py", old="a + b", new="a - b", tests=("tests/test_adds.py",)
)  # fmt: skip
NAMED = replace(MUTANT, id="named", old="def add", new="def plus")
UNSEEN = replace(MUTANT, id="unseen", old="UNSEEN = 1", new="UNSEEN = 2")
ENDS = replace(MUTANT, id="ends", old="return a", new="raise SystemExit(a)\n    return a")


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.id)
def test_a_listed_change_fits_the_sources(mutant: Mutant) -> None:
    assert fault(mutant) == ""


def test_the_list_is_long_enough_and_names_each_change_once() -> None:
    assert len(ALL) >= 100
    assert max(Counter(mutant.id for mutant in ALL).values()) == 1
    changes = Counter((mutant.file, mutant.old, mutant.new) for mutant in ALL)
    assert max(changes.values()) == 1


@pytest.mark.parametrize("path", sorted(HERE.glob("*.toml")), ids=lambda path: path.stem)
def test_tests_are_named_for_a_file_where_a_change_needs_them_and_for_a_change_where_they_differ(path: Path) -> None:
    for source in tomllib.loads(path.read_text(encoding="utf-8"))["source"]:
        own = [mutant.get("tests") for mutant in source["mutant"]]
        assert ("tests" in source) == (None in own), source["file"]
        assert not [tests for tests in own if tests is not None and tests == source.get("tests")], source["file"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"old": "not there"}, "stands 0 times"),
        ({"old": "\n"}, "and must stand once"),
        ({"new": "= 'quoted"}, "it is no Python"),
        ({"new": "INJECTED_EVERY = 20"}, "it changes nothing"),
        ({"file": "study/none.py"}, "there is no study/none.py"),
        ({"tests": ("tests/none.py",)}, "there is no tests/none.py"),
        ({"tests": ("tests/test_mutants.py::test_none[1]",)}, "there is no tests/test_mutants.py::test_none"),
        ({"tests": ()}, "no test is named"),
    ],
)
def test_a_change_that_does_not_fit_is_told(change: dict[str, object], said: str) -> None:
    fits = replace(MUTANT, file="study/bench/timing.py", old="INJECTED_EVERY = 20", new="INJECTED_EVERY = 10",
                   tests=("tests/test_mutants.py",))  # fmt: skip
    assert fault(fits) == ""
    assert said in fault(replace(fits, **change))  # type: ignore[arg-type]


def test_a_sample_is_spread_over_the_rooms_and_the_seed_decides_it() -> None:
    rooms = {mutant.room for mutant in ALL if not mutant.slow}
    found = sample(ALL, 10, "a")
    assert found == sample(ALL, 10, "a")
    assert found != sample(ALL, 10, "b")
    assert len({mutant.room for mutant in found}) == min(10, len(rooms))
    assert not any(mutant.slow or mutant.survives for mutant in sample(ALL, len(ALL), "a"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of one module and two tests."""
    root = tmp_path / "project"
    (root / "study").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "study" / "__init__.py").touch()
    (root / "study" / "adds.py").write_text("UNSEEN = 1\n\n\ndef add(a: int, b: int) -> int:\n    return a + b\n")
    (root / "tests" / "test_adds.py").write_text(
        "from study.adds import add\n\n\ndef test_nothing():\n    assert add(0, 0) == 0\n\n\n"
        "def test_two_and_two():\n    assert add(2, 2) == 4\n"
    )
    (root / "tests" / "test_fails.py").write_text("def test_never():\n    assert False\n")
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    command = ["git", "init", "-q", str(root)]
    subprocess.run(command, check=True)
    return root


def test_a_change_is_killed_where_a_test_fails_and_survives_where_none_does(tree: Path) -> None:
    kept = tree / "kept" / "outcomes.json"
    mutants = (MUTANT, NAMED, UNSEEN, ENDS)
    outcomes = carry_out(mutants, tree, Outcomes(kept, fresh=False), 2)
    assert {name: outcome.state for name, outcome in outcomes.items()} == {
        "sum": "killed",
        "named": "killed",  # its tests cannot even be collected, which those of the unchanged tree can
        "unseen": "survived",
        "ends": "killed",
    }
    assert outcomes["sum"].by == "tests/test_adds.py::test_two_and_two"
    assert (tree / "study" / "adds.py").read_text().endswith("return a + b\n")

    again = Outcomes(kept, fresh=False)
    before = again.of
    assert carry_out(mutants, tree, again, 2) == outcomes
    assert again.of is before
    other = tree / "tests" / "test_adds.py"
    other.write_text(
        other.read_text() + "\n\ndef test_seen():\n    from study.adds import UNSEEN\n\n    assert UNSEEN == 1\n"
    )
    assert carry_out((UNSEEN,), tree, again, 2)["unseen"].state == "killed"
    assert Outcomes(kept, fresh=True).of == {}


def test_tests_that_fail_without_any_change_kill_nothing(tree: Path) -> None:
    with pytest.raises(ValueError, match=r"unchanged copy these tests do not pass: tests/test_fails\.py"):
        carry_out((replace(MUTANT, tests=("tests/test_fails.py",)),), tree, Outcomes(tree / "kept", fresh=True), 1)
    with pytest.raises(ValueError, match="do not pass"):
        carry_out(
            (replace(MUTANT, tests=("tests/test_adds.py::test_no_such",)),), tree, Outcomes(tree / "k", fresh=True), 1
        )


@pytest.mark.parametrize(
    ("code", "said", "state"),
    [
        (0, "", "survived"),
        (1, "FAILED tests/test_x.py::test_y - no", "killed"),
        (2, "!!! Interrupted: 1 error during collection !!!", "killed"),
        (2, "KeyboardInterrupt", "unclear"),
        (3, "INTERNALERROR", "unclear"),
        (4, "unrecognized arguments", "unclear"),
        (5, "no tests ran", "unclear"),
        (-9, "", "unclear"),
        (None, "still running after 60 s", "unclear"),
    ],
)
def test_only_a_test_that_fails_kills(code: int | None, said: str, state: str) -> None:
    assert Ran(code=code, said=said, seconds=1.0).state == state


def test_what_is_excused_is_counted_apart_and_what_is_unclear_is_never_good() -> None:
    excused = replace(MUTANT, id="excused", survives="nobody can tell")
    many = tuple(replace(MUTANT, id=f"m{number}") for number in range(99))
    killed = {mutant.id: Outcome(state="killed", by="t") for mutant in many}
    outcomes = {**killed, "excused": Outcome(state="survived")}
    assert good_enough((*many, excused), outcomes)
    assert table((*many, excused), outcomes).splitlines()[-1].split() == ["all", "100", "99", "0", "1", "100"]
    assert complaints((*many, excused), outcomes) == ["excused excused (study/adds.py): minus; nobody can tell"]
    few = {**outcomes, **{f"m{number}": Outcome(state="survived") for number in range(2)}}
    assert good_enough((*many, excused), few)
    assert not good_enough((*many, excused), {**few, "m2": Outcome(state="survived"), "m3": Outcome(state="survived")})
    assert not good_enough((*many, excused), {**outcomes, "m0": Outcome(state="unclear", said="hung")})
    assert not good_enough((*many, excused), {**outcomes, "excused": Outcome(state="killed")})
