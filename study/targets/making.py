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


def bare(base: Path, folder: Path, *, name: str) -> None:
    """Make an environment with nothing in it: what a broken earlier attempt left is removed first.

    Parameters
    ----------
    base : the interpreter, outside any environment.
    folder : the environment.
    name : the interpreter's short name, for what is said.

    Raises
    ------
    TargetError
        if the environment cannot be made.
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


def fill(
    inside: Path, folder: Path, lock: Path, *, but: Collection[str] = (), name: str, say: Callable[[str], None]
) -> None:
    """Install a lock into a bare environment.

    Parameters
    ----------
    inside, folder : the interpreter in the environment, and the environment.
    lock : the requirements file with hashes that is installed.
    but : packages of the lock that stay as they are in the environment.
    name : the interpreter's short name, for what is said.

    Raises
    ------
    TargetError
        if what cannot be done without cannot be installed.
    """
    left_out: list[str] = []
    installed = _install_but(inside, folder, lock, but)
    while installed.returncode:
        absent = [each for each in _ABSENT.findall(installed.text) if each in WITHOUT and each not in left_out]
        if not absent:
            raise TargetError(
                f"{name}: pip could not install {lock.name}; if the network is there, this Python may have no ready-made"
                f" wheels and no compiler.{installed.tail}"
            )
        left_out += absent
        installed = _install_but(inside, folder, lock, {*but, *left_out})
    for each in left_out:
        say(f"{name}: there is no ready-made wheel of {each} for it here; {WITHOUT[each]}")


def add(
    inside: Path, folder: Path, lock: Path, *, but: Collection[str] = (), name: str, say: Callable[[str], None]
) -> None:
    """Install a second lock as far as it is ready-made for this interpreter; what is not, and what needs that, is left out.

    Parameters
    ----------
    inside, folder, lock, but, name, say : as in `fill`.
    """
    text = lock.read_text(encoding="utf-8")
    missed: list[str] = []
    installed = _install_but(inside, folder, lock, but, ready_made=EVERYTHING)
    while installed.returncode:
        absent = [each for each in _ABSENT.findall(installed.text) if each not in missed]
        if not absent:
            say(f"{name}: {lock.name} could not be installed; what needs it is skipped.{installed.tail}")
            return
        missed += absent
        left_out = {*but, *with_dependents(text, missed)}
        installed = _install_but(inside, folder, lock, left_out, ready_made=EVERYTHING)
    if missed:
        needing = sorted(with_dependents(text, missed) - {*missed})
        also = f", nor {', '.join(needing)}, which need it" if needing else ""
        say(f"{name}: no ready-made wheel of {', '.join(missed)} for it here{also}; cells of these are skipped")


def _install_but(
    inside: Path, folder: Path, lock: Path, names: Collection[str], *, ready_made: str = READY_MADE
) -> Said:
    """Install a lock without these packages: it is complete, and what is left out must not come back as needed by others."""
    if not names:
        return install(inside, lock, ready_made=ready_made)
    reduced = folder / REDUCED
    reduced.write_text(without(lock.read_text(encoding="utf-8"), names), encoding="utf-8")
    return install(inside, reduced, "--no-deps", ready_made=ready_made)


def install(inside: Path, lock: Path, *options: str, ready_made: str = READY_MADE, hashed: bool = True) -> Said:
    """Install a requirements file into an environment, every file checked against its hash unless it is told otherwise."""
    words = ["install", "--no-input", "--disable-pip-version-check", "--quiet", *options]
    hashes = ["--require-hashes"] if hashed else []
    wheels = ["--only-binary", ready_made]
    return asking.run([str(inside), "-m", "pip", *words, *hashes, *wheels, "-r", str(lock)], asking.environment())


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
