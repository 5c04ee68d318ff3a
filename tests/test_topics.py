"""What the topics' analyses make of cells. Every time here is made up."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from study import config
from study.analyse.asked import asked_of
from study.analyse.topics import TOPICS, Evidence, panels_of
from study.analyse.topics.evidence import aligned
from study.analyse.validation import validation_panels
from study.asked import ASKED
from study.cell import Cell
from study.errors import ResultsError
from study.findings import Estimate, Panel, Verdict
from study.table import CellData
from study.validate import LAWS, MOVING, Promise, record, residuals, validate

ROOT = Path(__file__).parent.parent
ROUNDS = 10


def measured(cell: Cell, average: float, *, values: int = 3, rounds: int = ROUNDS, **outcomes: int) -> CellData:
    """A cell whose process means scatter a little around `average`."""
    seed = zlib.crc32(cell.text.encode())
    scatter = np.random.default_rng(seed).normal(1.0, 0.01, size=(rounds, values))
    return CellData(
        cell=cell,
        target="one",
        rounds=np.arange(rounds),
        values=average * scatter,
        outcomes=tuple(outcomes for _ in range(rounds)),
        injected_ppm=None,
    )


def evidence(*cells: CellData) -> Evidence:
    return Evidence(cells={("one", data.cell.text): data for data in cells}, missing={}, target="one", usable_cpus=2)


def panel(identity: str, *cells: CellData) -> Panel:
    found = {one.id: one for one in panels_of(evidence(*cells))}
    return found[identity]


CAPACITY = Cell(pattern="capacity", kernel="fannkuch", backend="processes", start_method="fork", tasks=4, part="busy")
PING = Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=64)
CHILD = Cell(pattern="copy_on_write", backend="processes", start_method="fork", parent_bytes=1 << 26, part="dirtied")


def test_without_cells_no_topic_has_anything_to_say() -> None:
    assert panels_of(evidence()) == ()


def test_every_topic_is_a_module_with_panels() -> None:
    assert set(TOPICS) <= set(config.QUESTIONS)


def test_capacity_is_the_rate_of_all_over_the_rate_of_one() -> None:
    found = panel("scaling-capacity", measured(CAPACITY, 0.01), measured(replace(CAPACITY, workers=2), 0.0125))
    (point,) = found.points
    assert point.estimate.low is not None
    assert point.estimate.high is not None
    assert point.estimate.low < 1.6 < point.estimate.high
    assert "1.6" in found.title


def test_latency_is_half_a_round_trip_and_the_floor_stands_beside_it() -> None:
    found = panel("messages-latency", measured(PING, 40e-6), measured(replace(PING, channel="os_pipe"), 10e-6))
    by_name = {point.names[0]: point.estimate.point for point in found.points}
    assert by_name["Pipe (one way each)"] == pytest.approx(20e-6, rel=0.02)
    assert by_name["os.pipe, raw bytes"] == pytest.approx(5e-6, rel=0.02)
    assert "times a raw pipe" in found.title


def test_a_curve_is_drawn_only_over_more_than_two_sizes() -> None:
    two = [measured(replace(PING, payload_bytes=size), 1e-5 + size * 1e-9) for size in (64, 1024)]
    assert "messages-sizes" not in {one.id for one in panels_of(evidence(*two))}
    found = panel("messages-sizes", *two, measured(replace(PING, payload_bytes=1 << 20), 1e-3))
    assert [point.x for point in found.points] == [64.0, 1024.0, float(1 << 20)]
    assert found.kind == "curves"


def test_latency_and_bandwidth_are_told_by_channel_and_segment() -> None:
    cells = [
        measured(replace(PING, payload_bytes=each), 2 * (1e-5 + each * 1e-9)) for each in (64, 1024, 1 << 14, 1 << 20)
    ]
    found = panel("messages-segments-bandwidth", *cells)
    several = [panel(f"messages-segments-{each}", *cells) for each in ("latency", "bandwidth", "half")]
    by_part = {point.names[2]: point.estimate for one in several for point in one.points}
    assert by_part["latency α"].point == pytest.approx(1e-5, rel=0.03)
    assert by_part["bandwidth, a second"].point == pytest.approx(1e9, rel=0.03)
    assert by_part["half of it reached at"].point == pytest.approx(1e4, rel=0.05)
    assert found.points[0].names[:2] == ("Pipe (one way each)", "64 B to 1 MiB")
    assert "a second" in found.title


def test_what_a_gigabyte_of_the_parent_adds_to_a_fork_is_a_slope() -> None:
    life = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join")
    sizes = (1 << 24, 1 << 28, 1 << 30)
    found = panel(
        "start-growth", *(measured(replace(life, parent_bytes=each), 1e-3 + each / (1 << 30) * 8e-3) for each in sizes)
    )
    by_what = {point.names[1]: point.estimate for point in found.points}
    assert by_what["for each GiB"].point == pytest.approx(8e-3, rel=0.03)
    assert by_what["from an empty parent, by the line"].point == pytest.approx(1e-3, rel=0.05)
    assert "Each GiB" in found.title


def test_what_a_further_worker_takes_is_a_slope_of_pss() -> None:
    tree = Cell(pattern="memory", backend="pool", start_method="spawn", part="pss")
    cells = [measured(replace(tree, workers=each), 2e7 + each * 1e7) for each in (1, 2, 4)]
    found = panel("memory-growth", *cells)
    by_what = {point.names[1]: point.estimate for point in found.points}
    assert by_what["each further worker"].unit == "byte"
    assert by_what["each further worker"].point == pytest.approx(1e7, rel=0.05)
    assert by_what["base, by the line"].point == pytest.approx(2e7, rel=0.05)
    assert "memory-growth" not in {one.id for one in panels_of(evidence(*cells[:1]))}


def test_the_metg_of_two_workers_is_foretold_from_one_worker() -> None:
    loop = Cell(pattern="map", kernel="spin", backend="call", tasks=100)
    pool = replace(loop, backend="pool", start_method="fork", chunksize=1)
    cells = []
    for step in range(10):
        spins, grain_s = 2**step, 2e-6 * 2**step
        cells.append(measured(replace(loop, spins=spins), 100 * grain_s))
        for workers in (1, 2):
            each_s = max(2e-5, (grain_s + 1e-4) / workers)
            cells.append(measured(replace(pool, spins=spins, workers=workers), 100 * each_s))
    found = panel("grain-law", *cells)
    by_what = {point.names[1]: point.estimate.point for point in found.points}
    assert by_what["METG by the law"] == pytest.approx(2e-4, rel=0.1)
    at_most = by_what["METG by the law, CPUs shared"]
    assert at_most == pytest.approx(2 * (1e-4 + 5.1e-5), rel=0.1)
    assert by_what["METG measured"] == pytest.approx(2e-4, rel=0.1)


FANNKUCH = Cell(pattern="map", kernel="fannkuch", tasks=4)


def test_the_efficiency_of_a_pool_is_split_into_what_was_measured_apart() -> None:
    pool = replace(FANNKUCH, backend="pool", start_method="fork")
    found = panel(
        "scaling-split",
        measured(FANNKUCH, 1.0),
        measured(pool, 1.05),
        measured(replace(pool, workers=2), 0.6),
        measured(CAPACITY, 0.5),
        measured(replace(CAPACITY, workers=2), 0.55),
        measured(replace(CAPACITY, workers=2, part="makespan"), 0.56),
    )
    points = {point.names[1].partition(":")[0]: point.estimate.point for point in found.points}
    assert points["efficiency in all"] == pytest.approx(1 / 1.2, rel=0.03)
    assert points["hardware"] == pytest.approx(0.5 / 0.55, rel=0.03)


def test_two_worker_counts_give_no_law_and_say_so() -> None:
    pool = replace(FANNKUCH, backend="pool", start_method="fork")
    found = panel("scaling-laws", measured(pool, 1.0), measured(replace(pool, workers=2), 0.6))
    assert not found.points
    assert "Two worker counts" in found.reason


def test_a_pool_pays_from_a_number_of_tasks_on() -> None:
    spins = (32, 8192, 524288)
    loop = [
        measured(Cell(pattern="map", kernel="spin", tasks=16, spins=each), 16 * (1e-6 + each * 3e-8)) for each in spins
    ]
    ways = [
        measured(
            replace(data.cell, backend="pool", start_method="fork", workers=workers, chunksize=1),
            data.means.mean() / workers + 16 * 50e-6,
        )
        for data in loop
        for workers in (1, 2)
    ]
    life = Cell(pattern="pool_lifecycle", kernel="square", backend="pool", start_method="fork", workers=2, tasks=5)
    found = panel(
        "grain-break-even",
        *loop,
        *ways,
        measured(life, 5e-3),
        measured(CAPACITY, 0.5),
        measured(replace(CAPACITY, workers=2), 0.55),
    )
    tasks = {point.names[1]: point.estimate.point for point in found.points}
    assert tasks["tasks of 1 µs"] is None
    assert tasks["tasks of 10 ms"] is not None
    assert tasks["tasks of 10 ms"] < (tasks["tasks of 1 ms"] or 0.0)


def test_modes_are_shown_with_their_shares() -> None:
    data = measured(PING, 40e-6, rounds=40)
    slow = data.values * np.where(np.arange(40) < 10, 4.0, 1.0)[:, np.newaxis]
    found = panel("messages-modes", replace_values(data, slow))
    assert [round(point.estimate.point or 0.0, 2) for point in found.points] == [0.75, 0.25]
    assert "1 of 1 cells" in found.title


def test_other_libraries_stand_beside_the_pool() -> None:
    empty = Cell(pattern="map", kernel="noop", backend="pool", start_method="fork", workers=2, tasks=512)
    found = panel(
        "dispatch-peers", measured(empty, 5e-3), measured(replace(empty, backend="loky", start_method=""), 50e-3)
    )
    assert {point.names[0] for point in found.points} == {"Pool, fork", "joblib"}
    assert "through joblib" in found.title


def test_a_recycled_worker_stands_beside_one_that_lives_on() -> None:
    kept = Cell(pattern="map", kernel="noop", backend="pool", start_method="fork", workers=2, tasks=8, chunksize=1)
    found = panel(
        "dispatch-recycled", measured(kept, 0.5e-3), measured(replace(kept, variant="one_task_per_child"), 20e-3)
    )
    assert len(found.points) == 2
    assert "maxtasksperchild" in found.title


def test_quantiles_of_events_are_taken_inside_each_process() -> None:
    cell = replace(PING, variant="events", placement="same_cpu")
    slow = measured(cell, 1.0, values=200)
    # One process in ten is ten times as slow; pooled, its events would be all of the slowest tenth.
    values = np.ones((ROUNDS, 200)) * 1e-5
    values[0] *= 10
    slow = replace_values(slow, values)
    found = panel("messages-events", slow)
    median = next(point.estimate for point in found.points if point.names[2].startswith("half"))
    assert median.n == ROUNDS
    assert median.point == pytest.approx(1.9e-5)


def replace_values(data: CellData, values: np.ndarray) -> CellData:
    return CellData(
        cell=data.cell, target=data.target, rounds=data.rounds, values=values, outcomes=data.outcomes, injected_ppm=None
    )


def test_what_a_child_copies_is_a_share_of_what_it_reads() -> None:
    found = panel("memory-copied", measured(CHILD, 65536.0), measured(replace(CHILD, form="ints"), 6e7))
    shares = {point.names[0]: point.estimate for point in found.points}
    assert shares["list of ints"].unit == "share"
    assert shares["list of ints"].point == pytest.approx(6e7 / (1 << 26), rel=0.02)
    assert shares["bytes"].point == pytest.approx(65536 / (1 << 26), rel=0.02)


def test_workers_that_a_pool_makes_are_counted_per_cpu() -> None:
    cell = Cell(
        pattern="pool_as_shipped", kernel="square", backend="pool", start_method="default", workers=0, tasks=5,
        variant="one_cpu",
    )  # fmt: skip
    found = panel("workers-defaults", measured(cell, 0.01, pool_workers=2, usable_cpus=1))
    assert [point.estimate.point for point in found.points] == [2.0]


def test_cells_are_aligned_in_the_rounds_that_all_of_them_have() -> None:
    first = measured(PING, 1.0)
    second = CellData(
        cell=PING, target="one", rounds=np.array([1, 3, 5]), values=np.array([[1.0], [3.0], [5.0]]),
        outcomes=({}, {}, {}), injected_ppm=None,
    )  # fmt: skip
    columns = aligned([first, second])
    assert columns.shape == (3, 2)
    assert columns[:, 1].tolist() == [1.0, 3.0, 5.0]
    assert columns[0, 0] == first.means[1]


# The questions that people ask


def test_every_claim_that_a_question_rests_on_exists() -> None:
    texts = config.read_texts(ROOT / "experiments")
    known = {claim.id for claim in config.claims_in(texts)}
    assert {claim for question in ASKED for claim in question.claims} <= known


def test_questions_are_numbered_and_stand_under_a_topic() -> None:
    assert [question.id for question in ASKED] == list(range(1, len(ASKED) + 1))
    assert {question.topic for question in ASKED} <= set(config.QUESTIONS)
    assert all(question.note for question in ASKED if question.weight == "NOTE")
    assert all(question.claims for question in ASKED if question.weight == "MUST")


def verdict(claim: str, point: float | None) -> Verdict:
    estimate = Estimate(
        point=point, low=None, high=None, n=0, unit="ratio", estimand="average", method="", reason="nobody looked"
    )
    return Verdict(
        claim=claim, question="Q5", statement="", decision="cannot be decided here", sentence=f"Sentence of {claim}.",
        strength="", average=estimate, typical=None, cells=("map",), target="one", headline=False,
    )  # fmt: skip


def test_a_question_is_answered_by_the_findings_of_its_claims() -> None:
    found = asked_of([verdict("q5-faster", 7.0), verdict("q5-map-itself", None)], {"one": {}}, {})
    assert found[0].answered
    assert found[0].answer == "Sentence of q5-faster."
    assert found[0].cells == ("map",)


def test_a_question_without_a_measurement_says_why() -> None:
    free = replace(verdict("sharing-private", 1.9), target="onet")
    by_id = {each.id: each for each in asked_of([verdict("sharing-private", 0.9), free], {"one": {}}, {})}
    assert not by_id[9].answered
    assert "no build without the GIL" in by_id[9].answer
    both = asked_of([verdict("sharing-private", 0.9), free], {"one": {}, "onet": {"free_threaded": True}}, {})
    assert next(each for each in both if each.id == 9).answered
    found = asked_of([verdict("q5-faster", None)], {"one": {}}, {})
    assert not found[0].answered
    assert found[0].answer == "Sentence of q5-faster."
    assert asked_of([], {"one": {}}, {})[0].answer == "This version of the study does not measure it."


# The validation


def test_a_validation_is_stored_and_shown_with_its_rates(tmp_path: Path) -> None:
    said: list[str] = []
    validate(tmp_path, studies=50, say=said.append)
    from study import store

    panels = validation_panels(store.load_outcome(tmp_path, "validation"))
    kinds = ("coverage", "false-differences", "power", "whole-runs", "laws-of-scaling")
    assert {one.id for one in panels} == {f"validation-{kind}" for kind in kinds}
    assert sum(len(one.points) for one in panels) == len(said)
    within = [one for one in panels if one.id != "validation-laws-of-scaling"]  # there some count intervals
    assert all(point.estimate.n == 50 for one in within for point in one.points)
    assert {point.names[0] for one in panels for point in one.points} == {*LAWS, *MOVING}


def test_a_promise_is_broken_only_when_its_whole_interval_says_so() -> None:
    def promise(side: str, hits: int) -> Promise:
        return Promise(group="g", what="w", noise="n", side=side, promised=0.95, hits=hits, trials=2000)

    assert promise("at least", 1890).kept  # 94.5 % [93.4, 95.5]
    assert not promise("at least", 1800).kept
    assert not promise("at most", 1990).kept
    assert not promise("at least", 0).kept
    shown = validation_panels(record([promise("at least", 1800)], {}, 2000))
    assert shown[0].points[0].names[-1] == "BROKEN"
    assert "1 broken" in shown[0].title


def test_noise_is_resampled_from_stored_runs_by_class() -> None:
    noises, sources = residuals(ROOT / "results")
    assert {"compute", "start", "dispatch", "message"} <= set(noises)
    assert all(len(noises[name].residuals) == number for name, number in sources.items())


def test_a_validation_that_is_not_one_is_refused() -> None:
    with pytest.raises(ResultsError, match=r"validation\.json"):
        validation_panels({"promises": [{"what": 1}]})
    assert validation_panels(None) == ()


# The pictures


@pytest.mark.parametrize("kind", ["rows", "curves"])
def test_a_panel_becomes_a_figure_with_every_number_in_its_table(kind: str) -> None:
    from study.figures import Drawn
    from study.figures.panels import draw_panel

    two = [measured(replace(PING, payload_bytes=size), 1e-5 + size * 1e-9) for size in (64, 1024, 1 << 20)]
    found = panel("messages-sizes", *two)
    drawn = draw_panel(replace(found, kind=kind, notes=("A note.",)))  # type: ignore[arg-type]
    assert isinstance(drawn, Drawn)
    assert [datum.point for datum in drawn.data] == [point.estimate.point for point in found.points]
    assert all(datum.low is not None for datum in drawn.data)
    assert drawn.notes == ("A note.",)
    assert found.title in drawn.alt


def test_a_panel_without_numbers_says_why() -> None:
    from study.figures import NotDrawn
    from study.figures.panels import draw_panel

    two = [measured(replace(PING, payload_bytes=size), 1e-5) for size in (64, 1024, 2048)]
    found = draw_panel(replace(panel("messages-sizes", *two), reason="nobody measured it"))
    assert isinstance(found, NotDrawn)
    assert found.reason == "nobody measured it"


def test_a_swept_number_with_one_value_is_shown_as_rows() -> None:
    cell = Cell(pattern="memory", backend="pool", start_method="fork", workers=2, part="pss")
    assert panel("memory-workers", measured(cell, 2e7)).kind == "rows"


def test_raw_pipes_are_a_floor_only_up_to_what_a_pipe_holds() -> None:
    raw = replace(PING, channel="os_pipe")
    sizes = [4**step for step in range(12)]
    cells = [measured(replace(raw, payload_bytes=each), 4e-5 + each * 1e-9) for each in sizes]
    assert any("no floor there" in note for note in panel("messages-sizes", *cells).notes)
    (fitted,) = panel("messages-segments-latency", *cells).points
    assert fitted.names[1] == "1 B to 64 KiB"
    assert not panel("messages-sizes", *cells[:9]).notes
