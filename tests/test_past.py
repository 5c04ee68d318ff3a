"""Machines over time on the page: strips, bands and what changed; and a sudden change, told once on page one. All made up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from study.evidence import study_of
from study.forms import History
from study.sections import report_of
from study.sections.past import figures, histories_of, sudden
from tests.kept_runs import EPYC, PYTHON, XEON, several

if TYPE_CHECKING:
    from study.evidence import Study

ROOT = Path(__file__).parent.parent
AFTER = {**EPYC, "kernel": "7.0"}


def read(results: Path) -> Study:
    return study_of(results, ROOT, lock_digest="")


def slower(results: Path) -> None:
    """Six runs, then six under another kernel that take 1.3 times as long."""
    several(results, 6)
    several(results, 6, begin=7, facts=AFTER, factors=1.3)


def test_a_sudden_change_is_told_with_its_day_its_size_and_what_else_changed(tmp_path: Path) -> None:
    slower(tmp_path)
    said = sudden(read(tmp_path))
    assert re.match(r"Since 2026-01-07 runs of cpython-3\.11\.7 on laptop take 1\.(29|30?|31)×", said)
    assert "kernel: 6.18 / 7.0" in said


def test_it_stands_on_page_one_once_and_leads_to_the_figure(tmp_path: Path) -> None:
    slower(tmp_path)
    study = read(tmp_path)
    report = report_of(study)
    marks = [badge for badge in report.badges if badge[1].startswith("Since ")]
    assert marks == [("warn", sudden(study), "#across")]
    (across,) = [section for section in report.sections if section.id == "across"]
    assert any(isinstance(block, History) and block.id == "history-1" for block in across.blocks)


def test_a_machine_that_stood_still_is_told_nothing_of(tmp_path: Path) -> None:
    several(tmp_path, 8)
    study = read(tmp_path)
    assert sudden(study) == ""
    (figure,) = figures(histories_of(study))
    assert figure.title == "8 runs of cpython-3.11.7 on laptop: no change of level"
    assert figure.changed == ()


def test_what_happened_to_another_machine_is_not_page_one_s_matter(tmp_path: Path) -> None:
    several(tmp_path, 5, "mine", begin=20)
    several(tmp_path, 6, "theirs", facts=XEON)
    several(tmp_path, 6, "theirs", begin=7, facts={**XEON, "kernel": "7.0"}, factors=1.3)
    study = study_of(tmp_path, ROOT, "mine", lock_digest="")
    assert sudden(study) == ""
    mine, theirs = figures(histories_of(study))
    assert "mine" in mine.title
    assert theirs.title.startswith("Since 2026-01-07 runs of")


def test_of_several_changes_page_one_tells_the_newest(tmp_path: Path) -> None:
    slower(tmp_path)
    several(tmp_path, 6, begin=13, facts={**AFTER, "kernel": "7.1"}, factors=0.8)
    assert sudden(read(tmp_path)).startswith("Since 2026-01-13 ")


def test_a_figure_has_a_strip_for_each_kind_a_dot_for_each_run_and_a_line_where_a_fact_changed(tmp_path: Path) -> None:
    slower(tmp_path)
    (figure,) = figures(histories_of(read(tmp_path)))
    assert [track.name.partition(" (")[0] for track in figure.tracks] == [
        "all cells", "plain loop", "process start", "threads", "pools and maps", "messages",
    ]  # fmt: skip
    assert {len(track.levels) for track in figure.tracks} == {12}
    assert figure.changed == (6,)
    assert figure.notes == ("1, 7 January 2026: kernel: 6.18 / 7.0 (before / after).",)
    every = figure.tracks[0]
    assert [(steady.begin, steady.end) for steady in every.steady] == [(0, 6), (6, 12)]
    assert 1.2 < (every.levels[-1].point or 0.0) < 1.4
    assert PYTHON in figure.caption
    names = [names for names, _ in figure.numbers]
    assert len(names) == len(set(names)) == 6 * 12


def test_fewer_than_five_runs_are_no_history(tmp_path: Path) -> None:
    several(tmp_path, 4)
    study = read(tmp_path)
    assert histories_of(study) == ()
    assert sudden(study) == ""
