"""A run in one file, to hand over: made of a run's folder, and read as what a stranger made.

What is in it: the manifest, the suites, the summary and `SHA256SUMS`, as `sha256sum --check` reads it. Nothing else: no log,
which holds what programs printed, no calibration, and no name of this machine's beside the one that was chosen.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from study.errors import ResultsError, printable
from study.store import manifest as manifests
from study.store import summary as summaries
from study.store.bounds import SLUG
from study.store.checked import INVALID
from study.store.contributed import contribution_of
from study.store.files import ALWAYS_BYTES, MAX_BYTES, MAX_RATIO, as_text, compress, lies_there, parse_as, read_bytes
from study.store.folders import MANIFEST, RunFolder, manifest_of
from study.store.suites import PyperfSuite, allowed, samples_in
from study.store.zipped import unzipped, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUFFIX = ".study"
SUMS = "SHA256SUMS"
LARGEST_BYTES = 64 * 2**20
"""No bundle is larger; an hour's run makes one of 2 MB."""
REMEDY = ". Ask for the file as `nox -s bundle` wrote it"
_PLAIN_GZIP = b"\x1f\x8b\x08\x00" + bytes(4)
"""How gzip begins that has neither a name in it nor a time nor a comment."""
_CLOSE = 1e-9
"""Two machines may take a logarithm that differs in its last digit."""


class Made(NamedTuple):
    """A bundle: the name of its file, its bytes, their SHA-256, and its members by their own names."""

    name: str
    data: bytes
    digest: str
    members: Mapping[str, bytes]


class Bundled(RunFolder):
    """A run as a bundle holds it, in memory, checked whole. It has no folder, and nothing of it is on the disk.

    Attributes
    ----------
    members : name -> bytes, of what belongs into a run's folder: the manifest, its suites and the summary.
    digest : SHA-256 of the bundle.
    """

    mend = ""

    def __init__(self, path: Path, manifest: manifests.Manifest, members: Mapping[str, bytes], digest: str) -> None:
        """What was read; `path` stands for a folder below the bundle's file, which gives the run its names."""
        super().__init__(path, manifest)
        self.members = members
        self.digest = digest
        self.contributed = True

    def text(self, name: str, *, longest: int) -> str:
        """The text of one of its suites."""
        where = f"{self.name}/{name}"
        return as_text(_inflated(self.members[name], where, longest), where, remedy="")


class _Run(msgspec.Struct, forbid_unknown_fields=True):
    values: Any = None
    warmups: Any = None
    metadata: dict[str, Any] = {}


class _Benchmark(msgspec.Struct, forbid_unknown_fields=True):
    runs: list[_Run] = []
    metadata: dict[str, Any] = {}


class _Suite(msgspec.Struct, forbid_unknown_fields=True):
    """A suite with nothing in it but what this study writes; its values are checked elsewhere."""

    version: Any = None
    benchmarks: list[_Benchmark] = []
    metadata: dict[str, Any] = {}


def made(folder: RunFolder) -> Made:
    """The bundle of a finished run: the same bytes whenever and wherever it is made.

    Of a run that was itself added from a bundle it is that bundle again, under its own name.

    Raises
    ------
    ResultsError
        if the run is still being measured, or a file of it is not what this study wrote.
    """
    if folder.manifest.state != "finished":
        raise ResultsError(
            f"{folder.name}: is still being measured, and only a finished run is handed over; run the same study again"
            " to go on with it"
        )
    came_from = contribution_of(folder.path)
    machine = came_from.machine if came_from else folder.machine
    members = {MANIFEST: manifest_of(folder.path)}
    members |= {name: _suite(folder, name) for name in sorted(folder.manifest.files)}
    members[summaries.NAME] = _summary(folder, machine, members[MANIFEST])
    members[SUMS] = _sums(members)
    data = zipped({f"{machine}/{folder.id}/{name}": content for name, content in members.items()})
    digest = hashlib.sha256(data).hexdigest()
    name = f"{machine}-{folder.id}-{digest[:12]}{SUFFIX}"
    if len(data) > LARGEST_BYTES:
        raise ResultsError(f"{folder.name}: a bundle of it has more than {LARGEST_BYTES} bytes, which nobody could add")
    try:
        _taken(data, Path(name))  # what could not be added is not handed over
    except ResultsError as error:
        raise ResultsError(f"{folder.name}: cannot be handed over: {error}{RunFolder.mend}") from None
    return Made(name, data, digest, members)


def opened(path: Path) -> Bundled:
    """The run in this file; everything in it is checked before this returns, and nothing is written.

    Raises
    ------
    ResultsError
        if it is not, byte for byte, what this study makes of a finished run.
    """
    shown = printable(path.name, 100)
    remedy = "; name a file that `nox -s bundle` wrote"
    real = Path(os.path.realpath(path))
    try:
        data = read_bytes(real, shown, longest=LARGEST_BYTES, remedy=remedy, as_it_is=True)
    except ResultsError as error:  # it may be anybody's: nobody is told to remove it
        raise ResultsError(f"{str(error).removesuffix('. Remove it').removesuffix(remedy)}{remedy}") from None
    try:
        return _taken(data, path)
    except ResultsError as error:
        raise ResultsError(f"{shown}: {error}{REMEDY}") from None


def _taken(data: bytes, path: Path) -> Bundled:
    """The run in these bytes, which the file of that path holds."""
    every = unzipped(data)
    places = dict.fromkeys(member.rpartition("/")[0] for member in every)
    if len(places) != 1:
        raise ResultsError("it holds more than one run")
    place = next(iter(places))
    machine, _, identity = place.partition("/")
    for name in (machine, identity):
        if not re.match(SLUG, name):
            raise ResultsError(f"{printable(repr(name), 100)} is no name that this study gives a folder")
    members = {member.rpartition("/")[2]: content for member, content in every.items()}
    if MANIFEST not in members:
        raise ResultsError(f"it has no {MANIFEST}")
    if len(members[MANIFEST]) > manifests.MAX_BYTES:
        raise ResultsError(f"{MANIFEST}: larger than {manifests.MAX_BYTES} bytes")
    manifest = manifests.decode(as_text(members[MANIFEST], MANIFEST, remedy=""), MANIFEST, remedy="")
    if manifest.state != "finished":
        raise ResultsError("the run was still being measured")
    expected = [MANIFEST, *sorted(manifest.files), summaries.NAME, SUMS]
    if list(members) != expected:
        odd = sorted(set(members) ^ set(expected)) or ["another order"]
        raise ResultsError(f"its members are not those that its manifest names: {printable(', '.join(odd), 200)}")
    if members.pop(SUMS) != _sums(members):
        raise ResultsError(f"{SUMS}: not the digests of the members")
    found = Bundled(path / machine / identity, manifest, members, hashlib.sha256(data).hexdigest())
    _check_times(found)
    return found


def _check_times(found: Bundled) -> None:
    """Every suite, those of attempts that do not count too, and the summary, which must follow from them."""
    samples = found.load()
    left = MAX_BYTES
    for name in found.manifest.files:
        text = found.text(name, longest=left)
        left -= len(text)
        if name == INVALID:
            samples_in(parse_as(text, PyperfSuite, name, remedy=""), name)
        parse_as(text, _Suite, name, remedy="", check=_unknown)
    told = found.members[summaries.NAME]
    if len(told) > summaries.MAX_BYTES:
        raise ResultsError(f"{summaries.NAME}: larger than {summaries.MAX_BYTES} bytes")
    text = as_text(told, summaries.NAME, remedy="")
    names = found.machine, found.id
    try:
        claimed = summaries.decode(text, *names, found.members[MANIFEST], summaries.NAME)
    except ResultsError as error:
        raise ResultsError(str(error).removesuffix(summaries.REMEDY)) from None
    if not _agree(claimed, summaries.summarised(*names, found.manifest, samples)):
        raise ResultsError(f"{summaries.NAME}: does not follow from the times")


def _unknown(suite: _Suite) -> str:
    """What metadata a suite has that this study does not keep; '' if none."""
    every = [suite.metadata, *(benchmark.metadata for benchmark in suite.benchmarks)]
    every += [run.metadata for benchmark in suite.benchmarks for run in benchmark.runs]
    odd = next((key for metadata in every for key in metadata.keys() - allowed(metadata).keys()), None)
    return "" if odd is None else f"metadata {printable(repr(odd), 60)} is none that this study keeps"


def _agree(claimed: summaries.RunSummary, computed: summaries.RunSummary) -> bool:
    """Whether two summaries of a run say the same, but for the last digits."""
    return claimed.head == computed.head and list(_said(claimed)) == list(_said(computed)) and _close(claimed, computed)


def _said(found: summaries.RunSummary) -> Iterator[tuple[Any, ...]]:
    """Everything in it but means and variances."""
    for name, target in found.targets.items():
        yield name, dict(target.facts)
        for cell, level in target.levels.items():
            yield cell, level.processes, level.loops, level.source, level.variance is None


def _close(one: summaries.RunSummary, other: summaries.RunSummary) -> bool:
    numbers = (
        (level.mean, level.variance or 0.0)
        for found in (one, other)
        for target in found.targets.values()
        for level in target.levels.values()
    )
    every = list(numbers)
    half = len(every) // 2
    return all(
        math.isclose(mine, theirs, rel_tol=_CLOSE, abs_tol=_CLOSE)
        for pair in zip(every[:half], every[half:], strict=True)
        for mine, theirs in zip(*pair, strict=True)
    )


def _summary(folder: RunFolder, machine: str, manifest: bytes) -> bytes:
    """The summary as it is stored, where it is right; else made."""
    name = f"{folder.name}/{summaries.NAME}"
    made_now = summaries.summarised(machine, folder.id, folder.manifest, folder.load())
    path = folder.path / summaries.NAME
    if lies_there(path):
        try:
            data = read_bytes(path, name, longest=summaries.MAX_BYTES)
            stored = summaries.decode(as_text(data, name), machine, folder.id, manifest, name)
        except ResultsError:  # as good as none
            stored = None
        if stored is not None and _agree(stored, made_now):
            return data
    return summaries.encode(made_now, manifest, name)


def _suite(folder: RunFolder, name: str) -> bytes:
    """A suite as it is stored; packed anew where its file has a name or a time in it."""
    where = f"{folder.name}/{name}"
    data = read_bytes(folder.path / name, where, longest=LARGEST_BYTES, as_it_is=True)
    try:
        _inflated(data, where, MAX_BYTES)
    except ResultsError:
        return compress(folder.text(name, longest=MAX_BYTES))
    return data


def _inflated(data: bytes, name: str, longest: int) -> bytes:
    """What one stream of gzip holds that has nothing beside it: at most `longest` bytes."""
    longest = min(longest, max(ALWAYS_BYTES, MAX_RATIO * len(data)))
    if not data.startswith(_PLAIN_GZIP):
        raise ResultsError(f"{name}: not compressed as this study does it")
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        text = unpacking.decompress(data, longest + 1)
    except zlib.error as error:
        raise ResultsError(f"{name}: cannot be unpacked ({printable(str(error))})") from None
    if len(text) > longest:
        raise ResultsError(f"{name}: larger than {longest} bytes; no file of this study is")
    if not unpacking.eof or unpacking.unused_data:
        raise ResultsError(f"{name}: cut off, or something follows its end")
    return text


def _sums(members: Mapping[str, bytes]) -> bytes:
    """The digests of the members, as `sha256sum` writes them."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in members.items()).encode()
