"""The modules that are sections, found by their names: here those of one section each, in `questions/` what experiments ask."""

from __future__ import annotations

import functools
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from types import ModuleType

    from study.blocks import Panel, Record
    from study.evidence import Evidence

_HERE = Path(__file__).parent
_QUESTIONS = "questions"


class Question(Protocol):
    """A module of `study/sections/questions/`; some have `files(study)` or `tables(evidence)` too, tuples of them."""

    __name__: str
    RECORD: Record

    def panels(self, evidence: Evidence) -> tuple[Panel, ...]:
        """Every figure of one target."""

    def __hash__(self) -> int:
        """Every module has one: what is made of it once is kept under it."""


@functools.cache
def sections() -> tuple[ModuleType, ...]:
    """All, in the order of the report. Only this package's own files are looked at; modules without `RECORD` help."""
    paths = [*_HERE.glob("*.py"), *(_HERE / _QUESTIONS).glob("*.py")]
    names = [
        ".".join(path.relative_to(_HERE).with_suffix("").parts) for path in sorted(paths) if path.stem != "__init__"
    ]
    found = [import_module(f"study.sections.{name}") for name in names]
    return tuple(
        sorted((module for module in found if hasattr(module, "RECORD")), key=lambda module: module.RECORD.order)
    )


def questions() -> tuple[Question, ...]:
    """What experiments and claims may ask, in the order of the report."""
    return tuple(cast("Question", module) for module in sections() if module.__name__.split(".")[-2] == _QUESTIONS)


def identity_of(question: Question) -> str:
    """The question's place in the page, which is the module's name."""
    return question.__name__.rpartition(".")[2]
