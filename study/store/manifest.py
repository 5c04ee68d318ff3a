"""What `manifest.json` holds: everything about a run but its times."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from study.errors import ResultsError
from study.store.files import parse_json

SCHEMA = 1
State = Literal["outstanding", "done", "failed", "timed out", "skipped", "left out"]
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")


class CellRecord(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One cell on one target: where its times are, or why there are none."""

    cell: str
    curve: int
    experiment: str
    asked_by: list[str]
    tier: str
    target: str
    state: State
    reason: str = ""
    loops: int = 0


class RoundRecord(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One pass over every curve: how it went and what disturbed it.

    `order` holds indices of `curves`; `foreign_cpus` is how many CPUs others took on average, None where not readable.
    """

    index: int
    attempt: int
    order: list[int]
    elapsed_s: float
    disturbed: list[str] = []
    replaced: bool = False
    foreign_cpus: float | None = None


class TargetRecord(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One interpreter under study."""

    name: str
    facts: dict[str, Any]


class CurveRecord(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Cells measured in one process; `cells` are canonical texts, `process_s` what one process was predicted to take."""

    id: str
    experiment: str
    question: str
    tier: str
    target: str
    cells: list[str]
    loops: dict[str, int]
    process_s: float


class Manifest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One run on one machine. Documented key by key in `results/README.md`."""

    schema: int
    state: Literal["measuring", "finished"]
    study_version: str
    commit: str
    dirty: bool
    digest: str
    digests: dict[str, str]
    started: str
    finished: str = ""
    simulated: bool
    quick: bool
    budget_s: float
    elapsed_s: float = 0.0
    seed: int
    rounds_planned: int
    values: int
    warmups: int
    min_time_s: float
    usable_cpus: int
    machine: dict[str, Any]
    changes: list[str] = []
    targets: list[TargetRecord]
    config: dict[str, str]
    curves: list[CurveRecord]
    cells: list[CellRecord]
    rounds: list[RoundRecord] = []
    files: dict[str, str] = {}


def encode(manifest: Manifest) -> bytes:
    """The manifest as indented JSON with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def decode(text: str, name: str) -> Manifest:
    """The manifest in `text`, or a `ResultsError` that names the file and the key."""
    raw = parse_json(text, name)
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if schema != SCHEMA:
        newer = isinstance(schema, int) and schema > SCHEMA
        advice = "use the newer version of the study that wrote it" if newer else "it is not a manifest of this study"
        raise ResultsError(f"{name}: schema {schema!r} is not {SCHEMA}: {advice}")
    try:
        return msgspec.convert(raw, Manifest)
    except msgspec.ValidationError as error:
        raise ResultsError(f"{name}: {error}. Restore the file (git checkout) or remove its run") from None
