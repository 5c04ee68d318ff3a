"""What it takes to send arguments and results: bytes, time, and what of them cannot be sent."""

from __future__ import annotations

import pickle
import time
from multiprocessing.reduction import ForkingPickler

from .refused import in_one_line, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

LARGEST_KEPT = 64 << 20
"""Bytes of one pickle that is made as a whole; of larger ones only the size is counted, while they are written nowhere."""
LONGEST_S = 0.06
"""For one size of chunk: beyond it no further repetition begins."""
MOST_REPEATS = 40
MOST_PARTS = 1000
DEEPEST = 20


class _Nowhere:
    """A file that only counts."""

    def __init__(self) -> None:
        self.written = 0

    def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
        """Count it."""
        size = memoryview(data).nbytes
        self.written += size
        return size


def size_of(value: object) -> int:
    """Bytes of its pickle, which is kept nowhere; whatever hinders pickling is raised."""
    nowhere = _Nowhere()
    ForkingPickler(nowhere, pickle.DEFAULT_PROTOCOL).dump(value)
    return nowhere.written


def hindrance(value: object) -> str:
    """Why it cannot be pickled, in one line; '' where it can."""
    try:
        size_of(value)
    except Exception as error:
        return in_one_line(error)
    return ""


def fault_of(value: object) -> dict[str, str] | None:
    """The smallest part that cannot be pickled: where it is (`['files'].handle`), of which type, and why; None if all can."""
    why = hindrance(value)
    if not why:
        return None
    path, part = "", value
    walked = {id(value)}
    for _ in range(DEEPEST):
        for step, inner in _parts_of(part):
            if id(inner) not in walked and (deeper := hindrance(inner)):
                walked.add(id(inner))
                path, part, why = path + step, inner, deeper
                break
        else:
            break
    return {"path": path, "type": type(part).__qualname__, "value": shown(part), "why": why}


def _parts_of(value: object) -> Iterator[tuple[str, object]]:
    """What a value is made of, as far as its pickle would hold it; at most `MOST_PARTS` of each kind."""
    if isinstance(value, dict):
        for key, inner in list(value.items())[:MOST_PARTS]:
            yield f"[{shown(key)}]", inner
            yield f" key {shown(key)}", key
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value[:MOST_PARTS]):
            yield f"[{index}]", inner
    elif isinstance(value, (set, frozenset)):
        for inner in list(value)[:MOST_PARTS]:
            yield f" element {shown(inner)}", inner
    elif not isinstance(value, type):
        yield from _attributes_of(value)


def _attributes_of(value: object) -> Iterator[tuple[str, object]]:
    """What an object holds under names."""
    for name in ("__self__", "func", "args", "keywords"):  # of methods, and of functools.partial
        inner = getattr(value, name, None)
        if inner is not None and not isinstance(inner, type(pickle)):
            yield f".{name}", inner
    attributes = getattr(value, "__dict__", None)
    if isinstance(attributes, dict) and not isinstance(value, type(fault_of)):
        for name, inner in list(attributes.items())[:MOST_PARTS]:
            yield f".{name}", inner
    for name in getattr(type(value), "__slots__", ()):
        if isinstance(name, str) and hasattr(value, name):
            yield f".{name}", getattr(value, name)


def cost_of(value: object) -> dict[str, float | int]:
    """Bytes of a message with this value, and seconds to make it and to read it (the shortest half of the repetitions).

    Results of earlier reads stay alive while a later one is timed: freeing is no part of reading. That memory is new then, and
    that the collector walks over all that is kept, is in `kept_s`, the mean of all reads as far as this process had its CPU.
    """
    size = size_of(value)
    if size > LARGEST_KEPT:
        began_s = time.perf_counter()
        size_of(value)
        seconds = time.perf_counter() - began_s
        return {"bytes": size, "dump_s": seconds, "load_s": seconds, "kept_s": seconds, "guessed": 1}
    dumps: list[float] = []
    loads: list[float] = []
    kept: list[object] = []
    start_s, start_cpu_s = time.perf_counter(), time.process_time()
    until_s = start_s + LONGEST_S
    while not dumps or (len(dumps) < MOST_REPEATS and time.perf_counter() < until_s):
        began_s = time.perf_counter()
        message = ForkingPickler.dumps(value)
        dumped_s = time.perf_counter()
        kept.append(pickle.loads(message))
        loads.append(time.perf_counter() - dumped_s)
        dumps.append(dumped_s - began_s)
    had_cpu = min(1.0, (time.process_time() - start_cpu_s) / max(time.perf_counter() - start_s, 1e-9))
    kept_s = max(_lower_half(loads), had_cpu * sum(loads) / len(loads))
    return {"bytes": size, "dump_s": _lower_half(dumps), "load_s": _lower_half(loads), "kept_s": kept_s}


def _lower_half(values: Sequence[float]) -> float:
    """The mean of the shorter half."""
    half = sorted(values)[: max(1, (len(values) + 1) // 2)]
    return sum(half) / len(half)
