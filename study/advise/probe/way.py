"""A whole job in one way, from nothing to all results, in a process of its own."""

from __future__ import annotations

import sys
import time

from . import pools, sampling
from .function import Subject
from .refused import RefusedError, in_one_line, place_of

if sys.platform != "win32":
    import resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .answers import Answers


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """Do it once. Modules are imported and the items are made before; what is imported at the first call is not."""
    subject = Subject(order, answers)
    if order["called_before"]:
        sampling.called(subject.function, subject.items, 0, answers)
    answers.begin("way")
    pools.load(order["way"])
    cpu_s = _cpu_s()
    began_s = time.perf_counter()
    try:
        results = pools.done(order["way"], subject.function, subject.items)
    except BaseException as error:
        raise RefusedError("way failed", last=in_one_line(error), place=place_of(error)) from None
    wall_s = time.perf_counter() - began_s
    answers.alone()
    return {"wall_s": wall_s, "cpu_s": _cpu_s() - cpu_s, "results": len(results)}


def _cpu_s() -> float:
    """User and system seconds of this process and of its children that were waited for; of this process alone on Windows."""
    own_s = time.process_time()
    if sys.platform == "win32":
        return own_s
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own_s + children.ru_utime + children.ru_stime
