"""The decisions a reader takes, each with what this run says about it: computed, or a sentence why it says nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.blocks import Heading
from study.cell import chunksize_of
from study.evidence import ANY
from study.names import chunks_name, size_name
from study.reports import Record, Section
from study.sections import compare
from study.sections.build import average_of
from study.sections.choices import NOT_MEASURED, Advice, capital, choice, listed, lowest
from study.sections.choices_of_workers import how_many, threads_or_processes, worth_it
from study.sections.claims import verdicts
from study.sections.pays_back import in_a_sentence, pays_back
from study.sections.questions.q5 import ASSUMPTION, break_evens
from study.sections.said import joined
from study.sections.ways import METHODS, default_method
from study.store import cell_of
from study.things import BACKENDS, KERNELS, START_METHODS
from study.things.backends import POOL, PROCESSES
from study.things.carrying import PAYLOAD_MAP
from study.units import brief, count, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from study.blocks import Block, Choice
    from study.cell import Cell
    from study.evidence import CellData, Evidence, Study
    from study.findings import Estimate, SideBySide
    from study.sections.pays_back import PaysFrom

RECORD = Record(order=110, name="Decisions", title="What to decide", part="Answers")
_LIVES_ON = "a pool that lives on"
_MOST_WAYS = 3
"""Of which each is told apart."""
_FORKED_THREADS = (
    "Cost is not the whole choice. Not measured, but from the documentation of multiprocessing (“Contexts and start"
    " methods”): a process that has several threads cannot safely be forked, since a lock that one of them holds stays locked"
    " in the child; Python 3.12 and later warn of it (CPython issue 100228). spawn copies no process, and the fork server has"
    " one thread unless what it imports starts more."
)


def section(study: Study) -> Section:
    """The choices of every target."""
    targets = study.subject.targets
    blocks: list[Block] = []
    for number, target in enumerate(targets, 1):
        if len(targets) > 1:
            blocks.append(Heading(id=f"decisions-{number}", text=f"With {target}"))
        blocks += choices(study.subject.of(target))
    return Section(id="decisions", name=RECORD.name, title=RECORD.title, blocks=tuple(blocks), paper="choices")


def choices(evidence: Evidence) -> tuple[Choice, ...]:
    """The decisions, in the order in which they are met."""
    asked: tuple[tuple[str, str, SideBySide, Callable[[Evidence], Advice | str]], ...] = (
        ("Is it worth it for my work?", "#q1", "costs", worth_it),
        ("How many workers?", "#q1", "costs", how_many),
        ("Threads or processes?", "#q2", "costs", threads_or_processes),
        ("Which start method?", "#q3", "nothing", _start_method),
        ("A pool, or a process for each task?", "#q4", "costs", _pool),
        ("Which chunk size?", "#q4", "costs", _chunk_size),
        ("When does a pool pay back?", "#q5", "costs", _break_even),
    )
    return tuple(choice(evidence, *question) for question in asked)


def _start_method(evidence: Evidence) -> Advice | str:
    lives: dict[str, CellData] = {}
    rows = []
    for name in START_METHODS:
        first, life = (
            evidence.one("process_lifecycle", backend=PROCESSES.name, start_method=name, part=part)
            for part in ("first", "join")
        )
        if life is not None:
            lives[name] = life
            rows.append((name, (average_of(first) if first else None, average_of(life))))
    if not lives:
        return NOT_MEASURED
    number = None
    if len(lives) == 1:
        answer = f"Only {', '.join(lives)} was measured"
    else:
        least = lowest(evidence, {"": lives})[""]
        answer = _cheapest(evidence, least) if least in lives else capital(least)
        if least in lives:
            number = average_of(lives[least]), f"one process, {least}, to the end of join"
    notes = [_FORKED_THREADS] if any(START_METHODS[name].copies_parent for name in lives) else []
    return Advice(answer, ("One process", "To its first instruction", "To the end of join"), rows, notes, number)


def _cheapest(evidence: Evidence, least: str) -> str:
    """What costs least; where it copies the program and another is the default, the one rule that the first screen has too."""
    default = default_method(evidence)
    if not START_METHODS[least].copies_parent:
        return f"{least} costs least"
    if default in START_METHODS and not START_METHODS[default].copies_parent:
        return (
            f"{default}, the default, which is safe beside threads; {least} costs least, for a program without threads"
        )
    return f"{least} costs least, for a program without threads"


def _pool(evidence: Evidence) -> Advice | str:
    sides: dict[str, tuple[CellData, CellData]] = {}
    for name in START_METHODS:
        same: dict[str, object] = {"start_method": name, "workers": ANY}
        alone = evidence.one("process_per_task", question="Q4", backend=PROCESSES.name, tasks=ANY, **same)
        tasks = 0 if alone is None else alone.cell.tasks
        pooled = evidence.one("map", question="Q4", backend=POOL.name, tasks=tasks, chunksize=1, **same)
        if alone is not None and pooled is not None:
            sides[name] = pooled, alone
    if not sides:
        return NOT_MEASURED
    tests = {name: compare.ratio(evidence, pooled, alone, "below") for name, (pooled, alone) in sides.items()}
    words = {"supported": _LIVES_ON, "refuted": "a process for each task"}
    kinds: dict[str, list[str]] = {}
    for name, decided in compare.together(tests).items():
        kinds.setdefault(words.get(decided.decision, decided.decision), []).append(name)
    answer = capital(next(iter(kinds)) if len(kinds) == 1 else listed(kinds))
    rows = [(name, [_per_task(side) for side in both]) for name, both in sides.items()]
    method, (pooled, _) = next(iter(sides.items()))
    number = (_per_task(pooled), f"a task through a living pool, {method}") if answer == capital(_LIVES_ON) else None
    return Advice(answer, ("A task, under", "through a living pool", "with a process of its own"), rows, number=number)


def _chunk_size(evidence: Evidence) -> Advice | str:
    swept: dict[Cell, dict[int, CellData]] = {}
    every = dict.fromkeys(("backend", "start_method", "workers", "tasks", "chunksize"), ANY)
    chosen = (*evidence.find("map", question="Q4", **every), *_carrying(evidence))
    for data in chosen:
        if BACKENDS[data.cell.backend].takes_chunksize:  # an older bench asked others too, who ignored it
            swept.setdefault(replace(data.cell, chunksize=0), {})[chunksize_of(data.cell)] = data
    swept = {key: cells for key, cells in swept.items() if len(cells) > 1}
    if not swept:
        return NOT_MEASURED
    sizes = sorted({size for cells in swept.values() for size in cells}, key=lambda size: (size == 0, size))
    ways = {key: {_chunks(size): cells[size] for size in sizes if size in cells} for key, cells in swept.items()}
    labels = {key: ", ".join(filter(None, (BACKENDS[key.backend].look.label, _carries(key)))) for key in swept}
    rows = [
        (labels[key], [_per_task(cells[size]) if size in cells else None for size in sizes])
        for key, cells in swept.items()
    ]
    said = lowest(evidence, ways)
    return Advice(
        "; ".join(f"{labels[key]}: {least}" for key, least in said.items())
        if len(said) <= _MOST_WAYS
        else _by_way(said, ways),
        ("A task, in", *(_chunks(size) for size in sizes)),
        rows,
        notes=(
            "Measured with equal tasks that do nothing.",
            *_own(data for cells in swept.values() for data in cells.values()),
            *_with_work(evidence),
        ),
        number=next(
            (
                (_per_task(ways[key][least]), f"{labels[key]}, {least}, a task that does nothing")
                for key, least in said.items()
                if least in ways[key]
            ),
            None,
        ),
    )


def _by_way(said: Mapping[Cell, str], ways: Mapping[Cell, Mapping[str, CellData]]) -> str:
    """Of many ways what is decided: for each library with nothing to carry, then with what it carries; and how many are open."""
    decided: dict[tuple[bool, str, str], list[str]] = {}
    for key, told in said.items():
        if told in ways[key]:
            label, carries = BACKENDS[key.backend].look.label, _carries(key)
            size = _as_told(told, ways[key], key.tasks)
            decided.setdefault((bool(carries), label, size), []).append(carries)
    lines = [
        f"{label}{' with ' + joined(carries, 'or') if laden else ''}: {size}"
        for (laden, label, size), carries in sorted(decided.items(), key=lambda way: way[0][0])
    ]
    open_ = [key for key, told in said.items() if told not in ways[key]]
    if open_:
        laden = lines and all(_carries(key) for key in open_)
        where = "with other data" if laden else f"in {counted(len(open_), 'other way' if lines else 'way')}"
        lines.append(f"{where} no size is seen to cost least")
    return capital("; ".join(lines))


def _as_told(size: str, sizes: Mapping[str, CellData], tasks: int) -> str:
    """Its own is nothing to pass, and holds for any number of tasks; another size for those that were measured."""
    own = next((name for name, data in sizes.items() if not data.cell.chunksize), "")
    if own == size:
        return "its own"
    return f"{size} for {counted(tasks, 'task')}" + (f", not its own {own}" if own else "")


def _carrying(evidence: Evidence) -> list[CellData]:
    """Tasks that do nothing but carry bytes, through forked workers or threads."""
    every: dict[str, Any] = dict.fromkeys(
        ("backend", "workers", "tasks", "chunksize", "payload_bytes", "result_bytes"), ANY
    )
    found = evidence.find(PAYLOAD_MAP.name, start_method=METHODS, **every)
    carrying = [data for data in found if data.cell.payload_bytes or data.cell.result_bytes]
    return sorted(carrying, key=lambda data: (data.cell.result_bytes, data.cell.payload_bytes))


def _carries(cell: Cell) -> str:
    """What each task carries, in words; '' for nothing."""
    there = f"arguments of {size_name(cell.payload_bytes)}" if cell.payload_bytes else ""
    back = f"answers of {size_name(cell.result_bytes)}" if cell.result_bytes else ""
    return ", ".join(filter(None, (there, back)))


def _own(cells: Iterable[CellData]) -> list[str]:
    """Which of the sizes is what a library takes by itself."""
    unsaid = [data.cell for data in cells if not data.cell.chunksize]
    own = [
        f"{BACKENDS[cell.backend].look.label}: {chunks_name(cell)} for {count(cell.tasks)} tasks." for cell in unsaid
    ]
    return list(dict.fromkeys(own))


def _with_work(evidence: Evidence) -> list[str]:
    """What was found of chunk sizes where tasks do work, one claim a sentence."""
    said = []
    for verdict in (verdict for verdict in verdicts(evidence.run) if verdict.target == evidence.target):
        cells = [cell_of(text) for text in verdict.cells]
        apart = {chunksize_of(cell) for cell in cells}
        alike = {replace(cell, chunksize=0) for cell in cells}
        works = all(KERNELS[cell.kernel].works for cell in cells)
        if works and len(apart) > 1 and len(alike) == 1:
            said.append(f"Where tasks do work: {verdict.sentence}" if verdict.average.point is not None else "")
    return said


def _chunks(chunksize: int) -> str:
    return f"chunks of {count(chunksize)}" if chunksize else "the library's default"


def _per_task(data: CellData) -> Estimate:
    return average_of(data, per=data.cell.tasks)


def _what_decides(known: Sequence[PaysFrom]) -> str:
    """That it is all tasks together, but for those that are handed out one by one, with the number of these where it is known."""
    single = next((one for one in known if one.one_by_one and one.how == "measured"), None)
    here = "" if single is None else f": {brief(single.each)} here"
    return (
        "With the library's own chunks what all tasks take together decides, so that each of few must be long, and each of many"
        f" need not. Handed out one by one each must be long{here}."
    )


def _break_even(evidence: Evidence) -> Advice | str:
    known = pays_back(evidence)
    told = in_a_sentence(known)
    if not told:
        why = "; ".join(dict.fromkeys(row.grain_s.reason for row in break_evens(evidence) if row.grain_s.reason))
        return f"Not here: {why}" if why else NOT_MEASURED
    rows = [(found.name, (found.whole, found.each, found.of, found.known)) for found in known]
    first = known[0]
    notes = (
        f"{_what_decides(known)} Data that are sent come on top.",
        f"A bound assumes that {ASSUMPTION.rstrip('.')}.",
    )
    heads = ("Way", "In a loop all tasks must take", "So one task", "Tasks", "How it is known")
    named = f"{first.name}, {first.of}"
    return Advice(
        f"When all tasks together take a plain loop longer than {told}", heads, rows, notes, number=(first.whole, named)
    )
