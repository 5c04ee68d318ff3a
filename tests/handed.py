"""Finished runs of chosen machines, their bundles, and bundles that were made wrong. Nothing here was measured."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from study import store
from study.store import bundles
from study.store.zipped import unzipped, zipped
from tests.builders import LOOP, POOL, manifest, process, round_end, suite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

EPYC: dict[str, Any] = {"arch": "x86_64", "cpu_model": "AMD EPYC", "logical_cpus": 2, "l3_bytes": 32 << 20}
XEON: dict[str, Any] = EPYC | {"cpu_model": "Intel Xeon"}
MADE_UP: dict[str, Any] = {"simulated": True}
SUITE = "q5.one.json.gz"


def finished(
    results: Path,
    machine: str = "laptop",
    facts: dict[str, Any] = EPYC,
    *,
    digest: str = "0123456789abcdef",
    rounds: int = 3,
    **changes: Any,
) -> store.RunFolder:
    """A finished run of two cells; its digest keeps runs of one second apart."""
    fields = {"simulated": facts is MADE_UP, "machine": dict(facts), "digest": digest} | changes
    folder = store.RunFolder.create(results, machine, manifest([LOOP, POOL], **fields))
    journal = folder.journal()
    for index in range(rounds):
        for number, cell in enumerate((LOOP, POOL)):
            journal.append(process(number, index, suite(cell, [1.0 + index, 1.5, 2.0 + number])))
        journal.append(round_end(index))
        folder.manifest.rounds.append(store.RoundRecord(index=index, attempt=0, order=[0, 1], elapsed_s=1.0))
    for record in folder.manifest.cells:
        record.state = "done"
    folder.finish()
    return store.RunFolder.open(folder.path)


def written(folder: store.RunFolder, place: Path) -> Path:
    """The run's bundle, as a file in a folder."""
    place.mkdir(parents=True, exist_ok=True)
    made = bundles.made(folder)
    (place / made.name).write_bytes(made.data)
    return place / made.name


def members_of(data: bytes) -> dict[str, bytes]:
    """The members of a bundle by their own names."""
    return {name.rpartition("/")[2]: content for name, content in unzipped(data).items()}


def packed(members: Mapping[str, bytes], place: str = "laptop/run") -> bytes:
    """A container of these members with digests that fit, whatever they are."""
    kept = {name: content for name, content in members.items() if name != bundles.SUMS}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in kept.items())
    return zipped({f"{place}/{name}": content for name, content in {**kept, bundles.SUMS: sums.encode()}.items()})


def with_manifest(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The bundle with another manifest, which its digests fit."""
    members = members_of(data)
    raw = json.loads(members["manifest.json"])
    change(raw)
    return packed({**members, "manifest.json": json.dumps(raw).encode()})


def with_suite(data: bytes, text: str | bytes, name: str = SUITE) -> bytes:
    """The bundle with another suite, which manifest and digests fit; of bytes, the file as it is."""
    members = members_of(data)
    raw = json.loads(members["manifest.json"])
    if isinstance(text, str):
        raw["files"][name] = store.digest(text)
        text = store.files.compress(text)
    return packed({**members, "manifest.json": json.dumps(raw).encode(), name: text})
