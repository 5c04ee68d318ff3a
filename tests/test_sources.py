"""A digest for each cell: a new thing makes no other cell stale, a changed one its own cells and no more."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from study.cell import Cell
from study.identity import Sources, sources
from study.things import PATTERNS, Sampling

ROOT = Path(__file__).parent.parent
MAP = Cell(pattern="map", kernel="fannkuch", backend="pool", start_method="fork", workers=2, tasks=4)
SIEVE = Cell(pattern="map", kernel="sieve", backend="pool", start_method="fork", workers=2, tasks=4)
EXECUTOR = Cell(pattern="map", kernel="fannkuch", backend="process_executor", start_method="fork", workers=2, tasks=4)
LIFE = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join")
QUEUE = Cell(pattern="ping_pong", backend="processes", start_method="fork", channel="queue", payload_bytes=1)
PIPE = Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=1)
HEAVY = Cell(pattern="program_lifecycle", backend="processes", start_method="spawn", variant="main_numpy", part="join")
BARE = Cell(pattern="program_lifecycle", backend="processes", start_method="spawn", variant="bare", part="join")
PRELOADED = replace(BARE, start_method="forkserver", variant="preload_library")
EVERY = (MAP, SIEVE, EXECUTOR, LIFE, QUEUE, PIPE, HEAVY, BARE, PRELOADED)
LIVES = {HEAVY, BARE, PRELOADED}
"""A server of any of them is told by name what to preload."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("bench", "things"):
        shutil.copytree(ROOT / "study" / name, tmp_path / "study" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "cell.py", "errors.py"):
        shutil.copy(ROOT / "study" / name, tmp_path / "study" / name)
    return tmp_path


PRESENT = Sources(ROOT)


def stale(root: Path) -> set[Cell]:
    """The cells that source in this folder measures otherwise than the real one."""
    now = Sources(root)
    return {cell for cell in EVERY if now.digest(cell) != PRESENT.digest(cell)}


def test_equal_source_is_equal_wherever_it_lies(copy: Path) -> None:
    assert stale(copy) == set()
    assert Sources(copy).core == PRESENT.core


@pytest.mark.parametrize(
    ("changed", "cells"),
    [
        ("bench/kernels/fannkuch.py", {MAP, EXECUTOR}),
        ("bench/kernels/sieve.py", {SIEVE}),
        ("bench/backends/pool.py", {MAP, SIEVE}),
        ("bench/backends/executors.py", {EXECUTOR}),
        ("bench/patterns/map_tasks.py", {MAP, SIEVE, EXECUTOR}),
        ("bench/patterns/process_lifecycle.py", {LIFE}),
        ("bench/channels/queues.py", {QUEUE}),
        ("bench/hosts/main_numpy.py", {HEAVY}),
        ("bench/hosts/lives.py", LIVES),
        ("bench/hosts/preloaded_library.py", LIVES),
        ("bench/hosts/library.py", LIVES),
        ("bench/timing.py", set(EVERY)),
        ("bench/measure.py", set(EVERY)),
        ("cell.py", set(EVERY)),
        ("things/kernels.py", set()),
        ("bench/kernels/zlib.py", set()),
        ("bench/probe.py", set()),
    ],
)
def test_a_changed_file_makes_those_cells_stale_that_run_it(changed: str, cells: set[Cell], copy: Path) -> None:
    path = copy / "study" / changed
    path.write_text(path.read_text(encoding="utf-8") + "\nCHANGED = True\n", encoding="utf-8")
    assert stale(copy) == cells


def test_a_new_kernel_makes_nothing_stale(copy: Path) -> None:
    (copy / "study" / "bench" / "kernels" / "levenshtein.py").write_text("KERNEL = None\n", encoding="utf-8")
    records = copy / "study" / "things" / "kernels.py"
    records.write_text(records.read_text(encoding="utf-8") + "\n# a record more\n", encoding="utf-8")
    assert stale(copy) == set()


def test_what_only_a_type_checker_reads_does_not_count(copy: Path) -> None:
    path = copy / "study" / "bench" / "kernels" / "sieve.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from study.bench import probe\n{text}",
        encoding="utf-8",
    )
    before = Sources(copy).digest(SIEVE)
    probe = copy / "study" / "bench" / "probe.py"
    probe.write_text("", encoding="utf-8")
    assert Sources(copy).digest(SIEVE) == before


def test_line_ends_do_not_count(copy: Path) -> None:
    path = copy / "study" / "bench" / "timing.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert stale(copy) == set()


def test_a_cell_that_is_sampled_otherwise_is_another_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    otherwise = PATTERNS["process_lifecycle"]._replace(sampling=Sampling(values=1, warmups=0, loops=1))
    before = {cell: PRESENT.digest(cell) for cell in EVERY}
    monkeypatch.setattr(sources, "PATTERNS", {**PATTERNS, "process_lifecycle": otherwise})
    assert {cell for cell in EVERY if Sources(ROOT).digest(cell) != before[cell]} == {LIFE}
