"""“What to decide”, of runs whose truth is known: clear cases and unclear ones, floors respected, silent under load."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.known_choices import CHUNK, METHOD, PAYS, POOL, WHO, WORKERS, WORTH, floors, sides
from tests.known_experiments import EXPERIMENTS
from tests.known_figures import average as average_of
from tests.known_figures import speedup
from tests.known_run import CHUNKS_S, COMMON, ROUNDS, chunked, handed, life, loop, means_of, measured, pool, work
from tests.stored_run import Measured, reported, store_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from study.cell import Cell
    from tests.page import Page
    from tests.truth import Truth

PLACES = {WORTH: "#q1", WORKERS: "#q1", WHO: "#q2", METHOD: "#q3", POOL: "#q4", CHUNK: "#q4", PAYS: "#q5"}


def numbers(page: Page, asked: str) -> dict[str, dict[str, float]]:
    """The numbers of a choice: first column -> heading -> what the number is sorted by."""
    table = page.choices[asked].numbers
    assert table is not None
    return {
        next(iter(row.values())).text: {
            heading: item.number for heading, item in list(row.items())[1:] if item.sort and heading != "n"
        }
        for row in table.rows
    }


def average(cell: Cell, per: float = 1.0) -> object:
    """The average of a cell, of one of `per` parts."""
    return point(average_of(cell, per))


def point(known: Truth) -> object:
    """A number as it was computed apart."""
    return pytest.approx(known.point)


def test_the_decisions_stand_in_the_order_in_which_they_are_met_each_with_its_evidence(page: Page) -> None:
    assert {asked: choice.href for asked, choice in page.choices.items()} == PLACES
    assert list(page.choices) == list(PLACES)


def test_the_answers_are_those_that_the_truth_asks_for() -> None:
    """Worked out by another rule of the same words; the sentences of the other tests follow from it."""
    assert sides(means_of, WORTH) == {"fannkuch": "longer", "sleep": "longer"}
    assert sides(means_of, WORKERS) == {
        "fannkuch, 1 to 4": "longer", "fannkuch, 4 to 8": "shorter", "sleep, 1 to 4": "longer", "sleep, 4 to 8": "longer",
    }  # fmt: skip
    assert sides(means_of, WHO) == {
        "fannkuch, loop to pool": "longer", "fannkuch, loop to threads": "shorter", "fannkuch, pool to threads": "shorter",
        "sleep, loop to pool": "longer", "sleep, loop to threads": "longer", "sleep, pool to threads": "longer",
    }  # fmt: skip
    assert set(sides(means_of, METHOD).values()) == {"shorter"}
    assert set(sides(means_of, POOL).values()) == {"shorter"}
    chunks = sides(means_of, CHUNK)
    assert {chunks[f"pool, 0 to {size}"] for size in (1, 8, 64)} == {"shorter"}
    assert {chunks[f"process_executor, {size} to 64"] for size in (0, 8)} == {"longer"}


def test_is_it_worth_it_counts_the_kinds_of_work_that_gain(page: Page) -> None:
    assert page.choices[WORTH].answer == "2 of 2 kinds of work are faster with 4 processes in a running pool"
    assert numbers(page, WORTH) == {
        kernel: {
            "A task in the plain loop": average(loop(kernel), per=8),
            "A task with 4 processes": average(work(kernel, "pool"), per=8),
            "Speedup": point(speedup(kernel, "pool", 4)),
        }
        for kernel in ("fannkuch", "sleep")
    }


def test_how_many_workers_tells_what_gains_from_all_cpus_and_what_from_more(page: Page) -> None:
    answer = page.choices[WORKERS].answer
    assert answer == "4, one for each usable CPU, for fannkuch; more than there are CPUs for sleep"
    assert numbers(page, WORKERS) == {
        kernel: {
            "1 worker" if workers == 1 else f"{workers} workers": point(speedup(kernel, "pool", workers))
            for workers in (1, 2, 4, 8)
        }
        for kernel in ("fannkuch", "sleep")
    }


def test_threads_or_processes_says_which_is_faster_round_by_round(page: Page) -> None:
    assert page.choices[WHO].answer == "Processes for fannkuch; threads for sleep"
    processes, threads = (average_of(work("sleep", backend)) for backend in ("pool", "threads"))
    assert threads.low < processes.point < threads.high, "or intervals that touch would not be told from a paired test"
    assert numbers(page, WHO) == {
        kernel: {"Processes": point(speedup(kernel, "pool", 4)), "Threads": point(speedup(kernel, "threads", 4))}
        for kernel in ("fannkuch", "sleep")
    }


def test_the_start_method_that_costs_least_is_named(page: Page) -> None:
    assert page.choices[METHOD].answer == (
        "forkserver, the default, which is safe beside threads; fork costs least, for a program without threads"
    )
    assert numbers(page, METHOD) == {
        method: {
            "To its first instruction": average(life(method, "first")),
            "To the end of join": average(life(method)),
        }
        for method in ("fork", "forkserver", "spawn")
    }


def test_a_pool_or_a_process_for_each_task_has_the_time_of_one_task(page: Page) -> None:
    assert page.choices[POOL].answer == "A pool that lives on"
    assert numbers(page, POOL) == {
        method: {
            "through a living pool": average(handed("map", method), per=8),
            "with a process of its own": average(handed("process_per_task", method), per=8),
        }
        for method in ("fork", "spawn")
    }


def test_the_chunk_size_that_costs_least_is_named_for_each_pool(page: Page) -> None:
    answer = page.choices[CHUNK].answer
    assert answer == "Pool: chunks of 32; ProcessPoolExecutor: chunks of 64"
    own = {"pool": 32, "process_executor": 1}
    assert numbers(page, CHUNK) == {
        label: {
            f"chunks of {size or own[backend]}": average(chunked(backend, size), per=512) for size in CHUNKS_S[backend]
        }
        for label, backend in (("Pool", "pool"), ("ProcessPoolExecutor", "process_executor"))
    }


def test_when_a_pool_pays_back_says_how_much_work_there_must_be_by_way(page: Page) -> None:
    answer = page.choices[PAYS].answer
    assert answer.startswith("When all tasks together take a plain loop longer than ")
    assert re.search(r"at least [\d.]+ m?s \(a pool made for it, spawn\)", answer)
    whole, each = "In a loop all tasks must take", "So one task"
    found = numbers(page, PAYS)
    spent = 1 - 1 / 4
    made, alone = pool("spawn", "total"), handed("process_per_task", "fork")
    assert found["a pool made for it, spawn"] == {whole: average(made, per=spent), each: average(made, per=5 * spent)}
    assert found["a process for each task, fork"] == {
        whole: average(alone, per=spent),
        each: average(alone, per=8 * spent),
    }
    table = page.choices[PAYS].numbers
    assert table is not None
    (running,) = [row for row in table.rows if row["Way"].text == "a running pool, fork"]
    assert (running["How it is known"].text, running["Tasks"].text) == ("measured", "64 tasks, chunks of 1")
    assert running[whole].number == pytest.approx(64 * running[each].number)


def test_behind_the_numbers_of_a_choice_stands_of_how_many_processes_they_are(page: Page) -> None:
    for choice in page.choices.values():
        assert choice.numbers is not None
        for row in choice.numbers.rows:
            assert re.fullmatch(r"(\d+ to )?1[012]|–", row["n"].text), choice.asked  # some rounds lack a cell
    lives = page.choices[METHOD].numbers
    assert lives is not None
    assert [row["n"].text for row in lives.rows] == [str(ROUNDS)] * 3


UNCLEAR = ("q1-work", "q1-ways", "q3-lives", "q4-chunks", "q4-tasks", "noise")


NEARLY = {"forkserver": 1.05, "chunks of 64": 1.08}
"""By how much forkserver takes longer than fork, and chunks of 64 than those of 8: by less than equal cells differ."""
LITTLE = {("pool", 1): 0.99, ("pool", 2): 1.05, ("pool", 4): 1.10, ("pool", 8): 1.20, ("threads", 4): 1.22}
"""Backend and workers -> the speedup of work that waits."""


def unclear(_: str, cell: Cell) -> Measured:
    """Intervals are narrow, since rounds have nothing in common; but equal cells of work differ by a third."""
    like, factor = cell, 1.0
    if cell.pattern == "process_lifecycle" and cell.start_method == "forkserver":
        like, factor = replace(cell, start_method="fork"), NEARLY["forkserver"]
    if cell.chunksize == 64:
        like, factor = replace(cell, chunksize=8), NEARLY["chunks of 64"]
    if cell.kernel == "sleep" and (cell.backend, cell.workers) in LITTLE:
        like, factor = loop("sleep"), 1.0 / LITTLE[cell.backend, cell.workers]
    found = measured(_, like)
    apart = [1.4, 1.0] if cell.label == "again" and cell.kernel == "fannkuch" else [1.0]
    factors = [factor * apart[index % len(apart)] / common for index, common in enumerate(COMMON)]
    return replace(found.times(*factors), outcomes=measured(_, cell).outcomes)


def means_in(run: Callable[[str, Cell], Measured]) -> Callable[[Cell], NDArray[np.float64]]:
    """Cell -> its process means in a run, NaN in rounds that lack it."""
    return lambda cell: np.array([np.nan if mean is None else mean for mean in run("", cell).means])


@pytest.fixture(scope="module")
def unclear_page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """A run in which much cannot be told: equal cells of work differ by a third."""
    folder = tmp_path_factory.mktemp("unclear")
    store_run(folder / "r", {name: EXPERIMENTS[name] for name in UNCLEAR}, unclear)
    return reported(folder / "r", folder / "o")


def test_what_differs_by_less_than_equal_cells_do_is_not_called(unclear_page: Page) -> None:
    choices = unclear_page.choices
    assert choices[WORTH].answer == (
        "1 of 2 kinds of work are faster with 4 processes in a running pool; no clear difference for sleep"
    )
    assert choices[WORKERS].answer.endswith("for fannkuch; more than one brings nothing clear for sleep")
    assert choices[WHO].answer == "Processes for fannkuch; either for sleep"
    assert choices[METHOD].answer == "No clear difference between fork and forkserver"
    assert choices[CHUNK].answer == (
        "Pool: chunks of 32; ProcessPoolExecutor: no clear difference between chunks of 8 and chunks of 64"
    )


def test_what_is_called_alike_is_so_in_truth() -> None:
    means = means_in(unclear)
    assert sides(means, WORTH) == {"fannkuch": "longer", "sleep": "alike"}
    workers = {"fannkuch, 1 to 4": "longer", "fannkuch, 4 to 8": "alike"}
    assert sides(means, WORKERS) == {**workers, "sleep, 1 to 4": "alike", "sleep, 4 to 8": "alike"}
    who = sides(means, WHO)
    assert [who[f"sleep, {pair}"] for pair in ("loop to pool", "loop to threads", "pool to threads")] == [
        "alike", "longer", "alike",
    ]  # fmt: skip
    assert [who[f"fannkuch, {pair}"] for pair in ("loop to pool", "pool to threads")] == ["longer", "shorter"]
    assert sides(means, METHOD) == {
        "fork to forkserver": "alike", "fork to spawn": "shorter", "forkserver to spawn": "shorter",
    }  # fmt: skip
    chunks = sides(means, CHUNK)
    assert {chunks[f"pool, 0 to {size}"] for size in (1, 8, 64)} == {"shorter"}
    assert chunks["process_executor, 8 to 64"] == "alike"
    assert chunks["process_executor, 0 to 8"] == "longer"


def test_these_differences_would_be_called_if_equal_cells_did_not_differ(unclear_page: Page) -> None:
    def far(name: str, lower: Cell, higher: Cell, ratio: float) -> None:
        less, more = (unclear_page.one("cells.csv", cell=cell.text) for cell in (lower, higher))
        assert float(less["typical_high"]) < float(more["typical_low"]), name
        assert float(more["average"]) / float(less["average"]) == pytest.approx(ratio, rel=1e-3), name

    far("start methods", life("fork"), life("forkserver"), NEARLY["forkserver"])
    far("chunks", chunked("process_executor", 8), chunked("process_executor", 64), NEARLY["chunks of 64"])
    far("threads", work("sleep", "threads"), work("sleep", "pool"), 1.22 / 1.10)
    far("workers", work("sleep", "pool", 4), work("sleep", "pool", 1), 1.10 / 0.99)
    gain = unclear_page.one("scaling.csv", kernel="sleep", backend="pool", workers="4")
    assert float(gain["speedup_low"]) > 1.05
    assert floors(means_in(unclear))["compute"] > 0.14


def test_what_was_not_measured_is_said_so(unclear_page: Page) -> None:
    assert unclear_page.verdicts("q1") == []
    assert "q1-statements" not in unclear_page.tables
    assert [answer.verdict.decision for answer in unclear_page.answers] == ["cannot be decided here"] * 6


def slower(_: str, cell: Cell) -> Measured:
    """A machine on which workers bring nothing: each shared job takes as long as the loop, and a little more."""
    found = measured(_, cell)
    if cell.pattern == "map" and cell.kernel in {"fannkuch", "sleep"} and cell.backend != "call":
        like = measured(_, replace(loop(cell.kernel), label="again") if cell.kernel == "fannkuch" else loop("sleep"))
        extra = 1.02 + 0.0005 * cell.workers
        return replace(found, means=like.times(extra).means)
    return found


@pytest.fixture(scope="module")
def loaded_pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Page, Page]:
    """Runs in which nothing is gained: on an idle machine, and while others took one and a half CPUs."""
    folder = tmp_path_factory.mktemp("loaded")
    texts = {name: EXPERIMENTS[name] for name in ("q1-work", "q1-ways", "q4-tasks", "noise")}
    pages = []
    for name, taken in (("idle", 0.01), ("loaded", 1.5)):
        store_run(folder / name, texts, slower, foreign_cpus=taken)
        pages.append(reported(folder / name, folder / f"{name}-report"))
    return pages[0], pages[1]


def test_where_workers_bring_nothing_the_advice_says_so(loaded_pages: tuple[Page, Page]) -> None:
    idle, _ = loaded_pages
    means = means_in(slower)
    assert sides(means, WORTH) == {"fannkuch": "shorter", "sleep": "shorter"}
    assert idle.choices[WORTH].answer == (
        "0 of 2 kinds of work are faster with 4 processes in a running pool; slower for fannkuch, sleep"
    )
    assert set(sides(means, WORKERS).values()) == {"alike"}
    assert idle.choices[WORKERS].answer == (
        "None, since a plain loop is faster with any that was measured, for fannkuch, sleep"
    )
    who = sides(means, WHO)
    assert {who[f"{kernel}, loop to {side}"] for kernel in ("fannkuch", "sleep") for side in ("pool", "threads")} == {
        "shorter"
    }
    assert idle.choices[WHO].answer == "A plain loop for fannkuch, sleep"


def test_under_load_the_numbers_stand_without_advice_and_titles_conclude_nothing(
    loaded_pages: tuple[Page, Page],
) -> None:
    idle, loaded = loaded_pages
    why = "others took 1.5 CPUs on average meanwhile, so what ran side by side is unknown"
    for asked in (WORTH, WORKERS, WHO, POOL):
        assert loaded.choices[asked].answer == f"No advice from this run: {why}"
        assert loaded.choices[asked].notes == []
        assert numbers(loaded, asked) == numbers(idle, asked)
        assert "No advice" not in idle.choices[asked].answer
    for name in ("q1-speedup", "q1-pools", "q4-per-task", "scaling-kernels"):
        assert loaded.figures[name].title.endswith(f": {why}")
        assert why not in idle.figures[name].title
    assert why not in loaded.figures["noise-pairs"].title
