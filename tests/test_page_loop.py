"""The first screen in a real browser: its script answers as Python does, at every place, by keys too, and in the address."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest

from study.report import write_report
from study.screens import Loop
from study.sections.replies import reply_to
from tests import synthetic_screen as synthetic
from tests.browser import Browser, Page, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPLY = "document.querySelector('[data-shown] .reply')"
FIELDS = "[...document.querySelectorAll('[data-shown] .fields input')]"
WORK = "document.querySelector('[data-shown] .fields select')"
CHOICE = "document.querySelector('#choose select')"
LOOPS = tuple(
    Loop(items=items, length_s=length_s, sent_bytes=sent, returned_bytes=back, kind=kind)
    for items, length_s, (sent, back), kind in itertools.product(
        (1, 40, 1000, 123456),
        (0.0, 1e-6, 2e-5, 2e-3, 3e-2, 5.0),
        ((0, 0), (50_000, 0), (1500, 70_000), (10**8, 0)),
        (synthetic.PYTHON, synthetic.WAITING),
    )
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("browser") / "profile") as browser:
        yield browser


@pytest.fixture(scope="module")
def html(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After the browser: without one nothing need be rendered."""
    del browser
    return write_report(synthetic.report(), out=tmp_path_factory.mktemp("page")).html


@pytest.fixture
def page(browser: Browser, html: Path) -> Iterator[Page]:
    """The page, freshly loaded. Whatever a test does to it, the browser must have nothing to complain of."""
    with browser.page(html) as page:
        page.size(1280, 900)
        yield page
        assert page.complaints() == []


def answered(page: Page) -> tuple[str, str]:
    """Class and headline of the answer that is shown."""
    kind, headline = page.evaluate(f"[{REPLY}.className, {REPLY}.querySelector('.headline').textContent]")
    return kind.removeprefix("reply "), headline.replace("\u00a0", " ")


def enter(page: Page, number: int, text: str) -> None:
    """Type into a field of the loop."""
    page.click(f"{FIELDS}[{number}]")
    page.evaluate(f"{FIELDS}[{number}].select()")
    page.write(text)


def test_the_script_answers_every_loop_as_python_does(page: Page) -> None:
    known = synthetic.calculator(text="a text")
    said: list[dict[str, Any]] = page.evaluate(
        f"{json.dumps([asdict(loop) for loop in LOOPS])}.map((loop) => replyTo(data.calculators['place-0'], loop))"
    )
    kinds = set()
    for loop, found in zip(LOOPS, said, strict=True):
        wanted = reply_to(known, loop)
        kinds.add(wanted.pays)
        assert found == {
            "pays": wanted.pays,
            "headline": wanted.headline,
            "parts": [list(part) for part in wanted.parts],
            "aside": [list(part) for part in wanted.aside],
        }, loop
    assert kinds == {"yes", "no", "open"}


def test_what_is_typed_is_answered_and_stands_in_the_address(page: Page) -> None:
    assert answered(page) == (
        reply_to(synthetic.calculator(), synthetic.LOOP).pays,
        synthetic.calculator().reply.headline,
    )
    enter(page, 1, "20")
    wanted = reply_to(synthetic.calculator(), replace(synthetic.LOOP, length_s=0.02))
    assert answered(page) == (wanted.pays, wanted.headline)
    said = page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(2)))")
    assert said == {"at": "place-0", "n": "1000", "ms": "20", "KiB": "0", "back": "0", "work": synthetic.PYTHON}


def test_an_address_brings_back_the_loop_and_the_place(browser: Browser, html: Path, page: Page) -> None:
    page.evaluate(f"{CHOICE}.value = 'place-1'; {CHOICE}.dispatchEvent(new Event('change'))")
    enter(page, 0, "700")
    address = page.evaluate("location.hash")
    headline = answered(page)
    with browser.page(html, fragment=address) as other:
        assert other.evaluate(f"{CHOICE}.value") == "place-1"
        assert other.evaluate(f"{FIELDS}[0].value") == "700"
        assert answered(other) == headline


def test_another_place_takes_the_place_of_the_first_and_comes_back(page: Page) -> None:
    shown = "document.querySelector('[data-shown]').dataset.shown"
    for place in ("place-1", "place-0", "place-1"):
        page.evaluate(f"{CHOICE}.value = '{place}'; {CHOICE}.dispatchEvent(new Event('change'))")
        assert page.evaluate(shown) == place
        assert page.evaluate("document.querySelectorAll('[data-shown] figure').length") == 1
        assert page.evaluate(f"document.querySelector('[data-shown] figure').id === 'first-{place}'")
        assert page.evaluate("document.querySelectorAll('[data-shown] .fields').length") == 1
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((it) => it.id)")
    assert len(ids) == len(set(ids))


def test_a_loop_that_is_no_number_leaves_the_answer_as_it_was(page: Page) -> None:
    before = answered(page)
    for text in ("", "-3"):
        enter(page, 0, text)
        if not text:
            page.evaluate(f"{FIELDS}[0].value = ''; {FIELDS}[0].dispatchEvent(new Event('input'))")
        assert answered(page) == before


def test_the_answer_is_told_to_those_who_hear_the_page(page: Page) -> None:
    assert page.evaluate(f"{REPLY}.getAttribute('aria-live')") == "polite"
    assert page.evaluate("[...document.querySelectorAll('.fields label')].every((it) => it.textContent && it.control)")


def test_without_the_script_the_default_answer_and_every_place_stand_there(browser: Browser, html: Path) -> None:
    with browser.page(html, script=False) as bare:
        said = bare.evaluate("document.body.innerText").replace("\u00a0", " ")
        assert synthetic.calculator().reply.headline in said
        for place in synthetic.places():
            assert place.name in bare.evaluate("document.getElementById('choose').textContent")
        assert bare.evaluate("document.querySelector('.anytwo table').checkVisibility()")
        assert bare.evaluate("document.querySelectorAll('button, input, select, #tip, [hidden]').length") == 0


def test_arrow_keys_go_from_number_to_number_of_a_figure(page: Page) -> None:
    picture = "document.querySelector('[data-shown] .picture')"
    page.evaluate(f"{picture}.focus()")
    tips = f"[...{picture}.children].find((it) => it.checkVisibility()).querySelectorAll('[data-tip]')"
    number = page.evaluate(f"{tips}.length")
    assert number > 3
    for step in range(number):
        press(page, "ArrowRight", 39)
        assert page.evaluate("document.getElementById('tip').textContent") == page.evaluate(
            f"{tips}[{step}].dataset.tip"
        )
    press(page, "ArrowLeft", 37)
    assert page.evaluate("document.getElementById('tip').textContent") == page.evaluate(
        f"{tips}[{number - 2}].dataset.tip"
    )
    page.press("Escape")
    assert not page.evaluate("document.getElementById('tip').checkVisibility()")


def press(page: Page, key: str, code: int) -> None:
    """Press a key that writes nothing."""
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)


def test_the_bar_has_few_entries_says_what_lies_below_and_where_one_is(page: Page) -> None:
    entries = page.evaluate("[...document.querySelectorAll('.bar > li > a')].map((it) => it.textContent)")
    assert len(entries) <= 8
    assert entries[:2] == ["Your loop", "Topics"]
    fold = "document.querySelector('nav details')"
    page.click(f"{fold}.querySelector('summary')")
    assert page.evaluate(f"{fold}.open")
    page.press("Escape")
    assert not page.evaluate(f"{fold}.open")
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'; location.hash = 'second'")
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert page.evaluate("[...document.querySelectorAll('.bar [aria-current]')].map((it) => it.textContent)") == [
        "Topics"
    ]


def test_the_skip_link_is_the_first_that_is_reached_and_leads_to_the_content(page: Page) -> None:
    page.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.press("Enter")
    assert page.evaluate("location.hash") == "#content"


def test_a_figure_as_a_file_has_the_colours_of_the_page_and_needs_nothing_of_it(page: Page) -> None:
    figures = page.evaluate("[...document.querySelectorAll('figure[id]')].filter((it) => it.checkVisibility()).length")
    assert figures == 3
    said = page.evaluate(
        "[...document.querySelectorAll('figure[id]')].filter((it) => it.checkVisibility()).map((it) => asFile(it))"
    )
    for svg in said:
        root = ET.fromstring(svg)  # noqa: S314 - our own
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(" not in svg
        assert "class=" not in svg
        outlines = {element.get("id") for element in root.iter("{http://www.w3.org/2000/svg}path")}
        assert {use.get("href", "")[1:] for use in root.iter("{http://www.w3.org/2000/svg}use")} <= outlines
        assert re.search(r'(?:fill|stroke)="rgb\(', svg)
    buttons = "[...document.querySelectorAll('.uses')].every((it) => it.querySelectorAll('button').length === 2)"
    assert page.evaluate(buttons)


@pytest.mark.parametrize("width", [400, 768, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_at_any_width(browser: Browser, html: Path, width: int, scheme: str) -> None:
    with browser.page(html) as page:
        page.media(prefers_color_scheme=scheme)
        page.size(width, 900)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.evaluate(
            "[...document.querySelectorAll('.picture > div')].filter((it) => it.checkVisibility())"
            ".filter((it) => it.scrollWidth > it.clientWidth + 1).length"
        )
        assert outside == 0


LONG = "CPython 3.14.8 free-threaded, GIL on with the JIT (arm-of-a-branch-with-a-long-name-number-{})"
CUT = """(() => {
    const select = document.querySelector('#choose select');
    const style = getComputedStyle(select);
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = style.font;
    const arrow = 16;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
    return [Math.ceil(pen.measureText(select.selectedOptions[0].textContent).width), room];
})()"""
"""How wide the words of the chosen entry are, and what of the box is theirs."""


@pytest.mark.parametrize("number", [2, 3, 6])
@pytest.mark.parametrize("name", ["CPython 3.14.{}", "CPython 3.14.{} free-threaded with the JIT", LONG])
def test_of_the_chosen_interpreter_no_letter_is_cut(browser: Browser, tmp_path: Path, name: str, number: int) -> None:
    machine, build = "INTEL(R) XEON(R) PROCESSOR @ 2.10GHz, 224 CPUs", "release build of the distribution, PGO not told"
    places = [synthetic.place(at, entry=name.format(at), build=build, machine=machine) for at in range(number)]
    with browser.page(write_report(synthetic.report_of(places), out=tmp_path / "page").html) as page:
        for width in (1280, 1920):
            page.size(width, 900)
            for place in places:
                page.evaluate(f"{CHOICE}.value = '{place.id}'; {CHOICE}.dispatchEvent(new Event('change'))")
                needed, room = page.evaluate(CUT)
                assert needed <= room, (width, place.entry)
                assert page.evaluate("document.querySelector('#choose output').textContent") == f"{machine}, {build}"
                assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.complaints() == []
