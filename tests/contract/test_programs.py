"""Cells that go beyond a map: programs of their own, quotas, other libraries, bytes beside the pickle."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from study.bench import registry
from study.bench.errors import UnsupportedCellError
from study.bench.job import Job
from study.bench.patterns.program_lifecycle import PRELOADED
from study.bench.quota import cpu_quota
from study.bench.timing import Measured, Stopwatch, leftovers, measure
from study.cell import Cell, parts_of
from study.things import BACKENDS
from tests.contract.runners import needs_fork

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent.parent


def measured(point: Cell) -> Measured:
    cells = tuple(replace(point, part=part) for part in parts_of(point))
    loops: Mapping[str, int] = MappingProxyType({point.text: 1})
    job = Job(mode="measure", cells=cells, values=1, warmups=0, min_time_s=0.0, loops=loops, seed=1, environment={})
    (found,) = measure(job, Stopwatch())
    assert all(seconds > 0 for value in found.values for seconds in value.values())
    assert leftovers() == []
    return found


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("variant", ["first_of_all", "bare", "main_stdlib", "main_numpy", "main_heavy"])
@pytest.mark.parametrize("start_method", multiprocessing.get_all_start_methods())
def test_a_program_times_children_of_its_own(variant: str, start_method: str) -> None:
    point = Cell(pattern="program_lifecycle", backend="processes", start_method=start_method, variant=variant)
    found = measured(point)
    assert found.outcomes == {"trials": 2}
    assert all(value["start"] < value["join"] and value["first"] < value["join"] for value in found.values)


@pytest.mark.skipif("forkserver" not in multiprocessing.get_all_start_methods(), reason="this system has no forkserver")
def test_a_server_that_is_told_to_has_preloaded_the_module() -> None:
    point = Cell(pattern="program_lifecycle", backend="processes", start_method="forkserver", variant="preload")
    assert measured(point).outcomes == {"trials": 2, "preloaded": 2}
    with pytest.raises(UnsupportedCellError, match="only a forkserver can preload"):
        measured(replace(point, start_method="spawn"))


@pytest.mark.skipif("forkserver" not in multiprocessing.get_all_start_methods(), reason="this system has no forkserver")
def test_a_server_imports_what_a_preloaded_module_imports_unless_imports_are_lazy() -> None:
    point = Cell(pattern="program_lifecycle", backend="processes", start_method="forkserver", variant="preload_library")
    assert measured(point).outcomes == {"trials": 2, "preloaded": 2}
    lazily = replace(point, variant="preload_lazily")
    if sys.version_info >= (3, 15):
        assert measured(lazily).outcomes == {"trials": 2, "preloaded": 0}
    else:
        with pytest.raises(UnsupportedCellError, match=r"no lazy imports \(CPython 3\.15 and later\)"):
            measured(lazily)


@pytest.mark.parametrize("name", sorted(set(PRELOADED.values())))
def test_a_child_that_imports_the_module_itself_is_not_taken_for_preloaded(name: str) -> None:
    program = f"import sys, {name}; from study.bench.hosts import lives; lives.first_words(sys.argv[1], {name!r})"
    reader, writer = os.pipe()
    try:
        subprocess.run(
            [sys.executable, "-c", program, f"/proc/self/fd/{writer}"], cwd=ROOT, check=True, pass_fds=(writer,)
        )
        message = os.read(reader, 100)
    finally:
        os.close(reader)
        os.close(writer)
    assert (len(message), message[8]) == (9, 0)


@needs_fork
def test_bytes_beside_the_pickle_come_back_whole() -> None:
    message = Cell(
        pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=1 << 20, form="array_out_of_band"
    )
    measured(message)
    measured(Cell(pattern="pickling", payload_bytes=1 << 20, form="array_out_of_band"))
    measured(replace(message, pattern="stream"))
    with pytest.raises(UnsupportedCellError, match="two simplex pipes only"):
        measured(replace(message, channel="queue"))


@needs_fork
def test_a_worker_that_ends_after_a_chunk_is_followed_by_another() -> None:
    point = Cell(
        pattern="map",
        backend="pool",
        start_method="fork",
        workers=2,
        tasks=4,
        chunksize=1,
        tasks_per_child=1,
    )
    measured(point)
    session = registry.session_of(point)
    session.set_up()
    try:
        pids = session._backend.map(_pid, range(6), 1)  # type: ignore[attr-defined]
    finally:
        session.tear_down()
    assert len(set(pids)) == 6
    with pytest.raises(UnsupportedCellError, match="cannot be made to end after a number of tasks"):
        measured(replace(point, backend="thread_executor", start_method=""))


def _pid(_number: int) -> int:
    return os.getpid()


@pytest.mark.parametrize("backend", ["pool", "process_executor", "thread_executor"])
def test_the_life_of_a_pool_and_of_executors_has_the_same_parts(backend: str) -> None:
    method = "" if backend == "thread_executor" else "spawn"
    point = Cell(pattern="pool_lifecycle", kernel="square", backend=backend, start_method=method, workers=2, tasks=5)
    found = measured(point)
    assert found.outcomes == {"trials": 1, "right_in_order": 1}
    assert set(found.values[0]) == {"create", "first_map", "second_map", "warm_map", "close_join", "total"}


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system has no control groups")
def test_a_quota_holds_inside_its_block_and_leaves_no_group_behind() -> None:
    before = Path("/proc/self/cgroup").read_text(encoding="ascii")
    try:
        with cpu_quota(0.5):
            inside = Path("/proc/self/cgroup").read_text(encoding="ascii")
            assert f"study-{os.getpid()}" in inside
    except UnsupportedCellError as error:
        pytest.skip(str(error))
    assert Path("/proc/self/cgroup").read_text(encoding="ascii") == before
    assert not list(Path("/sys/fs/cgroup").glob(f"**/study-{os.getpid()}"))


PEER = """
from study.bench import registry
from study.cell import Cell

if __name__ == "__main__":
    for tasks in (5, 3):
        cell = Cell(pattern="map", kernel="square", backend="{backend}", workers=2, tasks=tasks)
        kernel = registry.kernel_of(cell)
        arguments = kernel.arguments(tasks)
        with registry.backend_of(cell) as backend:
            assert backend.map(kernel.task, arguments, 0) == [kernel.expected(argument) for argument in arguments]
    print("whole")
"""


@pytest.mark.parametrize("backend", [name for name, one in BACKENDS.items() if one.package and not one.at_address])
def test_other_libraries_answer_right_and_end(backend: str, tmp_path: Path) -> None:
    pytest.importorskip(BACKENDS[backend].package)
    program = tmp_path / "peer.py"
    program.write_text(PEER.format(backend=backend), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (found.returncode, found.stdout) == (0, "whole\n"), found.stderr


@pytest.mark.parametrize("backend", [name for name, backend in BACKENDS.items() if backend.package])
def test_other_libraries_leave_the_start_method_to_nobody(backend: str) -> None:
    with pytest.raises(UnsupportedCellError, match="leave start_method out"):
        registry.backend_of(Cell(pattern="map", backend=backend, start_method="spawn", workers=2))
