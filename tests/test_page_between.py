"""Any two runs in the browser: what they are to each other, every ratio and interval, as Python compares them, to four digits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from study import stats, store
from study.cell import Cell
from study.compare.cells import levels_of
from study.compare.comparison import Wish, compared
from study.evidence import study_of
from study.report import write_report
from study.sections.sides import Sides, placed
from study.stats import quantiles
from tests import synthetic_screen as synthetic
from tests.browser import Page, opened
from tests.kept_runs import CELLS, EPYC, FACTS, PYTHON, UNPACED, XEON, kept, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.compare.comparison import Comparison
    from study.compare.ladder import Side
    from study.stats import RunComponent

ROOT = Path(__file__).parent.parent
DIGITS = 1e-4
NEWER = "cpython-3.12.1"
BOTH = {PYTHON: FACTS, NEWER: {**FACTS, "version": "3.12.1"}}
LOOPS = tuple(Cell(pattern="map", kernel="fannkuch", tasks=tasks) for tasks in (4, 32))
REST = tuple(cell for cell in CELLS if cell.pattern != "map" or cell.backend == "pool")


EVERY = (*CELLS, *UNPACED)


class Known(NamedTuple):
    """Stored runs as the page has them, and as Python has them, by the names of their sides."""

    told: dict[str, Any]
    sides: dict[str, Side]
    runs: tuple[store.RunSummary, ...]

    def of(self, machine: str, day: str, target: str = PYTHON) -> str:
        """The name of a side."""
        return next(name for name in self.sides if name.startswith(f"{machine}/{day}") and name.endswith(f"@{target}"))


def fill(results: Path) -> None:
    """Six days of a laptop, then another kernel; towers; another compiler, other programs, other CPUs, a strange sampling."""
    several(results, 6, moves=0.03, cells=EVERY)
    several(results, 3, begin=7, facts={**EPYC, "kernel": "7.0"}, factors=1.3, cells=EVERY)
    kept(results, number=10, targets=BOTH, cells=EVERY)
    kept(results, number=11, targets={PYTHON: {**FACTS, "debug": True}})
    kept(results, number=12, values=5)
    kept(results, number=13, source="f" * 16)
    kept(results, "tower", 1, facts=XEON, factors={"start": 1.5, "messages": 0.6}, cells=EVERY)
    kept(results, "server", 1, facts={**XEON, "logical_cpus": 16}, cells=(LOOPS[1], *REST, *UNPACED))
    kept(results, "desk", 1, facts={**EPYC, "logical_cpus": 4}, cells=(LOOPS[0], *REST[:4], *UNPACED))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    results = tmp_path_factory.mktemp("results")
    fill(results)
    study = study_of(results, ROOT, lock_digest="")
    assert study.left_out.reasons == ()
    every = placed(study)
    runs = {place.side.run.name: place.side.run for place in every}
    return Known(Sides(every).told(), {place.side.name: place.side for place in every}, tuple(runs.values()))


@pytest.fixture(scope="module")
def page(known: Known, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("between")
    with opened(folder / "profile") as browser:
        html = write_report(synthetic.report(), out=folder / "page").html
        with browser.page(html) as page:
            page.evaluate(f"globalThis.found = {json.dumps(known.told)}; 0")
            yield page
            assert page.complaints() == []


def said(page: Page, first: str, second: str, *, middle: bool = False) -> dict[str, Any]:
    """What the script says of two sides."""
    against = json.dumps(middle)
    found: dict[str, Any] = page.evaluate(
        f"""(() => {{
        const [a, b] = {json.dumps([first, second])}.map((id) => found.sides.find((side) => side.id === id));
        const {{ standing, why, facts, shared }} = standingOf(found, a, b);
        const ratios = standing === "not comparable" ? {{}} : ratiosOf(found, a, b, shared, {against});
        return {{ standing, why, facts: facts.map(({{ label }}) => label), both: shared.both.length, taken: shared.taken,
            measured: [a.measured, b.measured], ...ratios }};
        }})()"""
    )
    return found


def of(known: Known, first: str, second: str) -> Comparison:
    return compared(known.sides[first], known.sides[second], Wish(), known.runs, dict)


PAIRS = [
    (("laptop", "20260105"), ("laptop", "20260106")),
    (("laptop", "20260106"), ("laptop", "20260105")),
    (("laptop", "20260103"), ("laptop", "20260107")),
    (("laptop", "20260107"), ("laptop", "20260108")),
    (("laptop", "20260106"), ("laptop", "20260110", NEWER)),
    (("laptop", "20260102"), ("tower", "20260101")),
    (("tower", "20260101"), ("laptop", "20260102")),
    (("server", "20260101"), ("desk", "20260101")),
    (("desk", "20260101"), ("server", "20260101")),
    (("laptop", "20260110"), ("laptop", "20260110", NEWER)),
    (("laptop", "20260106"), ("laptop", "20260111")),
    (("laptop", "20260106"), ("laptop", "20260112")),
    (("laptop", "20260106"), ("laptop", "20260113")),
]
"""Machine, day and interpreter of the first and the second."""


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_script_says_what_two_are_to_each_other_and_what_both_have(
    page: Page, known: Known, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    names = known.of(*first), known.of(*second)
    found, wanted = said(page, *names), of(known, *names)
    assert found["standing"] == wanted.comparability.standing
    assert found["facts"] == [
        fact.fact for fact in wanted.comparability.facts if fact.fact not in {"values", "warm-ups"}
    ]
    if found["standing"] != "not comparable":
        assert found["both"] == len(wanted.common.both)
        assert found["measured"][0] - found["taken"] == wanted.common.only_first
        assert found["measured"][1] - found["taken"] == wanted.common.only_second


def test_every_rung_is_among_those_that_are_tried(page: Page, known: Known) -> None:
    standings = {said(page, known.of(*first), known.of(*second))["standing"] for first, second in PAIRS}
    assert standings == {"same machine", "before and after", "two machines", "paired", "not comparable"}


@pytest.mark.parametrize(("first", "second"), PAIRS[:9])
def test_the_script_s_ratios_and_intervals_are_python_s_to_four_digits(
    page: Page, known: Known, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    names = known.of(*first), known.of(*second)
    found, wanted = said(page, *names), of(known, *names)
    ratios = [cell.ratio for cell in wanted.cells]
    assert len(found["ratios"]) == len(ratios) > 0
    for part, values in (
        ("ratio", [ratio.point for ratio in ratios]),
        ("low", [ratio.low for ratio in ratios]),
        ("high", [ratio.high for ratio in ratios]),
    ):
        assert [each[part] for each in found["ratios"]] == pytest.approx(values, rel=DIGITS), part
    assert [each["group"] for each in found["ratios"]] == [
        kind.words for cell in wanted.cells for kind in wanted.kinds if kind.kind == cell.both.kind
    ]
    assert wanted.alike is not None
    assert found["middle"] == pytest.approx(wanted.alike.ratio.point, rel=DIGITS)


def both_known(one: RunComponent, other: RunComponent) -> tuple[RunComponent, RunComponent]:
    """Where only one is known, the machine is taken to move as it did there."""
    return (other, other) if one.assumed else (one, one) if other.assumed else (one, other)


@pytest.mark.parametrize(("first", "second"), PAIRS[:9])
def test_against_the_middle_the_script_takes_off_what_is_common_as_python_does(
    page: Page, known: Known, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    names = known.of(*first), known.of(*second)
    found, wanted = said(page, *names, middle=True), of(known, *names)
    for paced, name in ((True, "component"), (False, "unpaced")):
        pairs = [pair for pair in wanted.common.both if pair.paced == paced]
        levels = [levels_of([getattr(pair, side) for pair in pairs]) for side in ("first", "second")]
        one, other = (getattr(side, name) for side in wanted.earlier)
        apart = stats.apart(levels[0], levels[1], both_known(one, other), alone=not paced)
        reach = apart.reach(stats.LEVEL / 2)
        said_of = [each for each, pair in zip(found["ratios"], wanted.common.both, strict=True) if pair.paced == paced]
        assert len(said_of) == len(pairs) > 0
        for part, values in (("ratio", apart.gap), ("low", apart.gap - reach), ("high", apart.gap + reach)):
            assert [each[part] for each in said_of] == pytest.approx(np.exp(values).tolist(), rel=DIGITS), part


def test_what_runs_move_is_measured_where_enough_are_stored_and_said_to_be_assumed_elsewhere(
    page: Page, known: Known
) -> None:
    measured = said(page, known.of("laptop", "20260105"), known.of("tower", "20260101"))["components"]
    assert [component["runs"] for component in measured] == [6, 0]
    assert measured[0]["tau"] != measured[1]["tau"] == synthetic.RULES["assumed_tau"]


@pytest.mark.parametrize("df", [4.0, 4.7, 9.0, 31.4, 400.0, 1e5])
def test_the_script_s_quantiles_of_student_s_t_are_python_s(page: Page, df: float) -> None:
    for probability in (0.6, 0.95, 0.975, 0.9995):
        wanted = quantiles.t_quantile(probability, df)
        assert page.evaluate(f"tQuantile({probability}, {df})") == pytest.approx(wanted, rel=1e-8)
