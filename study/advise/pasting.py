"""The code to copy: a way as its record writes it, with the reader's own names, and what the start method asks of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from study.cell import Cell
from study.names import who
from study.things import BACKENDS, START_METHODS
from study.things.written import WRITTEN
from study.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from study.advise.model.job import Way
    from study.advise.wish import AdviseWish

GUARD = 'if __name__ == "__main__":'
_BRACES = re.compile(r"\{(\w+)\}")
_JSON = "import json"
_REPEATED = "again"
"""What the function is called that calls the reader's without its argument."""


class _Source(NamedTuple):
    """Where names come from in a program: its imports, functions and lines before the work; what is called, and with what."""

    imports: tuple[str, ...]
    defined: tuple[str, ...]
    made: tuple[str, ...]
    function: str
    items: str


def way_words(way: Way) -> str:
    """`Pool of 2 under fork, chunks of 125`: a way for people; a chunk size that the library takes by itself is not said."""
    cell = Cell(pattern="map", backend=way.backend, start_method=way.start_method, workers=way.workers)
    return who(cell) + ("" if way.is_own or not way.chunksize else f", chunks of {count(way.chunksize)}")


def code_of(way: Way, wish: AdviseWish, *, items_called: bool) -> str:
    """The program that does the job in this way."""
    written = WRITTEN[way.backend]
    source = _source(wish, items_called=items_called)
    chunk = "" if way.is_own or not way.chunksize else _filled(written.chunk, {"c": str(way.chunksize)})
    named = {
        "function": source.function,
        "items": source.items,
        "n": str(way.workers),
        "method": f'"{way.start_method}"' if way.start_method else "None",
        "chunk": chunk,
    }
    body = [*source.made, *(_filled(line, named) for line in written.lines)]
    if not written.keeps_main:
        body = [GUARD, *(f"    {line}" for line in body)]
    library = [*sorted({*written.imports, *(line for line in source.imports if line == _JSON)}, key=_plain_first)]
    own = [line for line in source.imports if line != _JSON]
    head = "\n\n".join("\n".join(lines) for lines in (library, own) if lines)
    parts = (
        ["\n\n\n".join([head, "\n".join(source.defined), "\n".join(body)])]
        if source.defined
        else [head, "\n".join(body)]
    )
    return "\n\n".join(parts) + "\n"


def _plain_first(line: str) -> tuple[bool, str]:
    """`import` before `from`, each by name."""
    return line.startswith("from "), line


def _source(wish: AdviseWish, *, items_called: bool) -> _Source:
    """The reader's names as a program would have them."""
    function_top = wish.name.partition(".")[0]
    own = f"from {wish.module} import {function_top}"
    if wish.repeat:
        defined = (f"def {_REPEATED}(number):", f"    return {wish.name}()")
        return _Source((own,), defined, (), _REPEATED, f"range({wish.repeat})")
    if wish.items_file is not None:
        made = (
            f'with open({_file_of(wish.items_file, wish.folder)!r}, encoding="utf-8") as file:',
            "    items = [json.loads(line) for line in file if line.strip()]",
        )
        return _Source((_JSON, own), (), made, wish.name, "items")
    module, _, name = wish.items.partition(":")
    items_top = name.partition(".")[0]
    if module == wish.module:
        imports = [f"from {module} import {', '.join(sorted({items_top, function_top}))}"]
    else:
        imports = sorted([own, f"from {module} import {items_top}"])
    return _Source(tuple(imports), (), (), wish.name, f"{name}()" if items_called else name)


def _file_of(path: Path, folder: Path) -> str:
    """The file of the items as a program opens it that is started in the folder; whole where it lies elsewhere."""
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def _filled(text: str, named: dict[str, str]) -> str:
    """A line of a record with what stands in braces."""
    return _BRACES.sub(lambda name: named[name[1]], text)


def warnings_of(way: Way) -> Iterator[str]:
    """What a program has to heed that starts its workers in this way."""
    written = WRITTEN[way.backend]
    if BACKENDS[way.backend].takes_start_method:
        method = START_METHODS[way.start_method]
        if method.copies_parent:
            yield (
                f"{method.name} copies the program as it is: make the workers before threads are started, and before a library"
                " holds a GPU or a connection. In a notebook it works with functions of the notebook as well."
            )
        else:
            yield (
                f"Under {method.name} each worker imports the main program again: what stands outside `{GUARD}` runs once more in"
                " each, and without the guard a program that makes its pool there ends in a RuntimeError, or starts itself"
                " over and over. In a notebook or at the prompt a function must lie in a module of its own, as it does here:"
                " one that is written into a cell is not found by a worker."
            )
    elif BACKENDS[way.backend].needs_interpreters:
        yield (
            "An interpreter inside the process does not look into the program's folder: name it in PYTHONPATH, and use only"
            " modules that allow several interpreters."
        )
    elif written.sends:
        yield "The first call starts its workers, which later calls use again: the time here is that of a first call."
