"""The reader's function and items, found as the reader's program would find them: imported, never read."""

from __future__ import annotations

import importlib
import sys
import time

from .refused import RefusedError, in_one_line, place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from .answers import Answers

MOST_ITEMS = 5_000_000
"""A list of more items says nothing more, and may be one that never ends."""
MOST_NAMES = 60


class Repeated:
    """A function without arguments, called once for each number. It can be pickled where the function can."""

    def __init__(self, function: Callable[[], Any]) -> None:
        """Keep the function."""
        self.function = function

    def __call__(self, item: object) -> Any:  # noqa: ANN401 - whatever the reader's function returns
        """Call it; the number of the call is not handed on."""
        del item
        return self.function()


class Subject:
    """What is measured, in memory as it would be in the reader's program."""

    def __init__(self, order: dict[str, Any], answers: Answers) -> None:
        """Import the module, find the function, make the items; each is timed and told before it begins."""
        module, _, name = order["function"].partition(":")
        answers.begin("import")
        self.import_s, self.imported = imported(module)
        answers.begin("function")
        self.asked = attribute_of(module, name)
        if not callable(self.asked):
            raise RefusedError("not callable", name=order["function"], kind=type(self.asked).__name__)
        answers.begin("items")
        began_s = time.perf_counter()
        self.items = items_of(order["items"])
        self.items_s = time.perf_counter() - began_s
        if not self.items:
            raise RefusedError("no items")
        repeated = "times" in order["items"]
        self.function: Callable[[Any], Any] = Repeated(self.asked) if repeated else self.asked
        answers.begin("first")


def imported(module: str) -> tuple[float, int]:
    """Seconds that the import takes here, and how many modules it brings."""
    known = len(sys.modules)
    began_s = time.perf_counter()
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        own = error.name is not None and (module == error.name or module.startswith(f"{error.name}."))
        what = "no module" if own else "import failed"
        raise RefusedError(what, module=module, last=in_one_line(error), place=place_of(error)) from None
    except SystemExit as error:
        raise RefusedError("import ends", module=module, last=in_one_line(error)) from None
    except BaseException as error:
        raise RefusedError("import failed", module=module, last=in_one_line(error), place=place_of(error)) from None
    return time.perf_counter() - began_s, len(sys.modules) - known


def attribute_of(module: str, dotted: str) -> Any:  # noqa: ANN401 - whatever the reader named
    """What a module has under a name, which may lead through classes and instances."""
    found: Any = sys.modules[module]
    for name in dotted.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            there = [other for other in dir(found) if not other.startswith("_")][:MOST_NAMES]
            raise RefusedError("no name", module=module, name=dotted, part=name, there=there) from None
    return found


def items_of(source: dict[str, Any]) -> Sequence[Any]:
    """The items; from a name or from lines of JSON, as a list, or the numbers of so many calls."""
    if "times" in source:
        return range(source["times"])
    return _lines_of(source["lines"]) if "lines" in source else _named(source["named"])


def _named(place: str) -> list[Any]:
    """The items that a module has, or that a function of it returns."""
    module, _, name = place.partition(":")
    imported(module)
    found = attribute_of(module, name)
    items: list[Any] = []
    iterator: Iterator[Any] | None = None
    try:
        iterator = iter(found() if callable(found) else found)
        for item in iterator:
            items.append(item)
            if len(items) > MOST_ITEMS:
                break
    except Exception as error:
        at = {} if iterator is None else {"item": len(items)}
        raise RefusedError("items failed", name=place, last=in_one_line(error), **at) from None
    return _not_too_many(items)


def _lines_of(path: str) -> list[Any]:
    """One item a line of JSON; empty lines are none."""
    import json

    items: list[Any] = []
    number = 0
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                number += 1
                if line.strip():
                    items.append(json.loads(line))
                if len(items) > MOST_ITEMS:
                    break
    except json.JSONDecodeError as error:
        raise RefusedError("no json", line=number, last=in_one_line(error)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise RefusedError("no file", last=in_one_line(error)) from None
    return _not_too_many(items)


def _not_too_many(items: list[Any]) -> list[Any]:
    """The items, which must not be more than say anything."""
    if len(items) > MOST_ITEMS:
        raise RefusedError("too many items", most=MOST_ITEMS)
    return items
