"""The six questions, as the report words them. No number stands here: every number comes from a run."""

from __future__ import annotations

from pathlib import Path

from study.findings import Question

EXAMPLES = Path(__file__).parent / "bench" / "examples"
_TEXTS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "Q1",
        "What is multiprocessing in Python, and why is it useful?",
        "Is it worth it for my work?",
        (),
    ),
    (
        "Q2",
        "How do multiprocessing and multithreading differ?",
        "Threads or processes?",
        (),
    ),
    (
        "Q3",
        "How is a process created with the multiprocessing module?",
        "Which start method?",
        ("q3_process.py",),
    ),
    (
        "Q4",
        "What is a multiprocessing pool, and why is it used?",
        "Pool or not, and which chunk size?",
        (),
    ),
    (
        "Q5",
        "How is a pool of worker processes created?",
        "When does the pool pay back?",
        ("q5_pool.py",),
    ),
    (
        "Q6",
        "Four processes, each printing its own number: what comes out?",
        "What may I rely on?",
        ("q6_print.py",),
    ),
)


def questions() -> tuple[Question, ...]:
    """The six questions, with the source of the programs that are shown beside them."""
    return tuple(
        Question(
            id=identity,
            title=title,
            decision_for_reader=decision,
            programs=tuple((name, (EXAMPLES / name).read_text(encoding="utf-8")) for name in names),
        )
        for identity, title, decision, names in _TEXTS
    )
