"""What a reader is told of Q5: whether a pool pays for a handful of tasks, from when on it does, and where its time goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Marked
from study.evidence import ANY
from study.sections.build import loop_beside, place_of
from study.sections.pays_back import in_a_sentence, pays_back
from study.sections.questions import q5_life
from study.sections.questions.pasted import ends_of
from study.sections.said import beside, by_decision, cost, joined, sentences, under, unless_open
from study.sections.ways import ANY_JOB, default_method, way_name
from study.things import START_METHODS
from study.things.backends import PROCESSES
from study.things.pasted import ENDS, HANDED_OUT, NOTEBOOK, PASTED
from study.things.programs import PASTED_PROGRAM
from study.things.variants import FIRST_OF_ALL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.evidence import CellData, Evidence
    from study.forms import Stack

LEAD = ("q5-parts",)
_PRINTED = {"q5_pool.py": "[1, 4, 9, 16, 25]\n"}
"""Program -> what it prints: `tests/test_examples.py` runs it."""
_ABOUT = "Whether a pool pays for five squares"
_NOTEBOOKS = tuple(
    name
    for name, pasted in PASTED.items()
    if (pasted.program, pasted.place, pasted.guarded) == (HANDED_OUT, NOTEBOOK, True)
)
"""The program as it stands, in a notebook."""
_PARTS = {
    "create": "making the pool",
    "first_map": "its first map",
    "close_join": "closing it and waiting for the workers",
}
"""Part of a pool's life -> in words, in their order."""


def picture(evidence: Evidence) -> Stack | None:
    """A pool's life to scale, before the figure of all its parts."""
    return q5_life.to_scale(evidence)


def answer(evidence: Evidence) -> str:
    """Of five squares in a pool made for them, beside the plain loop."""
    return unless_open(evidence, "costs", _ABOUT, lambda: _squares(evidence))


def _squares(evidence: Evidence) -> str:
    lives = _lives(evidence, "total")
    loop = loop_beside(evidence, lives[0]) if lives else None
    if loop is None:
        return ""
    whole = lives[0]
    steps = f"Pool(), map, close() and join() take {cost(whole)}{under(whole)} for five squares"
    times = f"a pool{under(whole)} takes {cost(whole)} for what a loop does in {cost(loop)}"
    return by_decision(
        beside(evidence, whole, loop).longer,
        more=f"{steps}; a loop does them in {cost(loop)}",
        less=f"Even for five squares: {times}",
        same=f"For five squares there is no clear difference: {times}",
        unknown=f"{_ABOUT} cannot be decided here: {times}",
    )


def _lives(evidence: Evidence, part: str) -> list[CellData]:
    """A pool's life, or this part of it, in the order of the records."""
    return sorted(evidence.find("pool_lifecycle", question="Q5", part=part, **ANY_JOB), key=place_of)


def lede(evidence: Evidence) -> str:
    """What the program itself takes; from how much work on pools pay; the same squares under the dearest start method."""
    if evidence.left_open("costs"):
        return ""
    return sentences((_as_it_stands(evidence), _in_a_notebook(evidence), *_pays(evidence), _dearest(evidence)))


def _as_it_stands(evidence: Evidence) -> str:
    """The program below, with every default of this interpreter."""
    data = q5_life.as_shipped(evidence)
    default = default_method(evidence)
    if data is None or not default:
        return ""
    if not START_METHODS[default].has_server:
        return f"as the program below stands, under {default}, the default here, the same takes {cost(data)}"
    told = f"with every default, under {default} whose server already runs, the same takes {cost(data)}"
    same = {"backend": PROCESSES.name, "start_method": default, "part": "join"}
    first = evidence.one("program_lifecycle", variant=FIRST_OF_ALL.name, **same)
    later = evidence.one("process_lifecycle", **same)
    if first is None:
        return f"{told}; a program that runs once starts the server too"
    instead = f", not {cost(later)}" if later and beside(evidence, first, later).longer == "supported" else ""
    return f"{told}; a program that runs once starts the server too: its first process takes {cost(first)}{instead}"


def _in_a_notebook(evidence: Evidence) -> str:
    """That the program below hangs there under this interpreter's default, where it was seen to."""
    tried = evidence.find(PASTED_PROGRAM.name, start_method=default_method(evidence), variant=_NOTEBOOKS, backend=ANY)
    hangs = bool(tried) and all(ends_of(data) == ENDS["hangs"] for data in tried)
    return "in a notebook the program below hangs (Pasted)" if hangs else ""


def _pays(evidence: Evidence) -> tuple[str, ...]:
    """As what to decide has it, from which numbers of all tasks together on."""
    told = "" if evidence.left_open("gains") else in_a_sentence(pays_back(evidence))
    return (f"a pool pays where a plain loop would take more than {told}",) if told else ()


def _dearest(evidence: Evidence) -> str:
    lives = _lives(evidence, "total")
    if len(lives) < 2:
        return ""
    most = max(lives, key=lambda data: float(data.means.mean()))
    if most is lives[0] or beside(evidence, most, lives[0]).longer != "supported":
        return ""
    return f"the same five squares take {cost(most)} with {way_name(most)}"


def printed(evidence: Evidence) -> Mapping[str, str]:
    """Of each program."""
    del evidence
    return _PRINTED


def plain(evidence: Evidence) -> tuple[str, ...]:
    """Where the time of a pool for five squares goes, and what follows."""
    return (
        Marked(
            "`Pool()` begins a process for each CPU, and three threads in the parent (to hand out, to collect, to replace"
            " workers). `map` cuts the list into chunks and writes"
            " them into a pipe; the first map also waits until the workers are alive: a spawned one imports the program first."
            " `close()` says that no more comes, `join()` waits until every worker has ended, a spawned one with a whole"
            " interpreter to take down; the end of a `with` block does not wait, it ends them (`terminate()`)."
        ),
        *_where_time_goes(evidence),
        (
            "Of all that only the squares are work. So a pool is made once, at the start of a program, and kept: then only"
            " the map counts."
        ),
    )


def _where_time_goes(evidence: Evidence) -> tuple[str, ...]:
    """The parts of the first pool's life, one after the other."""
    parts = {part: lives[0] for part in _PARTS if (lives := _lives(evidence, part))}
    if len(parts) < len(_PARTS):
        return ()
    told = joined(
        [
            f"{_PARTS[part]}{'' if number else ' takes'} {cost(data)}"
            for number, (part, data) in enumerate(parts.items())
        ]
    )
    told = f"{under(parts['create'])} {told}".strip()
    return (f"{told[:1].upper()}{told[1:]}.",)
