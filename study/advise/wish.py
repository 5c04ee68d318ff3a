"""What a reader asks for: a function, its items, where they run, and how long it may take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from study.errors import UsageError, printable
from study.targets.items import check_one, file_of
from study.things import START_METHODS

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

BUDGET_S = 10.0
"""For measuring, unless told."""
CALLS = 12.0
"""So many budgets long a first call is waited for."""
MOST_WORKERS = 512
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_ENDING = ".py"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviseWish:
    """What is asked for, checked as far as it can be without running anything.

    Attributes
    ----------
    function : "module:function".
    items : "module:items", or ''; `items_file` a file with a line of JSON for each item, or None; `repeat` calls without an
        argument, or 0. Exactly one of the three is given.
    folder : where the reader's program would be started; a module is looked for there first.
    python : an interpreter, as a path or a command's name; '' for that of the folder or the shell.
    workers : numbers of workers to look at; empty: the usual ones.
    start_methods : names; empty: all that the interpreter has.
    budget_s : for measuring.
    verify : whether the loop and the best ways are run as well.
    """

    function: str
    items: str = ""
    items_file: Path | None = None
    repeat: int = 0
    folder: Path
    python: str = ""
    workers: tuple[int, ...] = ()
    start_methods: tuple[str, ...] = ()
    budget_s: float = BUDGET_S
    verify: bool = False

    @classmethod
    def of(cls, options: Namespace) -> AdviseWish:
        """As it was typed."""
        return cls(
            function=options.function,
            items=options.items or "",
            items_file=options.items_file,
            repeat=options.repeat,
            folder=options.folder,
            python=options.python or "",
            workers=options.workers,
            start_methods=tuple(name for names in options.start_method for name in names.split(",")),
            budget_s=options.budget,
            verify=options.verify,
        )

    @property
    def module(self) -> str:
        """The module of the function."""
        return self.function.partition(":")[0]

    @property
    def name(self) -> str:
        """The function's name in its module."""
        return self.function.partition(":")[2]

    @property
    def longest_call_s(self) -> float:
        """How long a first call may take before it is taken for one that never ends."""
        return CALLS * self.budget_s

    @property
    def source(self) -> dict[str, Any]:
        """The items, as the probe's orders name them."""
        if self.items_file is not None:
            return {"lines": str(self.items_file)}
        return {"named": self.items} if self.items else {"times": self.repeat}


def checked(wish: AdviseWish) -> AdviseWish:
    """The wish with files looked for in its folder, and `file.py:function` read as a module.

    Raises
    ------
    UsageError
        naming the option that asks for something impossible, and what it could ask for.
    """
    folder = wish.folder.expanduser().absolute()
    if not folder.is_dir():
        raise UsageError(f"--folder {printable(str(wish.folder))}: there is no such folder")
    check_one(wish.items, wish.items_file, wish.repeat)
    items_file = None if wish.items_file is None else file_of(wish.items_file, folder)
    _check_numbers(wish)
    return AdviseWish(
        function=place_of(wish.function, "the function", "module:function"),
        items=place_of(wish.items, "--items", "module:items") if wish.items else "",
        items_file=items_file,
        repeat=wish.repeat,
        folder=folder,
        python=wish.python,
        workers=tuple(sorted(set(wish.workers))),
        start_methods=wish.start_methods,
        budget_s=wish.budget_s,
        verify=wish.verify,
    )


def place_of(text: str, what: str, form: str) -> str:
    """`module:name` of what was typed, where `name.py` stands for the module `name`.

    Raises
    ------
    UsageError
        if it is neither.
    """
    module, colon, name = text.partition(":")
    module = module.removesuffix(_ENDING) if module.endswith(_ENDING) else module
    if "/" in module or "\\" in module:
        raise UsageError(
            f"{what}: {printable(text, 80)!r} names a path; name the folder with --folder, and the module as {form}"
        )
    if not (colon and _NAME.fullmatch(module) and _NAME.fullmatch(name)):
        raise UsageError(f"{what}: {printable(text, 80)!r} is not of the form {form}, such as mymodule:work")
    return f"{module}:{name}"


def _check_numbers(wish: AdviseWish) -> None:
    for workers in wish.workers:
        if not 1 <= workers <= MOST_WORKERS:
            raise UsageError(f"--workers {workers}: write numbers from 1 to {MOST_WORKERS}, such as 1,2,4")
    for method in wish.start_methods:
        if method not in START_METHODS:
            known = ", ".join(START_METHODS)
            raise UsageError(
                f"--start-method {printable(method, 40)}: there is no such start method; there are {known}"
            )
