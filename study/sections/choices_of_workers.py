"""The choices that speedups decide: whether several workers are worth it, how many, threads or processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.sections import compare
from study.sections.choices import NOT_MEASURED, Advice, capital, listed
from study.sections.compare import NO_CLEAR_DIFFERENCE, UNDECIDED
from study.sections.left_to_say import at_once
from study.sections.said import joined, sentences
from study.sections.speedups import speedups
from study.things import KERNELS
from study.things.backends import POOL, THREADS
from study.things.kernels import FANNKUCH
from study.units import brief, count, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.evidence import Evidence
    from study.sections.compare import Tested
    from study.sections.speedups import Scaling

_AT_ONE_CPU = "with one usable CPU workers take turns"
_SIDES = {POOL.name: "processes", THREADS.name: "threads"}
"""The two backends that stand for processes and for threads."""


def worth_it(evidence: Evidence) -> Advice | str:
    """Which kinds of work a pool with a process for each CPU finishes sooner than a plain loop."""
    first: dict[str, Scaling] = {}
    for row in _at_all_cpus(evidence, POOL.name):
        first.setdefault(row.kernel, row)
    if not first:
        return NOT_MEASURED
    workers = counted(evidence.usable_cpus, "process", "processes")
    if evidence.usable_cpus == 1:
        waits = ", ".join(_gain_beyond_cpus(evidence, POOL.name))
        answer = f"not for work that computes: {_AT_ONE_CPU}"
        answer = f"only with more workers than the one usable CPU, for {waits}" if waits else answer
    else:
        found = compare.together({kernel: _gain(evidence, row) for kernel, row in first.items()})
        kinds = {
            decision: [_words(kernel) for kernel in found if found[kernel].decision == decision]
            for decision in _NO_GAIN
        }
        gains = len(first) - sum(map(len, kinds.values()))
        verb = "kind of work is" if len(first) == 1 else "kinds of work are"
        others = listed({_NO_GAIN[decision]: kernels for decision, kernels in kinds.items()})
        answer = f"{gains} of {len(first)} {verb} faster with {workers} in a running pool" + (
            f"; {others}" if others else ""
        )
    rows = [(_words(kernel), (row.base_s, row.elapsed_s, row.speedup)) for kernel, row in first.items()]
    usual = first.get(FANNKUCH.name)
    number = None if usual is None else (usual.speedup, f"{_words(FANNKUCH.name)}, Pool of {count(usual.workers)}")
    heads = ("Work", "A task in the plain loop", f"A task with {workers}", "Speedup")
    return Advice(capital(answer), heads, rows, number=number)


_NO_GAIN = {"refuted": "slower", NO_CLEAR_DIFFERENCE: NO_CLEAR_DIFFERENCE, UNDECIDED: UNDECIDED}
"""What is said where a gain over the plain loop is not supported."""


def how_many(evidence: Evidence) -> Advice | str:
    """Whether a worker for each CPU is faster than fewer, and more workers than CPUs faster than that."""
    courses = _courses(evidence)
    if not courses:
        return NOT_MEASURED
    cpus = evidence.usable_cpus
    tests: dict[tuple[str, str], Tested] = {}
    judged = []
    for kernel, course in courses.items():
        full, least, most = course.get(cpus), course[min(course)], course[max(course)]
        if full is None or (full is least and cpus > 1):
            continue  # nothing is known of fewer
        judged.append(kernel)
        if full is not least:
            tests[kernel, "all"] = compare.ratio(evidence, least.shared, full.shared, "above")
        if most.oversubscribed:
            tests[kernel, "more"] = compare.ratio(evidence, full.shared, most.shared, "above")
    faster = {key for key, found in compare.together(tests).items() if found.decision == "supported"}
    none = [kernel for kernel in judged if all(map(_is_slower, courses[kernel].values()))]
    more = [kernel for kernel in judged if kernel not in none and (kernel, "more") in faster]
    gains = [kernel for kernel in judged if kernel not in {*none, *more} and (kernel, "all") in faster]
    answer = listed(
        {
            "none, since a plain loop is faster with any that was measured,": [_words(kernel) for kernel in none],
            f"{count(cpus)}, one for each usable CPU,": [_words(kernel) for kernel in gains],
            "more than there are CPUs": [_words(kernel) for kernel in more],
            "more than one brings nothing clear": [
                _words(kernel) for kernel in judged if kernel not in {*none, *more, *gains}
            ],
        }
    )
    counts = sorted({workers for course in courses.values() for workers in course})
    rows = [
        (_words(kernel), [course[workers].speedup if workers in course else None for workers in counts])
        for kernel, course in courses.items()
    ]
    heads = ("Speedup with", *(counted(workers, "worker") for workers in counts))
    beyond = _beyond(evidence, {kernel: courses[kernel] for kernel in judged if kernel not in none}, more)
    limits = f"Nothing is told beyond {counted(cpus, 'CPU')}: measure there (How to reproduce)."
    return Advice(capital(answer) or "See the numbers", heads, rows, notes=(f"{beyond} {limits}".strip(),))


def _beyond(evidence: Evidence, courses: Mapping[str, Mapping[int, Scaling]], more: Sequence[str]) -> str:
    """Of which work more workers than CPUs were tried, where that was not all of it; and what they gain where one waits."""
    tried = {kernel: course for kernel, course in courses.items() if course[max(course)].oversubscribed}
    no_gain = [kernel for kernel in tried if kernel not in more]
    said = ""
    if courses and not tried:
        said = "More workers than there are CPUs were not tried"
    elif len(tried) < len(courses):
        gain = [_words(kernel) for kernel in tried if kernel in more]
        none = [f"{_words(kernel)} ({_tried(tried[kernel])})" for kernel in no_gain]
        told = [
            f"with {joined(none)}, without a gain that can be told" if none else "",
            f"with {joined(gain)}" if gain else "",
        ]
        said = f"More workers than there are CPUs were tried only {', and '.join(filter(None, told))}"
    many = at_once(evidence)
    return sentences((said, f"where tasks wait, {many.words}" if many else ""))


def _tried(course: Mapping[int, Scaling]) -> str:
    """`4 workers: 1.83×; 2: 1.90×`: the most workers, and as many as CPUs."""
    most = course[max(course)]
    fewer = course[max(workers for workers, row in course.items() if not row.oversubscribed)]
    return f"{count(most.workers)} workers: {brief(most.speedup)}; {count(fewer.workers)}: {brief(fewer.speedup)}"


def _is_slower(row: Scaling) -> bool:
    """Whether its whole interval says that the plain loop is faster."""
    return row.speedup.high is not None and row.speedup.high < 1.0


def threads_or_processes(evidence: Evidence) -> Advice | str:
    """Which of both is faster with a worker for each CPU, where one of them gains over the plain loop."""
    pairs: dict[str, dict[str, Scaling]] = {}
    for row in _at_all_cpus(evidence, *_SIDES):
        pair = pairs.setdefault(row.kernel, {})
        if all(other.base.cell == row.base.cell for other in pair.values()):
            pair.setdefault(row.backend, row)
    both = {kernel: (pair[POOL.name], pair[THREADS.name]) for kernel, pair in pairs.items() if len(pair) > 1}
    if not both:
        return NOT_MEASURED
    if evidence.usable_cpus == 1:
        told = listed({side: _gain_beyond_cpus(evidence, backend) for backend, side in _SIDES.items()}, separator=", ")
        answer = f"neither for work that computes: {_AT_ONE_CPU}"
        answer = f"neither with one worker on the one usable CPU; with more, {told}" if told else answer
    else:
        answer = _sides(evidence, both)
    rows = [(_words(kernel), (pool.speedup, threads.speedup)) for kernel, (pool, threads) in both.items()]
    return Advice(capital(answer), ("Speedup of", *(side.capitalize() for side in _SIDES.values())), rows)


def _sides(evidence: Evidence, both: dict[str, tuple[Scaling, Scaling]]) -> str:
    tests: dict[tuple[str, str], Tested] = {}
    for kernel, (pool, threads) in both.items():
        tests[kernel, "sides"] = compare.ratio(evidence, pool.shared, threads.shared, "below")
        tests |= {(kernel, row.backend): _gain(evidence, row) for row in (pool, threads)}
    found = {key: decided.decision for key, decided in compare.together(tests).items()}
    faster = {"supported": "processes", "refuted": "threads", NO_CLEAR_DIFFERENCE: "either", UNDECIDED: UNDECIDED}
    kinds: dict[str, list[str]] = {side: [] for side in ("processes", "threads", "either", "a plain loop", UNDECIDED)}
    for kernel in both:
        gains = {found[kernel, backend] for backend in _SIDES}
        if "supported" in gains:
            kinds[faster[found[kernel, "sides"]]].append(_words(kernel))
        else:
            kinds[UNDECIDED if UNDECIDED in gains else "a plain loop"].append(_words(kernel))
    return listed(kinds)


def _words(kernel: str) -> str:
    """What the work is called."""
    known = KERNELS.get(kernel)
    return kernel if known is None else known.words


def _gain(evidence: Evidence, row: Scaling) -> Tested:
    """That the plain loop takes longer."""
    return compare.ratio(evidence, row.base, row.shared, "above")


def _at_all_cpus(evidence: Evidence, *backends: str) -> list[Scaling]:
    return [row for row in _known(evidence) if row.backend in backends and row.workers == evidence.usable_cpus]


def _known(evidence: Evidence) -> Iterable[Scaling]:
    return (row for row in speedups(evidence) if row.speedup.point is not None)


def _gain_beyond_cpus(evidence: Evidence, backend: str) -> Sequence[str]:
    """The kinds of work that gain from more workers than CPUs: those that wait."""
    more = [row for row in _known(evidence) if row.backend == backend and row.oversubscribed]
    found = compare.together({index: _gain(evidence, row) for index, row in enumerate(more)}).values()
    gaining = (_words(row.kernel) for row, gain in zip(more, found, strict=True) if gain.decision == "supported")
    return list(dict.fromkeys(gaining))


def _courses(evidence: Evidence) -> dict[str, dict[int, Scaling]]:
    """Kernel -> number of workers -> the pool's speedup, of one start method and the same tasks; where there are several."""
    courses: dict[str, dict[int, Scaling]] = {}
    for row in _known(evidence):
        if row.backend == POOL.name:
            course = courses.setdefault(row.kernel, {})
            first = next(iter(course.values()), row)
            if row.start_method == first.start_method and row.base.cell == first.base.cell:
                course[row.workers] = row
    return {kernel: course for kernel, course in courses.items() if len(course) > 1}
