"""Arms: targets with names and variables of their own, and the one that a free-threaded target gets by itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study import targets
from study.errors import TargetError, UsageError
from study.targets import Target, prepare, ready
from study.targets.arms import ALLOWED, Arm, arm, arms
from tests.stand_ins import needs_a_shell, stand_in

if TYPE_CHECKING:
    from collections.abc import Mapping

PROBE = "import os\ndef facts():\n    return {'seen': {name: os.environ.get(name) for name in NAMES}, 'jit': JIT}\n"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ALLOWED:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project's folder with a probe and a lock that asks for nothing; no build has a JIT."""
    bench = tmp_path / "study" / "bench"
    bench.mkdir(parents=True)
    jit = {"available": False, "enabled": False}
    (bench / "probe.py").write_text(f"NAMES, JIT = {tuple(ALLOWED)!r}, {jit!r}\n{PROBE}", encoding="utf-8")
    (tmp_path / "lock.txt").write_text("# nothing\n", encoding="utf-8")
    return tmp_path


def prepared(root: Path, asked: Arm) -> Target:
    return prepare(asked, root=root, lock=root / "lock.txt", say=print)


def test_an_arm_is_a_name_a_program_and_variables() -> None:
    assert arm("JIT_1=/opt/a=b/python,PYTHON_JIT=1,PYTHONMALLOC=pymalloc_debug") == Arm(
        python=Path("/opt/a=b/python"),
        label="jit_1",
        variables={"PYTHON_JIT": "1", "PYTHONMALLOC": "pymalloc_debug"},
    )
    assert dict(arm("plain=python3.14").variables) == {}


def test_an_arm_names_packages_by_one_version_each_beside_its_variables() -> None:
    found = arm("new=python3.14,numpy==2.5.5rc1,PYTHON_JIT=1,Ipython_Pygments.Lexers==1!1.1+local")
    assert dict(found.packages) == {"numpy": "2.5.5rc1", "ipython-pygments-lexers": "1!1.1+local"}
    assert dict(found.variables) == {"PYTHON_JIT": "1"}
    assert dict(arm("plain=python3.14").packages) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("python3.14", "write NAME=PYTHON"),
        ("=python3.14", "is no name of an arm"),
        ("a/b=python3.14", "letters, digits, '-' and '_'"),
        ("-a=python3.14", "a letter or digit first"),
        ("abcdefghijklm=python3.14", "12 at most"),
        ("one=", "write NAME=PYTHON"),
        ("one=python3.14,PYTHON_JIT", "'PYTHON_JIT' sets no variable"),
        ("one=python3.14,", "'' sets no variable"),
        ("one=python3.14,PYTHON_GILL=0", r"PYTHON_GILL is no variable of an arm; did you mean PYTHON_GIL\? Possible: "),
        ("one=python3.14,PYTHONPATH=/x", "PYTHONPATH is no variable of an arm"),
        ("one=python3.14,PYTHON_GIL=0,PYTHON_GIL=1", "PYTHON_GIL is set twice"),
        ("one=python3.14,PYTHON_GIL=/home", "which Python does not know"),
        ("one=python3.14,PYTHON_GIL=", "which Python does not know"),
        ("one=python3.14,PYTHON_GIL==0", "which Python does not know"),
        ("one=python3.14,numpy=2.5.5", "numpy is no variable of an arm.* and packages as PACKAGE==VERSION"),
        ("one=python3.14,numpy>=2.5.5", "numpy> is no variable of an arm.* and packages as PACKAGE==VERSION"),
        ("one=python3.14,numpy==2.*", r"'2\.\*' is no one version; write it as the package does"),
        ("one=python3.14,numpy==", "'' is no one version"),
        ("one=python3.14,numpy==--index-url", "is no one version"),
        ("one=python3.14,numpy==2.5;x", "is no one version"),
        ("one=python3.14,../numpy==2.5", r"'\.\./numpy' is no name of a package; write"),
        ("one=python3.14,numpy==2.5.4,NumPy==2.5.5", "numpy is named twice"),
        ("one=python3.14,LD_PRELOAD=libjemalloc.so.2", "LD_PRELOAD"),
        ("\033[31m=python3.14", "is no name of an arm"),
    ],
)
def test_what_is_no_arm_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as found:
        arm(text)
    assert str(found.value).isprintable()


def test_two_arms_of_one_name_are_refused_whatever_its_capitals() -> None:
    with pytest.raises(UsageError, match="--arm jit: two arms have this name"):
        arms(["jit=python3.14", "JIT=python3.15"])


def test_an_arms_name_and_variables_are_those_of_its_target(root: Path) -> None:
    plain = prepared(root, Arm(python=Path(sys.executable)))
    found = prepared(root, Arm(python=Path(sys.executable), label="debug-heap", variables={"PYTHONMALLOC": "debug"}))
    assert found.name == f"{plain.name}-debug-heap"
    assert found.facts["label"] == "debug-heap"
    assert found.facts["variables"] == found.variables == {"PYTHONMALLOC": "debug"}
    assert found.facts["seen"]["PYTHONMALLOC"] == "debug"
    assert found.python == plain.python
    assert plain.facts["label"] == ""


def test_an_arms_variable_is_stronger_than_the_users(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_CPU_COUNT", "3")
    found = prepared(root, Arm(python=Path(sys.executable), label="one"))
    assert found.variables == {"PYTHON_CPU_COUNT": "3"}
    if sys.version_info >= (3, 13):
        with_own = Arm(python=Path(sys.executable), label="one", variables={"PYTHON_CPU_COUNT": "2"})
        assert prepared(root, with_own).variables == {"PYTHON_CPU_COUNT": "2"}


@needs_a_shell
@pytest.mark.parametrize(("name", "version"), [("PYTHON_LAZY_IMPORTS", [3, 14]), ("PYTHON_GIL", [3, 12])])
def test_a_variable_that_the_version_would_pass_over_is_refused(
    root: Path, tmp_path: Path, name: str, version: list[int]
) -> None:
    python = stand_in(tmp_path, version_info=version)
    with pytest.raises(TargetError, match=f"--arm one=.*: Python heeds {name} from 3.1"):
        prepared(root, Arm(python=python, label="one", variables={name: "1"}))


@needs_a_shell
def test_a_jit_that_is_not_there_is_no_arm(root: Path, tmp_path: Path) -> None:
    python = stand_in(tmp_path, version_info=[3, 14])
    with pytest.raises(TargetError, match="this build has no JIT"):
        prepared(root, Arm(python=python, label="jit", variables={"PYTHON_JIT": "1"}))


@pytest.mark.skipif(sys.platform != "linux", reason="what is mapped is looked up in /proc")
def test_a_library_that_the_loader_passes_over_is_refused_and_no_path_is_stored(root: Path, tmp_path: Path) -> None:
    library = tmp_path / "liballocator.so"
    library.write_text("no library\n", encoding="utf-8")
    asked = arm(f"other={sys.executable},LD_PRELOAD={library}")
    assert asked.stored == {"LD_PRELOAD": "liballocator.so"}
    with pytest.raises(TargetError, match="is not loaded by LD_PRELOAD"):
        prepared(root, asked)


@pytest.mark.skipif(sys.platform != "linux", reason="what is mapped is looked up in /proc")
def test_a_preloaded_library_reaches_every_process_by_its_path_and_the_facts_by_its_name(root: Path) -> None:
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    libraries = [
        path for line in maps if (path := Path(line.split()[-1])).name.startswith(("libm.so", "libc.so", "libc-"))
    ]
    if not libraries:
        pytest.skip("no library of the C library is mapped by a name that is known here")
    found = prepared(root, arm(f"other={sys.executable},LD_PRELOAD={libraries[0]}"))
    assert found.variables == {"LD_PRELOAD": str(libraries[0])}
    assert found.facts["variables"] == {"LD_PRELOAD": libraries[0].name}


def made(arm: Arm, **facts: object) -> Target:
    """A target of an interpreter that runs without the GIL unless it is told otherwise."""
    locked = arm.variables.get("PYTHON_GIL") == "1"
    known: Mapping[str, object] = {
        "free_threaded": True,
        "gil_enabled": locked,
        "variables": dict(arm.variables),
        "label": arm.label,
    }
    name = f"cpython-3.14.2t-{arm.label}" if arm.label else "cpython-3.14.2t"
    return Target(name=name, python=arm.python, facts={**known, **facts})


def test_a_free_threaded_target_gets_a_second_arm_with_the_gil_at_the_end() -> None:
    asked = [Arm(python=Path("a")), Arm(python=Path("a"), label="heap", variables={"PYTHONMALLOC": "malloc"})]
    found = ready(asked, made)
    assert [target.name for target in found] == [
        "cpython-3.14.2t",
        "cpython-3.14.2t-heap",
        "cpython-3.14.2t-gil",
        "cpython-3.14.2t-heap-gil",
    ]
    assert [target.variables for target in found[2:]] == [
        {"PYTHON_GIL": "1"},
        {"PYTHONMALLOC": "malloc", "PYTHON_GIL": "1"},
    ]
    assert [target.facts["label"] for target in found[2:]] == ["gil", "heap-gil"]


def test_the_arm_with_the_gil_has_the_packages_of_the_one_beside_it() -> None:
    seen: list[Arm] = []

    def noted(arm: Arm) -> Target:
        seen.append(arm)
        return made(arm)

    ready([Arm(python=Path("a"), label="new", packages={"numpy": "2.5.5"})], noted)
    assert [(arm.label, arm.packages) for arm in seen] == [
        ("new", {"numpy": "2.5.5"}),
        ("new-gil", {"numpy": "2.5.5"}),
    ]


def test_who_names_the_gil_gets_no_arm_beside_it() -> None:
    off = Arm(python=Path("a"), label="off", variables={"PYTHON_GIL": "0"})
    on = Arm(python=Path("a"), label="on", variables={"PYTHON_GIL": "1"})
    assert len(ready([off, on], made)) == 2


def test_a_build_with_the_gil_gets_no_arm_beside_it() -> None:
    assert len(ready([Arm(python=Path("a"))], lambda arm: made(arm, free_threaded=False, gil_enabled=True))) == 1


def test_equal_targets_and_their_arms_are_told_apart() -> None:
    found = ready([Arm(python=Path("a")), Arm(python=Path("b"))], made)
    assert [target.name for target in found] == [
        "cpython-3.14.2t",
        "cpython-3.14.2t-2",
        "cpython-3.14.2t-gil",
        "cpython-3.14.2t-2-gil",
    ]
    assert targets.WITH_GIL == "gil"
