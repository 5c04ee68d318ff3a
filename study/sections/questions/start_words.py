"""What a reader is told of beginning: what the main module's imports add where they are made again, and a large parent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study.evidence import ANY
from study.sections.build import ends
from study.sections.said import beside, cost, joined, sentences
from study.sections.ways import METHODS, server_imports_scripts
from study.things import START_METHODS
from study.things.backends import PROCESSES
from study.things.variants import BARE, MAIN_NUMPY
from study.units import brief, size

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence

_AGAIN = tuple(method.name for method in START_METHODS.values() if not method.copies_parent)
"""Start methods under which a child imports the main module again; of a script a server may have done it."""


def answer(evidence: Evidence) -> str:
    """A process of a program that imports nothing, and of one that imports NumPy, under each start method that has both."""
    known = [(method, pair) for method in _AGAIN if (pair := _bare_and_numpy(evidence, method)) is not None]
    if not known:
        return ""
    again, begun = "every child imports the main module again", ""
    if server_imports_scripts(evidence) is not False:
        known.sort(key=lambda found: START_METHODS[found[0]].has_server)
        served = [method for method, _ in known if START_METHODS[method].has_server]
        begun = f", under {joined(served)} if begun with -m, as here" if served else ""  # patterns/program_lifecycle.py
    methods = [method for method, _ in known if not (begun and START_METHODS[method].has_server)]
    who = f"under {joined(methods)} {again}{begun}" if methods else f"{again}{begun}"
    bare, numpy = (joined([cost(pair[side]) for _, pair in known]) for side in (0, 1))
    told = f"{who}: {bare} where that imports nothing, {numpy} where it imports NumPy"
    return told[:1].upper() + told[1:]


def _bare_and_numpy(evidence: Evidence, method: str) -> tuple[CellData, CellData] | None:
    same: dict[str, Any] = {"backend": PROCESSES.name, "start_method": method, "part": "join"}
    bare, numpy = (evidence.one("program_lifecycle", variant=variant.name, **same) for variant in (BARE, MAIN_NUMPY))
    return None if bare is None or numpy is None else (bare, numpy)


def lede(evidence: Evidence) -> str:
    """A forked process of a small and of a large parent."""
    same: dict[str, Any] = {"backend": PROCESSES.name, "start_method": METHODS, "part": "join"}
    forked = evidence.find("process_lifecycle", parent_bytes=ANY, **same)
    if len(forked) < 2:
        return ""
    small, large = ends(forked, "parent_bytes")
    found = beside(evidence, large, small)
    if found.longer != "supported":
        return ""
    return sentences(
        (
            (
                f"under {large.cell.start_method} the parent's tables of memory are copied: a process takes"
                f" {brief(found.ratio)} as long where the parent holds {size(large.cell.parent_bytes)}"
            ),
        )
    )
