"""From what the probe found to what the model counts with: a job, the constants of this machine and interpreter, what exists."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING, Any, NamedTuple

from study.advise.costs import idle_bytes
from study.advise.model.job import Carried, Collected, Job
from study.advise.model.ways import Asked, Possible
from study.advise.rounds import SLEEPS, packages
from study.advise.starting import SPREAD_OF_ONE, copies, pools_of, positive
from study.things import BACKENDS
from study.things.written import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from study.advise.rounds import Probed
    from study.advise.wish import AdviseWish

NO_WAIT = 0.07
"""A smaller share of waiting is none: clocks of CPU time and of the wall differ by as much."""
BUSY_TIMES = 3.0
"""So many times what handing out takes at most where threads are woken for each item, and caches are cold."""
FULL_EACH = 10
"""So many collections of the middle generation bring about a full one."""
MOMENTS = 0.03
"""Standard deviation of the logarithm of an item's time from one process to the next, on a calm machine."""


def job_of(probed: Probed) -> Job:
    """The function and its items."""
    done = probed.done
    moments = probed.parts.get("sample", ())
    items = int(done["count"])
    groups = _groups(moments)
    if not groups or probed.only_loop:
        groups = [(1, positive(done["again_s"]), positive(done["again_cpu_s"]))]
    resident = [float(size) for size in done["resident"]]
    workers = next(iter(probed.parts.get("workers", ())), {})
    sent = moments[0] if moments else {}
    threads, thread_s = _threads(probed)
    return Job(
        items=items,
        item_s=tuple(seconds for _, seconds, _ in groups),
        sample_spread=_sample_spread(groups, moments, items),
        waits=_waits(groups) if _sleeps(moments) else 0.0,
        argument=_carried(sent.get("arguments"), _in_workers(workers, 1), None),
        result=_carried(sent.get("results"), None, _in_workers(workers, 3)),
        import_s=_import_s(probed),
        imports_s=_imports_s(probed),
        first_s=_cold_s(workers),
        collected=_collected(workers),
        threads=threads,
        thread_s=thread_s,
        at_once=_at_once(workers, groups, items),
        parent_bytes=max(resident, default=0.0),
        worker_bytes=max(0.0, _private(workers) - _idle_bytes(probed)),
    )


def possible_of(probed: Probed) -> Possible:
    """What the reader's interpreter and machine have."""
    has = frozenset(str(name) for name in probed.python["has"])
    return Possible(
        cpus=probed.cpus,
        start_methods=_usable(probed) if probed.sends else (),
        packages=has & {BACKENDS[name].package for name in WRITTEN} if probed.sends else frozenset(),
        has_interpreters=probed.sends and bool(has & (packages() - {BACKENDS[name].package for name in WRITTEN})),
        is_windows=sys.platform == "win32",
    )


def _usable(probed: Probed) -> tuple[str, ...]:
    """Start methods without those under which pools fail here."""
    failed = {str(method) for part in probed.parts.get("starts", ()) for method in part.get("failed", ())}
    return tuple(method for method in probed.methods if method not in failed)


def asked_of(wish: AdviseWish) -> Asked:
    """What the reader wants to be looked at."""
    return Asked(workers=wish.workers, start_methods=wish.start_methods)


def _groups(moments: Sequence[Mapping[str, Any]]) -> list[tuple[int, float, float]]:
    """Of each group of the sample: items, and wall and CPU seconds of one of them, the median over the moments."""
    timed = [moment["timed"] for moment in moments if moment.get("timed")]
    found = []
    for group in zip(*timed, strict=False):
        size = max(1, int(group[0][1]))
        found.append(
            (
                size,
                median(positive(wall_s) / size for _, _, wall_s, _ in group),
                median(positive(cpu_s) / size for *_, cpu_s in group),
            )
        )
    return found


def sampled_of(probed: Probed) -> int:
    """Items whose times in a loop are known."""
    return max(1, sum(size for size, *_ in _groups(probed.parts.get("sample", ()))))


def _waits(groups: Sequence[tuple[int, float, float]]) -> float:
    """Share of an item's time that needs no CPU."""
    wall_s = math.fsum(size * seconds for size, seconds, _ in groups)
    cpu_s = math.fsum(size * seconds for size, _, seconds in groups)
    share = 1.0 - cpu_s / wall_s if wall_s else 0.0
    return share if share >= NO_WAIT else 0.0


def _sleeps(moments: Sequence[Mapping[str, Any]]) -> bool:
    """Whether it gives up its CPU by itself: what is taken from it by others on a busy machine is no waiting of its own."""
    known = [moment for moment in moments if moment.get("timed") and "slept" in moment]
    groups = sum(len(moment["timed"]) for moment in known)
    return not known or sys.platform == "win32" or sum(int(moment["slept"]) for moment in known) >= SLEEPS * groups


def _sample_spread(
    groups: Sequence[tuple[int, float, float]], moments: Sequence[Mapping[str, Any]], items: int
) -> float:
    """How far the mean of the sample may be from that of all items, and how the clock moved between the moments."""
    seconds = [item_s for _, item_s, _ in groups]
    mean_s = fmean(seconds)
    sampled = sum(size for size, *_ in groups)
    left = max(0.0, 1.0 - sampled / items)
    of_sample = pstdev(seconds) / mean_s * math.sqrt(left / len(seconds)) if mean_s else 0.0
    means = [math.fsum(wall_s for _, _, wall_s, _ in moment["timed"]) for moment in moments if moment.get("timed")]
    logarithms = [math.log(total_s) for total_s in means if total_s > 0.0]
    drift = pstdev(logarithms) if len(logarithms) > 1 else SPREAD_OF_ONE
    return math.hypot(of_sample, drift)


def _carried(
    messages: Sequence[Mapping[str, Any]] | None, loads_s: float | None, dumps_s: float | None, reading: str = "kept_s"
) -> Carried:
    """What one item adds to a message of the largest size that was tried; what workers took comes before what we took.

    The program keeps what it reads.
    """
    if not messages:
        return Carried()
    largest = max(messages, key=lambda message: int(message["items"]))
    items = max(1, int(largest["items"]))
    return Carried(
        size_bytes=float(largest["bytes"]) / items,
        dump_s=positive(largest["dump_s"]) / items if dumps_s is None else dumps_s,
        load_s=positive(largest[reading]) / items if loads_s is None else loads_s,
    )


def _worked(workers: Mapping[str, Any]) -> list[tuple[int, list[Mapping[str, Any]]]]:
    """(Processes at once, what each of them says), rising."""
    return sorted(
        ((int(told["workers"]), list(told["of"])) for told in workers.get("at_once", ())), key=lambda pair: pair[0]
    )


def reread(probed: Probed, job: Job) -> Job:
    """The job for a program that has done it before: results find memory that earlier ones gave back."""
    messages = next((moment["results"] for moment in probed.parts.get("sample", ()) if moment.get("results")), ())
    if not messages:
        return job
    return replace(job, result=replace(job.result, load_s=_carried(messages, None, None, "load_s").load_s))


def _in_workers(workers: Mapping[str, Any], field: int) -> float | None:
    """Seconds of one item's part of a message while most processes worked: 1 to read it, 3 to write; None where it is not known.

    The median of the groups: a message takes microseconds, and one that another process came between would stand for many.
    """
    known = _worked(workers)
    groups = [group for worker in known[-1][1] for group in worker["groups"]] if known else []
    return median(positive(group[field]) / int(group[0]) for group in groups) if groups else None


def _placed(workers: Mapping[str, Any], worker: Mapping[str, Any]) -> Iterator[tuple[int, Sequence[Any]]]:
    """(Group of the list, what it took) of a worker, in its order: it begins at a group of its own and goes round."""
    count = max(1, len(workers["group_items"]) - 1)
    for place, group in enumerate(worker["groups"], int(worker["first_group"])):
        yield place % count, group


def _timed(workers: Mapping[str, Any], said: Iterable[Mapping[str, Any]]) -> dict[int, float]:
    """Group of the list -> CPU seconds of one of its items: the median over workers and repetitions.

    Of the CPU, since that workers wait for one another's CPU makes no item slower. Each worker begins at another group.
    """
    found: dict[int, list[float]] = {}
    for worker in said:
        for place, group in _placed(workers, worker):
            read_s, called_s, written_s, used_s = map(positive, group[1:5])
            share = called_s / max(read_s + called_s + written_s, 1e-9)
            found.setdefault(place, []).append(used_s * share / int(group[0]))
    return {place: median(several) for place, several in found.items()}


def _at_once(workers: Mapping[str, Any], groups: Sequence[tuple[int, float, float]], items: int) -> dict[int, float]:
    """Processes at once -> CPU time of an item in one of them ÷ that in the loop.

    One alone is held against the sample of the loop, several against one alone: the median over groups that both had. Nobody is
    faster beside others: where one alone looks slower, a slow CPU was measured. Where it was not tried, several are held against
    the sample.
    """
    known = {count: _timed(workers, said) for count, said in _worked(workers)}
    alone = {
        place: min([item_s, *(timed[place] for timed in known.values() if place in timed)])
        for place, item_s in known.get(1, {}).items()
    }
    in_loop = _Seen([cpu_s for *_, cpu_s in groups], sum(size for size, *_ in groups) / items)
    in_worker = _beside_loop(_seen(workers, alone, items), in_loop)
    found = {1: in_worker} if alone else {}
    for count, timed in known.items():
        ratios = [item_s / alone[place] for place, item_s in timed.items() if alone.get(place)]
        if count > 1:
            times = in_worker * median(ratios) if ratios else _beside_loop(_seen(workers, timed, items), in_loop)
            found[count] = max(1e-3, times)
    return found


class _Seen(NamedTuple):
    """Groups of the list that were timed: CPU seconds of an item of each, and the share of all items that lie in them."""

    item_s: Sequence[float]
    share: float

    def unlike(self) -> float:
        """Standard deviation of their mean about that of all items, ÷ it: none of groups that hold them all."""
        left = max(0.0, 1.0 - self.share)
        return pstdev(self.item_s) / fmean(self.item_s) * math.sqrt(left / len(self.item_s))


def _seen(workers: Mapping[str, Any], timed: Mapping[int, float], items: int) -> _Seen:
    sizes = workers.get("group_items", ())[1:] or [0]
    return _Seen(list(timed.values()), sum(int(sizes[place % len(sizes)]) for place in timed) / items)


def _beside_loop(in_worker: _Seen, in_loop: _Seen) -> float:
    """Time of an item in a worker ÷ that in the loop: no more than what both saw of the list can tell.

    Of items that are unlike both saw others; what they then seem to differ by counts for less, by its variance.
    """
    if not in_worker.item_s or not fmean(in_worker.item_s) or not fmean(in_loop.item_s):
        return 1.0
    unlike = math.hypot(in_worker.unlike(), in_loop.unlike())
    return math.pow(fmean(in_worker.item_s) / fmean(in_loop.item_s), 1.0 / (1.0 + (unlike / MOMENTS) ** 2))


def _cold_s(workers: Mapping[str, Any]) -> float:
    """Seconds that the first group of a worker took more than the same group later; than all groups where it came no more.

    Of items that are unlike other groups say nothing of this one.
    """
    known = _worked(workers)
    if not known:
        return 0.0
    said = known[-1][1]
    cold_s = median(math.fsum(map(positive, worker["cold"][1:4])) for worker in said)
    placed = [
        (place, math.fsum(map(positive, group[1:4]))) for worker in said for place, group in _placed(workers, worker)
    ]
    warm_s = [seconds for place, seconds in placed if place == 0] or [seconds for _, seconds in placed]
    return max(0.0, cold_s - median(warm_s))


def _collected(workers: Mapping[str, Any]) -> Collected:
    """What full collections take in a forked worker. That of later ones is in the sample of the items already."""
    seconds = [positive(value) for value in workers.get("collected_s", ())]
    if len(seconds) < 2:
        return Collected()
    said = [worker for _, several in _worked(workers) for worker in several]
    items = sum(int(group[0]) for worker in said for group in worker["groups"])
    counts = [worker["collected"] for worker in said]
    full = sum(max(float(count[-1]), float(count[-2]) / FULL_EACH) for count in counts if len(count) > 1)
    return Collected(copies_s=max(0.0, seconds[0] - seconds[1]), walks_s=0.0, per_item=full / items if items else 0.0)


def _private(workers: Mapping[str, Any]) -> float:
    """Memory that a worker shares with nobody, after it has worked."""
    sizes = [float(worker["private"]) for _, said in _worked(workers) for worker in said]
    return median(sizes) if sizes else 0.0


def _idle_bytes(probed: Probed) -> float:
    """Memory of an idle worker that began as those did which worked: as a copy, where there is a way to."""
    first = next(iter(probed.methods), "")
    return idle_bytes(probed, copying=True) or idle_bytes(probed, method=first)


def _threads(probed: Probed) -> tuple[dict[int, float], float]:
    """Number of threads -> time with them ÷ time of the loop, without what handing an item to a thread takes; and that.

    Of what threads take more than the loop as much is handing out as nothing but that takes, and up to `BUSY_TIMES` of it.
    """
    known: list[tuple[int, float, float]] = []
    handed: list[float] = []
    for part in probed.parts.get("beside", ()):
        for told in part["beside"]:
            loop_s, threads_s = (
                median(positive(turn[place]) / max(1, int(turn[0])) for turn in told["turns"]) for place in (1, 2)
            )
            if loop_s > 0.0:
                workers, each_s = int(told["workers"]), positive(told["each_s"])
                known.append((workers, loop_s, threads_s))
                handed.append(min(max(threads_s - loop_s, each_s), BUSY_TIMES * each_s, threads_s))
    each_s = min(handed, default=0.0)
    return {workers: (threads_s - each_s) / loop_s for workers, loop_s, threads_s in known}, each_s


def _import_s(probed: Probed) -> float:
    """What a worker that inherits nothing has to do once more: imports, and what the first call makes."""
    done = probed.done
    anew = [seconds for several in _imported(probed).values() for seconds in several]
    return (median(anew) if anew else positive(done["import_s"])) + _first_call_s(probed)


def _imports_s(probed: Probed) -> dict[tuple[str, str], float]:
    """Backend and start method -> the same, of workers that began so: they have imported other modules before."""
    return {key: median(several) + _first_call_s(probed) for key, several in _imported(probed).items()}


def _imported(probed: Probed) -> dict[tuple[str, str], list[float]]:
    """Backend and start method that copies nothing -> seconds of imports, in pools of no more workers than CPUs where any were.

    Of workers that are more than CPUs each waits for the others meanwhile, which is no work of its own.
    """
    found: dict[tuple[str, str], list[float]] = {}
    for (backend, method), pools in pools_of(probed).items():
        alike = [] if copies(method) else [*pools.first, *pools.later]
        few = [life for life in alike if int(life["workers"]) <= probed.cpus] or alike
        if several := [positive(seconds) for life in few for seconds in life["import_s"]]:
            found[backend, method] = several
    return found


def _first_call_s(probed: Probed) -> float:
    """Seconds that a process's first call takes more than a later one, of the list's first item: the median over processes.

    Held against the items that were timed nearest to it, since where they lie farther apart they may be unlike.
    """
    moments = [moment for moment in probed.parts.get("sample", ()) if moment.get("timed") and moment.get("first_s")]
    if not moments:
        return max(0.0, float(probed.done["first_s"]) - float(probed.done["again_s"]))
    nearest = [moment["timed"][0] for moment in moments]
    later_s = median(positive(wall_s) / max(1, int(size)) for _, size, wall_s, _ in nearest)
    return max(0.0, median(float(moment["first_s"]) for moment in moments) - later_s)
