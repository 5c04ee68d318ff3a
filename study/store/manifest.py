"""What `manifest.json` holds: everything about a run but its times."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from study.config import ROUNDS
from study.errors import ResultsError, printable
from study.store.bounds import (
    CellText,
    ConfigText,
    Cpus,
    CpuTime,
    Curve,
    Few,
    Hex,
    Index,
    Instant,
    Line,
    Loops,
    Seconds,
    Seed,
    Slug,
    Text,
    Word,
)
from study.store.checked import check
from study.store.files import REMEDY, parse_as

SCHEMA = 1
MAX_BYTES = 8 * 2**20
"""The largest manifest so far, of 1821 cells, has 0.9 MB."""
State = Literal["outstanding", "done", "failed", "timed out", "skipped", "left out"]


class CellRecord(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One cell on one target: where its times are, or why there are none.

    `digest` is of the source that runs when it is timed; '' in runs of versions that had one digest for all of the bench.
    """

    cell: CellText
    curve: Curve
    experiment: Slug
    asked_by: Annotated[list[Slug], Meta(max_length=1000)]
    tier: Word
    target: Slug
    state: State
    reason: Text = ""
    loops: Loops = 0
    digest: Hex = ""

    @property
    def key(self) -> tuple[str, str]:
        """(Target, cell): no two records of a run have the same."""
        return self.target, self.cell


class RoundRecord(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One pass over every curve: how it went and what disturbed it.

    `order` holds indices of `curves`; `foreign_cpus` is how many CPUs others took on average, None where not readable.
    """

    index: Index
    attempt: Few
    order: list[Index]
    elapsed_s: Seconds
    disturbed: Annotated[list[Line], Meta(max_length=1000)] = []
    replaced: bool = False
    foreign_cpus: CpuTime | None = None


class TargetRecord(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One interpreter under study."""

    name: Slug
    facts: dict[str, Any]


class CurveRecord(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Cells measured in one process, in `rounds` of ten rounds.

    `cells` are canonical texts, `process_s` what one process was predicted to take, `long` the points whose event is so
    long that one is a value, without a warm-up, unless their pattern says how they are sampled. `values` is what a gate
    gave a process from its first look on; 0 where it is the run's number all the time.
    """

    id: Text
    experiment: Slug
    question: Word
    tier: Word
    target: Slug
    cells: Annotated[list[CellText], Meta(min_length=1, max_length=10_000)]
    loops: dict[CellText, Loops]
    process_s: Seconds
    long: Annotated[list[CellText], Meta(max_length=10_000)] = []
    rounds: Annotated[int, Meta(ge=1, le=ROUNDS)] = ROUNDS
    values: Annotated[int, Meta(ge=0, le=1000)] = 0


class GateRecord(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a gate compares: names of targets, where `again` is `base` once more; and by what it decides.

    `limit` and `same` are relative, such as 0.1; `looks` are numbers of rounds.
    """

    base: Slug
    head: Slug
    again: Slug
    limit: Annotated[float, Meta(gt=0, le=10)]
    same: Annotated[float, Meta(gt=0, le=10)]
    looks: Annotated[list[Annotated[int, Meta(ge=2, le=10_000)]], Meta(min_length=1, max_length=20)]


class Manifest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One run on one machine. Documented key by key in `results/README.md`."""

    schema: int
    state: Literal["measuring", "finished"]
    study_version: Word
    commit: Hex
    dirty: bool
    digest: Slug
    digests: Annotated[dict[Word, Word], Meta(max_length=100)]
    started: Instant
    finished: Instant = ""
    simulated: bool
    quick: bool
    budget_s: Seconds
    elapsed_s: Seconds = 0.0
    seed: Seed
    rounds_planned: Index
    values: Few
    warmups: Few
    min_time_s: Seconds
    usable_cpus: Cpus
    machine: dict[str, Any]
    changes: Annotated[list[Line], Meta(max_length=100)] = []
    targets: Annotated[list[TargetRecord], Meta(min_length=1, max_length=100)]
    gate: GateRecord | None = None
    config: Annotated[dict[Slug, ConfigText], Meta(max_length=1000)]
    curves: list[CurveRecord]
    cells: list[CellRecord]
    rounds: list[RoundRecord] = []
    files: dict[str, Hex] = {}


class _Head(msgspec.Struct):
    """Enough of a manifest to see which schema it has."""

    schema: Any = None


def encode(manifest: Manifest, name: str) -> bytes:
    """The manifest as indented JSON with a newline at its end, which `decode` accepts.

    Raises
    ------
    ResultsError
        if what was to be written could not be read again.
    """
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    if len(data) > MAX_BYTES:
        raise ResultsError(f"{printable(name)}: larger than {MAX_BYTES} bytes; restrict the study with --only")
    decode(data.decode(), name, remedy=". It would not be readable again, and was not written")
    return data


def decode(text: str, name: str, *, remedy: str = REMEDY) -> Manifest:
    """The manifest in `text`, checked whole, or a `ResultsError` that names the file and the key."""
    _check_schema(text, name)
    return parse_as(text, Manifest, name, remedy=remedy, check=check)


def _check_schema(text: str, name: str) -> None:
    try:
        schema = msgspec.json.decode(text, type=_Head).schema
    except msgspec.ValidationError:
        schema = None
    except (msgspec.DecodeError, RecursionError):
        return  # it is no JSON: this is said when all of it is read
    if schema != SCHEMA or isinstance(schema, bool):
        newer = isinstance(schema, int) and schema > SCHEMA
        advice = "use the newer version of the study that wrote it" if newer else "it is not a manifest of this study"
        raise ResultsError(f"{printable(name)}: schema {printable(repr(schema), 40)} is not {SCHEMA}: {advice}")
