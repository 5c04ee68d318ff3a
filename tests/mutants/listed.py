"""The list of small wrong changes, as it stands in the files beside this one, and whether it fits the sources."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


class _Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One change: `old` stands once in the file and becomes `new`; `survives` says why no test can tell."""

    id: str
    what: str
    old: str
    new: str
    tests: list[str] = []
    survives: str = ""


class _Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file, the tests that must tell (of changes without their own), and whether these are slow: then no sample has them."""

    file: str
    mutant: list[_Change]
    tests: list[str] = []
    slow: bool = False


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    source: list[_Source]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A wrong change of one file, and the tests of which one must fail: files, or `file::test`."""

    id: str
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    survives: str = ""
    slow: bool = False

    @property
    def room(self) -> str:
        """The room of `study/` that it is in; templates and the page's script are in that of the report."""
        first, *others = Path(self.file).parts
        return others[0].removesuffix(".py") if first == "study" else first

    @property
    def test_files(self) -> tuple[str, ...]:
        """The files of its tests, each once."""
        return tuple(dict.fromkeys(test.partition("::")[0] for test in self.tests))

    def changed(self, text: str) -> str:
        """The file's text with the change made."""
        return text.replace(self.old, self.new)

    def digest(self, root: Path) -> str:
        """SHA-256 of all that its outcome is taken to depend on: the change, its file and its tests."""
        contents = [(root / path).read_text(encoding="utf-8") for path in (self.file, *self.test_files)]
        return hashlib.sha256(json.dumps([asdict(self), contents]).encode()).hexdigest()


def listed(folder: Path = HERE) -> tuple[Mutant, ...]:
    """Every mutant of the files `*.toml`, in order of files and lines."""
    return tuple(
        Mutant(
            id=change.id,
            what=change.what,
            file=source.file,
            old=change.old,
            new=change.new,
            tests=tuple(change.tests or source.tests),
            survives=change.survives,
            slow=source.slow,
        )
        for path in sorted(folder.glob("*.toml"))
        for source in msgspec.toml.decode(path.read_text(encoding="utf-8"), type=_List).source
        for change in source.mutant
    )


def fault(mutant: Mutant, root: Path = ROOT) -> str:
    """Why the mutant does not fit the sources, or ''."""
    path = root / mutant.file
    if not path.is_file():
        return f"there is no {mutant.file}"
    text = path.read_text(encoding="utf-8")
    if (times := text.count(mutant.old)) != 1:
        return f"its old text stands {times} times in {mutant.file}, and must stand once"
    if mutant.changed(text) == text:
        return "it changes nothing"
    try:
        if path.suffix == ".py":
            compile(mutant.changed(text), mutant.file, "exec")
    except SyntaxError as error:
        return f"it is no Python: {error}"
    missing = [name for name in mutant.test_files if not (root / name).is_file()]
    missing = missing or [name for name in mutant.tests if not _is_there(name, root)]
    return f"there is no {missing[0]}" if missing else "" if mutant.tests else "no test is named"


def _is_there(test: str, root: Path) -> bool:
    """Whether a file has the test that is named in it, if one is."""
    file, _, names = test.partition("::")
    text = (root / file).read_text(encoding="utf-8")
    return all(f"{name.partition('[')[0]}(" in text for name in filter(None, names.split("::")))


def sample(mutants: Sequence[Mutant], count: int, seed: str) -> tuple[Mutant, ...]:
    """So many of the mutants whose tests are fast, spread over the rooms; which ones, the seed decides."""
    draw = random.Random(seed)
    rooms: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        if not mutant.slow and not mutant.survives:
            rooms.setdefault(mutant.room, []).append(mutant)
    order = sorted(rooms)
    draw.shuffle(order)
    for room in order:
        draw.shuffle(rooms[room])
    return tuple(_in_turn([rooms[room] for room in order]))[:count]


def _in_turn(piles: Sequence[Sequence[Mutant]]) -> Iterable[Mutant]:
    """The first of each pile, then the second of each …"""
    for place in range(max(map(len, piles), default=0)):
        yield from (pile[place] for pile in piles if place < len(pile))
