"""Findings that nobody measured: a builder for the tests of figures and report. Every number here is synthetic."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from study.cell import Cell
from study.findings import (
    Allocation,
    BreakEven,
    CellFinding,
    Check,
    Decision,
    Estimate,
    Findings,
    NoisePair,
    Orders,
    OrderSeen,
    Question,
    RunFindings,
    Scaling,
    TargetFacts,
    Unit,
    Verdict,
)

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
        experiments=(f"{_question(cell).lower()}-synthetic",),
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


def _question(cell: Cell) -> str:
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


def _lifecycle_cells() -> list[CellFinding]:
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


def _map_cells() -> list[CellFinding]:
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
                elapsed_s = 4 * grain_s / _speedup(kernel, backend, workers)
                found.append(measured(cell, elapsed_s, f"4 × {kernel}, {backend}, {workers} workers", spread=0.02))
    return found


def _speedup(kernel: str, backend: str, workers: int) -> float:
    if kernel == "sleep":
        return 0.99 * workers
    parallel = backend != "threads" or kernel == "sha256_8mib"
    return (0.97, 1.88, 1.0, 1.86)[workers - 1] if parallel else (0.99, 0.94, 1.0, 0.91)[workers - 1]


def _dispatch_cells() -> list[CellFinding]:
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


def _pool_cells() -> list[CellFinding]:
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


def _message_cells() -> list[CellFinding]:
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


def _printer_cells() -> list[CellFinding]:
    found = []
    for method in START_S:
        for variant in ("", "unbuffered"):
            cell = Cell(
                pattern="four_printers", backend="processes", start_method=method, workers=4, tasks=4, variant=variant
            )
            found.append(measured(cell, 4 * START_S[method][2], f"four printing processes, {method} {variant}".strip()))
    return found


def _orders() -> tuple[Orders, ...]:
    seen = {
        "fork": (("1 2 3 4", 301), ("1 2 4 3", 12), ("2 1 3 4", 9), ("1 3 2 4", 2)),
        "forkserver": (("1 2 3 4", 188), ("2 1 3 4", 51), ("1 2 4 3", 49), ("1 3 2 4", 20), ("2 1 4 3", 16)),
        "spawn": (("1 2 3 4", 140), ("2 1 3 4", 82), ("1 2 4 3", 70), ("2 1 4 3", 32)),
    }
    found = []
    for method, orders in seen.items():
        for variant, torn in (("", 0.0), ("unbuffered", 0.07)):
            found.append(
                Orders(
                    target=TARGET,
                    name=f"{method}{', unbuffered' if variant else ''}",
                    start_method=method,
                    variant=variant,
                    trials=324,
                    orders=tuple(
                        OrderSeen(order=order, times=times, share=estimate(times / 324, 0.05, "share", "share"))
                        for order, times in orders
                    ),
                    in_order=estimate(orders[0][1] / 324, 0.05, "share", "share"),
                    torn=estimate(torn, 0.02, "share", "share"),
                    closing_line_last=estimate(1.0, 0.012, "share", "share"),
                )
            )
    return tuple(found)


def _scaling() -> tuple[Scaling, ...]:
    found = []
    rows = [(k, b, m, w) for k in KERNEL_S for b, m in (("pool", "fork"), ("threads", "")) for w in (1, 2, 4)]
    rows += [("fannkuch", b, m, 2) for b in ("pool", "process_executor", "processes") for m in ("forkserver", "spawn")]
    rows += [("fannkuch", b, "fork", 2) for b in ("process_executor", "processes")]
    rows += [("fannkuch", "thread_executor", "", 2)]
    for kernel, backend, method, workers in rows:
        threads = "threads" if backend.startswith("thread") else backend
        value = _speedup(kernel, threads, workers) * (0.9 if backend == "processes" else 1)
        over = workers > 2
        no_karp = "one worker" if workers == 1 else "more workers than CPUs"
        found.append(
            Scaling(
                target=TARGET,
                kernel=kernel,
                backend=backend,
                start_method=method,
                workers=workers,
                oversubscribed=over,
                base_s=estimate(4 * KERNEL_S[kernel], 0.01),
                elapsed_s=estimate(4 * KERNEL_S[kernel] / value, 0.02),
                speedup=estimate(value, 0.025, "ratio"),
                efficiency=estimate(None if over else value / workers, 0.025, "ratio", reason="more workers than CPUs"),
                karp_flatt=estimate(
                    2 / value - 1 if workers == 2 else None, 0.2, "share", "karp_flatt", reason=no_karp
                ),
                capacity=estimate(1.93 if workers == 2 else None, 0.02, "ratio", reason="measured at 2 workers"),
            )
        )
    return tuple(found)


def _verdict(
    claim: str,
    decision: Decision,
    sentence: str,
    average: Estimate,
    *,
    cells: tuple[str, ...] = (),
    headline: bool = False,
) -> Verdict:
    known = average.point is not None
    return Verdict(
        claim=claim,
        question=claim[:2].upper(),
        statement=f"Synthetic statement of {claim}.",
        decision=decision,
        sentence=sentence,
        strength=f"{ROUNDS} paired rounds, both estimands agree, Holm p = 0.0001" if known else "no evidence",
        average=average,
        typical=None if average.unit == "share" else replace(average, estimand="typical"),
        cells=cells,
        target=TARGET,
        headline=headline,
    )


def _verdicts() -> tuple[Verdict, ...]:
    join = "process_lifecycle backend=processes start_method=fork part=join"
    thread = "process_lifecycle backend=threads part=join"
    busy = [
        _verdict(
            f"q2-cpu-{kernel}",
            decision,  # type: ignore[arg-type]
            f"Two threads running {kernel} used {value} seconds of CPU per second.",
            estimate(value, 0.01, "ratio"),
            cells=(f"map kernel={kernel} backend=threads workers=2 tasks=4",),
        )
        for kernel, value, decision in (("fannkuch", 1.0, "supported"), ("sha256_8mib", 1.94, "refuted"))
    ]
    return (
        _verdict(
            "q1-parallel",
            "supported",
            "Two processes finish 4 tasks of fannkuch in 66.0 ms [64.7, 67.5]: 1.88 [1.83, 1.93] times as fast as a plain"
            " loop (124 ms), here, with CPython 3.11.",
            estimate(1.88, 0.025, "ratio"),
            headline=True,
        ),
        _verdict(
            "q1-memory",
            "supported",
            "A child's change was seen by its parent in 0 % [0.0, 1.1] of 324 trials.",
            estimate(0.0, 0.011, "share", "share"),
        ),
        _verdict(
            "q2-one-at-a-time",
            "supported",
            "Two threads of fannkuch take 1.06 [1.04, 1.09] times as long as a plain loop (124 ms), here, with CPython 3.11.",
            estimate(1.06, 0.025, "ratio"),
            headline=True,
        ),
        _verdict(
            "q2-start-costs-more",
            "supported",
            "Under fork one `Process` costs 1.63 ms [1.58, 1.69] from start to join on average: 46 [41, 52] times a thread"
            " (35 µs), here, with CPython 3.11.",
            estimate(46, 0.12, "ratio"),
            cells=(join, thread),
        ),
        *busy,
        _verdict(
            "q3-cost",
            "supported",
            "Under fork one `Process` costs 1.63 ms [1.58, 1.69] from start to join on average, under spawn"
            " 61.0 ms [58.1, 64.2], here, with CPython 3.11.",
            estimate(0.00163, 0.04),
            headline=True,
        ),
        _verdict(
            "q4-reuse",
            "supported",
            "A pool's task costs 22.0 µs [20.9, 23.2], a process per task 1.40 ms [1.36, 1.45]: 64 [60, 68] times as much.",
            estimate(64, 0.06, "ratio"),
            headline=True,
        ),
        _verdict(
            "q5-faster",
            "refuted",
            "Making a pool of 2 for five squares takes 20\u202f500 [19\u202f900, 21\u202f200] times as long as the plain loop (410 ns).",  # noqa: E501 - one sentence of the report
            estimate(20500, 0.03, "ratio"),
            headline=True,
        ),
        _verdict(
            "q5-method",
            "no clear difference",
            "Whether the pool is closed or terminated makes no clear difference: 1.01 [0.98, 1.04] times.",
            estimate(1.01, 0.03, "ratio"),
        ),
        _verdict(
            "q6-order",
            "refuted",
            "The four lines came in order in 93 % [88, 98] of 324 trials under fork.",
            estimate(0.93, 0.05, "share", "share"),
            headline=True,
        ),
        _verdict(
            "q6-quota",
            "cannot be decided here",
            "Whether a quota matters cannot be decided here: no quota is set.",
            estimate(None, unit="ratio", reason="no quota is set"),
        ),
    )


def questions() -> tuple[Question, ...]:
    """Six questions with a program where they have one."""
    texts = {
        "Q1": ("Do processes use several CPUs, and is it worth it?", "Is it worth it for my work?"),
        "Q2": ("How do processes and threads differ?", "Threads or processes?"),
        "Q3": ("How is a process started, and what does that cost?", "Which start method?"),
        "Q4": ("What is a pool for?", "Pool or not, which API, which chunk size?"),
        "Q5": ("How is a pool of workers made, and when does it pay?", "When does the pool pay back?"),
        "Q6": ("Four processes print: in which order?", "What may I rely on?"),
    }
    program = 'import multiprocessing\n\n\ndef hello() -> None:\n    print("child")  # <here> & "there"\n'
    return tuple(
        Question(
            id=identity,
            title=title,
            decision_for_reader=decision,
            programs=((f"{identity.lower()}_synthetic.py", program),) if identity in {"Q3", "Q5", "Q6"} else (),
        )
        for identity, (title, decision) in texts.items()
    )


def full_run() -> RunFindings:
    """A run in which nearly everything was measured."""
    cells = [
        *_lifecycle_cells(),
        *_map_cells(),
        *_dispatch_cells(),
        *_pool_cells(),
        *_message_cells(),
        *_printer_cells(),
        unmeasured(
            Cell(pattern="map", kernel="sleep", backend="pool", start_method="spawn", workers=2, tasks=4),
            "4 × sleep, pool under spawn, 2 workers",
            "left out",
            "10 rounds of it need about 80 s; 31 s are left",
        ),
        unmeasured(
            Cell(pattern="map", kernel="nbody", backend="pool", start_method="spawn", workers=2, tasks=4),
            "4 × nbody, pool under spawn, 2 workers",
            "failed",
            "killed by signal SIGSEGV; last line: Segmentation fault",
        ),
    ]
    pairs = [("compute", 1.003), ("start", 0.991), ("dispatch", 1.012), ("message", 1.021)]
    noise = [
        NoisePair(
            target=TARGET,
            name=f"equal cells, {kind}",
            noise_class=kind,
            kind="A/A",
            ratio=estimate(value, 0.02, "ratio"),
            expected=1.0,
            recovered=True,
        )
        for kind, value in pairs
    ]
    noise.append(
        NoisePair(
            target=TARGET,
            name="21 operations reported as 20",
            noise_class="compute",
            kind="injected",
            ratio=estimate(1.048, 0.012, "ratio"),
            expected=1.05,
            recovered=True,
        )
    )
    return RunFindings(
        machine="synthetic-2cpu-0000",
        run_id="20260101T000000Z-0000abcd",
        finished="2026-01-01T00:09:41Z",
        quick=False,
        simulated=False,
        stale=False,
        complete=True,
        commit="0123456789abcdef0123456789abcdef01234567",
        rounds=ROUNDS,
        disturbed_rounds=1,
        usable_cpus=2,
        budget_s=600.0,
        elapsed_s=581.3,
        seed=42,
        machine_card=(
            ("CPU", "Synthetic CPU"),
            ("usable CPUs", "2"),
            ("memory", "8 GiB"),
            ("frequency governor", "not readable here"),
            ("kernel", "Linux 6.1"),
        ),
        targets=(
            TargetFacts(
                name=TARGET, facts=(("version", "3.11.7"), ("GIL", "enabled"), ("default start method", "fork"))
            ),
        ),
        cells=tuple(sorted(cells, key=lambda finding: finding.cell)),
        verdicts=_verdicts(),
        scaling=_scaling(),
        break_even=tuple(
            BreakEven(
                target=TARGET,
                name=f"a pool of 2 under {method}, made for {tasks} tasks",
                tasks=tasks,
                workers=2,
                grain_s=estimate(2 * start_s / tasks, 0.05),
                assumption="2 workers run two tasks in the time of one",
            )
            for method, start_s in (("fork", 0.0084), ("forkserver", 0.027), ("spawn", 0.19))
            for tasks in (5, 100)
        ),
        orders=_orders(),
        noise=tuple(noise),
        allocation=(
            *tuple(
                Allocation(
                    target=TARGET,
                    noise_class=kind,
                    cells=9,
                    between_share=0.7,
                    optimal_values=2,
                    relative_efficiency=0.93,
                    reason="",
                )
                for kind in ("compute", "start", "dispatch")
            ),
            Allocation(
                target=TARGET,
                noise_class="message",
                cells=1,
                between_share=None,
                optimal_values=None,
                relative_efficiency=None,
                reason="too few cells",
            ),
        ),
        checks=(
            Check(
                name="load before",
                passed=True,
                message="0.1 CPU was used by others",
                threshold="below 0.2 CPU",
                source="measured",
                remedy="",
            ),
            Check(
                name="frequency",
                passed=False,
                message="the governor cannot be read",
                threshold="readable",
                source="sysfs",
                remedy="Nothing on a virtual machine.",
            ),
        ),
        floor_within=estimate(0.031, 0.01, "share"),
        floors={"compute": 0.01, "start": 0.031, "dispatch": 0.03, "message": 0.03},
        scaling_limits="With 2 usable CPUs a model of scaling cannot be told from another: no law is fitted.",
        experiments=tuple((f"q{index}-synthetic", f"Q{index}", "Is this synthetic?", "core") for index in range(1, 7)),
        config={"synthetic": 'schema = 1\nquestion = "Q1"\ntitle = "Is this synthetic?"\n'},
    )


def full() -> Findings:
    """One run, everything in it."""
    return Findings(runs=(full_run(),), questions=questions())


def two_machines() -> Findings:
    """Two runs on two machines; the second is quick, stale and has another answer to Q1."""
    first = full_run()
    other = replace(
        first,
        machine="synthetic-8cpu-1111",
        run_id="20251231T000000Z-1111abcd",
        finished="2025-12-31T00:09:41Z",
        quick=True,
        stale=True,
        usable_cpus=8,
        rounds=5,
        verdicts=tuple(replace(verdict, decision="refuted") for verdict in first.verdicts if verdict.question != "Q6"),
    )
    return Findings(runs=(first, other), questions=questions())


def sparse() -> Findings:
    """A run that measured nothing: no cell, no verdict that could be decided, no fact that could be read."""
    reason = "not a single round was finished"
    first = full_run()
    run = replace(
        first,
        quick=True,
        simulated=True,
        complete=False,
        rounds=0,
        disturbed_rounds=0,
        machine_card=(),
        cells=tuple(unmeasured(finding.cell, finding.name, "outstanding", reason) for finding in first.cells),
        verdicts=tuple(
            replace(
                verdict,
                decision="cannot be decided here",
                sentence=f"This cannot be decided here: {reason}.",
                strength="no evidence",
                average=estimate(None, reason=reason),
                typical=None,
            )
            for verdict in first.verdicts
            if verdict.question != "Q4"
        ),
        scaling=(),
        break_even=(),
        orders=(),
        noise=(),
        allocation=(),
        checks=(),
        floor_within=estimate(None, unit="share", reason=reason),
        floors={},
        experiments=(),
        config={},
    )
    return Findings(runs=(run,), questions=questions())


def hostile(text: str) -> Findings:
    """The full run with `text` in every string that a file of results can bring along."""
    run = full_run()
    evil = replace(
        run,
        machine=text,
        run_id=text,
        commit=text,
        machine_card=((text, text), *run.machine_card),
        targets=(replace(run.targets[0], facts=((text, text),)),),
        cells=tuple(
            replace(finding, name=text, reason=text if finding.reason else "", experiments=(text,))
            for finding in run.cells
        ),
        verdicts=tuple(
            replace(verdict, claim=text, statement=text, sentence=text, strength=text) for verdict in run.verdicts
        ),
        break_even=tuple(replace(row, name=text, assumption=text) for row in run.break_even),
        orders=tuple(
            replace(row, name=text, orders=(replace(row.orders[0], order=text), *row.orders)) for row in run.orders
        ),
        noise=tuple(replace(pair, name=text) for pair in run.noise),
        checks=tuple(
            replace(check, name=text, message=text, threshold=text, source=text, remedy=text) for check in run.checks
        ),
        scaling_limits=text,
        experiments=((text, "Q1", text, "headline"),),
        config={text: text},
    )
    asked = tuple(
        replace(question, title=text, decision_for_reader=text, programs=((text, text),)) for question in questions()
    )
    return Findings(runs=(evil,), questions=asked)
