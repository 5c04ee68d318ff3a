"""One mutant in a copy of the tree: its tests are run there, and nothing of the checkout is touched."""

from __future__ import annotations

import compileall
import contextlib
import hashlib
import os
import py_compile
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.mutants.listed import Mutant

State = Literal["killed", "survived", "unclear"]
LONGEST_S = 900.0
"""For tests of the unchanged tree."""
PATIENCE = 5.0
"""A mutant's tests may take so many times what the unchanged ones did, and a minute: then they hang."""
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_NOT_COLLECTED = re.compile(r"errors? during collection")
_KEPT_LINES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a run of tests ended: pytest's exit code (None: it did not end), its last lines, and what it took."""

    code: int | None
    said: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether there were tests and all of them passed."""
        return self.code == 0

    @property
    def state(self) -> State:
        """What becomes of a mutant whose tests ended so, where those of the unchanged tree pass."""
        if self.code == 0:
            return "survived"
        return "killed" if self.code == 1 or (self.code == 2 and _NOT_COLLECTED.search(self.said)) else "unclear"

    @property
    def first_failure(self) -> str:
        """The test that failed."""
        failed = _FAILED.search(self.said)
        return failed[1] if failed else ""


class Workshop:
    """A whole copy of the tree, made once, and a copy of that, by links, for every trial. Threads may share it.

    Attributes
    ----------
    digest : of all files of the tree and their names.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        """`folder` is for temporary files, and short: names of sockets lie below it."""
        self.folder = folder
        self.whole = folder / "tree"
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False
        folder.chmod(0o711)  # tests that take another user's part must come through
        found = hashlib.sha256()
        for name in _files_of(root):
            (self.whole / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, self.whole / name)
            found.update(f"{name} {hashlib.sha256((root / name).read_bytes()).hexdigest()}\n".encode())
        self.digest = found.hexdigest()
        # By content, not by time: a changed file is not taken for the compiled one, however soon it was changed.
        by_content = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(self.whole / "study", quiet=2, invalidation_mode=by_content)

    def tests(self, tests: Sequence[str], name: str, mutant: Mutant | None = None, longest_s: float = LONGEST_S) -> Ran:
        """Run tests in a copy of the tree with the mutant in it, or none; `name` is of the copy's folder."""
        place = self.folder / name
        scratch = place / "t"
        try:
            scratch.mkdir(parents=True)
            shutil.copytree(self.whole, place / "tree", copy_function=os.link)
            if mutant is not None:
                path = place / "tree" / mutant.file
                text = mutant.changed(path.read_text(encoding="utf-8"))
                path.unlink()  # the link: the whole copy stays as it is
                path.write_text(text, encoding="utf-8")
            return self._run(tests, place / "tree", scratch, longest_s)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _run(self, tests: Sequence[str], tree: Path, scratch: Path, longest_s: float) -> Ran:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV"))}
        places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
        command = [sys.executable, "-m", "pytest", *tests, "-x", "-q", "-p", "no:cacheprovider"]
        log = scratch.parent / "log.txt"
        began_s = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=tree,
                env={**kept, **places, "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running.add(process)
        if self._stopped:
            _kill(process)
        code: int | None = None
        try:
            code = process.wait(longest_s)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _kill(process)
            self._running.discard(process)
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_KEPT_LINES:]
        ending = [] if code is not None else [f"still running after {longest_s:.0f} s"]
        return Ran(code=code, said="\n".join([*lines, *ending]), seconds=time.monotonic() - began_s)

    def stop(self) -> None:
        """End what runs, and let nothing more begin to run."""
        self._stopped = True
        for process in list(self._running):
            _kill(process)


def _files_of(root: Path) -> list[str]:
    """What git tracks, or would."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [name for name in said.split("\0") if name and (root / name).is_file() and not (root / name).is_symlink()]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the tests and what they have started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
