"""Arms: a target with a name, variables and versions of packages of its own, as `--arm` asks for it (`FORM`)."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.errors import TargetError, UsageError, printable
from study.identity.interpreters import GIL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.targets.own import Own

FORM = "NAME=PYTHON[,VARIABLE=VALUE…][,PACKAGE==VERSION…]"
HOW = f"write {FORM}, such as jit=python3.14,PYTHON_JIT=1 or new=python3.14,numpy==2.5.5"
LONGEST_LABEL = 12
"""Letters: a label is part of the names of files, beside the name of an experiment and a version."""
PRELOAD = "LD_PRELOAD"
ALLOWED: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        GIL: (3, 13),  # the lock on or off in one binary: nothing else differs
        "PYTHON_JIT": (3, 13),  # the compiler on or off in one binary
        "PYTHON_CPU_COUNT": (3, 13),  # what the library takes the number of CPUs to be
        "PYTHON_TLBC": (3, 14),  # specialised bytecode for each thread, of a free-threaded build
        "PYTHON_LAZY_IMPORTS": (3, 15),  # whether imports wait until they are needed
        "PYTHONMALLOC": (3, 6),  # which of Python's allocators
        PRELOAD: (3, 0),  # an allocator instead of the C library's
    }
)
"""Variables that an arm can set, each with the first version that knows it: what makes another interpreter of one binary
and lets the bench be what it is. Every other one is refused: it would change how the study measures (PYTHONUNBUFFERED,
OMP_NUM_THREADS), where modules come from (PYTHONPATH, PYTHONHOME), or what a fresh process draws (PYTHONHASHSEED)."""
VALUE = re.compile(r"[A-Za-z0-9_]{1,20}")
"""Of every variable but the preloaded library's path: values are stored and shown."""
_PACKAGE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9])?")
_VERSION = re.compile(r"[0-9][A-Za-z0-9.!+]{0,38}")
"""One version as a package itself writes it; nothing that several fit."""
_LABEL = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One target that is asked for; without a label it is one of `--python`.

    Attributes
    ----------
    label : '' or a word of small letters, digits, '-' and '_': the end of the target's name.
    variables : name -> value, of `ALLOWED`.
    packages : name -> version, in place of the lock's.
    own : the function of the reader's that it is measured with; None where the study's own kernels are.
    """

    python: Path
    label: str = ""
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    packages: Mapping[str, str] = field(default_factory=dict, hash=False)
    own: Own | None = None

    @property
    def asked(self) -> str:
        """How the user asked for it."""
        return f"--arm {self.label}={self.python}" if self.label else f"--python {self.python}"

    @property
    def stored(self) -> dict[str, str]:
        """Its variables as facts: without paths; of a preloaded library its file's name says which."""
        named = {name: Path(value).name if name == PRELOAD else value for name, value in self.variables.items()}
        return {**named, **(self.own.stored if self.own else {})}


def arms(texts: Sequence[str]) -> tuple[Arm, ...]:
    """The arms that were asked for, their names told apart.

    Raises
    ------
    UsageError
        if a text is no arm, or two have one name.
    """
    found = tuple(map(arm, texts))
    labels = [each.label for each in found]
    if twice := next((label for label in labels if labels.count(label) > 1), ""):
        raise UsageError(f"--arm {twice}: two arms have this name, capitals aside; name one otherwise")
    return found


def arm(text: str) -> Arm:
    """One arm from `FORM`; its program and what it has of packages are looked for later."""
    said = f"--arm {printable(text, 60)}"
    first, *settings = text.split(",")
    label, equals, python = first.partition("=")
    if not equals or not python.strip():
        raise UsageError(f"{said}: {HOW}")
    if not _LABEL.fullmatch(label.lower()) or len(label) > LONGEST_LABEL:
        raise UsageError(
            f"{said}: {printable(label, 40)!r} is no name of an arm; letters, digits, '-' and '_', a letter or digit first,"
            f" {LONGEST_LABEL} at most"
        )
    variables: dict[str, str] = {}
    packages: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"{said}: {printable(setting, 40)!r} sets no variable; {HOW}")
        if name not in ALLOWED and value.startswith("="):
            package, version = _package(said, name, value.removeprefix("="))
            if package in packages:
                raise UsageError(f"{said}: {package} is named twice")
            packages[package] = version
            continue
        if name not in ALLOWED:
            near = get_close_matches(name, ALLOWED, 1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise UsageError(
                f"{said}: {printable(name, 40)} is no variable of an arm{hint} Possible: {', '.join(ALLOWED)};"
                " and packages as PACKAGE==VERSION"
            )
        if name in variables:
            raise UsageError(f"{said}: {name} is set twice")
        variables[name] = _value(said, name, value)
    return Arm(
        python=Path(python),
        label=label.lower(),
        variables=MappingProxyType(variables),
        packages=MappingProxyType(packages),
    )


def _package(said: str, name: str, version: str) -> tuple[str, str]:
    """A package's name as locks write it, and one version."""
    if not _PACKAGE.fullmatch(name):
        raise UsageError(f"{said}: {printable(name, 40)!r} is no name of a package; {HOW}")
    if not _VERSION.fullmatch(version):
        raise UsageError(
            f"{said}: {name}: {printable(version, 40)!r} is no one version; write it as the package does, such as 2.5.5"
        )
    return re.sub(r"[-_.]+", "-", name).lower(), version


def _value(said: str, name: str, value: str) -> str:
    if name != PRELOAD:
        if not VALUE.fullmatch(value):
            raise UsageError(f"{said}: {name} is set to {printable(repr(value), 40)}, which Python does not know")
        return value
    path = Path(value)
    if sys.platform != "linux":
        raise UsageError(f"{said}: {name} is only tried on Linux; leave it out")
    if not path.is_absolute() or not path.is_file() or not re.fullmatch(r"[A-Za-z0-9._+-]{1,64}", path.name):
        raise UsageError(f"{said}: {name} must be the whole path of one library, such as /usr/lib/libjemalloc.so.2")
    return value


def check_known(arm: Arm, version: Sequence[int]) -> None:
    """Refuse variables that this version passes over in silence: the arm would be another's twin under another name."""
    for name in arm.variables:
        since = ALLOWED[name]
        if tuple(version[:2]) < since:
            known = ".".join(map(str, since))
            raise TargetError(
                f"{arm.asked}: Python heeds {name} from {known} on; this one would pass it over. Leave it out"
            )
