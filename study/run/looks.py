"""Rounds of a gate: two arms and the first again, looks in between, and no more of what is decided."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from study import store
from study.run.gate_arms import AGAIN, AGAIN_EVERY
from study.run.rounds import FAILURES_THAT_END, Rounds
from study.run.seen_costs import SeenCosts
from study.units import counted, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from study.progress import Progress
    from study.run.runner import Runner
    from study.run.seen_costs import Processes
    from study.store import CurveRecord, RunFolder, Sample

Means = dict[tuple[str, str], dict[int, float]]
"""(Target, cell) -> round -> mean of its process."""


class Event(NamedTuple):
    """Cells that are measured together, on all arms, and what a round of them takes: seconds, the third arm's share in it."""

    cells: tuple[str, ...]
    round_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What a gate is asked for, and who decides.

    Attributes
    ----------
    settled : (means, rounds that are done) -> the texts of the cells that need no further round.
    best_values : (what an event's first rounds told, its open cells) -> values of each of its processes from now on.
    thinned : (the same, cell -> its values from now on) -> cell -> how many times as far its means will scatter.
    seconds_left : (means, rounds that are done, open events, how far each cell will scatter) -> until all is decided.
    """

    base: str
    head: str
    limit: float
    same: float
    looks: tuple[int, ...]
    settled: Callable[[Means, int], frozenset[str]]
    best_values: Callable[[Processes, frozenset[str]], int]
    thinned: Callable[[Processes, Mapping[str, int]], dict[str, float]]
    seconds_left: Callable[[Means, int, Sequence[Event], Mapping[str, float]], float]

    @property
    def record(self) -> store.GateRecord:
        """What the manifest holds of it."""
        return store.GateRecord(
            base=self.base,
            head=self.head,
            again=f"{self.base}-{AGAIN}",
            limit=self.limit,
            same=self.same,
            looks=list(self.looks),
        )


class Looks(Rounds):
    """Measures rounds until every cell is decided, the budget is spent, or the last look is taken."""

    def __init__(
        self,
        folder: RunFolder,
        runner: Runner,
        progress: Progress,
        *,
        budget_s: float,
        stopping: Callable[[], bool],
        looking: Looking,
    ) -> None:
        """Take up a gate where its journal ends: what was decided at its looks is decided again, from the same times."""
        super().__init__(folder, runner, progress, budget_s=budget_s, stopping=stopping)
        self.looking = looking
        self.gate = looking.record
        self._seen = SeenCosts(self.manifest, self.journal, self.gate)
        self.decided: frozenset[str] = frozenset()
        self.foretold_s: list[float] = []
        self._looked = 0
        self._costs: dict[int, float] = {}
        self._scatter: dict[str, float] = {}
        self._arms: dict[tuple[str, ...], list[int]] = {}  # cells -> the curves of the two arms that are compared
        for number, record in enumerate(self.manifest.curves):
            if record.target != self.gate.again:
                self._arms.setdefault(tuple(record.cells), []).append(number)

    def measure(self) -> bool:
        """Measure rounds; False when the user asked to stop before."""
        while True:
            index, attempt = self._position()
            self._look(index)
            if not attempt:
                over = index >= self.gate.looks[-1] or not self._in_round(index)
                first = self.gate.looks[0]
                if over or not self._affordable(index, first, first):
                    self.progress.say(f"  ended after {counted(index, 'round')} and {duration(self.spent_s)}")
                    return True
            if self.journal.full:
                self.progress.say(f"round {index} is the last: a run holds no more; the gate ends here")
                return True
            if not self._measure_round(index, attempt):
                return False

    def _look(self, rounds: int) -> None:
        """Decide what can be decided, once at each look; after the first one share out the values; foretell the end."""
        passed = max((look for look in self.gate.looks if look <= rounds), default=0)
        if passed <= self._looked:
            return
        first = not self._looked
        self._looked = passed
        means = self._means()
        if first:
            self._share(self.looking.settled(means, self.gate.looks[0]))
        self.decided = self.looking.settled(means, passed)
        self._costs = {number: self._seen.of_process(number) for number in range(len(self.curves))}
        cells = {text for record in self.manifest.curves for text in record.cells}
        self.progress.say(
            f"  after {passed} rounds {len(self.decided)} of {counted(len(cells), 'cell is', 'cells are')} decided"
        )
        events = self._open_events(passed)
        if events and passed < self.gate.looks[-1]:
            left_s = self.looking.seconds_left(means, passed, events, self._scatter_from(passed))
            self.foretold_s.append(self.spent_s + left_s)
            self.progress.say(
                f"  at the spread seen all are decided after about {duration(self.foretold_s[-1])}, {duration(left_s)} from"
                f" now; the budget is {duration(self.budget_s)}"
            )

    def _share(self, settled: frozenset[str]) -> None:
        """Give each event the values that are best for it, and keep them: they are in the manifest from now on."""
        values = {}
        for block in self.blocks:
            if (seen := self._seen.first_rounds(block)) is None:
                continue
            number = self.manifest.curves[block[0]].values or self.looking.best_values(
                seen, frozenset(seen.cells) - settled
            )
            for curve in block:
                self.manifest.curves[curve].values = number
            values = dict.fromkeys(seen.cells, number)
            self._scatter |= self.looking.thinned(seen, values)
        self.folder.save()

    def _scatter_from(self, rounds: int) -> dict[str, float]:
        """Cell -> how many times as far its means will scatter as they did so far, of which the first had other values."""
        old = self.gate.looks[0] / rounds
        return {cell: times / math.sqrt(old + (1.0 - old) * times**2) for cell, times in self._scatter.items()}

    def _process_s(self, number: int) -> float:
        """What a process of a curve takes: after a look as those before it did."""
        return self._costs.get(number, super()._process_s(number))

    def _round_s(self, index: int) -> float:
        """What a round will take."""
        if not self._costs:
            return super()._round_s(index)
        return math.fsum(self._process_s(number) for number in self._in_round(index))

    def _open_events(self, rounds: int) -> list[Event]:
        """What is still measured, with its seconds."""
        events = []
        for block in self.blocks:
            due = [number for number in block if self._takes_part(number, rounds - rounds % AGAIN_EVERY)]
            if due:
                shares = [
                    self._process_s(number)
                    / (AGAIN_EVERY if self.manifest.curves[number].target == self.gate.again else 1)
                    for number in due
                ]
                cells = dict.fromkeys(text for number in due for text in self.manifest.curves[number].cells)
                events.append(Event(tuple(cells), math.fsum(shares)))
        return events

    def _means(self) -> Means:
        return means_of(
            (entry["round"], entry["attempt"], sample) for entry, samples in self.journal.samples for sample in samples
        )

    def _takes_part(self, number: int, index: int) -> bool:
        """Whether a cell of the curve is open; the third arm in every fourth round only."""
        record = self.manifest.curves[number]
        due = record.target != self.gate.again or index % AGAIN_EVERY == 0
        return due and not self.decided.issuperset(record.cells) and not self._broken(record)

    def _broken(self, record: CurveRecord) -> bool:
        """Whether an arm of the pair has failed for good: one alone compares nothing."""
        return any(self.failures[number] >= FAILURES_THAT_END for number in self._arms[tuple(record.cells)])

    def _show(self, index: int, order: Sequence[int], position: int, pace: float) -> None:
        """Say what is next in this round: how many rounds there will be is foretold after each look."""
        self.progress.update(
            what=f"round {index + 1}, {self.curves[order[position]].id}",
            done=position,
            total=len(self._in_round(index)),
            spent_s=self.spent_s,
            left_s=self._left_s(order[position:], pace),
        )

    def _measured_on(self, target: str) -> str:
        """The third arm is the first: one environment, one interpreter."""
        return self.gate.base if target == self.gate.again else target


def means_of(samples: Iterable[tuple[int, int, Sample]]) -> Means:
    """The mean of each process, by (target, cell) and round; of a round that was repeated the last attempt.

    Parameters
    ----------
    samples : (round, attempt, sample).
    """
    found: Means = {}
    for index, _, sample in sorted(samples, key=lambda known: known[:2]):
        found.setdefault((sample.target, sample.name), {})[index] = statistics.fmean(sample.values)
    return found
