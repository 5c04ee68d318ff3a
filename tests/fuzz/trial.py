"""One input: a file made wrong, and what the product does with it. Nothing but `StudyError` may come out."""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study import store
from study.config import claims_in, experiments_in
from study.errors import StudyError
from study.evidence import Study, run_of, study_of
from study.evidence.apart import LeftOut
from study.plan import TargetView, expand
from study.sections import report_of
from study.sections.crosschecks import crosscheck_tables
from study.sections.validation import validation_tables
from study.store.outcomes import SESSIONS
from study.table import cells_of
from tests.fuzz import mutate
from tests.fuzz.exchanged import Exchanged
from tests.fuzz.material import ROOT, Material, Run, few_claims, packed_text
from tests.fuzz.summed import Summed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

LONGEST_S = 2.0
"""CPU seconds of one input."""
HANGS_S = 60
"""Seconds on the clock after which an input waits for something that will not come."""
LARGEST_BYTES = 512 * 2**20
ANALYSED, WHOLE = 0.1, 0.01
"""Shares of the inputs that go through the analysis of their run, and through that of all runs."""


class TooLongError(BaseException):
    """An input took too long. No `Exception`, so that nothing on the way takes it for a fault of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one input: '' in `failure` where it was refused or accepted as it should be."""

    number: int
    kind: str
    refused: bool
    seconds: float
    peak_bytes: int
    failure: str = ""


class Trials:
    """Carries out inputs in a folder of its own."""

    def __init__(self, folder: Path, seed: int, found: Material, only: str = "") -> None:
        """Lay out the runs that are not mutated; `only` is the beginning of the names of the kinds to carry out."""
        self.folder = folder
        self.seed = seed
        self.material = found
        self.results = folder / "r"
        self.kinds: dict[str, Callable[[random.Random], None]] = {
            "manifest": self._manifest,
            "journal": self._journal,
            "suite": self._suite,
            "stored config": self._config,
            "calibration": self._calibration,
            "outcome": self._outcome,
            "claims": self._claims,
            "experiments": self._experiments,
            "kind of file": self._kind,
            **Exchanged(folder).kinds,
            **Summed(folder).kinds,
        }
        self.kinds = {name: kind for name, kind in self.kinds.items() if name.startswith(only)}
        self._lay_out()

    def __call__(self, number: int) -> Outcome:
        """The input of this number."""
        rng = random.Random(f"{self.seed}:{number}")
        kind = list(self.kinds)[number % len(self.kinds)]
        refused, failure = False, ""
        began_s = time.process_time()
        with _limited():
            try:
                self.kinds[kind](rng)
            except StudyError as error:
                refused, failure = True, _unprintable(str(error))
            except TooLongError:
                failure = f"took longer than {LONGEST_S:g} s of CPU, or waited {HANGS_S} s"
            except Exception as error:  # noqa: BLE001 - which ones come out is what is asked
                frame = traceback.extract_tb(error.__traceback__)[-1]
                failure = f"{type(error).__name__}: {str(error)[:150]!r} ({frame.filename}:{frame.lineno})"
        peak = peak_bytes()
        seconds = time.process_time() - began_s
        if not failure and peak > LARGEST_BYTES:
            failure = f"took {peak >> 20} MiB"
        return Outcome(number=number, kind=kind, refused=refused, seconds=seconds, peak_bytes=peak, failure=failure)

    def _lay_out(self) -> None:
        shutil.rmtree(self.results, ignore_errors=True)
        for run in self.material.runs:
            self._write(run, run.manifest, run.suites)
        for name, found in self.material.outcomes.items():
            (self.results / f"{name}.json").write_text(json.dumps(found), encoding="utf-8")

    def _write(self, run: Run, manifest: object, suites: dict[str, dict[str, Any]]) -> Path:
        path = self.results / run.machine / run.name
        path.mkdir(parents=True, exist_ok=True)
        (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        for name, suite in suites.items():
            (path / name).write_bytes(packed_text(json.dumps(suite))[0])
        return path

    def _run(self, rng: random.Random) -> tuple[Run, Path]:
        run = rng.choice(self.material.runs)
        return run, self.results / run.machine / run.name

    def _through(self, path: Path, rng: random.Random) -> None:
        """As far as the product goes with one run, and now and then with all."""
        share = rng.random()
        if share < WHOLE:
            _made(study_of(self.results, ROOT, lock_digest=""))
        folder = store.RunFolder.open(path)
        cells_of(folder.load())
        if share < ANALYSED:
            _made(
                Study(
                    runs=(run_of(folder),), why="", sound=(folder,), outcomes=dict.fromkeys(SESSIONS), root=ROOT, lock_digest="",
                    left_out=LeftOut(),
                )
            )  # fmt: skip

    def _manifest(self, rng: random.Random) -> None:
        run, path = self._run(rng)
        file = path / "manifest.json"
        if rng.random() < 0.8:
            data = mutate.of_json(run.manifest, rng).encode("utf-8", "surrogatepass")
        else:
            data = mutate.of_bytes(json.dumps(run.manifest).encode(), rng)
        with _changed(file, data):
            self._through(path, rng)

    def _journal(self, rng: random.Random) -> None:
        run, path = self._run(rng)
        lines = [json.dumps(line) for line in run.journal]
        if rng.random() < 0.7:
            at = rng.randrange(len(lines))
            lines[at] = mutate.of_json(run.journal[at], rng)
        data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
        if rng.random() < 0.4:
            data = mutate.of_bytes(data, rng)
        with (
            _changed(path / "manifest.json", json.dumps(run.measuring()).encode()),
            _changed(path / "journal.jsonl", data),
        ):
            self._through(path, rng)

    def _suite(self, rng: random.Random) -> None:
        run, path = self._run(rng)
        name = rng.choice(list(run.suites))
        if rng.random() < 0.15:
            with _changed(path / name, mutate.of_bytes(packed_text(json.dumps(run.suites[name]))[0], rng)):
                self._through(path, rng)
            return
        data, digest = packed_text(mutate.of_json(run.suites[name], rng))
        manifest = run.manifest | {"files": run.manifest["files"] | {name: digest}}
        with _changed(path / name, data), _changed(path / "manifest.json", json.dumps(manifest).encode()):
            self._through(path, rng)

    def _config(self, rng: random.Random) -> None:
        run, path = self._run(rng)
        name = rng.choice(list(run.manifest["config"]))
        texts = run.manifest["config"] | {name: mutate.of_toml(run.manifest["config"][name], rng)}
        with _changed(path / "manifest.json", json.dumps(run.manifest | {"config": texts}).encode()):
            self._through(path, rng)

    def _calibration(self, rng: random.Random) -> None:
        found = self.material.calibration
        data = mutate.of_json(found, rng).encode("utf-8", "surrogatepass")
        if rng.random() < 0.2:
            data = mutate.of_bytes(json.dumps(found).encode(), rng)
        with _changed(self.results / "calibration.json", data):
            store.Calibration(self.results)

    def _outcome(self, rng: random.Random) -> None:
        name = rng.choice(list(self.material.outcomes))
        found = self.material.outcomes[name]
        data = mutate.of_json(found, rng).encode("utf-8", "surrogatepass")
        if rng.random() < 0.2:
            data = mutate.of_bytes(json.dumps(found).encode(), rng)
        with _changed(self.results / f"{name}.json", data):
            read = store.load_outcome(self.results, name)
            (validation_tables if name == "validation" else crosscheck_tables)(read)

    def _claims(self, rng: random.Random) -> None:
        text = self.material.claims if rng.random() < 0.05 else few_claims(self.material.claims)
        claims_in({"claims": mutate.of_toml(text, rng)})

    def _experiments(self, rng: random.Random) -> None:
        name = rng.choice(list(self.material.experiments))
        text = mutate.of_toml(self.material.experiments[name], rng)
        target = TargetView(name="one", start_methods=("fork", "spawn"), has_fork=True, has_posix_spawn=True)
        expand(experiments_in({name: text}), rng.choice((1, 2, 64)), [target])

    def _kind(self, rng: random.Random) -> None:
        run, path = self._run(rng)
        file = rng.choice(
            (
                path / "manifest.json",
                path / rng.choice(list(run.suites)),
                path / "journal.jsonl",
                self.results / "validation.json",
                self.results / "calibration.json",
                self.results / "machine.json",
            )
        )
        before = file.read_bytes() if file.exists() else None
        measuring = json.dumps(run.measuring()).encode() if file.name == "journal.jsonl" else None
        try:
            mutate.of_kind(file, rng)
            if measuring is not None:
                with _changed(path / "manifest.json", measuring):
                    self._through(path, rng)
            elif file.name == "calibration.json":
                store.Calibration(self.results)
            elif file.name == "machine.json":
                store.remembered(file)
            elif file.name == "validation.json":
                store.load_outcome(self.results, "validation")
            else:
                self._through(path, rng)
        finally:
            if file.is_dir() and not file.is_symlink():
                file.rmdir()
            else:
                file.unlink()
            if before is not None:
                file.write_bytes(before)


def _made(study: Study) -> None:
    """Make every section; what is left out was refused, or is a fault."""
    report_of(study)
    if study.left_out.reasons:
        raise _left_out(study.left_out.reasons)


def peak_bytes() -> int:
    """The most memory that this program has held; Linux counts what its parent held before it in `ru_maxrss`."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
    return next(int(line.split()[1]) << 10 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


class _changed:  # noqa: N801 - reads as a statement
    """The file with other bytes, and as it was afterwards."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.before = path.read_bytes() if path.exists() else None
        path.write_bytes(data)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        if self.before is None:
            self.path.unlink()
        else:
            self.path.write_bytes(self.before)


class _limited:  # noqa: N801 - reads as a statement
    """Both clocks set for one input."""

    def __enter__(self) -> None:
        def stop(number: int, frame: FrameType | None) -> None:
            raise TooLongError

        self.before = [(number, signal.signal(number, stop)) for number in (signal.SIGPROF, signal.SIGALRM)]
        signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
        signal.setitimer(signal.ITIMER_REAL, HANGS_S)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self.before:
            signal.signal(number, handler)


def _left_out(lines: tuple[str, ...]) -> Exception:
    """What the report said of the run that it left out; a defect stays one, though it spoiled nothing else."""
    defects = [line for line in lines if "a defect of the study" in line]
    return RuntimeError(defects[0]) if defects else StudyError("; ".join(lines))


def _unprintable(text: str) -> str:
    odd = next((char for char in text if not char.isprintable() and char != "\n"), None)
    return f"a message holds {odd!r}" if odd else "" if len(text) < 10_000 else f"a message of {len(text)} characters"


def inputs(trials: Trials, numbers: range) -> Iterator[Outcome]:
    """The outcomes of these inputs, in order."""
    for number in numbers:
        yield trials(number)
