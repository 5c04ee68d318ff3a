"""How a report is cited: from the citation file and the run, the same everywhere."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from study.sections.cited import CITATION, cited, day

if TYPE_CHECKING:
    from study.evidence import Study

ROOT = Path(__file__).parent.parent
RUN = SimpleNamespace(
    machine="box", targets=("cpython-3.13", "cpython-3.14"), id="20261127t055523z-a2a45813", commit="3661c07",
    finished="2026-11-27T06:53:00Z",
)  # fmt: skip


def study_in(root: Path) -> Study:
    return cast("Study", SimpleNamespace(subject=RUN, root=root))


def test_what_is_cited_is_the_study_and_the_run() -> None:
    found = cited(study_in(ROOT))
    assert (found.machine, found.interpreters, found.run, found.commit) == (
        "box",
        "cpython-3.13, cpython-3.14",
        RUN.id,
        RUN.commit,
    )
    assert found.date == "27 November 2026"
    assert found.work == "Parallel Python: a reproducible performance study"
    assert found.authors == "the project's authors"
    assert found.licence == "MIT"
    assert "multiprocessing" in found.keywords
    assert found.version.count(".") == 2


def test_without_a_citation_file_only_the_run_is_named(tmp_path: Path) -> None:
    found = cited(study_in(tmp_path))
    assert (found.work, found.authors, found.version, found.licence, found.keywords) == ("", "", "", "", ())
    assert found.run == RUN.id


def test_several_authors_are_all_named_and_other_lists_are_not_mixed_in(tmp_path: Path) -> None:
    text = 'title: "A study"\nauthors:\n  - name: A\n  - name: "B C"\nkeywords:\n  - one\n  - two\n'
    (tmp_path / CITATION).write_text(text, encoding="utf-8")
    found = cited(study_in(tmp_path))
    assert (found.work, found.authors, found.keywords) == ("A study", "A, B C", ("one", "two"))


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-07T23:59:59Z", "7 November 2026"),
        ("2026-03-01T00:00:00+00:00", "1 March 2026"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_day_is_said_in_words(moment: str, said: str) -> None:
    assert day(moment) == said
