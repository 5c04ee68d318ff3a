"""One bad file spoils nothing: it is named with its key and left out, and every other run is reported."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.errors import ReportError, ResultsError, StudyError
from study.evidence import apart, load, run_of, study_of
from study.sections import between, crosschecks, interpreters, validation
from tests.builders import LOOP, POOL, manifest, process, round_end, run_folder, suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from study.evidence import Run, Study

ROOT = Path(__file__).parent.parent


def two_machines(results: Path) -> tuple[store.RunFolder, store.RunFolder]:
    """A finished run on each of two machines."""
    good, bad = (run_folder(results / name, [LOOP, POOL]) for name in ("a", "b"))
    for folder, machine in ((good, "good"), (bad, "bad")):
        folder.finish()
        (results / machine).mkdir()
        folder.path.rename(results / machine / folder.id)
    return tuple(store.RunFolder.open(path) for path in reversed(store.run_folders(results)))  # type: ignore[return-value]


def read(results: Path) -> Study:
    return study_of(results, ROOT, lock_digest="")


def rewritten(folder: store.RunFolder, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder.path / "manifest.json"
    raw = json.loads(path.read_text())
    change(raw)
    path.write_text(json.dumps(raw))


def set_key(*keys: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(raw: Any) -> None:
        for key in keys[:-1]:
            raw = raw[key]
        raw[keys[-1]] = to

    return change


WRONG = {
    "sockets that are a word": (("machine", "sockets"), "two", "sockets"),
    "a fact that is no number": (("machine", "load_1min"), 1e308, "machine"),
    "a negative fact": (("machine", "memory_bytes"), -1, "machine"),
    "more CPUs than any machine": (("machine", "logical_cpus"), 10**9, "logical_cpus"),
    "facts of a target of another type": (("targets", 0, "facts"), {"config_args": 3}, "config_args"),
    "no target": (("targets",), [], "targets"),
    "an unknown tier": (("cells", 0, "tier"), "x", "tier"),
    "an unknown question": (("curves", 0, "question"), "Q99", "question"),
    "a cell that is none": (("curves", 0, "cells", 0), "odd thing", r"curves\[0\].cells\[0\]"),
    "a kernel of a newer study": (("cells", 0, "cell"), "map kernel=quantum", "newer study"),
    "a curve that is not there": (("cells", 0, "curve"), 999, r"cells\[0\].curve"),
    "an order of other curves": (("rounds",), [{"index": 0, "attempt": 0, "order": [0, 7], "elapsed_s": 1}], "order"),
    "a year that is not yet": (("finished",), "9999-12-31T00:00:00Z", "finished: .*in the future"),
    "a day that is none": (("started",), "2026-02-30T00:00:00Z", "started"),
    "a time of another form": (("started",), "yesterday", "started"),
    "a budget beyond all time": (("budget_s",), 1e300, "budget_s"),
    "a seed of 21 digits": (("seed",), 123456789012345678901, "seed"),
    "rounds without end": (("rounds_planned",), 10**19, "rounds_planned"),
    "a file of another run": (("files",), {"q9.one.json.gz": "0" * 64}, "files"),
    "a digest that is none": (("files",), {"q5.one.json.gz": "x"}, "files"),
    "deep TOML": (("config",), {"x": "a = " + "[" * 5000}, "config"),
    "a number of a million digits": (("config",), {"x": "a = " + "9" * 200_000}, "config"),
    "a claim that is wrong": (("config",), {"claims": "schema = 1\n[[claim]]\nid = 3\n"}, "config"),
}


@pytest.mark.parametrize(("keys", "value", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_run_with_one_wrong_value_is_named_with_its_key_and_the_other_is_reported(
    tmp_path: Path, keys: tuple[str | int, ...], value: object, said: str
) -> None:
    good, bad = two_machines(tmp_path)
    rewritten(bad, set_key(*keys, to=value))
    found = read(tmp_path)
    assert [run.machine for run in found.runs] == [good.machine]
    (reason,) = found.left_out.reasons
    assert reason.startswith(f"{bad.machine}/{bad.id}")
    with pytest.raises(ResultsError, match=said):
        store.RunFolder.open(bad.path)


def test_a_run_of_other_programs_than_the_present_ones_is_stale(tmp_path: Path) -> None:
    two_machines(tmp_path)
    for run in read(tmp_path).runs:
        assert run.stale == {(record.target, record.cell) for record in run.manifest.cells if record.state == "done"}


@pytest.mark.parametrize(
    "error", [KeyError("x"), OverflowError(), RecursionError(), MemoryError(), ZeroDivisionError()]
)
def test_an_error_of_any_kind_in_one_run_reaches_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    good, bad = two_machines(tmp_path)

    def failing(folder: store.RunFolder, **more: Any) -> Run:
        if folder.machine == bad.machine:
            raise error
        return run_of(folder, **more)

    monkeypatch.setattr(load, "run_of", failing)
    found = read(tmp_path)
    assert [run.machine for run in found.runs] == [good.machine]
    assert [folder.machine for folder in found.sound] == [good.machine]
    (reason,) = found.left_out.reasons
    assert reason.partition(":")[0] == bad.name
    assert type(error).__name__ in reason


SHOWN_TOGETHER = {
    "interpreters side by side": (interpreters, "interpreter_tables"),
    "runs of the same code": (between, "between_tables"),
}
"""What is made of several runs: the section it stands in, and the function that makes it."""


@pytest.mark.parametrize("name", SHOWN_TOGETHER)
def test_a_run_that_spoils_a_section_of_several_is_left_out_and_the_section_made_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _, bad = two_machines(tmp_path)
    made_of: list[list[str]] = []

    def spoiled(runs: list[store.RunFolder]) -> tuple[()]:
        names = [run.machine for run in runs]
        if bad.machine in names:
            raise OverflowError("too large")
        made_of.append(names)
        return ()

    found = read(tmp_path)
    assert len(found.runs) == 2
    module, function = SHOWN_TOGETHER[name]
    monkeypatch.setattr(module, function, spoiled)
    assert module.section(found).blocks
    assert made_of == [["good"]]
    assert [line.partition(":")[0] for line in found.left_out.reasons] == [bad.name]


@pytest.mark.parametrize("name", SHOWN_TOGETHER)
def test_a_section_that_fails_whatever_is_left_out_is_named_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    two_machines(tmp_path)

    def spoiled(_: list[store.RunFolder]) -> tuple[()]:
        raise ValueError("always")

    found = read(tmp_path)
    module, function = SHOWN_TOGETHER[name]
    monkeypatch.setattr(module, function, spoiled)
    assert module.section(found).blocks
    (reason,) = found.left_out.reasons
    assert reason.startswith(f"{name}: ValueError: always while it was analysed")


def test_of_runs_of_the_same_code_one_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    good, bad = two_machines(tmp_path)
    found = read(tmp_path)
    next(bad.path.glob("*.json.gz")).unlink()
    made = found.left_out.together(
        "section", lambda folders: tuple(sample for folder in folders for sample in folder.load()),
        [store.RunFolder.open(folder.path) for folder in (good, bad)], read=store.RunFolder.load,
    )  # fmt: skip
    assert len(made) == len(good.load())
    (reason,) = found.left_out.reasons
    assert reason.startswith(f"{bad.name}/")


@pytest.mark.parametrize("section", [validation, crosschecks])
@pytest.mark.parametrize(
    "text", ["[]", "{", '{"schema": 1}', '{"schema": 2, "promises": [], "acts": []}', "[" * 99_999]
)
def test_an_outcome_that_cannot_be_read_takes_nothing_with_it(tmp_path: Path, section: ModuleType, text: str) -> None:
    two_machines(tmp_path)
    name = section.__name__.rpartition(".")[2]
    (tmp_path / f"{name}.json").write_text(text)
    found = read(tmp_path)
    assert len(found.runs) == 2
    (reason,) = found.left_out.reasons
    assert reason.startswith(f"{name}.json: ")
    assert "nox -s" in reason
    assert [block.kind for block in section.section(found).blocks] == ["plain", "empty"]


def test_of_many_bad_runs_the_first_are_named_and_the_others_counted(tmp_path: Path) -> None:
    two_machines(tmp_path)
    for number in range(apart.MOST_NAMED + 7):
        path = tmp_path / "broken" / f"{number:03}"
        path.mkdir(parents=True)
        (path / "manifest.json").write_text("{}")
    left_out = read(tmp_path).left_out.reasons
    assert len(left_out) == apart.MOST_NAMED + 1
    assert left_out[-1] == "and 7 more that cannot be read or analysed"


def test_where_every_run_is_bad_the_error_stays_short(tmp_path: Path) -> None:
    for number in range(500):
        path = tmp_path / "broken" / f"{number:03}"
        path.mkdir(parents=True)
        (path / "manifest.json").write_text("{}")
    with pytest.raises(ReportError) as caught:
        read(tmp_path)
    assert len(str(caught.value)) < 10_000


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    """`\\ud800` is JSON and no text: it could be read, and not be written again."""
    folder = run_folder(tmp_path)
    path = folder.path / "journal.jsonl"
    path.write_text(path.read_text().replace('"last_lines":""', '"last_lines":"\\ud800"', 1))
    with pytest.raises(ResultsError, match="surrogate"):
        folder.journal()


@pytest.mark.parametrize("value", ["5e-324", "1e-310"])
def test_denormal_times_are_refused(tmp_path: Path, value: str) -> None:
    folder = run_folder(tmp_path)
    path = folder.path / "journal.jsonl"
    path.write_text(path.read_text().replace("[1.0,1.5,2.0]", f"[{value},1.5,2.0]", 1))
    with pytest.raises(ResultsError, match="values"):
        folder.load()


def test_control_characters_of_a_file_reach_no_message(tmp_path: Path) -> None:
    _, bad = two_machines(tmp_path)
    hostile = "\x1b]0;PWNED\x07\x1b[2J\u202e"
    for change in (set_key("files", to={hostile: "00"}), set_key(hostile, to=1), set_key("schema", to=hostile)):
        rewritten(bad, change)
        for line in (*read(tmp_path).left_out.reasons, str(StudyError(hostile))):
            assert line.isprintable(), line


def test_the_command_line_reports_the_rest_and_says_so_with_its_exit_code(tmp_path: Path) -> None:
    good, bad = two_machines(tmp_path)
    rewritten(bad, set_key("machine", "sockets", to="two"))
    found = subprocess.run(
        [sys.executable, "-m", "study", "report", "--results", str(tmp_path), "--out", str(tmp_path / "out")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 3
    assert f"{bad.name}/manifest.json" in found.stderr
    assert "Traceback" not in found.stderr
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert good.id in page


@pytest.mark.parametrize("seed", ["123456789012345678901", str(2**63), "-1", "1e3", "٣"])
def test_a_seed_that_no_manifest_can_hold_is_refused_at_once(tmp_path: Path, seed: str) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "study", "run", "--simulated", "--results", str(tmp_path), "--seed", seed],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 1
    assert "from 0 to 2^63 - 1" in found.stderr
    assert not list(tmp_path.iterdir())


def test_a_small_file_cannot_ask_for_much_memory(tmp_path: Path) -> None:
    """64 MiB of JSON from 65 KB took 1.2 GB and 46 s."""
    folder = run_folder(tmp_path)
    folder.finish()
    text = '{"version": "1.0", "benchmarks": [' + "[]," * 22_000_000 + "[]]}"
    (folder.path / "q5.one.json.gz").write_bytes(store.files.compress(text))
    rewritten(folder, set_key("files", "q5.one.json.gz", to=store.digest(text)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    del text
    with pytest.raises(ResultsError, match="larger than"):
        store.RunFolder.open(folder.path).load()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10


def test_json_of_too_many_values_is_refused_before_it_is_built() -> None:
    with pytest.raises(ResultsError, match="more than"):
        store.files.parse_json("[" + "[]," * store.files.MAX_VALUES + "1]", "x")


def test_the_suites_of_a_run_are_bounded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run_folder(tmp_path, [LOOP, POOL])
    folder.finish()
    monkeypatch.setattr(store.folders, "MAX_BYTES", 100)
    with pytest.raises(ResultsError, match="larger than 100 bytes"):
        store.RunFolder.open(folder.path).load()


def test_a_journal_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run_folder(tmp_path)
    monkeypatch.setattr(store.journal, "MAX_BYTES", 100)
    with pytest.raises(ResultsError, match="larger than 100 bytes"):
        folder.journal()


def test_a_run_ends_before_its_journal_is_larger_than_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run_folder(tmp_path)
    assert not folder.journal().full
    monkeypatch.setattr(store.journal, "FULL_BYTES", 100)
    journal = folder.journal()
    assert journal.full
    monkeypatch.setattr(store.journal, "MAX_BYTES", journal.path.stat().st_size + 10)
    with pytest.raises(ResultsError, match="--fresh"):
        journal.append(process(0, 7, suite(LOOP, [1.0])))
    assert len(journal.entries) == len(folder.journal().entries)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (process(999, 5, None), "no curve 999"),
        (process(0, 10**9, None), "round"),
        (process(0, 5, suite(POOL, [1.0])), "no cell of curve 0"),
        ({**process(0, 5, None), "meanwhile": {"steal_s": "much"}}, "meanwhile"),
        ({**process(0, 5, None), "leftovers": [3]}, "leftovers"),
        ({**process(0, 5, None), "elapsed_s": -1.0}, "elapsed_s"),
        ({**process(0, 5, None), "elapsed_s": float("nan")}, "elapsed_s"),
        ({**round_end(5), "order": [0, 0]}, "order"),
        ({**round_end(5), "order": [-1]}, "order"),
        ({**round_end(5), "foreign_cpus": 1e300}, "foreign_cpus"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_not_written_to_a_journal_either(
    tmp_path: Path, line: dict[str, Any], said: str
) -> None:
    folder = run_folder(tmp_path)
    journal = folder.journal()
    before = journal.path.read_bytes()
    with pytest.raises(ResultsError, match=said):
        journal.append(line)
    assert journal.path.read_bytes() == before
    journal.path.write_bytes(before + json.dumps(line).encode() + b"\n")
    with pytest.raises(ResultsError, match="nothing was changed"):
        folder.journal()


def test_a_manifest_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="seed"):
        store.RunFolder.create(tmp_path, "machine", manifest(seed=2**63))
    assert not list(tmp_path.iterdir())


def test_what_is_of_another_shape_ends_at_its_first_wrong_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred bad files cost next to nothing: none of them is built in memory."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the whole of it was read")

    text = json.dumps(json.loads(store.manifest.encode(manifest(), "x")) | {"cells": [{"x": [[]] * 300}] * 100})
    monkeypatch.setattr(store.files, "parse_json", never)
    with pytest.raises(ResultsError, match="cells"):
        store.manifest.decode(text, "x")
