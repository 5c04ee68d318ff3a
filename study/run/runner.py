"""Who carries out a job: the bench in a supervised process, or a known law on a virtual clock."""

from __future__ import annotations

import json
import os
import random
import string
import sys
import time
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from study.cell import Cell
from study.errors import ResultsError
from study.factors import of_the_process
from study.machine import Activity
from study.store import scrub
from study.things import BACKENDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from study.lab.simulate import Law, SimulatedRunner
    from study.supervise import Supervisor
    from study.targets.cluster import Cluster

THREADS_OF_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Set to one thread per library call, so that the workers are the only parallelism, unless a cell says otherwise."""
PASSED_ON = ("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "LD_LIBRARY_PATH")
"""Variables a process needs to run at all; nothing else of the user's environment reaches the bench."""
LARGEST_PADDING = 4096
"""Bytes of padding in the environment: its size shifts the stack and with it times (Mytkowicz et al., ASPLOS 2009)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of one process: `state` is 'ok', 'failed', 'timed out' or 'interrupted'."""

    state: str
    reason: str = ""
    last_lines: str = ""
    elapsed_s: float
    meanwhile: Mapping[str, Any] = field(default_factory=dict)
    leftovers: tuple[str, ...] = ()
    result: dict[str, Any] | None = None


class Runner(Protocol):
    """Carries out one job after the other."""

    def carry_out(self, target: str, job: dict[str, Any], *, deadline_s: float, round_index: int) -> Ran:
        """Carry out one job on a target; never raises for what the job does."""
        ...

    def now_s(self) -> float:
        """Seconds on the clock that the budget is counted on."""
        ...

    def stop_now(self) -> None:
        """End the job in flight at once (from a signal handler)."""
        ...


def environment_of(
    job: Mapping[str, Any], run_id: str, variables: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """The whole environment of a bench process; `variables` are those that its target's facts name."""
    padding = random.Random(f"padding/{job['seed']}").randrange(LARGEST_PADDING)
    kept = {name: value for name in PASSED_ON if (value := os.environ.get(name)) is not None}
    asserted = {name: value for name, value in job["environment"].items() if value is not None}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "STUDY_RUN_ID": run_id,
        "STUDY_PADDING": (string.ascii_letters * (LARGEST_PADDING // 52 + 1))[:padding],
        **variables,
        **asserted,
    }


class BenchRunner:
    """Runs `study.bench.measure` in a target interpreter under a supervisor."""

    def __init__(
        self,
        *,
        root: Path,
        scratch: Path,
        run_id: str,
        pythons: Mapping[str, Path],
        variables: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
        supervisor: Supervisor,
        cluster: Cluster | None = None,
    ) -> None:
        """`scratch` is emptied before each job; a target's name leads to its interpreter and its own variables.

        Only processes that hand tasks to `cluster` are told where it is.
        """
        self.root = root
        self.scratch = scratch
        self.run_id = run_id
        self.pythons = pythons
        self.variables = variables
        self.supervisor = supervisor
        self.cluster = cluster

    def carry_out(self, target: str, job: dict[str, Any], *, deadline_s: float, round_index: int) -> Ran:
        """Run one job to its end, its deadline or an interruption."""
        del round_index  # the job's seed carries it
        try:
            self.scratch.mkdir(parents=True, exist_ok=True)
            request, answer, log = (self.scratch / name for name in ("job.json", "out.json", "log.txt"))
            answer.unlink(missing_ok=True)
            request.write_text(json.dumps(job), encoding="utf-8")
        except OSError as error:
            raise ResultsError(
                f"results: no room to work in ({error.strerror}); every process so far is kept"
            ) from None
        command = [str(self.pythons[target]), "-m", "study.bench.measure", str(request), str(answer)]
        began_s = self.now_s()
        before = Activity.now()
        outcome = self.supervisor.run(
            command,
            environment=environment_of(job, self.run_id, self.variables.get(target, {}))
            | self._path_of_interpreters(job)
            | self._way_to_the_cluster(job),
            cwd=self.root,
            deadline_s=deadline_s,
            log=log,
        )
        meanwhile = asdict(Activity.now().since(before))
        state, reason, result = outcome.state, outcome.reason, None
        if state == "ok":
            result, reason = _read_answer(answer)
            state = "ok" if result is not None else "failed"
        return Ran(
            state=state,
            reason=self._fit_to_keep(reason),
            last_lines=self._fit_to_keep(outcome.last_lines) if state != "ok" else "",
            elapsed_s=self.now_s() - began_s,
            meanwhile=meanwhile,
            leftovers=tuple(self._fit_to_keep(line) for line in outcome.leftovers),
            result=result,
        )

    def _path_of_interpreters(self, job: Mapping[str, Any]) -> dict[str, str]:
        """An interpreter inside a process does not look into the current folder: there the project's must be named."""
        needed = of_the_process(Cell.parse(job["cells"][0]))["PYTHONPATH"]
        return {"PYTHONPATH": str(self.root)} if needed else {}

    def _way_to_the_cluster(self, job: Mapping[str, Any]) -> dict[str, str]:
        """The address, for a process that hands tasks to it; no other has business with it."""
        needed = BACKENDS[Cell.parse(job["cells"][0]).backend].at_address
        return self.cluster.variables if self.cluster and needed else {}

    def _fit_to_keep(self, text: str) -> str:
        return scrub(self.cluster.hide(text) if self.cluster else text)

    def now_s(self) -> float:
        """Real seconds."""
        return time.monotonic()

    def stop_now(self) -> None:
        """Kill the process in flight and everything it started."""
        self.supervisor.stop_now()


def _read_answer(answer: Path) -> tuple[dict[str, Any] | None, str]:
    try:
        found = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return None, f"ended well but left no readable answer ({type(error).__name__})"
    return (found, "") if isinstance(found, dict) else (None, "its answer is not a JSON object")


class LawRunner:
    """Answers from a known law; its clock is virtual, so hours pass in seconds."""

    def __init__(self, simulated: SimulatedRunner, laws: Mapping[str, Law] = MappingProxyType({})) -> None:
        """`simulated` holds the law, and the clock; `laws` are those of targets that have one of their own."""
        self.simulated = simulated
        self.law = simulated.law
        self.laws = laws
        self.stopped = False

    def carry_out(self, target: str, job: dict[str, Any], *, deadline_s: float, round_index: int) -> Ran:
        """Draw the times of one job."""
        del deadline_s
        self.simulated.law = self.laws.get(target, self.law)
        if self.stopped:
            return Ran(state="interrupted", reason="interrupted", elapsed_s=0.0)
        before = self.simulated.now_s
        result = self.simulated.measure(job, round_index=round_index, seed=job["seed"])
        return Ran(state="ok", elapsed_s=self.simulated.now_s - before, result=result)

    def now_s(self) -> float:
        """Virtual seconds."""
        return self.simulated.now_s

    def stop_now(self) -> None:
        """Answer no further job."""
        self.stopped = True


def default_interpreter() -> str:
    """The interpreter behind the environment that the harness runs in: the default target."""
    return getattr(sys, "_base_executable", None) or sys.executable
