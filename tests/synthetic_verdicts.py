"""Verdicts that nothing decided, and their questions, for the tests of the report. Every number here is synthetic."""

from __future__ import annotations

from dataclasses import replace

from study.findings import Decision, Estimate, Question, Verdict
from tests.synthetic_cells import ROUNDS, TARGET, estimate


def verdict(
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


def verdicts() -> tuple[Verdict, ...]:
    join = "process_lifecycle backend=processes start_method=fork part=join"
    thread = "process_lifecycle backend=threads part=join"
    busy = [
        verdict(
            f"q2-cpu-{kernel}",
            decision,  # type: ignore[arg-type]
            f"Two threads running {kernel} used {value} seconds of CPU per second.",
            estimate(value, 0.01, "ratio"),
            cells=(f"map kernel={kernel} backend=threads workers=2 tasks=4",),
        )
        for kernel, value, decision in (("fannkuch", 1.0, "supported"), ("sha256_8mib", 1.94, "refuted"))
    ]
    return (
        verdict(
            "q1-parallel",
            "supported",
            "Two processes finish 4 tasks of fannkuch in 66.0 ms [64.7, 67.5]: 1.88 [1.83, 1.93] times as fast as a plain"
            " loop (124 ms), here, with CPython 3.11.",
            estimate(1.88, 0.025, "ratio"),
            headline=True,
        ),
        verdict(
            "q1-memory",
            "supported",
            "A child's change was seen by its parent in 0 % [0.0, 1.1] of 324 trials.",
            estimate(0.0, 0.011, "share", "share"),
        ),
        verdict(
            "q2-one-at-a-time",
            "supported",
            "Two threads of fannkuch take 1.06 [1.04, 1.09] times as long as a plain loop (124 ms), here, with CPython 3.11.",
            estimate(1.06, 0.025, "ratio"),
            headline=True,
        ),
        verdict(
            "q2-start-costs-more",
            "supported",
            "Under fork one `Process` costs 1.63 ms [1.58, 1.69] from start to join on average: 46 [41, 52] times a thread"
            " (35 µs), here, with CPython 3.11.",
            estimate(46, 0.12, "ratio"),
            cells=(join, thread),
        ),
        *busy,
        verdict(
            "q3-cost",
            "supported",
            "Under fork one `Process` costs 1.63 ms [1.58, 1.69] from start to join on average, under spawn"
            " 61.0 ms [58.1, 64.2], here, with CPython 3.11.",
            estimate(0.00163, 0.04),
            headline=True,
        ),
        verdict(
            "q4-reuse",
            "supported",
            "A pool's task costs 22.0 µs [20.9, 23.2], a process per task 1.40 ms [1.36, 1.45]: 64 [60, 68] times as much.",
            estimate(64, 0.06, "ratio"),
            headline=True,
        ),
        verdict(
            "q5-faster",
            "refuted",
            "Making a pool of 2 for five squares takes 20\u202f500 [19\u202f900, 21\u202f200] times as long as the plain loop (410 ns).",  # noqa: E501 - one sentence of the report
            estimate(20500, 0.03, "ratio"),
            headline=True,
        ),
        verdict(
            "q5-method",
            "no clear difference",
            "Whether the pool is closed or terminated makes no clear difference: 1.01 [0.98, 1.04] times.",
            estimate(1.01, 0.03, "ratio"),
        ),
        verdict(
            "q6-order",
            "refuted",
            "The four lines came in order in 93 % [88, 98] of 324 trials under fork.",
            estimate(0.93, 0.05, "share", "share"),
            headline=True,
        ),
        verdict(
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
