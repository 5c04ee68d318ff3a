"""The parts of the probe in their order: one look, then what needs measuring, the sample at several moments between."""

from __future__ import annotations

import itertools
import math
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from study.advise.asking import START_S
from study.advise.model.ways import MOST_THAT_WAIT, THREADS_THAT_WAIT, WAITING
from study.advise.refusing import check, check_alone, check_function
from study.advise.telling import HOLD_A_DEVICE
from study.errors import UsageError
from study.things import BACKENDS, START_METHODS
from study.things.written import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from study.advise.asking import Asker, Heard
    from study.advise.wish import AdviseWish

SHARES: Mapping[str, float] = {
    "dispatch": 0.25,
    "sample": 0.07,
    "beside": 0.1,
    "workers": 0.15,
    "pilot": 0.08,
    "starts": 0.3,
}
"""Part -> its share of the budget. The sample is timed three times; what is left over is the processes' own start."""
BRIEF_BEYOND_S = 0.1
"""Items longer than this are called as seldom as can be, so that the answer comes within about ten of them."""
BRIEF_ITEMS = 2
"""So many items are a sample then."""
LONG_SHARE = 1.0 / 3.0
"""Of the budget: a longer item is not measured in workers."""
CALLS = 12
"""So many items long the whole probe takes where they are long."""
BUSY = 0.1
"""CPUs that others keep busy: a part beside more than that is measured once more."""
AGAIN = 1.2
"""Budgets: after so many none is measured once more, so that a busy machine does not double the time of an answer."""
SLEEPS = 0.2
"""Of the calls: what gives up its CPU less often does not wait."""
LATE = 2.0
"""Budgets: after so many what is only looked at once more is left out."""
MOST_STARTED = 16
"""Workers of a pool that is started to see what that takes; more are reckoned from these."""
REPEATS = 2
"""So often pools of either number of workers are started after the first of their process, where there is time."""
PLACED_TIMES = 3
"""Processes in which a way's first pool is made for a short job, for each of `PLACED_CHUNKS`, beside the one in which its start
is looked at; twice as many where workers are copies: what they lose is a matter of luck, between nothing and a turn of the
scheduler, and their start is short enough for that to weigh."""
PLACED_CHUNKS = (1, 4)
"""Chunks a worker of the short job: one, and as many as pools make by themselves. While these are handed out, fresh workers and
their parent contend for the CPUs."""
APART_S = 0.25
"""For the reader's imports and items, before a process can start a pool: where they take longer, ways share processes."""
FEW_TICKS_S = 0.05
"""The system counts CPU time in hundredths of a second: less than this in one part is nothing."""
PILOT_S, MOST_PILOTS, LARGEST_PILOT = 0.1, 100, 64 << 20
"""Of a map of the pool that is tried on the reader's items: about its seconds; its chunks for each worker and bytes at most."""
MESSAGES = (1 << 17, 1 << 20)
"""Bytes of messages whose time of travel is measured, beside the job's own."""
PIPE_BYTES = 1 << 16
LARGEST_MESSAGE = 16 << 20


class Part(NamedTuple):
    """A part of the probe and what it is to do."""

    name: str
    order: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What the parts found.

    Attributes
    ----------
    looked : the first look.
    heard : the others, in the order in which they were carried out, the calmer one where one was repeated.
    parts : name -> what was found; of the sample one for each moment.
    methods : start methods that were looked at, the interpreter's own first.
    cpus : CPUs that may be used.
    sends : whether arguments and results can be sent to another process.
    only_loop : whether items are so long that nothing but the loop was looked at.
    foreign : CPUs that others kept busy, at most in one part, or in several of one name that follow each other.
    """

    looked: Heard
    heard: tuple[Heard, ...]
    parts: Mapping[str, tuple[Mapping[str, Any], ...]]
    methods: tuple[str, ...]
    cpus: int
    sends: bool
    only_loop: bool
    foreign: float

    @property
    def done(self) -> Mapping[str, Any]:
        """What the first look found."""
        return self.looked.done or {}

    @property
    def python(self) -> Mapping[str, Any]:
        """What the reader's interpreter is and has."""
        facts: Mapping[str, Any] = self.done["python"]
        return facts

    @property
    def item_s(self) -> float:
        """Seconds of one call, roughly."""
        return float(self.done["again_s"])


def look(asker: Asker, wish: AdviseWish) -> Heard:
    """The first look; whatever hinders an answer is raised as a sentence."""
    heard = asker.ask(
        "look",
        {
            "longest_s": LONG_SHARE * wish.budget_s,
            "packages": sorted(packages()),
            "telling": list(HOLD_A_DEVICE),
        },
        deadline_s=START_S + wish.longest_call_s,
    )
    found = check(heard, wish)
    check_alone(heard, wish)
    check_function(found, wish)
    return heard


def packages() -> set[str]:
    """What a way may need to be there: other libraries, and the library's module of interpreters."""
    found = {BACKENDS[name].package for name in WRITTEN} - {""}
    return found | {"concurrent.interpreters"}


def probed(asker: Asker, wish: AdviseWish, looked: Heard, cpus: int, say: Callable[[str], None]) -> Probed:
    """Carry out every part that this function needs.

    Raises
    ------
    UsageError
        if the interpreter has none of the start methods that were asked for.
    FunctionError
        if the function fails later than at the first look.
    """
    done = looked.done or {}
    sends = not done.get("argument_fault") and not done.get("result_fault")
    only_loop = float(done["first_s"]) > LONG_SHARE * wish.budget_s
    methods = methods_of(done["python"], wish)
    if wish.start_methods and not methods:
        raise UsageError(
            f"--start-method {', '.join(wish.start_methods)}: not in this interpreter, which has"
            f" {', '.join(name for name in START_METHODS if name in done['python']['methods'])}"
        )
    began_s = time.monotonic()
    heard: list[Heard] = []
    found: dict[str, list[Mapping[str, Any]]] = {}
    for part in () if only_loop else parts_of(done, wish, cpus, methods, sends=sends):
        passed_s = time.monotonic() - began_s
        if part.order.get("spare") and passed_s > LATE * wish.budget_s:
            continue
        if not heard or heard[-1].part != part.name:
            say(f"  {_DOES[part.name]}")
        answer = _calmest(asker, part, done, only_once=passed_s > AGAIN * wish.budget_s)
        heard.append(answer)
        found.setdefault(part.name, []).append(check(answer, wish))
        check_alone(answer, wish)
    return Probed(
        looked=looked,
        heard=tuple(heard),
        parts={name: tuple(answers) for name, answers in found.items()},
        methods=methods,
        cpus=cpus,
        sends=sends,
        only_loop=only_loop,
        foreign=max(
            (_foreign(answers) for _, answers in itertools.groupby(heard, lambda heard: heard.part)), default=0.0
        ),
    )


_DOES: Mapping[str, str] = {
    "dispatch": "what handing out takes here",
    "sample": "single items, spread over the list",
    "beside": "several at once in one process",
    "workers": "several at once in worker processes",
    "pilot": "some items in a pool",
    "starts": "what it takes to start and end workers",
}


def methods_of(python: Mapping[str, Any], wish: AdviseWish) -> tuple[str, ...]:
    """Start methods that the interpreter has and the reader did not leave out, the interpreter's own first.

    On macOS copies of a process are made where the reader asks for them alone: libraries of the system may crash in them
    (multiprocessing's documentation, "Contexts and start methods").
    """
    has = [name for name in START_METHODS if name in python["methods"]]
    if sys.platform == "darwin" and not wish.start_methods:
        has = [name for name in has if not START_METHODS[name].copies_parent]
    wanted = [name for name in has if not wish.start_methods or name in wish.start_methods]
    return tuple(sorted(wanted, key=lambda name: name != python["usual_method"]))


def parts_of(
    done: Mapping[str, Any], wish: AdviseWish, cpus: int, methods: tuple[str, ...], *, sends: bool
) -> Iterator[Part]:
    """The parts in their order. Between the others the sample is timed anew: the clock of a machine drifts."""
    item_s = max(float(done["again_s"]), 1e-9)
    brief = is_brief(done)
    budget = {name: share * wish.budget_s for name, share in SHARES.items()}
    common = {"item_s": item_s, "brief": brief}
    count = int(done["count"])
    chunks = [1] if brief else sorted({1, own_share(count, cpus)})
    largest = -(-count // max(1, cpus))  # a chunk for each worker is tried as well
    few_s = BRIEF_ITEMS * item_s
    sample = {**common, "budget_s": few_s if brief else budget["sample"], "sends": sends}
    ways = list(ways_to_start(methods)) if sends else []
    if ways:
        once = _each_once(ways)
        for way in once:  # the first map of a process finds no memory that an earlier one gave back
            yield Part("dispatch", {"ways": [way], "workers": min(2, cpus), "sizes": sizes_of(done, [largest]),
                                    "budget_s": budget["dispatch"] / len(once)})  # fmt: skip
    yield Part("sample", {**sample, "chunks": chunks})
    yield Part("beside", {**common, "workers": threads_of(done, cpus, wish), "budget_s": budget["beside"]})
    if ways:
        method = next((name for name in methods if START_METHODS[name].copies_parent), methods[0])
        several = processes_of(cpus, wish)
        yield Part("workers", {**common, "method": method, "copies": START_METHODS[method].copies_parent,
                               "at_once": [several] if brief else sorted({1, several}),
                               "budget_s": budget["workers"]})  # fmt: skip
    if ways and not brief:
        for way in (
            way for way in ways if way["method"] == method
        ):  # each backend hands out, and takes back, in its own way
            yield Part("pilot", {"way": way, "workers": several, "sizes": pilots_of(done, several),
                                 "budget_s": budget["pilot"]})  # fmt: skip
    if not brief:
        yield Part("sample", {**sample, "chunks": []})
    if ways:
        yield from _starts(ways, done, started_of(cpus, wish, waits=does_wait(done)), budget["starts"])
    if not brief:
        yield Part("sample", {**sample, "chunks": []})


def _starts(ways: list[dict[str, Any]], done: Mapping[str, Any], workers: list[int], budget_s: float) -> Iterator[Part]:
    """The first pool of every way, each in processes of its own; of what takes long to import one after the other in few.

    Where items wait, workers are more than CPUs, and none of them loses what short jobs show.
    """
    apart = float(done["import_s"]) + float(done["items_s"]) <= APART_S
    groups = [[way] for way in ways] if apart else [ways]
    common = {"workers": workers, "budget_s": budget_s / len(groups)}
    for group in groups:
        yield Part("starts", {**common, "ways": group, "chunks": 0, "repeats": REPEATS})
    once = {**common, "repeats": 0}
    for turn in range(PLACED_TIMES if does_wait(done) and apart else 1):
        for count, group in itertools.product(looked_at(workers[0])[turn == 0 :], groups):
            yield Part("starts", {**once, "ways": group, "workers": [count], "chunks": 0, "spare": turn > 0})
    if does_wait(done):
        return
    for turn in range(2 * PLACED_TIMES if apart else 1):
        for chunks, group in itertools.product(PLACED_CHUNKS, groups):
            if turn < PLACED_TIMES or any(START_METHODS[way["method"]].copies_parent for way in group):
                yield Part("starts", {**once, "ways": group, "chunks": chunks, "spare": turn > 0})


def is_brief(done: Mapping[str, Any]) -> bool:
    """Whether the function is called as seldom as can be: it takes long, or each call leaves something behind."""
    left = done["left"]
    return float(done["again_s"]) > BRIEF_BEYOND_S or bool(left["running"]) or bool(left["children"])


def own_share(items: int, workers: int) -> int:
    """Items of a chunk where each worker gets four of them."""
    return max(1, math.ceil(items / (4 * max(1, workers))))


def threads_of(done: Mapping[str, Any], cpus: int, wish: AdviseWish) -> list[int]:
    """Numbers of threads that are tried: two, and as many as CPUs, or as were asked for at most; of what waits many."""
    numbers = {2, max(2, cpus), *([max(wish.workers)] if wish.workers else [])} - {1}
    if does_wait(done) and not wish.workers and not is_brief(done):
        numbers.add(max(THREADS_THAT_WAIT, cpus))
    return sorted(numbers)


def does_wait(done: Mapping[str, Any]) -> bool:
    """Whether so much of an item's time needs no CPU that more workers than CPUs may help; what others take of it is none."""
    sleeps = float(done.get("again_slept", 1.0)) >= SLEEPS
    return sleeps and float(done["again_cpu_s"]) < (1.0 - WAITING) * float(done["again_s"])


def processes_of(cpus: int, wish: AdviseWish) -> int:
    """How many processes work at once: as many as CPUs, fewer where fewer were asked for."""
    return max(1, min(cpus, max(wish.workers, default=cpus)))


def started_of(cpus: int, wish: AdviseWish, *, waits: bool) -> list[int]:
    """Numbers of workers of the pools that are started, the one that counts first, and no more than CPUs last."""
    most = min(MOST_STARTED, max(2, max(wish.workers, default=MOST_THAT_WAIT * cpus if waits else cpus)))
    return [most, max(1, min(most // 2, cpus))]


def looked_at(most: int) -> tuple[int, ...]:
    """Numbers of workers whose first pools are looked at: the most, a half and a quarter of them, no fewer than two."""
    return tuple(dict.fromkeys(max(2, most >> halved) for halved in range(3)))


def sizes_of(done: Mapping[str, Any], chunks: list[int]) -> list[int]:
    """Bytes of messages to be timed; none where no chunk of the job can fill a pipe."""
    result_bytes = int(done.get("result_bytes", 0))
    largest = max(chunks) * max(result_bytes, 1)
    argument = done.get("argument_bytes", 0)
    largest = max(largest, max(chunks) * int(argument))
    if largest <= PIPE_BYTES:
        return []
    return sorted({*MESSAGES, min(LARGEST_MESSAGE, max(largest, PIPE_BYTES + 1))})


def pilots_of(done: Mapping[str, Any], workers: int) -> list[tuple[int, int]]:
    """Items of a chunk and number of chunks: large and single ones, as many as last for `PILOT_S` and memory has room for."""
    item_s, count = max(float(done["again_s"]), 1e-9), int(done["count"])
    item_bytes = max(1, int(done.get("argument_bytes", 0)), int(done.get("result_bytes", 0)))
    most = max(workers, min(count, LARGEST_PILOT // item_bytes))
    large = max(1, min(own_share(count, workers), math.ceil(PILOT_S / (2.0 * item_s)), most // workers))
    found = []
    for size in sorted({large, 1}, reverse=True):
        turns = min(round(PILOT_S / (size * item_s)), most // (size * workers), MOST_PILOTS)
        found.append((size, workers * max(1, turns)))
    return found


def ways_to_start(methods: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Pools and executors of processes, for the probe's orders: those of the start methods that come first, first."""
    for method in methods:
        for name, written in WRITTEN.items():
            if BACKENDS[name].takes_start_method:
                yield {
                    "backend": name,
                    "shape": written.shape,
                    "made": written.made,
                    "method": method,
                    "carries": BACKENDS[name].chunks_itself,
                }


def _each_once(ways: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One way for each backend: what handing out takes does not depend on how its workers began."""
    copying = sorted(ways, key=lambda way: not START_METHODS[way["method"]].copies_parent)
    return list({way["backend"]: way for way in reversed(copying)}.values())[::-1]


def _calmest(asker: Asker, part: Part, done: Mapping[str, Any], *, only_once: bool) -> Heard:
    """One part; once more where others kept CPUs busy meanwhile, and the calmer of both."""
    first = _asked(asker, part, done)
    if first.done is None or _foreign([first]) <= BUSY or part.order.get("brief") or only_once:
        return first
    second = _asked(asker, part, done)
    return second if second.done is not None and second.foreign_share < first.foreign_share else first


def _foreign(answers: Iterable[Heard]) -> float:
    """CPUs that others kept busy during these parts together; those of a few ticks are none."""
    known = [(answer.foreign_share * answer.meanwhile.elapsed_s, answer.meanwhile.elapsed_s) for answer in answers]
    taken_s, elapsed_s = (math.fsum(values) for values in zip(*known, strict=True))
    return taken_s / elapsed_s if taken_s > FEW_TICKS_S and elapsed_s > 0.0 else 0.0


def _asked(asker: Asker, part: Part, done: Mapping[str, Any]) -> Heard:
    known_s = float(done["import_s"]) + float(done["items_s"]) + float(done["first_s"])
    calls_s = CALLS * float(done["again_s"])
    limit_s = START_S + 10.0 * known_s + 3.0 * calls_s + 6.0 * float(part.order["budget_s"])
    if part.name == "starts":  # a worker that inherits nothing imports all of it
        limit_s += 10.0 * known_s * len(part.order["ways"])
    return asker.ask(part.name, part.order, deadline_s=limit_s)


def processes(cpus: int, wish: AdviseWish) -> int:
    """How many fresh processes import the reader's module, at most, where its items do not wait."""
    parts = len(SHARES) + 2
    anew = sum(not method.copies_parent for method in START_METHODS.values())
    backends = sum(BACKENDS[name].takes_start_method for name in WRITTEN)
    copying = sum(method.copies_parent for method in START_METHODS.values())
    most, fewer = started_of(cpus, wish, waits=False)
    looks = len(START_METHODS) * len(looked_at(most))
    firsts = backends * (looks + (len(START_METHODS) + copying) * PLACED_TIMES * len(PLACED_CHUNKS))
    return parts + firsts + anew * backends * (most + REPEATS * (most + fewer))
