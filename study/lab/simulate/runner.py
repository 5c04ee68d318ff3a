"""One job at a time, answered from the law as the bench would answer it: pyperf runs, outcomes, a virtual clock."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from study.cell import Cell, sampling_of, unit_of
from study.lab.simulate import outcomes
from study.lab.simulate.law import INJECTED_RATIO, Law, event_s, true_time_s
from study.lab.simulate.studies import drift, process_factors, run_factor, slow_noise, value_factors
from study.things import PATTERNS
from study.things.labels import INJECTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.random import Generator

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_ONCE_S = 0.4
"""Events from this length on are calibrated by one."""
_ROUND_S = 30.0
"""Drift is counted in rounds of this length, so that a resumed study continues where it was."""


class SimulatedRunner:
    """Answers jobs from a law. The same (seed, cell, round) always has the same times."""

    def __init__(self, law: Law | None = None, *, seed: int = 0) -> None:
        """`seed` is the run's: it sets what all its rounds share."""
        self.law = law if law is not None else Law()
        self.seed = seed
        self.now_s = 0.0

    def measure(self, job: Mapping[str, Any], *, round_index: int, seed: int) -> dict[str, Any]:
        """Answer a job as the bench does, and let the virtual time pass that it would have taken.

        Raises
        ------
        ValueError
            for an unknown mode, or a cell the law does not know.
        """
        cells = [Cell.parse(text) for text in job["cells"]]
        if job["mode"] == "calibrate":
            answer = self._calibrate(cells, job)
        elif job["mode"] == "measure":
            answer = self._measure(cells, job, round_index, seed)
        else:
            raise ValueError(f"mode={job['mode']!r}: expected 'calibrate' or 'measure'")
        timing = answer["timing"]
        self.now_s += self.law.process_s + timing["timed_s"] + timing["warmup_s"] + timing["check_s"]
        return answer

    def _calibrate(self, cells: list[Cell], job: Mapping[str, Any]) -> dict[str, Any]:
        """Find the loops that fill the least time."""
        events = {cell.point.text: event_s(cell.point, self.law) for cell in cells}
        fixed = {cell.point.text: sampling_of(cell.point, job["values"], job["warmups"]).loops for cell in cells}
        loops = {
            text: fixed[text] or max(1, math.ceil(job["min_time_s"] / seconds)) for text, seconds in events.items()
        }
        timed_s = math.fsum(loops[text] * seconds for text, seconds in events.items())
        again_s = math.fsum(loops[text] * seconds for text, seconds in events.items() if seconds < _ONCE_S)
        around_s = dict.fromkeys(events, 0.0)
        timing = self._timing(timed_s + again_s, 0.0, 0.0)
        return {"schema": 1, "loops": loops, "event_s": events, "around_s": around_s, "timing": timing}

    def _measure(self, cells: list[Cell], job: Mapping[str, Any], round_index: int, seed: int) -> dict[str, Any]:
        """Draw the values of every cell; the parts of one event share their process."""
        benchmarks, timed_s, warmup_s, check_s = [], 0.0, 0.0, 0.0
        for cell in cells:
            loops = int(job["loops"][cell.point.text])
            is_long = cell.point.text in job.get("long", ())
            sampling = sampling_of(cell.point, int(job["values"]), int(job["warmups"]), is_long=is_long)
            level = self._process_level(cell, round_index, seed)
            rng = self._rng("values", seed, cell.text, round_index)
            factors = value_factors(self.law.noise, (sampling.warmups + sampling.values,), rng)
            seconds = [true_time_s(cell, self.law) * level * float(factor) for factor in factors]
            warmups, values = seconds[: sampling.warmups], seconds[sampling.warmups :]
            if unit_of(cell) == "second" and cell.part in PATTERNS[cell.pattern].length:
                timed_s += loops * math.fsum(values)
                warmup_s += loops * math.fsum(warmups)
                check_s += 0.0 if is_long else true_time_s(cell, self.law)
            of_the_event = self._rng("outcomes", seed, cell.point.text, round_index)
            benchmarks.append(self._benchmark(cell, loops, warmups, values, of_the_event))
        suite = {"version": "1.0", "metadata": self._common(), "benchmarks": benchmarks}
        return {"schema": 1, "suite": suite, "timing": self._timing(timed_s, warmup_s, check_s)}

    def _process_level(self, cell: Cell, round_index: int, seed: int) -> float:
        """Everything that multiplies all values of this process."""
        noise = self.law.noise
        run = run_factor(noise, self._rng("run", replace(cell.point, label="").text))
        slow = slow_noise(noise, (1, max(round_index, 0) + 1), self._rng("slow"))[0, -1]
        drifted = drift(noise, np.array(max(round_index, 0) * _ROUND_S))
        own = process_factors(noise, (1,), self._rng("process", seed, cell.point.text, round_index))[0]
        return float(run * slow * drifted * own)

    def _benchmark(
        self, cell: Cell, loops: int, warmups: list[float], values: list[float], rng: Generator
    ) -> dict[str, Any]:
        """Write one pyperf benchmark with one run, as its JSON object."""
        metadata: dict[str, str | int] = {"name": cell.text, "loops": loops, "unit": unit_of(cell)}
        if cell.label == INJECTED.name:
            metadata["injected_ppm"] = round(INJECTED_RATIO * 1e6)
        elapsed_s = loops * math.fsum(values)
        for name, count in outcomes.draw(cell, self.law, loops * len(values), elapsed_s, rng).items():
            metadata[f"outcome_{name}"] = count
        run = {"metadata": metadata, "warmups": [[loops, value] for value in warmups], "values": values}
        return {"runs": [run]}

    def _common(self) -> dict[str, str | int]:
        """Metadata of every run."""
        return {
            "date": (_BEGAN + timedelta(seconds=self.now_s)).strftime("%Y-%m-%d %H:%M:%S.%f"),
            "perf_version": "simulated",
            "python_version": "simulated",
            "python_implementation": "simulated",
            "timer": "simulated",
            "study_gil": "enabled" if self.law.gil else "disabled",
            "study_simulated": 1,
            "env_padding_bytes": 0,
        }

    def _timing(self, timed_s: float, warmup_s: float, check_s: float) -> dict[str, float]:
        """Where the process spent its time."""
        fixed_s = self.law.process_s / 10.0
        return {
            "timed_s": timed_s,
            "warmup_s": warmup_s,
            "set_up_s": fixed_s,
            "check_s": check_s,
            "tear_down_s": fixed_s,
        }

    def _rng(self, *key: str | int) -> Generator:
        """Make the random numbers that belong to this key of this run, whatever was drawn before."""
        digest = hashlib.sha256("|".join(map(str, (self.seed, *key))).encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:16], "big"))
