"""The mark of a run that somebody else measured: `contributed.json` beside the manifest, which is theirs as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from study.errors import ResultsError
from study.store.bounds import Instant, Slug, wrong_instant
from study.store.files import lies_there, parse_as, read_text

if TYPE_CHECKING:
    from pathlib import Path

NAME = "contributed.json"
SCHEMA = 1
MAX_BYTES = 2**16
REMEDY = ". Move the run's folder away, and add the bundle again"


class Contribution(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Where a run came from: SHA-256 of the bundle, when it was added, and the machine's name there."""

    schema: int
    bundle: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    added: Instant
    machine: Slug


def is_contributed(path: Path) -> bool:
    """Whether the run in this folder was added from a bundle: by whatever lies in the place of the mark."""
    return lies_there(path / NAME)


def contribution_of(path: Path) -> Contribution | None:
    """Where the run in this folder came from; None of one that was measured in these results.

    Raises
    ------
    ResultsError
        if the mark is not what this study writes.
    """
    if not is_contributed(path):
        return None
    name = f"{path.parent.name}/{path.name}/{NAME}"
    try:
        text = read_text(path / NAME, name, longest=MAX_BYTES, remedy=REMEDY)
    except ResultsError as error:  # without the mark it would be a run of one's own: nobody is told to remove that
        raise ResultsError(f"{str(error).removesuffix('. Remove it').removesuffix(REMEDY)}{REMEDY}") from None
    return parse_as(text, Contribution, name, remedy=REMEDY, check=_wrong)


def mark_of(bundle: str, added: str, machine: str) -> bytes:
    """The mark, as it is written."""
    text = json.dumps({"schema": SCHEMA, "bundle": bundle, "added": added, "machine": machine}, indent=1) + "\n"
    parse_as(text, Contribution, NAME, remedy=". It would not be readable again", check=_wrong)
    return text.encode()


def _wrong(found: Contribution) -> str:
    schema = "" if found.schema == SCHEMA else f"schema: {found.schema} is not {SCHEMA}"
    return schema or wrong_instant(found.added)
