"""Bundles made wrong: in their bytes, in their container, in what is in them; and what the product does with them."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import shutil
import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any

from study import store
from study.errors import StudyError
from study.store import bundles
from study.store.adding import add
from study.store.summary import encode, summarised
from study.store.zipped import unzipped, zipped
from study.table import cells_of
from tests.fuzz import mutate
from tests.fuzz.material import material

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from tests.fuzz.material import Run

UNTOUCHED = 0.04
"""Share of the inputs that are right: else nothing would tell that the wrong ones get far."""
SUMMED = 0.6
"""Share of the bundles with other contents that get a summary of these: else nothing would be looked at behind it."""
ADDED = 0.05
"""Share of the inputs that are added to results, which takes long: the disk is waited for."""
NAMES: tuple[bytes, ...] = (
    b"../../etc/passwd", b"/etc/passwd", b"manifest.json", b"m/r/con", b"M/R/MANIFEST.JSON", b"m/r/\xff\xfe", b"m/r/x\0",
    b"", b"m/r/" + b"x" * 5000, b"m\\r\\x", b"m/r/../../x", b"m/r/\x1b[2J",
)  # fmt: skip
NUMBERS = (0, 1, 2, 8, 20, 45, 99, 0x800, 0xFFFF, 0x10000, 10**6, 2**31, 2**32 - 2, 2**32 - 1)
ENDS = (b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08")


class Exchanged:
    """Carries out inputs of bundles in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Nothing is there yet."""
        self.path = folder / "x.study"
        self.results = folder / "taken-in"
        self.kinds: dict[str, Callable[[Random], None]] = {
            "bundle bytes": self._bytes,
            "bundle's zip": self._container,
            "bundle inside": self._inside,
        }

    def _bytes(self, rng: Random) -> None:
        data = right_ones()[rng.randrange(len(right_ones()))]
        self._through(data if rng.random() < UNTOUCHED else mutate.of_bytes(data, rng), rng)

    def _container(self, rng: Random) -> None:
        data = right_ones()[rng.randrange(len(right_ones()))]
        for _ in range(0 if rng.random() < UNTOUCHED else rng.choice((1, 1, 1, 2, 3))):
            data = _other_container(data, rng)
        self._through(data, rng)

    def _inside(self, rng: Random) -> None:
        data = right_ones()[rng.randrange(len(right_ones()))]
        if rng.random() >= UNTOUCHED:
            places = unzipped(data)
            place = next(iter(places)).rpartition("/")[0]
            members = _other_members({name.rpartition("/")[2]: content for name, content in places.items()}, rng)
            if rng.random() < SUMMED:
                with contextlib.suppress(
                    StudyError, ValueError, RecursionError, LookupError, OSError, EOFError, zlib.error
                ):
                    members = _with_summary(members, *place.split("/"))
            data = packed(members, place)
        self._through(data, rng)

    def _through(self, data: bytes, rng: Random) -> None:
        """As far as the product goes with a stranger's bundle: read, and now and then added and bundled again."""
        self.path.write_bytes(data)
        found = bundles.opened(self.path)
        cells_of(found.load())
        store.summary_of_folder(found)
        if rng.random() < ADDED:
            try:
                added = add(self.results, self.path, label=rng.choice(("", "", "theirs")))
                again = bundles.made(store.RunFolder.open(self.results / added.run))
                if again.data != data:
                    raise RuntimeError("a run that was added is another one when it is bundled again")
            finally:
                shutil.rmtree(self.results, ignore_errors=True)


@cache
def right_ones() -> tuple[bytes, ...]:
    """A bundle of each of the material's runs."""
    return tuple(map(_bundle, material().runs))


def _bundle(run: Run) -> bytes:
    texts = {name: json.dumps(suite) for name, suite in sorted(run.suites.items())}
    raw = run.manifest | {"files": {name: store.digest(text) for name, text in texts.items()}}
    members = {"manifest.json": json.dumps(raw).encode()}
    members |= {name: store.files.compress(text) for name, text in texts.items()}
    return packed(_with_summary(members, run.machine, run.name), f"{run.machine}/{run.name}")


def _with_summary(members: dict[str, bytes], machine: str, name: str) -> dict[str, bytes]:
    """The members with the summary that follows from them."""
    manifest = store.manifest.decode(members["manifest.json"].decode(), "manifest.json")
    samples = [
        sample
        for file, data in members.items()
        if file.endswith(".gz")
        for sample in store.samples_in(json.loads(gzip.decompress(data)), file)
    ]
    summary = encode(summarised(machine, name, manifest, samples), members["manifest.json"], "summary.json")
    return {**members, "summary.json": summary}


def packed(members: dict[str, bytes], place: str) -> bytes:
    """A container of these members with digests that fit, whatever they are."""
    kept = {name: content for name, content in members.items() if name != bundles.SUMS}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in kept.items())
    return zipped({f"{place}/{name}": content for name, content in {**kept, bundles.SUMS: sums.encode()}.items()})


def _other_members(members: dict[str, bytes], rng: Random) -> dict[str, bytes]:
    """The members with one of them changed, or taken away, or another beside them; digests that fit."""
    name = rng.choice([name for name in members if name != bundles.SUMS])
    way = rng.random()
    if way < 0.05:
        del members[name]
    elif way < 0.1:
        members[rng.choice(("log.txt", "evil.py", "invalid.json.gz", "summary.json"))] = rng.choice(
            (b"", b"{}", b"\x80\x04")
        )
    elif way < 0.2:
        members[name] = mutate.of_bytes(members[name], rng)
    elif name.endswith(".gz"):
        members[name], digest = _other_suite(members[name], rng)
        raw: dict[str, Any] = json.loads(members["manifest.json"])
        raw["files"][name] = digest
        members["manifest.json"] = json.dumps(raw).encode()
    else:
        members[name] = mutate.of_json(json.loads(members[name]), rng).encode("utf-8", "surrogatepass")
    return members


def _other_suite(data: bytes, rng: Random) -> tuple[bytes, str]:
    text = mutate.of_json(json.loads(gzip.decompress(data)), rng)
    whole = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return store.files.compress(whole), store.digest(whole)


def _other_container(data: bytes, rng: Random) -> bytes:
    """The container with a header, a name or the order of things changed."""
    found = bytearray(data)
    signs = [at for sign in ENDS for at in _all(data, sign)] or [0]
    at = rng.choice(signs)
    way = rng.randrange(8)
    if way == 0:  # a number in a header
        form = rng.choice(("<H", "<L"))
        place = min(at + rng.randrange(46), max(len(found) - 4, 0))
        number = rng.choice(NUMBERS) % (1 << 8 * struct.calcsize(form))
        if len(found) >= 4:
            struct.pack_into(form, found, place, number)
    elif way == 1:  # a header twice, or away
        stop = at + rng.choice((22, 30, 46, 200))
        found[at : rng.choice((at, stop))] = data[at:stop] * rng.choice((0, 1, 2))
    elif way == 2:  # another kind of header
        found[at : at + 4] = rng.choice(ENDS)
    elif way == 3:  # another name
        names = _names(data) or [b"x"]
        old = rng.choice(names)
        return bytes(found).replace(old, rng.choice((*NAMES, *names)), rng.choice((1, -1)))
    elif way == 4:  # something before, between or after
        place = rng.choice((0, at, len(found)))
        found[place:place] = rng.choice((b"\0", b"#!/bin/sh\n", b"PK\5\6" + bytes(18), data[:500], bytes(70_000)))
    elif way == 5:
        return data + data if rng.random() < 0.5 else data[: rng.randrange(len(data) + 1)]
    else:
        return mutate.of_bytes(data, rng)
    return bytes(found)


def _all(data: bytes, sign: bytes) -> list[int]:
    found: list[int] = []
    at = data.find(sign)
    while at >= 0 and len(found) < 100:
        found.append(at)
        at = data.find(sign, at + 1)
    return found


def _names(data: bytes) -> list[bytes]:
    """The names in the list at the end, as far as it can be followed; none that is empty."""
    lengths = {at: int.from_bytes(data[at + 28 : at + 30], "little") for at in _all(data, b"PK\1\2")}
    return [name for at, length in lengths.items() if (name := data[at + 46 : at + 46 + length])]
