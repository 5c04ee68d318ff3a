"""What is told reaches a terminal as text, whatever programs printed."""

from __future__ import annotations

import io

import pytest

from study import terminal


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("plain\nlines", "plain\nlines"),
        ("a\ttab", "a       tab"),
        ("red \x1b[31m", r"red \x1b[31m"),
        ("over\rwritten", r"over\rwritten"),
        ("right \u202eto left", r"right \u202eto left"),
        ("12\u202f345 values", "12 345 values"),
    ],
)
def test_no_sign_that_a_terminal_would_obey_gets_through(text: str, told: str) -> None:
    stream = io.StringIO()
    terminal.say(text, stream)
    assert stream.getvalue() == f"{told}\n"
