"""What a reader is told of a question: its answer, what else to know, plain words, and which figure stands first.

A question's words stand beside it, in `questions/<place>_words.py`, as functions of the evidence; those of a topic that has no
such module are in `topics`, and its answer is the finding of its first figure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from study.sections.topics import TOPICS, Topic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from study.blocks import Panel
    from study.evidence import Evidence
    from study.forms import Form

_QUESTIONS = Path(__file__).parent / "questions"
_NOTHING = Topic((), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Of one question on one target.

    Attributes
    ----------
    lead : ids of the figures that can stand first, by rank.
    answer, lede : computed sentences; '' where there is nothing to say them of.
    plain : paragraphs for one who is learning.
    printed : file name of a program -> what it prints.
    figure : one of its own that stands first, before all of these; None for none.
    """

    lead: tuple[str, ...] = ()
    answer: str = ""
    lede: str = ""
    plain: tuple[str, ...] = ()
    printed: Mapping[str, str] = field(default_factory=dict)
    figure: Form | None = None


def words_of(evidence: Evidence, place: str) -> Words:
    """Of the question of that place in the page."""
    topic, module = TOPICS.get(place, _NOTHING), _module(place)
    if module is None:
        return Words(lead=topic.lead, plain=topic.plain)
    return Words(
        lead=getattr(module, "LEAD", topic.lead),
        answer=_begun(module.answer(evidence)),
        lede=module.lede(evidence),
        plain=module.plain(evidence) if hasattr(module, "plain") else topic.plain,
        printed=module.printed(evidence) if hasattr(module, "printed") else {},
        figure=module.figure(evidence) if hasattr(module, "figure") else None,
    )


def _begun(answer: str) -> str:
    return f"{answer[:1].upper()}{answer[1:]}"


def _module(place: str) -> ModuleType | None:
    """The module of its words; None where it has none."""
    name = f"{place}_words"
    if not (_QUESTIONS / f"{name}.py").is_file():
        return None
    return import_module(f"{__name__.rpartition('.')[0]}.{_QUESTIONS.name}.{name}")


def lead_of(panels: Sequence[Panel], wanted: Sequence[str]) -> Panel | None:
    """The figure that stands first: the first that is wanted, else the first, of those that show something."""
    shown = {panel.id: panel for panel in panels if not panel.reason and not panel.null}
    ranked = (shown[identity] for identity in wanted if identity in shown)
    return next(ranked, next(iter(shown.values()), None))
