"""Arms with packages at other versions than the lock's: environments of their own, offline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study.errors import TargetError
from study.targets import packages, prepare
from study.targets.arms import Arm
from tests.wheels import lock, offline, wheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.targets import Target

LOCKS = [Path(__file__).parent.parent / f"requirements-{name}.txt" for name in ("target", "peers")]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return offline(tmp_path, monkeypatch)


def arm(label: str = "", **versions: str) -> Arm:
    return Arm(python=Path(sys.executable), label=label, packages=versions)


def prepared(root: Path, arm: Arm, peers: Path | None = None, say: Callable[[str], None] = print) -> Target:
    return prepare(arm, root=root, lock=root / "lock.txt", peers=peers, say=say)


def environments(root: Path) -> list[Path]:
    return [*(root / ".nox" / "targets").glob("*")]


def test_arms_with_other_versions_have_environments_of_their_own_and_all_else_from_the_lock(root: Path) -> None:
    said: list[str] = []
    wheels = root / "wheels"
    lock(root, thing=wheel(wheels, "thing", ""), other=wheel(wheels, "other", ""))
    wheel(wheels, "other", "", "3.0")
    wheel(wheels, "thing", "Requires-Dist: needed\n", "2.0")
    wheel(wheels, "needed", "")
    plain, old, new = (
        prepared(root, asked, say=said.append)
        for asked in (arm("plain"), arm("old", thing="1.0"), arm("new", thing="2.0"))
    )
    assert [target.facts["thing"] for target in (plain, old, new)] == ["1.0", "1.0", "2.0"]
    assert [target.facts["other"] for target in (plain, old, new)] == ["1.0"] * 3
    assert [target.facts.get("packages") for target in (plain, old, new)] == [None, {"thing": "1.0"}, {"thing": "2.0"}]
    assert len({target.python for target in (plain, old, new)}) == len(environments(root)) == 3
    assert "needed" not in new.facts, "what a version needs beyond the lock is no part of the lock"
    assert [line for line in said if "needed" in line] == [
        f"{new.name}: thing 2.0 requires needed, which is not installed."
    ]
    told = len(said)
    assert prepared(root, arm("old", thing="1.0"), say=said.append) == old
    assert prepared(root, arm("again", thing="2.0"), say=said.append).python == new.python
    assert len(said) == told


def test_a_second_lock_does_not_bring_back_the_version_that_an_arm_replaces(root: Path) -> None:
    wheels = root / "wheels"
    first = lock(root, thing=wheel(wheels, "thing", ""))
    second = root / "second.txt"
    second.write_text(first.read_text("utf-8") + f"apart==1.0 --hash=sha256:{wheel(wheels, 'apart', '')}\n", "utf-8")
    wheel(wheels, "thing", "", "2.0")
    found = prepared(root, arm("new", thing="2.0"), second)
    assert (found.facts["thing"], found.facts["apart"]) == ("2.0", "1.0")


def test_a_version_that_cannot_be_had_is_said_and_leaves_nothing(root: Path) -> None:
    lock(root, thing=wheel(root / "wheels", "thing", ""))
    (root / "wheels" / "thing-3.0.tar.gz").write_bytes(b"its source, which would want a compiler")
    with pytest.raises(TargetError, match=r"new: thing==3\.0 cannot be had as a ready-made wheel"):
        prepared(root, arm("new", thing="3.0"))
    assert environments(root) == []


def test_a_version_is_named_as_the_package_names_it(root: Path) -> None:
    lock(root, thing=wheel(root / "wheels", "thing", ""))
    wheel(root / "wheels", "thing", "", "2.0")
    with pytest.raises(TargetError, match=r'what was installed for thing==2 is "2\.0" by its own word; name this'):
        prepared(root, arm("new", thing="2"))
    assert environments(root) == []


def test_the_other_packages_are_checked_against_the_lock(root: Path) -> None:
    wheels = root / "wheels"
    lock(root, thing=wheel(wheels, "thing", ""), other="0" * 64)
    wheel(wheels, "other", "")
    wheel(wheels, "thing", "", "2.0")
    with pytest.raises(TargetError, match=r"pip could not install lock\.txt(.|\n)*(?i:hash)"):
        prepared(root, arm("new", thing="2.0"))
    assert environments(root) == []


def test_a_version_that_the_lock_knows_is_checked_against_the_lock(root: Path) -> None:
    wheel(root / "wheels", "thing", "")
    lock(root, thing="0" * 64)
    with pytest.raises(TargetError, match=r"thing==1\.0 cannot be had(.|\n)*(?i:hash)"):
        prepared(root, arm("new", thing="1.0"))


def test_what_a_lock_has_for_others_only_is_no_package_of_the_environment(root: Path) -> None:
    wheel(root / "wheels", "thing", "", "2.0")
    text = f"thing==1.0 ; sys_platform == 'none' \\\n    --hash=sha256:{'0' * 64}\n"
    (root / "lock.txt").write_text(text, encoding="utf-8")
    with pytest.raises(TargetError, match="thing is no package of its environment: the lock has it for other systems"):
        prepared(root, arm("new", thing="2.0"))
    assert environments(root) == []


@pytest.mark.parametrize("peers", [False, True])
def test_a_package_that_the_environment_does_not_have_is_refused_with_those_that_it_has(
    tmp_path: Path, peers: bool
) -> None:
    asked = Arm(python=Path(sys.executable), label="new", packages={"nunpy": "2.0"})
    with pytest.raises(TargetError, match=r"nunpy is no package of its .*; did you mean numpy\? Possible: ") as found:
        prepare(asked, root=tmp_path, lock=LOCKS[0], peers=LOCKS[1] if peers else None, say=print)
    few = "Possible: numpy; with --peers also those of the other libraries"
    assert str(found.value).endswith(", zict, zipp" if peers else few)
    assert environments(tmp_path) == []


@pytest.mark.parametrize("name", ["pyperf", "psutil"])
def test_what_measures_is_the_same_for_every_arm(tmp_path: Path, name: str) -> None:
    with pytest.raises(TargetError, match=f"--arm new=.*: {name} is how the study measures"):
        prepare(arm("new", **{name: "2.0"}), root=tmp_path, lock=LOCKS[0], say=print)


def test_the_locks_requirement_is_kept_but_for_its_version_and_known_hashes(root: Path) -> None:
    forked = (
        "thing==1.0 ; python_full_version < '3.15' \\\n    --hash=sha256:aa \\\n    --hash=sha256:ab\n    # via x\n"
        "thing==2.0 ; python_full_version >= '3.15' \\\n    --hash=sha256:ba\n    # via x\n"
        "thing-more==2.0 --hash=sha256:ca\n"
    )
    path = root / "lock.txt"
    path.write_text(forked, encoding="utf-8")
    young, old = "; python_full_version >= '3.15'", "; python_full_version < '3.15'"
    assert packages.requirement("thing", "3.0", [path, path]) == f"thing==3.0 {old}\nthing==3.0 {young}\n"
    assert packages.requirement("thing", "2.0", [path]) == (
        f"thing==2.0 {old} --hash=sha256:ba\nthing==2.0 {young} --hash=sha256:ba\n"
    )
    assert packages.requirement("thing-more", "1.0", [path]) == "thing-more==1.0\n"


def test_the_studys_own_locks_are_read_whole() -> None:
    for path in LOCKS:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "==" in line.split(" ")[0]]
        pins = list(packages._pins([path]))
        assert [f"{pin.name}=={pin.version}" for pin in pins] == [line.split(" ")[0] for line in lines]
        assert all(pin.hashes for pin in pins)
        assert sum(bool(pin.marker) for pin in pins) == sum(" ; " in line for line in lines)
