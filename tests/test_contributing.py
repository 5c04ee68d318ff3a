"""CONTRIBUTING's steps, carried out: what its examples show is added to a copy of the project, simulated and looked for."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.elements import text_of
from tests.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
COPIED = (
    "study",
    "experiments",
    "report/static",
    "report/templates",
    "report/pdf.typ",
    "report/pdf-front.typ",
    *(f"requirements-{group}.txt" for group in ("target", "peers", "harness")),
)
"""What a study needs of the project."""
FILES = {"kernel": 2, "backend": 2, "pattern": 2, "section": 1, "experiment": 1, "claim": 1}
"""What is added -> how many files that may touch."""
_STEP = re.compile(r"^### an? (\w+).*?(?:: (\d) files?)?$", re.MULTILINE)
_EXAMPLE = re.compile(r"^( *)```(?:python|toml)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(
    r"# (?P<file>[\w/.-]+\.(?:py|toml))(?:, (?:(?P<where>above|in) (?P<name>\w+)|(?P<end>at its end)))?\Z"
)
CELL = "after_pause kernel=collatz backend=dummy_pool workers=2 tasks=8"
BUSY = CELL.replace("after_pause", "map")
DIGESTS = """
import json
from pathlib import Path
from study import config, plan
from study.identity import Sources
from study.things import PEERS, START_METHODS

experiments = config.experiments_in(config.read_texts(Path("experiments")))
view = plan.TargetView(
    name="one", start_methods=tuple(START_METHODS), has_fork=True, has_posix_spawn=True, has_interpreters=True,
    packages=("numpy", *PEERS),
)
sources = Sources(Path.cwd())
cells = {cell for curve in plan.expand(experiments, 4, [view]).curves for cell in curve.cells}
print(json.dumps({cell.text: sources.digest(cell) for cell in cells}))
"""
"""Text -> digest of every cell that the experiments ask for."""


@dataclass(frozen=True, slots=True)
class Example:
    """What a step adds: a text, and to which file."""

    step: str
    file: str
    where: str
    name: str
    text: str


def steps() -> tuple[dict[str, int], list[Example]]:
    """What can be added -> the number of files that CONTRIBUTING says it takes, and every example."""
    _, _, how = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## How to add …\n")
    said: dict[str, int] = {}
    examples: list[Example] = []
    pieces = _STEP.split(how)
    for step, number, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        for _, block in _EXAMPLE.findall(text):
            place, _, rest = textwrap.dedent(block).partition("\n")
            found = _PLACE.match(place)
            assert found, f"{step}: the first line of an example says where it belongs, not {place!r}"
            where = found["where"] or ("at its end" if found["end"] else "new")
            examples.append(Example(step, found["file"], where, found["name"] or "", rest))
        if number:
            said[step] = int(number)
    return said, examples


def put(tree: Path, example: Example) -> None:
    """Add the example to the tree, as whoever reads it would."""
    path = tree / example.file
    if example.where == "new":
        assert not path.exists(), f"{example.file} is there already: say where in it"
        path.write_text(example.text, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8")
    if example.where == "at its end":
        path.write_text(f"{before}\n{example.text}", encoding="utf-8")
        return
    starts = [found.start() for found in re.finditer(rf"^{example.name}: ", before, re.MULTILINE)]
    assert len(starts) == 1, f"{example.file} must hold one line that begins with {example.name}"
    at = starts[0] if example.where == "above" else before.index("\n        )\n", starts[0]) + 1
    text = example.text if example.where == "above" else f"{' ' * 12}{example.text.strip()},\n"
    path.write_text(before[:at] + text + before[at:], encoding="utf-8")


def contents(tree: Path) -> dict[str, str]:
    """Digest of every file of a tree, compiled ones apart."""
    paths = [path for name in COPIED for path in [tree / name, *(tree / name).rglob("*")]]
    return {
        path.relative_to(tree).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    }


@dataclass(frozen=True, slots=True)
class Trial:
    """A copy of the project with all examples in it.

    Attributes
    ----------
    touched : step -> files that its examples touched.
    added : what `contents` said of the copy then.
    compiled : a folder beside it for what Python compiles.
    """

    tree: Path
    touched: Mapping[str, set[str]]
    added: Mapping[str, str]
    compiled: Path

    def runs(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy; it leaves nothing there."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.tree,
            env={**os.environ, "PYTHONPYCACHEPREFIX": str(self.compiled)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = tmp_path_factory.mktemp("contributed")
    tree = folder / "tree"
    for name in COPIED:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tree / name)
    touched: dict[str, set[str]] = defaultdict(set)
    for example in steps()[1]:
        before = contents(tree)
        put(tree, example)
        touched[example.step] |= {name for name, digest in contents(tree).items() if before.get(name) != digest}
    return Trial(tree, touched, contents(tree), folder / "compiled")


@pytest.fixture(scope="module")
def page(trial: Trial, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The report of a simulated study of the new experiment."""
    out = tmp_path_factory.mktemp("out")
    wishes = ("--simulated", "--only", "pauses", "--budget", "10m", "--seed", "1")
    trial.runs("-m", "study", "study", *wishes, "--results", str(out / "results"), "--out", str(out / "report"))
    return Page(out / "report")


def test_each_step_takes_as_many_files_as_it_says_and_no_more(trial: Trial) -> None:
    said, _ = steps()
    assert {step: said[step] for step in FILES} == FILES
    assert {step: len(files) for step, files in trial.touched.items()} == FILES
    old, new = contents(ROOT), trial.added
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    assert changed == set().union(*trial.touched.values())


def test_a_study_writes_nothing_into_the_project(trial: Trial, page: Page) -> None:
    assert page.sections
    assert contents(trial.tree) == trial.added


def test_no_other_cell_becomes_stale(trial: Trial) -> None:
    here = subprocess.run([sys.executable, "-c", DIGESTS], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    old, new = json.loads(here), json.loads(trial.runs("-c", DIGESTS).stdout)
    assert new.keys() - old.keys() == {CELL, BUSY}
    assert {text: new[text] for text in old} == old
    assert len(old) > 500


def test_the_kernel_and_the_pattern_are_in_the_names_of_the_cells(page: Page) -> None:
    names = [row["Cell"].text for row in page.tables["pauses-cells"].rows]
    assert names == ["8 × Collatz walks after a pause, dummy.Pool of 2", "8 × Collatz walks, dummy.Pool of 2"]


def test_the_section_stands_in_the_contents_with_its_figure(page: Page) -> None:
    assert "pauses" in page.sections
    (link,) = [link for link in page.body.iter("a") if link.get("href") == "#pauses" and text_of(link) == "Pauses"]
    assert link in [inside for nav in page.body.iter("nav") for inside in nav.iter("a")]
    assert "pauses-map" in [element.get("id") for element in page.sections["pauses"].iter("figure")]


def test_the_backend_is_drawn_in_its_own_look(page: Page) -> None:
    drawing = page.figures["pauses-map"].svg
    words = {text_of(element) for element in drawing.iter() if element.tag.endswith("}text")}
    assert words >= {"dummy.Pool of 2", "after a pause", "at once"}
    paints = dict(re.findall(r"^\.(p\d+) \{ (.*) \}$", page.text, flags=re.MULTILINE))
    marks = [paints[element.get("class", "")] for element in drawing.iter() if element.get("data-tip")]
    assert len(marks) == 2
    assert all("fill:var(--magenta)" in paint for paint in marks)


def test_the_claim_is_decided_as_is_true_of_the_simulated_machine_where_a_pause_costs_nothing(page: Page) -> None:
    (verdict,) = page.verdicts("pauses")
    assert verdict.decision == "refuted"
    assert verdict.sentence.startswith("Eight walks take 3")
    assert page.one("verdicts.csv", claim="pauses-slower")["decision"] == "refuted"


def test_the_experiment_is_named_in_its_section(page: Page) -> None:
    assert "Do threads that rested answer later? (extended)" in text_of(page.sections["pauses"])


@pytest.mark.parametrize("cell", [CELL, BUSY])
def test_the_bench_runs_what_was_added(trial: Trial, cell: str, tmp_path: Path) -> None:
    job, out = tmp_path / "job.json", tmp_path / "out.json"
    asked = {"schema": 1, "mode": "measure", "cells": [cell], "values": 2, "warmups": 1, "min_time_s": 0.0}
    job.write_text(json.dumps({**asked, "loops": {cell: 1}, "seed": 1, "environment": {}}), encoding="utf-8")
    trial.runs("-m", "study.bench.measure", str(job), str(out))
    (benchmark,) = json.loads(out.read_text(encoding="utf-8"))["suite"]["benchmarks"]
    (run,) = benchmark["runs"]
    assert len(run["values"]) == 2
    assert all(value > 0 for value in run["values"])
