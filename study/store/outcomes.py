"""What sessions beside the study found, each one file of `results/`: `validation.json`, `crosschecks.json`, `advised.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from study.errors import ResultsError
from study.store.bounds import (
    LARGEST,
    MOST_CPUS,
    SECONDS,
    SMALLEST,
    Cpus,
    Hex,
    Index,
    Instant,
    Line,
    Loops,
    Ratio,
    Seconds,
    Share,
    wrong_instant,
)
from study.store.files import check_writable, lies_there, parse_as, parse_json, read_text, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEMA = 1
SESSIONS = {
    "validation": "nox -s validate",
    "crosschecks": "nox -s crosscheck",
    "advised": "python -m tests.trials.advise_trial PYTHON results",
}
"""Name of the file -> the command that makes it."""
MAX_BYTES = 4 * 2**20
"""The largest so far has half a megabyte."""

_Trials = Annotated[int, Meta(ge=0, le=10**9)]
_Times = Annotated[list[Annotated[float, Meta(ge=SMALLEST, lt=LARGEST["second"])]], Meta(max_length=100_000)]
_Sums = Annotated[list[Annotated[float, Meta(ge=-1e15, le=1e15)]], Meta(min_length=3, max_length=100)]


class _Promise(msgspec.Struct):
    group: Line
    what: Line
    noise: Line
    side: Literal["at least", "at most"]
    promised: Share | None
    hits: _Trials
    trials: Annotated[int, Meta(ge=1, le=10**9)]
    short_of: Share | None = None


class _Validation(msgspec.Struct):
    schema: int
    finished: Instant
    studies: Index
    rounds: Index
    seed: _Trials
    resampled_process_means: Annotated[dict[Line, _Trials], Meta(max_length=1000)]
    promises: Annotated[list[_Promise], Meta(max_length=10_000)]

    def wrong(self) -> str:
        """What its types cannot say."""
        odd = next((number for number, promise in enumerate(self.promises) if promise.hits > promise.trials), None)
        return "" if odd is None else f"promises[{odd}].hits: more than there were trials"


class _Side(msgspec.Struct):
    name: Line
    program: Line
    ours_s: _Times
    theirs_s: _Times


class _Act(msgspec.Struct):
    act: Line
    factor: Line
    skipped: Annotated[dict[Line, Line], Meta(max_length=1000)]
    sides: Annotated[list[_Side], Meta(max_length=1000)]


class _Ep(msgspec.Struct):
    ours: _Sums
    published: _Sums


class _Crosschecks(msgspec.Struct):
    schema: int
    finished: Instant
    machine: Line
    python: Line
    compiler: Line
    rounds: Index
    ep_class_s: _Ep
    acts: Annotated[list[_Act], Meta(max_length=1000)]

    def wrong(self) -> str:
        """What its types cannot say."""
        if 0.0 in self.ep_class_s.published[:2]:
            return "ep_class_s.published: a sum of 0"
        for number, act in enumerate(self.acts):
            if any(len(side.ours_s) != len(side.theirs_s) for side in act.sides):
                return f"acts[{number}].sides: ours_s and theirs_s have different lengths"
        return ""


class _Way(msgspec.Struct):
    backend: Line
    start_method: Line
    workers: Annotated[int, Meta(ge=1, le=MOST_CPUS)]
    chunksize: Loops
    is_own: bool


class _Foretold(msgspec.Struct):
    way: _Way
    seconds: Seconds
    cpu_s: Seconds
    spread: Ratio


class _Measured(msgspec.Struct):
    way: _Way
    times_s: Annotated[list[Annotated[float, Meta(gt=0, le=SECONDS)]], Meta(min_length=1, max_length=100)]
    cpu_s: Annotated[list[Seconds], Meta(min_length=1, max_length=100)]


class _Job(msgspec.Struct):
    function: Line
    size: Line
    foreign: Ratio
    picked: _Way
    taken: Annotated[dict[Line, _Way], Meta(max_length=100)]
    foretold: Annotated[list[_Foretold], Meta(min_length=1, max_length=1000)]
    measured: Annotated[list[_Measured], Meta(max_length=1000)]


class _Trial(msgspec.Struct):
    machine: Line
    hardware: Hex
    python: Line
    cpus: Cpus
    jobs: Annotated[list[_Job], Meta(max_length=1000)]


class _Advised(msgspec.Struct):
    schema: int
    finished: Instant
    trials: Annotated[list[_Trial], Meta(max_length=100)]

    def wrong(self) -> str:
        """What its types cannot say."""
        for trial in self.trials:
            for job in trial.jobs:
                if any(foretold.seconds <= 0.0 for foretold in job.foretold):
                    return f"trials: {job.function}, {job.size}: a job that takes no time is foretold"
        return ""


_Kind: TypeAlias = _Validation | _Crosschecks | _Advised
_KINDS: dict[str, type[_Kind]] = {"validation": _Validation, "crosschecks": _Crosschecks, "advised": _Advised}


def check_outcome(results: Path, name: str) -> None:
    """Find out now, and not after measuring, that the outcome's file cannot be written.

    Raises
    ------
    ResultsError
        if the folder cannot be written, or what has the file's name is no file.
    """
    path = results / f"{name}.json"
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise ResultsError(
            f"{path}: the outcome is kept there, and this is no file. Move it, or name another --results"
        )
    check_writable(results)


def save_outcome(results: Path, name: str, found: Mapping[str, Any], *, on_one_line: bool = False) -> None:
    """Write the outcome's file whole, in the place of an earlier one; what could not be read again is not written.

    Parameters
    ----------
    on_one_line : for thousands of numbers that nobody reads line by line: takes half the room.
    """
    form: dict[str, Any] = {"separators": (",", ":")} if on_one_line else {"indent": 1}
    text = json.dumps({"schema": SCHEMA, **found}, sort_keys=True, **form) + "\n"
    _check(name, text)
    write_whole(results / f"{name}.json", text.encode())


def load_outcome(results: Path, name: str) -> dict[str, Any] | None:
    """What was given to `save_outcome` last, or None where nothing was.

    Raises
    ------
    ResultsError
        if the file is not what this study writes.
    """
    path = results / f"{name}.json"
    if not lies_there(path):
        return None
    text = read_text(path, path.name, longest=MAX_BYTES, remedy=_remedy(name))
    _check(name, text)
    found: dict[str, Any] = parse_json(text, path.name)
    del found["schema"]  # the file's business
    return found


def _remedy(name: str) -> str:
    return f". Remove it, and make it anew: {SESSIONS[name]}"


def _check(name: str, text: str) -> None:
    parse_as(text, _KINDS[name], f"{name}.json", remedy=_remedy(name), check=_wrong)


def _wrong(found: _Kind) -> str:
    schema = "" if found.schema == SCHEMA else f"schema: {found.schema} is not {SCHEMA}"
    return schema or wrong_instant(found.finished) or found.wrong()
