"""The files of numbers beside the page: every column of a run whose truth is known, and no cell that a spreadsheet computes."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from study.cell import Cell, noise_class
from tests import truth
from tests.builders import LOOP
from tests.configs import experiment
from tests.elements import text_of
from tests.known_choices import floors
from tests.known_claims import CLAIMS, PRINTERS
from tests.known_figures import capacity, counted, noise_ratio, speedup
from tests.known_run import (
    CAPACITY,
    INJECTED_PPM,
    ROUNDS,
    handed,
    in_both,
    life,
    loop,
    means_of,
    outcomes_of,
    pool,
    work,
)
from tests.stored_run import CPUS, LOOPS, TARGET, WITHIN, Measured, reported, store_run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.page import Page
    from tests.truth import Truth


def read(row: dict[str, str], name: str) -> list[float]:
    """Low, point and high of a number in a file."""
    return [float(row[f"{name}{end}"]) for end in ("_low", "", "_high")]


def test_files_with_rows_of_every_cell_of_every_run_are_packed_and_the_page_says_how_to_open_them(page: Page) -> None:
    names = {path.name for path in (page.folder / "data").iterdir()}
    for name in ("cells.csv", "process-means.csv"):
        assert name not in names
        assert f"{name}.gz" in names
        path = f"data/{name}.gz"
        (told,) = (text_of(item) for item in page.body.iter("li") if text_of(item).startswith(f"{path}: "))
        assert "pandas and R read it as it is" in told
    beside = [
        text_of(each) for each in page.body.iter("p") if "The same rows as a file: data/cells.csv.gz" in text_of(each)
    ]
    assert len(beside) == 1
    assert "gunzip unpacks it" in beside[0]


def test_each_cell_of_the_plan_has_one_row_with_all_that_is_known_of_it(page: Page) -> None:
    rows = page.rows("cells.csv")
    cells = [Cell.parse(row["cell"]) for row in rows]
    assert len(set(cells)) == len(cells) == 115
    for row, cell in zip(rows, cells, strict=True):
        means = means_of(cell)
        known = means[~np.isnan(means)]
        byte = cell.pattern == "memory"
        assert (row["machine"], row["simulated"], row["target"]) == ("host", "False", TARGET)
        assert (row["state"], row["reason"], row["loops"]) == ("done", "", str(LOOPS))
        assert row["processes"] == row["average_n"] == row["typical_n"] == str(len(known))
        assert row["average_unit"] == row["typical_unit"] == ("byte" if byte else "s")
        assert row["average_reason"] == row["typical_reason"] == ""
        assert read(row, "average") == pytest.approx(list(truth.average(means)))
        assert read(row, "typical") == pytest.approx(list(truth.typical(means)))
        least = floors(means_of).get(noise_class(cell), 0.0)
        assert float(row["smallest_effect"]) == pytest.approx(truth.smallest_effect(means, least), rel=0.03)
        assert float(row["icc"]) == pytest.approx(truth.between_share(np.outer(known, WITHIN)))
        totals: dict[str, int] = {}
        for index, each in enumerate(outcomes_of(cell)):
            for name, value in each.items():
                totals[name] = totals.get(name, 0) + (0 if np.isnan(means[index]) else value)
        assert dict(word.split("=") for word in row["outcomes"].split()) == {
            name: str(value) for name, value in totals.items()
        }
        assert float(row["average"]) != pytest.approx(float(row["typical"]), rel=5e-3)


@pytest.mark.parametrize(
    ("cell", "name", "experiments", "tier"),
    [
        (loop(), "8 × fannkuch, plain loop", "q1-ways noise", "headline"),
        (work("fannkuch", "pool"), "8 × fannkuch, Pool of 4 under fork", "q1-work", "headline"),
        (life("spawn", "first"), "one Process under spawn: start to the child's first instruction", "q3-lives", "headline"),
        (pool("fork", "warm_map"),
         "Pool of 4 under fork for five squares, made and closed: a map once every worker has answered", "q5-pools", "core"),
        (PRINTERS, "four printing processes under fork", "q6-print", "headline"),
    ],
)  # fmt: skip
def test_a_cell_is_called_in_words_with_who_asked_for_it(
    page: Page, cell: Cell, name: str, experiments: str, tier: str
) -> None:
    row = page.one("cells.csv", cell=cell.text)
    assert (row["name"], row["tier"]) == (name, tier)
    assert sorted(row["experiments"].split()) == sorted(experiments.split())


def test_every_process_has_its_mean_beside_its_round(page: Page) -> None:
    rows = page.rows("process-means.csv")
    for cell in (loop(), work("sleep", "threads"), life("fork"), Cell.parse(CLAIMS[-1].cells[0].text)):
        mine = [row for row in rows if row["cell"] == cell.text]
        means = means_of(cell)
        assert [int(row["round"]) for row in mine] == list(np.flatnonzero(~np.isnan(means)))
        assert [float(row["mean_s"]) for row in mine] == pytest.approx(list(means[~np.isnan(means)]))
        assert {(row["machine"], row["target"]) for row in mine} == {("host", TARGET)}
    assert len(rows) == sum(int(row["processes"]) for row in page.rows("cells.csv"))


def test_speedups_are_the_time_of_the_loop_over_the_time_with_workers(page: Page) -> None:
    rows = page.rows("scaling.csv")
    assert len(rows) == 2 * 8 + 3
    for row in rows:
        kernel, backend, workers = row["kernel"], row["backend"], int(row["workers"])
        base, cell = loop(kernel), work(kernel, backend, workers, row["start_method"])
        known = speedup(kernel, backend, workers, row["start_method"])
        assert row["start_method"] in {"threads": {""}}.get(backend, {"fork", "forkserver", "spawn"})
        assert read(row, "loop_per_task") == pytest.approx(list(truth.average(means_of(base) / base.tasks)))
        assert read(row, "workers_per_task") == pytest.approx(list(truth.average(means_of(cell) / cell.tasks)))
        assert read(row, "speedup") == pytest.approx(list(known))
        assert (row["speedup_n"], row["speedup_unit"]) == (str(len(in_both(base, cell)[0])), "ratio")
        assert row["oversubscribed"] == str(workers > CPUS)
        if workers > CPUS:
            assert row["efficiency"] == row["karp_flatt"] == ""
            assert f"{workers} workers share {CPUS} CPUs" in row["efficiency_reason"]
            continue
        assert read(row, "efficiency") == pytest.approx([end / workers for end in known])
        if workers == 1:
            assert row["karp_flatt"] == ""
            assert "one worker" in row["karp_flatt_reason"]
            continue
        fractions = [(1 / end - 1 / workers) / (1 - 1 / workers) for end in known]
        assert read(row, "karp_flatt") == pytest.approx(sorted(fractions))
        if kernel == "fannkuch" and workers in CAPACITY:
            assert read(row, "capacity") == pytest.approx(list(capacity(workers)))
        else:
            assert row["capacity"] == ""
            assert row["capacity_reason"]


EIGHT = "8 × nothing, Pool of 2"


def test_break_even_divides_what_is_spent_by_what_others_take_over(page: Page) -> None:
    rows = page.rows("break-even.csv")
    assert {row["workers"] for row in rows} == {"2", "4"}
    for method in ("fork", "spawn"):
        row = page.one("break-even.csv", name=f"a pool made for the occasion and closed again, 5 tasks, under {method}")
        spent = truth.average(means_of(pool(method, "total")))
        assert read(row, "grain") == pytest.approx([end / (5 * (1 - 1 / CPUS)) for end in spent])
        assert (row["tasks"], row["workers"], row["grain_n"], row["grain_unit"]) == ("5", "4", str(ROUNDS), "s")
        assert "evenly" in row["assumption"]
    running = page.one("break-even.csv", workers="2", name=f"a pool that is already running: {EIGHT} under spawn")
    spent = truth.average(means_of(handed("map", "spawn")))
    assert read(running, "grain") == pytest.approx([end / (8 * (1 - 1 / 2)) for end in spent])


def test_orders_are_counted_and_their_shares_are_of_processes(page: Page) -> None:
    rows = [row for row in page.rows("orders.csv") if row["name"] == "four printing processes under fork"]
    totals = {name: sum(each[f"order_{name}"] for each in outcomes_of(PRINTERS)) for name in ("1234", "2134", "1243")}
    assert [(row["order"], row["times"]) for row in rows] == [(name, str(total)) for name, total in totals.items()]
    for row in rows:
        assert (row["start_method"], row["variant"], row["trials"]) == ("fork", "", str(12 * ROUNDS))
        assert read(row, "share") == pytest.approx(list(counted(PRINTERS, f"order_{row['order']}")))
        assert (row["share_n"], row["share_unit"]) == (str(ROUNDS), "share")


def test_pairs_of_equal_cells_and_what_was_put_in_stand_with_their_ratio(page: Page) -> None:
    rows = page.rows("noise.csv")
    assert sorted((row["kind"], row["class"]) for row in rows) == sorted(
        [("A/A", "compute"), ("A/A", "dispatch"), *[("A/A", "start")] * 3, *[("injected", "compute")] * 3]
    )
    for kernel, words, recovered in (("square", "one square", "True"), ("sieve", "prime sieve", "False"),
                                     ("nbody", "n-body", "False")):  # fmt: skip
        row = page.one("noise.csv", name=f"5 × {words}, plain loop")
        assert float(row["expected"]) == INJECTED_PPM / 1e6
        assert read(row, "ratio") == pytest.approx(list(noise_ratio(loop(kernel, 5), "injected")))
        assert row["recovered"] == recovered, "what is not there, or may be nothing, is not found"
    again = page.one("noise.csv", name="8 × fannkuch, plain loop")
    assert (float(again["expected"]), again["recovered"]) == (1.0, "True")
    assert read(again, "ratio") == pytest.approx(list(noise_ratio(loop(), "again")))


def test_each_verdict_has_its_row(page: Page) -> None:
    rows = page.rows("verdicts.csv")
    assert [row["claim"] for row in rows] == [claim.id for claim in CLAIMS]
    for row, claim in zip(rows, CLAIMS, strict=True):
        assert (row["question"], row["statement"], row["decision"]) == (claim.question, claim.statement, claim.decision)
        assert (row["headline"], row["target"]) == (str(claim.headline), TARGET)
        assert row["cells"] == " | ".join(cell.text for cell in claim.cells)
        assert claim.because in row["strength"]
        if not claim.measured:
            assert row["average"] == row["typical"] == ""
            assert claim.because in row["average_reason"]
            continue
        assert row["sentence"].startswith(f"In {claim.id} ")
        average, typical = known_of(claim.id)
        if claim.direction in {"always", "never"}:
            assert float(row["average"]) == pytest.approx(average.point)
            assert row["average_low"] == row["average_high"] == ""
            assert row["counts"].endswith(" trials")
        else:
            assert read(row, "average") == pytest.approx(list(average))
        assert (
            row["average_unit"]
            == {"ratio": "ratio", "difference": "s", "value": "CPU", "proportion": "share"}[claim.estimand]
        )
        if typical is None:
            assert row["typical"] == ""
        else:
            assert read(row, "typical") == pytest.approx(list(typical))


def known_of(identity: str) -> tuple[Truth, Truth | None]:
    """The number of a claim for the average and for the typical process."""
    claim = next(claim for claim in CLAIMS if claim.id == identity)
    if claim.estimand == "proportion":
        return counted(claim.cells[0], claim.outcome), None
    if claim.estimand == "value":
        parts, wholes = (
            np.array([float(each[name]) for each in outcomes_of(claim.cells[0])]) for name in (claim.outcome, claim.per)
        )
        return truth.ratio(parts, wholes), truth.typical(parts / wholes)
    first, second = in_both(*claim.cells)
    if claim.estimand == "ratio":
        return truth.ratio(first, second), truth.typical(first / second)
    return truth.difference(first, second), truth.typical(first - second)


def test_the_plan_of_values_is_judged_by_class(page: Page) -> None:
    rows = {row["class"]: row for row in page.rows("allocation.csv")}
    assert list(rows) == ["compute", "start", "dispatch", "message"]
    counts: dict[str, int] = {"compute": 0, "start": 0, "dispatch": 0, "message": 0}
    for row in page.rows("cells.csv"):
        cell = Cell.parse(row["cell"])
        name = {"process_lifecycle": "start", "pool_lifecycle": "start", "four_printers": "start",
                "process_per_task": "start", "ping_pong": "message", "map": "compute"}.get(cell.pattern, "")  # fmt: skip
        name = (
            "dispatch"
            if cell.kernel in {"noop", "square", "spin"} and cell.backend == "pool" and name == "compute"
            else name
        )
        name = "dispatch" if cell.backend == "process_executor" and cell.kernel == "noop" else name
        if name and not cell.label and cell.part in {"total", "join"}:
            counts[name] += 1
    assert {name: int(row["cells"]) for name, row in rows.items()} == counts
    for row in rows.values():
        assert 0.5 < float(row["between_share"]) < 1.0
        assert int(row["optimal_values"]) >= 1
        assert 0.0 < float(row["relative_efficiency"]) <= 1.0
        assert row["reason"] == ""


def test_checks_say_what_was_seen_and_where_the_threshold_comes_from(page: Page) -> None:
    rows = page.rows("checks.csv")
    listed = page.tables["check-list"].rows
    assert rows
    assert sorted(row["check"] for row in rows) == sorted(row["Check"].text for row in listed)
    for row in rows:
        assert row["message"]
        assert row["threshold"]
        assert row["source"]
        shown = next(each for each in listed if each["Check"].text == row["check"] and each["What was seen"].text)
        assert shown["Outcome"].text == ("passed" if row["passed"] == "True" else "not passed")
    outcomes = [row["Outcome"].text for row in listed]
    assert outcomes == sorted(outcomes), "those that did not pass come first"


HOSTILE = ("=1+1", "-2+3", "+4", "@x", "a;=cmd", "b;-5", "c\t=6", " =7", "d, =8", "\u2212nine")


def test_no_cell_of_a_file_begins_as_a_formula_does(tmp_path: Path) -> None:
    extra = [f'[[claim]]\nid = "hostile-{index}"\nquestion = "Q1"\nstatement = {_toml(text)}\nestimand = "value"\n'
             f'of = {{ pattern = "map", kernel = "square", tasks = 5 }}\ndirection = "above"\nthreshold = 1e-9\n'
             f'finding = {_toml(text + " {value}")}\n' for index, text in enumerate(HOSTILE)]  # fmt: skip
    texts = {
        "q1-loop": experiment('pattern = "map"\nkernel = "square"\ntasks = 5'),
        "claims": "\n".join(["schema = 1", *extra]),
    }
    store_run(tmp_path / "r", texts, lambda _, __: Measured(means=tuple(1.0 + index / 100 for index in range(12))))
    made = reported(tmp_path / "r", tmp_path / "o")
    rows = made.rows("verdicts.csv")
    assert len(rows) == len(HOSTILE)
    for row, text in zip(rows, HOSTILE, strict=True):
        for found in (row["statement"], row["sentence"]):
            assert found != text
            assert "'" in found
            for sign in "=+-@\u2212":
                for before in (";", ", ", "\t", " "):
                    assert f"{before}{sign}{text[-1]}" not in found, found
            assert found[0] not in "=+-@\u2212"
        assert row["statement"].replace("'", "") == text, "nothing but the apostrophe is added"
    assert made.one("cells.csv", cell=LOOP.text)["average"][0].isdigit(), "numbers are left as they are"
    with (tmp_path / "o" / "data" / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        assert len({len(row) for row in csv.reader(file)}) == 1


def _toml(text: str) -> str:
    return '"' + text.replace("\t", "\\t") + '"'
