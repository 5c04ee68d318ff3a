"""What is told of the reader's own errors and values: in one line, and their type where they cannot even be shown."""

from __future__ import annotations

import inspect

import pytest

from study.advise.probe.refused import LONGEST_TEXT, LONGEST_VALUE, in_one_line, shown, signature_in_words
from tests.advise.functions.misbehave import SpeechlessError, Unshown, harmless, takes_two_and_unshown


def test_a_value_that_cannot_be_shown_is_told_by_its_type() -> None:
    with pytest.raises(RuntimeError, match="no words"):
        repr(Unshown())
    assert shown(Unshown()) == "a Unshown"
    assert shown(7) == "7"


def test_an_error_that_cannot_be_shown_is_told_by_its_type() -> None:
    with pytest.raises(RuntimeError, match="no words"):
        str(SpeechlessError(7))
    assert in_one_line(SpeechlessError(7)) == "SpeechlessError"


def test_a_signature_with_a_default_that_cannot_be_shown_is_told_by_its_names() -> None:
    with pytest.raises(RuntimeError, match="no words"):
        str(inspect.signature(takes_two_and_unshown))
    assert signature_in_words(inspect.signature(takes_two_and_unshown)) == "(first, second, more)"
    assert signature_in_words(inspect.signature(harmless)).startswith("(item: ")


def test_a_long_value_and_a_long_error_are_cut_and_of_several_lines_the_first_is_told() -> None:
    assert len(shown("x" * 1000)) == LONGEST_VALUE
    assert len(in_one_line(ValueError("x" * 1000))) == LONGEST_TEXT
    assert in_one_line(ValueError("\n first\nsecond")) == "ValueError: first"
    assert in_one_line(ValueError()) == "ValueError"
