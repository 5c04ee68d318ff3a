"""How a reader writes what was measured: for each backend the program that hands out the items of a loop, to copy as it stands.

Braces hold what a cell says: {n} the number of workers, {method} the start method as an argument, {chunks} a chunk size. `f` and
`items` are the reader's own: the first line of a program says so, and where they stand. Lines are short enough for a column.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things.backends import (
    CALL,
    INTERPRETER_EXECUTOR,
    POOL,
    PROCESS_EXECUTOR,
    THREAD_EXECUTOR,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

YOURS = "# f and items are yours, above. f is a def of this file."
"""What workers need that find the function again by its name: they read the file. A lambda or a notebook's cell they do not."""
_OWN_THREADS = "# f and items are yours, above."
_GUARD = 'if __name__ == "__main__":'


def _program(
    *imports: str, yours: str = _OWN_THREADS, guarded: tuple[str, ...] = (), plain: tuple[str, ...] = ()
) -> str:
    """Imports, what is the reader's, and what does the work; guarded where workers read the file again."""
    body = (_GUARD, *(f"    {line}" for line in guarded)) if guarded else plain
    return "\n".join([*imports, yours, *body])


RECIPES: Mapping[str, str] = MappingProxyType(
    {
        CALL.name: _program(plain=("results = [f(item) for item in items]",)),
        POOL.name: _program(
            "import multiprocessing",
            yours=YOURS,
            guarded=(
                "context = multiprocessing.get_context({method})",
                "with context.Pool({n}) as pool:",
                "    results = pool.map(f, items{chunks})",
            ),
        ),
        PROCESS_EXECUTOR.name: _program(
            "import multiprocessing",
            "from concurrent.futures import ProcessPoolExecutor",
            yours=YOURS,
            guarded=(
                "context = multiprocessing.get_context({method})",
                "with ProcessPoolExecutor({n}, mp_context=context) as pool:",
                "    results = list(pool.map(f, items{chunks}))",
            ),
        ),
        THREAD_EXECUTOR.name: _program(
            "from concurrent.futures import ThreadPoolExecutor",
            plain=("with ThreadPoolExecutor({n}) as pool:", "    results = list(pool.map(f, items))"),
        ),
        INTERPRETER_EXECUTOR.name: _program(
            "from concurrent.futures import InterpreterPoolExecutor",
            yours=YOURS,
            guarded=("with InterpreterPoolExecutor({n}) as pool:", "    results = list(pool.map(f, items{chunks}))"),
        ),
    }
)
"""Backend -> the program; one that is not named here is told in words alone."""


def written_for(backend: str, workers: int, start_method: str, chunksize: int) -> str:
    """The program for so many workers; no start method where it is '', the library's own chunks where they are 0.

    '' where there is no recipe.
    """
    said = {
        "{n}": str(workers),
        "{method}": f'"{start_method}"' if start_method else "",
        "{chunks}": f", chunksize={chunksize}" if chunksize else "",
    }
    text = RECIPES.get(backend, "")
    for name, value in said.items():
        text = text.replace(name, value)
    return text
