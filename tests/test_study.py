"""The study from end to end, on a simulated machine, through the command line a person uses."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from study import store
from study.evidence import study_of
from study.plan import ROUNDS
from study.things.questions import QUESTIONS

ROOT = Path(__file__).parent.parent
FIRST = min(question.lower() for question in QUESTIONS)
SITTINGS = int(os.environ.get("STUDY_TEST_KILLS", "5"))


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "study", *arguments]


def study(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False)


def simulated(results: Path, *more: str) -> list[str]:
    return ["run", "--simulated", "--results", str(results), "--budget", "10m", "--seed", "7", *more]


def only_run(results: Path) -> store.RunFolder:
    (path,) = store.run_folders(results)
    return store.RunFolder.open(path)


def measured(folder: store.RunFolder) -> Counter[tuple[str, int]]:
    return Counter((sample.cell.text, sample.round_index) for sample in folder.load())


def promised(counted: Counter[tuple[str, int]]) -> set[tuple[str, int]]:
    """Cells of the first ten rounds: how many more the time left buys may differ by one."""
    return {(cell, index) for cell, index in counted if index < ROUNDS}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results with one simulated run of everything: to be read; a test that adds to them adds to a copy."""
    results = tmp_path_factory.mktemp("whole") / "r"
    assert study(*simulated(results)).returncode == 0
    return results


@pytest.fixture
def copied(whole: Path, tmp_path: Path) -> Path:
    """A copy of `whole`."""
    return shutil.copytree(whole, tmp_path / "r")


def test_a_simulated_study_ends_with_a_report_that_says_so_and_is_the_same_twice(whole: Path, tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        found = study("report", "--results", str(whole), "--out", str(tmp_path / name))
        assert found.returncode == 0, found.stderr
        pages.append([(tmp_path / name / file).read_bytes() for file in ("index.html", "report.pdf")])
    assert pages[0] == pages[1]
    assert b"simulated" in pages[0][0]


def test_a_short_run_does_not_hide_a_fuller_one_of_the_same_code(copied: Path) -> None:
    (fuller,) = store.run_folders(copied)
    time.sleep(1.1)  # runs are ordered by the second they end in
    assert study(*simulated(copied, "--fresh", "--budget", "2m")).returncode == 0
    assert len(list(store.run_folders(copied))) == 2
    found = study_of(copied, ROOT, lock_digest="")
    assert not found.left_out.reasons
    assert [run.id for run in found.runs] == [fuller.name]


def test_a_run_of_one_question_is_shown_beside_one_of_another(tmp_path: Path) -> None:
    for question in ("q3", "q6", "q3"):
        assert study(*simulated(tmp_path, "--fresh", "--only", question)).returncode == 0
        time.sleep(1.1)  # runs are ordered by the second they end in
    _, other, last = sorted(folder.name for folder in store.run_folders(tmp_path))
    found = study_of(tmp_path, ROOT, lock_digest="")
    assert not found.left_out.reasons
    assert [run.id for run in found.runs] == [last, other]


def test_the_page_is_about_what_is_asked_for_and_a_wrong_name_is_found_before_measuring(tmp_path: Path) -> None:
    for machine in ("box", "tower"):
        assert study(*simulated(tmp_path, "--machine", machine, "--only", "q6")).returncode == 0
    for about, other in (("box", "tower"), ("tower", "box")):
        assert [run.machine for run in study_of(tmp_path, ROOT, about, lock_digest="").runs] == [about, other]
    for verb in ("report", "study"):
        wishes = ["--simulated"] if verb == "study" else []
        found = study(verb, *wishes, "--results", str(tmp_path), "--about", "bix")
        assert (found.returncode, found.stdout) == (1, "")
        assert "did you mean 'box'?" in found.stderr


def test_every_cell_of_a_finished_run_is_done_or_says_why_not(whole: Path) -> None:
    manifest = only_run(whole).manifest
    assert len({record.index for record in manifest.rounds}) >= 10
    assert {record.state for record in manifest.cells} <= {"done", "left out", "skipped"}
    assert all(record.reason for record in manifest.cells if record.state != "done")


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_study_killed_at_any_moment_goes_on_and_measures_every_cell_once(tmp_path: Path) -> None:
    for name in ("whole", "cut"):  # calibrated beforehand: the same time is left for rounds, however often it is killed
        while "Calibrating" in study("plan", *simulated(tmp_path / name)[1:]).stdout:
            pass  # what is calibrated leaves time for more
    assert study(*simulated(tmp_path / "whole")).returncode == 0
    whole = measured(only_run(tmp_path / "whole"))
    chance = random.Random(20260101)
    for _ in range(SITTINGS):
        with subprocess.Popen(command(*simulated(tmp_path / "cut")), cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            time.sleep(chance.uniform(0.1, 1.5))
            process.kill()
    assert study(*simulated(tmp_path / "cut")).returncode == 0
    found = [measured(store.RunFolder.open(path)) for path in store.run_folders(tmp_path / "cut")]
    for each in found:
        assert max(each.values()) == 1
        assert promised(each) == promised(whole)
        assert {cell for cell, _ in each} == {cell for cell, _ in whole}


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_an_interrupted_study_says_how_to_go_on_and_does(tmp_path: Path) -> None:
    with subprocess.Popen(
        command(*simulated(tmp_path)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Measuring"):
                process.send_signal(signal.SIGINT)
                break
        said = process.stdout.read()
    assert process.returncode == 130
    assert "run the same command again" in said
    again = study(*simulated(tmp_path))
    assert again.returncode == 0
    assert "continuing simulated/" in again.stdout


def test_another_configuration_begins_a_new_run_and_names_the_old(copied: Path) -> None:
    folder = only_run(copied)
    path = folder.path / "manifest.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**raw, "state": "measuring", "digest": "another"}), encoding="utf-8")
    time.sleep(1.1)  # run folders are named to the second
    again = study(*simulated(copied))
    assert again.returncode == 0
    assert f"the unfinished run {folder.name}" in again.stdout
    assert len(store.run_folders(copied)) == 2


def test_a_terminal_that_knows_ascii_only_is_told_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert study(*simulated(tmp_path), "--only", "q6").returncode == 0
    found = study("report", "--results", str(tmp_path), "--out", str(tmp_path / "bericht-ü"))
    assert (found.returncode, found.stderr) == (0, "")
    assert r"bericht-\xfc" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["run", "--budget", "soon"], "is not a time", 1),
        (["run", "--budget", "0m"], "is not a time", 1),
        (["run", "--budget", "9" * 400 + "h"], "is not a time", 1),
        (["run", "--simulated"], "outside results/", 1),
        (["run", "--only", "q33", "--simulated", "--results", "{tmp}"], "did you mean 'q3'", 1),
        (["run", "--only", "zz", "--simulated", "--results", "{tmp}"], f"there are {FIRST}, ", 1),
        (["run", "--budget", "1s", "--simulated", "--results", "{tmp}"], "give a larger --budget", 1),
        (["run", "--machine", "My Laptop", "--simulated", "--results", "{tmp}"], "machine", 1),
        (["run", "--python", "{tmp}/nothing", "--results", "{tmp}", "--lock", "{tmp}"], "no such file", 1),
        (["report", "--results", "{tmp}"], "no run to report", 3),
        (["run", "--simulated", "--results", "/dev/null/none"], "is no folder", 1),
        (["run", "--results", "/dev/null/none", "--lock", "{tmp}"], "is no folder", 1),
        (["nonsense"], "invalid choice", 1),
    ],
)
def test_a_mistake_ends_in_a_sentence_and_an_exit_code_and_never_in_a_traceback(
    tmp_path: Path, arguments: list[str], said: str, code: int
) -> None:
    found = study(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert found.returncode == code
    assert said in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    asked = ["plan", "--simulated", "--results", str(tmp_path), "--budget", "2m"]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(command(*asked), cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 3, ran.stderr
    assert "cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr
