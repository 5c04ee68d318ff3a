"""What the committed report may be at most: pixels, bytes, and how far down a reader's answers stand. In a real browser."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import Browser, Page, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

INDEX = Path(__file__).parent.parent / "report" / "index.html"
WIDE, NARROW = 1280, 400
MOST_PX, MOST_BYTES, MOST_PLAIN_BYTES = 25_000, 1_000_000, 6 << 20
FIRST_PICTURE_PX, SCREEN_PX, ANSWERS_PX = 900, 1250, 2500
ASKED = {
    "worth it at all": "[data-shown] .reply .headline",
    "how much faster": "[data-shown] .reply .headline",
    "threads or processes": "#first-gil",
    "how many workers": "[data-shown] .reply dl",
    "which chunk size": "[data-shown] .reply dl",
    "what arguments cost": "[data-shown] [data-calculator]",
    "does starting a pool matter": "[data-shown] .reply dl",
    "total time": "[data-shown] .reply .headline",
    "Pool or ProcessPoolExecutor": "[data-shown] .reply dl",
    "which start method": "[data-shown] figure[id^=first-life]",
    "the code to write": "[data-shown] .reply pre",
    "memory of a worker": "#numbers",
    "my machine": "#choose",
}
"""What a developer asks -> what answers it near the top."""
TEXTS = "[...document.querySelectorAll('.picture svg text')].filter((it) => it.checkVisibility())"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("browser") / "profile") as browser:
        yield browser


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """The committed page, as a reader of 1280 pixels has it."""
    with browser.page(INDEX) as page:
        page.size(WIDE, 900)
        yield page


def top(page: Page, selector: str) -> float:
    """How far down the first of these stands that is seen."""
    found = f"[...document.querySelectorAll({selector!r})].find((it) => it.checkVisibility())"
    value = page.evaluate(
        f"(() => {{ const it = {found}; return it ? it.getBoundingClientRect().top + scrollY : null; }})()"
    )
    assert value is not None, selector
    return float(value)


def test_the_page_is_no_longer_and_no_heavier_than_it_may_be(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollHeight") < MOST_PX
    assert len(gzip.compress(INDEX.read_bytes())) < MOST_BYTES
    assert INDEX.stat().st_size < MOST_PLAIN_BYTES


def test_a_picture_stands_on_the_first_screen(page: Page) -> None:
    assert top(page, "figure svg") < FIRST_PICTURE_PX


def test_the_first_screen_holds_all_that_decides(page: Page) -> None:
    cards = "[...document.querySelectorAll('.card')].filter((it) => it.checkVisibility())"
    assert page.evaluate(f"{cards}.length") >= 5
    assert page.evaluate(f"Math.max(...{cards}.map((it) => it.getBoundingClientRect().bottom + scrollY))") <= SCREEN_PX


@pytest.mark.parametrize("width", [NARROW, 768, WIDE, 1920])
def test_nothing_is_wider_than_the_window(browser: Browser, width: int) -> None:
    with browser.page(INDEX) as page:
        page.size(width, 900)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("loop", ["ms=0.02&KiB=1", "ms=100&KiB=0", "ms=100&KiB=5000", "ms=0.01&KiB=8000"])
def test_the_ring_goes_where_the_loop_lies_and_stays_on_the_map_with_its_name(
    browser: Browser, width: int, loop: str
) -> None:
    ring = "[...document.querySelectorAll('[data-shown] [data-of=\"your loop\"]')].find((it) => it.checkVisibility())"
    boxes = f"[{ring}, {ring}.ownerSVGElement].map((it) => it.getBoundingClientRect().toJSON())"
    with browser.page(INDEX) as first, browser.page(INDEX, fragment=f"#?{loop}") as page:
        for found in (first, page):
            found.size(width, 900)
        before, _ = first.evaluate(boxes)
        moved, around = page.evaluate(boxes)
    assert (before["x"], before["y"]) != (moved["x"], moved["y"])
    assert around["left"] <= moved["left"] < moved["right"] <= around["right"]
    assert around["top"] <= moved["top"] < moved["bottom"] <= around["bottom"]


@pytest.mark.parametrize(("said", "is_told"), [("#?n=10000", False), ("#?n=50", True)])
def test_a_map_of_another_number_of_items_than_the_reader_s_says_so(browser: Browser, said: str, is_told: bool) -> None:
    with browser.page(INDEX, fragment=said) as page:
        page.size(WIDE, 900)
        caption = page.evaluate(
            "document.querySelector('[data-shown] figure:has(svg[data-items]) figcaption').textContent"
        )
    assert "10\u202f000 items" in caption
    assert ("Your loop has 50 items: the answer speaks of them, this map does not." in caption) is is_told


@pytest.mark.parametrize("selector", ASKED.values(), ids=ASKED.keys())
def test_each_of_a_developer_s_questions_is_answered_near_the_top(page: Page, selector: str) -> None:
    assert top(page, selector) < ANSWERS_PX


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_label_of_a_figure_is_cut_stands_outside_or_on_another(browser: Browser, width: int) -> None:
    with browser.page(INDEX) as page:
        page.size(width, 900)
        page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
        assert page.evaluate(f"{TEXTS}.filter((it) => it.textContent.includes('…')).length") == 0
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(OVERLAPS) == []


OUTSIDE = f"""{TEXTS}.filter((it) => {{
    const [box, around] = [it.getBoundingClientRect(), it.ownerSVGElement.getBoundingClientRect()];
    return box.width && (box.left < around.left - 1 || box.right > around.right + 1
        || box.top < around.top - 1 || box.bottom > around.bottom + 1);
}}).map((it) => [it.closest('figure')?.id, it.textContent])"""
OVERLAPS = f"""(() => {{
    const bySvg = Map.groupBy({TEXTS}.filter((it) => it.getBoundingClientRect().width), (it) => it.ownerSVGElement);
    const found = [];
    for (const [svg, texts] of bySvg) {{
        const boxes = texts.map((it) => [it, it.getBoundingClientRect()]);
        for (const [index, [one, a]] of boxes.entries()) {{
            for (const [other, b] of boxes.slice(index + 1)) {{
                const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (wide > 2 && high > 4) found.push([svg.closest('figure')?.id, one.textContent, other.textContent]);
            }}
        }}
    }}
    return found;
}})()"""


def test_every_figure_has_two_rows_of_no_one_name(page: Page) -> None:
    rows: list[list[Any]] = page.evaluate(
        "[...document.querySelectorAll('figure[id]')].map((it) => [it.id, [...it.querySelectorAll('details tbody tr')]"
        ".map((row) => [...row.cells].slice(0, -2).map((cell) => cell.textContent.trim()).join(' | '))])"
    )
    for figure, names in rows:
        assert len(names) == len(set(names)), (figure, [name for name in names if names.count(name) > 1])


def test_every_verdict_with_a_number_says_what_was_needed(page: Page) -> None:
    verdicts = page.evaluate(
        "[...document.querySelectorAll('p.line, .verdict')]"
        ".map((it) => [it.querySelector('.decision').textContent, it.textContent])"
    )
    assert len(verdicts) >= 6
    for decision, text in verdicts:
        assert "needed" in text.lower() or "cannot be decided" in decision, text


def test_the_bar_has_at_most_eight_entries_and_each_leads_somewhere(page: Page) -> None:
    entries = page.evaluate("[...document.querySelectorAll('.bar > li > a')].map((it) => it.getAttribute('href'))")
    assert 5 <= len(entries) <= 8
    for href in entries:
        if href.startswith("#"):
            assert page.evaluate(f"!!document.getElementById({href[1:]!r})"), href
        else:
            assert re.fullmatch(r"[a-z-]+\.html", href)
            assert (INDEX.parent / href).is_file()
