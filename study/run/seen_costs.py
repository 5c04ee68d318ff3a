"""What a gate's rounds so far have told of its processes: what one costs, and how its values scatter."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from study.cell import Cell, sampling_of
from study.run.gate_arms import PAIR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.store import GateRecord, Journal, Manifest

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


@dataclass(frozen=True, slots=True)
class SeenCosts:
    """Of the processes of one gate; all from its manifest and its journal, which grow meanwhile."""

    manifest: Manifest
    journal: Journal
    gate: GateRecord

    def first_rounds(self, block: Sequence[int]) -> Processes | None:
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
        both = [self.spent(number, before=self.gate.looks[0]) for number in numbers]
        whole = [spent for spent in both if spent is not None]
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

    def spent(self, number: int, before: int) -> tuple[float, float] | None:
        """Mean seconds of a curve's processes besides their values, and of one value; None where none has ended well."""
        own, least = self.manifest.curves[number].values, self.manifest.values
        around_s, value_s = [], []
        for entry in self.journal.of_kind("process"):
            if entry["curve"] == number and entry["state"] == "ok" and entry["round"] < before and entry["timing"]:
                timed_s = float(entry["timing"].get("timed_s", 0.0))
                around_s.append(entry["elapsed_s"] - timed_s)
                value_s.append(timed_s / (own if own and entry["round"] >= self.gate.looks[0] else least))
        return (statistics.fmean(around_s), statistics.fmean(value_s)) if around_s else None

    def of_process(self, number: int) -> float:
        """What a process of a curve takes with the values that it has now: as its processes so far took."""
        record = self.manifest.curves[number]
        spent = self.spent(number, before=self.gate.looks[-1])
        if spent is None:
            return record.process_s
        around_s, value_s = spent
        return around_s + (record.values or self.manifest.values) * value_s
