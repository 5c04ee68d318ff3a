"""Rounds of a gate: two arms and the first again, looks in between, and no more of what is decided."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import store
from study.run.rounds import FAILURES_THAT_END, Rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from study.progress import Progress
    from study.run.runner import Runner
    from study.store import CurveRecord, RunFolder, Sample, TargetRecord

AGAIN = "again"
"""Label of the third arm: the first once more."""
AGAIN_EVERY = 4
"""The third arm is in every fourth round: it tells what equal code looks like, and costs an eighth."""
APART = 2.0
"""Times as long: an event of head that differs more gets loops of its own."""
Means = dict[tuple[str, str], dict[int, float]]
"""(Target, cell) -> round -> mean of its process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What a gate is asked for, and who decides.

    Attributes
    ----------
    decided : (means, rounds that are done) -> the texts of the cells that need no further round.
    """

    base: str
    head: str
    limit: float
    same: float
    looks: tuple[int, ...]
    decided: Callable[[Means, int], frozenset[str]]

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
        self._looked = 0

    def measure(self) -> bool:
        """Measure rounds; False when the user asked to stop before."""
        while True:
            index, attempt = self._position()
            self._look(index)
            if not attempt:
                over = index >= self.gate.looks[-1] or not self._in_round(index)
                if over or not self._affordable(index, self.gate.looks[0]):
                    return True
            if self.journal.full:
                self.progress.say(f"round {index} is the last: a run holds no more; the gate ends here")
                return True
            if not self._measure_round(index, attempt):
                return False

    def _look(self, rounds: int) -> None:
        """Decide what can be decided, once at each look."""
        passed = max((look for look in self.gate.looks if look <= rounds), default=0)
        if passed <= self._looked:
            return
        self._looked = passed
        self.decided = self.looking.decided(self._means(), passed)
        cells = {text for record in self.manifest.curves for text in record.cells}
        self.progress.say(f"  after {passed} rounds {len(self.decided)} of {len(cells)} cells are decided")

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
        return any(
            other.cells == record.cells
            and other.target != self.gate.again
            and self.failures[number] >= FAILURES_THAT_END
            for number, other in enumerate(self.manifest.curves)
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
