"""What is committed under `results/` and `report/`: whole, readable by pyperf, and free of anything private."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from study import store
from study.cell import Cell
from study.things import PATTERNS

ROOT = Path(__file__).parent.parent
ABSOLUTE = re.compile(r"(?<![\w.<…/-])/(?:home|root|usr|work|tmp|var|opt|etc|srv|mnt|Users|private)(?:/|\b)")


def tracked(*folders: str) -> list[Path]:
    """Files that git tracks below the folders; all that lie there where git is missing."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z", "--", *folders],  # noqa: S607 - git is where PATH has it
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


RUNS = sorted(path.parent for path in tracked("results") if path.name == "manifest.json")
SUITES = [path for path in tracked("results") if path.name.endswith(".json.gz")]


def measured_by_committed_code(folder: store.RunFolder) -> bool:
    """Whether a clean run has the same bench and experiments: then what differed from the commit lay beside the code."""
    mine = folder.manifest
    others = (store.RunFolder.open(path).manifest for path in RUNS if path != folder.path)
    return any(
        not other.dirty
        and other.digests["bench"] == mine.digests["bench"]
        and all(other.config.get(name) == text for name, text in mine.config.items())
        for other in others
    )


def test_the_description_of_the_results_names_every_pattern_factor_and_outcome() -> None:
    described = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
    names = {*PATTERNS, *(field.name for field in fields(Cell))} - {"pattern"}
    for pattern in PATTERNS.values():
        names |= {*pattern.outcomes, *(name for variant in pattern.variants.values() for name in variant.outcomes)}
    orders = {name for name in names if name.startswith("order_")}
    assert "`order_<digits>`" in described
    assert {name for name in names - orders if f"`{name}`" not in described} == set()


def test_a_run_is_committed() -> None:
    assert RUNS
    assert SUITES


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_committed_run_is_finished_measured_and_unchanged(path: Path) -> None:
    folder = store.RunFolder.open(path)
    assert folder.manifest.state == "finished"
    assert not folder.manifest.simulated
    assert not folder.manifest.dirty or measured_by_committed_code(folder)
    assert folder.load()
    for record in folder.manifest.cells:
        assert record.state != "outstanding"
        assert record.state == "done" or record.reason


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pyperf_reads_a_committed_run(path: Path) -> None:
    suites = sorted(str(each) for each in path.glob("q*.json.gz"))
    for command in (["stats", suites[0]], ["metadata", suites[0]], ["compare_to", suites[0], suites[0]]):
        found = subprocess.run([sys.executable, "-m", "pyperf", *command], capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
        assert found.stdout


@pytest.mark.parametrize("path", tracked("results", "report"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_committed_result_names_a_host_a_user_or_a_path(path: Path) -> None:
    data = path.read_bytes()
    if path.suffix in {".png", ".pdf"}:  # compressed pictures of the page, whose text is checked as HTML
        return
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")
    for word in set(store.private_words()) - {"root"}:  # everybody's, and a word of style sheets
        assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text), word
    if path.suffix not in {".typ", ".js", ".css"}:
        assert not ABSOLUTE.search(text), ABSOLUTE.search(text)
