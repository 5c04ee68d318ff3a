"""How much of the study a run is said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from study import config
from study.evidence.coverage import coverage_of
from tests.made import Made
from tests.synthetic_study import ROOT, folder, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.evidence.coverage import Coverage
    from study.store import CellRecord

NUMBER = len({path.stem for path in (ROOT / "experiments").glob("*.toml")} - {"claims", "noise"})
"""Of the experiments that answer a question."""


def covered(measured: Callable[[CellRecord], bool], state: str = "left out", only: str = "") -> Coverage:
    manifest = folder(2, None, only).manifest
    cells = [msgspec.structs.replace(one, state="done" if measured(one) else state) for one in manifest.cells]
    return coverage_of(msgspec.structs.replace(manifest, cells=cells), config.experiments_in(manifest.config))


def test_a_run_of_one_question_is_held_against_all_that_there_are() -> None:
    found = run(2, 0.01, "q3").coverage
    assert found.measured < found.asked
    assert found.asked == run(2, 0.01).coverage.asked > 500
    assert found.which == "q3-floors and q3-process alone"


def test_a_run_of_everything_is_whole_and_what_cannot_exist_is_not_missed() -> None:
    for found in (covered(lambda _: True), covered(lambda one: "loky" not in one.cell, state="skipped")):
        assert found.measured == found.asked
        assert found.which == ""


@pytest.mark.parametrize(
    ("measured", "which"),
    [
        (lambda one: one.tier == "headline", "headline"),
        (lambda one: one.tier != "extended", "headline and core"),
        (lambda one: one.tier != "extended" or one.experiment == "grain", "headline and core and 1 experiment more"),
        (lambda one: one.experiment in {"q3-process", "noise"}, "q3-process alone"),
        (lambda one: one.experiment.startswith(("q2", "q4")), f"7 experiments of {NUMBER}"),
    ],
)
def test_what_was_measured_is_named(measured: Callable[[CellRecord], bool], which: str) -> None:
    found = covered(measured)
    assert found.which == which
    assert 0 < found.measured < found.asked


def test_files_that_cannot_be_expanded_leave_the_count_at_what_the_run_records() -> None:
    manifest = folder(2, None, "q3").manifest
    broken = cast("config.Experiment", Made(id="x", tier="core", question="Q1", skip=[], baseline=None))
    with pytest.raises(AttributeError):
        coverage_of(manifest, [broken])
    text = 'schema = 1\nquestion = "Q1"\ntitle = "t"\ntier = "core"\n[fixed]\npattern = "map"\nbackend = "pool"\n'
    found = coverage_of(manifest, [config.parse_experiment(text, "no-start-method")])
    assert found.measured == found.asked == len(manifest.cells)
