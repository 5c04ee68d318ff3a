"""The page as axe-core judges it: no violation at the width of a telephone and of a desk, light and dark, folded and open."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from study.report import write_report
from study.reports import Section
from tests import synthetic_report, synthetic_screen
from tests.browser import Browser, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
"""The engine itself, as a package of Python carries it (MPL-2.0); nothing of it is part of the study."""
JUDGED = """axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map((rule) =>
    [rule.id, rule.impact, rule.nodes.slice(0, 3).map((node) => node.target.join(' '))]))"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("browser") / "profile") as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Every type of block, the first screen, a table on a page of its own, and one of which any two rows are compared."""
    del browser
    blocks = write_report(synthetic_report.report(), out=tmp_path_factory.mktemp("blocks")).html
    screen = write_report(synthetic_screen.report(), out=tmp_path_factory.mktemp("screen")).html
    sheet = replace(synthetic_screen.sheet(rows=40), file="machines.html", two=synthetic_screen.any_two())
    last = Section(id="runs", name="Runs", title="Runs", part="How sure", blocks=(sheet,))
    runs = replace(synthetic_screen.report(), sections=(last,))
    whole = write_report(runs, out=tmp_path_factory.mktemp("runs")).html
    return blocks, screen, screen.with_name("cells.html"), whole.with_name("machines.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("opened_folds", [False, True], ids=["folded", "open"])
@pytest.mark.parametrize("number", [0, 1, 2, 3], ids=["blocks", "first screen", "sheet", "runs"])
def test_nothing_violates_a_rule(
    browser: Browser, pages: tuple[Path, ...], number: int, opened_folds: bool, width: int, scheme: str
) -> None:
    with browser.page(pages[number]) as page:
        page.media(prefers_color_scheme=scheme)
        page.size(width, 900)
        if opened_folds:
            page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
        page.evaluate(AXE)  # spoken to the browser, not loaded by the page: its policy would refuse that
        assert page.evaluate(JUDGED) == []
