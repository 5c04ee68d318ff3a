"""Every question and every topic begins with a sentence that answers, or says that nothing was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.sections import frame
from study.sections.modules import asked
from tests import synthetic_study
from tests.elements import has_class, text_of
from tests.test_sections_of_runs import study

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET

    from tests.page import Page

LONGEST = 260
"""Letters of a sentence that is read at a glance."""


def first_words(section: ET.Element) -> ET.Element:
    """What stands right below the heading: a sentence, or the title of a figure."""
    below = list(section)[[child.tag for child in section].index("h2") + 1]
    titles = [below] if below.tag == "p" else list(below.iter("strong"))
    assert titles, f"{section.find('h2')} begins with {below.tag}"
    return titles[0]


def test_every_question_and_every_topic_begins_with_a_sentence_that_answers(page: Page) -> None:
    questions = {
        name: section
        for name, section in page.sections.items()
        if has_class(section, "topic") or section.find("p[@class='eyebrow']") is not None
    }
    assert len(questions) > 10
    for name, section in questions.items():
        first = first_words(section)
        assert first.tag == "strong" or has_class(first, "told") or has_class(first, "empty"), name
        said = text_of(first)
        assert 20 < len(said) < LONGEST, (name, said)
        if has_class(first, "empty"):
            assert not section.findall(".//figure"), name
            assert not section.findall(".//table"), name


def test_every_question_and_topic_of_a_whole_run_has_an_answer() -> None:
    whole, told = study(synthetic_study.run(2)), list[str]()
    for module in asked():
        section = frame.section(whole, module)
        if section is None:  # of a function of the reader's own
            continue
        told.append(section.name)
        assert 20 < len(section.answer) < LONGEST, (module.__name__, section.answer)
        assert section.answer[0].isupper() or section.answer[0].isdigit(), section.answer
    assert len(told) > 20
