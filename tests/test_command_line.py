"""The command line: what is asked is done or refused, nothing is passed over, and no text steers the terminal."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from study import cli, config, store
from study.errors import ResultsError, UsageError, printable
from study.machine import check_machine_name
from study.progress import Progress
from study.run.prepared import chosen, named_once
from study.terminal import LONGEST_LINE, harmless
from study.units import count
from tests import terminals

ROOT = Path(__file__).parent.parent


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "study", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan", "--simulated", "--results", "{tmp}", "--python", "python3"], "--python and --simulated"),
        (["plan", "--simulated", "--results", "{tmp}", "--arm", "one=python3"], "--arm and --simulated"),
        (["run", "--arm", ""], "--arm: nothing is named"),
        (["run", "--arm", "python3"], "write NAME=PYTHON[,VARIABLE=VALUE…][,PACKAGE==VERSION…], such as"),
        (["run", "--arm", "jit=python3,PYTHONHASHSEED=0"], "PYTHONHASHSEED is no variable of an arm"),
        (
            ["run", "--arm", "jit=no-such-python", "--results", "{tmp}", "--lock", "{tmp}"],
            "--arm jit=no-such-python: there is no",
        ),
        (
            ["run", "--arm", f"new={sys.executable},scipy==1.0", "--results", "{tmp}", "--lock", "{tmp}"],
            "scipy is no package of its environment. Possible: numpy; with --peers",
        ),
        (["gate", "--arm", "head=python3,numpy==2.*"], "'2.*' is no one version"),
        (["run", "--simulated", "--results", "{tmp}", "--peers"], "--peers and --simulated"),
        (["run", "--simulated", "--results", "{tmp}", "--untested-python"], "--untested-python and --simulated"),
        (["run", "--out", "{tmp}"], "unrecognized arguments: --out"),
        (["plan", "--out", "{tmp}"], "unrecognized arguments: --out"),
        (["report", "--out", ""], "--out: nothing is named"),
        (["report", "--results", " "], "--results: nothing is named"),
        (["run", "--python", ""], "--python: nothing is named"),
        (["run", "--machine", ""], "--machine: nothing is named"),
        (["run", "--lock", ""], "--lock: nothing is named"),
        (["run", "--only", ""], "--only: nothing is named"),
        (["run", "--simulated", "--results", "{file}"], "--results: '{file}' is no folder"),
        (["plan", "--simulated", "--results", "{file}/in/it"], "--results: '{file}' is no folder"),
        (["report", "--results", "{file}"], "--results: '{file}' is no folder"),
        (["crosscheck", "--results", "{file}"], "--results: '{file}' is no folder"),
        (["validate", "--results", "{file}"], "--results: '{file}' is no folder"),
        (["crosscheck", "--lock", "{file}"], "--lock: '{file}' is no folder"),
        (["run", "--lock", "{file}/x"], "--lock: '{file}' is no folder"),
        (["run", "--only", "q1,"], "--only: nothing is named"),
        (["plan", "--simulated", "--results", "{tmp}", "--only", "q1,q33"], "--only q33: no such question"),
        (
            ["crosscheck", "--results", "{tmp}", "--pyperformance", "{tmp}", "--lock", "{tmp}"],
            "there is no bm_concurrent_imap",
        ),
        (
            ["run", "--python", "~nobody-of-this-name/python", "--results", "{tmp}", "--lock", "{tmp}"],
            "write the path out",
        ),
    ],
)
def test_what_would_be_passed_over_is_refused(tmp_path: Path, arguments: list[str], said: str) -> None:
    (file := tmp_path / "file").touch()
    found = ran(*(argument.format(tmp=tmp_path, file=file) for argument in arguments))
    assert found.returncode == 1, found.stderr
    assert said.format(file=file) in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize(
    ("verb", "stands"), [("study", "index.html"), ("report", "report.pdf"), ("study", "data"), ("report", "a file")]
)
def test_a_report_that_would_take_the_place_of_something_is_refused_before_anything_is_done(
    tmp_path: Path, verb: str, stands: str
) -> None:
    out = tmp_path / "out"
    if stands == "a file":
        out.write_text("precious", encoding="utf-8")
    else:
        out.mkdir()
        if stands == "data":
            (out / stands).mkdir()
        (out / stands / "thesis.csv" if stands == "data" else out / stands).write_text("precious", encoding="utf-8")
    made_up = ["--simulated"] if verb == "study" else []
    found = ran(verb, *made_up, "--results", str(tmp_path / "r"), "--out", str(out))
    assert found.returncode == 3
    assert found.stdout == ""
    assert str(out if stands == "a file" else out / stands) in found.stderr
    assert [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()] == ["precious"]


def test_the_project_s_own_results_have_their_report_beside_them_however_they_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    for arguments in ([], ["--results", "results"], ["--results", str(ROOT / "study" / ".." / "results")]):
        assert cli._out(cli._parser().parse_args(["report", *arguments])) == ROOT / "report"


def test_validation_finds_out_before_it_begins_that_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "validation.json").mkdir()
    found = ran("validate", "--results", str(tmp_path))
    assert found.returncode == 3
    assert found.stdout == ""
    assert "validation.json: the outcome is kept there" in found.stderr


def experiments() -> tuple[config.Experiment, ...]:
    return config.experiments_in(config.read_texts(ROOT / "experiments"))


def test_several_questions_and_experiments_may_be_named_in_any_way() -> None:
    wanted = {one.id for one in experiments() if one.question in {"Q1", "noise"} or one.id == "q3-process"}
    for only in ("q1,q3-process", "Q3-Process,q1,q1", " q3-process , Q1"):
        assert {one.id for one in chosen(experiments(), only)} == wanted
    with pytest.raises(UsageError, match=r"--only q3-proces: .*did you mean 'q3-process'"):
        chosen(experiments(), "q1,q3-proces")


def test_the_same_questions_are_the_same_run_and_one_alone_is_the_run_it_was() -> None:
    assert named_once("q3,q1") == named_once("Q1,q3,q1") == "q1,q3"
    assert named_once("q3") == "q3"
    assert named_once("") == ""


def test_only_is_gathered_from_all_its_places() -> None:
    options = cli._parser().parse_args(["plan", "--only", "q3", "--only", "q1,q2"])
    assert cli._wishes(options).only == "q3,q1,q2"


@pytest.mark.parametrize("name", ["con", "prn", "aux", "nul", "com1", "lpt9", "report"])
def test_a_machine_has_no_name_that_a_device_or_the_report_has(name: str) -> None:
    with pytest.raises(UsageError, match=name):
        check_machine_name(name)
    assert check_machine_name(f"{name}-1") == f"{name}-1"


@pytest.mark.parametrize(
    "text", ["\x1b]0;PWNED\x07\x1b[2J", "\u202egnp.exe", "\x00\x7f\x9b31m", "\ud800", "\u2028\u2066", "a\rb", "a\x85b"]
)
def test_text_from_anywhere_cannot_steer_a_terminal(text: str) -> None:
    assert printable(text).isprintable()
    assert harmless(f"one\n{text}\nthree").split("\n")[::2] == ["one", "three"]
    stream = io.StringIO()
    progress = Progress(stream)
    progress.say(text)
    progress.fail(text)
    progress.begin("Measuring")
    progress.update(what=text, done=1, total=1, spent_s=0.0, left_s=None)
    lines = stream.getvalue().split("\n")
    assert len(lines) == 5
    assert all(line.isprintable() for line in lines)


def test_printable_text_stays_and_long_text_is_cut() -> None:
    assert printable("Zeit für 3 µs → “ok”, 字") == "Zeit für 3 µs → “ok”, 字"
    assert printable("x" * 301) == "x" * 299 + "…"
    assert printable("\x1b" * 300, 10) == "\\x1b\\x1b\\…"
    assert len(harmless("y" * 10**6)) == LONGEST_LINE


def test_a_live_terminal_is_not_steered_either() -> None:
    ours, its = terminals.opened()
    with os.fdopen(its, "w", encoding="utf-8") as stream:
        progress = Progress(stream)
        progress.begin("Measuring")
        progress.say("\x1b]0;PWNED\x07")
        progress.update(what="\x1b]0;PWNED\x07", done=1, total=2, spent_s=0.0, left_s=None)
        progress.close()
        said = os.read(ours, 1 << 16)
    os.close(ours)
    assert rb"\x1b]0;PWNED" in said
    assert b"\x1b]0;" not in said


def test_what_is_not_in_a_report_is_named_harmlessly_and_up_to_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = [f"{index}: \x1b[2J{'x' * 1000}\nThe report: all is well" for index in range(30)]

    def stored(*_: Any, **__: Any) -> Any:
        subject = SimpleNamespace(machine="box", id="run")
        return SimpleNamespace(subject=subject, left_out=SimpleNamespace(reasons=problems[:-1]))

    def written(*_: Any, out: Path, **rest: Any) -> Any:
        from study.report import ReportPaths

        return ReportPaths(
            html=out / "index.html", data=out / "data", pdf=None, pdf_reason="none", not_drawn=(problems[-1],)
        )

    monkeypatch.setattr("study.evidence.study_of", stored)
    monkeypatch.setattr("study.sections.report_of", lambda *_: None)
    monkeypatch.setattr("study.report.write_report", written)
    assert cli.main(["report", "--results", str(tmp_path)]) == 3
    said = capsys.readouterr().err
    lines = said.splitlines()
    assert len(lines) == len(problems)
    assert "\x1b" not in said
    assert max(map(len, lines)) < 400


def test_what_was_typed_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "\x1b]0;PWNED\x07"]) == 1
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_limit_of_the_shell_is_told_as_what_it_is(tmp_path: Path) -> None:
    wanted = [sys.executable, "-m", "study", "run", "--simulated", "--results", str(tmp_path), "--budget", "2m"]
    shell = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash", *wanted, "--only", "q6"]
    found = subprocess.run(shell, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert found.returncode == 3
    assert "File too large" in found.stderr
    assert "raise the limit on the size of a file (ulimit -f)" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no lock")
def test_too_many_open_files_are_told_as_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patched, contextlib.ExitStack() as stack:
        patched.setattr("os.open", full)
        with pytest.raises(ResultsError, match=r"Too many open files; .*ulimit -n"):
            stack.enter_context(store.one_at_a_time(tmp_path / "lock"))


@pytest.mark.parametrize("verb", ["run", "study", "plan", "report", "validate", "crosscheck", "selfbench"])
def test_an_interruption_says_whether_anything_is_kept(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, f"_{verb}", interrupted)
    assert cli.main([verb]) == 130
    said = capsys.readouterr().err
    assert ("run the same command again to go on" in said) == (verb in {"run", "study", "plan"})
    assert ("nothing of it is kept" in said) == (verb in {"report", "validate", "crosscheck", "selfbench"})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be caught")
def test_a_crosscheck_that_is_told_to_end_ends_as_after_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("study.lab.crosscheck.crosscheck", told)
    try:
        assert cli.main(["crosscheck", "--results", str(tmp_path)]) == 130
    finally:
        signal.signal(signal.SIGTERM, before)
    assert "interrupted; nothing of it is kept" in capsys.readouterr().err


def test_a_failure_groups_digits_as_all_else_does_and_steers_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(_: object) -> int:
        raise UsageError(f"m:bad raises at item {count(15_000)}\x1b[2J")

    monkeypatch.setattr(cli, "_report", failing)
    assert cli.main(["report"]) == 1
    assert capsys.readouterr().err == "study: m:bad raises at item 15 000\\x1b[2J\n"


@pytest.mark.parametrize(("verb", "usual", "seconds"), [("gate", "20m", 1200.0), ("run", "10m", 600.0)])
def test_help_tells_the_budget_that_is_taken(
    verb: str, usual: str, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli._parser().parse_args([verb]).budget == seconds
    assert cli.main([verb, "--help"]) == 0
    assert f"such as 2m or 1h (default: {usual})" in " ".join(capsys.readouterr().out.split())
