"""The page of all cells in a real browser: one filter and sort over all rows, few of which are elements at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from study.report import write_report
from tests import synthetic_screen as synthetic
from tests.browser import Browser, Page, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INPUT = "document.querySelector('input[type=search]')"
SHOWN = "[...document.querySelectorAll('.window tbody tr:not(.space)')]"
FIRST = f"{SHOWN}.map((row) => row.cells[0].textContent)"
HEADS = "[...document.querySelectorAll('.window thead th')]"
SCROLLED = (
    "new Promise((done) => { document.querySelector('.window').scrollTop = TOP;"
    " requestAnimationFrame(() => requestAnimationFrame(done)); })"
)
"""Scrolls so far, and waits until what is in sight then is drawn."""
LEAST_OF = 5
"""Tries of which the shortest is looked at: the others tell of the machine."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("browser") / "profile") as browser:
        yield browser


@pytest.fixture(scope="module")
def html(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After the browser: without one nothing need be rendered."""
    del browser
    return write_report(synthetic.report(), out=tmp_path_factory.mktemp("page")).html.with_name("cells.html")


@pytest.fixture
def page(browser: Browser, html: Path) -> Iterator[Page]:
    with browser.page(html) as page:
        yield page
        assert page.complaints() == []


def sift(page: Page, words: str) -> None:
    page.evaluate(f"{INPUT}.value = {words!r}; {INPUT}.dispatchEvent(new Event('input'))")


def press(page: Page, head: int) -> None:
    page.evaluate(f"{HEADS}[{head}].querySelector('button').click()")


def test_all_rows_are_there_and_few_are_elements(page: Page) -> None:
    assert page.evaluate("document.querySelector('.window table').getAttribute('aria-rowcount')") == str(
        synthetic.ROWS + 1
    )
    assert 10 < page.evaluate(f"{SHOWN}.length") < 100
    high = page.evaluate("document.querySelector('.window').scrollHeight")
    assert high == pytest.approx(32 * (synthetic.ROWS + 1), rel=0.02)


def test_rows_come_into_sight_in_their_order(page: Page) -> None:
    seen: dict[int, str] = {}
    for top in (0, 5000, 31_000, 10**9):
        page.evaluate(SCROLLED.replace("TOP", str(top)))
        rows: list[list[Any]] = page.evaluate(
            f"{SHOWN}.map((row) => [row.getAttribute('aria-rowindex'), row.cells[0].textContent])"
        )
        seen |= {int(index): text for index, text in rows}
    assert all(text.startswith(f"cell {index - 2} ") for index, text in seen.items())
    assert max(seen) == synthetic.ROWS + 1


def test_the_filter_takes_rows_with_every_word_wherever_it_stands(page: Page) -> None:
    sift(page, "SPAWN small 3")
    found = page.evaluate("document.querySelector('[aria-live]').textContent")
    wanted = [number for number in range(synthetic.ROWS) if number % 3 == 0]
    # "3" stands in other numbers of a row too.
    assert found == f"{len([n for n in wanted if '3' in text_of_row(n)])} of {synthetic.ROWS} rows"
    assert page.evaluate("new URLSearchParams(location.hash.slice(2)).get('q')") == "SPAWN small 3"
    sift(page, "nothing has these")
    assert page.evaluate(f"{SHOWN}.length") == 0
    sift(page, "")
    assert (
        page.evaluate("document.querySelector('[aria-live]').textContent")
        == f"{synthetic.ROWS} of {synthetic.ROWS} rows"
    )


def text_of_row(number: int) -> str:
    """What the filter looks at of a row, as far as digits go."""
    from study.report.placed import text_of

    row = synthetic.sheet().table.rows[number]
    return " ".join(f"{text_of(item).text} {text_of(item).small}" for item in row)


def test_numbers_are_sorted_as_numbers_both_ways_and_what_is_missing_is_last(page: Page) -> None:
    press(page, 3)
    assert page.evaluate(FIRST)[:2] == ["cell 0 a text small 0", "cell 1 a text small 1"]
    press(page, 3)
    assert page.evaluate(FIRST)[0].startswith(f"cell {synthetic.ROWS - 1} ")
    assert page.evaluate(f"{HEADS}.map((head) => head.getAttribute('aria-sort'))") == [None, None, None, "descending"]
    press(page, 2)
    for _ in range(2):
        page.evaluate(SCROLLED.replace("TOP", "1e9"))
        last = page.evaluate(f"{SHOWN}.at(-1).cells[2].textContent")
        assert last == "–"
        press(page, 2)


def test_filter_and_sort_of_all_rows_are_done_before_one_notices(page: Page) -> None:
    took = "(() => { const begin = performance.now(); ACT; return performance.now() - begin; })()"
    for act in (
        f"{INPUT}.value = 'spawn small'; {INPUT}.dispatchEvent(new Event('input'))",
        f"{INPUT}.value = ''; {INPUT}.dispatchEvent(new Event('input'))",
        f"{HEADS}[2].querySelector('button').click()",
        f"{HEADS}[0].querySelector('button').click()",
    ):
        times = [page.evaluate(took.replace("ACT", act)) for _ in range(LEAST_OF)]
        assert min(times) < 100, act


def test_without_the_script_the_page_leads_to_the_same_rows_in_a_file(browser: Browser, html: Path) -> None:
    with browser.page(html, script=False) as bare:
        assert "data/numbers.csv" in bare.evaluate("document.querySelector('#without a').getAttribute('href')")
        assert bare.evaluate("document.querySelectorAll('input, button').length") == 0
        assert bare.complaints() == []
