"""What somebody contributed stands beside one's own runs: never what the report is about unasked, never fitted from, never
pooled, whatever name and hardware it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from study import store
from study.advise.stored import _runs_here
from study.errors import ReportError, UsageError
from study.evidence import study_of
from study.evidence.hardware import hardware_of
from study.evidence.histories import histories
from study.evidence.subject import Selection, shown
from study.identity import fingerprint
from study.lab.validate import noises
from study.run.naming import machine_name
from study.sections.head import badges
from study.store.adding import add
from tests import handed
from tests.handed import EPYC, XEON
from tests.test_histories import whole
from tests.test_subject import HOUR, SHORT, a_run, names, stale

ROOT = Path(__file__).parent.parent


def contributed(folder: store.RunFolder) -> store.RunFolder:
    """The run, as if it had been added."""
    folder.contributed = True
    return folder


def taken_in(results: Path, tmp_path: Path, machine: str = "laptop", facts: dict[str, Any] = EPYC, **more: Any) -> Path:
    """The folder of a stranger's run that was added under the name it brought."""
    digest = more.pop("digest", "c" * 16)
    theirs = handed.finished(tmp_path / "theirs", machine, facts, digest=digest, **more)
    return results / add(results, handed.written(theirs, tmp_path)).run


def test_the_report_is_never_about_it_unasked_however_full_and_new_it_is() -> None:
    theirs = contributed(a_run("mine/theirs", cells=900, day=20))
    other = contributed(a_run("other/run", cells=900, day=20))
    for own in (("mine",), ("mine", "other"), ()):
        assert names([theirs, other, HOUR, SHORT], own=own)[0] == "mine/hour"
    least = a_run("mine/least", cells=1, rounds=5, quick=True, bench="before")
    assert names([theirs, other, least])[0] == "mine/least"
    assert names([theirs, other], own=("mine",)) == []


def test_asked_for_it_leads_but_of_a_name_ones_own_comes_first() -> None:
    theirs = contributed(a_run("mine/theirs", cells=900, day=20))
    runs = [theirs, HOUR, SHORT]
    assert names(runs, own=("mine",), about=frozenset({theirs.path}))[0] == "mine/theirs"
    assert names(runs, about=frozenset(run.path for run in runs))[0] == "mine/hour"


def test_it_stands_beside_ones_own_and_takes_the_place_of_none_of_them() -> None:
    theirs = contributed(a_run("mine/theirs", cells=900, day=20))
    other = a_run("mine/other", cells=400, day=3, target="two")
    newer = contributed(a_run("mine/newer", cells=900, day=21, target="two"))
    found = names([theirs, HOUR, other, newer], own=("mine",))
    assert found[0] == "mine/hour"
    assert set(found) == {"mine/hour", "mine/other", "mine/theirs", "mine/newer"}


def test_its_hardware_does_not_say_what_this_machine_is() -> None:
    theirs = contributed(a_run("mine/zz-newest", facts=XEON, cells=900, day=20))
    stranger = a_run("kvm/hour", cells=900, day=20, facts=XEON)
    assert names([theirs, stranger, SHORT], own=("mine",))[0] == "mine/short"


def test_where_everything_is_contributed_the_report_says_how_to_ask(tmp_path: Path) -> None:
    path = taken_in(tmp_path / "r", tmp_path)
    with pytest.raises(
        ReportError, match=rf"no run but contributed ones.*--about MACHINE\[/RUN\]; there are laptop/{path.name}"
    ):
        study_of(tmp_path / "r", ROOT, lock_digest="")
    found = study_of(tmp_path / "r", ROOT, "laptop", lock_digest="")
    assert found.subject.id == path.name
    assert any("contributed: measured by somebody else" in text for _, text, _ in badges(found.subject))


def test_ones_own_run_has_no_such_badge(tmp_path: Path) -> None:
    handed.finished(tmp_path)
    found = study_of(tmp_path, ROOT, lock_digest="")
    assert not any("contributed" in text for _, text, _ in badges(found.subject))


def test_it_is_in_no_history() -> None:
    runs = [
        whole(0),
        contributed(whole(1)),
        whole(2),
        contributed(whole(3, name="other")),
        contributed(whole(4, name="other")),
    ]
    (found,) = histories(runs)
    assert [folder.id for folder in found.runs] == ["r00", "r02"]
    assert not any("2 names" in note for note in found.notes)


def test_it_is_of_no_machine_of_ones_own_and_joins_and_parts_none() -> None:
    half = {"cpu_model": "AMD EPYC"}
    mine, other = whole(0), whole(1, name="b", facts=EPYC | {"memory_bytes": 1 << 36})
    alone = hardware_of([mine, other])
    theirs = contributed(whole(2, facts=half))
    found = hardware_of([mine, theirs, other])
    assert [found[0], found[2]] == alone
    assert found[1] not in alone
    assert (found[1].id, found[1].label) == ("box-contributed", "box (contributed)")
    assert found[1].described == "box (AMD EPYC, contributed)"
    two = hardware_of([contributed(whole(3)), contributed(whole(4, facts=XEON))])
    assert [machine.label for machine in two] == ["box (AMD EPYC, contributed)", "box (Intel Xeon, contributed)"]
    assert len({machine.id for machine in two}) == 2


def test_nothing_is_advised_from_it(tmp_path: Path) -> None:
    results = tmp_path / "r"
    mine = handed.finished(results)
    path = taken_in(results, tmp_path)
    assert path.parent == mine.path.parent  # under one name
    assert [folder.path for folder in _runs_here(results, fingerprint(EPYC))] == [mine.path]


def test_no_noise_is_resampled_from_it(tmp_path: Path) -> None:
    results = tmp_path / "r"
    mine = handed.finished(results)
    taken_in(results, tmp_path)
    assert [folder.path for folder, _ in noises._stored(results)] == [mine.path]


def test_no_run_goes_on_with_it_and_it_leaves_nothing_to_calibrate_from(tmp_path: Path) -> None:
    path = taken_in(tmp_path / "r", tmp_path)
    assert store.unfinished(tmp_path / "r", "laptop") is None
    assert not (path.parent / "calibration.json").exists()
    raw = (path / "manifest.json").read_text()
    (path / "manifest.json").write_text(raw.replace('"state": "finished"', '"state": "measuring"'))
    assert store.RunFolder.open(path).manifest.state == "measuring"
    assert store.unfinished(tmp_path / "r", "laptop") is None


def test_this_machine_takes_no_name_that_only_a_strangers_runs_have(tmp_path: Path) -> None:
    """Where one machine has runs of this hardware, a new run goes on under its name: not where they are contributed."""
    results = tmp_path / "r"
    taken_in(results, tmp_path, "theirs")
    assert store.machines(results) == ()
    handed.finished(results, "laptop", XEON)
    store.remember_name(results, "laptop", fingerprint(XEON))
    said: list[str] = []
    assert machine_name(results, "", fingerprint(EPYC), said.append) not in {"theirs", "laptop"}
    handed.finished(results, "known", EPYC, digest="d" * 16)
    assert store.machines(results) == ("known", "laptop")


def test_what_it_tells_of_hardware_is_not_told_of_this_machine(tmp_path: Path) -> None:
    """It brings a fact that could not be read here; with that, this machine would be another one when it can be read."""
    results = tmp_path / "r"
    little = {name: value for name, value in EPYC.items() if name != "l3_bytes"}
    handed.finished(results, "laptop", little, digest="0" * 16)
    taken_in(results, tmp_path, digest="f" * 16)
    assert len(list((results / "laptop").iterdir())) == 2
    assert store.hardware_of(results, "laptop") == fingerprint(little)
    assert machine_name(results, "laptop", fingerprint(EPYC | {"l3_bytes": 1 << 20}), lambda _: None) == "laptop"


def test_a_name_that_contributed_runs_have_is_not_given_to_other_hardware(tmp_path: Path) -> None:
    results = tmp_path / "r"
    taken_in(results, tmp_path, "theirs", XEON)
    said: list[str] = []
    assert machine_name(results, "theirs", fingerprint(EPYC), said.append) == "theirs-2"
    assert "the name theirs is that of other hardware" in said[0]


def test_named_as_a_machine_it_is_found_and_a_wrong_name_is_told(tmp_path: Path) -> None:
    path = taken_in(tmp_path / "r", tmp_path)
    assert store.runs_named(tmp_path / "r", f"laptop/{path.name}") == [path]
    with pytest.raises(UsageError, match="did you mean 'laptop'"):
        store.runs_named(tmp_path / "r", "labtop")


def test_the_choice_of_runs_is_the_same_whatever_their_order() -> None:
    runs = [contributed(a_run("mine/theirs", cells=900, day=20)), HOUR, SHORT]
    choice = Selection(stale=stale, own=("mine",))
    assert [run.name for run in shown(runs, choice)] == [run.name for run in shown(runs[::-1], choice)]
