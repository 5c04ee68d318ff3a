"""Equal cells on two machines. Every time here is made up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from study import stats
from study.cell import Cell
from study.sections.machine_pairs import machine_tables
from study.table import cells_of
from study.units import with_interval
from tests.tables import heads_of, points_of, rows_of

if TYPE_CHECKING:
    from study.evidence import Run

LOOP = Cell(pattern="map", kernel="fannkuch", tasks=4)
TEAM = Cell(pattern="map", kernel="fannkuch", backend="threads", workers=2, tasks=4)
FORK = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join")
CORE = Cell(pattern="process_lifecycle", backend="os_fork", part="join")
NAME = "cpython-3.13.5"


def run(
    machine: str,
    times_s: dict[Cell, float],
    *,
    bench: str = "b",
    target: str = NAME,
    numpy: str = "2",
    rounds: int = 10,
) -> Run:
    """A finished run of these cells, an average each."""
    scatter = np.random.default_rng(3).normal(1.0, 0.01, size=rounds)
    samples: list[Any] = [
        SimpleNamespace(
            target=target, cell=cell, round_index=index, attempt=0, values=[average * scatter[index]] * 3,
            outcomes={}, metadata={},
        )
        for cell, average in times_s.items()
        for index in range(rounds)
    ]  # fmt: skip
    manifest = SimpleNamespace(
        targets=[SimpleNamespace(name=target, facts={"compiler": "C", "numpy_version": numpy, "pyperf_version": "2"})],
        cells=[
            SimpleNamespace(
                key=(target, cell.text), digest="", cell=cell.text, tier="core" if cell == CORE else "headline"
            )
            for cell in times_s
        ],
        digests={"bench": bench},
        machine={},
        simulated=False,
        usable_cpus=2,
    )
    folder = SimpleNamespace(machine=machine, id="r", manifest=manifest, contributed=False)
    return cast(
        "Run", SimpleNamespace(machine=machine, folder=folder, manifest=manifest, cells=cells_of(cast("Any", samples)))
    )


def of_fork(average_s: float) -> str:
    """How its average stands in the table."""
    made = run("box", {FORK: average_s}).cells[NAME, FORK.text]
    return with_interval(stats.average(made.means, "s"))


def test_equal_headline_cells_of_two_machines_get_a_ratio_and_a_plain_loop_counts_per_task() -> None:
    many = Cell(pattern="map", kernel="fannkuch", tasks=32)
    team = Cell(pattern="map", kernel="fannkuch", backend="threads", workers=16, tasks=32)
    first = run("small", {LOOP: 0.4, TEAM: 0.4, FORK: 1e-3, CORE: 1e-4})
    second = run("large", {many: 1.6, team: 0.8, FORK: 2e-3, CORE: 1e-4})
    (table,) = machine_tables([first, second])
    ratios = dict(zip((names[0] for names, _ in rows_of(table)), points_of(table), strict=True))
    assert list(ratios.values()) == [pytest.approx(0.5, rel=0.01), pytest.approx(2.0, rel=0.01)]
    assert "plain loop" in next(iter(ratios))
    assert [names[1:] for names, _ in rows_of(table) if "fork" in names[0]] == [(of_fork(1e-3), of_fork(2e-3))]
    assert heads_of(table) == ("What", "On small", "On large")
    assert f"{NAME} on large beside small" in table.caption
    assert "1 has its whole interval below 1 and 1 above" in table.caption


def test_the_interval_holds_that_machines_move_from_run_to_run() -> None:
    (table,) = machine_tables([run("small", {FORK: 1e-3}), run("large", {FORK: 1e-3})])
    ((_, estimate),) = rows_of(table)
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < 0.95
    assert estimate.high > 1.05


def test_other_code_another_interpreter_and_too_few_processes_are_no_pair() -> None:
    small = run("small", {FORK: 1e-3})
    assert machine_tables([small, run("large", {FORK: 1e-3}, bench="other")]) == ()
    assert machine_tables([small, run("large", {FORK: 1e-3}, target="cpython-3.14.0")]) == ()
    assert machine_tables([small, run("large", {FORK: 1e-3}, numpy="1")]) == ()
    assert machine_tables([small, run("large", {FORK: 1e-3}, rounds=4)]) == ()
    assert machine_tables([small, run("small", {FORK: 2e-3})]) == ()
