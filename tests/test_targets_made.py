"""Environments from locks, offline: wheels made here, an index that has nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from study.errors import TargetError
from study.targets import making, prepare
from study.targets.arms import Arm
from tests.wheels import lock, offline, wheel

LOCK = Path(__file__).parent.parent / "requirements-target.txt"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return offline(tmp_path, monkeypatch)


def test_an_interpreter_without_a_wheel_of_numpy_gets_the_rest(root: Path) -> None:
    said: list[str] = []
    path = lock(root, numpy="0" * 64, psutil="1" * 64, thing=wheel(root / "wheels", "thing"))
    found = prepare(Arm(python=Path(sys.executable)), root=root, lock=path, say=said.append)
    assert found.facts["thing"] == "1.0"
    assert not {"numpy", "psutil"} & set(found.facts)
    assert "no ready-made wheel of numpy for it here; the cells that need it are skipped" in said[1]
    assert "no ready-made wheel of psutil for it here; pyperf does without it" in said[2]
    again = prepare(Arm(python=Path(sys.executable)), root=root, lock=path, say=said.append)
    assert again == found
    assert len(said) == 3


def test_a_wheel_of_numpy_with_another_hash_is_a_fault_and_not_an_absence(root: Path) -> None:
    wheel(root / "wheels", "numpy")
    path = lock(root, numpy="0" * 64, thing=wheel(root / "wheels", "thing"))
    with pytest.raises(TargetError, match=r"pip could not install lock\.txt(.|\n)*(?i:hash)"):
        prepare(Arm(python=Path(sys.executable)), root=root, lock=path, say=print)


def test_what_the_bench_needs_is_not_left_out(root: Path) -> None:
    path = lock(root, pyperf="0" * 64, thing=wheel(root / "wheels", "thing"))
    with pytest.raises(TargetError, match=r"pip could not install lock\.txt(.|\n)*pyperf"):
        prepare(Arm(python=Path(sys.executable)), root=root, lock=path, say=print)


def test_of_a_second_lock_what_is_not_ready_made_is_left_out_with_all_that_needs_it(root: Path) -> None:
    said: list[str] = []
    first = lock(root, thing=wheel(root / "wheels", "thing", ""))
    hashes = {name: wheel(root / "wheels", name, "") for name in ("apart", "needer", "further")} | {"raw": "0" * 64}
    remarks = {
        "raw": "\n    #   -c first.txt\n    #   needer",
        "needer": " further",
        "further": " project (pyproject.toml:peers)",
    }
    blocks = [
        f"{name}==1.0 \\\n    --hash=sha256:{hashed}\n    # via{remarks.get(name, ' nobody')}\n"
        for name, hashed in hashes.items()
    ]
    (root / "wheels" / "raw-1.0.tar.gz").write_bytes(b"its source, which would want a compiler")
    second = root / "second.txt"
    second.write_text("".join(blocks), encoding="utf-8")
    found = prepare(Arm(python=Path(sys.executable)), root=root, lock=first, peers=second, say=said.append)
    assert {"thing", "apart"} <= set(found.facts)
    assert not {"raw", "needer", "further"} & set(found.facts)
    assert said[1:] == [
        f"{found.name}: no ready-made wheel of raw for it here, nor further, needer, which need it; cells of these are skipped"
    ]


def test_a_second_lock_is_not_built_from_source_and_where_pip_fails_otherwise_that_is_said(root: Path) -> None:
    said: list[str] = []
    first = lock(root, thing=wheel(root / "wheels", "thing", ""))
    wheel(root / "wheels", "apart", "")
    second = root / "second.txt"
    second.write_text(f"apart==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    found = prepare(Arm(python=Path(sys.executable)), root=root, lock=first, peers=second, say=said.append)
    assert "apart" not in found.facts
    assert "second.txt could not be installed; what needs it is skipped" in said[1]


def test_a_reduced_lock_keeps_every_line_of_the_others() -> None:
    text = LOCK.read_text(encoding="utf-8")
    reduced = making.without(text, ["numpy"])
    assert "numpy==" not in reduced
    assert reduced.startswith("psutil==")
    assert text.endswith(reduced), "numpy stands first in the lock: what follows is kept as it is"
    assert making.without(text, ["psutil", "numpy"]) == text[text.index("pyperf==") :]
    assert making.without(text, []) == text
