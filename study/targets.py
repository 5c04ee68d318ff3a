"""The thin environment of each interpreter under study, below `.nox/targets/`: what its lock names, and peers on request."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

OLDEST, NEWEST = (3, 11), (3, 14)
STAMP = "complete.json"
"""Written last: an environment without it was never finished."""
_LAYOUT = 1
"""Part of an environment's digest: counted up when environments are made in another way."""
_KEPT_LINES = 8
_NOT_PASSED_ON = ("PYTHON", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PIP_USER", "PIP_TARGET", "PIP_PREFIX")
"""Beginnings of names of variables that would make another interpreter of it, or install elsewhere."""
_LONGEST_ANSWER_S = 60.0

_QUESTIONS = """
import importlib.util, json, platform, sys, sysconfig
print(json.dumps({
    "version": platform.python_version(),
    "version_info": list(sys.version_info[:2]),
    "implementation": platform.python_implementation(),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "base": getattr(sys, "_base_executable", None) or sys.executable,
    "venv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An interpreter under study.

    Attributes
    ----------
    name : such as 'cpython-3.13.0', with a 't' at the end where it can run without the GIL.
    python : the interpreter in its thin environment.
    facts : what `python -m study.bench.probe` says in that environment.
    """

    name: str
    python: Path
    facts: Mapping[str, Any] = field(hash=False)


def prepare(python: Path, *, root: Path, lock: Path, peers: Path | None = None, say: Callable[[str], None]) -> Target:
    """Make the thin environment of an interpreter, or use the one that is there.

    Parameters
    ----------
    python : an interpreter, by path or by a command's name; one in a virtual environment stands for that behind it.
    root : the project's folder; environments are made below `.nox/targets/` in it.
    lock : the requirements file with hashes that is installed.
    peers : a second requirements file, or None. Where it cannot be installed the environment is made without it: the
        target's facts say what is there, and what is not is skipped with that reason.
    say : told what takes long, and what could not be had.

    Raises
    ------
    TargetError
        if it is no interpreter that can be studied, or its environment cannot be made; the message says how to mend it.
    """
    asked = _found(python)
    answers = _answers(asked)
    _check(asked, answers)
    name = name_of(answers)
    wanted = [_digest(each) for each in (lock, *([peers] if peers else []))]
    identity = json.dumps([_LAYOUT, answers, *wanted], sort_keys=True)
    folder = root / ".nox" / "targets" / hashlib.sha256(identity.encode()).hexdigest()[:16]
    inside = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / STAMP).is_file() or not inside.exists():
        say(f"Making the environment of {name}: once; pyperf and numpy are installed into it")
        _make(Path(answers["base"]), folder, inside, lock, name)
        if peers and (installed := _install(inside, peers)).returncode:
            say(f"{name}: {peers.name} could not be installed; what needs it is skipped.{_tail(installed)}")
        (folder / STAMP).write_text(identity + "\n", encoding="utf-8")
    return Target(name=name, python=inside, facts=_probe(inside, root, name))


def _digest(lock: Path) -> str:
    try:
        return hashlib.sha256(lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except OSError as error:
        raise TargetError(f"{lock.name} cannot be read ({error.strerror}): restore it (git checkout)") from None


def name_of(answers: Mapping[str, Any]) -> str:
    """The short name of an interpreter from its version and build."""
    version = re.sub(r"[^a-z0-9.]", "", str(answers["version"]).lower())
    return f"cpython-{version}{'t' if answers['free_threaded'] else ''}"


def unique_names(targets: Iterable[Target]) -> list[Target]:
    """The targets in their order; the second of equal names ends in '-2', the third in '-3'."""
    seen: dict[str, int] = {}
    found = []
    for target in targets:
        seen[target.name] = number = seen.get(target.name, 0) + 1
        found.append(target if number == 1 else replace(target, name=f"{target.name}-{number}"))
    return found


def _found(python: Path) -> Path:
    """The interpreter's absolute path; symbolic links are left, for they tell a virtual environment from its base."""
    path = shutil.which(python) if python.name == str(python) else None
    try:
        found = Path(path) if path else python.expanduser()
    except RuntimeError:
        raise TargetError(f"--python {python}: nobody's home folder is known by '~' here; write the path out") from None
    if not found.exists():
        raise TargetError(f"--python {python}: there is no such file, nor a command of that name")
    if found.is_dir() or not os.access(found, os.X_OK):
        raise TargetError(f"--python {python}: not a program; name the interpreter itself, such as bin/python3")
    return found.absolute()


def _answers(python: Path) -> dict[str, Any]:
    ran = _run([str(python), "-I", "-c", _QUESTIONS], _environment(), timeout_s=_LONGEST_ANSWER_S)
    try:
        answers = json.loads(ran.stdout.splitlines()[-1])
        answers["version_info"] = tuple(answers["version_info"])
    except (ValueError, IndexError, KeyError, TypeError):
        raise TargetError(f"--python {python}: does not answer like Python.{_tail(ran)}") from None
    return dict(answers)


def _check(python: Path, answers: Mapping[str, Any]) -> None:
    """Refuse what cannot be studied, before anything is made."""
    known = f"CPython {_dotted(OLDEST)} to {_dotted(NEWEST)}"
    if answers["implementation"] != "CPython":
        raise TargetError(f"--python {python}: this is {answers['implementation']}; the study knows {known}")
    version = answers["version_info"]
    if not OLDEST <= version <= NEWEST:
        age = "older" if version < OLDEST else "newer"
        raise TargetError(f"--python {python}: Python {answers['version']} is {age} than the study knows: {known}")
    if not answers["venv"]:
        package = f"python{_dotted(version)}-venv"
        raise TargetError(
            f"--python {python}: this Python has no venv or ensurepip module, so no environment can be made."
            f" On Debian and Ubuntu: apt install {package} (or python3-venv)"
        )


def _make(base: Path, folder: Path, inside: Path, lock: Path, name: str) -> None:
    """Make the environment anew: what a broken earlier attempt left is removed first."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetError(f"{folder} cannot be made anew: {error.strerror}. Remove it, or free the space") from None
    made = _run([str(base), "-m", "venv", str(folder)], _environment())
    if made.returncode:
        raise TargetError(f"{name}: its environment cannot be made (python -m venv).{_tail(made)}")
    installed = _install(inside, lock)
    if installed.returncode:
        raise TargetError(
            f"{name}: pip could not install {lock.name}; if the network is there, this Python may have no ready-made"
            f" wheels and no compiler.{_tail(installed)}"
        )


def _install(inside: Path, lock: Path) -> subprocess.CompletedProcess[str]:
    words = ["install", "--no-input", "--disable-pip-version-check", "--quiet", "--require-hashes", "-r", str(lock)]
    return _run([str(inside), "-m", "pip", *words], _environment())


def _probe(inside: Path, root: Path, name: str) -> dict[str, Any]:
    environment = {**_environment(), "PYTHONNOUSERSITE": "1"}
    ran = _run([str(inside), "-m", "study.bench.probe"], environment, cwd=root, timeout_s=_LONGEST_ANSWER_S)
    try:
        facts = json.loads(ran.stdout)
    except ValueError:
        facts = None
    if ran.returncode or not isinstance(facts, dict):
        raise TargetError(f"{name}: the bench does not start in its environment.{_tail(ran)}")
    return facts


def _environment() -> dict[str, str]:
    """The user's environment, for pip's index and certificates, without what would change how Python starts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _run(
    command: Sequence[str], environment: Mapping[str, str], *, cwd: Path | None = None, timeout_s: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to its end; what cannot be started, or does not end in time, is an exit code and a word on stderr."""
    try:
        return subprocess.run(
            command,
            env=environment,
            cwd=cwd,
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"still running after {timeout_s} s")
    except OSError as error:
        return subprocess.CompletedProcess(command, 126, "", error.strerror or type(error).__name__)


def _tail(ran: subprocess.CompletedProcess[str]) -> str:
    """What it said last, for the end of an error's message."""
    lines = (ran.stdout + ran.stderr).strip().splitlines()[-_KEPT_LINES:]
    shown = ["".join(char if char.isprintable() else "?" for char in line) for line in lines]
    return "".join(f"\n    {line}" for line in shown)


def _dotted(version: Iterable[int]) -> str:
    return ".".join(map(str, version))
