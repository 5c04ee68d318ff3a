"""What two stored measurements may say of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.cell import Cell
from study.compare.cells import common
from study.compare.kinds import KINDS, can_be_compared, kind_of
from study.compare.ladder import Side, comparability
from tests.kept_runs import CELLS, EPYC, FACTS, PYTHON, XEON, kept

if TYPE_CHECKING:
    from pathlib import Path

    from study.store import Level

NEWER = "cpython-3.12.1"


def side(results: Path, machine: str = "laptop", number: int = 1, target: str = PYTHON, **known: Any) -> Side:
    return Side(run=store.summary_of(kept(results, machine, number, **known).path), target=target)


def test_two_runs_of_which_nothing_differs_are_of_the_same_machine(tmp_path: Path) -> None:
    found = comparability(side(tmp_path), side(tmp_path, number=2))
    assert (found.standing, found.facts, found.calls, found.why) == ("same machine", (), True, "")


def test_another_kernel_is_before_and_after_and_named(tmp_path: Path) -> None:
    found = comparability(side(tmp_path), side(tmp_path, number=2, facts={**EPYC, "kernel": "7.0"}))
    assert (found.standing, found.calls) == ("before and after", True)
    assert [(fact.words, fact.about) for fact in found.facts] == [("kernel: 6.18 / 7.0", "state")]


def test_another_interpreter_is_before_and_after_and_named(tmp_path: Path) -> None:
    newer = {NEWER: {**FACTS, "version": "3.12.1"}}
    found = comparability(side(tmp_path), side(tmp_path, number=2, target=NEWER, targets=newer))
    assert (found.standing, found.calls) == ("before and after", True)
    assert [fact.words for fact in found.facts] == ["version: 3.11.7 / 3.12.1"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"numpy_version": "2.5.0"}, "numpy: 2.4.6 / 2.5.0"),
        ({"pyperf_version": "2.11.0"}, "pyperf: 2.10.0 / 2.11.0"),
        ({"compiler": "GCC 13"}, "compiler: GCC 12 / GCC 13"),
        ({"variables": {"PYTHON_JIT": "1"}}, "variables: none / PYTHON_JIT=1"),
        ({"free_threaded": True}, "free-threaded build: no / yes"),
    ],
)
def test_what_else_an_interpreter_is_counts_as_well(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    found = comparability(side(tmp_path), side(tmp_path, number=2, targets={PYTHON: {**FACTS, **changed}}))
    assert found.standing == "before and after"
    assert words in [fact.words for fact in found.facts]


def test_where_state_and_interpreter_both_changed_nothing_is_called(tmp_path: Path) -> None:
    after = side(tmp_path, number=2, facts={**EPYC, "kernel": "7.0"}, targets={PYTHON: {**FACTS, "version": "3.11.8"}})
    found = comparability(side(tmp_path), after)
    assert (found.standing, found.calls) == ("before and after", False)
    assert "neither can be blamed" in found.says


def test_other_hardware_is_another_machine_whatever_its_name(tmp_path: Path) -> None:
    found = comparability(side(tmp_path), side(tmp_path, number=2, facts=XEON))
    assert (found.standing, found.calls) == ("two machines", False)
    assert [fact.words for fact in found.facts][:2] == [
        "CPU model: AMD EPYC / Intel Xeon",
        "L3 cache: 32 MiB / 480 MiB",
    ]


def test_a_fact_that_could_not_be_read_fits_anything(tmp_path: Path) -> None:
    hidden = {**EPYC, "l3_bytes": None, "governor": None}
    assert comparability(side(tmp_path), side(tmp_path, number=2, facts=hidden)).standing == "same machine"


def test_equal_hardware_under_two_names_is_one_machine_where_its_cpu_is_known(tmp_path: Path) -> None:
    assert comparability(side(tmp_path), side(tmp_path, "desktop")).standing == "same machine"
    unknown = {"arch": "x86_64", "logical_cpus": 2}
    found = comparability(side(tmp_path, facts=unknown), side(tmp_path, "other", facts=unknown))
    assert (found.standing, found.calls) == ("two machines", False)
    assert "too little is known" in found.says


def test_made_up_times_stand_beside_made_up_times_alone(tmp_path: Path) -> None:
    simulated: dict[str, Any] = {"facts": {"simulated": True}, "simulated": True}
    made_up, other = side(tmp_path, "a", **simulated), side(tmp_path, "a", 2, **simulated)
    assert comparability(made_up, other).standing == "same machine"
    found = comparability(side(tmp_path), made_up)
    assert (found.standing, found.calls) == ("not comparable", False)
    assert "made up" in found.says


@pytest.mark.parametrize(("name", "value"), [("values", 5), ("warmups", 0)])
def test_processes_that_measured_differently_are_not_comparable(tmp_path: Path, name: str, value: int) -> None:
    changed: dict[str, Any] = {name: value}
    found = comparability(side(tmp_path), side(tmp_path, number=2, **changed))
    assert found.standing == "not comparable"
    assert "measure both with one version of the study" in found.says


def test_a_debug_build_never_stands_beside_a_release(tmp_path: Path) -> None:
    debug = side(tmp_path, number=2, targets={PYTHON: {**FACTS, "debug": True}})
    assert "debug build" in comparability(side(tmp_path), debug).says
    assert comparability(side(tmp_path), debug).standing == "not comparable"


def test_two_interpreters_of_one_run_are_paired(tmp_path: Path) -> None:
    targets = {PYTHON: FACTS, NEWER: {**FACTS, "version": "3.12.1"}}
    run = store.summary_of(kept(tmp_path, targets=targets).path)
    found = comparability(Side(run=run, target=PYTHON), Side(run=run, target=NEWER))
    assert (found.standing, found.calls) == ("paired", True)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"disturbed": 3}, "3 of the 10 rounds"),
        ({"changes": ["kernel: 6.1 / 6.18"]}, "changed during"),
    ],
)
def test_a_run_that_is_unfit_calls_nothing(tmp_path: Path, known: dict[str, Any], why: str) -> None:
    for pair in ((1, 2), (2, 1)):
        sides = {1: side(tmp_path / f"{pair}"), 2: side(tmp_path / f"{pair}", number=2, **known)}
        found = comparability(sides[pair[0]], sides[pair[1]])
        assert (found.standing, found.calls) == ("same machine", False)
        assert why in found.says


# Cells


def levels(results: Path, **known: Any) -> dict[str, Level]:
    return dict(store.summary_of(kept(results, **known).path).targets[PYTHON].levels)


def test_cells_that_other_programs_timed_are_counted_and_left_out(tmp_path: Path) -> None:
    mine, theirs = levels(tmp_path), levels(tmp_path, number=2)
    text = next(iter(theirs))
    theirs[text] = theirs[text]._replace(source="another")
    found = common(mine, theirs, equal_loops=True)
    assert (len(found.both), found.other_programs) == (len(CELLS) - 1, 1)
    assert len(common(mine, theirs, equal_loops=True, equal_programs=False).both) == len(CELLS)


def test_cells_in_other_loops_are_left_out_where_one_calibration_counts(tmp_path: Path) -> None:
    mine, theirs = levels(tmp_path), levels(tmp_path, number=2, loops=8)
    assert common(mine, theirs, equal_loops=True).other_loops == len(CELLS)
    assert len(common(mine, theirs, equal_loops=False).both) == len(CELLS)


def test_cells_of_one_side_alone_are_counted(tmp_path: Path) -> None:
    found = common(levels(tmp_path, cells=CELLS[:12]), levels(tmp_path, number=2, cells=CELLS[2:]), equal_loops=True)
    assert (len(found.both), found.only_first, found.only_second) == (10, 2, len(CELLS) - 12)


def test_a_plain_loop_counts_by_its_task_where_its_number_is_another(tmp_path: Path) -> None:
    few, many = (Cell(pattern="map", kernel="fannkuch", tasks=tasks) for tasks in (4, 16))
    mine, theirs = levels(tmp_path, cells=[few]), levels(tmp_path, number=2, cells=[many], factors=4.0)
    (found,) = common(mine, theirs, equal_loops=False).both
    assert found.cell.tasks == 1
    assert found.second.mean - found.first.mean == pytest.approx(0.0, abs=0.1)


def test_a_label_and_what_is_counted_are_in_no_comparison() -> None:
    assert can_be_compared(CELLS[0])
    assert not can_be_compared(Cell(pattern="map", kernel="fannkuch", tasks=4, label="again"))
    assert not can_be_compared(Cell(pattern="breakage", backend="pool", start_method="fork", workers=2))


def test_every_cell_has_a_kind_by_what_it_is_about() -> None:
    kinds = [kind_of(cell) for cell in CELLS]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "loop": 3,
        "start": 6,
        "threads": 3,
        "pools": 4,
        "messages": 2,
    }
    assert set(kinds) <= set(KINDS)
    assert kind_of(Cell(pattern="memory", backend="processes", start_method="fork")) == "memory"
