"""Constants that a probe lacks, of the newest run of this machine and interpreter, and how wrong predictions by probes were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from study import store
from study.advise.costs import NOTHING_STORED, Stored
from study.advise.model.constants import constants_of
from study.advise.tried import errors_of
from study.errors import StudyError
from study.evidence import run_of
from study.identity import fingerprint, same_hardware, traits_digest
from study.machine import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from study.identity import Traits


def stored_beside(results: Path, version: str, *, gil: bool) -> Stored:
    """Of the newest finished run on this hardware that measured an interpreter of this version, with or without the GIL.

    A run, or a file of errors, that cannot be read is passed over: it is missed, and no reason to say nothing.
    """
    here = fingerprint(msgspec.to_builtins(describe()))
    try:
        errors, where = errors_of(store.load_outcome(results, "advised"), traits_digest(here))
    except StudyError:
        errors, where = NOTHING_STORED.errors, NOTHING_STORED.where
    for folder in _runs_here(results, here):
        target = next((target for target in folder.manifest.targets if _is(target.facts, version, gil=gil)), None)
        if target is None:
            continue
        try:
            return Stored(constants_of(run_of(folder).of(target.name)), folder.name, errors, where)
        except StudyError:
            continue
    return NOTHING_STORED._replace(errors=errors, where=where)


def _runs_here(results: Path, here: Traits) -> Iterator[store.RunFolder]:
    """Finished runs on this hardware, the newest first; neither made-up or contributed ones nor gates, which have few cells."""
    found: list[store.RunFolder] = []
    for path in store.run_folders(results):
        try:
            folder = store.RunFolder.open(path)
        except StudyError:
            continue
        manifest = folder.manifest
        usable = manifest.state == "finished" and not manifest.simulated and manifest.gate is None
        usable = usable and not folder.contributed
        if usable and same_hardware(here, fingerprint(manifest.machine)):
            found.append(folder)
    yield from sorted(found, key=lambda folder: (folder.manifest.finished or "", folder.name), reverse=True)


def _is(facts: Mapping[str, Any], version: str, *, gil: bool) -> bool:
    """Whether a target is an interpreter of this version that has the GIL, or has not, and no label of an arm."""
    return facts.get("version") == version and facts.get("gil_enabled", True) is gil and not facts.get("label")
