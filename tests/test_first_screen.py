"""The first screen of whole studies: what it offers, what it answers, what it draws, and what it refuses."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from study.advise.model.ways import Possible
from study.blocks import Prose, Table
from study.cell import Cell
from study.evidence.apart import LeftOut
from study.forms import Form, Life, Map, Stack
from study.report.placed import flat
from study.screens import Calculator, Cards, Choose
from study.sections import your_loop
from study.sections.first_figures import with_and_without_the_lock
from study.sections.foreteller import Foreteller
from study.sections.model_map import model_map
from study.sections.own_jobs import code_for, freights, jobs
from study.sections.pays_map import pays_map, rising
from study.sections.places import stored
from study.sections.replies import reply_to
from study.sections.your_loop import KINDS
from study.things import START_METHODS
from tests.made_up_run import evidence as made_up
from tests.made_up_run import measured
from tests.synthetic_report import estimate
from tests.synthetic_screen import job
from tests.synthetic_study import CALM, LOAD, SAID, TARGET, run
from tests.test_numbers import builds

if TYPE_CHECKING:
    from typing import TypeVar

    from study.evidence import Run, Study
    from study.reports import Section

    T = TypeVar("T")


def study(*runs: Run) -> Study:
    return cast("Study", SimpleNamespace(subject=runs[0], runs=runs, left_out=LeftOut(), outcomes={}))


def of_kind(section: Section, kind: type[T]) -> list[T]:
    return [block for block in flat(section.blocks) if isinstance(block, kind)]


def first_screen(*runs: Run) -> Section:
    return your_loop.section(study(*runs))


def moved(found: Run, machine: str, identity: str = "r") -> Run:
    """The same run under another machine's name."""
    folder = SimpleNamespace(
        **{**vars(found.folder), "machine": machine, "id": identity, "name": f"{machine}/{identity}"}
    )
    return replace(found, folder=cast("Any", folder))


def test_everything_stored_can_be_chosen_the_report_s_own_first_each_once() -> None:
    here, there = run(), moved(run(4), "other")
    places = stored(study(here, there, here))
    assert [place.place.name for place in places] == [f"m · {TARGET}", f"other · {TARGET}"]
    assert [place.place.id for place in places] == ["place-0", "place-1"]
    assert [place.place.build.split(",")[0] for place in places] == ["2 usable CPUs", "4 usable CPUs"]
    (choose,) = of_kind(first_screen(here, there), Choose)
    assert choose.places == tuple(place.place for place in places)


def test_a_place_without_the_lock_says_so() -> None:
    made = run()
    (record,) = made.manifest.targets
    facts = {**record.facts, "gil_enabled": False, "free_threaded": True}
    bare = replace(made, manifest=replaced(made.manifest, targets=[replaced(record, facts=facts)]))
    (place,) = stored(study(bare))
    assert "without the GIL" in place.place.build


def test_a_place_is_named_in_words_and_nothing_is_said_twice() -> None:
    made = run()
    (record,) = made.manifest.targets
    debian = {"version": "3.14.8", "implementation": "cpython", "config_args": ["--with-computed-gotos"]}
    free = {
        "version": "3.13.5",
        "implementation": "cpython",
        "free_threaded": True,
        "config_args": ["--disable-gil", "--enable-optimizations"],
    }
    targets = [
        replaced(record, facts=debian),
        replaced(record, name="bare", facts={**free, "gil_enabled": False}),
        replaced(record, name="held", facts={**free, "gil_enabled": True, "config_args": ["--disable-gil"]}),
        replaced(record, name="again", facts=debian),
    ]
    machine = {"cpu_model": "AMD EPYC", "logical_cpus": 2, "hypervisor": "yes, unnamed"}
    known = replace(made, manifest=replaced(made.manifest, targets=targets, machine=machine))
    assert {place.place.machine for place in stored(study(known))} == {"AMD EPYC, 2 CPUs"}
    assert [place.place.entry for place in stored(study(known))] == [
        "CPython 3.14.8 (one)",
        "CPython 3.13.5 free-threaded",
        "CPython 3.13.5 free-threaded, GIL on",
        "CPython 3.14.8 (again)",
    ]
    assert [
        (place.place.name.removeprefix("AMD EPYC, 2 CPUs · "), place.place.build) for place in stored(study(known))
    ] == [
        ("CPython 3.14.8", "release build of the distribution, PGO not told, m, one"),
        ("CPython 3.13.5 free-threaded", "without the GIL, release build with PGO"),
        ("CPython 3.13.5 free-threaded, GIL on", "release build without PGO"),
        ("CPython 3.14.8", "release build of the distribution, PGO not told, m, again"),
    ]


def replaced(struct: Any, **changes: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(struct, **changes)


def test_the_loop_is_answered_from_jobs_that_were_measured() -> None:
    (calculator, *_) = of_kind(first_screen(run()), Calculator)
    assert calculator.jobs
    assert calculator.reply == reply_to(calculator, calculator.loop)
    assert calculator.reply.pays != "open"
    assert calculator.asked == your_loop.loop_words(calculator.loop)
    evidence = run().of(TARGET)
    measured = {data.cell.text for data in run().cells.values()}
    assert len(measured) > len(calculator.jobs) > 5
    assert jobs(evidence) == calculator.jobs
    for known in calculator.jobs:
        assert known.gain > 0


def test_data_cost_more_the_more_there_are_and_never_less_than_nothing() -> None:
    found = freights(run().of(TARGET))
    assert found
    for carrier in {freight.carrier for freight in found}:
        sent = sorted(
            (freight for freight in found if freight.carrier == carrier and not freight.returned_bytes),
            key=lambda freight: freight.sent_bytes,
        )
        assert all(freight.cost_s >= 0 for freight in sent)
        assert [freight.sent_bytes for freight in sent] == sorted(freight.sent_bytes for freight in sent)


def test_code_is_told_of_those_that_have_a_recipe_with_the_numbers_of_the_cell() -> None:
    cells = [data.cell for data in run().cells.values() if data.cell.backend == "pool" and data.cell.chunksize == 8]
    for cell in cells[:5]:
        text = code_for(cell)
        assert f"({cell.workers})" in text
        assert "chunksize=8" in text
        assert "{" not in text


def test_where_load_leaves_gains_open_the_screen_says_why_and_draws_no_map() -> None:
    section = first_screen(run(2, LOAD))
    (calculator, *_) = of_kind(section, Calculator)
    assert SAID in calculator.why
    assert calculator.jobs == ()
    assert calculator.reply.headline.startswith("Left open: ")
    (chart,) = of_kind(section, Map)
    assert SAID in chart.reason
    assert not chart.shows


def test_the_map_is_of_lengths_and_sizes_that_were_measured_with_the_reader_s_loop_on_it() -> None:
    (calculator, *_) = of_kind(first_screen(run(2, CALM)), Calculator)
    chart = pays_map(replace(calculator, model=None), identity="map", kind=KINDS[0])
    assert set(chart.xs) <= {job.length_s for job in calculator.jobs}
    assert list(chart.xs) == sorted(chart.xs)
    assert list(chart.ys) == sorted(chart.ys)
    assert [len(row) for row in chart.gains] == [len(chart.xs)] * len(chart.ys)
    # More data never make it pay more.
    for less, more in itertools.pairwise(chart.gains):
        assert all((a or 0) >= (b or 0) for a, b in zip(less, more, strict=True))
    measured = [case for case in chart.cases if not case.own]
    assert [case.x for case in measured] == list(chart.xs)
    assert len({case.label for case in chart.cases}) == len(chart.cases)
    assert len(chart.cases) - len(measured) <= 1
    assert len(chart.numbers) == len(measured)


def test_the_map_of_the_model_is_of_every_length_with_what_was_measured_and_the_reader_s_loop_on_it() -> None:
    section = first_screen(run(2, CALM))
    (calculator, *_) = of_kind(section, Calculator)
    (chart,) = of_kind(section, Map)
    assert calculator.model is not None
    assert chart.xs[0] == pytest.approx(1e-6)
    assert chart.xs[-1] == 1.0
    assert list(chart.xs) == sorted(chart.xs)
    assert list(chart.ys) == sorted(chart.ys)
    assert [len(row) for row in chart.gains] == [len(chart.xs)] * len(chart.ys)
    for less, more in itertools.pairwise(chart.gains):
        assert all((a or 0) >= (b or 0) * (1 - 1e-9) for a, b in zip(less, more, strict=True))
    measured = [case for case in chart.cases if not case.own]
    assert {case.x for case in measured} <= {job.length_s for job in calculator.jobs}
    (own,) = [case for case in chart.cases if case.own]
    assert (own.x, own.y) == (calculator.loop.length_s, calculator.loop.sent_bytes)
    answer = calculator.model.answer(replace(calculator.loop, length_s=chart.xs[9], sent_bytes=0, kind=KINDS[0]))
    gain = chart.gains[0][9]
    assert answer is not None
    assert gain is not None
    assert gain <= answer.loop_s / answer.fastest_s * (1 + 1e-9)


def test_where_constants_are_lacking_jobs_that_were_measured_answer() -> None:
    (calculator, *_) = of_kind(first_screen(run(2, CALM, "q1")), Calculator)
    assert calculator.model is None
    assert calculator.jobs
    assert "Time" not in dict(calculator.reply.parts)


def test_gains_of_the_map_rise_with_the_length_and_say_at_most_one_line_beside_break_even() -> None:
    (chart,) = of_kind(first_screen(run(2, CALM)), Map)
    for gains in chart.gains:
        known = [gain or 0.0 for gain in gains]
        assert known == sorted(known)
    assert len(chart.levels) <= 1
    most = max(case.measured.low or 0.0 for case in chart.cases if case.measured is not None)
    assert all(level < most for level in chart.levels)
    assert "model" in chart.caption
    assert "measured" in chart.caption


@pytest.mark.parametrize(
    ("most", "levels"),
    [
        ((1.6, 1.4, 1.8), ()),  # 1.5 is in its interval
        ((1.7, 1.6, 1.8), (1.5,)),
        ((2.4, 1.8, 3.0), (1.5,)),  # 2 is in its interval
        ((2.4, 2.2, 2.6), (2.0,)),
    ],
)
def test_the_map_has_a_line_only_for_a_gain_that_a_job_surely_has(
    most: tuple[float, float, float], levels: tuple[float, ...]
) -> None:
    (calculator, *_) = of_kind(first_screen(run(2, CALM)), Calculator)
    timed = [
        replace(job(length_s, point), estimate=estimate(point, low, high))
        for length_s, (point, low, high) in ((1e-4, (0.9, 0.8, 1.0)), (1e-2, most))
    ]
    freights = tuple(replace(freight, carrier="Pool") for freight in calculator.freights)
    known = replace(calculator, model=None, jobs=tuple(timed), freights=freights)
    assert pays_map(known, identity="map", kind=KINDS[0]).levels == levels


@pytest.mark.parametrize(
    ("values", "weights", "risen"),
    [
        ([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], (1.0, 2.0, 3.0)),
        ([1.0, 3.0, 2.0], [1.0, 1.0, 1.0], (1.0, 2.5, 2.5)),
        ([1.0, 3.0, 2.0], [1.0, 3.0, 1.0], (1.0, 2.75, 2.75)),
        ([3.0, 2.0, 1.0], [1.0, 1.0, 1.0], (2.0, 2.0, 2.0)),
        ([], [], ()),
    ],
)
def test_what_falls_is_the_weighted_middle_of_its_neighbours(
    values: list[float], weights: list[float], risen: tuple[float, ...]
) -> None:
    assert rising(values, weights) == pytest.approx(risen)


def test_each_job_is_one_dot_at_its_own_length_with_its_own_gain() -> None:
    (calculator, *_) = of_kind(first_screen(run(2, CALM)), Calculator)
    near = [job(3.0e-3, 1.9), job(3.1e-3, 2.1), job(3.2e-3, 1.8)]
    freights = tuple(replace(freight, carrier="Pool") for freight in calculator.freights)
    fewer = replace(near[0], tasks=9, gain=2.5, length_s=2.9e-3)
    known = replace(calculator, model=None, jobs=(fewer, *near), freights=freights)
    chart = pays_map(known, identity="map", kind=KINDS[0])
    assert chart.xs == (3.0e-3, 3.1e-3, 3.2e-3)
    assert [case.label for case in chart.cases if not case.own] == [
        f"500 tasks of {length} ms, {one.work}" for length, one in zip(("3.00", "3.10", "3.20"), near, strict=True)
    ]


def test_jobs_of_near_length_stay_apart_and_of_each_the_best_way_is_told() -> None:
    cells = []
    for kernel, loop_s, pool_s in (("fannkuch", 1.0, 0.53), ("nbody", 1.02, 0.5)):
        plain = Cell(pattern="map", kernel=kernel, tasks=200)
        pool = replace(plain, backend="pool", start_method="fork", workers=2)
        cells += [measured(plain, loop_s), measured(pool, pool_s), measured(replace(pool, chunksize=1), 2 * pool_s)]
    evidence = made_up(*cells)
    found = jobs(evidence)
    assert [one.work for one in found] == ["fannkuch", "n-body"]
    for one, (loop_s, pool_s) in zip(found, ((1.0, 0.53), (1.02, 0.5)), strict=True):
        assert one.length_s == pytest.approx(loop_s / 200, rel=0.01)
        assert one.gain == pytest.approx(loop_s / pool_s, rel=0.02)


def test_the_map_says_that_a_server_runs_already() -> None:
    (calculator, *_) = of_kind(first_screen(run(2, CALM)), Calculator)
    model = calculator.model
    assert isinstance(model, Foreteller)
    way = model.first_way()
    assert way is not None
    backend = next(name for name, _ in model.constants.starts if name == way[0])
    for method in (method for name, method in model.constants.starts if name == backend and method):
        known = copy.copy(model)
        known.possible = replace_possible(model, method)
        chart = model_map(calculator, known, identity="map", kind=KINDS[0])
        assert chart is not None
        assert (", its server running, " in chart.title) == START_METHODS[method].has_server


def replace_possible(model: Foreteller, method: str) -> Any:
    """Of one start method alone."""
    possible = model.possible
    return Possible(cpus=possible.cpus, start_methods=(method,), has_interpreters=possible.has_interpreters)


def test_a_life_has_all_its_moments_in_their_order() -> None:
    (life,) = of_kind(first_screen(run()), Life)
    assert len(life.acts) >= 3
    for act in life.acts:
        parent, child = act.lanes
        assert [stretch.label for stretch in parent.stretches] == ["start() returns", "join() returns"]
        assert parent.stretches[-1].until == child.stretches[-1].until == act.whole


def test_threads_and_processes_stand_beside_each_other_on_the_largest_machine() -> None:
    (stack,) = of_kind(first_screen(run(), moved(run(16), "large")), Stack)
    assert "16 CPUs" in stack.title
    assert all("16" in pile.name for pile in stack.piles)
    assert len({pile.name for pile in stack.piles}) == len(stack.piles)
    (small,) = of_kind(first_screen(run(1)), Stack)
    assert small.reason or "1 CPU" in small.title


@pytest.mark.parametrize("cpus", [1, 2, 64])
def test_the_screen_stands_on_any_machine_with_ids_of_its_own(cpus: int) -> None:
    section = first_screen(run(cpus), moved(run(2), "other"))
    ids = [block.id for block in of_kind(section, Form)] + [table.id for table in of_kind(section, Table) if table.id]
    assert len(ids) == len(set(ids))
    shown = [cards for cards in of_kind(section, Cards) if not cards.waiting]
    assert [cards.of for cards in shown] == ["place-0", ""]
    assert [cards.of for cards in of_kind(section, Cards) if cards.waiting] == ["place-1"]


def test_paper_has_the_answer_in_sentences() -> None:
    section = first_screen(run())
    (calculator, *_) = of_kind(section, Calculator)
    told = [block.text for block in of_kind(section, Prose) if block.only == "paper"]
    assert told[0].startswith(calculator.reply.headline)
    assert calculator.asked in told[0]


def twins(beside: Run, **changes: Any) -> Run:
    """Both builds in another run of the same machine, as measured as that one."""
    made = moved(builds(**changes), beside.machine, "twins")
    return replace(made, manifest=msgspec.structs.replace(made.manifest, simulated=beside.manifest.simulated))


def test_bars_of_the_same_rounds_stand_against_the_loop_with_the_lock() -> None:
    """The loop takes 1.4 times as long without it, so that threads 2.8 times as fast as that are twice as fast as this."""
    newer = run()
    stack = with_and_without_the_lock(stored(study(newer, twins(newer))))
    assert [pile.name.rpartition(", ")[2] for pile in stack.piles] == ["GIL", "no GIL"]
    assert stack.title == "2 CPUs, with, against the loop with the GIL: threads without it 2.0×"
    assert [pile.whole.point for pile in stack.piles] == pytest.approx([1.0, 2.0], rel=0.05)
    assert stack.caption.count(" in the loop, ") == stack.caption.count(" on threads") == 2
    assert "Run of " in stack.caption, "its numbers are not those of the cards beside it"
    assert "With, GIL: a task takes " in stack.caption, "the twin of the same rounds, and not the newest interpreter"


def test_without_a_twin_of_the_same_rounds_loops_are_not_held_against_each_other() -> None:
    newer = run()
    stack = with_and_without_the_lock(stored(study(newer, twins(newer, version="3.14.1"))))
    assert "loop" not in stack.title
    assert "its own plain loop" in stack.caption
