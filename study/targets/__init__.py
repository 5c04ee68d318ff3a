"""The thin environment of each interpreter under study, below `.nox/targets/`: what its lock names, and peers on request."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.errors import TargetError
from study.identity.interpreters import GIL
from study.targets import asking, making, packages
from study.targets.arms import PRELOAD, VALUE, Arm, check_known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

OLDEST, NEWEST = (3, 11), (3, 15)
STAMP = "complete.json"
"""Written last: an environment without it was never finished."""
VARIABLES = ("PYTHON_JIT", GIL, "PYTHON_CPU_COUNT")
"""Variables that make another interpreter of the same build: as the user has set them they are part of what is measured."""
_LAYOUT = 2
"""Part of an environment's digest: counted up when environments are made in another way."""
WITH_GIL = "gil"
"""Label of the arm that a free-threaded target gets by itself."""

_QUESTIONS = """
import importlib.util, json, os, platform, sys, sysconfig
try:
    libc = os.confstr("CS_GNU_LIBC_VERSION")
except (AttributeError, OSError, ValueError):
    libc = "musl" if "musl" in str(sysconfig.get_config_var("HOST_GNU_TYPE")) else None
answer = {
    "version": platform.python_version(),
    "version_info": list(sys.version_info[:2]),
    "implementation": platform.python_implementation(),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "debug": bool(sysconfig.get_config_var("Py_DEBUG")) or hasattr(sys, "gettotalrefcount"),
    "libc": libc,
    "base": getattr(sys, "_base_executable", None) or sys.executable,
    "venv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
}
"""
_PROBE = "import json\nfrom study.bench.probe import facts\nanswer = facts()"
_MAPPED = """
import json
with open("/proc/self/maps") as maps:
    answer = {"mapped": sorted({line.split()[-1] for line in maps if "/" in line})}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An interpreter under study.

    Attributes
    ----------
    name : such as 'cpython-3.13.0', with a 't' at the end where it can run without the GIL, then '-debug' for a debug
        build, '-untested' where it is newer than the study knows, and the label of an arm.
    python : the interpreter in its thin environment.
    facts : what `study.bench.probe` says in that environment, with `variables` set; and `debug`, `libc`, `untested`,
        `label`, `variables`, name -> value, and of an arm with other versions than the lock's `packages`, name -> version.
    unstored : variables whose values are paths, beside the facts: of the library that takes the place of the C library's
        allocator, and of where a function of the reader's is found.
    """

    name: str
    python: Path
    facts: Mapping[str, Any] = field(hash=False)
    unstored: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def variables(self) -> dict[str, str]:
        """The variables that its processes get beside those of every process."""
        return {**self.facts.get("variables", {}), **self.unstored}


def ready(asked: Iterable[Arm], made: Callable[[Arm], Target]) -> list[Target]:
    """Every target that is asked for, and each free-threaded one once more with the GIL, all with names of their own.

    Who names PYTHON_GIL, in an arm or in the environment, has decided: then there is no arm that nobody asked for.

    Parameters
    ----------
    made : makes the target of an arm ready.
    """
    arms = list(asked)
    targets = unique_names(map(made, arms))
    with_gil = []
    for arm, target in zip(arms, targets, strict=True):
        free = target.facts.get("free_threaded") and not target.facts.get("gil_enabled")
        if free and GIL not in target.variables:
            label = f"{arm.label}-{WITH_GIL}" if arm.label else WITH_GIL
            locked = made(replace(arm, label=label, variables={**arm.variables, GIL: "1"}))
            with_gil.append(replace(locked, name=f"{target.name}-{WITH_GIL}"))
    return [*targets, *with_gil]


def prepare(
    arm: Arm,
    *,
    root: Path,
    lock: Path,
    peers: Path | None = None,
    untested: bool = False,
    say: Callable[[str], None],
) -> Target:
    """Make the thin environment of an interpreter, or use the one that is there.

    Parameters
    ----------
    arm : an interpreter, by path or by a command's name; one in a virtual environment stands for that behind it.
    root : the project's folder; environments are made below `.nox/targets/` in it.
    lock : the requirements file with hashes that is installed.
    peers : a second requirements file, or None. What of it has no ready-made wheel the environment is made without: the
        target's facts say what is there, and what is not is skipped with that reason.
    untested : whether an interpreter newer than the study knows is taken all the same.
    say : told what takes long, and what could not be had.

    Raises
    ------
    TargetError
        if it is no interpreter that can be studied, or its environment cannot be made; the message says how to mend it.
    """
    asked = _found(arm)
    answers = _answers(arm, asked)
    _check(arm, answers, untested=untested)
    variables = {**set_by_user(), **arm.variables}
    _check_start(arm, asked, answers, variables)
    name = f"{name_of(answers)}{f'-{arm.label}' * bool(arm.label)}"
    locks = (lock, *([peers] if peers else []))
    wanted = [*map(_digest, locks), *([dict(arm.packages)] if arm.packages else [])]
    packages.check_named(arm, locks, peers=peers is not None)
    identity = json.dumps([_LAYOUT, answers, *wanted], sort_keys=True)
    folder = root / ".nox" / "targets" / hashlib.sha256(identity.encode()).hexdigest()[:16]
    inside = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / STAMP).is_file() or not inside.exists():
        say(f"Making the environment of {name}: once; pyperf and numpy are installed into it")
        with _whole_or_none(folder):
            making.bare(Path(answers["base"]), folder, name=name)
            packages.exchange(inside, folder, arm.packages, locks, name=name)
            making.fill(inside, folder, lock, but=arm.packages, name=name, say=say)
            if peers:
                making.add(inside, folder, peers, but=arm.packages, name=name, say=say)
            if arm.packages:
                packages.check_installed(inside, arm.packages, name=name, say=say)
            (folder / STAMP).write_text(identity + "\n", encoding="utf-8")
    facts = {
        **_probe(inside, root, name, variables),
        "debug": answers["debug"],
        "libc": answers["libc"],
        "untested": answers["version_info"] > NEWEST,
        "variables": {**variables, **arm.stored},
        "label": arm.label,
        **({"packages": dict(arm.packages)} if arm.packages else {}),
    }
    if arm.variables.get("PYTHON_JIT") == "1" and (facts.get("jit") or {}).get("available") is False:
        raise TargetError(f"{arm.asked}: this build has no JIT, so PYTHON_JIT=1 would change nothing; leave it out")
    preload = {name: path for name, path in arm.variables.items() if name == PRELOAD}
    unstored = {**preload, **(arm.own.unstored if arm.own else {})}
    return Target(name=name, python=inside, facts=facts, unstored=unstored)


@contextlib.contextmanager
def _whole_or_none(folder: Path) -> Iterator[None]:
    """Remove an environment that is not finished."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def set_by_user() -> dict[str, str]:
    """Those of `VARIABLES` that are set; an empty one is not, as Python itself has it.

    Raises
    ------
    TargetError
        if a value is none that Python could know: it would be stored and shown.
    """
    found = {name: value for name in VARIABLES if (value := os.environ.get(name))}
    for name, value in found.items():
        if not VALUE.fullmatch(value):
            raise TargetError(f"{name} is set to {ascii(value)[:40]}, which Python does not know: unset it, or mend it")
    return found


def _digest(lock: Path) -> str:
    try:
        return hashlib.sha256(lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except OSError as error:
        raise TargetError(f"{lock.name} cannot be read ({error.strerror}): restore it (git checkout)") from None


def name_of(answers: Mapping[str, Any]) -> str:
    """The short name of an interpreter from its version and build."""
    version = re.sub(r"[^a-z0-9.]", "", str(answers["version"]).lower())
    marks = ("t" * answers["free_threaded"], "-debug" * answers["debug"])
    return f"cpython-{version}{''.join(marks)}{'-untested' * (answers['version_info'] > NEWEST)}"


def unique_names(targets: Iterable[Target]) -> list[Target]:
    """The targets in their order; the second of equal names ends in '-2', the third in '-3'."""
    seen: dict[str, int] = {}
    found = []
    for target in targets:
        seen[target.name] = number = seen.get(target.name, 0) + 1
        found.append(target if number == 1 else replace(target, name=f"{target.name}-{number}"))
    return found


def _found(arm: Arm) -> Path:
    """The interpreter's absolute path; symbolic links are left, for they tell a virtual environment from its base."""
    python = arm.python
    path = shutil.which(python) if python.name == str(python) else None
    try:
        found = Path(path) if path else python.expanduser()
    except RuntimeError:
        raise TargetError(f"{arm.asked}: nobody's home folder is known by '~' here; write the path out") from None
    if not found.exists():
        raise TargetError(f"{arm.asked}: there is no such file, nor a command of that name")
    if found.is_dir() or not os.access(found, os.X_OK):
        raise TargetError(f"{arm.asked}: not a program; name the interpreter itself, such as bin/python3")
    return found.absolute()


_KINDS = {
    "version": str, "version_info": list, "implementation": str, "free_threaded": bool, "debug": bool,
    "libc": str | None, "base": str, "venv": bool,
}  # fmt: skip


def _answers(arm: Arm, python: Path) -> dict[str, Any]:
    answers, said = asking.ask(python, _QUESTIONS, asking.environment(), isolated=True)
    known = answers is not None and all(isinstance(answers.get(key), kind) for key, kind in _KINDS.items())
    if answers is None or not known or not all(isinstance(part, int) for part in answers["version_info"]):
        raise TargetError(f"{arm.asked}: does not answer like Python.{said.tail}")
    return {**answers, "version_info": tuple(answers["version_info"])}


def _check(arm: Arm, answers: Mapping[str, Any], *, untested: bool) -> None:
    """Refuse what cannot be studied, before anything is made."""
    known = f"CPython {_dotted(OLDEST)} to {_dotted(NEWEST)}"
    if answers["implementation"] != "CPython":
        raise TargetError(f"{arm.asked}: this is {answers['implementation']}; the study knows {known}")
    version = answers["version_info"]
    if version < OLDEST:
        raise TargetError(f"{arm.asked}: Python {answers['version']} is older than the study knows: {known}")
    if version > NEWEST and not untested:
        raise TargetError(
            f"{arm.asked}: Python {answers['version']} is newer than the study knows: {known}."
            " With --untested-python it is measured all the same, and marked"
        )
    if not answers["venv"]:
        package = f"python{_dotted(version)}-venv"
        raise TargetError(
            f"{arm.asked}: this Python has no venv or ensurepip module, so no environment can be made."
            f" On Debian and Ubuntu: apt install {package} (or python3-venv)"
        )
    check_known(arm, version)


def _check_start(arm: Arm, python: Path, answers: Mapping[str, Any], variables: Mapping[str, str]) -> None:
    """Refuse variables with which the interpreter does not start, as PYTHON_GIL=0 where the GIL cannot be switched off."""
    if not variables:
        return
    said = asking.run([str(python), "-c", ""], {**asking.environment(), **variables}, timeout_s=asking.LONGEST_ANSWER_S)
    if said.returncode:
        words = " and ".join(f"{name}={value}" for name, value in variables.items())
        remedy = " and ".join(f"leave {name} out" if name in arm.variables else f"unset {name}" for name in variables)
        with_gil = variables.get(GIL) == "0" and not answers["free_threaded"]
        advice = ", or name a free-threaded build: this one cannot switch the GIL off" if with_gil else ""
        raise TargetError(f"{arm.asked}: does not start with {words} in its environment: {remedy}{advice}.{said.tail}")
    if library := variables.get(PRELOAD):  # the loader passes over what it cannot load
        mapped, said = asking.ask(python, _MAPPED, {**asking.environment(), **variables})
        if mapped is None or os.path.realpath(library) not in map(os.path.realpath, mapped["mapped"]):
            raise TargetError(
                f"{arm.asked}: {library} is not loaded by {PRELOAD}: name a library of this machine's kind"
            )


def _probe(inside: Path, root: Path, name: str, variables: Mapping[str, str]) -> dict[str, Any]:
    environment = {**asking.environment(), **variables, "PYTHONNOUSERSITE": "1"}
    facts, said = asking.ask(inside, _PROBE, environment, cwd=root)
    if said.returncode or facts is None:
        raise TargetError(f"{name}: the bench does not start in its environment.{said.tail}")
    return facts


def _dotted(version: Iterable[int]) -> str:
    return ".".join(map(str, version))
