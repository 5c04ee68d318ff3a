"""What a probe could have found: parts with round numbers, so that every sentence and table can be told beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from study.advise.asking import Heard
from study.advise.reader import Reader
from study.advise.rounds import Probed
from study.advise.wish import AdviseWish
from study.machine import Meanwhile
from study.supervise import Outcome
from study.things import START_METHODS
from study.things.backends import POOL, PROCESS_EXECUTOR
from study.things.start_methods import FORK, SPAWN
from tests.advise.advised import FUNCTIONS

WISH = AdviseWish(function="well:computes", items="well:items", folder=FUNCTIONS)
READER = Reader(python=Path("/usr/bin/python3"), version="3.13.0", info=(3, 13, 0), why="as named")
ITEM_S = 1e-3
ITEMS = 2000


def outcome(**changes: Any) -> Outcome:
    given: dict[str, Any] = {"state": "ok", "reason": "", "last_lines": "", "elapsed_s": 1.0, "cpu_s": 1.0, **changes}
    return Outcome(**given)


def heard(part: str, done: dict[str, Any] | None = None, **changes: Any) -> Heard:
    """A part that went well, but for the changes."""
    given: dict[str, Any] = {
        "part": part,
        "outcome": outcome(),
        "meanwhile": Meanwhile(elapsed_s=1.0, foreign_cpu_s=0.0, steal_s=0.0),
        "deadline_s": 60.0,
        "done": done,
        **changes,
    }
    return Heard(**given)


def looked(**changes: Any) -> dict[str, Any]:
    """What a first look finds."""
    return {
        "python": {
            "version": "3.13.0",
            "implementation": "CPython",
            "free_threaded": False,
            "gil": True,
            "methods": list(START_METHODS),
            "usual_method": FORK.name,
            "cpus": 2,
            "has": [],
        },
        "count": ITEMS,
        "import_s": 0.01,
        "imported": 3,
        "items_s": 0.001,
        "items_called": True,
        "first_s": ITEM_S,
        "first_cpu_s": ITEM_S,
        "again_s": ITEM_S,
        "again_cpu_s": ITEM_S,
        "function_fault": None,
        "function_name": "computes",
        "argument_fault": None,
        "result_fault": None,
        "result_type": "int",
        "none": False,
        "argument_bytes": 5,
        "result_bytes": 5,
        "left": {"running": [], "children": 0},
        "loaded": [],
        "resident": [10 << 20, 12 << 20, 12 << 20],
        **changes,
    }


def sample(item_s: float = ITEM_S, cpu_s: float | None = None) -> dict[str, Any]:
    """150 items at one moment, all alike."""
    used_s = item_s if cpu_s is None else cpu_s
    return {
        "import_s": 0.01,
        "first_s": item_s,
        "first_cpu_s": item_s,
        "timed": [[index * 13, 1, item_s, used_s] for index in range(150)],
        "collected": [0, 0, 0],
        "resident": 12 << 20,
        "arguments": [
            {"items": 1, "bytes": 60, "dump_s": 5e-6, "load_s": 3e-6, "kept_s": 3e-6},
            {"items": 250, "bytes": 1000, "dump_s": 25e-6, "load_s": 25e-6, "kept_s": 25e-6},
        ],
        "results": [
            {"items": 1, "bytes": 20, "dump_s": 2e-6, "load_s": 2e-6, "kept_s": 2e-6},
            {"items": 250, "bytes": 1000, "dump_s": 25e-6, "load_s": 25e-6, "kept_s": 25e-6},
        ],
    }


def beside(part: float, workers: int = 2) -> dict[str, Any]:
    """Threads that take `part` of the loop's time."""
    turn = [30, 0.03, 0.03 * part, 0.03]
    return {"beside": [{"workers": workers, "turns": [turn] * 3, "start_s": 2e-4, "each_s": 1e-5}]}


def workers(slowed: float = 1.0, alone: float = 1.0) -> dict[str, Any]:
    """One worker that takes `alone` times as long as the loop, and two at once that take `slowed` times as long as that."""

    def said(item_s: float) -> dict[str, Any]:
        group = [4, 1e-6, 4 * item_s, 1e-6, 4 * item_s + 2e-6]
        return {
            "cold": [4, 1e-4, 4 * item_s + 1e-3, 1e-6, 4 * item_s],
            "groups": [group] * 5,
            "first_group": 0,
            "collected": [0, 0, 0],
            "private": 4 << 20,
        }

    return {
        "group_items": [4] * 6,
        "at_once": [
            {"workers": 1, "of": [said(ITEM_S * alone)]},
            {"workers": 2, "of": [said(ITEM_S * alone * slowed)] * 2},
        ],
        "collected_s": [0.011, 0.004],
        "objects": 20_000,
    }


def dispatch() -> dict[str, Any]:
    """What handing out takes; the executor's workers wait where they compute for long."""

    def told(backend: str, parent_s: float, longer_s: float) -> dict[str, Any]:
        numbers = {"tasks": 800, "wall_s": 800 * parent_s, "parent_s": parent_s, "worker_s": 12e-6}
        return {
            "backend": backend,
            "method": FORK.name,
            "workers": 2,
            "saturated": numbers,
            "busy": {**numbers, "parent_s": 2 * parent_s},
            "busy_s": 70e-6,
            "lagging": {**numbers, "tasks": 240, "wall_s": longer_s},
            "lagging_s": 4e-4,
            "inside": {"parent_s": 2e-8, "worker_s": 3e-8},
            "inside_again": {"parent_s": 1e-8, "worker_s": 2e-8},
        }

    return {"dispatch": [told(POOL.name, 20e-6, 0.04), told(PROCESS_EXECUTOR.name, 90e-6, 0.08)]}


def life(ready_s: float, import_s: float, count: int, **changes: Any) -> dict[str, Any]:
    """A pool of so many workers, each ready a millisecond after the one before."""
    return {
        "workers": count,
        "made_s": 0.004,
        "ready_s": [ready_s + 0.001 * number for number in range(count)],
        "import_s": [import_s] * count,
        "end_s": 0.003,
        "private": 2 << 20,
        **changes,
    }


def started(method: str, ready_s: float, import_s: float, **changes: Any) -> dict[str, Any]:
    """The first pool of two, a short job that lost 7 ms, and later pools of two and of one."""
    placed = {
        "workers": 2,
        "chunks": 1,
        "made_s": 0.004,
        "done_s": ready_s + 0.001 + 0.017 + 0.007,
        "end_s": 0.003,
        "alone_s": 0.017,
    }
    return {
        "backend": POOL.name,
        "method": method,
        "first": life(ready_s, import_s, 2),
        "placed": placed,
        "later": [life(ready_s, import_s, 2), life(ready_s, import_s, 1)],
        **changes,
    }


def starts() -> dict[str, Any]:
    """Pools by fork that are ready in 5 and 6 ms, and by spawn in 55 and 56."""
    told = [started(FORK.name, 0.005, 0.0), started(SPAWN.name, 0.055, 0.02)]
    return {"starts": told, "resident": 12 << 20}


def probed(**changes: Any) -> Probed:
    """A probe of pure Python that holds the GIL, of a millisecond an item, on two CPUs."""
    given: dict[str, Any] = {
        "looked": heard("look", looked()),
        "heard": (heard("sample", sample()),),
        "parts": {
            "dispatch": (dispatch(),),
            "sample": (sample(), sample(1.1 * ITEM_S), sample(0.9 * ITEM_S)),
            "beside": (beside(1.02),),
            "workers": (workers(),),
            "starts": (starts(),),
        },
        "methods": (FORK.name, SPAWN.name),
        "cpus": 2,
        "sends": True,
        "only_loop": False,
        "foreign": 0.0,
        **changes,
    }
    return Probed(**given)


def with_parts(**parts: Any) -> dict[str, Any]:
    """For `probed`: its parts, with these in the place of theirs."""
    return {"parts": {**probed().parts, **{name: (part,) for name, part in parts.items()}}}
