"""A machine with six interpreters of long names, 1500 cells on each: the report stands, and nothing of the choice is cut."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from study.evidence import run_of
from study.report import write_report
from study.sections import report_of
from study.store.outcomes import SESSIONS
from tests import synthetic_study
from tests.browser import opened
from tests.test_page_budgets import MOST_BYTES, MOST_PX, WIDE
from tests.test_page_loop import CHOICE, CUT
from tests.test_sections_of_runs import study

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
FREE: dict[str, Any] = {"free_threaded": True, "config_args": ["--disable-gil", "--enable-optimizations"]}
SIX: dict[str, dict[str, Any]] = {
    "three-fourteen-of-the-distribution": {"implementation": "cpython", "config_args": ["--with-computed-gotos"]},
    "three-fourteen-free-threaded": {"implementation": "cpython", "gil_enabled": False, **FREE},
    "three-fourteen-free-threaded-with-the-lock": {"implementation": "cpython", "gil_enabled": True, **FREE},
    "three-eleven-which-is-the-oldest": {"implementation": "cpython", "version": "3.11.2"},
    "three-fifteen-from-the-branch": {"implementation": "cpython", "version": "3.15.0", "label": "a-branch-of-ours"},
    "another-three-fourteen-of-the-same-kind": {
        "implementation": "cpython",
        "config_args": ["--with-computed-gotos"],
    },
}
CPUS, CELLS = 8, 1500
TIMES = 3
"""A page of one run of six interpreters draws every question for each: so many times as heavy as the committed page at most."""
MORE_PX = 5_000


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nothing is left out, every figure is drawn, and there is a PDF."""
    one = synthetic_study.with_cells(synthetic_study.folder(CPUS, synthetic_study.CALM), CELLS)
    folder = synthetic_study.with_targets(one, SIX)
    assert len(folder.manifest.cells) == len(SIX) * CELLS
    stored = replace(study(run_of(folder)), outcomes=dict.fromkeys(SESSIONS))
    path = tmp_path_factory.mktemp("six")
    report = report_of(stored)
    assert stored.left_out.reasons == ()
    paths = write_report(report, out=path)
    assert paths.not_drawn == ()
    assert paths.pdf is not None, paths.pdf_reason
    return path


def test_the_page_is_no_heavier_than_a_few_of_one_interpreter(out: Path) -> None:
    assert len(gzip.compress((out / "index.html").read_bytes())) < TIMES * MOST_BYTES


def test_the_page_is_not_much_longer_and_no_wider_and_every_interpreter_can_be_chosen(
    out: Path, tmp_path: Path
) -> None:
    with opened(tmp_path / "profile") as browser, browser.page(out / "index.html") as page:
        page.size(WIDE, 900)
        assert page.evaluate("document.documentElement.scrollHeight") < MOST_PX + MORE_PX
        entries = page.evaluate(f"[...{CHOICE}.options].map((it) => it.textContent)")
        assert len(set(entries)) == len(SIX)
        for number in range(len(SIX)):
            page.evaluate(f"{CHOICE}.value = 'place-{number}'; {CHOICE}.dispatchEvent(new Event('change'))")
            needed, room = page.evaluate(CUT)
            assert needed <= room, entries[number]
            assert page.evaluate("document.documentElement.scrollWidth") <= WIDE
        assert page.complaints() == []
