"""What `selfbench` says of the fixed plan. Its timings themselves are no matter for a test."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from study import evidence, plan, sections
from study.errors import ResultsError
from study.lab import fleet_scale, selfbench
from study.lab.fleet_scale import Cost
from study.sections.allocations import Allocation
from tests.made_up_run import run


@pytest.mark.parametrize(
    ("ends", "kept"),
    [((0.81, 1.0), True), ((0.7, 0.79), False), ((0.7, 0.97), None), (None, None)],
    ids=["kept", "broken", "cannot be told", "of too few rounds"],
)
def test_a_plan_is_as_good_as_promised_or_the_promise_is_broken_by_its_whole_interval(
    ends: tuple[float, float] | None, *, kept: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Allocation(noise_class="compute", cells=9, optimal_values=2, relative_efficiency=0.76, ends=ends)
    unknown = Allocation(noise_class="start", cells=1, reason="too few cells")
    monkeypatch.setattr(evidence, "study_of", lambda *_, **__: SimpleNamespace(subject=run(())))
    monkeypatch.setattr(
        sections.allocations, "pooled_allocations", lambda _, values: [known, unknown] if values == plan.VALUES else []
    )
    first, second = selfbench._efficiency(Path("anywhere"))
    assert first.kept is kept
    assert "76 % as efficient as the optimum of 2 values" in first.words
    assert second.kept is None
    assert "too few cells" in second.words


def test_a_plan_that_nobody_followed_yet_breaks_the_promise_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise ResultsError("there is no run")

    monkeypatch.setattr(evidence, "study_of", none)
    (figure,) = selfbench._efficiency(Path("anywhere"))
    assert (figure.words, figure.kept) == ("efficiency of the plan: there is no run", False)


def test_all_is_well_only_if_every_promise_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = selfbench.Figure("one", kept=True), selfbench.Figure("two", kept=False)
    for name in ("_overhead", "_help", "_report"):
        monkeypatch.setattr(selfbench, name, lambda _: good)
    monkeypatch.setattr(selfbench, "_comparing", lambda _: [])
    monkeypatch.setattr(selfbench, "_fleet", lambda _: [])
    monkeypatch.setattr(selfbench, "_efficiency", lambda _: [bad])
    assert selfbench.report_of_bench(Path("anywhere")) == ("kept    one\n" * 3 + "BROKEN  two", False)
    unknown = selfbench.Figure("three", kept=None)
    monkeypatch.setattr(selfbench, "_efficiency", lambda _: [unknown])
    assert selfbench.report_of_bench(Path("anywhere")) == ("kept    one\n" * 3 + "open    three", True)


def test_a_report_that_fails_costs_no_other_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> float:
        raise subprocess.CalledProcessError(3, "report")

    monkeypatch.setattr(selfbench, "_wall_s", failing)
    figure = selfbench._report(Path("anywhere"))
    assert not figure.kept
    assert figure.words == "the report ends with 3: `python -m study report` says why"


TEN = Cost(10, 10, 0.5, 1, 1)


@pytest.mark.parametrize(
    ("many", "broken"),
    [
        (Cost(1000, 1000, 29.0, 900 << 20, 9_000_000), ()),
        (Cost(1000, 1000, 31.0, 900 << 20, 9_000_000), (0,)),
        (Cost(1000, 1000, 29.0, 1100 << 20, 9_000_000), (1,)),
        (Cost(1000, 1, 29.0, 900 << 20, 11_000_000), (2,)),
    ],
    ids=["kept", "slow", "large", "heavy"],
)
def test_a_report_over_a_thousand_runs_has_a_time_a_memory_and_a_page(
    many: Cost, broken: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet_scale, "costs", lambda _: (TEN, many))
    figures = selfbench._fleet(Path("anywhere"))
    assert [number for number, figure in enumerate(figures) if not figure.kept] == list(broken)


def test_a_report_that_grows_faster_than_its_runs_breaks_its_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = TEN._replace(wall_s=0.2)
    monkeypatch.setattr(fleet_scale, "costs", lambda _: (quick, Cost(1000, 1000, 21.0, 1, 1)))
    assert [figure.kept for figure in selfbench._fleet(Path("anywhere"))] == [False, True, True]
