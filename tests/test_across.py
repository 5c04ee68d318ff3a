"""The section across machines and interpreters: how far statements agree, which places stand there, what very many runs get."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec

from study.blocks import Heading, Table
from study.cell import Cell
from study.evidence import Study
from study.evidence.apart import LeftOut
from study.evidence.subject import MANY
from study.screens import AnyTwo, Sheet
from study.sections import across
from study.sections.claims import verdicts
from study.sections.compare import UNDECIDED
from study.sections.places import stored
from study.units import multiple
from tests.made import Made
from tests.synthetic_report import estimate
from tests.synthetic_study import run

if TYPE_CHECKING:
    from typing import TypeVar

    import pytest

    from study.blocks import Block
    from study.evidence import Run
    from study.reports import Section

    T = TypeVar("T")

ROOT = Path(__file__).parent.parent


def on(machine: str, cpus: int = 2, model: str = "") -> Run:
    """The synthetic run, on a machine of that name."""
    made = run(cpus)
    folder = SimpleNamespace(**{**vars(made.folder), "machine": machine, "name": f"{machine}/r", "contributed": False})
    facts = {**made.manifest.machine, **({"cpu_model": model, "logical_cpus": cpus} if model else {})}
    return replace(made, folder=cast("Any", folder), manifest=msgspec.structs.replace(made.manifest, machine=facts))


def study(*runs: Run, times: int = 0) -> Study:
    """Of these runs, stored so many times."""
    light = tuple(cast("Any", SimpleNamespace(name=made.name, path=Path(made.name))) for made in runs) * times
    return Study(runs=runs, why="", sound=light, outcomes={}, root=ROOT, lock_digest="", left_out=LeftOut())


def section(*runs: Run, times: int = 0) -> Section | None:
    return across.section(study(*runs, times=times))


def of_kind(found: Section | None, kind: type[T]) -> list[T]:
    assert found is not None
    blocks: tuple[Block, ...] = found.blocks
    return [block for block in blocks if isinstance(block, kind)]


def test_one_interpreter_of_one_run_has_nothing_to_stand_beside() -> None:
    assert section(on("laptop")) is None


def test_equal_runs_of_two_machines_agree_and_the_sentence_says_how_many_statements() -> None:
    found = section(on("laptop", model="AMD EPYC"), on("tower", model="Intel Xeon"))
    assert found is not None
    assert found.answer.startswith("All ")
    assert "that were decided on AMD EPYC, 2 CPUs and on Intel Xeon, 2 CPUs agree." in found.answer
    assert not [table for table in of_kind(found, Table) if table.id == "differing"]


def test_what_is_left_open_somewhere_is_not_decided_there() -> None:
    here, there = on("laptop", model="AMD EPYC"), on("tower", model="Intel Xeon")
    found = across.decided_by(stored(study(here, there)))
    decisions = {verdict.decision for every in found for _, verdict in every.verdicts}
    assert UNDECIDED not in decisions
    assert UNDECIDED in {verdict.decision for verdict in verdicts(here)}
    assert len(found) < len(verdicts(here))


def test_statements_that_differ_are_named_with_both_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = on("laptop", model="AMD EPYC"), on("tower", model="Intel Xeon")
    known = verdicts

    def turned(made: Run) -> Any:
        if made.machine != "tower":
            return known(made)
        decided = [verdict for verdict in known(made) if verdict.decision == "supported"]
        return tuple(
            replace(verdict, decision="refuted") if verdict.claim == decided[0].claim else verdict
            for verdict in known(made)
        )

    monkeypatch.setattr(across, "verdicts", turned)
    found = section(here, there)
    assert found is not None
    assert "; different: " in found.answer
    (table,) = [table for table in of_kind(found, Table) if table.id == "differing"]
    ((_, mine, theirs),) = table.rows
    assert (mine.small[:8], theirs.small[:10]) == ("AMD EPYC", "Intel Xeon")
    assert (mine.mark, theirs.mark) == ("supported", "refuted")
    assert mine.value == theirs.value is not None


def decided(*places: tuple[Run, str], differ: int = 0) -> list[across.Decided]:
    """Five statements, decided alike in all of these places, but for so many in the last one."""
    those = [
        Made(run=made, interpreter=name, place=SimpleNamespace(name=f"{made.machine} · {name}"))
        for made, name in places
    ]

    def verdict(number: int, place: Made) -> Any:
        odd = number < differ and place is those[-1]
        return SimpleNamespace(
            claim=f"c{number}",
            statement=f"Thing {number}: so.",
            decision="refuted" if odd else "supported",
            number="2 of 3" if odd else "3 of 3",
            test=0,
        )

    return [
        across.Decided(tuple((cast("Any", place), verdict(number, place)) for place in those)) for number in range(5)
    ]


def test_numbers_of_statements_that_differ_stand_with_their_intervals() -> None:
    found = decided((on("a"), "CPython 3.14"), (on("b"), "CPython 3.14"), differ=1)
    ((_, here), (_, there)) = found[0].verdicts
    twice, once = estimate(2.0, 1.9, 2.1, "ratio"), estimate(1.0, 0.9, 1.1, "ratio")
    cast("Any", here).number, cast("Any", there).number = twice, once
    both = f"({multiple(twice)} / {multiple(once)})"
    assert both.count("[") == 2
    assert both in across.answer(found)


def test_a_claim_counts_once_whatever_its_words_were_in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = on("laptop", model="AMD EPYC"), on("tower", model="Intel Xeon")
    before = across.decided_by(stored(study(here, there)))
    known = verdicts

    def reworded(made: Run) -> Any:
        words = "In other words." if made.machine == "tower" else ""
        return tuple(replace(verdict, statement=words or verdict.statement) for verdict in known(made))

    monkeypatch.setattr(across, "verdicts", reworded)
    found = across.decided_by(stored(study(here, there)))
    assert len(found) == len(before) > 0
    assert all(len(every.verdicts) == 2 for every in found)


def test_two_numbers_of_a_difference_are_of_the_same_test_of_the_claim() -> None:
    """Held by all its tests a claim has the number of the first; refuted that of the one that refutes it."""
    some = next(verdict for verdict in verdicts(on("laptop")) if verdict.average.low is not None)
    over_threads, over_loop = estimate(1.96, 1.89, 2.04, "ratio"), estimate(0.97, 0.95, 0.99, "ratio")
    gains = estimate(1.95, 1.88, 2.03, "ratio")
    held = replace(
        some, decision="supported", average=over_threads, counts="", test=0, averages=(over_threads, over_loop)
    )
    loop, threads = (Cell(pattern="map", backend=backend, workers=1, tasks=8).text for backend in ("call", "threads"))
    refuted = replace(
        some,
        decision="refuted",
        average=gains,
        counts="",
        test=1,
        averages=(over_threads, gains),
        cells=(loop, threads),
    )
    assert across.both(held, refuted) == (multiple(over_loop), multiple(gains), True, "threads")
    assert across.both(refuted, held) == (multiple(gains), multiple(over_loop), True, "threads")
    places = [(cast("Any", None), verdict) for verdict in (held, refuted)]
    told = f"(threads: {multiple(over_loop)} / {multiple(gains)})"
    assert told in across._told(across.Decided(tuple(places))), "the statement speaks of a Pool over threads"
    assert across.both(held, replace(held, decision="refuted")).of == ""


def test_the_difference_that_is_named_is_one_whose_numbers_differ() -> None:
    found = decided((on("a"), "CPython 3.14"), (on("b"), "CPython 3.14"), differ=2)
    ((_, here), (_, there)) = found[0].verdicts
    cast("Any", there).number = cast("Any", here).number
    assert "different: “Thing 1” (3 of 3 / 2 of 3) and 1 more" in across.answer(found)
    assert "different: “Thing 0”." in across.answer([found[0], *found[2:]])


def test_the_lede_counts_the_runs_that_have_answers_and_tells_of_the_others() -> None:
    places = [
        SimpleNamespace(hardware=number // 2, side=SimpleNamespace(run=SimpleNamespace(name=f"m/r{number}")))
        for number in range(4)
    ]
    every = cast("Any", places)
    assert across._runs(every, {"m/r0", "m/r1"}) == (
        "2 runs on 1 machine, each with its own answers; 2 more without them, known by the times of their cells"
    )
    assert across._runs(every[:2], {"m/r0", "m/r1"}) == "2 runs on 1 machine, each with its own answers"


def test_two_places_are_named_by_what_differs_and_more_are_counted() -> None:
    laptop, tower = on("laptop", model="AMD EPYC"), on("tower", model="Intel Xeon")
    first, twin, other = (laptop, "CPython 3.14"), (laptop, "CPython 3.14t"), (tower, "CPython 3.14")
    on_both = "that were decided on AMD EPYC, 2 CPUs and on Intel Xeon, 2 CPUs agree"
    assert across.answer(decided(first, other)) == f"All 5 statements {on_both}."
    told = f"4 of 5 statements {on_both}; different: “Thing 0” (3 of 3 / 2 of 3)."
    assert across.answer(decided(first, other, differ=1)) == told
    with_both = "All 5 statements that were decided with CPython 3.14 and with CPython 3.14t agree."
    assert across.answer(decided(first, twin)) == with_both
    of_three = across.answer(decided(first, twin, other, differ=5))
    assert of_three.startswith(
        "0 of 5 statements that were decided in more than one place (two machines, two interpreters) agree; different: “Thing 0”"
    )
    assert of_three.endswith("and 4 more.")
    assert across.answer([]) == ""


def test_the_matrix_and_any_two_stand_in_this_order_the_latter_on_the_page_alone() -> None:
    found = section(on("laptop", model="AMD EPYC"), on("tower", model="Intel Xeon"))
    assert [heading.id for heading in of_kind(found, Heading)] == ["matrix", "two"]
    (two,) = of_kind(found, AnyTwo)
    assert two.id == "any-two"
    assert [table.id for table in of_kind(found, Table)] == ["matrix-table"]
    assert [heading.only for heading in of_kind(found, Heading)] == ["", "screen"]
    assert [row[1].value for row in two.table.rows] == ["this report's own", "two machines"]


def test_very_many_runs_have_a_page_of_their_own_and_few_have_none() -> None:
    machines = [on("laptop", model="AMD EPYC"), on("tower", model="Intel Xeon")]
    few, many = (section(*machines, times=times) for times in (MANY // 2, MANY // 2 + 1))
    assert (len(of_kind(few, Sheet)), len(of_kind(few, AnyTwo))) == (0, 1)
    (sheet,) = of_kind(many, Sheet)
    assert of_kind(many, AnyTwo) == []
    assert sheet.file == "machines.html"
    assert sheet.two is not None
    assert f"{2 * (MANY // 2 + 1)} runs" in sheet.about


def test_no_sentence_of_it_calls_anything_between_machines() -> None:
    found = section(on("laptop", model="AMD EPYC"), on("tower", model="Intel Xeon"))
    assert found is not None
    (two,) = of_kind(found, AnyTwo)
    told = " ".join((found.answer, found.lede, *two.table.notes, repr(two.table.rows), repr(two.levels.told())))
    for word in ("slower", "faster", "called different", "whole interval"):
        assert word not in told
