"""The printed numbers, made again by code that shares nothing with the study: `recompute.py`, `recompute_gate.py`."""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "tests" / "independent" / "recompute.py"
RUN = ("--simulated", "--budget", "2m", "--seed", "11", "--only", "q1,q2,q6")
GATE = ROOT / "tests" / "independent" / "recompute_gate.py"


def ran(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the results of a small simulated study and its report; to be read."""
    folder = tmp_path_factory.mktemp("small")
    done = ran("-m", "study", "study", *RUN, "--results", folder / "results", "--out", folder / "report")
    assert done.returncode == 0, done.stderr
    return folder


def test_every_number_of_a_fresh_report_is_that_of_textbook_formulas(simulated: Path) -> None:
    found = ran(SCRIPT, simulated / "results", simulated / "report" / "data")
    assert found.returncode == 0, found.stdout[-2000:]
    assert re.fullmatch(r"(\d+) numbers are equal, 0 differ\n", found.stdout)
    assert int(found.stdout.split()[0]) > 100


def test_every_number_of_the_committed_report_is_that_of_the_committed_results() -> None:
    found = ran(SCRIPT, ROOT / "results", ROOT / "report" / "data")
    assert found.returncode == 0, found.stdout[-2000:]
    assert int(found.stdout.split()[0]) >= 1000


def test_what_a_gate_decided_is_decided_again_by_other_code(tmp_path: Path) -> None:
    words = ("--simulated", "--slowed", "8%", "--budget", "3m", "--seed", "2", "--only", "q3-process")
    done = ran("-m", "study", "gate", *words, "--results", tmp_path / "results", "--json", tmp_path / "gate.json")
    assert done.stdout.splitlines()[-1].startswith("gate: "), done.stderr
    [manifest] = (tmp_path / "results").glob("*/*/manifest.json")
    found = ran(GATE, manifest.parent, tmp_path / "gate.json")
    assert found.returncode == 0, found.stdout[-2000:]
    assert int(found.stdout.split()[0]) > 100


@pytest.mark.parametrize("table", ["cells.csv.gz", "verdicts.csv"])
def test_a_number_that_differs_a_little_is_named(table: str, simulated: Path, tmp_path: Path) -> None:
    for name in ("cells.csv.gz", "verdicts.csv"):
        opened = gzip.open if name.endswith(".gz") else open
        with opened(simulated / "report" / "data" / name, "rt", encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        if name == table:
            column, typical = (lines[0].index(head) for head in ("average_high", "typical_high"))
            changed = next(line for line in lines[1:] if line[column] and line[typical])
            changed[column] = repr(float(changed[column]) * (1.0 + 1e-7))
        with opened(tmp_path / name, "wt", encoding="utf-8", newline="") as written:
            csv.writer(written).writerows(lines)
    found = ran(SCRIPT, simulated / "results", tmp_path)
    assert found.returncode == 1
    assert " 1 differ\n" in found.stdout
    assert "average_high: printed" in found.stdout
