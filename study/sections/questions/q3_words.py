"""What a reader is told of Q3: what a process costs, when its child really runs, and what start() and join() do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Marked
from study.sections.said import beside, cost, joined, sentences
from study.sections.ways import default_method, server_imports_scripts
from study.things import START_METHODS
from study.things.backends import PROCESSES, THREADS
from study.things.variants import FIRST_OF_ALL
from study.units import brief, count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.evidence import CellData, Evidence

LEAD = ("q3-lifecycle",)
_PRINTED = {"q3_process.py": "This is a child process.\nThis is the main process.\n"}
"""Program -> what it prints, always in this order: `tests/test_examples.py` runs it."""


def answer(evidence: Evidence) -> str:
    """Of a whole life: a thread, then a process by start method, the cheapest first."""
    thread = evidence.one("process_lifecycle", backend=THREADS.name, part="join")
    lives = _lives(evidence, "join")
    if not lives:
        return ""
    costs = joined([f"{cost(data)} under {_method(data)}" for data in lives])
    return f"A thread costs {cost(thread)}, a process {costs}" if thread else f"A process costs {costs}"


def _method(data: CellData) -> str:
    """The start method; of one with a server, that its server runs already."""
    method = data.cell.start_method
    return f"{method} once its server runs" if START_METHODS[method].has_server else method


def _lives(evidence: Evidence, part: str) -> list[CellData]:
    """One process under each start method until this moment, the cheapest first."""
    found = (
        evidence.one("process_lifecycle", backend=PROCESSES.name, start_method=method, part=part)
        for method in START_METHODS
    )
    return sorted((data for data in found if data is not None), key=lambda data: float(data.means.mean()))


def lede(evidence: Evidence) -> str:
    """How far apart the start methods lie, how much of the dearest comes after start(), and what the program shown takes."""
    lives = _lives(evidence, "join")
    apart = ""
    if len(lives) > 1:
        least, most = lives[0], lives[-1]
        times = brief(beside(evidence, most, least).ratio)
        apart = (
            f"the start method decides: {most.cell.start_method} takes {times} as long as {least.cell.start_method}, from"
            " start to the end of join"
        )
    return sentences((apart, _after_start(evidence, lives), _as_shipped(evidence)))


def _after_start(evidence: Evidence, lives: list[CellData]) -> str:
    """When start() returns and when the child runs, of the dearest start method."""
    if not lives:
        return ""
    method = lives[-1].cell.start_method
    same = {"backend": PROCESSES.name, "start_method": method}
    begun, first = (evidence.one("process_lifecycle", part=part, **same) for part in ("start", "first"))
    if begun is None or first is None or beside(evidence, first, begun).longer != "supported":
        return ""
    return (
        f"under {method} start() returns after {cost(begun)}, the child's first instruction comes after {cost(first)}:"
        " that it returned does not mean that anything runs"
    )


def _as_shipped(evidence: Evidence) -> str:
    """What the first process of a program takes under this interpreter's default, where that has to start a server first."""
    default = default_method(evidence)
    if default not in START_METHODS or not START_METHODS[default].has_server:
        return ""
    same = {"backend": PROCESSES.name, "start_method": default, "part": "join"}
    first = evidence.one("program_lifecycle", variant=FIRST_OF_ALL.name, **same)
    if first is None:
        return ""
    return (
        f"as the program below stands, under {default}, the default here, it starts that server too: the first process of a"
        f" program takes {cost(first)}"
    )


def printed(evidence: Evidence) -> Mapping[str, str]:
    """Of each program."""
    del evidence
    return _PRINTED


def plain(evidence: Evidence) -> tuple[str, ...]:
    """What start() and join() do, in words and counts; and what the start methods are."""
    return (
        Marked(
            "`start()` asks the system for a child and does not wait for it: a loop that starts ten may be through before the"
            f" tenth has done anything. {_counted_starts(evidence)} Only the `start()` of a thread waits until it runs.".replace(
                "  ", " "
            )
        ),
        Marked(
            "`join()` waits until the child has ended. That is why the two lines of the program are printed in this order."
            f" {_counted_joins(evidence)}".strip()
        ),
        (
            "Under fork the child is a copy of its parent; but only the thread that forks is copied, and any other lock that"
            " another thread holds then, as of a queue, stays locked in the child for ever. Under spawn a new Python begins and"
            " imports the program again. A forkserver is a clean process, begun once, that copies itself for each"
            f" child; {_imported(evidence)}."
        ),
    )


def _imported(evidence: Evidence) -> str:
    """Who imports the program under a fork server."""
    once = server_imports_scripts(evidence)
    if once is False:
        return "each child then imports the program, as under spawn"
    since = "" if once else ", since CPython 3.13.8 and 3.14.1"
    return f"it imports a script once, itself{since} (CPython issue 126631), a program begun with -m each child"


def _counted_starts(evidence: Evidence) -> str:
    """How often a child was there before start() had returned, by start method: never to be relied on where it happened."""
    told = []
    for data in _lives(evidence, "start"):
        totals = data.totals
        trials, first = totals.get("trials", 0), totals.get("start_returned_before_child")
        if trials and first is not None:
            told.append(f"{count(trials - first)} times in {count(trials)} under {data.cell.start_method}")
    return f"The child was there before `start()` had returned {joined(told)}." if told else ""


def _counted_joins(evidence: Evidence) -> str:
    """In how many starts the child's work was done when join() returned."""
    counts = [data.totals for data in _lives(evidence, "start") if data.totals.get("trials")]
    known = [totals for totals in counts if "child_done_before_join_returned" in totals]
    done = sum(totals["child_done_before_join_returned"] for totals in known)
    trials = sum(totals["trials"] for totals in known)
    return f"The child's work was done by then in {count(done)} of {count(trials)} starts." if known else ""
