"""The modules that are sections, found by their names: here those of one section each, in `questions/` what experiments ask."""

from __future__ import annotations

import ast
import functools
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

from study.reports import Record
from study.things.questions import QUESTIONS

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import Evidence

_HERE = Path(__file__).parent
_QUESTIONS = "questions"
_PACKAGE = __name__.rpartition(".")[0]
_RECORD = re.compile(r"^RECORD\b", re.MULTILINE)
_MOST_LINES = 20
"""Of a record in a file."""


class Question(Protocol):
    """A module of `study/sections/questions/`; some have `files(study)`, `tables(evidence)` or `beside(evidence)` too.

    All are tuples: `beside` has the figures that stand in the report of other runs too, among a few that say that they do not.
    """

    __name__: str
    RECORD: Record

    def panels(self, evidence: Evidence) -> tuple[Panel, ...]:
        """Every figure of one target."""


@functools.cache
def sections() -> tuple[ModuleType, ...]:
    """All, in the order of the report. Only this package's own files are looked at; modules without `RECORD` help.

    For one that cannot be imported, or has no record of its own, a module with its record stands there, whose `section`
    raises what came instead.
    """
    found: list[ModuleType] = []
    lost: list[tuple[str, str, Exception]] = []
    for path in sorted([*_HERE.glob("*.py"), *(_HERE / _QUESTIONS).glob("*.py")]):
        text = path.read_text(encoding="utf-8", errors="replace")
        if _RECORD.search(text):
            name = ".".join((_PACKAGE, *path.relative_to(_HERE).with_suffix("").parts))
            try:
                found.append(_with_record(import_module(name)))
            except Exception as error:  # noqa: BLE001 - of whatever kind: the report goes on without it, and says so
                lost.append((name, text, error))
    stand_ins = [_stand_in(name, _written(text) or _next_to(name, found), error) for name, text, error in lost]
    return tuple(sorted([*stand_ins, *found], key=_order))


def asked() -> tuple[Question, ...]:
    """What experiments and claims may ask, in the order of the report."""
    return tuple(cast("Question", module) for module in sections() if _is_question(module))


def questions() -> tuple[Question, ...]:
    """Those of them that have figures: all that can be imported."""
    return tuple(question for question in asked() if hasattr(question, "panels"))


def identity_of(question: Question) -> str:
    """The question's place in the page, which is the module's name."""
    return place_of(question.__name__)


def place_of(module: str) -> str:
    """A section's place in the page: its module's name, which has no underscore there but where experiments ask for it."""
    *_, package, name = module.split(".")
    return name if package == _QUESTIONS else name.replace("_", "-")


def _is_question(module: ModuleType) -> bool:
    return module.__name__.split(".")[-2] == _QUESTIONS


def _order(module: ModuleType) -> int:
    return cast("Record", module.RECORD).order


def _with_record(module: ModuleType) -> ModuleType:
    if not _is_record(record := getattr(module, "RECORD", None)):
        raise TypeError(f"its RECORD is {record!r}")
    return module


def _is_record(record: object) -> bool:
    """Whether a section can be placed and named by it."""
    kinds = {"order": int, "name": str, "title": str, "reader": str}
    return isinstance(record, Record) and all(isinstance(getattr(record, word), kinds[word]) for word in kinds)


def _stand_in(name: str, record: Record, error: Exception) -> ModuleType:
    """What stands in the place of a module."""

    def section(_: object) -> NoReturn:
        raise error

    module = ModuleType(name)
    module.RECORD, module.section = record, section  # type: ignore[attr-defined]
    return module


def _written(text: str) -> Record | None:
    """The record as it stands in a file that cannot be imported; None where it cannot be read there."""
    begun = _RECORD.search(text)
    lines = text[begun.start() :].splitlines()[:_MOST_LINES] if begun else []
    for number in range(1, len(lines) + 1):
        try:
            (statement,) = ast.parse("\n".join(lines[:number])).body
            call: Any = statement
            record = Record(**{word.arg: ast.literal_eval(word.value) for word in call.value.keywords})
        except SyntaxError:
            continue  # it ends further down
        except (AttributeError, TypeError, ValueError):
            return None
        return record if _is_record(record) else None
    return None


def _next_to(name: str, found: list[ModuleType]) -> Record:
    """The record of a module whose own cannot be read: a question stands beside its neighbour by name, all else comes last."""
    place = place_of(name)
    if not _is_question(ModuleType(name)):
        last = max(map(_order, found), default=0)
        return Record(order=last + 1, name=place, title=f"What {place} would say")
    known = {place_of(module.__name__): _order(module) for module in found if _is_question(module)}
    number = [question.lower() for question in QUESTIONS].index(place)
    before, after = (
        [known[question.lower()] for question in questions if question.lower() in known]
        for questions in (QUESTIONS[:number], QUESTIONS[number + 1 :])
    )
    asked_as = QUESTIONS[number]
    return Record(
        order=before[-1] + 1 if before else next(iter(after), 0),
        name=asked_as,
        title=f"What {asked_as} would say",
        reader=asked_as,
        always=asked_as != place,
    )
