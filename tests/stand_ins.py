"""Programs that stand in for an interpreter: the real one behind them, with other answers or other manners."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

needs_a_shell = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def script(folder: Path, text: str) -> Path:
    """A shell script that can be run."""
    program = folder / "python-of-another-kind"
    program.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def stand_in(folder: Path, first: str = "", /, **differences: object) -> Path:
    """This interpreter, with some of its answers replaced; `first` is what the shell does before."""
    liar = folder / "liar.py"
    liar.write_text(
        "import sys\n"
        "questions, _, last = sys.argv[-1].rpartition('\\n')\n"
        f"exec(questions)\nif questions:\n    answer.update({differences!r})\nexec(last)\n",
        encoding="utf-8",
    )
    return script(folder, f'{first}\nexec {shlex.quote(sys.executable)} {shlex.quote(str(liar))} "$@"')
