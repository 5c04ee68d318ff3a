"""The query over the cells of a run, its floors, and what a run counts. Every time here is made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import numpy as np
import pytest

from study.cell import Cell
from study.evidence import ANY, run_of
from study.evidence.code import code_of, codes_of, stale_cells
from study.evidence.floors import floor_of_run, floors, halves_of
from study.plan import ROUNDS
from study.store import RoundRecord, RunFolder
from tests.builders import LOOP, POOL, manifest
from tests.made_up_run import evidence, measured, run

if TYPE_CHECKING:
    from study.evidence import Run
    from study.identity import Sources

SQUARES = Cell(pattern="map", kernel="square", tasks=5)
EIGHT = replace(SQUARES, tasks=8)
FORK = replace(SQUARES, backend="pool", start_method="fork", workers=2)
SPAWN = replace(FORK, start_method="spawn")
AGAIN = replace(SQUARES, label="again")
LIFE = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", label="again")
INJECTED = replace(SQUARES, label="injected")


def found(pattern: object = "map", **wanted: Any) -> list[Cell]:
    cells = [measured(cell, 1.0) for cell in (SPAWN, SQUARES, FORK, EIGHT)]
    return [data.cell for data in evidence(*cells).find(cast("str", pattern), **wanted)]


def test_a_factor_that_is_not_named_has_its_default() -> None:
    assert found(kernel="square", tasks=5) == [SQUARES]
    assert found() == []


def test_a_factor_may_be_any_value_one_of_several_or_one_that_passes_a_test() -> None:
    assert found(kernel="square", tasks=ANY) == [SQUARES, EIGHT]
    assert found(kernel="square", tasks=(5, 6)) == [SQUARES]
    assert found(kernel="square", tasks=lambda tasks: tasks > 5) == [EIGHT]
    assert found(ANY, kernel="square", backend="pool", start_method=ANY, workers=2, tasks=5) == [FORK, SPAWN]
    assert found("memory", kernel="square", tasks=ANY) == []


def test_a_factor_that_no_cell_has_is_refused() -> None:
    with pytest.raises(TypeError, match="a cell has no threads"):
        found(threads=2)


def test_cells_of_another_interpreter_are_not_found() -> None:
    made = run([measured(SQUARES, 1.0, target="one"), measured(SQUARES, 2.0, target="two")])
    for target in ("one", "two"):
        (data,) = made.of(target).find("map", kernel="square", tasks=5)
        assert data.target == target
        assert made.of(target).get(SQUARES) is data
        assert made.of(target).one("map", kernel="square", tasks=5) is data
    assert made.of("one").get(EIGHT) is None


def pair(cell: Cell, factor: float, seed: int) -> tuple[Any, Any]:
    """A cell, and its labelled twin that takes about so many times as long."""
    scatter = 1.0 + 0.001 * np.random.default_rng(seed).standard_normal(10)
    return measured(replace(cell, label=""), list(np.ones(10))), measured(cell, list(factor * scatter))


def test_the_floor_is_what_equal_cells_differ_by_and_not_the_effect_that_was_put_in() -> None:
    data = [*pair(AGAIN, 1.02, 1), pair(INJECTED, 1.5, 2)[1]]
    cells = {("one", one.cell.text): one for one in data}
    known = floors(cells, "one")
    assert known.keys() == {"compute", "start", "dispatch", "message"}
    assert known["compute"] is not None
    assert 0.01 < known["compute"] < 0.03
    assert {floor for name, floor in known.items() if name != "compute"} == {None}
    whole = floor_of_run(cells, "one")
    assert (whole.point, whole.unit) == (known["compute"], "share")
    assert floors(cells, "two") == dict.fromkeys(("compute", "start", "dispatch", "message"))


@pytest.mark.parametrize("parts", [("first", "join"), ("join", "first")])
def test_the_floor_of_a_class_holds_for_every_equal_cell_of_it(parts: tuple[str, str]) -> None:
    noisy, quiet = (replace(LIFE, part=part) for part in parts)
    data = [*pair(noisy, 1.2, 1), *pair(quiet, 1.01, 2)]
    cells = {("one", made.cell.text): made for made in data}
    known, alone = floors(cells, "one")["start"], floors({("one", made.cell.text): made for made in data[:2]}, "one")
    assert known is not None
    assert known == alone["start"] == floor_of_run(cells, "one").point
    assert known > 0.1


def test_halves_are_held_against_each_other_where_there_are_rounds_enough() -> None:
    rising = {("one", "c"): measured(SQUARES, [1.0 + 0.1 * (index > 4) + 0.001 * (index % 2) for index in range(10)])}
    t = halves_of(rising)
    assert t is not None
    assert abs(t) > 10
    few = {("one", "c"): measured(SQUARES, [1.0, 1.1] * ((ROUNDS - 1) // 2))}
    assert halves_of(few) is None
    # Rounds that only a cell of too few rounds has make no half longer.
    late = measured(EIGHT, [9.0, 1.0, 9.0], rounds=[20, 21, 22])
    assert halves_of({**rising, ("one", "late"): late}) == t


class Digests:
    """Sources by which every cell has the digest 'new'."""

    def digest(self, _cell: Cell) -> str:
        return "new"


def test_a_cell_is_stale_by_its_own_digest_and_one_that_has_none_cannot_tell() -> None:
    plain = manifest((LOOP, POOL))

    def stale(*digests: str, state: str = "done") -> set[str]:
        cells = [
            msgspec.structs.replace(record, digest=digest, state=state)
            for record, digest in zip(plain.cells, digests, strict=True)
        ]
        now = cast("Sources", Digests())
        return {cell for _, cell in stale_cells(msgspec.structs.replace(plain, cells=cells), now)}

    assert stale("new", "new") == set()
    assert stale("new", "old") == {POOL.text}
    assert stale("", "new") == {LOOP.text}
    assert stale("", "old", state="skipped") == set()


def test_runs_of_earlier_versions_have_one_digest_for_all_cells() -> None:
    plain = manifest((LOOP,))
    (key,) = codes_of(plain)
    assert (code_of(plain), codes_of(plain)[key]) == ("b", "b")
    cells = [msgspec.structs.replace(plain.cells[0], digest="own")]
    newer = msgspec.structs.replace(plain, digests={"core": "c"}, cells=cells)
    assert (code_of(newer), codes_of(newer)[key]) == ("c", "own")


def of_rounds(*rounds: RoundRecord, **changes: Any) -> Run:
    folder = RunFolder(Path("results/box/hour"), manifest((), rounds=list(rounds), **changes))
    cast("Any", folder).load = list
    return run_of(folder)


def test_rounds_that_another_stands_for_do_not_count() -> None:
    def of(index: int, **changes: Any) -> RoundRecord:
        fields: dict[str, Any] = {"index": index, "attempt": 0, "order": [], "elapsed_s": 1.0, "foreign_cpus": 0.25}
        return RoundRecord(**(fields | changes))

    made = of_rounds(
        of(0, replaced=True, disturbed=["others"], foreign_cpus=1.75), of(0, attempt=1), of(1, disturbed=["others"])
    )
    assert (made.rounds, made.disturbed_rounds, made.foreign_cpus) == (2, 1, 0.25)
    assert made.quick
    assert not of_rounds(*(of(index) for index in range(ROUNDS))).quick
    assert of_rounds(*(of(index) for index in range(ROUNDS)), quick=True).quick
