"""The folder for temporary files of one run: whatever its processes leave in it goes with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from study.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "TMPDIR"
"""Where Python looks first for a folder of temporary files, on every system."""
PREFIX = "study-run-"
SHORT = Path("/tmp")  # noqa: S108 - a folder of our own is made in it, never a file with a name that others foresee
LONGEST_BASE = 52
"""Bytes. What multiprocessing makes for its servers, `pymp-xxxxxxxx/listener-xxxxxxxx`, must fit with the folder's own
name into the address of a socket: 103 bytes on macOS, 107 on Linux (unix(7))."""


@contextlib.contextmanager
def temporary_folder(mark: str) -> Iterator[Path]:
    """A new folder, in which every process that is started meanwhile makes its temporary files; removed at the end.

    Its name is made of the `mark` of the run, so that a later one finds and removes what a killed one left. It lies in
    the usual folder for temporary files, or, where sockets in that would have too long a name, in `/tmp`.

    Raises
    ------
    ResultsError
        if it cannot be made, or something that is not ours has its name.
    """
    folder = _made(f"{PREFIX}{mark}")
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
        _remove(folder)


def _made(name: str) -> Path:
    try:
        usual = Path(tempfile.gettempdir()).absolute()
        for base in {usual, SHORT}:
            _remove(base / name)
        too_long = len(os.fsencode(usual)) > LONGEST_BASE
        folder = (SHORT if too_long and os.access(SHORT, os.W_OK | os.X_OK) else usual) / name
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise ResultsError(
            f"{folder}: stands where this run's temporary files must lie, and is not ours to remove; remove it, or set"
            f" {VARIABLE} to another folder"
        ) from None
    except OSError as error:
        raise ResultsError(
            f"no folder for temporary files can be made ({error.strerror}): make room, or set {VARIABLE} to one"
        ) from None
    return folder


def _remove(folder: Path) -> None:
    """Remove it with all that is in it, if it is a folder and ours; no link is followed."""
    try:
        found = folder.lstat()
    except OSError:
        return
    if stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid()):
        shutil.rmtree(folder, ignore_errors=True)
