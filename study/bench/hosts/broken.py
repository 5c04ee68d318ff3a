"""A program with a pool in which something goes wrong: `python -m study.bench.hosts.broken CASE BACKEND METHOD WORKERS`.

It prints lines of JSON: that its pool is ready, what came of a map with the class of the exception, and whether the pool does
another map afterwards.
"""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

TASKS = 8
READY = '{"ready": true}'
"""The first line: the pool has answered a task for each worker."""
THE_ONE = 5
"""The task in which it goes wrong."""


def double(number: int) -> int:
    """Do a task in which nothing goes wrong."""
    return 2 * number


def killed(number: int) -> int:
    """End the worker as the kernel does it for lack of memory."""
    if number == THE_ONE:
        os.kill(os.getpid(), 9)
    return 2 * number


def failed(number: int) -> int:
    """Raise an exception of the task's own."""
    if number == THE_ONE:
        raise ValueError("this task cannot be done")
    return 2 * number


def bad_result(number: int) -> Any:  # noqa: ANN401 - what cannot be pickled
    """Answer with what pickle refuses."""
    return (lambda: 2 * number) if number == THE_ONE else 2 * number


def bad_argument(argument: Any) -> int:  # noqa: ANN401 - a number, or what cannot be pickled
    """Take a function for a number."""
    number: int = argument() if callable(argument) else argument
    return 2 * number


TASK_OF: dict[str, Callable[[Any], Any]] = {
    "killed": killed,
    "failed": failed,
    "bad_result": bad_result,
    "bad_argument": bad_argument,
}


def main(words: Sequence[str]) -> None:
    """Try it, and say what came of it."""
    case, backend, method, workers = words[0], words[1], words[2], int(words[3])
    arguments: list[Any] = list(range(TASKS))
    if case == "bad_argument":
        arguments[THE_ONE] = lambda: THE_ONE
    do = _mapping(backend, None if method == "-" else method, workers)
    do(double, list(range(workers)))
    print(READY, flush=True)  # noqa: T201 - from here on its time counts
    end, kind = "goes_on", ""
    try:
        answers = [answer() if callable(answer) else answer for answer in do(TASK_OF[case], arguments)]
        if answers != [2 * number for number in range(TASKS)]:
            end = "loses"
    except Exception as error:  # noqa: BLE001 - which one it is, is what is looked for
        end, kind = "raises", type(error).__name__
    print(json.dumps({"end": end, "class": kind}), flush=True)  # noqa: T201 - what it is for
    try:
        usable = do(double, [1, 2, 3]) == [2, 4, 6]
    except (OSError, RuntimeError, ValueError):  # a broken executor is a RuntimeError, a closed Pool a ValueError
        usable = False
    print(json.dumps({"usable": usable}), flush=True)  # noqa: T201 - as above
    os._exit(0)  # a pool that lost a worker may never be joined


def _mapping(backend: str, method: str | None, workers: int) -> Callable[[Callable[[Any], Any], list[Any]], list[Any]]:
    """How the backend maps, one task at a time, each time over the same workers."""
    import multiprocessing

    if backend == "loky":
        from importlib import import_module

        joblib = import_module("joblib")
        return lambda task, arguments: joblib.Parallel(n_jobs=workers, backend="loky", batch_size=1)(
            joblib.delayed(task)(argument) for argument in arguments
        )
    context = multiprocessing.get_context(method)
    if backend == "pool":
        pool = context.Pool(workers)
        return lambda task, arguments: pool.map(task, arguments, 1)
    from concurrent import futures

    executor = (
        futures.ThreadPoolExecutor(workers)
        if backend == "thread_executor"
        else futures.ProcessPoolExecutor(workers, mp_context=context)
    )
    return lambda task, arguments: list(executor.map(task, arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
