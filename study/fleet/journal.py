"""The coordinator's journal: which fleet was begun, which hosts it has, and what of them is fetched and added.

A line is on the disk before the next thing is done. A coordinator that was killed goes on from here; even without the
journal nothing measured is lost, for it lies in the hosts' spools.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from study.errors import ResultsError, UsageError, printable
from study.fleet.spool import keep
from study.fleet.words import FLEET, Digest, Finished, Fleet, Token
from study.store.bounds import Instant, Line, Slug
from study.store.files import open_plain, read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from study.fleet.wish import FleetWish

NAME = "fleet.jsonl"
LARGEST_BYTES = 16 << 20
_REMEDY = "; nothing was changed. Name another folder with --journal DIR, or begin anew with --fresh"


class Begun(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="begun"):
    """The first line: what was asked for, by its digest, and in words for whoever reads it."""

    fleet: Fleet
    asked: Digest
    options: tuple[Line, ...]
    at: Instant


class Seen(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="host"):
    """A host that takes part, and what it is called in results."""

    host: Token
    label: Slug
    at: Instant


class Made(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="made"):
    """Its bundle lies in its spool."""

    host: Token
    bundle: Finished
    at: Instant


class Added(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="added"):
    """Its bundle was fetched and stands in the results as `run`."""

    host: Token
    sha256: Digest
    run: Line
    at: Instant


class Wrong(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="wrong"):
    """Why there is nothing of it yet. It is asked again when the fleet goes on."""

    host: Token
    reason: Line
    at: Instant


class Done(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="done"):
    """Every host's bundle is added: the same command begins a new fleet."""

    at: Instant


Entry: TypeAlias = Begun | Seen | Made | Added | Wrong | Done


def now_text() -> str:
    """The time now, UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class FleetJournal:
    """The journal of one fleet, in a folder of its own with the bundles that were fetched."""

    def __init__(self, folder: Path) -> None:
        """Read what is there. A last line that was cut off in the middle is taken away when the next is written."""
        self.folder = folder
        self.path = folder / NAME
        self.begun: Begun
        self.labels: dict[str, str] = {}
        self.made: dict[str, Finished] = {}
        self.added: dict[str, Added] = {}
        self.done = False
        self._read()

    @property
    def fleet(self) -> str:
        """The fleet's name."""
        return self.begun.fleet

    @classmethod
    def begin(cls, wish: FleetWish) -> FleetJournal:
        """A new fleet in a new folder."""
        at = now_text()
        stamp = at.replace("-", "").replace(":", "").lower()
        name = f"{stamp}-{hashlib.sha256(os.urandom(16) + wish.asked.encode()).hexdigest()[:8]}"
        folder = wish.journal / name
        begun = Begun(fleet=name, asked=wish.asked, options=wish.options, at=at)
        keep(folder / NAME, msgspec.json.encode(begun) + b"\n", "--journal")
        return cls(folder)

    def _read(self) -> None:
        data = read_bytes(self.path, self.path.name, longest=LARGEST_BYTES, remedy=_REMEDY)
        whole, _, torn = data.rpartition(b"\n")
        self._bytes = len(data) - len(torn)
        for number, line in enumerate(whole.split(b"\n"), start=1):
            try:
                self._take(msgspec.json.decode(line, type=Entry))
            except (msgspec.DecodeError, UnicodeError) as error:
                raise ResultsError(f"{self.path}, line {number}: {printable(str(error))}{_REMEDY}") from None
        if not hasattr(self, "begun") or self.begun.fleet != self.folder.name:
            raise ResultsError(f"{self.path}: does not begin as a journal of the fleet {self.folder.name}{_REMEDY}")

    def _take(self, entry: Entry) -> None:
        match entry:
            case Begun():
                self.begun = entry
            case Seen(host=host, label=label):
                self.labels[host] = label
            case Made(host=host, bundle=bundle):
                self.made[host] = bundle
            case Added(host=host):
                self.added[host] = entry
            case Done():
                self.done = True
            case Wrong():
                pass  # for whoever reads the file

    def write(self, entry: Entry) -> None:
        """Add a line, and see it on the disk."""
        line = msgspec.json.encode(entry) + b"\n"
        try:
            with open_plain(self.path, self.path.name, flags=os.O_RDWR, remedy=_REMEDY) as file:
                file.truncate(self._bytes)
                file.seek(self._bytes)
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ResultsError(
                f"{self.path}: cannot be written ({error.strerror}). What hosts have measured stays in their spools; make room"
                " and run the same command again"
            ) from None
        self._bytes += len(line)
        self._take(entry)

    def bundle(self, host: str) -> Path | None:
        """The bundle of this host, where it was fetched whole."""
        found = self.made.get(host)
        path = self.folder / found.name if found else None
        with contextlib.suppress(OSError, ResultsError):
            if path is not None and found is not None and path.is_file():
                data = read_bytes(path, path.name, longest=found.size)
                return path if hashlib.sha256(data).hexdigest() == found.sha256 else None
        return None

    def keep_bundle(self, host: str, data: bytes) -> Path:
        """Write the fetched bundle of this host, whole or not at all."""
        path = self.folder / self.made[host].name
        keep(path, data, "--journal")
        return path


def journal_of(wish: FleetWish) -> FleetJournal:
    """The newest fleet that this command goes on with; else a new one.

    Raises
    ------
    UsageError
        if only finished bundles are to be fetched and no fleet was begun.
    """
    known = _known(wish.journal)
    if wish.collect:
        alike = [name for name in known if FleetJournal(wish.journal / name).begun.asked == wish.asked]
        if not alike:
            raise UsageError(
                f"--collect: no fleet was begun by this command with the journal in {wish.journal}; leave it out"
            )
        return FleetJournal(wish.journal / alike[-1])
    if not wish.fresh:
        for name in reversed(known):
            found = FleetJournal(wish.journal / name)
            if found.begun.asked == wish.asked:
                if not found.done:
                    return found
                break
    return FleetJournal.begin(wish)


def _known(folder: Path) -> list[str]:
    """Names of fleets in a coordinator's folder, oldest first."""
    try:
        return sorted(path.name for path in folder.iterdir() if FLEET.match(path.name) and (path / NAME).exists())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ResultsError(
            f"{folder}: cannot be looked into ({error.strerror}); name another folder with --journal DIR"
        ) from None
