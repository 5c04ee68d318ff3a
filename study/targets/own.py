"""A function of the reader's that targets are measured with: counted and told apart before anything is planned."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from study.errors import UsageError, printable
from study.targets import asking
from study.targets.items import Lines, not_without
from study.things.handed_in import FUNCTION, ITEMS, LINES, LINES_CRC, LINES_DIGEST, PATHS, REPEAT, SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PLACE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LONGEST_PLACE = 200
MOST_ITEMS = 100_000
_QUESTIONS = """
import json, sys
folder, function, items, alone = asked
sys.path.insert(0, folder)
answer = {"why": "", "count": 0, "paths": [], "source": "", "wants": ""}

def named(place):
    from importlib import import_module
    module, _, names = place.partition(":")
    found = import_module(module)
    for name in names.split("."):
        found = getattr(found, name)
    return found

try:
    work, found = named(function), named(items) if items else ()
    if not callable(work):
        answer["why"] = function + " is no function"
    answer["count"] = len(list(found() if callable(found) else found))
    if alone and not answer["why"]:
        import inspect
        try:
            signature = inspect.signature(work)
        except (TypeError, ValueError):
            signature = inspect.Signature()  # of functions in C; calling it tells
        try:
            signature.bind()
        except TypeError:
            try:
                answer["wants"] = str(signature)[:100]
            except Exception:  # a default of the reader's that cannot be shown
                answer["wants"] = "(" + ", ".join(signature.parameters)[:100] + ")"
except BaseException as error:
    answer["why"] = type(error).__name__
    try:
        answer["why"] += ": " + str(error)[:300]
    except Exception:  # an error of the reader's own may not even be shown
        pass

import hashlib, os
below = os.path.realpath(folder) + os.sep
inside = os.path.realpath(sys.prefix) + os.sep
files = {os.path.realpath(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
digest = hashlib.sha256()
for file in sorted(files):
    if file.startswith(below) and not file.startswith(inside):
        with open(file, "rb") as source:
            content = source.read()
        digest.update((os.path.relpath(file, below) + " " + str(len(content)) + " ").encode() + content)
answer["source"] = digest.hexdigest()[:16]
answer["paths"] = [path for path in sys.path if os.path.basename(path) in {"site-packages", "dist-packages"}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A function, its items, and where both were found.

    Attributes
    ----------
    function : "module:function".
    items : "module:items"; a file that was read; or a number of calls without one.
    count : how many items there are, or calls.
    source : digest of the modules of the folder that both import.
    paths : the folder, and those of the packages of the reader's interpreter.
    """

    function: str
    items: str | Lines | int
    count: int
    source: str
    paths: tuple[str, ...] = field(repr=False)

    @property
    def stored(self) -> dict[str, str]:
        """The variables that are facts of a target: with another function, other items, or other source, it is another one."""
        items = self.items
        if isinstance(items, Lines):
            stored = {LINES_DIGEST: items.digest}
        else:
            stored = {ITEMS: items} if isinstance(items, str) else {REPEAT: str(items)}
        return {FUNCTION: self.function, **stored, SOURCE: self.source}

    @property
    def unstored(self) -> dict[str, str]:
        """The variables that are no facts: where things lie is nobody's business."""
        items = self.items
        lines = {LINES: str(items.path), LINES_CRC: items.crc} if isinstance(items, Lines) else {}
        return {PATHS: os.pathsep.join(self.paths), **lines}


def own_of(
    function: str,
    items: str | Lines | int,
    *,
    folder: Path,
    python: Path,
    environment: Mapping[str, str],
    root: Path,
) -> Own:
    """The function, asked of the reader's own interpreter, which imports it as their program would.

    Parameters
    ----------
    items : "module:items", a file that was read, or a number of calls without an argument.
    environment : of the asked process, whole.
    root : the project's folder, in which timed processes start: a relative path means the same here and there.

    Raises
    ------
    UsageError
        if something is not there, is no function, or has no items.
    """
    named = items if isinstance(items, str) else ""
    for option, place in (("--function", function), *([("--items", named)] if named else [])):
        if not _PLACE.fullmatch(place) or len(place) > _LONGEST_PLACE:
            raise UsageError(
                f"{option}: {printable(place, 80)!r} is not of the form module:name, such as mymodule:work"
            )
        if place.partition(":")[0].partition(".")[0] == "study":
            raise UsageError(f"{option}: {printable(place, 80)}: the study's own package has this name; rename yours")
    program = f"asked = {(str(folder), function, named, isinstance(items, int))!r}\n{_QUESTIONS}"
    answer, said = asking.ask(python, program, environment, cwd=root)
    if answer is None:
        how = "is not done with importing it" if said.returncode == asking.TOO_LATE else "ends when it imports it"
        raise UsageError(f"--function {function}: {printable(str(python))} {how}.{said.tail}")
    if answer["why"]:
        raise UsageError(
            f"--function {function}{f' with --items {named}' * bool(named)}, in {printable(str(folder))}:"
            f" {printable(answer['why'], 400)}"
        )
    if answer["wants"]:
        raise UsageError(f"--function {not_without(function, printable(answer['wants'], 100))}")
    if isinstance(items, Lines):
        option, count = "--items-file", items.count
    else:
        option, count = (f"--items {named}", answer["count"]) if named else (f"--repeat {items}", int(items))
    if not 1 <= count <= MOST_ITEMS:
        raise UsageError(f"{option}: {count} items; 1 to {MOST_ITEMS} can be measured")
    paths = (str(folder), *(path for path in map(str, answer["paths"]) if os.pathsep not in path))
    return Own(function=function, items=items, count=count, source=str(answer["source"]), paths=paths)
