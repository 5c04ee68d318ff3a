"""What is left in shared memory when processes are killed: found by their number in a name, or in their memory before."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from study.supervise import tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

FOLDER = Path("/dev/shm")  # noqa: S108 - where Linux shows what is shared; elsewhere there is no such folder
_NUMBERED = re.compile(r"(?:sem\.loky-(\d+)-|joblib_memmapping_folder_(\d+)_).+", re.DOTALL)
"""Names made of the number of the process that made the thing."""
_OF_CHANCE = re.compile(r"(?:sem\.mp-|psm_).+", re.DOTALL)
"""Names that multiprocessing draws: nobody can tell from such a name whose the thing is."""


class Shared:
    """What processes with one mark leave in shared memory.

    A number in a name proves nothing: the process may be another study's, another program's, long gone, or of another
    root that counts on its own. So a process is taken for ours only if it was seen alive with our mark in its environment
    while a thing with its number lay there. A name of chance is taken for ours only if a process of ours that is about to be
    killed has it in its memory, and it was not there before; any other is never touched.
    """

    def __init__(self, run_id: str, *, besides: Collection[str] = ()) -> None:
        """Names in `besides` are left alone: they were there before."""
        self.run_id = run_id
        self._judged = set(besides)
        self._besides = frozenset(besides)
        self._ours: set[int] = set()
        self._mapped: set[str] = set()

    def look(self) -> None:
        """Note whose processes made what is new. Costs a listing of the folder; a process is looked at once a name."""
        new = names() - self._judged
        self._judged |= new
        for pid in {number for name in new if (number := _number(name))} - self._ours:
            if tree.carries(pid, self.run_id):
                self._ours.add(pid)

    def look_into(self, pids: Iterable[int]) -> None:
        """Note what processes of ours that are about to be killed have in their memory: nobody is left to remove it."""
        for pid in pids:
            self._mapped |= {name for name in _mapped_by(pid) if _OF_CHANCE.fullmatch(name)}

    def remove(self) -> None:
        """Remove what those processes left that are gone."""
        gone = {pid for pid in self._ours if _is_gone(pid)}
        for name in names() - self._besides if gone or self._mapped else ():
            if name in self._mapped or _number(name) in gone:
                _remove(FOLDER / name)


def names() -> set[str]:
    """All names in shared memory; none where the system does not show them."""
    try:
        return set(os.listdir(FOLDER))  # noqa: PTH208 - names alone: asked while something is measured
    except OSError:
        return set()


def _mapped_by(pid: int) -> set[str]:
    """Names of all in shared memory that this process has in its own; none where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    lines = (line.partition(f"{FOLDER}/") for line in text.splitlines())
    return {name for _, found, name in lines if found}


def _is_gone(pid: int) -> bool:
    """Whether no process has this number, or only one that nobody has reaped yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, OSError):
        return False


def _number(name: str) -> int:
    """The number of the process that a name is made of; 0 where it is made of none."""
    match = _NUMBERED.fullmatch(name)
    return int(match[1] or match[2]) if match else 0


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # gone meanwhile, or another user's
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
