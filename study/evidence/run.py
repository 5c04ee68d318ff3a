"""One stored run, read whole: what every section sees of it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from study import config, loaded
from study.evidence.coverage import Coverage, coverage_of
from study.evidence.floors import floors
from study.evidence.light import Light
from study.evidence.query import Evidence
from study.evidence.summaries import Summary, summaries
from study.plan import ROUNDS
from study.table import CellData, cells_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.config import Claim, Experiment
    from study.evidence.light import Stored
    from study.store import Manifest, RunFolder

_READ_ELSEWHERE: dict[Stored, Mapping[tuple[str, str], CellData]] = {}
"""Cells that another process has read, while they become those that are kept."""
_MOST_KEPT = 64
"""Runs whose times are kept: sections set those of one machine against each other, the ones that the report shows among them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """One run on one machine.

    Attributes
    ----------
    folder : where it is stored: `folder.machine` and `folder.id` are its names.
    manifest : everything about it but its times.
    stale : (target, cell text) of what was measured by another version of the programs than the present one.
    cells : (target, cell text) -> what was measured.
    missing : (target, cell text) -> why there is nothing.
    summaries : what is known of every cell.
    asked_by : (target, cell text) -> the questions whose experiments asked for it.
    claims, experiments : as its config has them.
    rounds, disturbed_rounds : of those that count.
    foreign_cpus : CPUs that others took meanwhile, averaged over the rounds that tell; None where none does.
    coverage : how much of what its experiments ask for was measured.
    floors : target -> noise class -> relative difference that equal cells show, None where there is no A/A pair.
    """

    folder: RunFolder
    manifest: Manifest
    stale: frozenset[tuple[str, str]]
    cells: Mapping[tuple[str, str], CellData]
    missing: Mapping[tuple[str, str], str]
    summaries: tuple[Summary, ...]
    asked_by: Mapping[tuple[str, str], frozenset[str]]
    claims: tuple[Claim, ...]
    experiments: tuple[Experiment, ...]
    rounds: int
    disturbed_rounds: int
    foreign_cpus: float | None
    coverage: Coverage
    floors: Mapping[str, Mapping[str, float | None]]

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.folder.name

    @property
    def machine(self) -> str:
        """The machine's name."""
        return self.folder.machine

    @property
    def id(self) -> str:
        """The run's name on its machine."""
        return self.folder.id

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the interpreters under study, the first of them the report's own."""
        return tuple(target.name for target in self.manifest.targets)

    @property
    def complete(self) -> bool:
        """Whether it came to its end."""
        return self.manifest.state == "finished"

    @property
    def quick(self) -> bool:
        """Whether it has fewer rounds than the plan wants."""
        return self.manifest.quick or self.rounds < ROUNDS

    @property
    def finished(self) -> str:
        """ISO 8601 UTC time it finished; of one that is not complete, when it was begun."""
        return self.manifest.finished or self.manifest.started

    @property
    def commit(self) -> str:
        """Commit of the study that measured it, '+' behind it where there were changes."""
        return self.manifest.commit + ("+" if self.manifest.dirty else "")

    def of(self, target: str) -> Evidence:
        """What one target shows."""
        return Evidence(self, target)


class Times(NamedTuple):
    """What takes long to read of a run, and to make of it: these fields of a `Run`."""

    cells: Mapping[tuple[str, str], CellData]
    floors: Mapping[str, Mapping[str, float | None]]
    summaries: tuple[Summary, ...]
    coverage: Coverage


def cells_in(run: Stored) -> Mapping[tuple[str, str], CellData]:
    """(Target, cell text) -> what was measured, read once.

    Raises
    ------
    ResultsError
        as `RunFolder.load`.
    """
    return _read(_folder_of(run))


def _folder_of(run: Stored) -> Stored:
    return run.folder if isinstance(run, Light) else run


@functools.lru_cache(maxsize=_MOST_KEPT)
def _read(folder: Stored) -> Mapping[tuple[str, str], CellData]:
    return _READ_ELSEWHERE[folder] if folder in _READ_ELSEWHERE else cells_of(folder.load())


def _kept(folder: Stored, cells: Mapping[tuple[str, str], CellData]) -> Mapping[tuple[str, str], CellData]:
    """The cells of a run, read by whomever: whoever asks `cells_in` for them from now on has these."""
    _READ_ELSEWHERE[folder] = cells
    try:
        return _read(folder)
    finally:
        del _READ_ELSEWHERE[folder]


def times_of(run: Stored) -> Times:
    """Read the times of one run, which another process may do.

    Raises
    ------
    ResultsError
        as `RunFolder.load`.
    """
    folder = _folder_of(run)
    cells, manifest = cells_in(folder), folder.manifest
    floor_of = {target.name: floors(cells, target.name) for target in manifest.targets}
    covered = coverage_of(manifest, config.experiments_in(manifest.config))
    return Times(cells, floor_of, summaries(manifest.cells, cells, floor_of), covered)


def run_of(
    folder: RunFolder, *, stale: frozenset[tuple[str, str]] = frozenset(), read: Callable[[], Times] | None = None
) -> Run:
    """Read one run.

    Parameters
    ----------
    read : gives its times where another process has read them (`times_of`).

    Raises
    ------
    StudyError
        if a file of the run is not what this study writes.
    """
    manifest = folder.manifest
    times = times_of(folder) if read is None else read()
    cells = _kept(folder, times.cells)
    missing = {
        record.key: f"{record.state}: {record.reason}" if record.reason else record.state
        for record in manifest.cells
        if record.key not in cells
    }
    experiments = config.experiments_in(manifest.config)
    question = {experiment.id: experiment.question for experiment in experiments}
    counted = [record for record in manifest.rounds if not record.replaced]
    return Run(
        folder=folder,
        manifest=manifest,
        stale=stale,
        cells=cells,
        missing=missing,
        summaries=times.summaries,
        asked_by={
            record.key: frozenset(question[name] for name in record.asked_by if name in question)
            for record in manifest.cells
        },
        claims=config.claims_in(manifest.config),
        experiments=experiments,
        rounds=len(counted),
        disturbed_rounds=sum(1 for record in counted if record.disturbed),
        foreign_cpus=loaded.foreign_cpus(record.foreign_cpus for record in counted),
        coverage=times.coverage,
        floors=times.floors,
    )
