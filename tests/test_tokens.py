"""One source of colours: each is readable on its ground, told apart by every eye, and named alike for page and paper."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from study.draw.tokens import COLOURS, PAPER_SIZES, SIZES, css_variables, typst
from study.things import BACKENDS, CHANNELS, START_METHODS
from study.things.looks import INJECTED, SAME

ROOT = Path(__file__).parent.parent
HUES = ("slate", "magenta", "brown", "violet", "blue", "green", "orange", "grey")
WORDS = ("ink", "second", "third", "link", "yes", "no", "open", "warn", *HUES)
CHIPS = ("yes", "no", "open", "warn")
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")


def parts(colour: str) -> list[float]:
    """Red, green and blue as light, by WCAG 2."""
    assert _HEX.fullmatch(colour)
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, by WCAG 2."""
    lights = sorted(
        sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), parts(one), strict=True)) for one in (first, second)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("token", WORDS)
def test_words_and_marks_can_be_read_on_a_light_and_on_a_dark_page(token: str) -> None:
    assert contrast(COLOURS[token].light, COLOURS["page"].light) >= 4.5
    assert contrast(COLOURS[token].dark, COLOURS["page"].dark) >= 4.5


@pytest.mark.parametrize("token", CHIPS)
def test_a_verdict_can_be_read_on_its_own_ground(token: str) -> None:
    for ends in zip(COLOURS[token], COLOURS[f"{token}-tint"], strict=True):
        assert contrast(*ends) >= 4.5


def test_hues_differ_on_both_pages() -> None:
    for first, second in itertools.combinations(HUES, 2):
        assert COLOURS[first].light != COLOURS[second].light
        assert COLOURS[first].dark != COLOURS[second].dark


def test_every_thing_has_a_hue_and_start_methods_one_each() -> None:
    looks = [backend.look for backend in BACKENDS.values()]
    looks += [channel.look for channel in CHANNELS.values() if channel.look is not None]
    methods = [method.look for method in START_METHODS.values()]
    assert {look.token for look in (*looks, *methods)} <= set(HUES)
    assert {look.token for look in (SAME, INJECTED)} <= set(COLOURS)
    assert len({look.token for look in methods}) == len(methods)


def test_page_and_paper_have_the_same_tokens() -> None:
    css, paper = css_variables(), typst()
    for token, colour in COLOURS.items():
        assert f"--{token}: light-dark({colour.light}, {colour.dark});" in css
        assert f'"{token}": rgb("{colour.light}")' in paper
    assert all(f"--size-{name}: {size:g}px;" in css for name, size in SIZES.items())
    assert all(f'"{name}": {size:g}pt' in paper for name, size in PAPER_SIZES.items())


@pytest.mark.parametrize("name", ["report/static/style.css", "report/pdf.typ"])
def test_no_colour_is_typed_where_the_page_and_the_paper_are_laid_out(name: str) -> None:
    assert not _HEX.findall((ROOT / name).read_text(encoding="utf-8"))


def test_no_colour_is_typed_in_code_but_in_its_one_place() -> None:
    typed = {path.name for path in (ROOT / "study").rglob("*.py") if _HEX.search(path.read_text(encoding="utf-8"))}
    assert typed == {"tokens.py"}


def test_the_page_uses_no_colour_that_there_is_not() -> None:
    used = set(re.findall(r"var\(--([a-z-]+)\)", (ROOT / "report/static/style.css").read_text(encoding="utf-8")))
    assert used <= {*COLOURS, *(f"size-{name}" for name in SIZES), *(f"step-{number}" for number in range(1, 8))}
