"""Cells beside independent programs: the programs, what is read from them, what is kept, what is said."""

from __future__ import annotations

import json
import multiprocessing
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from study import store
from study.blocks import Prose, Table
from study.errors import ResultsError
from study.evidence.apart import LeftOut
from study.lab.acts import IMAP, acts
from study.lab.crosscheck import (
    COMPILE,
    EP_CLASS_S,
    SOURCES,
    CannotBeHadError,
    command,
    record,
    seconds_of_lines,
    seconds_of_perf,
    seconds_of_pyperf,
)
from study.sections.crosschecks import crosscheck_tables, found_of, section
from tests.tables import rows_of

if TYPE_CHECKING:
    from study.blocks import Block
    from study.evidence import Study

ROOT = Path(__file__).parent.parent
PERF = """# Running 'sched/pipe' benchmark:
# Executed 20000 pipe operations between two processes

     Total time: 0.042 [sec]

       2.112500 usecs/op
         473372 ops/sec
"""
NEAR, FAR = [1.00, 1.01, 0.99, 1.00, 1.01, 0.99], [2.0, 2.02, 1.98, 2.01, 2.0, 1.99]


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler (cc)")
@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("fork_floor", ("1", "2", "3")),
        ("triad", ("one", "2", "10000")),
        ("triad", ("two", "2", "10000")),
    ],
)
def test_a_c_program_compiles_without_a_warning_and_prints_a_line_a_repetition(
    tmp_path: Path, program: str, words: tuple[str, ...]
) -> None:
    prints_a_line_a_repetition(command(program, ROOT, tmp_path), words)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("pipe_pair.py", ("2",)),
        ("triad_numpy.py", ("2",)),
        ("pool_calls.py", ("imap", "2")),
        ("pool_calls.py", ("map", "2")),
        ("pool_payload.py", ("own", "10000", "2")),
        ("pool_payload.py", ("one", "10000", "2")),
        ("contention.py", ("2", "2")),
    ],
)
def test_a_python_program_prints_a_line_a_repetition(tmp_path: Path, program: str, words: tuple[str, ...]) -> None:
    if program in {"pool_calls.py", "pool_payload.py"} and multiprocessing.get_start_method() != "fork":
        pytest.skip("this Python's Pool() does not fork by default, and the cell beside it does")
    prints_a_line_a_repetition(command(program, ROOT, tmp_path), words)


def prints_a_line_a_repetition(program: tuple[str, ...], words: tuple[str, ...]) -> None:
    ran = subprocess.run([*program, *words], capture_output=True, text=True, check=True, timeout=60)
    assert len(ran.stdout.splitlines()) == 2
    assert 0.0 < seconds_of_lines(ran.stdout) < 1.0
    refused = subprocess.run([*program, "1", "0"], capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 1
    assert refused.stderr.startswith("usage:")


def test_warnings_are_errors_and_every_source_exists() -> None:
    assert "-Werror" in COMPILE
    named = {side.program for act in acts() for side in act.sides} - {"perf", IMAP} | {
        "recompute.py",
        "recompute_gate.py",
    }
    assert named == {p.name.removesuffix(".c") for p in (ROOT / SOURCES).iterdir() if p.is_file()}


def test_no_independent_program_shares_code_with_the_study() -> None:
    for source in (ROOT / SOURCES).glob("*.py"):
        assert not re.search(r"^\s*(import|from) study", source.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_line_of_perf_is_read_as_seconds() -> None:
    assert seconds_of_perf(PERF) == pytest.approx(2.1125e-6)
    with pytest.raises(CannotBeHadError, match="usecs/op"):
        seconds_of_perf("nothing of the kind")
    with pytest.raises(CannotBeHadError, match="not seconds"):
        seconds_of_lines("one\n")


def test_a_program_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for program in ("perf", "triad", "fork_floor"):
        with pytest.raises(CannotBeHadError, match=r"perf is not installed|no C compiler"):
            command(program, ROOT, tmp_path)


def kept(first: list[float], second: list[float]) -> dict[str, object]:
    done = acts()
    done[0].skipped = {side.name: "there is no C compiler (cc)" for side in done[0].sides}
    done[1].skipped = {done[1].sides[1].name: "it is gone"}
    for act in done[1:]:
        for side, values in zip(act.sides, (first, second, first, first), strict=False):
            act.ours[side.name], act.theirs[side.name] = values, NEAR[::-1]
    return record(done, len(NEAR), EP_CLASS_S)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (NEAR, FAR, "agree within 10 %"),
        (FAR, NEAR, "further apart than 10 %, explained: they agree with: same CPU, C"),
        (FAR, FAR, "unexplained"),
        (
            FAR,
            [0.5, 0.51, 0.49, 0.5, 0.51, 0.5],
            "below with same CPU, C; no value tried brings them together",
        ),
        ([0.5, 1.5, 1.0, 0.7, 1.3, 1.0], NEAR, "open"),
    ],
)
def test_what_is_kept_comes_back_and_its_verdict_is_computed(
    tmp_path: Path, first: list[float], second: list[float], words: str
) -> None:
    found = kept(first, second)
    store.save_outcome(tmp_path, "crosschecks", found)
    assert store.load_outcome(tmp_path, "crosschecks") == found
    (table,) = crosscheck_tables(store.load_outcome(tmp_path, "crosschecks"))
    assert words in next(names for names, _ in rows_of(table) if "perf" in names[0])[4]
    assert "fork, end, wait, none: skipped, because there is no C compiler (cc)." in table.notes
    assert "triad over 3 × 8 MiB, one pass, C: skipped, because it is gone." in table.notes
    assert {names[1].partition(": ")[2] for names, _ in rows_of(table) if "triad" in names[0]} == {
        "two passes, C",
        "two passes, NumPy called from Python",
    }


@pytest.mark.parametrize(
    ("place", "change", "words"), [(0, 1e-10, "verified"), (1, 1e-6, "NOT verified"), (3, 1e-5, "NOT equal")]
)
def test_the_kernel_of_ep_is_held_against_what_is_published(place: int, change: float, words: str) -> None:
    ours = list(EP_CLASS_S)
    ours[place] *= 1.0 + change
    found = kept(NEAR, NEAR) | {"ep_class_s": {"ours": ours, "published": list(EP_CLASS_S)}}
    (table,) = crosscheck_tables(found)
    assert words in table.notes[1]
    assert ("NOT" in table.notes[1]) == words.startswith("NOT")


def test_a_file_that_is_not_one_is_refused(tmp_path: Path) -> None:
    assert store.load_outcome(tmp_path, "crosschecks") is None
    assert crosscheck_tables(None) == ()
    (tmp_path / "crosschecks.json").write_text(json.dumps({"schema": 0}), encoding="utf-8")
    with pytest.raises(ResultsError, match=r"crosschecks\.json"):
        store.load_outcome(tmp_path, "crosschecks")
    with pytest.raises(ResultsError, match=r"crosschecks\.json"):
        crosscheck_tables({"acts": [{"act": 1}]})


def test_the_section_shows_a_crosscheck_and_says_where_there_is_none() -> None:
    def shown(found: Any) -> tuple[Block, ...]:
        return section(cast("Study", SimpleNamespace(outcomes={"crosschecks": found}, left_out=LeftOut()))).blocks

    assert shown(None)[1:] == (
        Prose(
            text="Nothing was set beside independent measurements here: nox -s crosscheck does it in a few minutes.",
            kind="empty",
        ),
    )
    (about, table) = shown(kept(FAR, NEAR))
    assert isinstance(about, Prose)
    assert (
        "acts 0 agree within 10 %, 7 lie further apart, 1 of them unexplained (triad over 3 × 8 MiB). Programs"
        in about.text
    )
    assert isinstance(table, Table)
    assert "explained: they agree with: same CPU, C" in {names[4].partition(", ")[2] for names, _ in rows_of(table)}


def test_how_many_acts_agree_is_the_finding() -> None:
    open_ = [0.5, 1.5, 1.0, 0.7, 1.3, 1.0]
    of = {"near": [NEAR], "far": [FAR, FAR], "varied": [FAR, NEAR], "wide": [open_, NEAR], "left out": []}
    acts_ = [
        {"act": act, "sides": [{"ours_s": ours, "theirs_s": NEAR[::-1]} for ours in sides]} for act, sides in of.items()
    ]
    assert found_of({"python": "3.14.8", "acts": acts_}) == (
        "CPython 3.14.8: of 4 acts 1 agrees within 10 %, 1 is open, 2 lie further apart, 1 of them unexplained (far)."
    )
    assert found_of({"python": "3.14.8", "acts": [acts_[0], acts_[0] | {"act": "too"}]}) == (
        "CPython 3.14.8: of 2 acts 2 agree within 10 %."
    )
    assert found_of({"python": "3.14.8", "acts": acts_[-1:]}) == ""


def test_the_pool_of_two_is_read_from_what_pyperformance_writes(tmp_path: Path) -> None:
    written = tmp_path / "imap.json"
    benchmarks = [
        {"metadata": {"name": "bench_mp_pool"}, "runs": [{"metadata": {}}, {"values": [0.01, 0.03]}]},
        {"metadata": {"name": "bench_thread_pool"}, "runs": [{"values": [9.0]}]},
    ]
    written.write_text(json.dumps({"benchmarks": benchmarks}), encoding="utf-8")
    assert seconds_of_pyperf(written) == pytest.approx(0.02)
    for text in ("{", "[]", json.dumps({"benchmarks": benchmarks[1:]})):
        written.write_text(text, encoding="utf-8")
        with pytest.raises(CannotBeHadError, match="left no times"):
            seconds_of_pyperf(written)
    with pytest.raises(CannotBeHadError, match="left no times"):
        seconds_of_pyperf(tmp_path / "nothing.json")
