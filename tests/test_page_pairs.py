"""The choice of any two runs in a real browser: wide and narrow, by keys, from an address, without a script, among very many."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study.evidence import study_of
from study.evidence.subject import MANY
from study.report import write_report
from study.sections import across
from tests import synthetic_report
from tests.browser import Browser, Page, opened
from tests.kept_runs import CELLS, EPYC, FACTS, PYTHON, XEON, kept, several

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
NEWER = "cpython-3.12.1"
SELECTS = "[...document.querySelectorAll('.anytwo select')]"
CHECK = "document.querySelector('.anytwo input[type=checkbox]')"
LIVE = "document.querySelector('.anytwo .standing').textContent"
PAIR = "document.querySelector('.anytwo .pair')"
WIDTHS = pytest.mark.parametrize("width", [400, 1280])


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("browser") / "profile") as browser:
        yield browser


def made(results: Path, out: Path) -> Path:
    """The page of what lies in these results, with this section alone."""
    section = across.section(study_of(results, ROOT, lock_digest=""))
    assert section is not None
    return write_report(replace(synthetic_report.report(), sections=(section,)), out=out).html


@pytest.fixture(scope="module")
def few(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three machines, two interpreters on one; the first one's kernel changed once."""
    del browser
    folder = tmp_path_factory.mktemp("few")
    several(folder / "r", 3)
    several(folder / "r", 3, begin=4, facts={**EPYC, "kernel": "7.0"})
    kept(folder / "r", "tower", 1, facts=XEON, factors={"start": 1.5, "messages": 0.5})
    both = {PYTHON: FACTS, NEWER: {**FACTS, "version": "3.12.1"}}
    kept(folder / "r", "desk", 1, facts={**EPYC, "logical_cpus": 4}, targets=both)
    kept(folder / "r", "desk", 2, facts={**EPYC, "logical_cpus": 4}, source="f" * 16)
    return made(folder / "r", folder / "o")


@pytest.fixture(scope="module")
def many(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run more than stand on the report's own page."""
    del browser
    folder = tmp_path_factory.mktemp("many")
    for number in range(MANY + 1):
        facts = {**EPYC, "cpu_model": f"Processor {number:02}"}
        kept(folder / "r", f"machine-{number:02}", 1, facts=facts, cells=CELLS[:6])
    return made(folder / "r", folder / "o").with_name("machines.html")


@pytest.fixture
def page(browser: Browser, few: Path) -> Iterator[Page]:
    with browser.page(few) as page:
        yield page
        assert page.complaints() == []


def choose(page: Page, number: int, start: str, target: str = PYTHON) -> str:
    """Choose the first side whose name begins and ends so; its name."""
    options = page.evaluate(f"[...{SELECTS}[{number}].options].map((option) => option.value)")
    (value, *_) = [option for option in options if option.startswith(start) and option.endswith(f"@{target}")]
    page.evaluate(
        f"{SELECTS}[{number}].value = {json.dumps(value)}; {SELECTS}[{number}].dispatchEvent(new Event('change'))"
    )
    return str(value)


def address(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(2)))")
    return found


def test_the_report_s_own_run_stands_against_another_machine_until_others_are_chosen(page: Page) -> None:
    assert page.evaluate(f"{SELECTS}.length") == 2
    assert page.evaluate(f"{SELECTS}.every((it) => it.labels[0].textContent)")
    first, second = page.evaluate(f"{SELECTS}.map((it) => it.selectedOptions[0].parentElement.label)")
    assert first != second
    assert "Two machines" in page.evaluate(LIVE)
    assert page.evaluate(f"{PAIR}.querySelector('.facts strong') !== null")
    assert address(page) == {}


@pytest.mark.parametrize("apart", ["side.hardware !== found.sides[0].hardware", "side === found.sides[0]"])
def test_the_first_pair_that_is_shown_can_be_compared_where_any_can(page: Page, apart: str) -> None:
    """One of simulated times can be compared with none that was measured."""
    page.evaluate(
        "window.found = Object.values(data.pairs)[0], found.sides ="
        f" found.sides.map((side) => ({{...side, simulated: {apart}}})), window.pair = begunWith(found)"
    )
    assert page.evaluate("standingOf(found, ...pair).standing") != "not comparable"
    assert page.evaluate("pair[0].simulated") == page.evaluate("pair[1].simulated") is False


def test_machines_are_groups_of_which_none_stands_twice(page: Page) -> None:
    labels = page.evaluate(f"[...{SELECTS}[0].querySelectorAll('optgroup')].map((it) => it.label)")
    assert len(labels) == len(set(labels)) == 3


def test_what_was_chosen_stands_in_the_address_and_is_brought_back_by_it(
    browser: Browser, few: Path, page: Page
) -> None:
    first, second = choose(page, 0, "laptop/20260101"), choose(page, 1, "laptop/20260105")
    page.evaluate(f"{CHECK}.click()")
    assert address(page) == {"a": first, "b": second, "middle": "1"}
    assert "The same machine, and something about it is another" in page.evaluate(LIVE)
    assert page.evaluate(f"{PAIR}.querySelector('.facts').textContent") == "kernel6.18 / 7.0"
    told = page.evaluate(f"{PAIR}.textContent")
    with browser.page(few, fragment=page.evaluate("location.hash")) as other:
        assert other.evaluate(f"{SELECTS}.map((it) => it.value)") == [first, second]
        assert other.evaluate(f"{CHECK}.checked")
        assert other.evaluate(f"{PAIR}.textContent") == told
        assert other.evaluate("scrollY") > 0


def test_the_middle_that_is_taken_off_is_said_and_the_kinds_stay(page: Page) -> None:
    choose(page, 0, "laptop/20260106")
    choose(page, 1, "tower/")
    kinds = "[...document.querySelectorAll('.pair .picture svg')][0].textContent"
    before, groups = page.evaluate(f"{PAIR}.textContent"), page.evaluate(kinds)
    page.evaluate(f"{CHECK}.click()")
    after = page.evaluate(f"{PAIR}.textContent")
    assert "The middle cell is" in before
    assert "taken off" in after
    for kind in ("process start", "messages"):
        assert kind in groups
        assert kind in page.evaluate(kinds)


def test_cells_in_both_are_counted_among_all_and_why_others_are_not(page: Page) -> None:
    choose(page, 0, "laptop/20260106")
    choose(page, 1, "tower/")
    assert f"{len(CELLS)} of {len(CELLS)} cells in both." in page.evaluate(f"{PAIR}.textContent")
    choose(page, 1, "desk/20260102")
    assert page.evaluate(LIVE).endswith("measure both with one version of the study.")
    assert f"0 of {len(CELLS)} cells in both ({len(CELLS)} timed by other programs)." in page.evaluate(
        f"{PAIR}.textContent"
    )
    assert page.evaluate("document.querySelectorAll('.pair svg').length") == 0


def test_two_interpreters_of_one_run_are_said_to_share_their_rounds(page: Page) -> None:
    choose(page, 0, "desk/20260101")
    choose(page, 1, "desk/20260101", NEWER)
    assert "same rounds of one run" in page.evaluate(LIVE)


def test_one_against_itself_is_refused(page: Page) -> None:
    choose(page, 0, "tower/")
    choose(page, 1, "tower/")
    assert page.evaluate(LIVE) == "Choose two that differ."
    assert page.evaluate(f"{PAIR}.childElementCount") == 0


def test_a_machine_that_both_have_is_named_once(page: Page) -> None:
    choose(page, 0, "laptop/20260101")
    choose(page, 1, "laptop/20260105")
    machine = page.evaluate(f"{SELECTS}[0].selectedOptions[0].parentElement.label")
    assert page.evaluate(LIVE).count(machine) == 1
    choose(page, 1, "tower/")
    assert page.evaluate(LIVE).count(machine) == 1
    assert " over " in page.evaluate(LIVE)


def test_nothing_is_called_and_the_command_that_may_call_is_named(page: Page) -> None:
    first, second = choose(page, 0, "laptop/20260106"), choose(page, 1, "tower/")
    told = page.evaluate("document.querySelector('.anytwo').textContent")
    assert f"nox -s compare -- {first} {second}" in told
    for word in ("slower", "faster", "called different", "significant"):
        assert word not in told.replace("just slower", "")


def test_every_ratio_is_a_row_that_can_be_sorted_and_filtered(page: Page) -> None:
    choose(page, 1, "tower/")
    rows = f"[...{PAIR}.querySelectorAll('tbody tr')]"
    assert page.evaluate(f"{rows}.length") == len(CELLS)
    page.evaluate(f"{PAIR}.querySelectorAll('details').forEach((it) => {{ it.open = true; }})")
    page.evaluate(f"(() => {{ const it = {PAIR}.querySelector('input[type=search]'); it.value = 'messages';"
                  "it.dispatchEvent(new Event('input')); })()")  # fmt: skip
    assert page.evaluate(f"{rows}.filter((row) => row.checkVisibility()).length") == 2
    assert "[" in page.evaluate(f"{rows}[0].lastChild.textContent")


def test_the_choices_are_reached_and_seen_by_keys(page: Page) -> None:
    page.evaluate(f"{SELECTS}[0].focus()")
    for wanted in (f"{SELECTS}[1]", CHECK):
        page.press("Tab")
        assert page.evaluate(f"document.activeElement === {wanted}")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert page.evaluate("document.querySelector('.anytwo .standing').getAttribute('aria-live')") == "polite"


@WIDTHS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_window_and_pictures_fit(
    browser: Browser, few: Path, width: int, scheme: str
) -> None:
    with browser.page(few) as page:
        page.media(prefers_color_scheme=scheme)
        page.size(width, 900)
        page.evaluate("document.querySelectorAll('main details').forEach((it) => { it.open = true; })")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        beyond = page.evaluate(
            "[...document.querySelectorAll('.pair svg text')].filter((it) => it.checkVisibility()).filter((it) => {"
            "const [box, around] = [it.getBoundingClientRect(), it.ownerSVGElement.getBoundingClientRect()];"
            "return box.right > around.right + 1 || box.left < around.left - 1; }).map((it) => it.textContent)"
        )
        assert beyond == []
        assert page.complaints() == []


def test_without_a_script_the_first_run_stands_against_each_other_and_nothing_is_offered(
    browser: Browser, few: Path
) -> None:
    with browser.page(few, script=False) as bare:
        assert bare.evaluate("document.querySelector('.anytwo table').checkVisibility()")
        assert bare.evaluate("document.querySelectorAll('.anytwo tbody tr').length") == 10
        assert bare.evaluate("document.querySelectorAll('button, input, select').length") == 0
        assert bare.complaints() == []


def test_among_very_many_the_filter_sifts_the_rows_and_the_choices(browser: Browser, many: Path) -> None:
    with browser.page(many) as page:
        assert page.evaluate(f"{SELECTS}[1].options.length") == MANY + 1
        page.evaluate("(() => { const it = document.querySelector('#sheet input'); it.value = 'machine-1';"
                      "it.dispatchEvent(new Event('input')); })()")  # fmt: skip
        assert page.evaluate("document.querySelector('#sheet [aria-live]').textContent") == f"10 of {MANY + 1} rows"
        chosen = page.evaluate(f"{SELECTS}.map((it) => it.value)")
        for number in range(2):
            values = page.evaluate(f"[...{SELECTS}[{number}].options].map((option) => option.value)")
            assert {value for value in values if not value.startswith("machine-1")} <= {chosen[number]}
        assert address(page) == {"q": "machine-1"}
        second = choose(page, 1, "machine-17")
        assert address(page) == {"q": "machine-1", "a": chosen[0], "b": second}
        assert page.complaints() == []


@WIDTHS
def test_the_page_of_very_many_is_no_wider_than_the_window_and_works_without_a_script(
    browser: Browser, many: Path, width: int
) -> None:
    with browser.page(many) as page:
        page.size(width, 900)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    with browser.page(many, script=False) as bare:
        assert "data/machines.csv" in bare.evaluate("document.querySelector('#without a').getAttribute('href')")
        assert bare.complaints() == []
