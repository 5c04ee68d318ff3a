"""The modules that are sections, found by their names: here those of one section each, in `questions/` what experiments ask."""

from __future__ import annotations

import functools
import re
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from study.blocks import Panel, Record
    from study.evidence import Evidence

_HERE = Path(__file__).parent
_QUESTIONS = "questions"
_PACKAGE = __name__.rpartition(".")[0]
_RECORD = re.compile(r"^RECORD\b", re.MULTILINE)


class Question(Protocol):
    """A module of `study/sections/questions/`; some have `files(study)` or `tables(evidence)` too, tuples of them."""

    __name__: str
    RECORD: Record

    def panels(self, evidence: Evidence) -> tuple[Panel, ...]:
        """Every figure of one target."""


def sections() -> tuple[ModuleType, ...]:
    """All that can be imported, in the order of the report."""
    return _imported()[0]


def broken() -> Mapping[str, Exception]:
    """The place of each that cannot be imported, and what came instead."""
    return _imported()[1]


@functools.cache
def _imported() -> tuple[tuple[ModuleType, ...], Mapping[str, Exception]]:
    """Only this package's own files are looked at; modules without `RECORD` help."""
    found: list[ModuleType] = []
    refused: dict[str, Exception] = {}
    for path in sorted([*_HERE.glob("*.py"), *(_HERE / _QUESTIONS).glob("*.py")]):
        if _RECORD.search(path.read_text(encoding="utf-8", errors="replace")):
            name = ".".join((_PACKAGE, *path.relative_to(_HERE).with_suffix("").parts))
            try:
                found.append(import_module(name))
            except Exception as error:  # noqa: BLE001 - of whatever kind: the report goes on without it, and says so
                refused[place_of(name)] = error
    return tuple(sorted(found, key=lambda module: module.RECORD.order)), MappingProxyType(refused)


def questions() -> tuple[Question, ...]:
    """What experiments and claims may ask, in the order of the report."""
    return tuple(cast("Question", module) for module in sections() if module.__name__.split(".")[-2] == _QUESTIONS)


def identity_of(question: Question) -> str:
    """The question's place in the page, which is the module's name."""
    return place_of(question.__name__)


def place_of(module: str) -> str:
    """A section's place in the page: its module's name, which has no underscore there but where experiments ask for it."""
    *_, package, name = module.split(".")
    return name if package == _QUESTIONS else name.replace("_", "-")
