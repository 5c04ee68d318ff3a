"""Sides of stored runs: which stand on a page, which cells they carry, the first against each other. All times are made up."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study.cell import Cell
from study.evidence import study_of
from study.sections.against import against_first, rows_of_file
from study.sections.sides import Sides, placed
from tests.kept_runs import CELLS, EPYC, FACTS, PYTHON, XEON, kept, several

if TYPE_CHECKING:
    from study.evidence import Study

ROOT = Path(__file__).parent.parent
NEWER = "cpython-3.12.1"
BOTH = {PYTHON: FACTS, NEWER: {**FACTS, "version": "3.12.1"}}


def read(results: Path) -> Study:
    found = study_of(results, ROOT, lock_digest="")
    assert found.left_out.reasons == ()
    return found


def test_the_report_s_own_side_is_first_and_those_of_a_machine_stand_together(tmp_path: Path) -> None:
    several(tmp_path, 2)
    kept(tmp_path, "tower", 9, facts=XEON)
    kept(tmp_path, "tower", 4, facts=XEON, targets=BOTH)
    study = read(tmp_path)
    found = placed(study)
    assert found[0].side.name == f"{study.subject.name}@{study.subject.targets[0]}"
    assert [place.hardware for place in found] == sorted(place.hardware for place in found)
    assert len(found) == 5
    assert {place.machine for place in found} == {"AMD EPYC, 2 CPUs", "Intel Xeon, 2 CPUs"}


def test_only_equal_states_and_interpreters_are_kin_and_only_whole_runs_of_one_s_own_speak(tmp_path: Path) -> None:
    kept(tmp_path, number=1)
    kept(tmp_path, number=2, disturbed=9)
    kept(tmp_path, number=3, facts={**EPYC, "kernel": "7.0"})
    kept(tmp_path, number=4, targets={PYTHON: {**FACTS, "compiler": "clang"}})
    kept(tmp_path, number=5, quick=True)
    kept(tmp_path, number=6)
    found = {place.side.run.id[:8]: place for place in placed(read(tmp_path))}
    days = [f"2026010{day}" for day in range(1, 7)]
    kin = [found[day].kin for day in days]
    assert kin[0] == kin[1] == kin[4] == kin[5]
    assert len({kin[0], kin[2], kin[3]}) == 3
    assert [found[day].speaks for day in days] == [True, False, True, True, False, True]


def test_a_stranger_s_run_speaks_for_no_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    several(tmp_path, 2)
    stranger = kept(tmp_path, "theirs", 3)
    monkeypatch.setattr("study.store.is_contributed", lambda path: path == stranger.path)
    monkeypatch.setattr("study.store.folders.is_contributed", lambda path: path == stranger.path)
    found = {place.side.run.machine: place for place in placed(read(tmp_path))}
    assert not found["theirs"].speaks
    assert found["laptop"].speaks
    assert found["theirs"].interpreter == f"{found['laptop'].interpreter} (contributed)"


def test_the_page_carries_the_cells_that_more_than_one_side_has(tmp_path: Path) -> None:
    kept(tmp_path, number=1)
    kept(tmp_path, number=2, cells=CELLS[:5])
    kept(tmp_path, number=3, cells=CELLS[4:6])
    told = Sides(placed(read(tmp_path))).told()
    assert len(told["things"]) == 6
    assert sum(len(side["cells"]) for side in told["sides"]) == 6 * (6 + 5 + 2)
    assert sorted(side["measured"] for side in told["sides"]) == [2, 5, len(CELLS)]


def test_of_too_many_cells_those_that_most_sides_have_are_carried_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, number=1)
    kept(tmp_path, number=2, cells=CELLS[:6])
    kept(tmp_path, number=3, cells=CELLS[:2])
    monkeypatch.setattr("study.sections.sides.MOST_CELLS", 8)
    sides = Sides(placed(read(tmp_path)))
    told = sides.told()
    assert set(sides.things) > {cell.text for cell in CELLS[:2]}
    assert (len(told["things"]), sides.left_out) == (3, 3)
    assert sorted(side["measured"] for side in told["sides"]) == [2, 3, 3]
    assert "by the 3 cells that most runs have; 3 more" in against_first(sides).notes[1]


def test_facts_are_told_once_and_what_is_not_known_is_not_there(tmp_path: Path) -> None:
    kept(tmp_path, number=1)
    kept(tmp_path, "tower", 2, facts={name: value for name, value in XEON.items() if name != "kernel"})
    told = Sides(placed(read(tmp_path))).told()
    labels = [label for label, *_ in told["facts"]]
    assert len(told["texts"]) == len(set(told["texts"]))
    first, second = (dict(zip(labels, side["facts"], strict=True)) for side in told["sides"])
    models = {told["texts"][side["CPU model"]] for side in (first, second)}
    assert models == {"AMD EPYC", "Intel Xeon"}
    assert {first["kernel"], second["kernel"]} >= {None}
    assert first["memory"] == 24 << 30


def rows(results: Path) -> list[dict[str, Any]]:
    return [dict(row) for row in rows_of_file(Sides(placed(read(results))))]


def test_the_first_run_stands_against_each_other_by_kinds_and_never_by_one_number_alone(tmp_path: Path) -> None:
    kept(tmp_path, number=9, moves=0.0, apart=0.0)
    kept(tmp_path, "tower", 1, facts=XEON, factors={"start": 1.5, "messages": 0.5}, moves=0.0, apart=0.0)
    own, other = rows(tmp_path)
    assert (own["standing"], other["standing"]) == ("this report's own", "two machines")
    assert other["process start middle"] == pytest.approx(1.5, rel=0.05)
    assert other["messages middle"] == pytest.approx(0.5, rel=0.05)
    assert other["plain loop middle"] == pytest.approx(1.0, rel=0.05)
    assert other["all least"] < 0.55
    assert other["all most"] > 1.4
    assert (other["cells_in_both"], other["cells_in_either"]) == (len(CELLS), len(CELLS))
    table = against_first(Sides(placed(read(tmp_path))))
    assert [head for head, _ in table.heads][3:7] == ["Middle of all", "Plain loop", "Process start", "Threads"]
    assert "–" in table.rows[1][3].small
    assert table.rows[0][1].value == "this report's own"


def test_cells_that_other_programs_timed_are_not_set_against_each_other(tmp_path: Path) -> None:
    kept(tmp_path, number=9)
    kept(tmp_path, "tower", 1, facts=XEON, source="f" * 16)
    _, other = rows(tmp_path)
    assert other["cells_in_both"] == 0
    assert other["all middle"] is None


def test_why_some_runs_have_no_ratios_is_told_once_for_each_reason(tmp_path: Path) -> None:
    kept(tmp_path, number=9)
    kept(tmp_path, number=8)
    assert not any("comparable" in note for note in against_first(Sides(placed(read(tmp_path)))).notes)
    for number, values in ((2, 5), (3, 5), (4, 7)):
        kept(tmp_path, "tower", number, facts=XEON, values=values)
    *_, first, second = against_first(Sides(placed(read(tmp_path)))).notes
    told = sorted((first, second), key=lambda note: "row:" in note)
    assert told[0].startswith("Not comparable, 2 rows: Their processes measured differently (")
    assert told[1].startswith("Not comparable, 1 row: Their processes measured differently (")
    assert "5 values" in told[0]
    assert "7 values" in told[1]


def test_a_plain_loop_counts_by_its_task_where_the_number_of_tasks_depends_on_the_cpus(tmp_path: Path) -> None:
    few, many = (Cell(pattern="map", kernel="fannkuch", tasks=tasks) for tasks in (4, 32))
    kept(tmp_path, number=9, cells=(few, *CELLS[3:6]), moves=0.0, apart=0.0)
    kept(tmp_path, "tower", 1, facts={**XEON, "logical_cpus": 16}, cells=(many, *CELLS[3:6]), moves=0.0, apart=0.0)
    _, other = rows(tmp_path)
    assert other["cells_in_both"] == 4
    assert other["plain loop middle"] == pytest.approx(4 / 32, rel=0.05)
    assert math.isclose(other["plain loop least"], other["plain loop most"])


def test_made_up_runs_stand_by_themselves(tmp_path: Path) -> None:
    kept(tmp_path, number=9)
    kept(tmp_path, "fake", 1, simulated=True)
    assert [place.side.run.machine for place in placed(read(tmp_path))] == ["laptop"]
