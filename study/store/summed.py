"""Summaries of stored runs: read where they are theirs, else made of their times. Reading writes nothing."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from study.errors import ResultsError
from study.store import summary
from study.store.contributed import contribution_of
from study.store.files import lies_there, read_text
from study.store.folders import RunFolder, manifest_of, run_name

if TYPE_CHECKING:
    from pathlib import Path


def summary_of(path: Path) -> summary.RunSummary:
    """What comparing needs of the run in this folder: its `summary.json`, or made where there is none of these very times.

    A summary that is damaged, or bound to another manifest, is as good as none.

    Raises
    ------
    ResultsError
        as `RunFolder.open` and `RunFolder.load`.
    """
    manifest = manifest_of(path)
    contributed = contribution_of(path) is not None
    if lies_there(path / summary.NAME):
        name = f"{run_name(path)}/{summary.NAME}"
        with contextlib.suppress(ResultsError):
            text = read_text(path / summary.NAME, name, longest=summary.MAX_BYTES)
            found = summary.decode(text, path.parent.name, path.name, manifest, name)
            return replace(found, contributed=contributed)
    return summary_of_folder(RunFolder.open(path))


def summary_of_folder(folder: RunFolder) -> summary.RunSummary:
    """The same of a run that is open, from its times.

    Raises
    ------
    ResultsError
        as `RunFolder.load`.
    """
    found = summary.summarised(folder.machine, folder.id, folder.manifest, folder.load())
    return replace(found, contributed=folder.contributed)
