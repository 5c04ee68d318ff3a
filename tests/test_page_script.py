"""The page in a real browser: its script, its policy, its links, narrow and dark, and all of it without the script."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, NamedTuple

import pytest

from study.report import write_report
from tests import synthetic_report as synthetic
from tests.browser import Browser, Page, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = "[...document.querySelectorAll('table.data')]"
FILTERED = "document.querySelector('table.filterable')"
INPUT = "document.querySelector('input[type=search]')"
MARK = "[...document.querySelectorAll('[data-tip]')].find((mark) => mark.checkVisibility())"
TIP = "document.getElementById('tip')"
SHOWN = f"[...{FILTERED}.tBodies[0].rows].filter((row) => row.checkVisibility()).map((row) => row.textContent)"
ORDINARY, NARROW = (1200, 900), (390, 844)


def rendered(folder: Path) -> Path:
    """The page of the synthetic report with one section more: the only place here that knows how a page is made."""
    return write_report(synthetic.long_report(), out=folder).html


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("browser") / "profile") as browser:
        yield browser


@pytest.fixture(scope="module")
def html(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After the browser: without one nothing need be rendered."""
    return rendered(tmp_path_factory.mktemp("page"))


@pytest.fixture
def page(browser: Browser, html: Path) -> Iterator[Page]:
    """The page, freshly loaded. Whatever a test does to it, the browser must have nothing to complain of."""
    with browser.page(html) as page:
        yield page
        assert page.complaints() == []


class Cell(NamedTuple):
    row: str  # the whole row's text
    text: str
    sort: str | None

    @property
    def word(self) -> str:
        return self.text.strip() if self.sort is None else self.sort

    @property
    def number(self) -> float:
        try:
            return float(self.word)
        except ValueError:
            return math.nan


class Column(NamedTuple):
    """One column of one table, by number."""

    page: Page
    table: int
    number: int

    @property
    def head(self) -> str:
        return f"{DATA}[{self.table}].tHead.rows[0].cells[{self.number}]"

    @property
    def cells(self) -> list[Cell]:
        of_row = (
            f"[row.textContent, row.cells[{self.number}].textContent, row.cells[{self.number}].dataset.sort ?? null]"
        )
        read = self.page.evaluate(f"[...{DATA}[{self.table}].tBodies[0].rows].map((row) => {of_row})")
        return [Cell(*values) for values in read]

    def press(self) -> list[Cell]:
        """The column's cells after pressing its head."""
        self.page.evaluate(f"{self.head}.querySelector('button').click()")
        return self.cells


def columns(page: Page, *, numbers: bool) -> list[Column]:
    kinds = page.evaluate(
        f"{DATA}.map((table) => [...table.tHead.rows[0].cells].map((head) => head.classList.contains('num')))"
    )
    return [Column(page, i, j) for i, table in enumerate(kinds) for j, kind in enumerate(table) if kind is numbers]


def by_number(cells: list[Cell], *, down: bool) -> list[Cell]:
    """In the order of the numbers, equal ones as they stood; what has none comes last both ways."""
    there = [cell for cell in cells if not math.isnan(cell.number)]
    missing = [cell for cell in cells if math.isnan(cell.number)]
    return sorted(there, key=lambda cell: -cell.number if down else cell.number) + missing


def test_numbers_are_sorted_by_what_they_are_worth_both_ways_and_what_is_missing_comes_last(page: Page) -> None:
    some_missing = text_says_otherwise = 0
    for column in columns(page, numbers=True):
        before = column.cells
        up = column.press()
        down = column.press()
        assert up == by_number(before, down=False), column
        assert down == by_number(up, down=True), column
        some_missing += 0 < sum(math.isnan(cell.number) for cell in up) < len(up)
        text_says_otherwise += up != sorted(before, key=lambda cell: cell.text)
    assert some_missing
    assert text_says_otherwise


def test_a_number_says_what_it_is_sorted_by(page: Page) -> None:
    for column in columns(page, numbers=True):
        for cell in column.cells:
            assert cell.sort is not None or not any(map(str.isdigit, cell.text)) or cell.text.isdigit(), cell


def test_words_are_sorted_as_a_dictionary_does_both_ways_and_blanks_come_last(page: Page) -> None:
    changed = 0
    page.evaluate(
        f"[0, 2].forEach((row) => {FILTERED}.tBodies[0].rows[row].cells[0].replaceWith(document.createElement('td')))"
    )
    for column in columns(page, numbers=False):
        before, up, down = ([cell.word for cell in cells] for cells in (column.cells, column.press(), column.press()))
        words, blanks = [word for word in before if word], [word for word in before if not word]
        dictionary = page.evaluate(f"{json.dumps(words)}.sort((a, b) => a.localeCompare(b))")
        assert up == dictionary + blanks, column
        assert down == dictionary[::-1] + blanks, column
        changed += up != before
    assert changed


def test_only_the_column_last_pressed_says_how_it_is_sorted(page: Page) -> None:
    table = columns(page, numbers=True)[0].table
    heads = f"{DATA}[{table}].tHead.rows[0].cells"
    sorts = f"[...{heads}].map((head) => head.getAttribute('aria-sort'))"
    width = page.evaluate(f"{heads}.length")
    assert page.evaluate(sorts) == [None] * width
    for number in (0, width - 1, 0):
        for word in ("ascending", "descending", "ascending"):
            Column(page, table, number).press()
            assert page.evaluate(sorts) == [word if other == number else None for other in range(width)]


def test_a_head_is_pressed_by_mouse_and_by_key(page: Page) -> None:
    column = next(column for column in columns(page, numbers=True) if len({cell.text for cell in column.cells}) > 2)
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    page.click(f"{column.head}.querySelector('button')")
    assert page.evaluate(f"{column.head}.ariaSort") == "ascending"
    page.press("Enter")
    assert page.evaluate(f"{column.head}.ariaSort") == "descending"
    page.evaluate(f"{column.head}.closest('.scroll').focus()")
    for _ in range(column.number + 1):
        page.press("Tab")
    assert page.evaluate(f"document.activeElement === {column.head}.querySelector('button')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.press("Enter")
    assert page.evaluate(f"{column.head}.ariaSort") == "ascending"


def test_rows_are_filtered_by_every_word_in_any_order_and_all_come_back(page: Page) -> None:
    everything = page.evaluate(SHOWN)
    page.click(INPUT)
    page.write(" Spawn  NBODY ")
    wanted = [row for row in everything if "spawn" in row.lower() and "nbody" in row.lower()]
    assert 0 < len(wanted) < len([row for row in everything if "spawn" in row.lower()])
    assert page.evaluate(SHOWN) == wanted
    page.evaluate(f"{INPUT}.select()")
    page.write("no row says this")
    assert page.evaluate(SHOWN) == []
    page.press("Escape")  # empties a search field
    assert page.evaluate(f"{INPUT}.value") == ""
    assert page.evaluate(SHOWN) == everything


def test_the_filter_does_not_mind_capitals_in_a_row(page: Page) -> None:
    page.evaluate(f"{FILTERED}.tBodies[0].rows[1].cells[0].textContent = 'Lent to NOBODY else'")
    page.click(INPUT)
    page.write("nobody lent")
    assert [row[:19] for row in page.evaluate(SHOWN)] == ["Lent to NOBODY else"]


def test_sorting_leaves_the_filter_alone(page: Page) -> None:
    page.click(INPUT)
    page.write("nbody")
    filtered = page.evaluate(SHOWN)
    assert len(filtered) > 1
    page.evaluate(f"{FILTERED}.tHead.rows[0].cells[0].querySelector('button').click()")
    assert sorted(page.evaluate(SHOWN)) == sorted(filtered)


def test_the_filter_says_what_it_is_for(page: Page) -> None:
    assert page.evaluate(f"{INPUT}.ariaLabel") == "Filter the rows of the table"
    assert page.evaluate("document.querySelectorAll('input').length") == page.evaluate(
        "document.querySelectorAll('table.filterable').length"
    )


@pytest.fixture
def mark(page: Page) -> str:
    """A mark in the middle of the screen, with the pointer over it and its numbers shown."""
    page.move(*page.middle(MARK))
    assert page.evaluate(f"{TIP}.checkVisibility()")
    return MARK


def test_a_mark_says_its_numbers_where_the_pointer_is_and_nowhere_else(page: Page) -> None:
    marks = "[...document.querySelectorAll('figure')]"
    marks += ".flatMap((it) => [...it.querySelectorAll('[data-tip]')].find((mark) => mark.checkVisibility()) ?? [])"
    number_of_marks = page.evaluate(f"{marks}.length")
    assert number_of_marks > 1
    for number in range(number_of_marks):
        assert not page.evaluate(f"{TIP}.checkVisibility()")
        x, y = page.middle(f"{marks}[{number}]")
        page.move(x, y)
        assert page.evaluate(f"{TIP}.checkVisibility()")
        said = page.evaluate(f"{TIP}.textContent")
        assert said == page.evaluate(f"document.elementFromPoint({x}, {y}).closest('[data-tip]').dataset.tip")
        assert any(map(str.isdigit, said))
        page.move(1, 1)


def test_what_a_mark_says_goes_away_with_the_pointer_and_with_escape(page: Page, mark: str) -> None:
    page.press("Escape")
    assert not page.evaluate(f"{TIP}.checkVisibility()")
    page.move(1, 1)
    page.move(*page.middle(mark))
    assert page.evaluate(f"{TIP}.checkVisibility()")
    page.move(-5, -5)
    assert not page.evaluate(f"{TIP}.checkVisibility()")


@pytest.mark.parametrize("distance", [100, 5000])
def test_what_a_mark_says_stays_with_it_when_the_page_scrolls(page: Page, distance: int) -> None:
    page.evaluate(f"{MARK}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
    page.evaluate(f"{MARK}.dispatchEvent(new PointerEvent('pointerover', {{bubbles: true}}))")
    scrolled = (
        f"addEventListener('scroll', () => setTimeout(done)); scrollBy({{top: {distance}, behavior: 'instant'}});"
    )
    page.evaluate(f"new Promise((done) => {{ {scrolled} }})")
    tip, mark = (page.evaluate(f"{it}.getBoundingClientRect().toJSON()") for it in (TIP, MARK))
    assert pytest.approx(8, abs=1) in (mark["top"] - tip["bottom"], tip["top"] - mark["bottom"])


@pytest.mark.parametrize("width", [ORDINARY[0], NARROW[0]])
@pytest.mark.parametrize("where", ["start", "center", "end"])
def test_what_a_mark_says_stands_within_the_window(page: Page, width: int, where: str) -> None:
    page.size(width, 500)
    seen = "[...document.querySelectorAll('[data-tip]')].filter((mark) => mark.checkVisibility())"
    boxes = page.evaluate(f"""{seen}.map((mark) => {{
        mark.scrollIntoView({{block: '{where}', inline: 'center', behavior: 'instant'}});
        mark.dispatchEvent(new PointerEvent('pointerover', {{bubbles: true}}));
        return {TIP}.getBoundingClientRect().toJSON();
    }})""")
    assert len(boxes) > 20
    for box in boxes:
        assert 0 <= box["left"] < box["right"] <= width, box
        assert 0 <= box["top"] < box["bottom"] <= 500, box


FOREIGN = {
    "a script": "it = document.createElement('script'); it.textContent = 'document.title = 1'; document.body.append(it)",
    "a script elsewhere": "it = document.createElement('script'); it.src = 'elsewhere.js'; document.body.append(it)",
    "a handler": "it = document.createElement('p'); it.setAttribute('onclick', 'document.title = 1');"
    "document.body.append(it); it.click()",
    "a style": "it = document.createElement('style'); it.textContent = '* { color: red }'; document.body.append(it)",
    "a picture": "it = document.createElement('img'); it.src = 'elsewhere.png'; document.body.append(it)",
    "a frame": "it = document.createElement('iframe'); it.src = 'elsewhere.html'; document.body.append(it)",
    "a request": "fetch('https://example.invalid/').catch(() => {})",
    "a form": "it = document.createElement('form'); it.action = 'elsewhere.html'; document.body.append(it); it.submit()",
    "a base": "it = document.createElement('base'); it.href = 'https://example.invalid/'; document.head.append(it)",
}


@pytest.mark.parametrize("code", FOREIGN.values(), ids=FOREIGN.keys())
def test_the_policy_lets_the_page_be_and_refuses_what_is_not_its_own(browser: Browser, html: Path, code: str) -> None:
    with browser.page(html) as page:
        title = page.evaluate("document.title")
        colour = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
        assert page.complaints() == []
        refused = (
            "new Promise((done) => addEventListener('securitypolicyviolation', (event) => done(event.blockedURI)))"
        )
        assert page.evaluate(f"{{ let it; const refused = {refused}; {code}; refused }}")
        assert page.evaluate("document.title") == title
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == colour


def test_without_the_script_the_page_says_the_same_and_offers_nothing_that_does_not_work(
    browser: Browser, html: Path, page: Page
) -> None:
    page.evaluate("document.querySelectorAll('.uses').forEach((it) => it.remove())")  # files that only the script makes
    said = page.evaluate("document.body.innerText")
    assert page.evaluate("document.querySelectorAll('button').length") > 0
    with browser.page(html, script=False) as bare:
        assert bare.evaluate("document.body.innerText") == said
        assert bare.evaluate("document.querySelectorAll('button, input, select, #tip, [hidden]').length") == 0
        assert bare.complaints() == []


def test_every_link_within_the_page_brings_its_place_into_sight(page: Page) -> None:
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    links = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].map((link) => link.getAttribute('href'))")
    assert len(links) > 20
    for href in sorted(set(links)):
        page.evaluate("scrollTo(0, 0)")
        page.evaluate(f"document.querySelector('a[href=\"{href}\"]').click()")
        place = f"document.getElementById({href[1:]!r})"
        assert page.evaluate("location.hash") == href
        assert page.evaluate(f"{place}?.checkVisibility()"), href
        top = page.evaluate(f"{place}.getBoundingClientRect().top")
        assert page.evaluate("document.querySelector('nav').getBoundingClientRect().bottom") <= top < ORDINARY[1], href


@pytest.mark.parametrize("script", [True, False], ids=["with the script", "without"])
def test_a_narrow_page_never_scrolls_sideways(browser: Browser, html: Path, *, script: bool) -> None:
    with browser.page(html, script=script) as page:
        page.size(*NARROW)
        for opened_too in ("false", "true"):
            page.evaluate(f"document.querySelectorAll('details').forEach((it) => {{ it.open = {opened_too}; }})")
            assert page.evaluate("[innerWidth, document.documentElement.scrollWidth]") == [NARROW[0], NARROW[0]]


def luminance(colour: str) -> float:
    """Relative luminance of an rgb() colour, by WCAG 2."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, by WCAG 2."""
    dark, light = sorted(map(luminance, (first, second)))
    return (light + 0.05) / (dark + 0.05)


WORDS = "[...document.querySelectorAll('p, td, th, h2, a, small, summary, dt')].filter((it) => !it.closest('.badge'))"
MARKS = "[...document.querySelectorAll('[data-tip], [data-tip] *')].filter((it) => !it.closest('defs'))"
LETTERS = "[...document.querySelectorAll('figure svg text:not(.inside *)')]"
"""Letters on the page; those on a mark have its colour behind them."""


def test_dark_and_light_each_have_their_colours_and_all_is_seen_in_both(page: Page) -> None:
    seen: dict[str, set[str]] = {}
    for scheme in ("light", "dark"):
        page.media(prefers_color_scheme=scheme)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (luminance(ground) < 0.1) is (scheme == "dark")
        for elements, what, least in ((WORDS, "color", 4.5), (LETTERS, "fill", 4.5), (MARKS, "stroke", 3.0)):
            colours = set(page.evaluate(f"{elements}.map((it) => getComputedStyle(it).{what})")) - {"none"}
            assert colours
            assert {colour for colour in colours if contrast(colour, ground) < least} == set(), (scheme, elements)
            seen.setdefault(scheme, set()).update(colours)
    assert seen["light"].isdisjoint(seen["dark"])


def test_paper_has_neither_navigation_nor_fields_to_fill_in(page: Page) -> None:
    shown = "[...document.querySelectorAll('nav, input, .permalink')].filter((it) => it.checkVisibility()).length"
    assert page.evaluate(shown) > 0
    page.media("print", prefers_color_scheme="dark")
    assert page.evaluate(shown) == 0
    assert luminance(page.evaluate("getComputedStyle(document.body).color")) < 0.1
