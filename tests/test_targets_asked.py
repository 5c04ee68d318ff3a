"""Interpreters that print, hang, or say nothing: they are asked all the same, or refused in a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from study.errors import TargetError
from study.targets import asking, prepare
from study.targets.arms import Arm
from tests.stand_ins import needs_a_shell, script, stand_in

PROBE = "def facts():\n    return {'answered': True}\n"
CHATTY = """
import atexit, sys
print('{"version": "made up"}')
print("no newline at the end of this", end="")
sys.stderr.write("welcome\\n{}")
atexit.register(print, '{"version": "made up too"}')
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project's folder with a probe and a lock that asks for nothing."""
    bench = tmp_path / "study" / "bench"
    bench.mkdir(parents=True)
    (bench / "probe.py").write_text(PROBE, encoding="utf-8")
    (tmp_path / "lock.txt").write_text("# nothing\n", encoding="utf-8")
    return tmp_path


def refused(root: Path, python: Path) -> str:
    with pytest.raises(TargetError) as found:
        prepare(Arm(python=python), root=root, lock=root / "lock.txt", say=print)
    return str(found.value)


def test_an_interpreter_whose_environment_prints_at_its_start_and_end_is_asked_all_the_same(root: Path) -> None:
    made = prepare(Arm(python=Path(sys.executable)), root=root, lock=root / "lock.txt", say=print)
    (packages,) = (path for path in made.python.parent.parent.rglob("site-packages") if path.is_dir())
    (packages / "chatty.py").write_text(CHATTY, encoding="utf-8")
    (packages / "chatty.pth").write_text("import chatty\n", encoding="utf-8")  # some systems bring a sitecustomize
    found = asking.run([str(made.python), "-c", ""], asking.environment())
    assert found.text.count("made up") == 2, "the environment does not print, so this test proves nothing"
    again = prepare(Arm(python=made.python), root=root, lock=root / "lock.txt", say=print)
    assert again == made
    assert again.facts["answered"]


@needs_a_shell
def test_an_interpreter_that_prints_before_it_answers_is_known_by_its_answers(root: Path, tmp_path: Path) -> None:
    said = refused(root, stand_in(tmp_path, """echo '{"implementation": "none"}'""", implementation="PyPy"))
    assert "this is PyPy" in said


@needs_a_shell
def test_a_program_that_prints_without_end_is_ended_and_named(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_BYTES", 1 << 20)
    said = refused(root, script(tmp_path, "exec yes '\033]0;title'"))
    assert "does not answer like Python" in said
    assert "printed more than 1 MiB, and was ended" in said
    assert "\033" not in said
    assert len(said) < 4096


@needs_a_shell
def test_a_program_that_hangs_is_ended_with_what_it_started(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LONGEST_ANSWER_S", 0.5)
    said = refused(root, script(tmp_path, f"sleep 600 & echo $! > '{tmp_path}/pid'\nwait"))
    assert "still running after 0.5 s" in said
    assert not lives(int((tmp_path / "pid").read_text(encoding="utf-8")))


@needs_a_shell
def test_what_a_program_has_left_behind_is_not_waited_for(tmp_path: Path) -> None:
    program = script(tmp_path, f"sleep 600 & echo $! > '{tmp_path}/pid'\necho done")
    found = asking.run([str(program)], asking.environment())
    pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
    assert lives(pid)
    psutil.Process(pid).kill()
    assert (found.returncode, found.text) == (0, "done\n")


@needs_a_shell
@pytest.mark.parametrize("text", ["exit 0", "echo '[]'", "echo '{}'; exit 3", 'exec echo "$@"'])
def test_a_program_that_ends_without_an_answer_is_no_python(root: Path, tmp_path: Path, text: str) -> None:
    assert "does not answer like Python" in refused(root, script(tmp_path, text))


@needs_a_shell
def test_an_answer_of_another_kind_is_no_answer(root: Path, tmp_path: Path) -> None:
    assert "does not answer like Python" in refused(root, stand_in(tmp_path, version_info="3.13"))
    assert "does not answer like Python" in refused(root, stand_in(tmp_path, version_info=["3", "13"]))
    assert "does not answer like Python" in refused(root, stand_in(tmp_path, debug=None))


def lives(pid: int) -> bool:
    """Whether the process runs; one that nobody has fetched yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
