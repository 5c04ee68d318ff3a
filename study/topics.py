"""The topics of the whole study, in words: what each section is about and what a reader decides with it. No number."""

from __future__ import annotations

from study.findings import Question

_TEXTS = (
    ("start", "Start-up", "What does it cost to begin?", "Which start method, how large a parent, and when to fork?"),
    ("dispatch", "Dispatch", "What does handing out a task cost?", "Which call, which pool, which chunk size?"),
    ("grain", "Grain", "How long must a task be?", "From which task length on does a pool pay?"),
    ("messages", "Messages", "What does it cost to ship data?", "Which channel for which size and form?"),
    ("scaling", "Scaling", "What does the machine have to give?", "How much of it can more workers still bring?"),
    ("memory", "Memory", "What do workers cost in memory?", "Which start method, and how many workers fit?"),
    ("workers", "Workers", "How many workers?", "What to give to Pool(), and how many library threads?"),
    ("sharing", "Sharing", "What does sharing cost?", "A lock, a value, a manager, or nothing shared at all?"),
    ("steady", "Steady state", "Do processes warm up?", "Are the first calls to be counted?"),
)


def topics() -> tuple[Question, ...]:
    """Every topic, in the report's order."""
    return tuple(
        Question(id=identity, title=title, decision_for_reader=decision, programs=(), name=name)
        for identity, name, title, decision in _TEXTS
    )
