"""Where people put the programs of Q3, Q5 and Q6, and what can come of it: the variants of a pasted program."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from study.things.events import Variant

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTEBOOK_PACKAGE = "ipykernel"
"""What runs the cells of a notebook; installed on request, as other libraries are."""


class Place(NamedTuple):
    """Where a program is put.

    Attributes
    ----------
    words : for people, behind the program's name.
    package : what has to be installed for it.
    main_can_be_imported : whether a child that is started anew finds the main module again.
    """

    name: str
    words: str
    package: str
    main_can_be_imported: bool


class Pasted(NamedTuple):
    """A program in a place, with its `__main__` guard or without."""

    program: str
    place: Place
    guarded: bool


MODULE = Place("module", "as a module (-m)", "", main_can_be_imported=True)
SCRIPT = Place("script", "as a script", "", main_can_be_imported=True)
TERMINAL = Place("terminal", "as a script in a terminal", "", main_can_be_imported=True)
UNBUFFERED_PIPE = Place("unbuffered", "as a script, unbuffered, into a pipe", "", main_can_be_imported=True)
STDIN = Place("stdin", "on standard input", "", main_can_be_imported=False)
REPL = Place("repl", "at the prompt", "", main_can_be_imported=False)
NOTEBOOK = Place("notebook", "in a notebook", NOTEBOOK_PACKAGE, main_can_be_imported=False)
PLACES: Mapping[str, Place] = MappingProxyType(
    {place.name: place for place in (MODULE, SCRIPT, TERMINAL, UNBUFFERED_PIPE, STDIN, REPL, NOTEBOOK)}
)
PROGRAMS: Mapping[str, str] = MappingProxyType({"q3": "q3_process", "q5": "q5_pool", "q6": "q6_print"})
"""Short name of a program -> its module among the examples."""
HANDED_OUT = "q5"
"""The program whose parent waits for answers, so that it waits for ever where no worker can answer."""
ENDS: Mapping[str, str] = MappingProxyType(
    {
        "works": "works",
        "dies": "dies",
        "hangs": "hangs",
        "runs_twice": "runs twice",
        "prints_nothing": "prints nothing",
        "torn": "tears lines",
    }
)
"""Outcome of a trial, of which each has one -> in words. `study/bench/patterns/pasted_program.py` says exactly what each is."""

PASTED: Mapping[str, Pasted] = MappingProxyType(
    {
        f"{program}.{place.name}{'' if guarded else '.unguarded'}": Pasted(program, place, guarded)
        for program in PROGRAMS
        for place in PLACES.values()
        for guarded in (True, False)
    }
)
"""Name of a variant -> what it is."""


def words_of(pasted: Pasted) -> str:
    """`Q5 in a notebook`; and whether the guard is missing."""
    return f"{pasted.program.upper()} {pasted.place.words}{'' if pasted.guarded else ', without the guard'}"


VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        name: Variant(
            name=name,
            words=words_of(pasted),
            module="",
            package=pasted.place.package,
            sampling=None,
            outcomes=(),
            simulated_s=0.3,
        )
        for name, pasted in PASTED.items()
    }
)
