"""All stored runs that a report shows: what its sections are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from study.evidence.apart import LeftOut
    from study.evidence.run import Run
    from study.store import RunFolder


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """What is stored, read.

    Attributes
    ----------
    runs : those that the report shows, the one that it is about first; runs are never pooled.
    why : which run it is about, and why that one, in words.
    sound : the folders of all runs that can be read, those that are not shown too.
    outcomes : 'validation' and 'crosschecks' -> what is stored of them, None where nothing is.
    root : the folder of the project: example programs are shown from there.
    lock_digest : digest of the locked dependencies of the report.
    left_out : what cannot be read or analysed; sections add what they find.
    """

    runs: tuple[Run, ...]
    why: str
    sound: tuple[RunFolder, ...]
    outcomes: Mapping[str, Mapping[str, Any] | None]
    root: Path
    lock_digest: str
    left_out: LeftOut

    @property
    def subject(self) -> Run:
        """The run that the report is about."""
        return self.runs[0]
