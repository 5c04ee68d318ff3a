"""What the report says of equal cells and of an effect that was put in. Every time here is made up."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import msgspec
import numpy as np
import pytest

from study import stats
from study.blocks import Heading, Panel, Prose, Table
from study.cell import Cell
from study.sections.allocations import allocations, pooled_allocations
from study.sections.questions import noise
from study.store import CurveRecord
from study.things.looks import INJECTED, SAME
from study.units import percent
from tests.made_up_run import SCATTER, evidence, measured, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import Run, Study
    from study.reports import DataFile
    from study.table import CellData

LOOP = Cell(pattern="map", kernel="fannkuch", tasks=8)
SQUARES = Cell(pattern="map", kernel="square", tasks=5)
NEAR = [1.01, 0.99, 1.02, 0.98, 1.005, 0.995, 1.01, 0.99]
FAR = [1.32, 1.28, 1.31, 1.29, 1.30, 1.33, 1.27, 1.30]


def pair(cell: Cell, twin: Sequence[float], label: str = "again", **more: int | str) -> list[CellData]:
    target = str(more.get("target", "one"))
    ppm = cast("int | None", more.get("injected_ppm"))
    labelled = measured(replace(cell, label=label), NEAR, injected_ppm=ppm, target=target)
    return [measured(cell, twin, target=target), labelled]


def injected(factor: float) -> list[CellData]:
    """A cell that ran 21 operations for each 20 that it reports, so that it takes 1.05 times as long; or does not."""
    labelled = measured(replace(SQUARES, label="injected"), [factor * mean for mean in NEAR], injected_ppm=1_050_000)
    return [measured(SQUARES, list(reversed(NEAR))), labelled]


def test_equal_cells_agree_where_the_interval_holds_one() -> None:
    close, apart = pair(LOOP, list(reversed(NEAR))), pair(replace(LOOP, tasks=4), FAR)
    found = {found.name: found for found in noise.noise_pairs(evidence(*close, *apart))}
    assert [found.recovered for found in found.values()] == [False, True]
    assert {found.kind for found in found.values()} == {"A/A"}
    assert {found.noise_class for found in found.values()} == {"compute"}
    first, second = found.values()
    assert first.ratio.point == pytest.approx(np.mean(NEAR) / np.mean(FAR))
    assert second.ratio.point == pytest.approx(1.0)
    assert second.expected == 1.0


@pytest.mark.parametrize(("factor", "recovered"), [(1.05, True), (1.0, False), (1.2, False)])
def test_an_effect_is_recovered_only_where_it_is_there_and_of_its_size(factor: float, *, recovered: bool) -> None:
    (found,) = noise.noise_pairs(evidence(*injected(factor)))
    assert found.kind == "injected"
    assert found.expected == 1.05
    assert found.ratio.point == pytest.approx(factor)
    assert found.recovered is recovered


def test_an_effect_that_cannot_be_told_from_none_is_not_recovered() -> None:
    wide = [0.4, 1.7, 0.9, 1.2, 0.3, 2.0, 1.1, 0.8]
    labelled = measured(replace(SQUARES, label="injected"), wide, injected_ppm=1_050_000)
    (found,) = noise.noise_pairs(evidence(measured(SQUARES, NEAR), labelled))
    assert found.ratio.low is not None
    assert found.ratio.high is not None
    assert found.ratio.low < 1.0
    assert found.ratio.high > found.expected
    assert not found.recovered


def test_the_figure_holds_pairs_against_the_floor_of_its_own_interpreter() -> None:
    first = [*pair(LOOP, FAR), *injected(1.05)]
    second = pair(LOOP, list(reversed(NEAR)), target="two")
    made = run([*first, *second])
    (one,), (two,) = noise.panels(made.of("one")), noise.panels(made.of("two"))
    floors = [
        stats.noise_floor([np.log(NEAR) - np.log(twin)]).point
        for twin in (np.array(FAR), np.array(list(reversed(NEAR))))
    ]
    for panel, floor in zip((one, two), floors, strict=True):
        assert floor is not None
        assert f"±{percent(floor)}" in panel.subtitle
        band = panel.references[0]
        assert (band.at, band.to) == pytest.approx((1 - floor, 1 + floor))
    assert [(reference.label, reference.at) for reference in one.references[1:]] == [
        ("no difference", 1.0), ("put in", 1.05),
    ]  # fmt: skip
    assert [(point.series, point.look) for point in one.points] == [
        ("the same code twice", SAME), ("an effect put in by miscounting", INJECTED),
    ]  # fmt: skip
    assert one.include == ()
    assert one.title.startswith("0 of 1 comparison of equal cells agree within their intervals; of +5.0 % put in, 1.05")
    assert two.title == "1 of 1 comparison of equal cells agrees within their intervals"


def test_without_pairs_the_figure_says_so() -> None:
    (panel,) = noise.panels(evidence(measured(LOOP, NEAR)))
    assert panel.reason == "no A/A pair was measured"


def shown(made: Run) -> list[object]:
    return list(noise.section(cast("Study", SimpleNamespace(subject=made, runs=(made,)))).blocks)


def test_the_section_has_figures_floor_and_both_tables() -> None:
    made = run([*pair(LOOP, FAR), *injected(1.0), *pair(LOOP, FAR, target="two")])
    blocks = shown(made)
    assert [type(block) for block in blocks] == [Prose, Panel, Panel, Prose, Table, Table, Heading, Prose, Table]
    assert [block.id for block in blocks if isinstance(block, Panel)] == ["noise-pairs", "noise-pairs-t2"]
    floor = blocks[3]
    assert isinstance(floor, Prose)
    assert "where it is largest: 2" in floor.text
    assert "the promises of the method say" in floor.text
    pairs, alike = blocks[4:6]
    assert isinstance(pairs, Table)
    assert isinstance(alike, Table)
    assert alike.id == "neighbours-table"
    assert [[item.value for item in row][:3] for row in alike.rows] == [["compute", 2, 8], ["compute", 1, 8]]
    rows = [[item.value for item in row] for row in pairs.rows]
    assert [row[1:3] for row in rows] == [["A/A", "compute"], ["injected", "compute"], ["A/A", "compute"]]
    assert [row[5] for row in rows] == ["no", "no", "no"]
    assert [row[4].sort for row in pairs.rows] == ["1.0", "1.05", "1.0"]
    assert [row[0].small for row in pairs.rows] == ["on one", "on one", "on two"]
    assert all(row[3].with_reason for row in pairs.rows)


def test_its_files_have_every_pair_and_every_class_of_every_run() -> None:
    made = run([*pair(LOOP, FAR), *injected(1.05)])
    files: dict[str, DataFile] = {
        file.name: file for file in noise.section(cast("Study", SimpleNamespace(subject=made, runs=(made, made)))).files
    }
    assert set(files) == {"noise.csv", "allocation.csv", "neighbours.csv"}
    assert list(files["noise.csv"].rows[0])[4:] == ["name", "class", "kind", "ratio", "expected", "recovered"]
    assert [row["recovered"] for row in files["noise.csv"].rows] == [False, True] * 2
    assert [row["class"] for row in files["allocation.csv"].rows] == ["compute", "start", "dispatch", "message"] * 2


# Was the time spent well?


def varied(cell: Cell, within: float, between: float, target: str = "one") -> CellData:
    rng = np.random.default_rng(1)
    means = 1.0 + between * (SCATTER - SCATTER.mean())
    values = means[:, np.newaxis] + within * rng.normal(size=(len(means), 3))
    return replace(measured(cell, 1.0, target=target), values=values)


def planned(cell: Cell, process_s: float, target: str = "one") -> CurveRecord:
    return CurveRecord(
        id="c", experiment="q5", question="Q5", tier="headline", target=target, cells=[cell.text],
        loops={cell.point.text: 2}, process_s=process_s,
    )  # fmt: skip


def test_the_best_number_of_values_follows_from_the_variances_and_what_processes_cost() -> None:
    data = varied(LOOP, 0.05, 1.0)
    again = measured(replace(LOOP, label="again"), NEAR)
    made = run([data, again], curves=[planned(LOOP, 20.0), planned(again.cell, 20.0)])
    found = {found.noise_class: found for found in allocations(made.of("one"))}
    components = stats.pooled_components([data.values])
    assert components is not None
    value_s = 2 * float(data.means.mean())
    fixed_s = 20.0 - (3 + 1) * value_s
    compute = found["compute"]
    assert compute.cells == 1
    assert compute.between_share == pytest.approx(components.between / (components.within + components.between))
    assert compute.optimal_values == stats.optimal_values(components, fixed_s, value_s, warmups=1, most=50)
    assert compute.relative_efficiency == pytest.approx(
        stats.relative_efficiency(components, fixed_s, value_s, values=3, warmups=1, most=50)
    )
    assert found["start"].reason == "no cell of this class was measured in two rounds"
    assert found["start"].optimal_values is None


@pytest.mark.parametrize("process_s", [2.5, 4.0])
def test_one_value_of_a_long_event_is_judged_by_the_variances_of_short_ones(process_s: float) -> None:
    data = varied(LOOP, 0.05, 1.0)
    long = replace(measured(replace(LOOP, tasks=64), 1.0), values=np.ones((8, 1)) * 2.0)
    text = long.cell.text
    curve = msgspec.structs.replace(planned(long.cell, process_s), loops={text: 1}, long=[text])
    alone = {found.noise_class: found for found in allocations(run([long], curves=[curve]).of("one"))}
    assert alone["compute, long events"].relative_efficiency == pytest.approx(2.0 / process_s)  # whatever varies
    both = run([long, data], curves=[curve, planned(LOOP, 20.0)])
    found = {found.noise_class: found for found in allocations(both.of("one"))}["compute, long events"]
    components = stats.pooled_components([data.values])
    assert components is not None
    assert found.relative_efficiency == pytest.approx(
        stats.relative_efficiency(components, process_s - 2.0, 2.0, values=1, warmups=0, most=50)
    )
    assert (found.cells, found.optimal_values) == (1, 1)


def test_cells_with_another_number_of_values_and_parts_of_events_do_not_count() -> None:
    single = replace(measured(LOOP, 1.0), values=np.ones((8, 1)))
    part = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="start")
    made = run([single, measured(part, 1.0)], curves=[planned(LOOP, 20.0), planned(part, 20.0)])
    assert all(found.cells == 0 and found.reason for found in allocations(made.of("one")))


def test_interpreters_of_a_run_judge_their_plan_together() -> None:
    """Of few cells each says something else of the one plan: one that all lies between processes, the other that nothing does."""
    apart, alike = varied(LOOP, 0.001, 1.0), varied(LOOP, 0.05, 0.0, "two")
    made = run([apart, alike], curves=[planned(LOOP, 20.0), planned(LOOP, 20.0, "two")])
    (one, *_), (two, *_) = (allocations(made.of(target)) for target in ("one", "two"))
    both = pooled_allocations(made)[0]
    assert one.ends is two.ends is None
    assert one.between_share is not None
    assert two.between_share is not None
    assert both.between_share is not None
    assert two.between_share < both.between_share < one.between_share
    components = stats.pooled_components([apart.values, alike.values])
    assert components is not None
    assert both.between_share == pytest.approx(components.between / (components.within + components.between))
    assert both.cells == 2
    assert both.ends is not None
    assert both.relative_efficiency is not None
    assert both.ends[0] <= both.relative_efficiency <= both.ends[1]
