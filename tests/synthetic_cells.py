"""Cells that nobody measured, for the tests of figures and report. Every number here is synthetic."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from study.cell import Cell
from study.findings import CellFinding, Estimate, Unit

ROUNDS = 12
TARGET = "cpython-3.11"
KERNEL_S = {"fannkuch": 0.031, "nbody": 0.027, "sieve": 0.019, "sha256_8mib": 0.024, "sleep": 0.020}
START_S = {"fork": (0.00081, 0.00102, 0.00163), "forkserver": (0.0011, 0.0039, 0.0051), "spawn": (0.0016, 0.048, 0.061)}


def estimate(
    point: float | None, relative: float = 0.04, unit: Unit = "s", estimand: str = "average", reason: str = ""
) -> Estimate:
    """An estimate whose interval reaches that far to both sides."""
    if point is None:
        return Estimate(point=None, low=None, high=None, n=0, unit=unit, estimand=estimand, method="", reason=reason)
    low, high = point * (1 - relative), point * (1 + 1.1 * relative)
    if unit == "share":
        low, high = max(0.0, point - relative), min(1.0, point + relative)
    methods = {"average": "t, n − 1", "typical": "order statistics", "share": "Clopper–Pearson"}
    return Estimate(
        point=point, low=low, high=high, n=ROUNDS, unit=unit, estimand=estimand, method=methods.get(estimand, "Fieller")
    )


def measured(cell: Cell, mean_s: float, name: str, *, tier: str = "core", spread: float = 0.05) -> CellFinding:
    """A cell that was measured in every round."""
    generator = random.Random(cell.text)
    means = tuple(mean_s * math.exp(generator.gauss(0, spread)) for _ in range(ROUNDS))
    average = math.fsum(means) / ROUNDS
    outcomes: dict[str, int] = {}
    cpus_busy = None
    if cell.pattern == "map" and cell.backend == "threads":
        busy = {"sha256_8mib": 1.94, "sleep": 0.01}.get(cell.kernel, 1.0)
        outcomes = {"elapsed_us": 60_000_000, "cpu_time_us": int(60_000_000 * busy)}
        cpus_busy = estimate(busy, 0.01, "count")
    return CellFinding(
        cell=cell,
        name=name,
        target=TARGET,
        experiments=(f"{question(cell).lower()}-synthetic",),
        tier=tier,
        state="done",
        reason="",
        loops=max(1, int(0.08 / mean_s)),
        average=estimate(average, spread / 2),
        typical=estimate(sorted(means)[ROUNDS // 2], spread / 2, estimand="typical"),
        process_means_s=means,
        smallest_effect=spread * 1.1,
        icc=0.7,
        outcomes=outcomes,
        cpus_busy=cpus_busy,
    )


def question(cell: Cell) -> str:
    return {
        "process_lifecycle": "Q3",
        "pool_lifecycle": "Q5",
        "pool_as_shipped": "Q5",
        "four_printers": "Q6",
        "process_per_task": "Q4",
        "ping_pong": "Q2",
    }.get(cell.pattern, "Q4" if cell.kernel == "noop" else "Q1")


def unmeasured(cell: Cell, name: str, state: str, reason: str) -> CellFinding:
    """A cell that is in the plan and was not measured."""
    nothing = estimate(None, reason=reason)
    return replace(
        measured(cell, 1.0, name),
        state=state,
        reason=reason,
        average=nothing,
        typical=replace(nothing, estimand="typical"),
        process_means_s=(),
        smallest_effect=None,
        icc=None,
        outcomes={},
    )


def lifecycle_cells() -> list[CellFinding]:
    found = []
    words = {"start": "until start() returns", "first": "until its first instruction", "join": "until join() returns"}
    rows = {("processes", method): times for method, times in START_S.items()}
    rows["threads", ""] = (2.9e-5, 3.1e-5, 3.6e-5)
    for (backend, method), times in rows.items():
        for part, mean_s in zip(words, times, strict=True):
            cell = Cell(pattern="process_lifecycle", backend=backend, start_method=method, part=part)
            who = f"one process under {method}" if method else "one thread"
            found.append(measured(cell, mean_s, f"{who}, from start() {words[part]}", tier="headline", spread=0.07))
    for backend, mean_s in (("os_fork", 0.00055), ("posix_spawn", 0.00071)):
        cell = Cell(pattern="process_lifecycle", backend=backend, part="join")
        found.append(measured(cell, mean_s, f"{backend}, start to end of wait"))
    return found


def map_cells() -> list[CellFinding]:
    found = []
    for kernel, grain_s in KERNEL_S.items():
        found.append(
            measured(Cell(pattern="map", kernel=kernel, tasks=4), 4 * grain_s, f"4 × {kernel} as a plain loop")
        )
        for workers in (1, 2, 4):
            for backend, method in (("pool", "fork"), ("threads", "")):
                cell = Cell(
                    pattern="map", kernel=kernel, backend=backend, start_method=method, workers=workers, tasks=4
                )
                elapsed_s = 4 * grain_s / speedup(kernel, backend, workers)
                found.append(measured(cell, elapsed_s, f"4 × {kernel}, {backend}, {workers} workers", spread=0.02))
    return found


def speedup(kernel: str, backend: str, workers: int) -> float:
    if kernel == "sleep":
        return 0.99 * workers
    parallel = backend != "threads" or kernel == "sha256_8mib"
    return (0.97, 1.88, 1.0, 1.86)[workers - 1] if parallel else (0.99, 0.94, 1.0, 0.91)[workers - 1]


def dispatch_cells() -> list[CellFinding]:
    found = []
    for method, per_task_s in (("fork", 0.0014), ("forkserver", 0.0046), ("spawn", 0.055)):
        cell = Cell(pattern="process_per_task", backend="processes", start_method=method, workers=2, tasks=8)
        found.append(measured(cell, 8 * per_task_s, f"8 tasks that do nothing, a process each, {method}"))
        cell = Cell(pattern="map", backend="pool", start_method=method, workers=2, tasks=8, chunksize=1)
        found.append(measured(cell, 8 * 2.2e-5, f"8 tasks that do nothing through a pool of 2, {method}", spread=0.1))
    for backend, method, base_s in (
        ("pool", "fork", 14e-6),
        ("process_executor", "fork", 9e-5),
        ("thread_executor", "", 1.1e-5),
    ):
        for chunksize in (0, 1, 8, 64):
            divisor = 1 if backend == "thread_executor" else {0: 20, 1: 1, 8: 6, 64: 25}[chunksize]
            cell = Cell(pattern="map", backend=backend, start_method=method, workers=2, tasks=512, chunksize=chunksize)
            found.append(measured(cell, 512 * base_s / divisor, f"512 empty tasks, {backend}, chunks of {chunksize}"))
    return found


def pool_cells() -> list[CellFinding]:
    parts = {"create": 1.0, "first_map": 0.4, "warm_map": 0.03, "close_join": 1.2, "total": 2.63}
    found = [measured(Cell(pattern="map", kernel="square", tasks=5), 4.1e-7, "5 squares as a plain loop")]
    for method, base_s in (("fork", 0.0032), ("forkserver", 0.0104), ("spawn", 0.071)):
        for part, factor in parts.items():
            cell = Cell(
                pattern="pool_lifecycle",
                kernel="square",
                backend="pool",
                start_method=method,
                workers=2,
                tasks=5,
                part=part,
            )
            mean_s = 9e-5 if part == "warm_map" else factor * base_s
            found.append(measured(cell, mean_s, f"a pool of 2 for 5 squares under {method}, {part}"))
    shipped = Cell(
        pattern="pool_as_shipped", kernel="square", backend="pool", start_method="default", workers=0, tasks=5
    )
    found.append(measured(shipped, 0.0085, "the program of Q5 exactly as it stands"))
    return found


def message_cells() -> list[CellFinding]:
    found = []
    for payload_bytes, thread_s, process_s in (
        (64, 1.6e-5, 4.1e-5),
        (65536, 1.6e-5, 9.8e-5),
        (1048576, 1.7e-5, 9.1e-4),
    ):
        for backend, method, mean_s in (("threads", "", thread_s), ("processes", "fork", process_s)):
            cell = Cell(pattern="ping_pong", backend=backend, start_method=method, payload_bytes=payload_bytes)
            found.append(measured(cell, mean_s, f"{payload_bytes} bytes there and back, {backend}", spread=0.12))
    return found


def printer_cells() -> list[CellFinding]:
    found = []
    for method in START_S:
        for variant in ("", "unbuffered"):
            cell = Cell(
                pattern="four_printers", backend="processes", start_method=method, workers=4, tasks=4, variant=variant
            )
            found.append(measured(cell, 4 * START_S[method][2], f"four printing processes, {method} {variant}".strip()))
    return found
