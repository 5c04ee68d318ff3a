"""What is no hindrance and yet must be known: prints, threads and processes left behind, what cannot be sent, side effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study.errors import printable
from study.units import count, counted, duration, seconds, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.advise.asking import Heard
    from study.advise.wish import AdviseWish

HOLD_A_DEVICE = ("torch", "tensorflow", "jax", "cupy", "pycuda", "numba.cuda")
"""Modules of libraries that may hold a GPU: the probe looks whether they are loaded."""
FIRST_IS_LONG = 5.0
"""A first call that takes so many times a later one, and a hundredth of a second, is worth a word."""
WORTH_A_WORD_S = 0.01
OF_ITSELF = frozenset({"look", "sample"})
"""Parts that start no process: what is printed there the reader's code prints."""


def before(wish: AdviseWish, processes: int) -> str:
    """What is said before anything of the reader's runs."""
    return (
        f"{wish.module} is imported in about {counted(processes, 'fresh process', 'fresh processes')}, in more of them if its"
        f" items wait, and {wish.function} is called many times there: what importing or calling does elsewhere, to files,"
        " servers or accounts, happens as often. Ctrl-C ends all of it"
    )


def told(looked: Heard, others: list[Heard], wish: AdviseWish) -> list[str]:
    """Everything that the parts of the probe came across, a sentence each."""
    found: list[str] = []
    done = looked.done or {}
    parts = [looked, *others]
    found += _printed(parts, wish)
    found += _left_behind(parts, done, wish)
    found += _not_in_threads(parts, wish)
    found += _not_under(parts, wish)
    found += _cannot_be_sent(done, wish)
    found += _returns(done, wish)
    found += _devices(done)
    return found


def _printed(parts: list[Heard], wish: AdviseWish) -> Iterator[str]:
    lines = next((heard.printed for heard in parts if heard.part in OF_ITSELF and heard.printed.strip()), "")
    if lines:
        first = printable(lines.strip().splitlines()[0], 80)
        yield (
            f"{wish.module} prints ({first!r}): it was thrown away here. Several workers write in no order, and lines longer"
            " than a few thousand bytes can be torn"
        )


def _left_behind(parts: list[Heard], done: Mapping[str, Any], wish: AdviseWish) -> Iterator[str]:
    left = done.get("left")
    left = left if isinstance(left, dict) else {}
    threads = [printable(str(name), 40) for name in left.get("running", ())]
    if threads:
        yield (
            f"{wish.module} leaves {counted(len(threads), 'thread')} running ({', '.join(threads[:3])}): a worker that is"
            " forked beside threads can wait for ever for a lock that one of them holds; start workers before, or not by"
            " copying"
        )
    children = left.get("children", 0)
    ours = [heard for heard in parts if heard.part in OF_ITSELF]
    leftovers = next((heard.outcome.leftovers for heard in ours if heard.outcome.leftovers), ())
    if leftovers or children:
        what = printable(leftovers[0], 80) if leftovers else counted(int(children), "child process", "child processes")
        yield f"{wish.function} leaves processes behind ({what}): they were ended here; a pool does not end them"


def _not_in_threads(parts: list[Heard], wish: AdviseWish) -> Iterator[str]:
    fault = next((heard.done["fault"] for heard in parts if heard.done is not None and heard.done.get("fault")), None)
    if isinstance(fault, dict):
        yield (
            f"{wish.function} works in a loop and fails in other threads of the program"
            f" ({printable(str(fault.get('last')), 120)}): threads are not looked at"
        )


def _not_under(parts: list[Heard], wish: AdviseWish) -> Iterator[str]:
    failed = next(
        (heard.done["failed"] for heard in parts if heard.done is not None and heard.done.get("failed")), None
    )
    if isinstance(failed, dict):
        for method, last in failed.items():
            yield (
                f"processes that begin by {printable(str(method), 40)} fail with {wish.module} ({printable(str(last), 120)}):"
                " ways that need them are not looked at"
            )


def _cannot_be_sent(done: Mapping[str, Any], wish: AdviseWish) -> Iterator[str]:
    for key, what in (("argument_fault", "an item"), ("result_fault", "the result")):
        fault = done.get(key)
        if isinstance(fault, dict):
            which = f"item {count(fault['item'])}" if isinstance(fault.get("item"), int) else what
            where = printable(str(fault.get("path", "")).strip(), 80)
            inside = f"at {where} in it stands" if where else "it is of type"
            yield (
                f"{which} of {wish.function} cannot be sent to another process: {inside} {printable(str(fault.get('type')), 60)}"
                f" ({printable(str(fault.get('why')), 120)}). Threads share it as it is; for processes, send what it can be"
                " made from (a path, a number, a text) and make it in the worker"
            )


def _returns(done: Mapping[str, Any], wish: AdviseWish) -> Iterator[str]:
    if done.get("none"):
        yield (
            f"{wish.function} returns None: what it changes in its argument, in globals or in its object stays in the worker"
            " process. It has to return what is wanted"
        )
    first_s, again_s = float(done.get("first_s", 0.0)), float(done.get("again_s", 0.0))
    if first_s > max(FIRST_IS_LONG * again_s, WORTH_A_WORD_S):
        yield (
            f"the first call takes {seconds(first_s)}, a later one {seconds(again_s)}: a worker that does not inherit what"
            " the first call made pays it once more"
        )


def _devices(done: Mapping[str, Any]) -> Iterator[str]:
    loaded = [printable(str(name), 40) for name in done.get("loaded", ())]
    if loaded:
        yield (
            f"{' and '.join(loaded)} is loaded: what it holds on a GPU cannot be used in a forked copy, and several workers"
            " share one device; nothing here measures that"
        )


def long_items(wish: AdviseWish, item_s: float, items: int, needed_s: float) -> str:
    """What is said where one item takes so long that only the loop is foretold."""
    return (
        f"one item takes {duration(item_s)}, and {count(items)} of them in a loop {duration(items * item_s)}: the probe would"
        f" take about {duration(needed_s)}, so only the loop is foretold. With --budget {round(needed_s / 60) + 1}m"
        f" {wish.function} is measured in workers too"
    )


def large_results(result_bytes: float, items: int) -> Iterator[str]:
    """What is said of results that may not fit into memory."""
    if result_bytes * items > 1 << 30:
        yield (
            f"results of {size(result_bytes)} each are {size(result_bytes * items)} for all {count(items)} items: the parent"
            " holds them all, and a process way copies each twice. Return less, or write them in the worker and return where"
        )
