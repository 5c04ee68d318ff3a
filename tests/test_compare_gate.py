"""How a gate of two stored runs ends: passed, slower, blind or not comparable; the word on the last line and the exit code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from study import cli, stats
from tests.kept_runs import CELLS, UNPACED, XEON, kept, several

if TYPE_CHECKING:
    from pathlib import Path

    from study.cell import Cell

SLOW = CELLS[3]
SLOWER = {SLOW.text: 1.35}


def gate(results: Path, *options: str) -> int:
    return cli.main(["compare", "latest~1", "latest", "--results", str(results), "--fail-if-slower", "20%", *options])


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.rstrip("\n").rpartition("\n")[2]


def test_a_gate_passes_unchanged_code_and_says_what_it_rests_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 9)
    assert gate(tmp_path) == 0
    said = capsys.readouterr().out
    assert said.rstrip().endswith("gate: pass")
    assert "Of 21 comparisons of 7 stored runs of unchanged code" in said
    assert "The gate speaks for 18 of 18 cells: in one of these a slowdown of 20 % would have been found" in said


def test_a_gate_fails_a_slower_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    several(tmp_path, 8)
    kept(tmp_path, number=9, factors=SLOWER)
    assert gate(tmp_path) == 4
    said = capsys.readouterr().out
    assert said.rstrip().endswith("gate: slower")
    assert "slower than allowed: " in said
    assert gate(tmp_path, "--kind", "messages") == 0  # that cell is not asked for


def test_a_gate_fails_where_all_cells_are_slower_than_the_machine_ever_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 9)
    kept(tmp_path, number=10, factors=1.5)
    assert gate(tmp_path) == 4
    assert "slower than allowed: all cells alike" in capsys.readouterr().out


def test_sizes_and_waits_do_not_fail_where_the_machine_has_become_faster(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = (*CELLS, *UNPACED)
    several(tmp_path, 8, cells=every)
    kept(tmp_path, number=9, cells=every, pace=0.75)
    assert gate(tmp_path) == 0
    said = capsys.readouterr().out
    assert "The gate speaks for 22 of 22 cells" in said
    assert "against the others of their run, sizes and sleeps against themselves: " in said


@pytest.mark.parametrize(("cell", "said"), [(UNPACED[2], "larger"), (UNPACED[0], "slower"), (CELLS[0], "slower")])
def test_what_fails_is_told_as_it_was_held_against_the_limit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: Cell, said: str
) -> None:
    every = (*CELLS, *UNPACED)
    several(tmp_path, 8, cells=every)
    kept(tmp_path, number=9, cells=every, pace=0.75, factors={cell.text: 1.4})
    assert gate(tmp_path) == 4
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "than allowed: " in line]
    assert line.startswith(f"{said} than allowed: ")
    assert re.search(r", 1\.[34]\d?× \[", line)
    assert line.endswith(" against the others of its run") == (cell not in UNPACED)


def test_a_size_that_no_earlier_run_has_is_held_by_how_much_the_others_move(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 6)
    kept(tmp_path, number=7, cells=(*CELLS, *UNPACED))
    kept(tmp_path, number=8, cells=(*CELLS, *UNPACED), factors={UNPACED[2].text: 3.0, UNPACED[0].text: 2.0})
    assert gate(tmp_path) == 4
    said = capsys.readouterr().out
    assert "larger than allowed: " in said
    assert "slower than allowed: " in said


@pytest.mark.parametrize(("cells", "ends", "word"), [(UNPACED, 4, "slower"), ((*CELLS[:5], *UNPACED), 4, "slower")])
def test_sizes_and_sleeps_are_called_where_too_few_cells_follow_the_pace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cells: tuple[Cell, ...], ends: int, word: str
) -> None:
    several(tmp_path, 8, cells=cells)
    kept(tmp_path, number=9, cells=cells, factors={UNPACED[2].text: 1.5})
    assert gate(tmp_path) == ends
    said = capsys.readouterr().out
    assert said.rstrip().endswith(f"gate: {word}")
    assert f"{len(UNPACED)} cells against themselves: 1 larger, " in said
    assert "are needed, and" not in said
    few = "Fewer than 8 cells that the machine's pace moves are in both"
    assert (few in said) == (len(cells) > len(UNPACED))


def test_how_often_a_gate_fails_unchanged_code_counts_sizes_and_sleeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = (*CELLS, *UNPACED)
    several(tmp_path, 9, cells=every)
    assert gate(tmp_path) == 0
    assert f"put into one of {len(every)} cells (of {len(every)}) was found" in capsys.readouterr().out


def test_a_faster_cell_passes(tmp_path: Path) -> None:
    several(tmp_path, 8)
    kept(tmp_path, number=9, factors={SLOW.text: 0.6})
    assert gate(tmp_path) == 0


@pytest.mark.parametrize(
    ("stored", "known", "said"),
    [
        (3, {}, "nothing is called"),
        (9, {"apart": 0.12}, "could have hidden"),
        (9, {"disturbed": 5}, "were disturbed"),
    ],
)
def test_a_gate_that_could_not_have_seen_it_says_blind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stored: int, known: dict[str, Any], said: str
) -> None:
    several(tmp_path, stored, **known)
    assert gate(tmp_path) == 5
    text = capsys.readouterr().out
    assert text.rstrip().endswith("gate: blind")
    assert said in text


def test_a_gate_over_two_machines_or_other_programs_is_not_comparable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 7)
    kept(tmp_path, number=9, facts=XEON)
    assert gate(tmp_path) == 6
    assert last_line(capsys) == "gate: not comparable"
    kept(tmp_path, number=10, facts=XEON, source="ffffffffffffffff")
    assert gate(tmp_path) == 6
    assert last_line(capsys) == "gate: not comparable"


def test_without_a_gate_only_what_is_not_comparable_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 8)
    kept(tmp_path, number=9, factors=SLOWER)
    words = ["compare", "latest~1", "latest", "--results", str(tmp_path)]
    assert cli.main(words) == 0
    assert "gate:" not in capsys.readouterr().out
    kept(tmp_path, number=10, source="ffffffffffffffff")
    assert cli.main(words) == 6
    assert cli.main([*words, "--anyway"]) == 0


def test_two_runs_apart_promise_no_less_than_20_percent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    several(tmp_path, 8)
    words = ["compare", "latest~1", "latest", "--results", str(tmp_path), "--fail-if-slower", "10%"]
    assert cli.main(words) == 1
    said = capsys.readouterr().err
    assert "20 %" in said
    assert "study gate" in said


def test_the_word_of_several_comparisons_is_the_worst(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    several(tmp_path, 8)
    kept(tmp_path, number=9, factors=SLOWER)
    words = ["compare", "latest~2", "latest~1", "latest", "--results", str(tmp_path), "--fail-if-slower", "20%"]
    assert cli.main(words) == 4
    assert last_line(capsys) == "gate: slower"


def test_the_limit_of_separate_runs_is_the_smallest_that_statistics_promise() -> None:
    assert stats.SMALLEST_LIMIT == 0.2
