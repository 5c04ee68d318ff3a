"""A stored run as far as choosing, ordering and comparing runs need it: by its summary. The rest is read where it is asked for.

A thousand runs are known by their summaries in seconds; their manifests and times would take minutes, and all of the memory.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from study import store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

SUMMARY = "summary.json"
"""A run without it is known by its manifest."""


class CellOutline(Protocol):
    """A cell of a run."""

    @property
    def cell(self) -> str:
        """Its canonical text."""

    @property
    def key(self) -> tuple[str, str]:
        """(Target, cell)."""

    @property
    def state(self) -> str:
        """'done', or why not."""

    @property
    def digest(self) -> str:
        """Of the source that measured it."""


class TargetOutline(Protocol):
    """An interpreter of a run."""

    @property
    def name(self) -> str:
        """As the run calls it."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What it said of itself."""


class RoundOutline(Protocol):
    """A round of a run."""

    @property
    def replaced(self) -> bool:
        """Whether another attempt stands for it."""


class Outline(Protocol):
    """What choosing among runs looks at: a manifest has it, and a summary."""

    @property
    def state(self) -> str:
        """'measuring' or 'finished'."""

    @property
    def simulated(self) -> bool:
        """Whether its times are made up."""

    @property
    def quick(self) -> bool:
        """Whether it was to have few rounds."""

    @property
    def gate(self) -> object | None:
        """What a gate compares; None of another run."""

    @property
    def digests(self) -> Mapping[str, str]:
        """Of programs, libraries and experiments."""

    @property
    def started(self) -> str:
        """When it was begun."""

    @property
    def finished(self) -> str:
        """When it came to its end; '' of one that has not."""

    @property
    def machine(self) -> Mapping[str, Any]:
        """The facts of the machine."""

    @property
    def changes(self) -> Sequence[str]:
        """What changed of its state between sittings."""

    @property
    def targets(self) -> Sequence[TargetOutline]:
        """The interpreters."""

    @property
    def cells(self) -> Iterable[CellOutline]:
        """Those that have times at least."""

    @property
    def rounds(self) -> Sequence[RoundOutline]:
        """Those that count at least."""


class Stored(Protocol):
    """A stored run: one that is open, or a light one."""

    def __hash__(self) -> int:
        """By itself: what is made of one is made once."""

    @property
    def path(self) -> Path:
        """Its folder."""

    @property
    def machine(self) -> str:
        """The machine's name."""

    @property
    def id(self) -> str:
        """The run's name on its machine."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def manifest(self) -> store.Manifest:
        """Everything about it but its times."""

    @property
    def contributed(self) -> bool:
        """Whether somebody else measured it."""

    @property
    def has_rounds(self) -> bool:
        """Whether a round was completed."""

    def load(self) -> list[store.Sample]:
        """Every sample that counts."""


class _Cell(NamedTuple):
    """A measured cell of a summary."""

    key: tuple[str, str]
    digest: str
    state: str = "done"

    @property
    def cell(self) -> str:
        """Its canonical text."""
        return self.key[1]


class _Target(NamedTuple):
    name: str
    facts: Mapping[str, Any]


class _Round(NamedTuple):
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class _OfSummary:
    """The outline of a run that is known by its summary: as `Outline` has it."""

    summary: store.RunSummary
    targets: tuple[_Target, ...]

    @property
    def state(self) -> str:
        return self.summary.head.state

    @property
    def simulated(self) -> bool:
        return self.summary.head.simulated

    @property
    def quick(self) -> bool:
        return self.summary.head.quick

    @property
    def gate(self) -> object | None:
        return self.summary.head if self.summary.head.is_gate else None

    @property
    def digests(self) -> Mapping[str, str]:
        return self.summary.head.digests

    @property
    def started(self) -> str:
        return self.summary.head.started

    @property
    def finished(self) -> str:
        return self.summary.head.finished

    @property
    def machine(self) -> Mapping[str, Any]:
        return self.summary.head.machine

    @property
    def changes(self) -> Sequence[str]:
        return self.summary.head.changes

    @property
    def cells(self) -> Iterable[_Cell]:
        """Made anew each time: of a thousand runs together they would be a million."""
        return (
            _Cell((name, cell), level.source)
            for name, target in self.summary.targets.items()
            for cell, level in target.levels.items()
        )

    @property
    def rounds(self) -> Sequence[_Round]:
        return (_Round(),) * self.summary.head.rounds


class Light(store.Placed):
    """A stored run of which little has been read.

    Parameters
    ----------
    path : its folder.
    summary : what is known of it; None where that is made of its times when it is asked for.
    folder : the run, opened, where there is no summary.
    """

    def __init__(
        self, path: Path, summary: store.RunSummary | None = None, folder: store.RunFolder | None = None
    ) -> None:
        """One of both is there."""
        super().__init__(path)
        self._summary = summary
        self._folder = folder

    @classmethod
    def of(cls, path: Path) -> Light:
        """The run in this folder: by its summary where one lies there, else by its manifest.

        Raises
        ------
        ResultsError
            naming what is wrong with it, and where.
        """
        if os.path.lexists(path / SUMMARY):
            return cls(path, store.summary_of(path))
        return cls(path, folder=store.RunFolder.open(path))

    @functools.cached_property
    def folder(self) -> store.RunFolder:
        """The run, opened."""
        return self._folder or store.RunFolder.open(self.path)

    @functools.cached_property
    def summary(self) -> store.RunSummary:
        """What comparing needs of it; where none is stored, made of its times."""
        return self._summary or store.summary_of_folder(self.folder)

    @functools.cached_property
    def outline(self) -> Outline:
        """What choosing among runs looks at."""
        if self._summary is None:
            return self.folder.manifest
        targets = tuple(_Target(name, target.facts) for name, target in self._summary.targets.items())
        return _OfSummary(self._summary, targets)

    @property
    def manifest(self) -> store.Manifest:
        """Everything about it but its times; it is opened for this."""
        return self.folder.manifest

    @property
    def has_rounds(self) -> bool:
        """Whether a round was completed."""
        return self.folder.has_rounds if self._summary is None else self._summary.head.rounds > 0

    def load(self) -> list[store.Sample]:
        """Every sample that counts; see `RunFolder.load`."""
        return self.folder.load()


def outline(run: Stored) -> Outline:
    """What choosing among runs looks at, without opening one that is light."""
    return run.outline if isinstance(run, Light) else run.manifest
