"""How a reader writes each way to run tasks by hand: the lines to copy, and what a program needs that does it as they do."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from study.things.backends import CALL, INTERPRETER_EXECUTOR, POOL, PROCESS_EXECUTOR, THREAD_EXECUTOR
from study.things.peers import LOKY

if TYPE_CHECKING:
    from collections.abc import Mapping

Shape = Literal["loop", "map", "executor", "alone", "batches"]
"""Who is given the work: nobody, a pool of a context, an executor with a context, one without, joblib."""


class Written(NamedTuple):
    """A way as it stands in a program.

    Attributes
    ----------
    backend : the name of its record.
    shape : how it is called.
    made : "module:attribute" of what makes its workers; '' where there are none.
    imports : lines at the top of the program.
    lines : what does the work; {function}, {items}, {n} the workers, {method} the start method as a literal, {chunk}.
    chunk : what stands for {chunk} where a size is chosen; {c} is the size.
    keeps_main : whether its workers never import the main module, so that no guard is needed, whatever the start method.
    sends : whether arguments and results are pickled.
    """

    backend: str
    shape: Shape
    made: str
    imports: tuple[str, ...]
    lines: tuple[str, ...]
    chunk: str
    keeps_main: bool
    sends: bool


WRITTEN: Mapping[str, Written] = MappingProxyType(
    {
        written.backend: written
        for written in (
            Written(
                backend=CALL.name,
                shape="loop",
                made="",
                imports=(),
                lines=("results = [{function}(item) for item in {items}]",),
                chunk="",
                keeps_main=True,
                sends=False,
            ),
            Written(
                backend=THREAD_EXECUTOR.name,
                shape="alone",
                made="concurrent.futures:ThreadPoolExecutor",
                imports=("from concurrent.futures import ThreadPoolExecutor",),
                lines=(
                    "with ThreadPoolExecutor({n}) as executor:",
                    "    results = list(executor.map({function}, {items}))",
                ),
                chunk="",
                keeps_main=True,
                sends=False,
            ),
            Written(
                backend=POOL.name,
                shape="map",
                made="multiprocessing:Pool",
                imports=("import multiprocessing",),
                lines=(
                    "with multiprocessing.get_context({method}).Pool({n}) as pool:",
                    "    results = pool.map({function}, {items}{chunk})",
                ),
                chunk=", chunksize={c}",
                keeps_main=False,
                sends=True,
            ),
            Written(
                backend=PROCESS_EXECUTOR.name,
                shape="executor",
                made="concurrent.futures:ProcessPoolExecutor",
                imports=("import multiprocessing", "from concurrent.futures import ProcessPoolExecutor"),
                lines=(
                    "with ProcessPoolExecutor({n}, mp_context=multiprocessing.get_context({method})) as executor:",
                    "    results = list(executor.map({function}, {items}{chunk}))",
                ),
                chunk=", chunksize={c}",
                keeps_main=False,
                sends=True,
            ),
            Written(
                backend=INTERPRETER_EXECUTOR.name,
                shape="alone",
                made="concurrent.futures:InterpreterPoolExecutor",
                imports=("from concurrent.futures import InterpreterPoolExecutor",),
                lines=(
                    "with InterpreterPoolExecutor({n}) as executor:",
                    "    results = list(executor.map({function}, {items}))",
                ),
                chunk="",
                keeps_main=True,
                sends=True,
            ),
            Written(
                backend=LOKY.name,
                shape="batches",
                made="joblib:Parallel",
                imports=("from joblib import Parallel, delayed",),
                lines=("results = Parallel(n_jobs={n}{chunk})(delayed({function})(item) for item in {items})",),
                chunk=", batch_size={c}",
                keeps_main=True,
                sends=True,
            ),
        )
    }
)
"""Name of a backend -> how it is written; only those that an answer may name."""
