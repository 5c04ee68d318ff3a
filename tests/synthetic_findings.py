"""Findings that nobody measured: a builder for the tests of figures and report. Every number here is synthetic."""

from __future__ import annotations

from dataclasses import replace

from study.cell import Cell
from study.findings import (
    Allocation,
    BreakEven,
    Check,
    Coverage,
    Findings,
    NoisePair,
    Orders,
    OrderSeen,
    RunFindings,
    Scaling,
    TargetFacts,
)
from tests.synthetic_cells import (
    KERNEL_S,
    ROUNDS,
    TARGET,
    dispatch_cells,
    estimate,
    lifecycle_cells,
    map_cells,
    message_cells,
    pool_cells,
    printer_cells,
    speedup,
    unmeasured,
)
from tests.synthetic_verdicts import questions, verdicts


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
        value = speedup(kernel, threads, workers) * (0.9 if backend == "processes" else 1)
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


def full_run() -> RunFindings:
    """A run in which nearly everything was measured."""
    cells = [
        *lifecycle_cells(),
        *map_cells(),
        *dispatch_cells(),
        *pool_cells(),
        *message_cells(),
        *printer_cells(),
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
        foreign_cpus=0.01,
        coverage=Coverage(measured=len(cells), asked=len(cells), which=""),
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
        verdicts=verdicts(),
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
