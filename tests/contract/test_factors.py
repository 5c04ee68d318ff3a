"""The plan's description of what goes together against the bench's own checks: both refuse the same cells."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from study.bench import registry
from study.bench.errors import UnsupportedCellError, WorkerFailedError
from study.bench.timing import leftovers
from study.cell import Cell
from study.factors import refusal
from study.things import (
    APIS,
    BACKENDS,
    CHANNELS,
    DEFAULT,
    FORMS,
    PATTERNS,
    PLACEMENTS,
    START_METHODS,
)
from tests.contract.runners import HERE, RUNNERS, needs_fork

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.things import Backend

OTHER: dict[str, tuple[str | int, ...]] = {
    "kernel": ("noop", "square"),
    "workers": (0, 1, 2, 4),
    "tasks": (1, 2, 4),
    "chunksize": (0, 2),
    "tasks_per_child": (0, 1),
    "payload_bytes": (0, 64),
    "result_bytes": (0, 64),
    "api": tuple(APIS),
    "channel": tuple(CHANNELS),
    "form": tuple(FORMS),
    "placement": tuple(PLACEMENTS),
    "spins": (0, 3),
    "parent_bytes": (0, 8192),
    "library_threads": (0, 2),
}
"""Every factor with its default and others."""
VARIANTS = sorted({variant for pattern in PATTERNS.values() for variant in pattern.variants})


def is_made(cell: Cell) -> bool:
    """Whether the bench makes a session of the cell: the checks that need nothing but the cell."""
    try:
        registry.session_of(cell)
    except UnsupportedCellError:
        return False
    return True


def is_done(cell: Cell) -> bool:
    """Whether the bench does the cell's event once, as before every measurement; processes are started."""
    try:
        session = registry.session_of(cell)
    except UnsupportedCellError:
        return False
    try:
        session.set_up()
        session.check()
    except (UnsupportedCellError, WorkerFailedError):
        return False
    finally:
        session.tear_down()
    return True


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert leftovers() == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_the_bench_does_not_make_the_plan_refuses(pattern: str) -> None:
    """Every backend × start method × variant × each value of each other factor, and each pair of factors; nothing is started."""
    record = PATTERNS[pattern]
    cells = {
        Cell(pattern=pattern, backend=backend, start_method=method, variant=variant)
        for backend, method, variant in itertools.product(BACKENDS, (*START_METHODS, DEFAULT, ""), VARIANTS)
    }
    for backend, method, variant in itertools.product(record.backends, (DEFAULT, "fork"), record.variants):
        plain = Cell(pattern=pattern, backend=backend, start_method=method, variant=variant)
        cells |= {replace(plain, **{name: value}) for name, values in OTHER.items() for value in values}  # type: ignore[arg-type]
    plain = Cell(pattern=pattern, backend=record.backends[0], start_method="fork", variant=next(iter(record.variants)))
    for (one, first), (other, second) in itertools.combinations(OTHER.items(), 2):
        cells |= {replace(plain, **{one: a, other: b}) for a in first[:3] for b in second[:3]}  # type: ignore[arg-type]
    made = {cell for cell in cells if is_made(cell)}
    assert {cell.text for cell in cells - made if not refusal(cell)} == set()
    assert made
    assert cells - made


def agree(cells: list[Cell]) -> None:
    """The bench does exactly those cells that the plan does not refuse."""
    answers = {cell.text: bool(refusal(cell)) for cell in cells}
    assert answers == {cell.text: not is_done(cell) for cell in cells}
    assert set(answers.values()) == {True, False}


@needs_fork
@pytest.mark.parametrize("backend", HERE, ids=lambda backend: backend.name)
def test_a_map_is_refused_by_both_or_done(backend: Backend) -> None:
    method = "fork" if backend.takes_start_method else ""
    plain = Cell(pattern="map", backend=backend.name, start_method=method, workers=2, tasks=2)
    apis = ["", *(api.name for api in backend.apis), "submit", "imap"]
    cells = [replace(plain, api=api, chunksize=chunksize) for api in dict.fromkeys(apis) for chunksize in (0, 2)]
    cells += [replace(plain, variant=variant) for variant in VARIANTS] + [replace(plain, tasks_per_child=1)]
    cells += [replace(plain, kernel=kernel, spins=spins) for kernel in ("noop", "spin", "ragged") for spins in (0, 3)]
    cells += [replace(plain, start_method=other) for other in ("", DEFAULT, "fork")]
    cells += [replace(plain, workers=0), replace(plain, library_threads=2), replace(plain, payload_bytes=64)]
    agree(list(dict.fromkeys(cells)))


@needs_fork
def test_a_message_is_refused_by_both_or_echoed() -> None:
    plain = Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=64)
    cells = [replace(plain, channel=channel, form=form) for channel in CHANNELS for form in FORMS]
    cells += [replace(plain, channel=channel, payload_bytes=0) for channel in CHANNELS if channel != "manager"]
    cells += [replace(plain, start_method=method) for method in ("", DEFAULT)]
    cells += [replace(plain, channel="os_pipe", start_method=method) for method in ("spawn", "forkserver", DEFAULT)]
    cells += [
        replace(plain, backend="threads", start_method="", **one)
        for one in (
            {},
            {"channel": "thread_queue"},
            {"form": "list"},
            {"form": "array_out_of_band"},
            {"payload_bytes": 0},
        )
    ]
    cells += [
        replace(plain, backend="threads", start_method="", placement=placement)
        for placement in PLACEMENTS
        if placement  # a process on another CPU needs two CPUs: that is the system's
    ]
    agree(list(dict.fromkeys(cells)))


@needs_fork
@pytest.mark.parametrize(
    ("plain", "changes"),
    [
        (
            Cell(pattern="process_lifecycle", backend="processes", start_method="fork"),
            [{"start_method": ""}, {"start_method": DEFAULT}, {"backend": "threads"}, {"backend": "os_fork"}]
            + [{"variant": variant} for variant in VARIANTS]
            + [{"parent_bytes": 8192}, {"workers": 2}, {"kernel": "square"}],
        ),
        (
            Cell(pattern="program_lifecycle", backend="processes", start_method="fork", variant="bare"),
            [
                {"start_method": ""},
                {"start_method": DEFAULT},
                {"variant": ""},
                {"variant": "preload"},
                {"variant": "preload", "start_method": "spawn"},
                {"variant": "preload_library"},
                {"variant": "preload_lazily"},
                {"parent_bytes": 8192},
            ],
        ),
        (
            Cell(pattern="pool_lifecycle", backend="pool", start_method="fork", workers=2, tasks=2),
            [
                {"start_method": ""},
                {"start_method": DEFAULT},
                {"workers": 0},
                {"chunksize": 1},
                {"kernel": "spin"},
                {"spins": 3},
                {"api": "imap"},
                {"backend": "threads"},
                {"variant": "events"},
                {"backend": "thread_executor", "start_method": ""},
                {"backend": "process_executor"},
            ],
        ),
        (
            Cell(pattern="pool_as_shipped", backend="pool", start_method=DEFAULT, workers=0, tasks=2),
            [{"start_method": "fork"}, {"start_method": ""}, {"workers": 2}, {"kernel": "spin"}, {"chunksize": 1}],
        ),
        (
            Cell(pattern="process_per_task", backend="processes", start_method="fork", workers=2, tasks=2),
            [{"start_method": ""}, {"workers": 0}, {"kernel": "spin"}, {"spins": 3}, {"backend": "pool"}],
        ),
        (
            Cell(pattern="capacity", backend="processes", start_method="fork", tasks=2),
            [{"start_method": ""}, {"workers": 0}, {"workers": 2}, {"spins": 3}, {"kernel": "spin", "spins": 3}],
        ),
        (
            Cell(pattern="contend", backend="processes", start_method="fork", variant="lock", workers=2),
            [{"start_method": ""}, {"workers": 0}, {"variant": ""}, {"variant": "value"}, {"tasks": 2}]
            + [
                {"backend": "threads", "start_method": "", "variant": v}
                for v in ("lock", "value", "manager", "own", "append")
            ],
        ),
        (
            Cell(pattern="stream", backend="processes", start_method="fork", payload_bytes=64),
            [{"start_method": ""}, {"payload_bytes": 0}, {"channel": "queue"}] + [{"form": form} for form in FORMS],
        ),
        (
            Cell(pattern="payload_map", backend="pool", start_method="fork", workers=2, tasks=5, payload_bytes=64),
            [
                {"start_method": ""},
                {"workers": 0},
                {"chunksize": 2},
                {"payload_bytes": 0, "result_bytes": 64},
                {"kernel": "square"},
                {"api": "imap"},
                {"variant": "initializer"},
                {"backend": "processes"},
                {"backend": "call", "start_method": ""},
                {"backend": "thread_executor", "start_method": ""},
                {"backend": "process_executor"},
            ]
            + [{"form": form, "result_bytes": 64} for form in FORMS],
        ),
        (
            Cell(pattern="same_data", backend="pool", start_method="fork", workers=2, tasks=2, payload_bytes=8193),
            [
                {"start_method": ""},
                {"workers": 0},
                {"payload_bytes": 0},
                {"chunksize": 1},
                {"variant": "initializer"},
                {"variant": "global"},
                {"variant": "global", "start_method": "spawn"},
                {"variant": "shared_memory"},
                {"variant": "events"},
                {"backend": "process_executor"},
            ],
        ),
        (
            Cell(pattern="pickling", payload_bytes=64),
            [{"payload_bytes": 0}, {"variant": "events"}, {"backend": "processes", "start_method": "fork"}]
            + [{"form": form} for form in FORMS],
        ),
        (
            Cell(pattern="memory", backend="pool", start_method="fork", workers=2),
            [
                {"start_method": ""},
                {"workers": 0},
                {"kernel": "square"},
                {"backend": "threads", "start_method": ""},
                {"backend": "processes"},
                {"backend": "process_executor", "start_method": ""},
            ],
        ),
        (
            Cell(pattern="copy_on_write", backend="processes", start_method="fork", parent_bytes=8192),
            [{"start_method": DEFAULT}, {"start_method": "spawn"}, {"parent_bytes": 0}, {"variant": "collected"}]
            + [{"form": form} for form in FORMS],
        ),
    ],
    ids=lambda value: value.pattern if isinstance(value, Cell) else "",
)
def test_other_patterns_are_refused_by_both_or_done(plain: Cell, changes: list[dict[str, Any]]) -> None:
    cells = [plain, *(replace(plain, **change) for change in changes)]
    agree(list(dict.fromkeys(cells)))


def test_printers_are_refused_by_both_before_anything_is_printed() -> None:
    plain = Cell(pattern="four_printers", backend="processes", start_method="fork")
    for workers, tasks in itertools.product((0, 1, 2, 4), (1, 2, 4)):
        cell = replace(plain, workers=workers, tasks=tasks)
        assert is_made(cell) == (not refusal(cell))


@pytest.mark.parametrize("backend", [backend.name for backend in RUNNERS if backend.package])
def test_the_peers_refuse_the_same_whether_they_are_installed_or_not(backend: str) -> None:
    plain = Cell(pattern="map", backend=backend, workers=2)
    assert not refusal(plain)
    no_workers = () if BACKENDS[backend].at_address else ({"workers": 0},)  # without an address it is skipped
    for change in (*no_workers, {"start_method": "fork"}, {"tasks_per_child": 1}):
        cell = replace(plain, **change)
        assert refusal(cell)
        assert not is_done(cell)
    assert bool(refusal(replace(plain, chunksize=2))) == (not BACKENDS[backend].takes_chunksize)
