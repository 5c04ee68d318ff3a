"""The function in worker processes, as many at once as there are CPUs for: reading, calling, writing, and what it leaves.

A worker does what a pool's worker does with a chunk: it reads the message, calls the function for each item, and makes the
message with the results. The first group of each worker is kept apart: its caches are cold. Of short lists the groups come again
and again, as long as a clock needs: one CPU of a virtual machine may be slow for hundredths of a second.
"""

from __future__ import annotations

import gc
import itertools
import math
import multiprocessing
import os
import pickle
import time
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from threading import BrokenBarrierError

from . import memory, sampling
from .function import Subject
from .refused import RefusedError, in_one_line, place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from typing import Any

    from .answers import Answers

GROUP_S = 4e-3
"""Shorter groups would time the clock and the waking of a CPU."""
FEWEST_GROUPS, MOST_GROUPS = 3, 60
WANTED_S = 0.15
"""So long a worker works, if its part of the time allows it."""
MOST_TIMED = 600
LARGEST_GROUP = 1 << 16
LARGEST_BYTES = 64 << 20
"""Of all messages that are made beforehand."""
WAITED = "waited in vain"
ENDING_S = 1.0
TOGETHER_S = 60.0
"""How long workers wait for each other before one of them is taken for lost."""


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """For one worker, and for as many as the order names: the times of every group of every worker."""
    subject = Subject(order, answers)
    if not order["brief"]:
        sampling.called(subject.function, subject.items, 0, answers)
    fewest = 1 if order["brief"] else FEWEST_GROUPS
    share_s = order["budget_s"] / (2 * len(order["at_once"]))
    longest_s = math.inf if order["brief"] else sampling.PATIENCE * share_s
    wanted_s = 0.0 if order["brief"] else min(WANTED_S, share_s)
    groups = _groups(len(subject.items), order["item_s"], share_s, fewest)
    messages = _messages(subject, groups)
    context: Any = multiprocessing.get_context(order["method"])
    found: dict[str, Any] = {"group_items": [len(group) for group in groups[: len(messages)]], "at_once": []}
    for at_once in order["at_once"]:
        answers.begin("workers")
        found["at_once"].append(
            {
                "workers": at_once,
                "of": _at_once(context, subject.function, messages, at_once, _work, longest_s, wanted_s),
            }
        )
    if order["copies"]:
        answers.begin("collect")
        found["collected_s"] = _at_once(context, subject.function, [], 1, _collect, longest_s, 0.0)[0]["seconds"]
        found["objects"] = len(gc.get_objects())
    return found


def _groups(count: int, item_s: float, budget_s: float, fewest: int) -> list[range]:
    """Groups of neighbours that last `GROUP_S` or more, spread over the list, the first of them once more in front."""
    size = max(1, min(LARGEST_GROUP, count, math.ceil(GROUP_S / max(item_s, 1e-9))))
    afforded = math.floor(budget_s / max(size * item_s, 1e-9))
    spread = sampling.strides(count, max(fewest, min(MOST_GROUPS, afforded)), size)
    while len(spread) < fewest:
        spread.append(spread[-1])
    return [spread[0], *spread]


def _messages(subject: Subject, groups: Sequence[range]) -> list[bytes]:
    """The messages that a pool would send, made beforehand; at least one, and no more than memory is for."""
    made: list[bytes] = []
    held = 0
    for group in groups:
        chunk = [subject.items[index] for index in group]
        try:
            message = bytes(ForkingPickler.dumps((subject.function, chunk)))
        except Exception as error:
            raise RefusedError("cannot be sent", last=in_one_line(error)) from None
        held += len(message)
        if len(made) > FEWEST_GROUPS and held > LARGEST_BYTES:
            break
        made.append(message)
    return made


def _at_once(
    context: Any,  # noqa: ANN401 - a context of multiprocessing
    function: Callable[[Any], Any],
    messages: Sequence[bytes],
    count: int,
    work: Callable[..., None],
    longest_s: float,
    wanted_s: float,
) -> list[dict[str, Any]]:
    """What so many workers answer that begin together."""
    together = context.Barrier(count)
    pipes = [context.Pipe(duplex=False) for _ in range(count)]
    workers = [
        context.Process(
            target=work,
            args=(pipes[number][1], together, function, messages, number, longest_s, wanted_s),
            daemon=False,
        )
        for number in range(count)
    ]
    for worker in workers:
        worker.start()
    for _, theirs in pipes:
        theirs.close()
    answered = _heard([ours for ours, _ in pipes], workers, together)
    for worker in workers:
        _end(worker)
    refusals = [answer["refused"] for answer in answered if "refused" in answer]
    if refusals:  # of those that only waited for another in vain it is not the first
        raise RefusedError(**min(refusals, key=lambda refusal: refusal["what"] == WAITED))
    return answered


def _heard(pipes: Sequence[Connection], workers: Sequence[Any], together: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """What each worker says; that it ended without a word is an answer as well, for which the others do not wait."""
    heard: dict[int, dict[str, Any]] = {}
    while len(heard) < len(workers):
        open_ends = [number for number in range(len(workers)) if number not in heard]
        wait([*(pipes[number] for number in open_ends), *(workers[number].sentinel for number in open_ends)])
        for number in open_ends:
            ended = not workers[number].is_alive()
            if pipes[number].poll():
                heard[number] = _received(pipes[number]) or _lost(workers[number], together)
            elif ended:
                heard[number] = _lost(workers[number], together)
    return [heard[number] for number in range(len(workers))]


def _end(worker: Any) -> None:  # noqa: ANN401 - a process of some context
    """See a worker to its end, which threads and processes that the function leaves behind could put off for ever."""
    worker.join(ENDING_S)
    if worker.is_alive():
        worker.kill()
        worker.join()


def _received(pipe: Connection) -> dict[str, Any]:
    """An answer; nothing where the pipe was closed without one."""
    try:
        answer: dict[str, Any] = pipe.recv()
    except EOFError:
        return {}
    return answer


def _lost(worker: Any, together: Any) -> dict[str, Any]:  # noqa: ANN401 - a process of some context, and its barrier
    """What is told of a worker that ended without a word."""
    together.abort()
    worker.join()
    return {"refused": {"what": "worker ended", "code": worker.exitcode}}


def _work(
    theirs: Connection,
    together: Any,  # noqa: ANN401 - a barrier of some context
    function: Callable[[Any], Any],
    messages: Sequence[bytes],
    number: int,
    longest_s: float,
    wanted_s: float,
) -> None:
    """One worker: each message read, worked on and answered; the first apart. Others begin at another place of the list.

    All of them once, as far as there is time, and again until `wanted_s` are over.
    """
    del function  # it comes with each message
    try:
        first, *rest = messages
        shift = number * len(rest) // max(1, together.parties)
        turned = rest[shift:] + rest[:shift]
        together.wait(TOGETHER_S)
        cold = _group(first)
        together.wait(TOGETHER_S)
        before = sampling.collections()
        began_s = time.perf_counter()
        warm: list[tuple[int, float, float, float, float]] = []
        for message in itertools.cycle(turned):
            passed_s = time.perf_counter() - began_s
            if warm and passed_s > (longest_s if len(warm) < len(turned) else wanted_s):
                break
            if len(warm) >= max(MOST_TIMED, len(turned)):
                break
            warm.append(_group(message))
        after = sampling.collections()
        answer: dict[str, Any] = {
            "cold": cold,
            "groups": warm,
            "first_group": shift,
            "collected": [late - early for late, early in zip(after, before, strict=True)],
            "private": memory.private_bytes(),
        }
    except BrokenBarrierError:
        answer = {"refused": {"what": WAITED}}
    except BaseException as error:
        together.abort()
        answer = {"refused": {"what": "raised in worker", "last": in_one_line(error), "place": place_of(error)}}
    theirs.send(answer)
    theirs.close()


def _group(message: bytes) -> tuple[int, float, float, float, float]:
    """One chunk as a worker treats it: items, seconds to read, to call, to write, and CPU seconds of all three.

    A copy of this process that comes out of a call as well, as where the function forks, ends there.
    """
    process = os.getpid()
    cpu_s = time.process_time()
    began_s = time.perf_counter()
    function, items = pickle.loads(message)
    read_s = time.perf_counter()
    results = list(map(function, items))
    called_s = time.perf_counter()
    if os.getpid() != process:
        os._exit(0)
    ForkingPickler.dumps(results)
    ended_s = time.perf_counter()
    cpu_s = time.process_time() - cpu_s
    return len(items), read_s - began_s, called_s - read_s, ended_s - called_s, cpu_s


def _collect(
    theirs: Connection,
    together: Any,  # noqa: ANN401 - a barrier of some context
    function: Callable[[Any], Any],
    messages: Sequence[bytes],
    number: int,
    longest_s: float,
    wanted_s: float,
) -> None:
    """Two full collections in a copy of the parent: the first writes into every page that it walks, which copies it."""
    del together, function, messages, number, longest_s, wanted_s
    seconds = []
    for _ in range(2):
        began_s = time.perf_counter()
        gc.collect()
        seconds.append(time.perf_counter() - began_s)
    theirs.send({"seconds": seconds})
    theirs.close()
