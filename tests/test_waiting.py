"""Everyday jobs, I/O and the positive control: what is measured, what is left, what is said. Times in panels are made up."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from study.bench import made_files, registry
from study.bench.errors import WrongAnswerError
from study.bench.hosts import delayed
from study.bench.kernels import (
    real_groupby,
    real_gzip,
    real_json,
    real_logs,
    real_monte_carlo,
    real_thumbnails,
    request,
)
from study.bench.patterns import io_latency
from study.bench.timing import leftovers
from study.cell import Cell
from study.lab.simulate import law
from study.sections import control
from study.sections.questions import io, real
from study.things import BACKENDS, KERNELS
from study.things.kernels import EVERYDAY
from tests.made_up_run import evidence
from tests.topic_cells import measured

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.table import CellData

ROOT = Path(__file__).parent.parent
REQUESTS = Cell(pattern="io_tasks", kernel="request", tasks=32)
LATE = Cell(pattern="io_latency", kernel="fannkuch", backend="threads")
JSON = Cell(pattern="map", kernel="real_json", tasks=54)
HASH = Cell(pattern="map", kernel="sha256_8mib", tasks=100)


def only(panels: tuple[Panel, ...], identity: str) -> Panel:
    (found,) = [panel for panel in panels if panel.id == identity]
    return found


# What is measured


@pytest.mark.parametrize("kernel", [*(kernel.name for kernel in EVERYDAY), "file_hash", "request"])
def test_nothing_is_left_of_the_files_and_the_server_when_the_process_ends(kernel: str, tmp_path: Path) -> None:
    program = (
        "import os; from study.bench import registry; from study.cell import Cell\n"
        f"kernel = registry.kernel_of(Cell(pattern='map', kernel={kernel!r})); arguments = kernel.arguments(3)\n"
        "assert [kernel.task(each) for each in arguments] == [kernel.expected(each) for each in arguments]\n"
        "pid = os.fork()\n"
        "if not pid: raise SystemExit\n"
        "os.waitpid(pid, 0)\n"
        "assert kernel.task(arguments[0]) == kernel.expected(arguments[0]), 'a forked copy took it away'\n"
        "print(len(os.listdir(os.environ['TMPDIR'])))"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "MARK_OF_THE_TEST": (mark := secrets.token_hex())}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    files = kernel not in {"request", "real_monte_carlo"}
    assert done.stdout.split()[-1] == str(int(files))
    assert list(tmp_path.iterdir()) == []
    alive = [path for path in Path("/proc").glob("[0-9]*/environ") if mark.encode() in _bytes(path)]
    assert alive == []


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_file_is_found_from_the_number_alone_and_belongs_to_this_user() -> None:
    files = made_files.MadeFiles(3, lambda number: b"%d" % number)
    files.make()
    arguments = files.arguments(5, 0)
    assert [made_files.MadeFiles.path(argument).read_bytes() for argument in arguments] == [
        b"0",
        b"1",
        b"2",
        b"0",
        b"1",
    ]
    assert [files.which(argument) for argument in arguments] == [0, 1, 2, 0, 1]
    assert files.path(arguments[0]).parent.stat().st_mode & 0o777 == 0o700
    files.make()
    assert files.arguments(5, 0) == arguments


def test_orders_are_added_up_as_they_stand_in_the_file() -> None:
    text = real_json.content(3).decode()
    assert text.count("\n") == real_json.ORDERS
    for state, known in zip(real_json.STATES, real_json._known(3), strict=True):
        lines = [line for line in text.splitlines() if f'"state": "{state}"' in line]
        assert sum(int(line.rpartition('"cents": ')[2].rstrip("}")) for line in lines) == known


def test_a_log_has_the_lines_that_are_known() -> None:
    text = real_logs.content(7).decode()
    words, errors, warnings, first_host = real_logs._known(7)
    assert (len(text.split()), text.count(" ERROR "), text.count(" WARNING "), text.count(" host0 ")) == (
        words,
        errors,
        warnings,
        first_host,
    )


def test_a_table_has_the_sums_that_are_known() -> None:
    rows = [line.split(",") for line in real_groupby.content(5).decode().splitlines()[1:]]
    *sums, groups = real_groupby._known(5)
    assert len(rows) == real_groupby.ROWS
    assert groups == len({group for _, group, _, _ in rows})
    first = min(group for _, group, _, _ in rows)
    assert sums[0] == sum(int(amount) for _, group, _, amount in rows if group == first)
    assert sum(sums) == sum(int(amount) for _, _, _, amount in rows)


def test_a_packed_file_is_told_from_another_one() -> None:
    real_gzip.FILES.make()
    first, second = real_gzip.FILES.arguments(2, 0)
    assert real_gzip.pack(first) == real_gzip.KERNEL.expected(first) != real_gzip.KERNEL.expected(second)


def test_a_thumbnail_is_the_average_of_the_boxes_and_a_damaged_image_is_refused() -> None:
    image = real_thumbnails.content(2)
    side, rows = real_thumbnails.pixels(image)
    pixels = np.frombuffer(rows, dtype=np.uint8).reshape(side, 1 + 3 * side)[:, 1:].reshape(side, side, 3)
    box = pixels[16:24, 40:48].astype(float)
    assert box.mean(axis=(0, 1)).tolist() == [real_thumbnails.average(2, 2, 5, colour) for colour in range(3)]
    assert box.std() > 0
    with pytest.raises(ValueError, match="damaged"):
        real_thumbnails.pixels(image[:-20] + bytes([image[-20] ^ 1]) + image[-19:])


@pytest.mark.parametrize("seed", range(len(real_monte_carlo.KNOWN)))
def test_the_darts_are_those_of_numpys_twister(seed: int) -> None:
    draws = np.random.RandomState([seed]).random_sample(2 * real_monte_carlo.DARTS).reshape(-1, 2)
    assert int(((draws**2).sum(axis=1) <= 1.0).sum()) == real_monte_carlo.KNOWN[seed]


@pytest.mark.parametrize(
    ("backend", "variant", "workers"),
    [
        ("call", "", 1),
        ("call", "streams", 1),
        ("thread_executor", "", 3),
        ("thread_executor", "to_thread", 0),
        ("thread_executor", "to_thread", 3),
        ("thread_executor", "task_group", 3),
        ("process_executor", "", 2),
        ("process_executor", "task_group", 2),
    ],
)
def test_every_way_of_waiting_gets_every_answer_in_order_and_leaves_nothing(
    backend: str, variant: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = "fork" if BACKENDS[backend].takes_start_method else ""
    cell = replace(REQUESTS, backend=backend, variant=variant, workers=workers, start_method=method, tasks=5)
    session = registry.session_of(cell)
    try:
        session.set_up()
        session.check()
        monkeypatch.setattr(delayed, "answer", lambda number: number)
        with pytest.raises(WrongAnswerError):
            session.check()
    finally:
        session.tear_down()
    assert leftovers() == []


def test_as_many_threads_as_are_asked_for_wait_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five requests on five threads wait together; on one thread one after the other: seen by what the threads are called."""
    import threading

    seen: set[str] = set()
    together = threading.Barrier(5)

    def noted(argument: int) -> int:
        together.wait(timeout=30)
        seen.add(threading.current_thread().name)
        return delayed.answer(argument % request.MOST_NUMBERS)

    monkeypatch.setattr(request.KERNEL, "task", noted)
    for variant in ("", "to_thread", "task_group"):
        seen.clear()
        session = registry.session_of(replace(REQUESTS, backend="thread_executor", variant=variant, workers=5, tasks=5))
        session.set_up()
        session.check()
        session.tear_down()
        assert len(seen) == 5, variant


def test_a_byte_that_was_sent_before_the_thread_waited_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    session = io_latency.IoLatency(Cell(pattern="io_latency"))
    messages = iter([(50, 70), (100, 120), (101, 400), (900, 910)])
    monkeypatch.setattr(session, "_receive", lambda: next(messages))
    monkeypatch.setattr("study.bench.patterns.io_latency.time.monotonic_ns", lambda: 100)
    assert session.event(1) == {"total": pytest.approx(299e-9)}


def test_the_switch_interval_is_put_back_and_threads_are_joined() -> None:
    before = sys.getswitchinterval()
    session = registry.session_of(replace(LATE, variant="short_switch", kernel="sha256_1kib"))
    session.set_up()
    assert sys.getswitchinterval() == pytest.approx(io_latency.SHORT_SWITCH_S)
    assert len(leftovers()) == 1
    assert session.event(2)["total"] > 0
    session.tear_down()
    assert sys.getswitchinterval() == before
    assert leftovers() == []


def test_by_the_law_requests_wait_together_and_only_the_gil_keeps_a_byte() -> None:
    with_gil, without = law.Law(cpus=2), law.Law(cpus=2, gil=False)
    threads = replace(REQUESTS, backend="thread_executor", workers=32)
    one_after_the_other = law.true_time_s(REQUESTS, with_gil)
    assert one_after_the_other == pytest.approx(32 * KERNELS["request"].simulated_s)
    assert law.true_time_s(threads, with_gil) < one_after_the_other / 8
    own = replace(threads, workers=0, variant="to_thread")
    assert law.true_time_s(threads, with_gil) < law.true_time_s(own, with_gil) < one_after_the_other
    late = [
        law.true_time_s(cell, with_gil)
        for cell in (LATE, replace(LATE, variant="short_switch"), Cell(pattern="io_latency"))
    ]
    assert late == sorted(late, reverse=True)
    assert law.true_time_s(LATE, without) == law.true_time_s(Cell(pattern="io_latency"), without) == late[2]
    assert law.true_time_s(replace(LATE, kernel="sha256_8mib"), with_gil) == late[2]


# What is said


def test_without_cells_nothing_is_said() -> None:
    assert (*real.panels(evidence()), *io.panels(evidence())) == ()


def jobs(threads: float = 0.7, pool: float = 0.36, executor: float = 0.4) -> list[CellData]:
    both = replace(JSON, tasks=108, workers=2)
    return [
        measured(JSON, 0.7, cpu_time_us=700, elapsed_us=700),
        measured(replace(both, backend="threads"), 2 * threads, cpu_time_us=1540, elapsed_us=1400),
        measured(replace(both, backend="pool", start_method="fork"), 2 * pool),
        measured(replace(both, backend="process_executor", start_method="fork"), 2 * executor),
    ]


def test_everyday_jobs_are_compared_by_tasks_a_second() -> None:
    found = only(real.panels(evidence(*jobs())), "real-speedups")
    by_way = {point.names[1]: point.estimate.point for point in found.points}
    assert by_way["threads"] == pytest.approx(1.0, rel=0.02)
    assert by_way["Pool"] == pytest.approx(0.7 / 0.36, rel=0.02)
    begin, end = "With 2 workers, beside a plain loop: processes of a Pool, other ways apart, finish ", "threads show"
    one, *others = found.title.removeprefix(begin).partition(end)[0].split(" to ")
    assert one.startswith("1.94 [")
    assert not others  # one job has no range
    assert found.title.endswith("threads show no clear gain")
    assert any("of 3 ways tried most tasks a second with Pool, 1.9" in note for note in found.notes)


def test_threads_that_gain_are_named_and_the_fastest_way_is_theirs() -> None:
    found = only(real.panels(evidence(*jobs(threads=0.35))), "real-speedups")
    assert "threads gain with JSON lines parsed 2" in found.title
    assert any("with threads, 2" in note for note in found.notes)


def test_the_cpu_time_of_a_task_is_shown_where_it_was_counted() -> None:
    found = only(real.panels(evidence(*jobs())), "real-cpu")
    by_way = {point.names[1]: point.estimate.point for point in found.points}
    assert set(by_way) == {"plain loop", "threads"}
    assert by_way["plain loop"] == pytest.approx(0.7 / 54, rel=0.02)
    assert by_way["threads"] == pytest.approx(1.1 * 1.4 / 108, rel=0.02)
    assert "JSON lines parsed with threads costs most CPU time beside the plain loop: 1.1" in found.title


def test_under_load_nothing_is_said_of_everyday_jobs_but_why() -> None:
    found = only(real.panels(evidence(*jobs(), foreign_cpus=1.0)), "real-speedups")
    assert found.title.startswith("Tasks a second of everyday jobs, by the way they are run: others took 1 CPU")
    assert not any("most tasks" in note or "control" in note for note in found.notes)


def requests() -> list[CellData]:
    threads = replace(REQUESTS, backend="thread_executor", workers=32)
    return [
        measured(REQUESTS, 0.17),
        measured(threads, 0.012),
        measured(replace(threads, workers=0, variant="to_thread"), 0.034),
        measured(replace(REQUESTS, variant="streams"), 0.010),
        measured(replace(REQUESTS, backend="process_executor", start_method="fork", workers=2), 0.09),
    ]


def test_ways_to_wait_have_names_of_their_own_and_the_quickest_leads() -> None:
    found = only(io.panels(evidence(*requests())), "io-ways")
    names = [point.names for point in found.points]
    assert len(set(names)) == len(names) == 5
    assert "asyncio's streams, one thread" in found.title
    assert "170 ms [169, 171] one after the other" in found.title
    assert not [panel for panel in io.panels(evidence(*requests())) if panel.id == "io-requests"]


def test_over_the_number_of_requests_each_way_is_a_course() -> None:
    more = [measured(replace(data.cell, tasks=128), 4 * float(data.means.mean())) for data in requests()]
    found = only(io.panels(evidence(*requests(), *more)), "io-requests")
    assert found.kind == "curves"
    assert {point.x for point in found.points} == {32.0, 128.0}
    assert len({point.series for point in found.points}) == 5
    assert found.title.startswith("From 32 to 128 requests the time becomes 4.0")


def late(average: float, **factors: str | int) -> CellData:
    cell = replace(LATE, **factors)  # type: ignore[arg-type]
    return replace(measured(cell, average), values=np.full((10, 100), average) * np.linspace(0.5, 1.5, 100))


def test_a_late_byte_is_told_by_quantiles_beside_one_that_nobody_keeps() -> None:
    cells = [
        late(50e-6, kernel="noop", backend="call"),
        late(5e-3),
        late(9e-3, workers=2),
        late(6e-4, variant="short_switch"),
    ]
    found = only(io.panels(evidence(*cells)), "io-latency")
    assert len(found.points) == 12
    by_name = {point.names: point.estimate.point for point in found.points}
    assert by_name["1 thread of fannkuch", "half of the bytes"] == pytest.approx(5e-3, rel=0.02)
    assert by_name["1 thread of fannkuch, threads switched every 0.5 ms", "99 of 100 of the bytes"] == pytest.approx(
        9e-4, rel=0.02
    )
    assert "9 ms [9, 9] after it was sent beside 2 threads of fannkuch, 180 [180, 180] times as late" in found.title


# The positive control


@pytest.mark.parametrize(
    ("threads_s", "scaled", "words"),
    [(0.52, True, "For comparison: 2 threads"), (0.99, False, "the harness or the machine is in doubt")],
)
def test_a_control_scales_or_puts_the_harness_in_doubt(threads_s: float, scaled: bool, words: str) -> None:
    seen = evidence(measured(HASH, 1.0), measured(replace(HASH, backend="threads", workers=2), threads_s))
    tried = control.control(seen)
    assert tried is not None
    assert tried.scaled is scaled
    assert words in control.control_sentence(seen)


def test_a_control_is_open_where_its_interval_is_and_silent_where_there_is_none_or_load() -> None:
    loop, threads = measured(HASH, 1.0), measured(replace(HASH, backend="threads", workers=2), 0.667)
    assert control.control_sentence(evidence(loop, threads)).startswith("Whether the control scaled is open: ")
    assert control.control_sentence(evidence(threads)) == ""
    assert control.control_sentence(evidence(loop, threads, foreign_cpus=1.0)) == ""
    assert control.control_sentence(evidence(loop, threads, usable_cpus=1)) == ""


def test_the_control_may_have_more_tasks_than_its_loop() -> None:
    seen = evidence(measured(HASH, 1.0), measured(replace(HASH, backend="threads", workers=2, tasks=200), 1.03))
    assert control.control_sentence(seen).startswith("For comparison: ")
