"""A reader's function as what the study's targets are measured with: the arms of a run, and the two of a gate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study.advise import reader
from study.advise.wish import place_of
from study.errors import UsageError, printable
from study.takes import function_of
from study.targets.arms import Arm
from study.targets.items import check_one, lines_of
from study.targets.own import own_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from study.targets.items import Lines

BASE, HEAD = "base", "head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Functions:
    """What is typed of functions: of both arms, or of base and of head where they differ.

    Attributes
    ----------
    function, function_base, function_head : "module:function", or ''.
    items, items_file, repeat : as of `AdviseWish`; of both arms, so that both have the same to do.
    folder, folder_base, folder_head : where modules lie; None where it was not said: the folder of both, the present one. A
        file of items is looked for in `folder`.
    """

    function: str = ""
    function_base: str = ""
    function_head: str = ""
    items: str = ""
    items_file: Path | None = None
    repeat: int = 0
    folder: Path
    folder_base: Path | None = None
    folder_head: Path | None = None


def arms_of(options: argparse.Namespace, arms: Sequence[Arm], *, gate: bool = False, root: Path) -> tuple[Arm, ...]:
    """The arms of what was typed, each with a function of the reader's; none where no function is asked for.

    Raises
    ------
    UsageError
        if a function or its items are not named, or cannot be had, or go with another option.
    """
    typed = function_of(options)
    if not typed:
        return ()
    if options.simulated or options.only:
        raise UsageError("--function measures that function alone: leave --simulated and --only out")
    wish = Functions(**typed)  # type: ignore[arg-type]
    return (arms_of_gate if gate else arms_of_study)(wish, tuple(options.python), arms, root=root)


def arms_of_study(wish: Functions, pythons: Sequence[Path], arms: Sequence[Arm], *, root: Path) -> tuple[Arm, ...]:
    """The arms of a study: every interpreter that was named, or that of the folder, with the function.

    Raises
    ------
    UsageError
        if a function or its items are not named, or cannot be had.
    """
    asked = [*(Arm(python=python) for python in pythons), *arms]
    return _with_functions(wish, asked or [Arm(python=reader.reader_of("", _folder(wish.folder)).python)], root)


def arms_of_gate(wish: Functions, pythons: Sequence[Path], arms: Sequence[Arm], *, root: Path) -> tuple[Arm, ...]:
    """The two arms of a gate: those that were named, or one interpreter with two functions or two folders.

    Raises
    ------
    UsageError
        if nothing differs, or what was typed does not make two arms.
    """
    if arms:
        return _with_functions(wish, [*(Arm(python=python) for python in pythons), *arms], root)
    if len(pythons) > 1:
        raise UsageError(
            "--python: a gate of two functions has one interpreter; of two, write --arm base=… --arm head=…"
        )
    found = []
    for label in (BASE, HEAD):
        folder = _folder(_of(wish, "folder", label) or wish.folder)
        python = pythons[0] if pythons else reader.reader_of("", folder).python
        found.append(Arm(python=python, label=label))
    base, head = _with_functions(wish, found, root)
    if base.python == head.python and base.own == head.own:
        raise UsageError(
            "both arms are the same function in the same folder: name --function-base and --function-head, or"
            " --folder-base and --folder-head, or two interpreters with --arm"
        )
    return base, head


def _with_functions(wish: Functions, arms: Sequence[Arm], root: Path) -> tuple[Arm, ...]:
    items = _items(wish)
    found = tuple(_with_function(wish, arm, items, root) for arm in arms)
    counts = {arm.own.count for arm in found if arm.own}
    if len(counts) > 1:
        raise UsageError(f"--items {wish.items}: {' and '.join(map(str, sorted(counts)))} items: all must have as many")
    return found


def _with_function(wish: Functions, arm: Arm, items: str | Lines | int, root: Path) -> Arm:
    function = str(_of(wish, "function", arm.label) or wish.function)
    if not function:
        raise UsageError(
            "name the function and what it is called with: --function module:function --items module:items"
        )
    folder = _folder(_of(wish, "folder", arm.label) or wish.folder)
    python = reader.reader_of(str(arm.python), folder).python
    own = own_of(
        place_of(function, "--function", "module:function"),
        items,
        folder=folder,
        python=python,
        environment=reader.environment(),
        root=root,
    )
    return replace(arm, python=python, own=own)


def _items(wish: Functions) -> str | Lines | int:
    check_one(wish.items, wish.items_file, wish.repeat)
    if wish.items_file is not None:
        return lines_of(wish.items_file, _folder(wish.folder))
    return place_of(wish.items, "--items", "module:items") if wish.items else wish.repeat


def _of(wish: Functions, what: str, label: str) -> object:
    """What was said of this arm alone; nothing of an arm that is neither base nor head."""
    return getattr(wish, f"{what}_{label}") if label in {BASE, HEAD} else None


def _folder(folder: object) -> Path:
    found = folder.expanduser().absolute()  # type: ignore[attr-defined]
    if not found.is_dir():
        raise UsageError(f"--folder {printable(str(folder))}: there is no such folder")
    return found  # type: ignore[no-any-return]
