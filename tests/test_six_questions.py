"""The figures and files of Q2 to Q6, from cells whose times are known. Every time here is made up."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from study import stats
from study.cell import Cell
from study.sections import claims
from study.sections.questions import q2, q3, q4, q5, q6
from study.things import BACKENDS, START_METHODS
from study.units import with_interval
from tests.made_up_run import SCATTER, TARGET, evidence, measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Panel
    from study.evidence import Evidence
    from study.table import CellData

MEAN = float(SCATTER.mean())
LIFE = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join")
THREAD = Cell(pattern="process_lifecycle", backend="threads", part="join")
PING = Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=64)
BUSY = Cell(pattern="map", kernel="fannkuch", backend="threads", workers=2, tasks=8)
EACH = Cell(pattern="process_per_task", backend="processes", start_method="fork", workers=2, tasks=8)
SENT = Cell(pattern="map", backend="pool", start_method="fork", workers=2, tasks=8, chunksize=1)
POOL = Cell(pattern="pool_lifecycle", kernel="square", backend="pool", start_method="fork", workers=2, tasks=5)
PRINTED = Cell(pattern="four_printers", backend="processes", start_method="fork", workers=4, tasks=4)


def by_id(panels: Sequence[Panel]) -> dict[str, Panel]:
    return {panel.id: panel for panel in panels}


def named(panel: Panel) -> list[tuple[str, ...]]:
    assert all(point.names[0] == point.series for point in panel.points)
    return [point.names for point in panel.points]


def average(data: CellData, per: int = 1) -> str:
    return with_interval(stats.average(data.means / per, "s"), reason=False)


def decided(monkeypatch: pytest.MonkeyPatch, *verdicts: SimpleNamespace) -> None:
    monkeypatch.setattr(claims, "verdicts", lambda _run: verdicts)


def verdict(point: float | None, unit: str, *cells: Cell, target: str = TARGET) -> SimpleNamespace:
    estimate = SimpleNamespace(point=point, low=None, high=None, unit=unit, reason="", n=8, confidence=0.95, limit="")
    return SimpleNamespace(target=target, average=estimate, cells=tuple(cell.text for cell in cells))


@pytest.mark.parametrize(
    ("module", "ids"),
    [
        (q2, {"q2-costs", "q2-busy"}),
        (q3, {"q3-lifecycle"}),
        (q4, {"q4-per-task", "q4-chunks"}),
        (q5, {"q5-parts", "q5-break-even"}),
        (q6, {"q6-promises", "q6-orders"}),
    ],
    ids=lambda value: value.__name__[-2:] if hasattr(value, "__name__") else "",
)
def test_without_cells_every_figure_says_why_it_is_not_there(module: SimpleNamespace, ids: set[str]) -> None:
    panels = by_id(module.panels(evidence()))
    assert set(panels) == ids
    assert all(panel.reason and panel.title and not panel.points for panel in panels.values())


# Q2


def test_a_thread_and_a_process_stand_side_by_side_act_by_act(monkeypatch: pytest.MonkeyPatch) -> None:
    decided(monkeypatch)
    large = replace(PING, payload_bytes=1 << 16)
    by_thread = replace(PING, backend="threads", start_method="")
    made = evidence(
        measured(PING, 4e-5), measured(large, 5e-5), measured(by_thread, 1e-5), measured(replace(PING, channel="queue"), 1.0),
        question="Q2",
    )  # fmt: skip
    panel = by_id(q2.panels(made))["q2-costs"]
    assert named(panel) == [
        ("64 B there and back", "thread"),
        ("64 B there and back", "process, fork"),
        ("64 KiB there and back", "process, fork"),
    ]
    assert [point.estimate.point for point in panel.points] == pytest.approx([1e-5 * MEAN, 4e-5 * MEAN, 5e-5 * MEAN])
    assert panel.points[1].means == tuple(measured(PING, 4e-5).means)
    assert panel.log_y
    costs = average(measured(by_thread, 1e-5)), average(measured(PING, 4e-5))
    assert panel.title == f"64 B there and back: a thread takes {costs[0]}, a process {costs[1]}"


def test_lives_come_from_the_question_about_them(monkeypatch: pytest.MonkeyPatch) -> None:
    decided(monkeypatch)
    lives = measured(LIFE, 1e-3), measured(THREAD, 1e-4), measured(replace(LIFE, start_method="spawn"), 3e-2)
    assert by_id(q2.panels(evidence(*lives, question="Q2")))["q2-costs"].reason
    panel = by_id(q2.panels(evidence(*lives, question="Q3")))["q2-costs"]
    act = "from start to end of join"
    assert named(panel) == [(act, "thread"), (act, "process, fork"), (act, "process, spawn")]


def test_where_a_statement_compares_both_its_ratio_is_the_title(monkeypatch: pytest.MonkeyPatch) -> None:
    lives = [measured(LIFE, 1e-3), measured(THREAD, 1e-4)]
    decided(
        monkeypatch,
        verdict(7.0, "ratio", LIFE, THREAD, target="two"),
        verdict(3.0, "s", LIFE, THREAD),
        verdict(4.0, "ratio", LIFE, PING),
        verdict(None, "ratio", LIFE, THREAD),
        verdict(5.0, "ratio", LIFE, THREAD),
    )
    panel = by_id(q2.panels(evidence(*lives, question="Q3")))["q2-costs"]
    assert panel.title == "A process against a thread: 5.00 times from start to end of join"


def busy(cell: Cell, cpus: float) -> CellData:
    return measured(cell, 1.0, outcomes=[{"elapsed_us": 1000, "cpu_time_us": round(1000 * cpus)}] * len(SCATTER))


def test_threads_kept_as_many_cpus_busy_as_their_cpu_time_says(monkeypatch: pytest.MonkeyPatch) -> None:
    more = replace(BUSY, workers=4)
    other = [replace(BUSY, kernel=kernel) for kernel in ("sieve", "sha256_8mib", "sleep")]
    cells = [busy(more, 1.5), busy(other[2], 0.25), busy(other[1], 1.9), busy(other[0], 1.1), busy(BUSY, 1.0)]
    cells += [busy(replace(BUSY, workers=1), 0.9), measured(replace(BUSY, kernel="nbody"), 1.0)]
    decided(monkeypatch, verdict(2.0, "CPU", other[2], more), verdict(2.0, "ratio", BUSY, more))
    panel = by_id(q2.panels(evidence(*cells, question="Q2")))["q2-busy"]
    assert named(panel) == [
        ("2 threads", "fannkuch"), ("2 threads", "prime sieve"), ("2 threads", "SHA-256 of 8 MiB"), ("2 threads", "sleep"),
        ("4 threads", "fannkuch"),
    ]  # fmt: skip
    assert [point.estimate.point for point in panel.points] == pytest.approx([1.0, 1.1, 1.9, 0.25, 1.5])
    assert panel.title.startswith("CPUs kept busy by 2 threads: sleep 0.25")
    assert "fannkuch" not in panel.title
    decided(monkeypatch)
    title = by_id(q2.panels(evidence(*cells, question="Q1")))["q2-busy"].title
    assert [name in title for name in ("fannkuch 1", "sieve 1.1", "SHA-256 of 8 MiB 1.9", "sleep")] == [True] * 3 + [
        False
    ]
    assert by_id(q2.panels(evidence(*cells, question="Q3")))["q2-busy"].reason


# Q3


def test_a_life_is_shown_at_three_moments_for_threads_processes_and_the_system() -> None:
    spawn = replace(LIFE, start_method="spawn")
    system = Cell(pattern="process_lifecycle", backend="os_fork", part="join")
    cells = [
        measured(system, 4e-4), measured(spawn, 3e-2), measured(LIFE, 1e-3), measured(THREAD, 1e-4),
        measured(replace(LIFE, part="start"), 5e-4), measured(replace(LIFE, part="first"), 8e-4),
        measured(replace(LIFE, parent_bytes=1 << 20), 1.0),
    ]  # fmt: skip
    (panel,) = q3.panels(evidence(*cells, question="Q3"))
    whole = "join() returns: the whole life"
    assert named(panel) == [
        ("start() returns", "fork"), ("the child, or the thread, runs", "fork"), (whole, "thread"),
        (whole, "fork"), (whole, "spawn"), (whole, "os.fork + wait"),
    ]  # fmt: skip
    expected = [5e-4, 8e-4, 1e-4, 1e-3, 3e-2, 4e-4]
    assert [point.estimate.point for point in panel.points] == pytest.approx([seconds * MEAN for seconds in expected])
    looks = [point.look for point in panel.points]
    assert looks[2:] == [
        BACKENDS["threads"].look, START_METHODS["fork"].look, START_METHODS["spawn"].look, BACKENDS["os_fork"].look,
    ]  # fmt: skip
    fork, spawned, thread = (
        average(data) for data in (measured(LIFE, 1e-3), measured(spawn, 3e-2), measured(THREAD, 1e-4))
    )
    assert panel.title == (
        f"From start to end of join, one process takes {fork} under fork, {spawned} under spawn; one thread {thread}"
    )


# Q4


def test_an_empty_task_is_the_event_over_its_tasks() -> None:
    cells = [
        measured(EACH, 8e-3), measured(replace(EACH, start_method="spawn"), 0.4), measured(SENT, 8e-4),
        measured(replace(SENT, tasks=512), 5.0), measured(replace(SENT, chunksize=2), 9.0),
        measured(replace(SENT, backend="process_executor"), 7.0),
    ]  # fmt: skip
    panel = by_id(q4.panels(evidence(*cells, question="Q4")))["q4-per-task"]
    each, pooled = "a process for each task, 2 at a time", "a pool that lives on, one task a message"
    assert named(panel) == [(each, "fork"), (each, "spawn"), (pooled, "fork")]
    assert [point.estimate.point for point in panel.points] == pytest.approx([1e-3 * MEAN, 0.05 * MEAN, 1e-4 * MEAN])
    assert panel.points[0].means == pytest.approx(measured(EACH, 8e-3).means / 8)
    assert panel.title == (
        f"One of 8 tasks that do nothing costs {average(measured(SENT, 8e-4), 8)} through a living pool (fork) and"
        f" {average(measured(EACH, 8e-3), 8)} with a process of its own (fork)"
    )
    assert "per task of 8 tasks" in panel.subtitle


def test_chunks_stand_by_size_and_the_librarys_own_choice_where_its_number_is() -> None:
    sizes = {0: 1e-3, 1: 8e-3, 8: 2e-3, 128: 2e-3}
    pool = [measured(replace(SENT, tasks=512, chunksize=size), seconds) for size, seconds in sizes.items()]
    other = [measured(replace(data.cell, backend="process_executor"), 1.0) for data in (pool[0], pool[2])]
    lone = measured(replace(SENT, backend="thread_executor", start_method=""), 1.0)
    panel = by_id(q4.panels(evidence(*pool, *other, lone, question="Q4")))["q4-chunks"]
    first, second = "Pool, fork", "ProcessPoolExecutor, fork"
    assert named(panel) == [
        (first, "chunks of 1"), (first, "chunks of 8"), (first, "its own chunk size (64)"), (first, "chunks of 128"),
        (second, "its own chunk size (1)"), (second, "chunks of 8"),
    ]  # fmt: skip
    assert panel.points[1].estimate.point == pytest.approx(2e-3 / 512 * MEAN)
    assert panel.points[0].look == BACKENDS["pool"].look
    assert panel.title == (
        f"{first}: an empty task costs {average(pool[1], 512)} (chunks of 1), {average(pool[3], 512)} (chunks of 128)"
    )
    assert "per task of 512 tasks" in panel.subtitle
    alone = by_id(q4.panels(evidence(*other, question="Q4")))["q4-chunks"]
    assert alone.title.endswith(f"(its own chunk size (1)), {average(other[1], 512)} (chunks of 8)")


# Q5


def test_a_pools_life_is_shown_part_by_part_beside_the_loop_over_the_same_squares() -> None:
    shipped = Cell(
        pattern="pool_as_shipped", kernel="square", backend="pool", start_method="default", workers=0, tasks=5
    )
    loop = Cell(pattern="map", kernel="square", tasks=5)
    cells = [
        measured(replace(POOL, start_method="spawn"), 5e-2), measured(POOL, 5e-3), measured(replace(POOL, part="create"), 2e-3),
        measured(replace(POOL, part="close_join"), 1e-3), measured(shipped, 4e-3), measured(loop, 1e-6),
        measured(replace(loop, tasks=4), 1.0), measured(replace(shipped, variant="one_cpu"), 1.0),
    ]  # fmt: skip
    panel = by_id(q5.panels(evidence(*cells, question="Q5")))["q5-parts"]
    whole = "its whole life"
    assert named(panel) == [
        ("making the pool", "fork"), ("close and join", "fork"), (whole, "fork"), (whole, "spawn"), (whole, "as shipped"),
        ("the same squares without a pool", "plain loop"),
    ]  # fmt: skip
    expected = [2e-3, 1e-3, 5e-3, 5e-2, 4e-3, 1e-6]
    assert [point.estimate.point for point in panel.points] == pytest.approx([seconds * MEAN for seconds in expected])
    life, squares = average(measured(POOL, 5e-3)), average(measured(loop, 1e-6))
    assert panel.title == f"A pool's life for five squares takes {life} under fork, the plain loop {squares}"
    without = by_id(q5.panels(evidence(*cells[2:4], question="Q5")))["q5-parts"]
    assert without.title.startswith("The parts of a short-lived pool's life")


def test_break_even_is_the_overhead_over_the_tasks_that_others_take_off_ones_hands() -> None:
    cells = [measured(EACH, 8e-3), measured(POOL, 5e-3), measured(replace(SENT, workers=16), 8e-4)]
    rows = {row.cell: row for row in q5.break_evens(evidence(*cells, usable_cpus=4))}
    assert rows[EACH].grain_s.point == pytest.approx(8e-3 * MEAN / (8 * (1 - 1 / 2)))
    assert rows[POOL].grain_s.point == pytest.approx(5e-3 * MEAN / (5 * (1 - 1 / 2)))
    assert rows[cells[2].cell].grain_s.point == pytest.approx(8e-4 * MEAN / (8 * (1 - 1 / 4)))
    names = [row.name for row in rows.values()]
    assert names[0].startswith("a pool that is already running: 8 × nothing, Pool of 16 under fork")
    assert names[1:] == [
        "a pool made for the occasion and closed again, 5 tasks, under fork", "a process for each task, 8 tasks, under fork",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {"backend": "call", "start_method": ""},
        {"backend": "threads", "start_method": ""},
        {"backend": "thread_executor", "start_method": ""},
        {"backend": "loky", "start_method": ""},
        {"backend": "dask", "start_method": ""},
        {"kernel": "fannkuch"},
        {"chunksize": 8},
        {"api": "imap"},
        {"tasks_per_child": 1},
        {"label": "again"},
        {"workers": 0},
    ],
    ids=str,
)
def test_only_plain_ways_of_the_standard_library_to_use_more_cpus_break_even(other: dict[str, str | int]) -> None:
    assert q5.break_evens(evidence(measured(replace(SENT, **other), 1.0))) == ()  # type: ignore[arg-type]


def test_break_evens_stand_by_tasks_and_way_and_no_two_have_one_name() -> None:
    cells = [
        measured(replace(SENT, tasks=512, workers=16), 1.0), measured(replace(SENT, tasks=512), 2.0),
        measured(EACH, 8e-3), measured(SENT, 8e-4), measured(replace(SENT, chunksize=0), 7e-4),
        measured(POOL, 5e-3), measured(replace(POOL, backend="process_executor"), 6e-3),
        measured(replace(POOL, start_method="spawn"), 5e-2),
        measured(replace(POOL, backend="interpreter_executor", start_method=""), 9e-3),
    ]  # fmt: skip
    panel = by_id(q5.panels(evidence(*cells)))["q5-break-even"]
    made, running = "5 tasks, a pool made for the occasion and closed again", "tasks, a pool that is already running"
    assert named(panel) == [
        (made, "under fork"), (made, "under spawn"), (made, "ProcessPoolExecutor under fork"),
        (made, "InterpreterPoolExecutor"), (f"8 {running}", "Pool of 2 under fork"),
        (f"8 {running}", "Pool of 2 under fork, chunks of 1"), ("8 tasks, a process for each task", "under fork"),
        (f"512 {running}", "Pool of 2 under fork, chunks of 1"), (f"512 {running}", "Pool of 16 under fork, chunks of 1"),
    ]  # fmt: skip
    assert panel.points[0].look == START_METHODS["fork"].look
    assert panel.points[2].look == BACKENDS["process_executor"].look
    assert panel.points[3].look == BACKENDS["interpreter_executor"].look
    first = min(q5.break_evens(evidence(*cells)), key=lambda row: row.grain_s.point or 0.0)
    assert first.cell == replace(SENT, chunksize=0)
    assert panel.title == f"Break-even at best at {with_interval(first.grain_s, reason=False)} a task: {first.name}"


def test_of_ways_that_pay_back_equally_soon_the_first_of_the_records_leads() -> None:
    other = replace(POOL, backend="interpreter_executor", start_method="")
    never = replace(EACH, workers=1)
    every = q5.break_evens(
        evidence(measured(other, 5e-3), measured(POOL, 5e-3), measured(SENT, 4e-3), measured(never, 1e-6))
    )
    assert [row.cell for row in q5.soonest_first(every)] == [SENT, POOL, other]


def test_where_no_way_breaks_even_the_figure_says_why() -> None:
    panel = by_id(q5.panels(evidence(measured(replace(EACH, workers=1), 1.0))))["q5-break-even"]
    assert panel.reason == "no break-even was found: one busy worker saves nothing: the parallel way never pays back"
    file = q5.files(SimpleNamespace(runs=(evidence(measured(EACH, 8e-3)).run,)))[0]  # type: ignore[arg-type]
    assert file.name == "break-even.csv"
    assert list(file.rows[0])[4:] == ["name", "tasks", "workers", "grain", "assumption"]
    assert [file.rows[0][name] for name in ("tasks", "workers")] == [8, 2]


# Q6


def printing(cell: Cell, *counts: dict[str, int]) -> CellData:
    return measured(cell, [1.0] * len(counts), outcomes=[{"trials": 10, **each} for each in counts])


def seen() -> Evidence:
    counts = [
        {"in_order": 6, "torn_events": 1, "closing_line_last": 10, "order_1234": 6, "order_2134": 3, "order_1243": 1},
        {"in_order": 8, "torn_events": 0, "closing_line_last": 9, "order_1234": 8, "order_1243": 2},
    ]
    return evidence(printing(PRINTED, *counts), printing(replace(PRINTED, variant="unbuffered"), *counts))


def test_what_printers_keep_is_shares_of_the_trials() -> None:
    panel = by_id(q6.panels(seen()))["q6-promises"]
    names = ["four printing processes under fork", "four printing processes under fork, unbuffered"]
    promises = ("the lines came in order", "a line was torn", "the closing line came last")
    assert named(panel) == [(promise, name) for promise in promises for name in names]
    assert [point.hollow for point in panel.points] == [False, True] * 3
    assert [point.estimate.point for point in panel.points[::2]] == pytest.approx([14 / 20, 1 / 20, 19 / 20])
    assert panel.title.startswith("In order in 70.0 %")
    assert "of 20 trials (four printing processes under fork)" in panel.title
    assert "the closing line last in 95.0 %" in panel.title


def test_orders_stand_by_how_often_they_came() -> None:
    panel = by_id(q6.panels(seen()))["q6-orders"]
    assert [point.names[1] for point in panel.points] == ["1234", "2 further orders"]
    assert [point.label for point in panel.points] == ["1234: 14 of 20 runs", "2 further orders: 6 of 20 runs"]
    assert [point.estimate.point for point in panel.points] == pytest.approx([14 / 20, 6 / 20])
    assert panel.title == "Of 24 possible orders of the lines there came 3 orders under fork"
    (file,) = q6.files(SimpleNamespace(runs=(seen().run,)))  # type: ignore[arg-type]
    assert [(row["variant"], row["trials"], row["order"], row["times"]) for row in file.rows[:3]] == [
        ("", 20, "1234", 14), ("", 20, "1243", 3), ("", 20, "2134", 3),
    ]  # fmt: skip
    assert file.rows[0]["share"] == panel.points[0].estimate
    assert [row["variant"] for row in file.rows[3:]] == ["unbuffered"] * 3


def test_only_the_most_frequent_orders_have_a_row_of_their_own_and_the_others_one_together() -> None:
    counts = {f"order_{number}": 9 - number for number in range(1, 8)}
    panel = by_id(q6.panels(evidence(printing(PRINTED, {"trials": 40, **counts}))))["q6-orders"]
    assert [point.names[1] for point in panel.points] == ["1", "2", "3", "4", "3 further orders"]
    assert panel.points[-1].estimate.point == pytest.approx((4 + 3 + 2) / 40)
    assert panel.notes[0].startswith("Runs of one session are alike")
    assert "there came 7 orders under fork" in panel.title


def test_the_order_of_the_starts_has_a_row_however_rarely_it_came() -> None:
    counts = {f"order_{order}": 8 for order in ("2134", "2143", "2314", "2341", "3124")} | {"order_1234": 1}
    panel = by_id(q6.panels(evidence(printing(PRINTED, {"trials": 41, **counts}))))["q6-orders"]
    assert [point.names[1] for point in panel.points] == ["2134", "2143", "2314", "1234", "2 further orders"]


def test_without_trials_nothing_was_printed() -> None:
    panels = by_id(q6.panels(evidence(measured(PRINTED, [1.0], outcomes=[{"trials": 0, "order_1234": 0}]))))
    assert panels["q6-promises"].reason == "no four processes printed"
    assert panels["q6-orders"].reason == "no order of lines was recorded"


def test_a_share_is_none_where_its_outcome_was_not_counted_or_cannot_be() -> None:
    data = printing(PRINTED, {"in_order": 6}, {"in_order": 11})
    assert q6.share_of(data, "torn_events").point is None
    assert "not recorded" in q6.share_of(data, "torn_events").reason
    assert "more in_order than trials" in q6.share_of(data, "in_order").reason
    assert q6.share_of(data, "order_1234", seen_only=True).point == 0.0
