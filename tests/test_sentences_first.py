"""Every question and every topic begins with a sentence that answers, or says that nothing was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.elements import has_class, text_of

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
    asked = {
        name: section
        for name, section in page.sections.items()
        if has_class(section, "topic") or section.find("p[@class='eyebrow']") is not None
    }
    assert len(asked) >= 20
    for name, section in asked.items():
        first = first_words(section)
        assert first.tag == "strong" or has_class(first, "told") or has_class(first, "empty"), name
        said = text_of(first)
        assert 20 < len(said) < LONGEST, (name, said)
        if has_class(first, "empty"):
            assert not section.findall(".//figure"), name
            assert not section.findall(".//table"), name
