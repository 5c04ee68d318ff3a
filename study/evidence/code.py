"""By which version of the programs each cell of a run was measured; runs of earlier versions have one digest for all cells."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from study.errors import StudyError
from study.store import cell_of

if TYPE_CHECKING:
    from study.evidence.light import Outline
    from study.identity import Sources

Key = tuple[str, str]
_WHOLE = "bench"
"""The digest that runs of earlier versions have: of all that can be timed, whatever the cell."""
_MOST_KEPT = 2**14
"""Cells whose present digest is kept: runs have the same few hundred."""


def code_of(manifest: Outline) -> str:
    """What runs are told apart by where no cell is looked at: the measuring core, or all of the bench."""
    return manifest.digests.get("core") or manifest.digests.get(_WHOLE, "")


def codes_of(manifest: Outline) -> dict[Key, str]:
    """(Target, cell) -> digest of the source that measured it."""
    whole = manifest.digests.get(_WHOLE, "")
    return {record.key: record.digest or whole for record in manifest.cells}


def stale_cells(manifest: Outline, sources: Sources) -> frozenset[Key]:
    """The measured cells whose source is not the present one; a run that knows no digest of a cell cannot tell, and is."""
    return frozenset(
        record.key
        for record in manifest.cells
        if record.state == "done" and (not record.digest or record.digest != _present(record.cell, sources))
    )


@functools.lru_cache(maxsize=_MOST_KEPT)
def _present(text: str, sources: Sources) -> str:
    """The digest that the cell has now; '' of one that is no cell any more."""
    try:
        return sources.digest(cell_of(text))
    except (KeyError, ValueError, SyntaxError, OSError, StudyError):
        return ""
