"""The reader's own interpreter: found as their shell or folder would find it, asked who it is, never changed."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study import unheeded
from study.errors import UsageError, printable
from study.supervise import RUN_ID
from study.targets import asking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST = (3, 11)
ENVIRONMENTS = (".venv", "venv")
"""Folders in which people make the environment of a project."""
_QUESTIONS = """
import json, platform, sys
answer = {
    "version": platform.python_version(),
    "info": list(sys.version_info[:3]),
    "implementation": platform.python_implementation(),
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """An interpreter that answers.

    Attributes
    ----------
    python : its path; links are left, for they tell a virtual environment from its base.
    version : such as '3.13.0', and `info` its first three numbers.
    why : why this one, in words.
    """

    python: Path
    version: str
    info: tuple[int, ...]
    why: str


def reader_of(asked: str, folder: Path) -> Reader:
    """The interpreter that was named, or that a program in this folder would be run with.

    Raises
    ------
    UsageError
        if there is none, or it cannot run the probe.
    """
    path, why = _found(asked, folder)
    answer, said = asking.ask(path, _QUESTIONS, environment(), cwd=folder, isolated=True)
    name = printable(asked or str(path))
    if answer is None or not _sound(answer):
        raise UsageError(f"--python {name}: does not answer like Python.{said.tail}")
    if answer["implementation"] != "CPython":
        raise UsageError(f"--python {name}: this is {printable(answer['implementation'], 40)}; the model knows CPython")
    if tuple(answer["info"]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UsageError(f"--python {name}: Python {printable(answer['version'], 40)} is older than {oldest}")
    return Reader(python=path, version=printable(answer["version"], 40), info=tuple(answer["info"]), why=why)


def _sound(answer: Mapping[str, Any]) -> bool:
    info = answer.get("info")
    texts = (answer.get("version"), answer.get("implementation"))
    numbers = isinstance(info, list) and len(info) == 3 and all(isinstance(part, int) for part in info)
    return numbers and all(isinstance(text, str) for text in texts)


def _found(asked: str, folder: Path) -> tuple[Path, str]:
    if asked:
        named = shutil.which(asked, path=outer_path()) if os.path.basename(asked) == asked else None  # noqa: PTH119 - as typed
        try:
            path = Path(named) if named else folder / Path(asked).expanduser()
        except RuntimeError:
            raise UsageError(
                f"--python {printable(asked)}: nobody's home folder is known by '~' here; write the path out"
            ) from None
        if not path.is_file() or not os.access(path, os.X_OK):
            raise UsageError(f"--python {printable(asked)}: there is no such program, nor a command of that name")
        return path.absolute(), "as named"
    for path in _of_folder(folder):
        return path, "the environment of the folder"
    for command in ("python3", "python"):
        if found := shutil.which(command, path=outer_path()):
            return Path(found).absolute(), f"`{command}` of the shell"
    base = getattr(sys, "_base_executable", None) or sys.executable
    return Path(base), "the one that the study runs with"


def _of_folder(folder: Path) -> Iterator[Path]:
    """The interpreter of an environment that lies in the folder itself."""
    for name in ENVIRONMENTS:
        path = folder / name / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        if path.is_file() and os.access(path, os.X_OK):
            yield path


def outer_path() -> str:
    """PATH without the study's own environment, which nox puts first."""
    own = os.path.realpath(sys.prefix)
    kept = []
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        inside = sys.prefix != sys.base_prefix and os.path.realpath(entry).startswith(own + os.sep)
        if entry and not inside:
            kept.append(entry)
    return os.pathsep.join(kept)


def environment(run_id: str = "") -> dict[str, str]:
    """The reader's environment: this process' own, without what makes it the study's; nothing is written beside modules."""
    kept = unheeded.as_before(os.environ)
    if sys.prefix != sys.base_prefix and os.path.realpath(kept.get("VIRTUAL_ENV", "")) == os.path.realpath(sys.prefix):
        kept.pop("VIRTUAL_ENV", None)
    kept["PATH"] = outer_path()
    kept["PYTHONDONTWRITEBYTECODE"] = "1"
    if run_id:
        kept[RUN_ID] = run_id
    return kept
