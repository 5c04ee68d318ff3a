"""Packages of an arm at a version of its own in place of the lock's: one wheel each, without what it needs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from study.errors import TargetError, printable
from study.targets import asking, making

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from study.targets.arms import Arm

MEASURES = frozenset({"psutil", "pyperf"})
"""How the study measures: with another version of these two arms would be measured in two ways."""
_PINNED = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(;.*?)?\s*(?:--hash|\\|$)")
"""The first line of a requirement in a lock: name, version, and ';' with what it is for."""
_HASH = re.compile(r"--hash=\S+")
_WORD = re.compile(r"[A-Za-z0-9._-]*[A-Za-z0-9]")
_VERSIONS = """
import importlib.metadata, json
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
answer = {name: version(name) for name in NAMES}
"""


@dataclass(frozen=True, slots=True)
class _Pin:
    """One requirement of a lock; `marker` is '' or begins with ';'."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def check_named(arm: Arm, locks: Sequence[Path], *, peers: bool) -> None:
    """Refuse a package that the arm's environment would not have, and one that measures.

    Parameters
    ----------
    locks : what the environment is made from.
    peers : whether the lock of other libraries is among them.
    """
    known = sorted({pin.name for pin in _pins(locks)} - MEASURES)
    for package in arm.packages:
        if package in MEASURES:
            raise TargetError(f"{arm.asked}: {package} is how the study measures, the same for every arm; leave it out")
        if package not in known:
            near = get_close_matches(package, known, 1)
            hint = f"; did you mean {near[0]}?" if near else "."
            more = "" if peers else "; with --peers also those of the other libraries"
            raise TargetError(
                f"{arm.asked}: {printable(package, 40)} is no package of its environment{hint}"
                f" Possible: {', '.join(known)}{more}"
            )


def exchange(inside: Path, folder: Path, packages: Mapping[str, str], locks: Sequence[Path], *, name: str) -> None:
    """Install the arm's own versions into an environment that has none of these packages yet.

    Only wheels are taken. A version that a lock knows is checked against the lock's hashes, any other one against what the
    index says of its files.

    Parameters
    ----------
    inside, folder, name : as in `making.fill`.
    packages : name -> version.

    Raises
    ------
    TargetError
        if a version cannot be had.
    """
    for package, version in packages.items():
        wanted = folder / f"{package}.txt"
        wanted.write_text(requirement(package, version, locks), encoding="utf-8")
        said = making.install(inside, wanted, "--no-deps", ready_made=making.EVERYTHING, hashed=False)
        if said.returncode:
            raise TargetError(
                f"{name}: {package}=={version} cannot be had as a ready-made wheel for it; name another version, or see"
                f" whether the network is there.{said.tail}"
            )


def requirement(package: str, version: str, locks: Sequence[Path]) -> str:
    """What stands in the locks of a package, at another version; with the hashes that a lock has of this one."""
    pins = [pin for pin in _pins(locks) if pin.name == package]
    hashes = dict.fromkeys(found for pin in pins if pin.version == version for found in pin.hashes)
    markers = dict.fromkeys(pin.marker for pin in pins)
    return "".join(" ".join(filter(None, [f"{package}=={version}", marker, *hashes])) + "\n" for marker in markers)


def check_installed(inside: Path, packages: Mapping[str, str], *, name: str, say: Callable[[str], None]) -> None:
    """Ask the environment which versions it has: these very ones. What then lacks something, or is lacking, is said.

    Raises
    ------
    TargetError
        if it has another version, or none.
    """
    questions = f"NAMES = {list(packages)!r}\n{_VERSIONS}"
    versions, said = asking.ask(inside, questions, asking.environment(), isolated=True)
    if versions is None:
        raise TargetError(f"{name}: its environment does not say which versions it has.{said.tail}")
    for package, version in packages.items():
        there = versions.get(package)
        if there is None:
            raise TargetError(
                f"{name}: {package} is no package of its environment: the lock has it for other systems or versions of"
                " Python; leave it out"
            )
        if there != version:
            raise TargetError(
                f"{name}: what was installed for {package}=={version} is {printable(json.dumps(there), 40)} by its own"
                " word; name this"
            )
    for line in asking.run([str(inside), "-m", "pip", "check"], asking.environment()).text.splitlines():
        if {word.lower() for word in _WORD.findall(line)} & packages.keys():
            say(f"{name}: {printable(line)}")


def _pins(locks: Sequence[Path]) -> Iterator[_Pin]:
    for lock in locks:
        for block in re.split(r"^(?=[^\s#])", lock.read_text(encoding="utf-8"), flags=re.MULTILINE):
            if pinned := _PINNED.match(block.partition("\n")[0]):
                package, version, marker = pinned.groups()
                yield _Pin(package.lower(), version, marker or "", tuple(_HASH.findall(block)))
