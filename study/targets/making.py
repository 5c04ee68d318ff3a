"""A thin environment is made: `venv`, then pip from a lock, without what has no ready-made wheel for the interpreter."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from study.errors import TargetError
from study.targets import asking

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from study.targets.asking import Said

REDUCED = "reduced-lock.txt"
WITHOUT: Mapping[str, str] = {
    "numpy": "the cells that need it are skipped",
    "psutil": "pyperf does without it",
}
"""What an interpreter can be studied without, and what follows. Only ready-made wheels of these are taken: a build from
source takes minutes and a compiler, and makes another library than the others measure."""
READY_MADE = ",".join(WITHOUT)
EVERYTHING = ":all:"
"""Of which packages pip takes nothing but wheels: its own words."""
_NAME = re.compile(r"[^A-Za-z0-9._-]")
"""What a requirement's name ends at."""
_REMARK = re.compile(r"\s+#\s+(?:via\s+)?([A-Za-z0-9._-]+)")
_ABSENT = re.compile(r"No matching distribution found for ([A-Za-z0-9._-]+?)(?:==|\s|$)")


def make(base: Path, folder: Path, inside: Path, lock: Path, *, name: str, say: Callable[[str], None]) -> None:
    """Make the environment anew: what a broken earlier attempt left is removed first.

    Parameters
    ----------
    base : the interpreter, outside any environment.
    folder, inside : the environment, and the interpreter in it.
    lock : the requirements file with hashes that is installed.
    name : the interpreter's short name, for what is said.

    Raises
    ------
    TargetError
        if the environment cannot be made, or what cannot be done without cannot be installed.
    """
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetError(f"{folder} cannot be made anew: {error.strerror}. Remove it, or free the space") from None
    made = asking.run([str(base), "-m", "venv", str(folder)], asking.environment())
    if made.returncode:
        raise TargetError(f"{name}: its environment cannot be made (python -m venv).{made.tail}")
    left_out: list[str] = []
    installed = install(inside, lock)
    while installed.returncode:
        absent = [each for each in _ABSENT.findall(installed.text) if each in WITHOUT and each not in left_out]
        if not absent:
            raise TargetError(
                f"{name}: pip could not install {lock.name}; if the network is there, this Python may have no ready-made"
                f" wheels and no compiler.{installed.tail}"
            )
        left_out += absent
        reduced = folder / REDUCED
        reduced.write_text(without(lock.read_text(encoding="utf-8"), left_out), encoding="utf-8")
        installed = install(inside, reduced, "--no-deps")  # a lock is complete; what is left out must not come back
    for each in left_out:
        say(f"{name}: there is no ready-made wheel of {each} for it here; {WITHOUT[each]}")


def add(inside: Path, folder: Path, lock: Path, *, name: str, say: Callable[[str], None]) -> None:
    """Install a second lock as far as it is ready-made for this interpreter; what is not, and what needs that, is left out.

    Parameters
    ----------
    inside, folder, lock, name, say : as in `make`.
    """
    text = lock.read_text(encoding="utf-8")
    missed: list[str] = []
    installed = install(inside, lock, ready_made=EVERYTHING)
    while installed.returncode:
        absent = [each for each in _ABSENT.findall(installed.text) if each not in missed]
        if not absent:
            say(f"{name}: {lock.name} could not be installed; what needs it is skipped.{installed.tail}")
            return
        missed += absent
        reduced = folder / REDUCED
        reduced.write_text(without(text, with_dependents(text, missed)), encoding="utf-8")
        installed = install(inside, reduced, "--no-deps", ready_made=EVERYTHING)
    if missed:
        needing = sorted(with_dependents(text, missed) - {*missed})
        also = f", nor {', '.join(needing)}, which need it" if needing else ""
        say(f"{name}: no ready-made wheel of {', '.join(missed)} for it here{also}; cells of these are skipped")


def install(inside: Path, lock: Path, *options: str, ready_made: str = READY_MADE) -> Said:
    """Install a lock into an environment, every file checked against its hash."""
    words = ["install", "--no-input", "--disable-pip-version-check", "--quiet", "--require-hashes", *options]
    wheels = ["--only-binary", ready_made]
    return asking.run([str(inside), "-m", "pip", *words, *wheels, "-r", str(lock)], asking.environment())


def with_dependents(lock: str, names: Collection[str]) -> set[str]:
    """These and all that a lock names as needing them (`# via`), directly or not."""
    found = set(names)
    needed_by: dict[str, set[str]] = {}
    for line in lock.splitlines():
        if not line[:1].isspace() and line[:1] not in {"#", ""}:
            needed_by[_NAME.split(line, maxsplit=1)[0].lower()] = dependents = set()
        elif remark := _REMARK.match(line):
            dependents.add(remark[1].lower())
    while more := {name for known in found for name in needed_by.get(known, ()) if name in needed_by} - found:
        found |= more
    return found


def without(lock: str, names: Collection[str]) -> str:
    """A lock's text without the requirements of these names, their hashes and remarks."""
    kept, keep = [], True
    for line in lock.splitlines(keepends=True):
        if not line[:1].isspace():
            keep = _NAME.split(line, maxsplit=1)[0].lower() not in names
        if keep:
            kept.append(line)
    return "".join(kept)
