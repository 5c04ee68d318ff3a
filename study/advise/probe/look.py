"""The first part: what there is, before anything is timed in earnest. One or two calls, and what they leave behind."""

from __future__ import annotations

import importlib.util
import inspect
import multiprocessing
import os
import platform
import sys
import sysconfig
import threading
import time

from . import memory, pickles, sampling
from .function import Repeated, Subject, attribute_of
from .refused import RefusedError, shown, signature_in_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .answers import Answers

LARGEST_ALIVE = 256 << 20
"""Bytes of a pickle: of larger results a second one is not made while the first is alive."""
FEW, FEW_S = 16, 0.05
"""So many calls more say what a call takes, while they last no longer: items may be unlike."""
LOOKED_S = 1.0
"""For items that may not be fit to be sent: beyond it no further one is looked at."""


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """Import, look, call once or twice, look again."""
    resident = [memory.resident_bytes()]
    running = threading.enumerate()
    subject = Subject(order, answers)
    resident.append(memory.resident_bytes())
    _check_kind(subject)
    known = memory.children_of(os.getpid())
    fault = pickles.fault_of(subject.asked)
    first_s, first_cpu_s, result = sampling.called(subject.function, subject.items, 0, answers)
    answers.say("first", {"wall_s": first_s, "cpu_s": first_cpu_s})
    found: dict[str, Any] = {
        "python": facts(order),
        "count": len(subject.items),
        "import_s": subject.import_s,
        "imported": subject.imported,
        "items_s": subject.items_s,
        "items_called": _are_called(order),
        "first_s": first_s,
        "first_cpu_s": first_cpu_s,
        "function_fault": fault,
        "function_name": getattr(subject.asked, "__qualname__", type(subject.asked).__name__),
        "argument_fault": _first_fault(subject.items),
        "result_fault": pickles.fault_of(result),
        "result_type": type(result).__qualname__,
        "none": result is None,
    }
    middle = subject.items[len(subject.items) // 2]
    found["argument_bytes"] = 0 if found["argument_fault"] else pickles.size_of(middle)
    found["result_bytes"] = 0 if found["result_fault"] else pickles.size_of(result)
    if found["result_bytes"] > LARGEST_ALIVE:
        del result
    left: dict[str, Any] = {}
    again = [(first_s, first_cpu_s)]
    slept = sampling.sleeps()
    if first_s <= order["longest_s"]:
        again = [sampling.called(subject.function, subject.items, len(subject.items) // 2, answers)[:2]]
        left = _left(running, known)
        if not any(left.values()):
            again += _few(subject, again[0][0], answers)
    found |= {
        "again_s": sum(wall_s for wall_s, _ in again) / len(again),
        "again_cpu_s": sum(cpu_s for _, cpu_s in again) / len(again),
        "again_slept": (sampling.sleeps() - slept) / len(again) if sys.platform != "win32" else 1.0,
        "left": left or _left(running, known),
        "loaded": [name for name in order["telling"] if name in sys.modules],
        "resident": [*resident, memory.resident_bytes()],
    }
    return found


def _few(subject: Subject, spent_s: float, answers: Answers) -> list[tuple[float, float]]:
    """Wall and CPU seconds of some calls more, spread over the list, as far as there is time."""
    found: list[tuple[float, float]] = []
    for group in sampling.strides(len(subject.items), FEW, 1):
        if spent_s >= FEW_S:
            break
        found.append(sampling.called(subject.function, subject.items, group.start, answers)[:2])
        spent_s += found[-1][0]
    return found


def _left(running: Sequence[threading.Thread], known: set[int]) -> dict[str, Any]:
    """Threads and child processes that were not there before."""
    return {
        "running": [other.name for other in threading.enumerate() if other not in running],
        "children": len(memory.children_of(os.getpid()) - known),
    }


def _check_kind(subject: Subject) -> None:
    """Refuse what returns before its work is done, and what cannot be called with one item."""
    asked = subject.asked
    if inspect.iscoroutinefunction(asked) or inspect.isasyncgenfunction(asked):
        raise RefusedError("async")
    if inspect.isgeneratorfunction(asked):
        raise RefusedError("generator")
    try:
        signature = inspect.signature(asked)
    except (TypeError, ValueError):
        return  # of functions in C; calling it tells
    given = () if isinstance(subject.function, Repeated) else (subject.items[0],)
    try:
        signature.bind(*given)
    except TypeError as error:
        raise RefusedError(
            "does not fit",
            signature=signature_in_words(signature)[:100],
            last=str(error),
            repeated=not given,
            item=shown(given[0]) if given else "",
            unbound="self" in signature.parameters,
        ) from None


def _first_fault(items: Sequence[Any]) -> dict[str, Any] | None:
    """The first of a hundred items, evenly spread, that cannot be pickled, and which part of it."""
    step = max(1, len(items) // 100)
    until_s = time.perf_counter() + LOOKED_S
    for index in range(0, len(items), step):
        fault = pickles.fault_of(items[index])
        if fault is not None:
            return {**fault, "item": index}
        if time.perf_counter() > until_s:
            break
    return None


def facts(order: dict[str, Any]) -> dict[str, Any]:
    """Of this interpreter: what it is, how it can start processes, and which of the packages asked about it has."""
    count = getattr(os, "process_cpu_count", None) or os.cpu_count
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "gil": bool(getattr(sys, "_is_gil_enabled", lambda: True)()),
        "methods": multiprocessing.get_all_start_methods(),
        "usual_method": multiprocessing.get_start_method(),
        "cpus": count() or 1,
        "has": [name for name in order["packages"] if _is_there(name)],
    }


def _is_there(name: str) -> bool:
    """Whether a module could be imported; its parents are imported, itself not."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _are_called(order: dict[str, Any]) -> bool:
    """Whether the items come from a function that is called, and are no list of the module."""
    module, _, name = order["items"].get("named", "").partition(":")
    return bool(name) and callable(attribute_of(module, name))
