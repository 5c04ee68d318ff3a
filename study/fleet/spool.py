"""A host's spool: what was measured for a fleet stays here as a bundle until somebody fetches it, and afterwards.

`SPOOL/host` is what the host is told by, `SPOOL/.lock` keeps two tasks apart, `SPOOL/FLEET/` has what one fleet asked for:
`results/` (a study that was cut off goes on from them), `bundle/`, and `finished.json`, which is written last.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from study import store
from study.errors import LockedError, ResultsError
from study.fleet.words import CHUNK_BYTES, LARGEST_BUNDLE_BYTES, TOKEN, Finished
from study.store.files import lies_there, parse_as, read_bytes, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

OUTLIVES_A_RESTART = Path("/var/tmp")  # noqa: S108 - a folder of our own is made in it, and looked at before it is used
NAME = "parallel-python-study-spool"
VARIABLE = "STUDY_SPOOL"
HOST = "host"
FINISHED = "finished.json"
ASKS_EVERY_S = 1.0
"""How often a task looks whether the one before it has ended."""
_REMEDY = ". Remove it, or name another folder with --spool DIR"
_ROOM = ". Make room there or mend the disk, or name another folder with --spool DIR"


def usual_spool() -> Path:
    """Where the worker was told to have it (`STUDY_SPOOL`), else this user's own: where files outlive a restart.

    Never on a disk that hosts share, as homes are: two hosts with one spool would count as one.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named)
    base = OUTLIVES_A_RESTART if OUTLIVES_A_RESTART.is_dir() else Path(tempfile.gettempdir())
    return base / (f"{NAME}-{os.getuid()}" if sys.platform != "win32" else NAME)


class Spool:
    """The folder, made where it is missing."""

    def __init__(self, folder: str = "") -> None:
        """`folder` is what `--spool` names; '' is the usual one, which nobody else may write into.

        Raises
        ------
        ResultsError
            if it cannot be made, or is not this user's alone.
        """
        self.path = Path(folder) if folder else usual_spool()
        if not self.path.is_absolute():
            raise ResultsError(
                f"{self.path}: a spool is named from the root of the host on (/…), by --spool or {VARIABLE}"
            )
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = self.path.lstat()
        except OSError as error:
            raise ResultsError(f"{self.path}: no spool can be made ({error.strerror}){_REMEDY}") from None
        others = sys.platform != "win32" and (found.st_uid != os.getuid() or found.st_mode & 0o022)
        if self.path.is_symlink() or others:
            raise ResultsError(f"{self.path}: a link, another user's, or open to others, and so no spool{_REMEDY}")

    def host(self) -> str:
        """What this host is told by: drawn once, kept here. Two workers with one spool are on one host."""
        path = self.path / HOST
        if not lies_there(path):
            half = self.path / f".{HOST}.{secrets.token_hex(8)}.part"
            try:
                half.write_text(secrets.token_hex(8), encoding="ascii")
                with contextlib.suppress(FileExistsError):  # another worker was first: then its number counts
                    path.hardlink_to(half)
            except OSError as error:
                raise ResultsError(f"{path}: cannot be written ({error.strerror}){_ROOM}") from None
            finally:
                half.unlink(missing_ok=True)
        text = read_text(path, str(path), longest=64, remedy=_REMEDY)
        if not TOKEN.match(text):
            raise ResultsError(f"{path}: not what a spool holds{_REMEDY}")
        return text

    @contextlib.contextmanager
    def alone(self, longest_s: float) -> Iterator[None]:
        """Hold the lock of the spool: one task at a time on a host. A task before this one is waited for.

        Raises
        ------
        LockedError
            if it has not ended after `longest_s`.
        """
        deadline_s = time.monotonic() + longest_s
        with contextlib.ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(store.alone_in_spool(self.path))
                    break
                except LockedError:
                    if time.monotonic() > deadline_s:
                        raise
                time.sleep(ASKS_EVERY_S)
            yield

    def place(self, fleet: str) -> Place:
        """What one fleet has here; `fleet` was checked (`words.Fleet`)."""
        return Place(self.path / fleet)


class Place:
    """The folder of one fleet in a spool."""

    def __init__(self, path: Path) -> None:
        """It need not be there."""
        self.path = path
        self.results = path / "results"
        self.bundles = path / "bundle"
        self.log = path / "log.txt"

    def make(self) -> None:
        """Make the folders, and see that there is room: of a study on a full disk no word is kept, nor why it failed.

        Raises
        ------
        ResultsError
            if they cannot be made or written into.
        """
        try:
            for folder in (self.results, self.bundles):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResultsError(f"{self.path}: cannot be made ({error.strerror}){_REMEDY}") from None
        with _named("--spool"):
            store.check_writable(self.path)

    def finished(self) -> Finished | None:
        """The bundle that lies here whole; None where there is none, or not the one that was written down."""
        path = self.path / FINISHED
        if not lies_there(path):
            return None
        text = read_text(path, str(path), longest=4096, remedy=_REMEDY)
        found = parse_as(text, Finished, str(path), remedy=_REMEDY)
        if not lies_there(self.bundles / found.name):
            return None
        return found if _finished(self.bundles / found.name) == found else None

    def clear(self) -> None:
        """Take away a bundle that is not the one that was written down: it is made anew of its run, which stays."""
        for path in self.bundles.glob("*.study"):
            path.unlink()

    def finish(self) -> Finished:
        """Write down the bundle that was just made.

        Raises
        ------
        ResultsError
            if there is none, or it cannot be read.
        """
        found = next(map(_finished, self.bundles.glob("*.study")), None)
        if found is None:
            raise ResultsError(f"{self.bundles}: no bundle was made; {self.log} says why")
        keep(self.path / FINISHED, msgspec.json.encode(found), "--spool")
        return found

    def chunk(self, name: str, offset: int) -> bytes:
        """Some bytes of the bundle, from `offset` on."""
        path = self.bundles / name
        return read_bytes(path, str(path), longest=LARGEST_BUNDLE_BYTES, remedy=_REMEDY)[offset : offset + CHUNK_BYTES]


def _finished(path: Path) -> Finished:
    data = read_bytes(path, str(path), longest=LARGEST_BUNDLE_BYTES, remedy=_REMEDY)
    found = {"name": path.name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    try:
        return msgspec.convert(found, Finished)
    except msgspec.ValidationError as error:
        raise ResultsError(f"{path}: no bundle of this study: {error}{_REMEDY}") from None


def keep(path: Path, data: bytes, option: str) -> None:
    """Write a file whole; where that cannot be, say with which option another folder is named."""
    with _named(option):
        store.write_whole(path, data)


@contextlib.contextmanager
def _named(option: str) -> Iterator[None]:
    """Let what cannot be written within be told with this option."""
    try:
        yield
    except ResultsError as error:
        raise ResultsError(str(error).replace("--results", option)) from None
