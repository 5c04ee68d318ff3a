"""Programs run to their end, and questions put to an interpreter, whatever else it prints."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from study.errors import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LONGEST_ANSWER_S = 60.0
MOST_BYTES = 8 << 20
"""Of what a program prints; one that prints more is ended."""
KEPT_LINES = 8
TOO_LATE = 124
"""Exit code of a program that was ended because it took too long, or printed too much."""
_NOT_PASSED_ON = ("PYTHON", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PIP_USER", "PIP_TARGET", "PIP_PREFIX")
"""Beginnings of names of variables that would make another interpreter of it, or install elsewhere."""
_STEP_S = 0.05
_LAST_WORDS_S = 1.0
"""For what a program that has ended printed last. A child of its own may hold its output open for ever."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a program printed, on either channel, and how it ended: 124 is too late or too much, 126 not started."""

    returncode: int
    text: str

    @property
    def tail(self) -> str:
        """Its last lines, fit for the end of an error's message."""
        lines = self.text.strip().splitlines()[-KEPT_LINES:]
        return "".join(f"\n    {printable(line.expandtabs())}" for line in lines)


def environment() -> dict[str, str]:
    """The user's environment, for pip's index and certificates, without what would change how Python starts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def ask(
    python: Path,
    questions: str,
    variables: Mapping[str, str],
    *,
    cwd: Path | None = None,
    isolated: bool = False,
    longest_s: float | None = None,
) -> tuple[dict[str, Any] | None, Said]:
    """What an interpreter answers, found by a word that nobody else can print; None where it does not answer.

    Parameters
    ----------
    questions : a program that imports `json` and leaves a dict of JSON's types in `answer`.
    variables : its environment, whole.
    isolated : whether the interpreter starts with `-I`.
    longest_s : seconds after which it is ended; None is `LONGEST_ANSWER_S`.
    """
    word = secrets.token_hex(16)
    program = f"{questions}\nprint('\\n{word}' + json.dumps(answer) + '{word}')"
    command = [str(python), *(["-I"] if isolated else []), "-c", program]
    said = run(command, variables, cwd=cwd, timeout_s=longest_s or LONGEST_ANSWER_S)
    for found in reversed(re.findall(f"{word}(.*?){word}", said.text)):
        with contextlib.suppress(ValueError, RecursionError):
            answer = json.loads(found)
            if isinstance(answer, dict):
                return answer, said
    return None, said


def run(
    command: Sequence[str], variables: Mapping[str, str], *, cwd: Path | None = None, timeout_s: float | None = None
) -> Said:
    """Run to its end. What cannot be started, or does not end in time, or prints without end, says so in its last line."""
    try:
        process = subprocess.Popen(
            command,
            env=variables,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return Said(126, error.strerror or type(error).__name__)
    heard = bytearray()
    listener = threading.Thread(target=_listen, args=(process.stdout, heard), daemon=True)
    listener.start()
    try:
        late = not _ended(process, heard, timeout_s)
    finally:
        if process.poll() is None:
            _kill(process)
        listener.join(_LAST_WORDS_S)
    text = bytes(heard).decode("utf-8", errors="replace")
    if len(heard) > MOST_BYTES:
        return Said(TOO_LATE, f"{text}\nprinted more than {MOST_BYTES >> 20} MiB, and was ended")
    if late:
        return Said(TOO_LATE, f"{text}\nstill running after {timeout_s} s")
    return Said(process.returncode, text)


def _listen(output: IO[bytes], heard: bytearray) -> None:
    with contextlib.suppress(OSError, ValueError), output:
        while len(heard) <= MOST_BYTES and (piece := os.read(output.fileno(), 1 << 16)):
            heard += piece


def _ended(process: subprocess.Popen[bytes], heard: bytearray, timeout_s: float | None) -> bool:
    """Wait until it has ended; False where it is too late or there is too much to hear."""
    began_s = time.monotonic()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STEP_S)
            return True
        if len(heard) > MOST_BYTES or (timeout_s is not None and time.monotonic() - began_s > timeout_s):
            return False


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it and what it has started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
