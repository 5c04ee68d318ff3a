"""“What to decide”: every answer is decided within rounds, both estimands, beyond the floor, all tests counted together."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec
import numpy as np
import pytest

from study.blocks import Choice, Heading
from study.cell import Cell
from study.findings import Estimate
from study.sections import decisions
from study.sections.pays_back import EACH, MADE, RUNNING, in_a_sentence, pays_back
from study.store import TargetRecord
from study.units import brief
from tests.known_choices import CHUNK, METHOD, PAYS, POOL, WHO, WORKERS, WORTH
from tests.made_up_run import TARGET, measured, run
from tests.synthetic_study import LOAD, SAID
from tests.synthetic_study import run as whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import Evidence, Study
    from study.table import CellData

FLOORS = {"compute": 0.01, "start": 0.01, "dispatch": 0.01}
LOOP = Cell(pattern="map", kernel="fannkuch", tasks=4)
DRIFT = np.array([1.0, 2.0, 1.5, 3.0, 2.5, 1.2, 1.8, 2.2, 2.8, 1.6])
"""A machine that moves by far more than cells differ: only within a round can they be compared."""


def pool(workers: int = 2, kernel: str = "fannkuch") -> Cell:
    return Cell(pattern="map", kernel=kernel, backend="pool", start_method="fork", workers=workers, tasks=4)


def threads(workers: int = 2, kernel: str = "fannkuch") -> Cell:
    return Cell(pattern="map", kernel=kernel, backend="threads", workers=workers, tasks=4)


def loop(kernel: str = "fannkuch") -> Cell:
    return Cell(pattern="map", kernel=kernel, tasks=4)


def life(method: str) -> Cell:
    return Cell(pattern="process_lifecycle", backend="processes", start_method=method, part="join")


def drifting(cell: Cell, factor: float, noise: float = 0.002) -> CellData:
    """A cell that takes so many times as long as the others in every round, whatever the machine does."""
    scatter = 1 + noise * np.random.default_rng(len(cell.text) * 7).standard_normal(len(DRIFT))
    return measured(cell, list(DRIFT * factor * scatter))


def seen(
    *cells: CellData, question: str = "Q4", usable_cpus: int = 2, floors: dict[str, float] | None = None, **more: Any
) -> Evidence:
    made = run(cells, question=question, usable_cpus=usable_cpus, **more)
    return replace(made, floors={TARGET: FLOORS if floors is None else floors}).of(TARGET)


def choice(evidence: Evidence, asked: str) -> Choice:
    (found,) = [choice for choice in decisions.choices(evidence) if choice.asked == asked]
    return found


def answer(asked: str, *cells: CellData, **more: Any) -> str:
    return choice(seen(*cells, **more), asked).answer


def test_what_drifts_together_is_told_apart_within_rounds() -> None:
    """Each interval of these averages lies wholly inside the other."""
    lives = [drifting(life("fork"), 1.0), drifting(life("spawn"), 1.1)]
    assert answer(METHOD, *lives) == "fork costs least, for a program without threads"


def test_a_difference_inside_the_floor_is_none() -> None:
    lives = [drifting(life("fork"), 1.0), drifting(life("spawn"), 1.01)]
    assert answer(METHOD, *lives, floors={"start": 0.1}) == "No clear difference between fork and spawn"


def test_what_the_rounds_cannot_tell_is_not_called_equal() -> None:
    lives = [drifting(life("fork"), 1.0), drifting(life("spawn"), 1.2, noise=0.3)]
    assert answer(METHOD, *lives).startswith("Cannot be decided here between ")
    few = [measured(life("fork"), [1.0] * 4), measured(life("spawn"), [2.0] * 4)]
    assert answer(METHOD, *few) == "Cannot be decided here between fork and spawn"


def test_an_average_that_modes_make_is_no_difference() -> None:
    """The average lies clearly above, the median process below."""
    fork, spawn = measured(life("fork"), [1.0, 1.001] * 8), measured(life("spawn"), [0.95, 3.0] * 7 + [0.95, 0.95])
    assert answer(METHOD, fork, spawn) == "Cannot be decided here between fork and spawn"


def test_one_start_method_alone_is_no_choice() -> None:
    assert answer(METHOD, drifting(life("fork"), 1.0)) == "Only fork was measured"


def test_every_pair_that_could_have_been_looked_at_is_counted() -> None:
    """A difference that is one alone is none among many chunk sizes."""

    def sized(chunksize: int) -> Cell:
        return Cell(pattern="map", backend="pool", start_method="fork", workers=2, tasks=512, chunksize=chunksize)

    even = [1.0, 1.002] * 5
    weak = [1.0 + 0.05 * step for step in (-1.5, 0.5, 1, 1.5, 1.2, 2.6, 0.8, 2.2, 3.4, 0.9)]
    two = [measured(sized(1), even), measured(sized(8), weak)]
    assert answer(CHUNK, *two) == "Pool: chunks of 1"
    alike = [drifting(sized(size), 50.0, noise=0.3) for size in (16, 32, 64, 128, 256, 512)]
    assert answer(CHUNK, *two, *alike) == "Pool: cannot be decided here between chunks of 1 and chunks of 8"


def test_worth_it_counts_what_is_faster_and_names_what_is_not() -> None:
    cells = [
        *(measured(loop(kernel), [1.0, 1.001] * 5) for kernel in ("fannkuch", "nbody", "json", "sieve")),
        measured(pool(kernel="fannkuch"), [0.5, 0.501] * 5),
        measured(pool(kernel="nbody"), [1.5, 1.501] * 5),
        measured(pool(kernel="json"), [1.0, 1.0005] * 5),
        measured(pool(kernel="sieve"), [0.4, 1.9] * 5),
    ]
    assert answer(WORTH, *cells) == (
        "1 of 4 kinds of work are faster with 2 processes in a running pool; slower for n-body; no clear difference for JSON"
        " written and read; cannot be decided here for prime sieve"
    )


def test_the_numbers_of_worth_it_are_loop_workers_and_the_one_over_the_other() -> None:
    numbers = choice(seen(measured(loop(), [1.0, 1.01] * 5), measured(pool(), [0.5, 0.51] * 5)), WORTH).numbers
    assert numbers is not None
    ((name, *estimates),) = numbers.rows
    assert name.value == "fannkuch"
    points = [item.value.point for item in estimates if isinstance(item.value, Estimate)]
    assert points == pytest.approx([1.005 / loop().tasks, 0.505 / pool().tasks, 1.005 / 0.505])


def test_what_cannot_be_decided_is_named_though_it_is_much() -> None:
    kernels = ("fannkuch", "nbody", "json", "sieve")
    cells = [measured(loop(kernel), [1.0, 1.001] * 5) for kernel in kernels]
    cells += [measured(pool(kernel=kernel), [0.4, 1.9] * 5) for kernel in kernels]
    said = answer(WORTH, *cells).partition("cannot be decided here for ")[2]
    assert len(said.split(", ")) == len(kernels)


def test_a_quick_run_does_not_call_work_slower_or_equal() -> None:
    few = [measured(loop(), [1.0] * 3), measured(pool(), [0.5] * 3)]
    assert answer(WORTH, *few) == (
        "0 of 1 kind of work is faster with 2 processes in a running pool; cannot be decided here for fannkuch"
    )
    assert answer(WHO, *few, measured(threads(), [0.9] * 3)) == "Cannot be decided here for fannkuch"


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ({1: 1.0, 2: 0.5, 4: 0.52}, "2, one for each usable CPU, for fannkuch"),
        ({1: 1.0, 2: 0.5, 4: 0.4}, "More than there are CPUs for fannkuch"),
        ({1: 1.0, 2: 1.2, 4: 1.3}, "More than one brings nothing clear for fannkuch"),
        ({2: 0.5, 4: 0.6}, "See the numbers"),
        ({2: 0.5}, "This run cannot say: it was not measured"),
    ],
)
def test_how_many_workers_is_decided_between_fewer_all_and_more(means: dict[int, float], expected: str) -> None:
    shared = [drifting(pool(workers), mean) for workers, mean in means.items()]
    assert answer(WORKERS, drifting(loop(), 1.0), *shared) == expected


def test_of_more_workers_than_cpus_it_is_said_of_which_work_they_were_tried() -> None:
    both = [drifting(loop(), 1.0), drifting(loop("nbody"), 1.0)]
    two = [
        drifting(pool(workers, kernel), mean)
        for kernel in ("fannkuch", "nbody")
        for workers, mean in ((1, 1.0), (2, 0.5))
    ]
    assert choice(seen(*both, *two), WORKERS).notes[0].startswith("More workers than there are CPUs were not tried. ")
    (note,) = choice(seen(*both, *two, drifting(pool(4), 0.52)), WORKERS).notes
    assert note.startswith("More workers than there are CPUs were tried only with fannkuch (4 workers: ")
    assert "), without a gain that can be told. Nothing is told beyond 2 CPUs: measure there" in note
    (note,) = choice(seen(*both, *two, drifting(pool(4), 0.4)), WORKERS).notes
    assert note.startswith("More workers than there are CPUs were tried only with fannkuch. ")
    (note,) = choice(seen(both[0], *two[:2], drifting(pool(4), 0.52)), WORKERS).notes
    assert "tried" not in note


@pytest.mark.parametrize(
    ("of_pool", "of_threads", "expected"),
    [
        (0.5, 1.1, "Processes for fannkuch"),
        (0.7, 0.5, "Threads for fannkuch"),
        (0.5, 0.5, "Either for fannkuch"),
        (1.3, 1.4, "A plain loop for fannkuch"),
    ],
)
def test_threads_or_processes_is_asked_where_one_of_them_gains(
    of_pool: float, of_threads: float, expected: str
) -> None:
    cells = [drifting(loop(), 1.0), drifting(pool(), of_pool), drifting(threads(), of_threads)]
    assert answer(WHO, *cells) == expected


def test_a_speedup_of_other_tasks_is_not_held_against_this_one() -> None:
    longer = replace(pool(), tasks=8)
    cells = [drifting(loop(), 1.0), drifting(replace(loop(), tasks=8), 2.0), drifting(longer, 1.0)]
    assert choice(seen(*cells, drifting(threads(), 0.9)), WHO).numbers is None
    grown = replace(pool(4), tasks=8)
    course = [drifting(pool(1), 1.0), drifting(pool(2), 0.5), drifting(grown, 0.1)]
    found = choice(seen(*cells[:2], *course), WORKERS)
    assert found.answer == "2, one for each usable CPU, for fannkuch"
    assert found.numbers is not None
    assert [head for head, _ in found.numbers.heads] == ["Speedup with", "1 worker", "2 workers", "n"]


def test_a_pool_is_advised_for_the_start_methods_where_its_task_costs_less() -> None:
    def sides(method: str, pooled: float, alone: float) -> list[CellData]:
        shared = {"start_method": method, "workers": 2, "tasks": 8}
        return [
            drifting(Cell(pattern="map", backend="pool", chunksize=1, **shared), pooled),  # type: ignore[arg-type]
            drifting(Cell(pattern="process_per_task", backend="processes", **shared), alone),  # type: ignore[arg-type]
        ]

    assert answer(POOL, *sides("fork", 0.1, 1.0), *sides("spawn", 0.1, 9.0)) == "A pool that lives on"
    mixed = answer(POOL, *sides("fork", 2.0, 1.0), *sides("spawn", 0.1, 9.0))
    assert mixed == "A process for each task for fork; a pool that lives on for spawn"
    found = choice(seen(*sides("fork", 0.8, 1.6)), POOL)
    assert found.numbers is not None
    points = [getattr(item.value, "point", None) for item in found.numbers.rows[0][1:-1]]
    assert points == [pytest.approx(0.1 * DRIFT.mean(), rel=0.01), pytest.approx(0.2 * DRIFT.mean(), rel=0.01)]


def test_what_is_said_of_chunks_and_work_is_what_the_run_decided() -> None:
    made = whole(2, 0.01)
    notes = choice(made.of(TARGET), CHUNK).notes
    assert notes[0] == "Measured with equal tasks that do nothing."
    worst, shuffled = (note for note in notes if note.startswith("Where tasks do work: "))
    assert worst.startswith("Where tasks do work: Uneven tasks, the shortest first, take ")
    assert shuffled.startswith("Where tasks do work: Uneven tasks, in no order, take ")
    assert "Pool: its own chunk size (64) for 512 tasks." in notes


def test_what_is_said_of_chunks_is_said_of_the_interpreter_that_it_was_seen_on() -> None:
    made = whole(2, 0.01)
    cells = {("two", text): replace(data, target="two") for (_, text), data in made.cells.items()}
    names = [TargetRecord(name=name, facts={}) for name in (TARGET, "two")]
    both = replace(
        made,
        cells={**made.cells, **cells},
        manifest=msgspec.structs.replace(made.manifest, targets=names),
        asked_by={**made.asked_by, **{("two", text): asked for (_, text), asked in made.asked_by.items()}},
        floors={TARGET: {}, "two": {}},
    )
    for target in both.targets:
        works = [note for note in choice(both.of(target), CHUNK).notes if note.startswith("Where tasks do work: ")]
        assert len(works) == 2, target


def test_threads_and_fork_is_a_fact_with_its_source_and_only_where_fork_was_measured() -> None:
    both = [drifting(life("fork"), 1.0), drifting(life("spawn"), 2.0)]
    (note,) = choice(seen(*both), METHOD).notes
    assert "Not measured, but from the documentation" in note
    assert "CPython issue 100228" in note
    assert choice(seen(drifting(life("spawn"), 2.0)), METHOD).notes == ()


def test_when_a_pool_pays_says_of_every_break_even_what_it_is_of_in_one_unit() -> None:
    evidence = whole(2, 0.01).of(TARGET)
    found = choice(evidence, PAYS)
    assert found.answer == f"When all tasks together take a plain loop longer than {in_a_sentence(pays_back(evidence))}"
    assert found.numbers is not None
    heads = [head for head, _ in found.numbers.heads]
    assert heads == ["Way", "In a loop all tasks must take", "So one task", "Tasks", "How it is known", "n"]
    for way, whole_s, each_s, tasks, known, _ in found.numbers.rows:
        assert str(way.value).startswith((RUNNING, MADE, EACH))
        every, one = cast("Estimate", whole_s.value), cast("Estimate", each_s.value)
        number = int(re.sub(r"\D", "", str(tasks.value).partition(" task")[0]))
        assert every.point == pytest.approx(number * (one.point or 0.0))
        assert str(known.value).startswith(("measured", "a bound", "a model"))
    ways = {str(way.value) for way, *_ in found.numbers.rows}
    assert {f"{EACH}, {method}" for method in ("fork", "forkserver", "spawn")} <= ways
    assert found.number is not None
    assert found.named.startswith(RUNNING)


def test_that_all_tasks_together_decide_is_not_said_of_those_that_are_handed_out_one_by_one() -> None:
    evidence = whole(2, 0.01).of(TARGET)
    note = choice(evidence, PAYS).notes[0]
    single = next(one for one in pays_back(evidence) if one.one_by_one and one.how == "measured")
    assert f"Handed out one by one each must be long: {brief(single.each)} here. " in note
    assert decisions._what_decides([one for one in pays_back(evidence) if not one.one_by_one]).endswith(
        "each must be long."
    )


def test_a_break_even_that_was_measured_stands_instead_of_its_bound_and_running_ones_first() -> None:
    known = pays_back(whole(2, 0.01).of(TARGET))
    measured_ways = {(one.way, "" if one.way == RUNNING else one.method) for one in known if one.how == "measured"}
    assert measured_ways
    bounds = [one for one in known if one.how == "at best"]
    assert not {(one.way, "" if one.way == RUNNING else one.method) for one in bounds} & measured_ways
    order = [one.way for one in known]
    assert order == sorted(order, key=(RUNNING, MADE, EACH).index)


def test_what_was_not_measured_says_so_without_numbers() -> None:
    for found in decisions.choices(seen(question="Q1")):
        assert found.answer == "This run cannot say: it was not measured"
        assert (found.numbers, found.notes) == (None, ())


def test_each_decision_leads_to_its_evidence() -> None:
    found = {choice.asked: choice.href for choice in decisions.choices(whole(2, 0.01).of(TARGET))}
    assert found == {WORTH: "#q1", WORKERS: "#q1", WHO: "#q2", METHOD: "#q3", POOL: "#q4", CHUNK: "#q4", PAYS: "#q5"}


def test_several_interpreters_have_their_decisions_each_under_its_name() -> None:
    lives = [drifting(life("fork"), 1.0), drifting(life("spawn"), 2.0)]
    two = run([*lives, *(replace(data, target="two") for data in lives)])
    blocks = decisions.section(cast("Study", SimpleNamespace(subject=two))).blocks
    heads = [(block.id, block.text) for block in blocks if isinstance(block, Heading)]
    assert heads == [("decisions-1", "With one"), ("decisions-2", "With two")]
    alone = decisions.section(cast("Study", SimpleNamespace(subject=run(lives)))).blocks
    assert not any(isinstance(block, Heading) for block in alone)


# Under load, and on one CPU


def answers_of(usable_cpus: int, foreign_cpus: float) -> Sequence[Choice]:
    return decisions.choices(whole(usable_cpus, foreign_cpus).of(TARGET))


def test_where_others_took_the_cpus_nothing_is_advised_that_rests_on_things_side_by_side() -> None:
    calm, busy = answers_of(2, 0.01), answers_of(2, LOAD)
    assert [choice.asked for choice in busy if SAID not in choice.answer] == [METHOD]
    for before, after in zip(calm, busy, strict=True):
        assert SAID not in before.answer
        assert after.numbers == before.numbers
        if SAID in after.answer:
            assert after.answer.startswith("No advice from this run: ")
            assert after.notes == ()


def test_on_one_cpu_the_advice_helps() -> None:
    answers = {choice.asked: choice.answer for choice in answers_of(1, 0.01)}
    assert not any("1 process" in answer or "0 of" in answer for answer in answers.values())
    assert "the one usable CPU" in answers[WORTH]
    assert answers[WHO].startswith("Neither ")
    assert answers[POOL] == "A pool that lives on"
    assert answers[CHUNK].startswith(
        "Pool: its own; ProcessPoolExecutor: chunks of 64 for 512 tasks, not its own chunks of 1; Pool with arguments of "
    )
    assert "never pays back" in answers[PAYS]
    assert "This run cannot say" not in "".join(answers.values())


@pytest.mark.parametrize("usable_cpus", [1, 2])
def test_more_workers_are_recommended_only_in_one_way_for_one_kind_of_work(usable_cpus: int) -> None:
    (found,) = [choice for choice in answers_of(usable_cpus, 0.01) if choice.asked == WORKERS]
    kernels = [name for part in found.answer.split("; ") for name in part.rpartition(" for ")[2].split(", ")]
    assert len(kernels) == len(set(kernels)), found.answer


def test_a_chunk_size_is_advised_for_what_the_tasks_carry() -> None:
    def sized(chunksize: int, payload_bytes: int) -> Cell:
        pattern, tasks = ("payload_map", 40) if payload_bytes else ("map", 512)
        return Cell(
            pattern=pattern, backend="pool", start_method="fork", workers=2, tasks=tasks, chunksize=chunksize,
            payload_bytes=payload_bytes,
        )  # fmt: skip

    empty = [drifting(sized(0, 0), 1.0), drifting(sized(1, 0), 3.0)]
    large = [drifting(sized(0, 1 << 20), 3.0), drifting(sized(1, 1 << 20), 1.0)]
    floors = {**FLOORS, "message": 0.01}
    assert answer(CHUNK, *empty, *large, floors=floors) == ("Pool: chunks of 64; Pool, arguments of 1 MiB: chunks of 1")
