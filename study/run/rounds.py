"""The rounds of one run: random order, journal, repeats of disturbed rounds, resume, and when to stop."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study import checks, store
from study.cell import Cell
from study.errors import ResultsError
from study.identity import digest_of
from study.plan import (
    BEYOND,
    QUICK_ROUNDS,
    ROUNDS,
    VALUES,
    Curve,
    blocks_of,
    core_is_left_out,
    order_of_round,
    takes_part,
)
from study.run.jobs import deadline_s, job
from study.store import RoundRecord
from study.units import counted, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from study.progress import Progress
    from study.run.runner import Ran, Runner
    from study.store import CurveRecord, Journal, RunFolder

REPEATS = 2
"""A disturbed round is measured again at most this often: each time costs a whole round, and who is busy twice stays so."""
FAILURES_THAT_END = 2
"""The second failure of a curve in its rounds ends it: the first may be the machine's, two are the cell's."""
OVERRUN = 1.15
"""The promised rounds may overrun the budget by this factor: one that would end beyond it, as the costs so far foretell, is not
begun. The fewest rounds that give an interval are begun up to it."""
SUMMED = ("elapsed_s", "foreign_cpu_s", "steal_s", "throttled", "swapped_pages", "psi_some_s")


class Rounds:
    """Measures a run's rounds until its budget is spent. Everything it knows is in the manifest and the journal."""

    def __init__(
        self, folder: RunFolder, runner: Runner, progress: Progress, *, budget_s: float, stopping: Callable[[], bool]
    ) -> None:
        """Take up a run where its journal ends."""
        self.folder = folder
        self.manifest = folder.manifest
        self.journal: Journal = folder.journal()
        self.runner = runner
        self.progress = progress
        self.budget_s = budget_s
        self.stopping = stopping
        spent = [self.manifest.elapsed_s, *(entry["spent_s"] for entry in self.journal.entries)]
        self._began_s: float = runner.now_s() - max(spent)
        self.failures = Counter(entry["curve"] for entry in self.journal.of_kind("process") if entry["state"] != "ok")
        self.curves = [_curve(record) for record in self.manifest.curves]
        self.blocks = blocks_of(self.curves)
        self._core_is_out = core_is_left_out((record.tier, record.state) for record in self.manifest.cells)

    @property
    def spent_s(self) -> float:
        """Seconds of the budget that are spent, earlier sittings included."""
        return self.runner.now_s() - self._began_s

    def measure(self) -> bool:
        """Measure rounds until the budget is spent. False when the user asked to stop before."""
        promised = QUICK_ROUNDS if self.manifest.quick else ROUNDS
        while True:
            index, attempt = self._position()
            if attempt == 0 and not self._affordable(index, promised, QUICK_ROUNDS):
                self._tell_of_the_end(index, promised)
                return True
            if self.journal.full:
                self.progress.say(f"round {index} is the last: a run holds no more; begin another with --fresh")
                return True
            if not self._measure_round(index, attempt):
                return False
            if not self._alive():
                return True

    def _position(self) -> tuple[int, int]:
        """(round, attempt) to measure or to continue now."""
        ended = self.journal.of_kind("round")
        if not ended:
            return 0, 0
        last = ended[-1]
        index, attempt = int(last["round"]), int(last["attempt"])
        if last["disturbed"] and attempt < REPEATS and self._may_repeat(index):
            return index, attempt + 1
        return index + 1, 0

    def _alive(self) -> list[int]:
        return [index for index in range(len(self.curves)) if self.failures[index] < FAILURES_THAT_END]

    def _in_round(self, index: int) -> list[int]:
        """The curves that a round measures."""
        return [number for number in self._alive() if self._takes_part(number, index)]

    def _takes_part(self, number: int, index: int) -> bool:
        """Whether a curve is due in a round."""
        return takes_part(self.manifest.curves[number].rounds, index)

    def _process_s(self, number: int) -> float:
        """What a process of a curve was predicted to take."""
        return self.manifest.curves[number].process_s

    def _round_s(self, index: int) -> float:
        """What a round will take: as predicted, and as much more or less as the processes so far took."""
        return self._pace() * math.fsum(map(self._process_s, self._in_round(index)))

    def _pace(self) -> float:
        """How many times as long as predicted the processes so far took."""
        done = self.journal.of_kind("process")
        observed_s = math.fsum(entry["elapsed_s"] for entry in done)
        expected_s = math.fsum(self.manifest.curves[entry["curve"]].process_s for entry in done)
        return observed_s / expected_s if expected_s and observed_s else 1.0

    def _left_s(self, to_come: Iterable[int], pace: float) -> float:
        """Until the budget is spent, or the curves to come in a round that goes on beyond it are measured."""
        return max(self.budget_s - self.spent_s, pace * math.fsum(map(self._process_s, to_come)))

    def _affordable(self, index: int, promised: int, least: int) -> bool:
        """Whether a round may begin; of the first `least` nobody asks how long they take, as without them nothing is known."""
        if index < promised:
            ends_s = self.spent_s + (self._round_s(index) if index >= least else 0.0)
            return ends_s <= OVERRUN * self.budget_s
        beyond_s = math.fsum(entry["elapsed_s"] for entry in self.journal.of_kind("round") if entry["round"] >= ROUNDS)
        if index >= ROUNDS and self._core_is_out and beyond_s + self._round_s(index) > BEYOND * self.budget_s:
            return False
        return self.spent_s + self._round_s(index) <= self.budget_s

    def _tell_of_the_end(self, rounds: int, promised: int) -> None:
        """Say it where promised rounds were not begun, or where those without which nothing is known took too long."""
        if rounds < promised:
            self.progress.say(
                f"  ended after {rounds} of {counted(promised, 'round')} and {duration(self.spent_s)}: the next would have"
                f" ended beyond {OVERRUN:g} times the budget of {duration(self.budget_s)}"
            )
        elif self.spent_s > OVERRUN * self.budget_s:
            self.progress.say(
                f"  {duration(self.spent_s)} of a budget of {duration(self.budget_s)}: the first {QUICK_ROUNDS} rounds took"
                " longer than was foretold, and fewer give no interval"
            )

    def _may_repeat(self, index: int) -> bool:
        """Repeats must not cost the promised rounds that are still to come."""
        promised = QUICK_ROUNDS if self.manifest.quick else ROUNDS
        to_come = (index, *range(index + 1, promised))
        return self.spent_s + math.fsum(map(self._round_s, to_come)) <= self.budget_s

    def _measure_round(self, index: int, attempt: int) -> bool:
        done = {
            entry["curve"]
            for entry in self.journal.of_kind("process")
            if (entry["round"], entry["attempt"]) == (index, attempt)
        }
        shuffled = order_of_round(self.blocks, self.manifest.seed, index * (REPEATS + 1) + attempt)
        order = [number for number in shuffled if self._takes_part(number, index)]
        pace = self._pace()
        for position, number in enumerate(order):
            if number in done or self.failures[number] >= FAILURES_THAT_END:
                continue
            self._show(index, order, position, pace)
            if self.stopping() or not self._measure_curve(number, index, attempt):
                return False
        self._end_round(index, attempt, order)
        return True

    def _measure_curve(self, number: int, index: int, attempt: int) -> bool:
        record, curve = self.manifest.curves[number], self.curves[number]
        seed = int(digest_of([self.manifest.seed, index, attempt, curve.id])[:8], 16)
        request = job(
            curve, mode="measure", seed=seed, loops=record.loops, long=record.long, values=record.values or VALUES
        )
        ran = self.runner.carry_out(
            self._measured_on(curve.target), request, deadline_s=deadline_s(self._process_s(number)), round_index=index
        )
        if ran.state == "interrupted":
            return False
        ran = self._readable(ran, number)
        self.journal.append(self._entry(ran, number, index, attempt))
        if ran.state != "ok":
            self.failures[number] += 1
            self.progress.fail(f"{curve.id}, round {index + 1}: {ran.reason}")
            self.folder.log(f"round {index + 1}: {curve.id}: {ran.state}: {ran.reason}\n{ran.last_lines}")
        for leftover in ran.leftovers:
            self.folder.log(f"round {index + 1}: {curve.id}: left behind and ended: {leftover}")
        return True

    def _measured_on(self, target: str) -> str:
        """The target whose interpreter stands for this one."""
        return target

    def _readable(self, ran: Ran, number: int) -> Ran:
        """What was measured, or its failure where the report could not read it: one process does not end a run."""
        if ran.result is None:
            return ran
        try:
            store.samples_of(ran.result.get("suite"), self.manifest, number, "what the process wrote")
        except ResultsError as error:
            return replace(ran, state="failed", reason=str(error), result=None)
        return ran

    def _entry(self, ran: Ran, number: int, index: int, attempt: int) -> dict[str, Any]:
        result = ran.result or {}
        return {
            "kind": "process",
            "curve": number,
            "round": index,
            "attempt": attempt,
            "state": ran.state,
            "reason": ran.reason,
            "last_lines": ran.last_lines,
            "elapsed_s": ran.elapsed_s,
            "spent_s": self.spent_s,
            "meanwhile": dict(ran.meanwhile),
            "leftovers": list(ran.leftovers),
            "suite": result.get("suite"),
            "timing": result.get("timing"),
        }

    def _end_round(self, index: int, attempt: int, order: list[int]) -> None:
        entries = [
            entry for entry in self.journal.of_kind("process") if (entry["round"], entry["attempt"]) == (index, attempt)
        ]
        disturbed = disturbances(entries, self.manifest.usable_cpus)
        elapsed_s = math.fsum(entry["elapsed_s"] for entry in entries)
        self.journal.append(
            {
                "kind": "round",
                "round": index,
                "attempt": attempt,
                "disturbed": disturbed,
                "elapsed_s": elapsed_s,
                "spent_s": self.spent_s,
                "order": order,
                "foreign_cpus": foreign_cpus(entries),
            }
        )
        if disturbed:
            self.progress.say(f"  round {index + 1} was disturbed: {'; '.join(disturbed)}")

    def _show(self, index: int, order: Sequence[int], position: int, pace: float) -> None:
        """Say what is next. A round that is repeated starts over: what is replaced brings the end no nearer."""
        counts = [len(self._in_round(planned)) for planned in range(max(self.manifest.rounds_planned, index + 1))]
        total = sum(counts)
        self.progress.update(
            what=f"round {index + 1}, {self.curves[order[position]].id}",
            done=min(sum(counts[:index]) + position, total),
            total=total,
            spent_s=self.spent_s,
            left_s=self._left_s(order[position:], pace),
        )

    def records(self) -> list[RoundRecord]:
        """Every round that was completed, with which of them a later attempt replaced."""
        ended = self.journal.of_kind("round")
        last = {entry["round"]: entry["attempt"] for entry in ended}
        return [
            RoundRecord(
                index=entry["round"],
                attempt=entry["attempt"],
                order=entry["order"],
                elapsed_s=entry["elapsed_s"],
                disturbed=entry["disturbed"],
                replaced=entry["attempt"] < last[entry["round"]],
                foreign_cpus=entry.get("foreign_cpus"),
            )
            for entry in ended
        ]


def disturbances(entries: Iterable[dict[str, Any]], usable_cpus: int) -> list[str]:
    """What disturbed a round, in words, from what went on during each of its processes."""
    meanwhile: dict[str, float | None] = {}
    entries = list(entries)
    for name in SUMMED:
        known = [value for entry in entries if (value := entry["meanwhile"].get(name)) is not None]
        meanwhile[name] = math.fsum(known) if known else None
    jumps = [abs(jump) for entry in entries if (jump := entry["meanwhile"].get("clock_jump_s")) is not None]
    meanwhile["clock_jump_s"] = max(jumps, default=None)
    leftovers = sorted({leftover for entry in entries for leftover in entry["leftovers"]})
    return list(checks.disturbances_of_round(meanwhile, usable_cpus=usable_cpus, leftovers=leftovers))


def foreign_cpus(entries: Iterable[dict[str, Any]]) -> float | None:
    """CPUs that other programs and other guests took during a round, on average; None where nobody could tell."""
    taken_s: list[float] = []
    elapsed_s: list[float] = []
    for entry in entries:
        meanwhile = entry["meanwhile"]
        known = [value for name in ("foreign_cpu_s", "steal_s") if (value := meanwhile.get(name)) is not None]
        if known and meanwhile.get("elapsed_s"):
            taken_s += known
            elapsed_s.append(meanwhile["elapsed_s"])
    return math.fsum(taken_s) / math.fsum(elapsed_s) if elapsed_s else None


def _curve(record: CurveRecord) -> Curve:
    return Curve(
        experiment=record.experiment,
        question=record.question,
        tier=record.tier,
        target=record.target,
        cells=tuple(Cell.parse(text) for text in record.cells),
        rounds=record.rounds,
    )
