"""The contract of kernel × backend × start method: the right answers in order, and nothing left behind."""

from __future__ import annotations

import gc
import importlib.util
import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study.bench import registry
from study.bench.errors import UnsupportedCellError, WorkerFailedError
from study.bench.probe import has_interpreters
from study.bench.timing import leftovers
from study.cell import Cell
from study.things import BACKENDS, KERNELS, START_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - looked at, not written to
EXISTING = [method for method in START_METHODS if method in multiprocessing.get_all_start_methods()]
WAYS = [
    (backend.name, method)
    for backend in BACKENDS.values()
    if backend.runs_tasks and not backend.package
    if not backend.needs_interpreters or has_interpreters()
    for method in (EXISTING if backend.takes_start_method else [""])
]
SMALL = ("noop", "square")
"""Done by every backend under every start method."""
QUICK_WAYS = [way for way in WAYS if way[1] in {"", EXISTING[0]} and not BACKENDS[way[0]].needs_interpreters]
"""How all other kernels are done: by every backend, under one start method."""
WITHOUT_INTERPRETERS = {kernel.name for kernel in KERNELS.values() if kernel.package}
"""NumPy refuses to be imported in an interpreter inside a process (numpy issue 24755)."""
needs_interpreters = pytest.mark.skipif(not has_interpreters(), reason="this Python has no concurrent.interpreters")
CLASSES = ("fannkuch", "count_shared", "binary_trees", "regex", "zlib", "sort", "triad", "sleep", "ragged")
"""One kernel of each class, done by a pool under every start method: integers, an object of the module, many objects, an
input made before, C code that releases the GIL, NumPy, arrays kept by the process, waiting, tasks of uneven length."""
needs_fork = pytest.mark.skipif("fork" not in EXISTING, reason="this system has no fork")


@pytest.fixture(autouse=True)
def _nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Spawned children import what they import under the study; afterwards no child, thread or semaphore is there."""
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", importlib.util.find_spec("study.bench.measure"))
    ours = f"study{os.getpid()}"
    monkeypatch.setitem(multiprocessing.current_process()._config, "semprefix", f"/{ours}")  # type: ignore[attr-defined]
    yield
    assert leftovers() == []
    gc.collect()
    assert [path.name for path in SHARED_MEMORY.glob(f"*{ours}*")] == []


def answers_of(cell: Cell) -> tuple[list[object], list[object]]:
    kernel = registry.kernel_of(cell)
    arguments = kernel.arguments(cell.tasks, 1000 if kernel.has_length else 0)
    with registry.backend_of(cell) as backend:
        first = backend.map(kernel.task, arguments, cell.chunksize)
        again = backend.map(kernel.task, arguments, cell.chunksize)
    assert first == again
    return again, [kernel.expected(argument) for argument in arguments]


@pytest.mark.parametrize("kernel", SMALL)
@pytest.mark.parametrize(("backend", "start_method"), WAYS)
def test_every_backend_answers_right_and_in_order(kernel: str, backend: str, start_method: str) -> None:
    cell = Cell(pattern="map", kernel=kernel, backend=backend, start_method=start_method, workers=2, tasks=5)
    answers, expected = answers_of(cell)
    assert answers == expected


@pytest.mark.parametrize("kernel", [kernel for kernel in KERNELS if kernel not in SMALL])
@pytest.mark.parametrize(("backend", "start_method"), QUICK_WAYS)
def test_every_kernel_gives_its_known_answer(kernel: str, backend: str, start_method: str) -> None:
    cell = Cell(pattern="map", kernel=kernel, backend=backend, start_method=start_method, workers=2, tasks=2)
    answers, expected = answers_of(cell)
    assert answers == expected


@pytest.mark.parametrize("kernel", CLASSES)
@pytest.mark.parametrize("start_method", EXISTING[1:])
def test_every_class_of_kernels_answers_right_under_every_start_method(kernel: str, start_method: str) -> None:
    cell = Cell(pattern="map", kernel=kernel, backend="pool", start_method=start_method, workers=2, tasks=3)
    answers, expected = answers_of(cell)
    assert answers == expected


@pytest.mark.parametrize("backend", ["pool", "process_executor"])
@pytest.mark.parametrize("chunksize", [1, 3, 100])
def test_the_chunksize_changes_no_answer(backend: str, chunksize: int) -> None:
    method = EXISTING[0] if BACKENDS[backend].takes_start_method else ""
    cell = Cell(pattern="map", backend=backend, start_method=method, workers=2, tasks=7, chunksize=chunksize)
    answers, expected = answers_of(cell)
    assert answers == expected == list(range(7))


@pytest.mark.parametrize("backend", ["call", "thread_executor"])
def test_a_chunksize_that_would_change_nothing_is_refused(backend: str) -> None:
    cell = Cell(pattern="map", backend=backend, workers=2)
    with registry.backend_of(cell) as runner, pytest.raises(UnsupportedCellError, match="chunksize must be 0"):
        runner.map(abs, [1, 2], 2)


@pytest.mark.parametrize("backend", ["pool", "process_executor"])
def test_pools_can_be_made_as_the_library_ships_them(backend: str) -> None:
    answers, expected = answers_of(Cell(pattern="map", backend=backend, start_method="default", workers=0, tasks=3))
    assert answers == expected


@pytest.mark.parametrize("backend", ["threads", "processes"])
def test_more_workers_than_tasks_are_not_started(backend: str) -> None:
    method = EXISTING[0] if BACKENDS[backend].takes_start_method else ""
    answers, _ = answers_of(Cell(pattern="map", backend=backend, start_method=method, workers=4, tasks=2))
    assert answers == [0, 1]


@pytest.mark.parametrize("backend", ["threads", "processes"])
def test_bare_workers_have_no_default_and_no_chunks(backend: str) -> None:
    cell = Cell(pattern="map", backend=backend, start_method=EXISTING[0], workers=0)
    with pytest.raises(UnsupportedCellError, match="workers = 1 or more"):
        registry.backend_of(cell)
    chunked = Cell(pattern="map", backend=backend, start_method=EXISTING[0], workers=2, chunksize=2)
    with registry.backend_of(chunked) as runner, pytest.raises(UnsupportedCellError, match="chunksize must be 0"):
        runner.map(abs, [1, 2], 2)


@needs_fork
def test_a_process_that_dies_is_reported_and_the_others_are_waited_for() -> None:
    def die_at_one(index: int) -> int:
        if index == 1:
            os._exit(3)
        return index

    cell = Cell(pattern="map", backend="processes", start_method="fork", workers=2)
    with registry.backend_of(cell) as backend, pytest.raises(WorkerFailedError, match=r"processes \[2\] of 2"):
        backend.map(die_at_one, [0, 1], 0)


def test_a_thread_that_fails_is_reported_the_others_are_waited_for_and_the_next_map_is_done() -> None:
    with registry.backend_of(Cell(pattern="map", backend="threads", workers=2)) as backend:
        with pytest.raises(WorkerFailedError, match="thread 1 of 2"):
            backend.map(lambda index: 1 // index, [0, 1], 0)
        assert backend.map(lambda index: index + 1, [0, 1], 0) == [1, 2]


def test_threads_live_on_from_map_to_map() -> None:
    with registry.backend_of(Cell(pattern="map", backend="threads", workers=2)) as backend:
        first, again = (backend.map(lambda _: threading.get_ident(), [0, 1], 0) for _ in range(2))
    assert first == again
    assert len(set(first)) == 2


@pytest.mark.parametrize("factor", ["kernel", "backend", "pattern"])
def test_what_has_no_record_is_refused_with_what_has(factor: str) -> None:
    find = {"kernel": registry.kernel_of, "backend": registry.backend_of, "pattern": registry.session_of}[factor]
    cell = Cell(**{"pattern": "map", factor: "mine"})  # type: ignore[arg-type]
    with pytest.raises(UnsupportedCellError, match=f"{factor} 'mine' is unknown; possible: .*, "):
        find(cell)


@pytest.mark.parametrize("backend", [backend.name for backend in BACKENDS.values() if not backend.runs_tasks])
def test_a_backend_that_runs_no_tasks_is_given_none(backend: str) -> None:
    with pytest.raises(UnsupportedCellError, match=f"backend '{backend}' is unknown; possible: call, "):
        registry.backend_of(Cell(pattern="map", backend=backend))


def test_an_unknown_start_method_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnsupportedCellError, match=r"'teleport' does not exist here; possible: .*spawn"):
        registry.backend_of(Cell(pattern="map", backend="processes", start_method="teleport"))


IN_INTERPRETERS = """
from study.bench import registry
from study.bench.timing import leftovers, measure, Stopwatch
from study.bench.job import Job
from study.cell import Cell, parts_of
from dataclasses import replace

for name in {kernels}:
    cell = Cell(pattern="map", kernel=name, backend="interpreter_executor", workers=2, tasks=2)
    kernel = registry.kernel_of(cell)
    arguments = kernel.arguments(2, 1000 if kernel.has_length else 0)
    with registry.backend_of(cell) as backend:
        assert backend.map(kernel.task, arguments, 0) == [kernel.expected(argument) for argument in arguments], name
points = (
    Cell(pattern="process_lifecycle", backend="interpreters"),
    Cell(pattern="ping_pong", backend="interpreters", channel="interpreter_queue", payload_bytes=64),
)
for point in points:
    cells = tuple(replace(point, part=part) for part in parts_of(point))
    job = Job(mode="measure", cells=cells, values=2, warmups=1, min_time_s=0.0, loops={{point.text: 2}}, seed=1, environment={{}})
    (found,) = measure(job, Stopwatch())
    assert all(value > 0 for values in found.values for value in values.values()), point
assert leftovers() == []
print("whole")
"""


@needs_interpreters
def test_interpreters_inside_a_process_do_what_other_workers_do() -> None:
    kernels = [kernel for kernel in KERNELS if kernel not in WITHOUT_INTERPRETERS]
    found = subprocess.run(
        [sys.executable, "-c", IN_INTERPRETERS.format(kernels=kernels)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout) == (0, "whole\n"), found.stderr
