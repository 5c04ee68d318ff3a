"""`advise` run as a user runs it, and a look at what it leaves behind."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FUNCTIONS = Path(__file__).parent / "functions"
MARK = "ADVISE_TEST"
PATIENCE_S = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """How it ended, what it said, and what was still there afterwards."""

    code: int
    said: str
    complained: str
    processes: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def left(self) -> tuple[str, ...]:
        """Whatever should not be there."""
        return (*self.processes, *self.files)


def advised(*words: str, budget: str = "1s", stopped_at: str = "", **variables: str) -> Advised:
    """Run it in the folder of functions, with a folder for temporary files that must be empty afterwards.

    `stopped_at` is what it says when it is told to end, as a system does that shuts down.
    """
    mark = secrets.token_hex(8)
    with short_folder() as temporary:
        before = names_in(FUNCTIONS)
        with subprocess.Popen(
            [
                sys.executable, "-m", "study", "advise", *words, "--folder", str(FUNCTIONS), "--python", sys.executable,
                "--budget", budget, "--lock", str(temporary / "lock"), "--results", str(temporary / "no-results"),
            ],
            cwd=ROOT,
            env={**os.environ, MARK: mark, "TMPDIR": str(temporary / "t"), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as done:  # fmt: skip
            heard = []
            while stopped_at and done.stdout is not None and (line := done.stdout.readline()):
                heard.append(line)
                if stopped_at in line:
                    time.sleep(0.5)
                    done.terminate()
                    break
            said, complained = done.communicate(timeout=PATIENCE_S)
        files = (*names_in(temporary / "t"), *sorted(set(names_in(FUNCTIONS)) - set(before)))
        return Advised(
            code=done.returncode,
            said=" ".join(("".join(heard) + said).split()),
            complained=" ".join(complained.split()),
            processes=tuple(marked(mark)),
            files=files,
        )


@contextlib.contextmanager
def short_folder() -> Iterator[Path]:
    """A folder with a short name, and in it one for temporary files; both are removed."""
    folder = Path(tempfile.mkdtemp(prefix="adv-", dir="/tmp"))
    (folder / "t").mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def names_in(folder: Path) -> tuple[str, ...]:
    """Everything that lies in a folder."""
    return tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")))


def marked(mark: str) -> list[str]:
    """Processes that still run and were started, at whatever remove, by what carried the mark. What ends gets a second."""
    until_s = time.monotonic() + 1.0
    while (found := _running(mark)) and time.monotonic() < until_s:
        time.sleep(0.05)
    return found


def _running(mark: str) -> list[str]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid} {process.name()}")
    return found
