"""Every stored run by its summary, read when it is asked for; which of them are this machine's, and which is the fullest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import store
from study.config import ROUNDS
from study.errors import ResultsError, StudyError
from study.evidence.hardware import Labelled
from study.identity import Sources, fingerprint, interpreter
from study.store import cell_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from study.store import RunSummary


def labelled(runs: Iterable[RunSummary]) -> list[Labelled]:
    """What tells the machine of each run."""
    return [Labelled(run.machine, fingerprint(run.head.machine), run.contributed) for run in runs]


class Shelf:
    """The runs below a folder of results, in order of their names, which is that of time.

    Attributes
    ----------
    paths : machine/run -> its folder.
    own : the names of this machine, the present one first; empty where that is not known.
    names : names that the user gave -> machine/run.
    left_out : what cannot be read, and why; `unread` the same of runs, by machine/run.
    """

    def __init__(self, results: Path, root: Path) -> None:
        """Look what there is; nothing is read but the names.

        Parameters
        ----------
        root : the folder of the project: which cells are stale is told by the programs that lie there.
        """
        self.results = results
        self.paths = {f"{path.parent.name}/{path.name}": path for path in store.run_folders(results)}
        self.left_out: list[str] = []
        self.own: tuple[str, ...] = ()
        self.names: dict[str, str] = {}
        try:
            self.own = store.own_names(results)
        except ResultsError as error:
            self.left_out.append(str(error))
        try:
            self.names = store.baselines(results)
        except ResultsError as error:
            self.left_out.append(str(error))
        self._sources = Sources(root)
        self._present: dict[str, str] = {}
        self._read: dict[str, RunSummary | None] = {}
        self.unread: dict[str, str] = {}

    def summary(self, name: str) -> RunSummary | None:
        """The summary of machine/run; None where it cannot be read, which is told in `left_out`."""
        if name not in self._read:
            self._read[name] = None
            try:
                self._read[name] = store.summary_of(self.paths[name])
            except ResultsError as error:
                self.unread[name] = str(error)
                self.left_out.append(str(error))
        return self._read[name]

    def runs(self, machine: str = "") -> Iterator[RunSummary]:
        """Every run that can be read, the oldest name first; of one machine where it is named."""
        for name, path in self.paths.items():
            if machine in {"", path.parent.name} and (found := self.summary(name)) is not None:
                yield found

    def machines(self) -> list[str]:
        """The names that have runs."""
        return list(dict.fromkeys(path.parent.name for path in self.paths.values()))

    def mine(self) -> list[str]:
        """The names of this machine that have runs; of results with one machine alone, that one where it is not known."""
        machines = self.machines()
        found = [name for name in self.own if name in machines]
        return found or (machines if len(machines) == 1 and not self.own else [])

    def newest_first(self, machines: list[str]) -> Iterator[RunSummary]:
        """The finished runs of these machines that their owner measured, gates apart."""
        paths = [(path.name, name) for name, path in self.paths.items() if path.parent.name in machines]
        for _, name in sorted(paths, reverse=True):
            found = self.summary(name)
            if found is not None and found.head.state == "finished" and not (found.head.is_gate or found.contributed):
                yield found

    def fullest(self, machines: list[str]) -> RunSummary | None:
        """The fullest run of these machines by the present programs, as the report chooses; None without any."""
        runs = [run for machine in machines for run in self.runs(machine)]
        return max(runs, key=self._rank, default=None)

    def stale(self, run: RunSummary) -> int:
        """How many of its cells were measured by other programs than the present ones."""
        return sum(
            level.source != self._digest(text)
            for target in run.targets.values()
            for text, level in target.levels.items()
        )

    def _digest(self, text: str) -> str:
        if text not in self._present:
            try:
                self._present[text] = self._sources.digest(cell_of(text))
            except (KeyError, ValueError, SyntaxError, OSError, StudyError):
                self._present[text] = "of no cell any more"
        return self._present[text]

    def _rank(self, run: RunSummary) -> tuple[bool | int | str, ...]:
        """As `study.evidence.subject.rank`: each entry counts before all after it."""
        head = run.head
        return (
            not head.simulated,
            not head.is_gate,
            not run.contributed,
            head.state == "finished",
            not head.quick and head.rounds >= ROUNDS,
            not self.stale(run),
            not any(interpreter(target.facts).debug for target in run.targets.values()),
            run.measured,
            head.ended,
            run.name,
        )
