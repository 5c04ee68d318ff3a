"""What the report says of whole runs: every cell, what was not measured, machines, how to do it again. All made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from study import units
from study.blocks import Code, Heading, Prose, Table, Terms
from study.cell import Cell
from study.checks import TIMER
from study.evidence import Study, Summary, run_of
from study.evidence.apart import LeftOut
from study.evidence.coverage import Coverage
from study.screens import Sheet
from study.sections import cells, machine, not_measured, reproduce
from study.sections.run_checks import checks_of
from study.store import RunFolder, TargetRecord
from tests import synthetic_study
from tests.builders import EXPERIMENT, manifest
from tests.estimates import estimate_of
from tests.made_up_run import measured
from tests.made_up_run import run as made_up

if TYPE_CHECKING:
    from study.evidence import Run
    from study.reports import Section

FACTS: dict[str, Any] = {"version": "3.11.7", "compiler": "C"}
ROOT = Path(__file__).parent.parent


def run(name: str = "box/hour", *, summaries: tuple[Summary, ...] = (), **changes: Any) -> Run:
    """A run without times, of which these cells are known."""
    fields: dict[str, Any] = {"simulated": False, "machine": {"cpu_model": "A"}, "config": {}, "usable_cpus": 2}
    folder = RunFolder(Path("results") / name, manifest((), **(fields | changes)))
    cast("Any", folder).load = list
    return replace(run_of(folder), summaries=summaries)


def study(*runs: Run) -> Study:
    return Study(
        runs=runs, why="", sound=(), outcomes={}, root=ROOT, lock_digest="0" * 64, left_out=LeftOut()
    )  # fmt: skip


def summary(tasks: int, *, state: str = "done", **changes: Any) -> Summary:
    cell = Cell(pattern="map", kernel="square", tasks=tasks)
    fields: dict[str, Any] = {
        "cell": cell, "name": f"{tasks} squares", "target": "one", "experiments": ("q1", "q5"), "tier": "core",
        "state": state, "reason": "", "loops": 4, "average": estimate_of(1e-3, 4e-3),
        "typical": estimate_of(1e-3, 3e-3, "typical"), "rounds": (0, 1, 3), "process_means": (3e-3, 1e-3, 2e-3),
        "smallest_effect": 0.04, "icc": 0.7, "outcomes": {},
    }  # fmt: skip
    return Summary(**(fields | changes))


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def column(table: Table, head: str) -> list[Any]:
    index = [name for name, _ in table.heads].index(head)
    return [row[index] for row in table.rows]


def test_every_cell_that_was_tried_stands_with_its_numbers_under_their_heads() -> None:
    tried = summary(5)
    failed = summary(6, state="failed", reason="killed", rounds=(), process_means=(), smallest_effect=None, icc=None)
    (table,) = tables(cells.section(study(run(summaries=(tried, failed, summary(7, state="left out"))))))
    assert [item.value for item in column(table, "Cell")] == ["5 squares", "6 squares"]
    assert column(table, "Cell")[0].sort == tried.cell.text
    assert [item.value for item in column(table, "Average")] == [tried.average, None]
    assert [item.value for item in column(table, "Typical")] == [tried.typical, None]
    assert [item.value for item in column(table, "Processes")] == [3, 0]
    assert [item.share for item in column(table, "Smallest effect of one test")] == [0.04, None]
    assert [item.share for item in column(table, "Between processes")] == [0.7, None]
    assert table.caption.endswith("that was tried: 2 of 3")


def test_a_column_stands_only_where_it_tells_cells_apart() -> None:
    (alike,) = tables(cells.section(study(run(summaries=(summary(5), summary(6))))))
    assert not {"Target", "State"} & {head for head, _ in alike.heads}
    other = summary(6, state="failed", target="two")
    (apart,) = tables(cells.section(study(run(summaries=(summary(5), other)))))
    assert [item.value for item in column(apart, "Target")] == ["one", "two"]
    assert [item.value for item in column(apart, "State")] == ["done", "failed"]


def test_counts_stand_in_small_print_and_of_orders_only_how_many_there_were() -> None:
    printed = summary(5, outcomes={"torn": 1200, "order_1234": 3, "order_2134": 4})
    (table,) = tables(cells.section(study(run(summaries=(printed,)))))
    assert column(table, "Cell")[0].small == f"{printed.cell.text} · torn 1200 · 2 orders of lines"


def test_few_processes_that_decide_an_average_are_named_in_small_print() -> None:
    far = summary(5, rounds=tuple(range(6)), process_means=(1.0, 1.01, 1.02, 0.99, 0.98, 5.0))
    (table,) = tables(cells.section(study(run(summaries=(far,)))))
    assert column(table, "Cell")[0].small.endswith(" · 1 of 6 processes at 5.00 times the others decide the average")


def test_the_cells_of_all_runs_are_on_a_page_of_their_own_and_paper_says_where() -> None:
    first, second = run(summaries=(summary(5),)), run("box/other", summaries=(summary(6),))
    made = cells.section(study(first, second))
    assert [(table.id, table.only) for table in tables(made)] == [("every-cell-0", "paper")]
    (sheet,) = [block for block in made.blocks if isinstance(block, Sheet)]
    assert sheet.only == "screen"
    assert [item.value for item in column(sheet.table, "Cell")] == ["5 squares", "6 squares"]
    assert [item.value for item in column(sheet.table, "Run")] == [first.id, second.id]
    (told,) = [block for block in made.blocks if isinstance(block, Prose)]
    assert told.only == "paper"
    assert not [block for block in cells.section(study(first)).blocks if isinstance(block, Prose)]


def test_files_of_cells_have_every_cell_of_every_run_and_process_means_in_the_order_of_rounds() -> None:
    first = run(
        summaries=(summary(5, outcomes={"torn": 1, "whole": 2}), summary(7, state="left out", reason="no time"))
    )
    by_name = {file.name: file for file in cells.section(study(first, run("box/other", summaries=(summary(6),)))).files}
    row, left_out, other = by_name["cells.csv"].rows
    assert " ".join(row) == (
        "machine run simulated target cell name experiments tier state reason loops processes average typical"
        " smallest_effect icc outcomes next_sitting"
    )
    assert (row["machine"], row["run"], row["experiments"], row["processes"]) == ("box", "hour", "q1 q5", 3)
    assert (row["average"], row["typical"]) == (summary(5).average, summary(5).typical)
    assert row["outcomes"] == "torn=1 whole=2"
    assert (left_out["state"], left_out["reason"]) == ("left out", "no time")
    assert other["run"] == "other"
    means = by_name["process-means.csv"].rows
    assert list(means[0]) == ["machine", "run", "simulated", "target", "cell", "round", "mean_s"]
    assert [(mean["round"], mean["mean_s"]) for mean in means[:3]] == [(0, 3e-3), (1, 1e-3), (3, 2e-3)]


def test_what_was_not_measured_is_told_by_reason_the_first_cells_by_name() -> None:
    late = [summary(number, state="left out", reason="no time") for number in (1, 2, 2, 3, 4, 5)]
    found = not_measured.section(study(run(summaries=(summary(9), *late, summary(8, state="failed", reason="killed")))))
    (table,) = tables(found)
    assert [tuple(item.value for item in row) for row in table.rows] == [
        ("left out", "q1: no time", 6, "1 squares; 2 squares; 3 squares; 4 squares; and 1 more"),
        ("failed", "killed", 1, "8 squares"),
    ]
    assert isinstance(found.blocks[-1], Prose)


def test_runs_of_equal_interpreters_share_a_card_and_each_has_its_machine() -> None:
    same = [run(f"box/r{number}", targets=[TargetRecord(name="one", facts=FACTS)]) for number in (1, 2)]
    other = run("tower/r3", targets=[TargetRecord(name="one", facts=FACTS | {"compiler": "D"})])
    captions = [table.caption for table in tables(machine.section(study(*same, other))) if table.caption]
    assert captions[:3] == ["Machine box, run r1", "Machine box, run r2", "Machine tower, run r3"]
    assert captions[3:5] == [
        "Interpreter one, run of 2026-01-01 00:00 UTC and 1 more",
        "Interpreter one, run of 2026-01-01 00:00 UTC",
    ]


def test_checks_that_did_not_pass_stand_first_and_the_file_has_those_of_every_run() -> None:
    first, second = run(machine={"governor": "powersave"}), run("box/other")
    made = machine.section(study(first, second, run("box/fake", simulated=True)))
    outcomes = [item.value for item in column(tables(made)[-1], "Outcome")]
    assert set(outcomes) == {"passed", "not passed"}
    assert outcomes == sorted(outcomes)
    (file,) = made.files
    assert list(file.rows[0]) == [
        "machine",
        "run",
        "simulated",
        "check",
        "passed",
        "message",
        "threshold",
        "source",
        "remedy",
    ]
    assert {row["run"] for row in file.rows} == {"hour", "other"}


def test_the_shortest_value_is_one_that_the_clock_must_resolve_with_all_its_loops() -> None:
    loop = Cell(pattern="map", kernel="square", tasks=5)
    skew = Cell(pattern="capacity", kernel="fannkuch", backend="processes", start_method="fork", workers=2, part="skew")
    memory = Cell(pattern="memory", backend="threads", part="pss")
    step = Cell(pattern="contend", backend="threads", workers=2, variant="own")
    kinds = (loop, skew, memory, step)
    known = manifest(kinds, simulated=False)
    times = (0.5e-6, 1e-12, 1e-12, 1e-12)
    made = made_up([measured(cell, time_s) for cell, time_s in zip(kinds, times, strict=True)], cells=known.cells)
    made = replace(made, manifest=msgspec.structs.replace(made.manifest, simulated=False))
    (timer,) = [check for check in checks_of(made) if check.name == TIMER]
    shortest_s = 4 * float(measured(loop, 0.5e-6).values.min())
    assert units.seconds(shortest_s) in timer.message


@pytest.mark.parametrize(("budget_s", "budget"), [(600.0, "10m"), (90.0, "90s"), (0.5, "0.5s")])
def test_the_commands_measure_as_long_as_the_run_did(budget_s: float, budget: str) -> None:
    commands = reproduce.section(study(run(budget_s=budget_s))).blocks[1]
    assert isinstance(commands, Terms)
    assert [text for _, text in commands.items][2:4] == [
        f"python -m study plan --budget {budget}",
        f".venv/bin/nox -s study -- --budget {budget}",
    ]


def test_a_reader_on_another_machine_finds_how_to_install_and_how_to_look_at_a_function_of_their_own() -> None:
    about, commands = reproduce.section(study(run())).blocks[:2]
    assert isinstance(about, Prose)
    assert "measure your own function there" in about.text
    assert isinstance(commands, Terms)
    first, second, *_ = (text for _, text in commands.items)
    assert first.endswith("pip install -q nox")
    assert "nox -f ~/study/noxfile.py -s advise -- mymodule:work --items mymodule:items" in second
    assert commands.items[0][0] == "Once, in the folder of this study", "where it is had is not known"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert second in readme, "the README says the same"


def test_where_the_study_is_had_is_the_first_command(tmp_path: Path) -> None:
    (tmp_path / "CITATION.cff").write_text("repository-code: https://example.org/study\n", encoding="utf-8")
    commands = reproduce.section(replace(study(run()), root=tmp_path)).blocks[1]
    assert isinstance(commands, Terms)
    assert commands.items[0][1].startswith("git clone https://example.org/study ~/study && cd ~/study && ")


def test_the_experiments_stand_as_they_were_asked_for_and_files_are_the_pages_alone() -> None:
    made = reproduce.section(study(run(config={"q5": EXPERIMENT})))
    assert made.blocks[-1] == Code(title="q5.toml", text=EXPERIMENT, folded=True)
    assert [block.only for block in made.blocks if isinstance(block, Heading | Terms)] == ["", "screen", "screen", ""]
    assert made.blocks[3] == Terms(items=(), form="files", only="screen")
    assert reproduce.section(study(run())).blocks[-1] == Prose(
        text="The run carries no experiment files.", kind="empty"
    )


def test_what_became_of_every_planned_cell_is_one_sentence_whose_numbers_add_up() -> None:
    states = ("done", "done", "left out", "failed", "skipped", "skipped")
    made = run(summaries=tuple(summary(number, state=state) for number, state in enumerate(states, 1)))
    told = not_measured.cells_in_words(replace(made, coverage=Coverage(measured=2, asked=4, which="")))
    assert told == (
        "Of 6 planned cells 2 were measured, 1 found no time, 1 failed and 2 cannot be had here: so 2 of 4 cells that can be had"
        " here."
    )
    more = not_measured.cells_in_words(replace(made, coverage=Coverage(measured=2, asked=9, which="")))
    assert more.endswith("All experiments together ask for 9.")


def test_what_was_not_measured_is_one_line_for_the_whole_report() -> None:
    part = synthetic_study.run(2, synthetic_study.CALM, "q3")
    told = not_measured.statements(part)
    assert told.startswith("Of ")
    assert "statements" in told
    assert told.count("not measured") == 1
