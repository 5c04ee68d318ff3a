"""Rounds of a gate: two arms and the first again, looks in between, and no more of what is decided."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from study import store
from study.cell import Cell, sampling_of
from study.run.rounds import FAILURES_THAT_END, Rounds
from study.units import counted, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from study.progress import Progress
    from study.run.runner import Runner
    from study.store import CurveRecord, RunFolder, Sample, TargetRecord

AGAIN = "again"
"""Label of the third arm: the first once more."""
AGAIN_EVERY = 4
"""The third arm is in every fourth round: it tells what equal code looks like, and costs an eighth."""
PAIR = 2
"""Arms that are compared."""
APART = 2.0
"""Times as long: an event of head that differs more gets loops of its own."""
Means = dict[tuple[str, str], dict[int, float]]
"""(Target, cell) -> round -> mean of its process."""
Values = tuple[float, ...]
"""Of one process."""


class Processes(NamedTuple):
    """What the rounds before the first look have told of an event: its cells on both arms, and what a process costs.

    Attributes
    ----------
    times : cell -> of each arm, process by process, the values.
    around_s : seconds of a process besides its values; value_s : of one value of all its points; values : it had.
    """

    cells: tuple[str, ...]
    times: Mapping[str, Sequence[Sequence[Values]]]
    around_s: float
    value_s: float
    values: int


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
                if over or not self._affordable(index, self.gate.looks[0]):
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
        self._costs = {number: self._cost(number) for number in range(len(self.curves))}
        cells = {text for record in self.manifest.curves for text in record.cells}
        self.progress.say(f"  after {passed} rounds {len(self.decided)} of {counted(len(cells), 'cell')} are decided")
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
            if (seen := self._first_rounds(block)) is None:
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

    def _first_rounds(self, block: Sequence[int]) -> Processes | None:
        """What the rounds before the first look have told of an event; None where values are not the plan's to choose."""
        numbers = [number for number in block if self.manifest.curves[number].target != self.gate.again]
        records = [self.manifest.curves[number] for number in numbers]
        values, warmups = self.manifest.values, self.manifest.warmups
        points = {Cell.parse(text).point for record in records for text in record.cells}
        if any(record.long for record in records) or any(sampling_of(p, values, warmups).loops for p in points):
            return None
        times: dict[str, dict[int, dict[int, Values]]] = {text: {} for text in records[0].cells}
        for entry, samples in self.journal.samples:
            if entry["curve"] in numbers and entry["round"] < self.gate.looks[0]:
                for sample in samples:
                    times[sample.name].setdefault(entry["round"], {})[entry["curve"]] = sample.values
        spent = [self._spent(number, before=self.gate.looks[0]) for number in numbers]
        whole = [found for found in spent if found is not None]
        if values < 2 or len(numbers) != PAIR or len(whole) != PAIR:
            return None
        return Processes(
            cells=tuple(times),
            times={
                text: [[row[number] for row in rows.values() if len(row) == PAIR] for number in numbers]
                for text, rows in times.items()
            },
            around_s=statistics.fmean(around_s for around_s, _ in whole),
            value_s=statistics.fmean(value_s for _, value_s in whole),
            values=values,
        )

    def _spent(self, number: int, before: int) -> tuple[float, float] | None:
        """Mean seconds of a curve's processes besides their values, and of one value; None where none has ended well."""
        own, least = self.manifest.curves[number].values, self.manifest.values
        around_s, value_s = [], []
        for entry in self.journal.of_kind("process"):
            if entry["curve"] == number and entry["state"] == "ok" and entry["round"] < before and entry["timing"]:
                timed_s = float(entry["timing"].get("timed_s", 0.0))
                around_s.append(entry["elapsed_s"] - timed_s)
                value_s.append(timed_s / (own if own and entry["round"] >= self.gate.looks[0] else least))
        return (statistics.fmean(around_s), statistics.fmean(value_s)) if around_s else None

    def _cost(self, number: int) -> float:
        """What a process of a curve takes with the values that it has now: as its processes so far took."""
        record = self.manifest.curves[number]
        spent = self._spent(number, before=self.gate.looks[-1])
        if spent is None:
            return record.process_s
        around_s, value_s = spent
        return around_s + (record.values or self.manifest.values) * value_s

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
        found = []
        for block in self.blocks:
            due = [number for number in block if self._takes_part(number, rounds - rounds % AGAIN_EVERY)]
            if due:
                shares = [
                    self._process_s(number)
                    / (AGAIN_EVERY if self.manifest.curves[number].target == self.gate.again else 1)
                    for number in due
                ]
                cells = dict.fromkeys(text for number in due for text in self.manifest.curves[number].cells)
                found.append(Event(tuple(cells), math.fsum(shares)))
        return found

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

    def _show(self, index: int, number: int, position: int) -> None:
        """Say what is next in this round: how many rounds there will be is foretold after each look."""
        self.progress.update(
            what=f"round {index + 1}, {self.curves[number].id}",
            done=position,
            total=len(self._in_round(index)),
            spent_s=self.spent_s,
            left_s=self.budget_s - self.spent_s,
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


def arms_of(
    curves: Sequence[CurveRecord], gate: store.GateRecord, event_s: Mapping[tuple[str, str], float]
) -> tuple[list[CurveRecord], list[str]]:
    """The curves that both arms have, with loops of base for both, and those of the third arm; and what to tell.

    Parameters
    ----------
    event_s : (target, point) -> seconds of an event, as calibrated.
    """
    of_base = {tuple(record.cells): record for record in curves if record.target == gate.base}
    of_head = {tuple(record.cells): record for record in curves if record.target == gate.head}
    found, told = [], []
    for cells, base in of_base.items():
        head = of_head.get(cells)
        if head is None:
            continue
        for point, loops in base.loops.items():
            times = event_s[gate.head, point] / event_s[gate.base, point]
            if 1.0 / APART <= times <= APART:
                head.loops[point] = loops
            else:
                told.append(f"{point}: an event of head takes {times:.2g} times as long, so it has loops of its own")
        head.long = [point for point in base.long if point in head.loops]
        again = store.CurveRecord(
            **{name: getattr(base, name) for name in base.__struct_fields__}
            | {"target": gate.again, "id": base.id.removesuffix(gate.base) + gate.again}
        )
        found += [base, head, again]
    return found, told


def again_of(targets: Sequence[TargetRecord], gate: store.GateRecord) -> TargetRecord:
    """The third arm's record: the facts of the first under another label."""
    base = next(target for target in targets if target.name == gate.base)
    return store.TargetRecord(name=gate.again, facts={**base.facts, "label": AGAIN})
