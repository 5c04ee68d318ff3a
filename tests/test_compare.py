"""Two stored runs set against each other: what is called, what is only described, and how a gate ends."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.compare.comparison import Comparison, Wish, compared
from study.compare.kinds import KINDS
from study.compare.ladder import Side
from study.compare.rounds import differences
from tests.kept_runs import CELLS, EPYC, FACTS, PYTHON, UNPACED, XEON, kept, several

if TYPE_CHECKING:
    from pathlib import Path

NEWER = "cpython-3.12.1"
BOTH = {PYTHON: FACTS, NEWER: {**FACTS, "version": "3.12.1"}}
SLOW = CELLS[3]
SLOWER = {SLOW.text: 1.35}


def comparison(first: store.RunFolder, second: store.RunFolder, results: Path, **wished: Any) -> Comparison:
    """Of the first interpreters of two runs, beside all that is stored."""
    sides = [
        Side(run=store.summary_of(folder.path), target=folder.manifest.targets[0].name) for folder in (first, second)
    ]
    runs = [store.summary_of(path) for path in store.run_folders(results)]
    return compared(sides[0], sides[1], Wish(**wished), runs, dict)


def words_of(found: Comparison) -> dict[str, str]:
    return {cell.both.text: cell.word for cell in found.cells}


def test_unchanged_code_is_called_the_same_or_nothing(tmp_path: Path) -> None:
    runs = several(tmp_path, 8)
    found = comparison(runs[-2], runs[-1], tmp_path)
    assert found.comparability.standing == "same machine"
    assert set(words_of(found).values()) <= {"the same", "no clear difference"}
    assert "the same" in words_of(found).values()
    assert len(found.earlier[0].runs) == 6


def test_one_slower_cell_is_called_and_no_other(tmp_path: Path) -> None:
    runs = [*several(tmp_path, 7), kept(tmp_path, number=8, factors=SLOWER)]
    found = comparison(runs[-2], runs[-1], tmp_path)
    words = words_of(found)
    assert words.pop(SLOW.text) == "slower"
    assert "slower" not in words.values()
    assert "faster" not in words.values()
    assert words_of(comparison(runs[-1], runs[-2], tmp_path))[SLOW.text] == "faster"
    cell = next(cell for cell in found.cells if cell.both.text == SLOW.text)
    assert cell.against is not None
    assert (cell.against.low or 0.0) < 1.35 < (cell.against.high or 0.0)


def test_what_the_pace_of_a_machine_does_not_move_is_held_against_itself(tmp_path: Path) -> None:
    every = (*CELLS, *UNPACED)
    size, wait = UNPACED[2].text, UNPACED[0].text
    runs = several(tmp_path, 7, cells=every)
    quick = comparison(runs[-1], kept(tmp_path, number=8, cells=every, pace=0.8), tmp_path)
    assert quick.alike is not None
    assert quick.alike.cells == len(CELLS)
    assert quick.alike.ratio.point == pytest.approx(0.8, rel=0.03)
    words = words_of(quick)
    assert {words[cell.text] for cell in UNPACED} <= {"the same", "no clear difference"}
    assert set(words.values()).isdisjoint({"slower", "faster"})
    assert all((cell.against is None) == (cell.both.text in {other.text for other in UNPACED}) for cell in quick.cells)
    changed = comparison(
        runs[-1], kept(tmp_path, number=9, cells=every, pace=0.8, factors={size: 1.3, wait: 1.3}), tmp_path
    )
    called = {text: word for text, word in words_of(changed).items() if word in {"slower", "faster"}}
    assert called == {size: "slower", wait: "slower"}
    intervals = {cell.both.text: cell.ratio for cell in changed.cells}
    assert (intervals[size].low or 0.0) > 1.2
    assert (intervals[size].high or 9.0) < 1.4


def test_what_is_called_of_a_size_is_what_is_printed_where_one_side_has_no_earlier_runs(tmp_path: Path) -> None:
    every = (*CELLS, *UNPACED)
    several(tmp_path, 7, cells=every)
    before = kept(tmp_path, number=8, cells=every)
    after = kept(tmp_path, number=9, cells=every, facts={**EPYC, "kernel": "7.0"}, factors={UNPACED[2].text: 1.08})
    found = comparison(before, after, tmp_path)
    assert found.comparability.standing == "before and after"
    for cell in found.cells:
        if cell.word in {"slower", "faster"} and not cell.both.paced:
            assert not (cell.ratio.low or 0.0) <= 1.0 <= (cell.ratio.high or 9.0)
    assert words_of(found)[UNPACED[2].text] == "slower"


def test_a_change_of_all_cells_is_told_beside_what_the_machine_does_by_itself(tmp_path: Path) -> None:
    runs = [*several(tmp_path, 7), kept(tmp_path, number=8, factors=1.4)]
    found = comparison(runs[-2], runs[-1], tmp_path)
    assert found.alike is not None
    assert found.alike.ratio.point == pytest.approx(1.4, rel=0.06)
    assert found.alike.moved
    assert "slower" not in words_of(found).values()  # against the others of its run no cell is
    restless = several(tmp_path / "r", 8, moves=0.15)
    moved = comparison(restless[-2], restless[-1], tmp_path / "r").alike
    assert moved is not None
    assert moved.moved is False


@pytest.mark.parametrize("stored", [2, 3, 5])
def test_below_four_other_runs_nothing_is_called_and_the_spread_is_not_known(tmp_path: Path, stored: int) -> None:
    runs = [*several(tmp_path, stored - 1), kept(tmp_path, number=8, factors=SLOWER)]
    found = comparison(runs[-2], runs[-1], tmp_path)
    assert set(words_of(found).values()) == {""}
    assert "nothing is called" in found.uncalled
    assert found.alike is not None
    assert found.alike.moved is None


def test_the_movement_of_a_machine_is_that_of_its_own_runs_of_the_same_code_and_state(tmp_path: Path) -> None:
    runs = several(tmp_path, 6)
    several(tmp_path, 6, "server", facts=XEON)
    several(tmp_path, 6, begin=30, facts={**EPYC, "kernel": "7.0"})
    several(tmp_path, 6, begin=60, source="ffffffffffffffff")
    several(tmp_path, 6, begin=90, targets={PYTHON: {**FACTS, "version": "3.11.9"}})
    several(tmp_path, 6, begin=120, disturbed=5)
    several(tmp_path, 6, begin=150, quick=True)
    several(tmp_path, 6, begin=180, loops=8)
    found = comparison(runs[-2], runs[-1], tmp_path)
    assert found.earlier[0].runs == tuple(run.name for run in runs[:4])


def test_a_contributed_run_is_no_earlier_run_of_this_machine(tmp_path: Path) -> None:
    runs = several(tmp_path, 6)
    mark = {"schema": 1, "bundle": "0" * 64, "added": "2026-01-03T00:00:00Z", "machine": "laptop"}
    (runs[0].path / "contributed.json").write_text(json.dumps(mark), encoding="utf-8")
    found = comparison(runs[-2], runs[-1], tmp_path)
    assert runs[0].name not in found.earlier[0].runs
    assert len(found.earlier[0].runs) == 3
    assert found.uncalled


def test_two_machines_are_described_and_nothing_is_called(tmp_path: Path) -> None:
    several(tmp_path, 6)
    several(tmp_path, 6, "server", facts=XEON, factors={"loop": 2.0, "messages": 0.6})
    found = comparison(
        store.RunFolder.open(store.run_folders(tmp_path)[5]),
        store.RunFolder.open(store.run_folders(tmp_path)[11]),
        tmp_path,
    )
    assert found.comparability.standing == "two machines"
    assert set(words_of(found).values()) == {""}
    middles = {kind.kind: kind.middle for kind in found.kinds}
    assert middles["loop"] == pytest.approx(2.0, rel=0.1)
    assert middles["messages"] == pytest.approx(0.6, rel=0.1)
    assert list(middles) == [kind for kind in KINDS if kind in middles]
    assert all(cell.ratio.low is not None for cell in found.cells)


def test_an_interpreter_update_gives_a_before_and_after(tmp_path: Path) -> None:
    several(tmp_path, 6)
    after = kept(tmp_path, number=9, targets={NEWER: BOTH[NEWER]}, factors=SLOWER)
    before = store.RunFolder.open(store.run_folders(tmp_path)[5])
    found = comparison(before, after, tmp_path)
    assert found.comparability.standing == "before and after"
    assert "version: 3.11.7 / 3.12.1" in [fact.words for fact in found.comparability.facts]
    assert words_of(found)[SLOW.text] == "slower"


def test_other_programs_are_not_comparable_unless_anyway(tmp_path: Path) -> None:
    first, second = kept(tmp_path), kept(tmp_path, number=2, source="ffffffffffffffff")
    found = comparison(first, second, tmp_path)
    assert found.comparability.standing == "not comparable"
    assert f"any of the {len(CELLS)} cells" in found.comparability.says
    assert found.cells == ()
    anyway = comparison(first, second, tmp_path, anyway=True)
    assert anyway.comparability.standing == "not comparable"
    assert len(anyway.cells) == len(CELLS)
    assert all((cell.ratio.low, cell.word) == (None, "") for cell in anyway.cells)


def test_only_the_cells_that_are_asked_for_are_decided_and_what_is_common_is_that_of_all(tmp_path: Path) -> None:
    runs = [*several(tmp_path, 7), kept(tmp_path, number=8, factors=SLOWER)]
    by_kind = comparison(runs[-2], runs[-1], tmp_path, kinds=("threads",))
    assert {cell.both.kind for cell in by_kind.cells} == {"threads"}
    assert by_kind.alike == comparison(runs[-2], runs[-1], tmp_path).alike
    one = comparison(runs[-2], runs[-1], tmp_path, cells=re.compile("start_method=fork part=start"))
    assert list(words_of(one)) == [SLOW.text]
    assert one.cells[0].word == "slower"


def test_what_ran_side_by_side_while_others_took_cpus_is_not_called(tmp_path: Path) -> None:
    runs = [*several(tmp_path, 7), kept(tmp_path, number=8, factors={"pools": 1.5})]
    last = runs[-1]
    raw = json.loads((last.path / "manifest.json").read_text(encoding="utf-8"))
    for record in raw["rounds"]:
        record["foreign_cpus"] = 0.9
    (last.path / "manifest.json").write_text(json.dumps(raw), encoding="utf-8")
    found = comparison(runs[-2], store.RunFolder.open(last.path), tmp_path)
    assert "others took 0.9 CPUs" in found.left_open
    words = {cell.both.kind: cell.word for cell in found.cells}
    assert words["pools"] == ""
    assert words["loop"] != ""


# Two arms of one run


def paired(folder: store.RunFolder, **wished: Any) -> Comparison:
    run = store.summary_of(folder.path)
    sides = [Side(run=run, target=target) for target in run.targets]
    return compared(
        sides[0], sides[1], Wish(**wished), [], lambda: differences(folder.load(), sides[0].target, sides[1].target)
    )


def test_two_arms_of_one_run_are_compared_by_round_and_see_what_all_cells_do(tmp_path: Path) -> None:
    folder = kept(tmp_path, targets=BOTH, factors={NEWER: 1.1}, apart=0.0)
    found = paired(folder)
    assert found.comparability.standing == "paired"
    assert set(words_of(found).values()) == {"slower"}
    assert found.alike is not None
    assert found.alike.moved
    assert found.alike.ratio.point == pytest.approx(1.1, rel=0.01)


def test_two_equal_arms_are_called_the_same(tmp_path: Path) -> None:
    found = paired(kept(tmp_path, targets=BOTH, apart=0.0))
    words = list(words_of(found).values())
    assert "slower" not in words
    assert words.count("the same") > len(CELLS) / 2


def test_a_smaller_limit_may_be_asked_of_two_arms(tmp_path: Path) -> None:
    folder = kept(tmp_path, targets=BOTH, factors={SLOW.text: 1.0, NEWER: 1.0}, apart=0.0, scatter=0.01)
    assert paired(folder, limit=0.1).gate == "pass"
    slower = kept(tmp_path / "slower", targets=BOTH, factors={NEWER: 1.15}, apart=0.0, scatter=0.01)
    assert paired(slower, limit=0.1).gate == "slower"


def test_the_pairs_of_arms_are_made_within_rounds(tmp_path: Path) -> None:
    folder = kept(tmp_path, targets=BOTH, factors={NEWER: 1.2}, apart=0.0, scatter=0.0, rounds=6)
    found = differences(folder.load(), PYTHON, NEWER)
    assert set(found) == {cell.text for cell in CELLS}
    assert all(list(rounds) == list(range(6)) for rounds in found.values())
    assert found[SLOW.text][3] == pytest.approx(math.log(1.2))
