"""The locks that keep two studies apart, on a machine and in a folder of results, whatever lies in their place."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from study.errors import LIMITS, LockedError, ResultsError
from study.plain import NotAFileError, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "parallel-python-study.lock"
IN_RESULTS = ".lock"
_OURS = re.compile(rb"\d*\s*")
"""What the lock holds: nothing, or the number of the process that has it."""


def machine_lock(folder: Path | None) -> Path:
    """The lock of this machine: in `folder` (`--lock`), or where temporary files lie.

    Raises
    ------
    ResultsError
        if there is no folder for temporary files.
    """
    try:
        return (folder or Path(tempfile.gettempdir())) / NAME
    except OSError:
        raise ResultsError(
            "there is no folder for temporary files, where the lock of this machine lies: set TMPDIR to one, or name one"
            " with --lock DIR"
        ) from None


class _Told(NamedTuple):
    """What is said of a lock: what its holder does, what follows, and where else it could lie."""

    held: str
    remedy: str
    elsewhere: str


_OF_THE_MACHINE = _Told(
    "another study is measuring on this machine",
    "two at once would disturb each other. Wait for it, or end it; a lock that is held for nothing is passed by with --lock"
    " DIR",
    "put the lock elsewhere with --lock DIR",
)
_OF_RESULTS = _Told(
    "another study is at work in these results",
    "two at once would spoil each other's files. Wait for it, or end it, or name another folder with --results DIR",
    "name another folder with --results DIR",
)
_OF_A_SPOOL = _Told(
    "another study of a fleet is at work on this host",
    "two at once would disturb each other. Wait for it, or end its worker",
    "name another folder with --spool DIR",
)
_OF_A_FLEET = _Told(
    "another coordinator is at work with this journal",
    "each would ask every host. Wait for it, or end it, or name another folder with --journal DIR",
    "name another folder with --journal DIR",
)


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold the lock of the machine in `path`, so that two studies never measure at once. Never waits.

    Raises
    ------
    LockedError
        naming the process that holds it.
    ResultsError
        if what lies there is no lock of this study, or may not be opened: what it is, and whose.
    """
    with _held(path, _OF_THE_MACHINE):
        yield


@contextlib.contextmanager
def alone_in(results: Path) -> Iterator[str]:
    """Hold the lock of a folder of results, whatever lock of the machine (`--lock`) each study holds. Never waits.

    Yields what tells whoever holds it from all others on this machine: the lock is a file, of which the kernel knows one
    by device and inode, where two roots (chroot(2)) or two mounts may give two folders one path. A later study of the
    same results has the same mark, and finds by it what a killed one left.

    Raises
    ------
    LockedError, ResultsError
        as `one_at_a_time` does.
    """
    with _held(results / IN_RESULTS, _OF_RESULTS) as held:
        yield hashlib.sha256(f"{held.st_dev}:{held.st_ino}".encode()).hexdigest()[:8]


@contextlib.contextmanager
def alone_in_spool(spool: Path) -> Iterator[None]:
    """Hold the lock of a host's spool (`study.fleet`): one task measures for a fleet at a time. Never waits; as `alone_in`."""
    with _held(spool / IN_RESULTS, _OF_A_SPOOL):
        yield


@contextlib.contextmanager
def alone_with_fleets(journal: Path) -> Iterator[None]:
    """Hold the lock of a coordinator's folder (`study.fleet`). Never waits; as `alone_in`."""
    with _held(journal / IN_RESULTS, _OF_A_FLEET):
        yield


@contextlib.contextmanager
def _held(path: Path, told: _Told) -> Iterator[os.stat_result]:
    if sys.platform == "win32":
        yield path.parent.stat()
        return
    import fcntl  # noqa: PLC0415 - Unix only

    file, mine = _opened(path, told)
    with file:
        descriptor = file.fileno()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(f"{told.held} ({_holder(descriptor)}): {told.remedy}") from None
        except OSError as error:
            raise _unusable(path, f"cannot be locked ({error.strerror})", told) from None
        if mine:
            os.ftruncate(descriptor, 0)
            with contextlib.suppress(OSError):  # a full disk: it holds without the number as well
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield os.fstat(descriptor)
        if mine:
            os.ftruncate(descriptor, 0)


def _opened(path: Path, told: _Told) -> tuple[BinaryIO, bool]:
    """The lock file, made where it is missing, and whether our process number may be written into it.

    What another user made in the temporary folder can be locked but not written, nor even opened with O_CREAT
    (`fs.protected_regular`, proc(5)).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file, mine = opened(path, os.O_RDWR | os.O_CREAT), True
        except PermissionError:
            file, mine = opened(path), False
    except NotAFileError as error:
        raise _unusable(path, f"is {error}, not a file of this study", told) from None
    except OSError as error:
        if error.errno in LIMITS:
            raise ResultsError(f"{path}: {error.strerror}; {LIMITS[error.errno]}") from None
        raise _unusable(path, f"cannot be made or opened ({error.strerror})", told) from None
    if os.fstat(file.fileno()).st_nlink > 1 or not _OURS.fullmatch(os.pread(file.fileno(), 64, 0)):
        file.close()
        raise _unusable(path, "is not a file of this study, or has a second name", told)
    return file, mine


def _unusable(path: Path, what: str, told: _Told) -> ResultsError:
    try:
        whose = f" It belongs to {_user(path.lstat().st_uid)}: remove it, or ask them to;"
    except OSError:
        whose = " Mend the folder;"
    return ResultsError(f"{path}: the lock that keeps two studies apart {what}.{whose} or {told.elsewhere}")


def _user(number: int) -> str:
    """A user's name and number; the number alone where it has no name."""
    import pwd  # noqa: PLC0415 - Unix only

    try:
        return f"user {pwd.getpwuid(number).pw_name} ({number})"
    except KeyError:
        return f"user {number}"


def _holder(descriptor: int) -> str:
    """The process that holds the lock, and whose it is: as the kernel knows it, else as the file says."""
    number = _holder_in_the_kernel(descriptor) or os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
    if not number:
        return "process unknown"
    try:
        return f"process {number} of {_user(Path('/proc', number).stat().st_uid)}"
    except OSError:
        return f"process {number}"


def _holder_in_the_kernel(descriptor: int) -> str:
    """Its number in /proc/locks (proc_locks(5)); '' where that is not shown, or lies in another container."""
    found = os.fstat(descriptor)
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    try:
        lines = Path("/proc/locks").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return ""
    held = [words for words in map(str.split, lines) if words[1:2] == ["FLOCK"] and place in words]
    return next((words[4] for words in held if words[4].isdecimal() and words[4] != "0"), "")
