"""What the words of the report mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Record, Section, Terms

if TYPE_CHECKING:
    from study.evidence import Study

RECORD = Record(order=500, name="Glossary", title="Glossary")
_WORDS = {
    "cell": "One point of the plan: one thing that is timed, with all its factors.",
    "round": "One fresh process for every cell, in random order.",
    "average, typical": "The arithmetic mean over fresh processes; the median process.",
    "interval": "The range in brackets: of 100 such runs, so many as its confidence says hold what endless rounds would"
    " find. It is of this sitting. Another run finds times elsewhere more often than that; the self-audit says how often.",
    "sitting": "One run, from its start to its end. With four or more of the same code on one machine in one state, an"
    " interval of this machine says where the next one finds a time.",
    "smallest effect": "The smallest relative difference to an equally noisy cell that the whole calling rule, of one test"
    " alone, would have called in four of five such runs: beyond chance and beyond the noise floor. Where tests are counted"
    " together it is larger, and where processes have modes or far outliers it is called less often. It rests on the spread that"
    " its own rounds happened to show: where that is small by luck it is too small. How often what is printed so is called"
    " is in the validation. What is smaller may be there and was not seen.",
    "between processes": "The share of the variance that lies between processes and not between the values of one.",
    "noise floor": "What equal cells differ by in this run.",
    "worker": "A process or thread of the pool under study.",
    "task, grain": "One call of a kernel; the useful time of one, measured in the plain loop.",
    "chunk size": "Tasks sent to a worker in one message.",
    "start method": "How a process begins: as a copy of its parent (fork), as a copy of a clean server (forkserver),"
    " from nothing (spawn).",
    "speedup, efficiency": "Tasks a second with the workers over those of the plain loop; speedup over the number of workers.",
    "Karp–Flatt": "The share of the work that would have to be serial to explain the speedup.",
    "capacity": "What as many independent processes achieve together: the measured upper bound.",
    "floor": "The same act asked from the operating system without Python's machinery.",
    "GIL": "The lock that lets one thread at a time execute Python code in an interpreter.",
    "target": "An interpreter under study.",
}


def section(study: Study) -> Section:
    """The same for every study."""
    del study
    words = Terms(items=tuple(_WORDS.items()), form="definitions")
    return Section(id="glossary", name=RECORD.name, title=RECORD.title, blocks=(words,))
