"""One machine over time: what changed, since when, and what is known to have changed with it. And the list of runs."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from study import cli, store
from study.compare.history import MachineHistory, history_of
from study.compare.history_told import lines_of, step_in_words
from study.store import folders
from tests.kept_runs import CELLS, EPYC, FACTS, PYTHON, UNPACED, XEON, kept, several

if TYPE_CHECKING:
    from pathlib import Path

LATER = {**EPYC, "kernel": "7.0"}


def histories(results: Path) -> tuple[MachineHistory, ...]:
    return history_of(store.summary_of(path) for path in store.run_folders(results))


def planted(results: Path, **known: Any) -> MachineHistory:
    """Twelve runs, of which the last six take 30 % longer under another kernel."""
    several(results, 6, **known)
    several(results, 6, begin=7, facts=LATER, factors=1.3, **known)
    (found,) = histories(results)
    return found


@pytest.mark.parametrize("moves", [0.01, 0.03, 0.05])
def test_a_planted_30_percent_with_another_kernel_is_found_dated_and_named(tmp_path: Path, moves: float) -> None:
    found = planted(tmp_path, moves=moves)
    assert (found.machine, found.target, len(found.runs)) == ("laptop", PYTHON, 12)
    (step,) = found.steps
    assert (step.at, step.day) == (6, "2026-01-07")
    assert step.whole is not None
    assert step.whole.low < 1.3 < step.whole.high
    assert [fact.words for fact in step.facts] == ["kernel: 6.18 / 7.0"]
    assert {kind for kind, _ in step.kinds} == {"loop", "start", "threads", "pools", "messages"}
    said = step_in_words(found, step)
    assert said.startswith(f"Since 2026-01-07 runs of {PYTHON} on laptop take 1.")
    assert "kernel: 6.18 / 7.0" in said


def test_a_machine_that_only_moves_has_no_step(tmp_path: Path) -> None:
    several(tmp_path, 12, moves=0.05)
    (found,) = histories(tmp_path)
    assert found.steps == ()
    assert found.changes == ()
    (band,) = found.lines[0].bands
    assert (band.begin, band.end) == (0, 12)
    assert band.low < 1.0 < band.high
    assert sum(band.low <= level <= band.high for level in found.lines[0].levels) >= 11


def test_waits_do_not_step_where_the_pace_of_the_machine_does(tmp_path: Path) -> None:
    every = (*CELLS, *UNPACED)
    several(tmp_path, 6, cells=every, moves=0.002, apart=0.002)
    several(tmp_path, 6, begin=7, cells=every, moves=0.002, apart=0.002, pace=1.3)
    (found,) = histories(tmp_path)
    assert [name for step in found.steps for name, _ in step.kernels if name == "sleep"] == []
    assert 6 in [step.at for step in found.steps]


def test_a_sleep_that_steps_is_told_by_itself(tmp_path: Path) -> None:
    every = (*CELLS, *UNPACED)
    several(tmp_path, 6, cells=every, moves=0.002, apart=0.002)
    factors = {cell.text: 1.4 for cell in UNPACED[:2]}
    several(tmp_path, 6, begin=7, cells=every, moves=0.002, apart=0.002, factors=factors)
    (found,) = histories(tmp_path)
    (step,) = found.steps
    assert [name for name, _ in step.kernels] == ["sleep"]
    assert " for sleep; " in step_in_words(found, step)


def test_the_newest_run_alone_is_told_at_once(tmp_path: Path) -> None:
    several(tmp_path, 6)
    kept(tmp_path, number=7, facts=LATER, factors=1.3)
    (found,) = histories(tmp_path)
    assert [(step.at, step.day) for step in found.steps] == [(6, "2026-01-07")]


def test_a_changed_fact_without_a_step_is_a_mark_and_no_more(tmp_path: Path) -> None:
    several(tmp_path, 6)
    several(tmp_path, 6, begin=7, facts=LATER)
    (found,) = histories(tmp_path)
    assert [(change.at, [fact.words for fact in change.facts]) for change in found.changes] == [
        (6, ["kernel: 6.18 / 7.0"])
    ]
    assert found.steps == ()


def test_a_step_of_which_nothing_is_known_says_so(tmp_path: Path) -> None:
    several(tmp_path, 6)
    several(tmp_path, 6, begin=7, factors=1.3)
    (found,) = histories(tmp_path)
    (step,) = found.steps
    assert step.facts == ()
    assert "nothing that is stored" in step_in_words(found, step)


def test_a_step_of_one_kind_is_told_of_that_kind(tmp_path: Path) -> None:
    several(tmp_path, 6)
    several(tmp_path, 6, begin=7, factors={"messages": 1.6})
    (found,) = histories(tmp_path)
    (step,) = found.steps
    assert step.whole is None
    assert [kind for kind, _ in step.kinds] == ["messages"]
    assert "for messages" in step_in_words(found, step)


def test_other_hardware_under_one_name_is_a_change_of_it(tmp_path: Path) -> None:
    several(tmp_path, 6)
    several(tmp_path, 6, begin=7, facts=XEON, factors=1.35)
    (found,) = histories(tmp_path)
    (step,) = found.steps
    assert "CPU model: AMD EPYC / Intel Xeon" in [fact.words for fact in step.facts]


def test_one_machine_under_two_names_is_one_history(tmp_path: Path) -> None:
    several(tmp_path, 4, "old-name")
    several(tmp_path, 4, "new-name", begin=5)
    (found,) = histories(tmp_path)
    assert len(found.runs) == 8


def test_two_machines_and_two_interpreters_are_histories_of_their_own(tmp_path: Path) -> None:
    both = {PYTHON: FACTS, "cpython-3.12.1": {**FACTS, "version": "3.12.1"}}
    several(tmp_path, 5, targets=both)
    several(tmp_path, 6, "server", facts=XEON)
    assert [(found.machine, found.target) for found in histories(tmp_path)] == [
        ("server", PYTHON),
        ("laptop", PYTHON),
        ("laptop", "cpython-3.12.1"),
    ]


def test_runs_that_do_not_count_are_in_no_history(tmp_path: Path) -> None:
    several(tmp_path, 5)
    several(tmp_path, 3, begin=10, quick=True)
    several(tmp_path, 3, begin=20, disturbed=4)
    several(tmp_path, 3, begin=30, cells=CELLS[:2])
    several(tmp_path, 3, begin=40, changes=["kernel: 6.1 / 6.18"])
    contributed = kept(tmp_path, number=50)
    mark = {"schema": 1, "bundle": "0" * 64, "added": "2026-03-03T00:00:00Z", "machine": "laptop"}
    (contributed.path / "contributed.json").write_text(json.dumps(mark), encoding="utf-8")
    (found,) = histories(tmp_path)
    assert len(found.runs) == 5
    assert found.left_out == 3
    assert found.cells == len(CELLS)


def test_runs_of_other_programs_are_left_out_and_counted(tmp_path: Path) -> None:
    several(tmp_path, 6, source="ffffffffffffffff")
    several(tmp_path, 6, begin=7)
    (found,) = histories(tmp_path)
    assert (len(found.runs), found.left_out) == (6, 6)


def test_one_run_of_many_more_cells_takes_no_history_from_the_others(tmp_path: Path) -> None:
    few = CELLS[:8]
    several(tmp_path, 5, cells=few)
    kept(tmp_path, number=6)
    several(tmp_path, 2, begin=7, cells=few, facts=LATER, factors=1.3)
    (found,) = histories(tmp_path)
    assert (len(found.runs), found.cells, found.left_out) == (8, len(few), 0)
    assert [step.at for step in found.steps] == [6]
    several(tmp_path, 4, begin=9)
    (fuller,) = histories(tmp_path)
    assert (len(fuller.runs), fuller.cells) == (5, len(CELLS))


def test_runs_of_one_day_are_of_that_day(tmp_path: Path) -> None:
    several(tmp_path, 5)
    (found,) = histories(tmp_path)
    assert "5 runs, 2026-01-01 to 2026-01-05, " in lines_of([found])[0]
    assert "5 runs, 2026-01-01, " in lines_of([replace(found, ended=found.ended[:1] * 5)])[0]


def test_four_runs_are_no_history(tmp_path: Path) -> None:
    several(tmp_path, 4)
    assert histories(tmp_path) == ()


def test_the_command_says_the_change_first_and_writes_it_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted(tmp_path)
    place = tmp_path / "history.md"
    assert cli.main(["history", "--results", str(tmp_path), "--markdown", str(place)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("laptop, cpython-3.11.7: 12 runs, 2026-01-01 to 2026-01-12")
    assert lines[1].startswith("Since 2026-01-07 runs of")
    assert any(line.startswith("all cells (18)") and "▁" in line and "█" in line for line in lines)
    assert "Since 2026-01-07" in place.read_text(encoding="utf-8")
    assert cli.main(["history", "--results", str(tmp_path), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    (found,) = data["histories"]
    assert found["steps"][0]["facts"][0]["fact"] == "kernel"
    assert len(found["levels"][0]["ratios"]) == len(found["runs"]) == 12


def test_a_history_of_some_cells_or_kinds_is_of_these(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planted(tmp_path)
    for options, count in ((["--kind", "threads,messages"], 5), (["--cells", "start_method=spawn"], 3)):
        assert cli.main(["history", "--results", str(tmp_path), "--json", *options]) == 0
        assert json.loads(capsys.readouterr().out)["histories"][0]["cells"] == count


def test_a_history_of_no_cell_is_not_told_as_one_of_too_few_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted(tmp_path)
    place = tmp_path / "history.md"
    assert cli.main(["history", "--results", str(tmp_path), "--cells", "no such cell", "--markdown", str(place)]) == 0
    said = "--cells and --kind leave no cell that all runs of a machine have."
    assert capsys.readouterr().out == f"{said}\n"
    assert place.read_text(encoding="utf-8") == f"{said}\n"


@pytest.mark.parametrize("verb", ["history", "runs"])
def test_json_for_a_pipe_is_json_in_every_encoding(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 5, facts={**EPYC, "cpu_model": "Größe ×2"})
    several(tmp_path, 3, begin=6, facts={**EPYC, "cpu_model": "Größe ×3"}, factors=1.5)
    assert cli.main([verb, "--results", str(tmp_path), "--json"]) == 0
    said = capsys.readouterr().out
    assert said.isascii()
    assert "Größe ×3" in json.dumps(json.loads(said), ensure_ascii=False)


@pytest.mark.parametrize("verb", ["history", "runs"])
def test_results_that_may_not_be_looked_into_are_not_none(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_: Path) -> list[Path]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(folders, "_folders", refused)
    assert cli.main([verb, "--results", str(tmp_path)]) == 3
    said = capsys.readouterr()
    assert f"{tmp_path}: cannot be looked into (Permission denied)" in said.err
    assert "nox -s study" not in said.out


def test_without_a_history_it_is_said_what_one_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["history", "--results", str(tmp_path)]) == 0
    assert "five comparable runs" in capsys.readouterr().out
    assert cli.main(["history", "--results", str(tmp_path), "--machine", "laptop"]) == 1
    assert "no run of a machine of that name" in capsys.readouterr().err


# The list of runs


def test_every_run_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = kept(tmp_path)
    kept(tmp_path, number=2, quick=True, disturbed=3)
    kept(tmp_path, "server", facts=XEON)
    store.mark(tmp_path, "mine", first.name)
    assert cli.main(["runs", "--results", str(tmp_path)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["run", "machine", "interpreters", "ended", "(UTC)", "rounds", "cells", "what", "else"]
    assert len(lines) == 3
    assert lines[0].startswith(first.name)
    assert "AMD EPYC, 2 CPUs" in lines[0]
    assert "= mine" in lines[0]
    assert f"{len(CELLS)} stale" in lines[0]  # nobody's programs have that digest
    assert "quick" in lines[1]
    assert "10 (3 disturbed)" in lines[1]
    assert cli.main(["runs", "--results", str(tmp_path), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [run["marks"] for run in data["runs"]] == [["mine"], [], []]
    assert data["runs"][0]["fingerprint"] != data["runs"][2]["fingerprint"]


def test_a_run_is_named_and_compared_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = several(tmp_path, 3)
    place = ["--results", str(tmp_path)]
    assert cli.main(["runs", "--mark", "mine", "latest~2", *place]) == 0
    assert cli.main(["compare", "mine", *place]) == 0
    said = capsys.readouterr().out
    assert f"mine is {runs[0].name}" in said
    assert f"A  {runs[0].name}" in said
    assert f"B  {runs[2].name}" in said  # against the latest where it is alone
    assert cli.main(["runs", "--unmark", "mine", *place]) == 0
    assert cli.main(["compare", "mine", *place]) == 1


def test_a_run_that_cannot_be_read_is_told_and_the_others_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = several(tmp_path, 2)
    (first.path / "manifest.json").write_text("{", encoding="utf-8")
    assert cli.main(["runs", "--results", str(tmp_path)]) == 3
    captured = capsys.readouterr()
    assert second.name in captured.out
    assert first.name in captured.err


def test_where_nothing_is_stored_it_is_said_how_to_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["runs", "--results", str(tmp_path)]) == 0
    assert "nox -s study" in capsys.readouterr().out
