"""What a comparison says and writes, and what it says of a slip of the finger."""

from __future__ import annotations

import csv
import json
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from study import cli, stats
from study.blocks import Verdict
from study.compare import told
from study.compare.agreement import agreement
from study.findings import Estimate
from study.stats.alarms import Alarms
from tests.kept_runs import CELLS, PYTHON, UNPACED, XEON, kept, several

if TYPE_CHECKING:
    from pathlib import Path

    from study.compare.comparison import Comparison
    from study.findings import Decision

SLOW = CELLS[3]


def test_the_first_line_is_the_verdict_with_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(tmp_path)
    kept(tmp_path, "server", facts=XEON)
    assert cli.main(["compare", "laptop", "server", "--results", str(tmp_path)]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == (
        "Two machines (CPU model: AMD EPYC / Intel Xeon; L3 cache: 32 MiB / 480 MiB): ratios describe; nothing is called."
    )
    assert rest[0].startswith(
        "A  laptop/20260101t120000z-00000001  AMD EPYC, 2 CPUs  cpython-3.11.7  2026-01-01 12:00 UTC"
    )
    assert any(line.startswith(f"{len(CELLS)} cells are in both (0 only in A, 0 only in B)") for line in rest)
    assert any("no statement is decided on both" in line for line in rest)


def test_a_name_whose_hardware_changed_is_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(tmp_path, "cloud", 1)  # the AMD run under the name of an Intel machine
    several(tmp_path, 2, "cloud", begin=2, facts=XEON)
    kept(tmp_path, "new", 5)
    assert cli.main(["compare", "cloud", "new", "--results", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert (
        "The name cloud stands for 2 machines: AMD EPYC, 2 CPUs (1 run, 2026-01-01); Intel Xeon, 2 CPUs (2 runs" in said
    )
    assert "B looks like cloud as it was on 2026-01-01 (AMD EPYC, 2 CPUs)" in said


def test_own_runs_and_contributed_ones_of_equal_hardware_are_not_called_two_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(tmp_path, "cloud", 1)
    theirs = kept(tmp_path, "cloud", 2)
    mark = {"schema": 1, "bundle": "0" * 64, "added": "2026-01-09T00:00:00Z", "machine": "cloud"}
    (theirs.path / "contributed.json").write_text(json.dumps(mark), encoding="utf-8")
    kept(tmp_path, "new", 3)
    assert cli.main(["compare", "cloud", "new", "--results", str(tmp_path)]) == 0
    assert (
        "The name cloud stands for own runs and contributed ones of equal hardware: AMD EPYC, 2 CPUs (1 run, 2026-01-01);"
        " AMD EPYC, 2 CPUs (1 run, 2026-01-02, contributed)." in capsys.readouterr().out
    )


def test_a_run_whose_processes_took_other_numbers_of_values_is_marked_in_the_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(tmp_path, number=1, values=3)
    kept(tmp_path, number=2, values=2)
    assert cli.main(["runs", "--results", str(tmp_path)]) == 0
    first, second = capsys.readouterr().out.splitlines()[1:]
    assert first.endswith("3 values a process")
    assert "a process" not in second


def test_all_forms_have_the_same_cells(tmp_path: Path) -> None:
    several(tmp_path, 8)
    kept(tmp_path, number=9, factors={SLOW.text: 1.35})
    files = {name: tmp_path / f"out.{name}" for name in ("markdown", "json", "csv")}
    written = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    words = ["compare", "latest~1", "latest", "--results", str(tmp_path), "--fail-if-slower", "20%"]
    assert cli.main([*words, "--all", *written]) == 4
    data = json.loads(files["json"].read_text(encoding="utf-8"))
    (made,) = data["comparisons"]
    assert (data["schema"], data["gate"], data["limit"]) == (1, "slower", 0.2)
    assert made["verdict"] == "same machine"
    assert made["coverage"]["both"] == len(made["cells"]) == len(CELLS)
    rows = list(csv.DictReader(files["csv"].read_text(encoding="utf-8").splitlines()))
    assert [row["cell"] for row in rows] == [cell["cell"] for cell in made["cells"]]
    assert [float(row["ratio"]) for row in rows] == pytest.approx([cell["ratio"] for cell in made["cells"]])
    assert next(row["called"] for row in rows if row["cell"] == SLOW.text) == "slower"
    text = files["markdown"].read_text(encoding="utf-8")
    assert text.count("\n| ") > len(CELLS)
    assert text.rstrip().endswith("**gate: slower**")


def test_markdown_from_results_is_text(tmp_path: Path) -> None:
    kept(tmp_path)
    kept(tmp_path, "server", facts={**XEON, "cpu_model": "<script>|*x*`[a](b)"})
    path = tmp_path / "out.md"
    assert cli.main(["compare", "laptop", "server", "--results", str(tmp_path), "--markdown", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "\\|\\*x\\*\\`\\[a" in text


@pytest.mark.parametrize("options", [["--sort", "name"], ["--sort", "kind"], ["--min", "3%"], ["--normalise", "loop"],
                                     ["--normalise", "middle"], ["--all"], ["--cells", "fork"]])  # fmt: skip
def test_every_way_to_show_it_shows_it(tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    kept(tmp_path)
    kept(tmp_path, "server", facts=XEON, factors={"loop": 2.0})
    assert cli.main(["compare", "laptop", "server", "--results", str(tmp_path), *options]) == 0
    said = capsys.readouterr().out
    assert "plain loop" in said or "--cells" in options
    if "loop" in options:
        assert "every ratio is divided by the plain loop's" in said


@pytest.mark.parametrize("how", ["loop", "middle"])
def test_sizes_and_waits_are_divided_by_nothing_and_a_size_is_called_larger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    every = (*CELLS, *UNPACED)
    several(tmp_path, 8, cells=every)
    kept(tmp_path, number=9, cells=every, pace=2.0, factors={UNPACED[2].text: 1.5})
    words = ["compare", "latest~1", "latest", "--results", str(tmp_path), "--all", "--normalise", how]
    markdown, data = tmp_path / "out.md", tmp_path / "out.json"
    assert cli.main([*words, "--kind", "loop,memory", "--markdown", str(markdown), "--json", str(data)]) == 0
    (made,) = json.loads(data.read_text(encoding="utf-8"))["comparisons"]
    assert {cell["called"] for cell in made["cells"] if cell["cell"] == UNPACED[2].text} == {"larger"}
    said = capsys.readouterr().out
    ratios = {line.split("  ")[0]: float(found[1]) for line in said.splitlines()
              if (found := re.search(r"  (\d\.\d+)× [\[(]", line))}  # fmt: skip
    assert 0.94 < ratios["plain loop"] < 1.06
    assert 1.2 < ratios["memory"] < 1.3  # the middle of two, of which one is half as large again
    assert [line.endswith("  larger") for line in said.splitlines()].count(True) == 1
    assert "1 larger, " in said
    assert "; sizes and sleeps stand as they are." in said
    assert " larger |" in markdown.read_text(encoding="utf-8")
    (sleep,) = [line for line in said.splitlines() if "sleep" in line and "× [" in line]
    assert re.search(r"  (0\.9|1\.0)\d*× \[", sleep)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--cells", "("], "no pattern"),
        (["--cells", "x{99999999999999}"], "no pattern"),
        (["--kind", "massages"], "did you mean 'messages'"),
        (["--json", "no/such/folder/x.json"], "cannot be written"),
        (["--fail-if-slower", "20"], "write 5%"),
        (["--sort", "colour"], "invalid choice"),
    ],
)
def test_a_slip_of_the_finger_is_told_with_the_remedy(
    tmp_path: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 2)
    assert cli.main(["compare", "latest~1", "latest", "--results", str(tmp_path), *options]) == 1
    assert said in capsys.readouterr().err


def test_where_no_cell_is_asked_for_it_is_said_and_no_gate_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 8)
    words = ["compare", "latest~1", "latest", "--results", str(tmp_path), "--kind", "memory"]
    assert cli.main(words) == 0
    assert "--cells and --kind leave nothing" in capsys.readouterr().out
    assert cli.main([*words, "--fail-if-slower", "20%"]) == 6


def test_a_run_that_cannot_be_read_is_told_and_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = several(tmp_path, 3)
    (runs[0].path / "manifest.json").write_text("{", encoding="utf-8")
    (runs[0].path / "summary.json").unlink()
    assert cli.main(["compare", runs[1].name, runs[2].name, "--results", str(tmp_path)]) == 0
    assert runs[0].name in capsys.readouterr().err


def test_of_two_runs_that_cannot_be_read_the_reason_is_that_of_the_one_that_was_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = several(tmp_path, 4)
    for run in (runs[0], runs[2]):
        (run.path / "manifest.json").write_text("{", encoding="utf-8")
        (run.path / "summary.json").unlink()
    assert cli.main(["compare", "laptop", runs[0].name, "--results", str(tmp_path)]) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "cannot be read:" in line]
    assert runs[0].id in line.partition("cannot be read:")[2]
    assert runs[2].id not in line


@pytest.mark.parametrize(
    ("spoken", "said"), [(0, "it speaks for none of the 30 cells there."), (1, "put into one of 1 cell (of 30)")]
)
def test_of_a_gate_that_speaks_for_no_cell_it_is_not_said_how_much_it_finds(spoken: int, said: str) -> None:
    share = stats.share(18, 20)
    alarms = Alarms(false=share, found=share, pairs=20, runs=6, spoken=spoken, cells=30)
    (line,) = told._alarms(cast("Comparison", SimpleNamespace(alarms=alarms)), "20 %", "")
    assert said in line


@pytest.mark.parametrize(
    ("factor", "said"), [(1.0, "so this may be the machine alone."), (1.5, "and this is beyond that.")]
)
def test_what_all_cells_do_is_told_beside_what_the_machine_does_by_itself(
    factor: float, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 7)
    kept(tmp_path, number=8, factors=factor)
    assert cli.main(["compare", "latest~1", "latest", "--results", str(tmp_path)]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("B takes")]
    assert "in the middle cell; in 6 other runs of unchanged code it moved by up to" in line
    assert line.endswith(said)


def test_a_comparison_of_nothing_says_that_it_wants_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare"]) == 1
    said = capsys.readouterr().err
    assert "RUN [RUN ...]" in said
    assert said.endswith("the following arguments are required: RUN\n")


def test_other_locked_packages_are_a_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(tmp_path)
    kept(tmp_path, number=2, digests={"core": "0123456789abcdef", "lock": "0ther"})
    assert cli.main(["compare", "latest~1", "latest", "--results", str(tmp_path)]) == 0
    assert "Their locked packages differ; of these only pyperf and NumPy are compared." in capsys.readouterr().out


def test_comparing_writes_nothing_into_the_results(tmp_path: Path) -> None:
    runs = several(tmp_path, 3)
    (runs[0].path / "summary.json").unlink()
    before = sorted(path for path in tmp_path.rglob("*"))
    assert cli.main(["compare", "latest~1", "latest", "--results", str(tmp_path)]) == 0
    assert sorted(path for path in tmp_path.rglob("*")) == before


# Answers


def verdict(claim: str, decision: Decision, point: float = 2.0) -> Verdict:
    number = Estimate(point=point, low=1.9, high=2.1, n=10, unit="ratio", estimand="ratio of averages", method="")
    return Verdict(
        claim=claim, question="Q1", statement=f"It is {claim}.", decision=decision, sentence="", strength="", average=number,
        typical=None, cells=(), target=PYTHON, headline=False,
    )  # fmt: skip


def test_statements_agree_where_both_decide_them_alike() -> None:
    first = [verdict("a", "supported"), verdict("b", "refuted"), verdict("c", "cannot be decided here")]
    second = [*(verdict(claim, "supported") for claim in "abc"), verdict("e", "supported")]
    found = agreement(first, second)
    assert (found.decided, found.agree) == (2, 1)
    assert [(odd.claim, odd.first.decision, odd.second.decision) for odd in found.differ] == [
        ("b", "refuted", "supported")
    ]
