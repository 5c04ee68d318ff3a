"""Figures of the first screen that are not the map: threads and processes with and without the GIL, and a life to scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.forms import Act, Lane, Life, Pile, Stack, Stretch
from study.sections.build import average_of, ratio_of
from study.sections.head import when
from study.sections.questions.q1_words import at_all_cpus
from study.sections.said import beside, joined, sentences
from study.things import BACKENDS, KERNELS, START_METHODS
from study.things.backends import POOL, PROCESSES, THREADS
from study.things.kernels import FANNKUCH
from study.units import brief, count, counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.cell import Cell
    from study.evidence import CellData, Evidence
    from study.findings import Estimate
    from study.sections.places import Stored
    from study.sections.speedups import Scaling
    from study.things import Backend

_LOCK = "first-gil"
_CONFIDENCE = 0.95
_NOTHING = "neither threads nor processes were measured on all CPUs of a machine"


def with_and_without_the_lock(places: Sequence[Stored]) -> Stack:
    """Threads and a Pool on all CPUs of the largest machine, of an interpreter with the GIL and of one without it.

    In the same rounds all stand against the loop with the GIL: a reader has to choose between them. Of different runs each has a
    loop of its own. What loops and tasks take is told beside the bars.
    """
    chosen = _chosen(places)
    together = len(chosen) == 2 and _is_twin(chosen[0], chosen[1])
    why = next((why for place in chosen if (why := place.evidence.left_open("gains"))), "")
    gains = [] if why else [(place, backend, gain) for place in chosen for backend, gain in _gains(place.evidence)]
    cpus = max((place.evidence.usable_cpus for place in chosen), default=0)
    work = KERNELS[FANNKUCH.name].words
    return Stack(
        id=_LOCK,
        title=_finding(chosen, cpus) if gains else f"Threads and processes on {counted(cpus, 'CPU')}",
        caption=sentences(
            (
                (
                    f"{work}, tasks a second against {'the' if together else 'its own'} plain loop"
                    f"{' with the GIL' if together else ''}, which is 1; lines: {percent(_confidence(gains))} intervals"
                ),
                *(_of_a_task(place) for place in chosen if not why),
                f"run of {when(chosen[0].run)}" if together and chosen[0].run is not places[0].run else "",
            )
        ),
        span="half",
        piles=tuple(
            Pile(
                name=f"{_workers(gain.job.cell)}, {_lock(place)}",
                look=backend.look,
                parts=(),
                whole=_against(chosen[0], backend, gain) if together else gain.speedup,
            )
            for place, backend, gain in gains
        ),
        reason=why or ("" if gains else _NOTHING),
    )


def _against(with_it: Stored, backend: Backend, gain: Scaling) -> Estimate:
    """How many times as many tasks a second as the loop with the GIL, that of another way where this one was not measured."""
    known = dict(_gains(with_it.evidence))
    own = known.get(backend) or next(iter(known.values()), gain)
    return gain.speedup if own is gain else ratio_of(own.base, gain.shared)


def _confidence(gains: Sequence[tuple[Stored, Backend, Scaling]]) -> float:
    """Of the intervals: the same for all."""
    return next((gain.speedup.confidence for _, _, gain in gains), _CONFIDENCE)


def _workers(cell: Cell) -> str:
    """`Pool of 2`, `2 threads`: who works, without what else makes the cell what it is."""
    backend = BACKENDS[cell.backend]
    if backend.kind == "thread":
        return counted(cell.workers, "thread")
    return f"{backend.look.label} of {count(cell.workers)}"


def _of_a_task(place: Stored) -> str:
    """`CPython 3.13.5, GIL: a task takes 4.91 ms in the loop, 2.52 ms in the Pool, 4.95 ms on threads`: bars do not tell that."""
    gains = dict(_gains(place.evidence))
    if not gains:
        return ""
    loop = brief(next(iter(gains.values())).base_s, 3)
    others = [
        f"{brief(gain.elapsed_s, 3)} {'on threads' if backend.kind == 'thread' else f'in the {backend.look.label}'}"
        for backend, gain in gains.items()
    ]
    return f"{place.interpreter}, {_lock(place)}: a task takes {', '.join([f'{loop} in the loop', *others])}"


def _chosen(places: Sequence[Stored]) -> list[Stored]:
    """Of the machine with most CPUs the first interpreter without the GIL and its twin with it, of the same rounds.

    Where that was not measured, the first interpreter with it; where there is none without it, that one alone.
    """
    if not places:
        return []
    most = max(place.evidence.usable_cpus for place in places)
    machine = next(place.run.machine for place in places if place.evidence.usable_cpus == most)
    there = [place for place in places if place.run.machine == machine]
    without = next((place for place in there if not place.build.gil), None)
    with_it = [place for place in there if place.build.gil]
    if without is not None:
        with_it.sort(key=lambda place: not _is_twin(place, without))
    return [place for place in (*with_it[:1], without) if place is not None]


def _is_twin(place: Stored, of: Stored) -> bool:
    """Whether it is the same version, with the GIL, in the same rounds."""
    return place.run is of.run and place.build.version == of.build.version and not place.build.free_threaded


def _gains(evidence: Evidence) -> Iterator[tuple[Backend, Scaling]]:
    for backend in (POOL, THREADS):
        gain = at_all_cpus(evidence, backend, FANNKUCH.name)
        if gain is not None:
            yield backend, gain


def _lock(place: Stored) -> str:
    return "GIL" if place.build.gil else "no GIL"


def _finding(places: Sequence[Stored], cpus: int) -> str:
    """What threads gain with the GIL and without it; in the same rounds what a Pool with it gains and threads without it."""
    known = [(place, gain) for place in places if (gain := at_all_cpus(place.evidence, THREADS, FANNKUCH.name))]
    if not known:
        return f"Processes on {counted(cpus, 'CPU')}, beside the plain loop"
    if len(known) == 2 and _is_twin(known[0][0], known[1][0]):
        return _of_both(known[0][0], known[1][1], cpus)
    told = joined(
        [f"{brief(gain.speedup)} {'with the GIL' if place.build.gil else 'without it'}" for place, gain in known]
    )
    return f"Threads on {counted(cpus, 'CPU')}: {told}"


def _of_both(with_it: Stored, without: Scaling, cpus: int) -> str:
    """`2 CPUs, CPython 3.13.5, against the loop with the GIL: threads without it 1.40×, a Pool with it 1.95×`."""
    pool = dict(_gains(with_it.evidence)).get(POOL)
    told = f"threads without it {brief(_against(with_it, THREADS, without))}"
    told += "" if pool is None else f", a Pool with it {brief(pool.speedup)}"
    return f"{counted(cpus, 'CPU')}, {with_it.interpreter}, against the loop with the GIL: {told}"


def life_to_scale(evidence: Evidence, *, identity: str) -> Life:
    """A thread, and a process under each start method, from start() to the end of join(), on one linear axis."""
    thread = _act(evidence, THREADS.name, "", THREADS)
    acts = [thread, *(_act(evidence, PROCESSES.name, method, PROCESSES) for method in START_METHODS)]
    found = tuple(act for act in acts if act is not None)
    return Life(
        id=identity,
        title=_dearest(evidence) or "One life, drawn to scale",
        caption=(
            "From the call of start() to the end of join(), averages over fresh processes; hatched: until the first instruction"
            " of the child, or of the thread."
        ),
        span="half",
        acts=found,
        brief=True,
        reason="" if found else "no life of a process was measured",
    )


def _moment(evidence: Evidence, backend: str, method: str, part: str) -> CellData | None:
    return evidence.one("process_lifecycle", backend=backend, start_method=method, part=part)


def _act(evidence: Evidence, backend: str, method: str, of: Backend) -> Act | None:
    """A life of which all three moments were measured."""
    start, first, join = (_moment(evidence, backend, method, part) for part in ("start", "first", "join"))
    if start is None or first is None or join is None:
        return None
    whole = average_of(join)
    parent = Lane(
        who="parent",
        stretches=(
            Stretch(doing="works", until=average_of(start), label="start() returns"),
            Stretch(doing="waits", until=whole, label="join() returns"),
        ),
    )
    child = Lane(
        who="thread" if of.kind == "thread" else "child",
        stretches=(
            Stretch(doing="not yet", until=average_of(first), label="first instruction"),
            Stretch(doing="works", until=whole, label="end"),
        ),
    )
    look = START_METHODS[method].look if method else of.look
    return Act(name=method or of.kind, look=look, lanes=(parent, child), whole=whole)


def _dearest(evidence: Evidence) -> str:
    """How many times as long the dearest start method takes as the cheapest."""
    lives = [
        life for method in START_METHODS if (life := _moment(evidence, PROCESSES.name, method, "join")) is not None
    ]
    if len(lives) < 2:
        return ""
    lives.sort(key=lambda life: float(life.means.mean()))
    least, most = lives[0], lives[-1]
    found = beside(evidence, most, least)
    if found.longer != "supported":
        return f"{count(len(lives))} ways to begin a process, drawn to scale"
    methods = most.cell.start_method, least.cell.start_method
    return f"One process, drawn to scale: {methods[0]} takes {brief(found.ratio)} as long as {methods[1]}"
