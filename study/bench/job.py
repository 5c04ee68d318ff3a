"""The job file: what to measure in this process, checked before anything is done."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from study.bench.errors import EnvironmentMismatchError, JobError
from study.cell import Cell, parts_of
from study.things import PATTERNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

SCHEMA = 1
MODES = ("calibrate", "measure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One curve: its cells, and how they are timed. `long` are the texts of points whose event is long: it is done once."""

    mode: str
    cells: tuple[Cell, ...]
    values: int
    warmups: int
    min_time_s: float
    loops: Mapping[str, int]
    seed: int
    environment: Mapping[str, str | None]
    long: tuple[str, ...] = ()

    @property
    def points(self) -> tuple[Cell, ...]:
        """The events of the curve, each once."""
        return tuple(dict.fromkeys(cell.point for cell in self.cells))


def read_job(path: Path) -> Job:
    """The job in the file, checked."""
    try:
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise JobError(f"the job file {path.name} cannot be read: {error}") from None
    try:
        schema = fields.pop("schema")
        cells = tuple(Cell.parse(text) for text in fields.pop("cells"))
        fields.setdefault("loops", {})
        job = Job(cells=cells, **fields)
    except (KeyError, TypeError, ValueError) as error:
        raise JobError(f"the job file {path.name} is not one: {type(error).__name__}: {error}") from None
    if schema != SCHEMA:
        raise JobError(f"the job file {path.name} has schema {schema}; this bench understands {SCHEMA}")
    _check(job)
    return job


def _check(job: Job) -> None:
    if job.mode not in MODES:
        raise JobError(f"mode {job.mode!r} is unknown; possible: {', '.join(MODES)}")
    if not job.cells or len(set(job.cells)) != len(job.cells):
        raise JobError("a job needs at least one cell, and each only once")
    for cell in job.cells:
        possible = parts_of(cell) if cell.pattern in PATTERNS else (cell.part,)
        if cell.part not in possible:
            raise JobError(f"{cell.text!r}: there is no part {cell.part!r}; possible: {', '.join(possible)}")
    if job.mode == "measure":
        if job.values < 1 or job.warmups < 0:
            raise JobError(f"values = {job.values} and warmups = {job.warmups}: at least 1 and 0 are needed")
        for point in job.points:
            if job.loops.get(point.text, 0) < 1:
                raise JobError(f"{point.text!r}: loops must be given and 1 or more; calibrate first")


def assert_environment(promised: Mapping[str, str | None]) -> None:
    """Raise unless every variable has the promised value, or is absent where `None` is promised."""
    for name, value in promised.items():
        found = os.environ.get(name)
        if found != value:
            raise EnvironmentMismatchError(f"the variable {name} should be {_shown(value)} and is {_shown(found)}")


def _shown(value: str | None) -> str:
    return "absent" if value is None else repr(value)
