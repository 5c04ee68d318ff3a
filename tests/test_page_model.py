"""The cost model on the page: its script counts as Python does, to four digits, and answers every loop as Python does."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest

from study.advise.model.intervals import Tried
from study.advise.model.job import Way
from study.advise.model.vectors import interpolations, vectors
from study.advise.model.ways import Possible
from study.report import write_report
from study.report.shown import page_data
from study.screens import Loop
from study.sections.foreteller import WAITS, Foreteller
from study.sections.foretold import errors_within
from study.sections.replies import reply_to
from tests import advise_jobs
from tests import synthetic_screen as synthetic
from tests.browser import Browser, Page, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DIGITS = 1e-4
KINDS = tuple(WAITS)
LOOPS = tuple(
    Loop(items=items, length_s=length_s, sent_bytes=sent, returned_bytes=back, kind=kind)
    for items, length_s, (sent, back), kind in itertools.product(
        (1, 7, 40, 1000, 123456),
        (0.0, 1e-6, 2e-5, 2e-3, 3e-2, 5.0),
        ((0, 0), (50_000, 0), (1500, 70_000), (10**8, 0)),
        (*KINDS, "nothing but its data"),
    )
)
METHODS = ("forkserver", "fork", "spawn")


def model(cpus: int = 4, within: dict[str, tuple[float, float]] | None = None, **changes: Any) -> Foreteller:
    """Of made-up constants."""
    possible = Possible(cpus=cpus, start_methods=METHODS, has_interpreters=True)
    slowed = {kind: {1: 1.0, 2: 1.1, 4: 1.3} if not waits else {1: 1.0} for kind, waits in WAITS.items()}
    return Foreteller(advise_jobs.usual(cpus, **changes), possible, slowed, "About the model.", within, METHODS[0])


WITHIN = {"process forkserver": (-0.31, 0.0), "process": (-0.05, 0.12), "": (-1.7, 2.4)}
"""Between which errors jobs lay: of one start method, of processes, of all."""
MODELS = {
    "four CPUs": model(within=WITHIN),
    "few were tried": model(within={"": (-0.2, 0.9)}),
    "one CPU": model(1),
    "many CPUs": model(48),
    "no transfer": model(transfer=()),
    "no lock": model(one_at_a_time=False),
    "left out": model().beside(begun={METHODS[0]: "Its server runs."}, uneven="uneven items gain nothing"),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("model")
    with opened(folder / "profile") as browser:
        html = write_report(synthetic.report(), out=folder / "page").html
        yield from _page(browser, html)


def _page(browser: Browser, html: Path) -> Iterator[Page]:
    with browser.page(html) as page:
        yield page
        assert page.complaints() == []


def test_the_script_counts_the_closed_form_and_its_shares_to_four_digits(page: Page) -> None:
    table = list(vectors())
    said = page.evaluate(
        f"{json.dumps([line['figures'] for line in table])}.map((way) => {{"
        "const bounds = closedForm(way); return {bounds, shares: sharesOf(way, bounds)};})"
    )
    for line, found in zip(table, said, strict=True):
        assert found["bounds"].pop("bound") == line["bounds"].pop("bound")
        for part in ("bounds", "shares"):
            assert found[part] == pytest.approx(line[part], rel=DIGITS, abs=1e-12), line["figures"]


def test_the_script_interpolates_to_four_digits(page: Page) -> None:
    for line in interpolations():
        found = page.evaluate(f"interpolated({json.dumps(line['points'])}, {line['at']})")
        assert found == pytest.approx(line["value"], rel=DIGITS)


@pytest.mark.parametrize("name", MODELS)
def test_the_script_takes_the_same_way_in_the_same_time_for_every_loop(page: Page, name: str) -> None:
    wanted = [MODELS[name].answer(loop) for loop in LOOPS]
    loops, told = json.dumps([asdict(loop) for loop in LOOPS]), json.dumps(MODELS[name].told())
    said = page.evaluate(f"((model) => {loops}.map((loop) => foretold(model, loop)))({told})")
    kinds = set()
    for loop, answer, found in zip(LOOPS, wanted, said, strict=True):
        if answer is None:
            assert found is None, loop
            continue
        kinds.add(answer.pays)
        plain = asdict(answer)
        for words in ("pays", "who", "code", "why", "method", "chunks"):
            assert found[words] == plain[words], loop
        for number in ("loop_s", "seconds", "fastest_s"):
            assert found[number] == pytest.approx(plain[number], rel=DIGITS)
        assert (found["ends_s"] is None) == (plain["ends_s"] is None) == (not MODELS[name].within)
        assert found["ends_s"] == (plain["ends_s"] and pytest.approx(plain["ends_s"], rel=DIGITS))
        for part in ("shares", "others", "methods"):
            assert [text for text, _ in found[part]] == [text for text, _ in plain[part]]
            numbers = [number for _, number in plain[part]]
            assert [number for _, number in found[part]] == pytest.approx(numbers, rel=DIGITS, abs=1e-9)
    assert kinds == {"no", "open", "yes"}


@pytest.mark.parametrize("name", MODELS)
def test_the_script_says_of_every_loop_what_python_says(page: Page, name: str) -> None:
    known = replace(synthetic.calculator(), model=MODELS[name])
    given = json.dumps({**asdict(synthetic.calculator()), "model": MODELS[name].told()}, default=str)
    loops = json.dumps([asdict(loop) for loop in LOOPS])
    said = page.evaluate(f"((known) => {loops}.map((loop) => replyTo(known, loop)))({given})")
    for loop, found in zip(LOOPS, said, strict=True):
        wanted = reply_to(known, loop)
        parts = [list(part) for part in wanted.parts]
        aside = [list(part) for part in wanted.aside]
        assert found == {"pays": wanted.pays, "headline": wanted.headline, "parts": parts, "aside": aside}, loop


def test_a_time_lies_where_most_jobs_of_its_nearest_kin_lay() -> None:
    errors = [0.01 * number for number in range(-3, 6)]
    fork, spawn = (Way(backend="pool", start_method=method, workers=2) for method in ("fork", "spawn"))
    forked = [Tried("f", fork, 100.0, 100.0 * math.exp(error)) for error in errors]
    spawned = [Tried("f", spawn, 100.0, 100.0 * math.exp(0.5))] * 9
    within = errors_within([*forked, *spawned])
    assert within["process fork"] == pytest.approx((-0.03, 0.05), abs=1e-5)
    assert within["process spawn"] == pytest.approx((0.0, 0.5), abs=1e-5)
    assert within["process"] == within[""] == pytest.approx((-0.03, 0.5), abs=1e-5)
    assert errors_within(forked[:8]) == {}


def test_the_answer_prints_between_which_times_it_lies() -> None:
    loop = Loop(items=1000, length_s=3e-2, sent_bytes=0, returned_bytes=0, kind=KINDS[0])
    for name in ("four CPUs", "one CPU"):
        headline = reply_to(replace(synthetic.calculator(), model=MODELS[name]), loop).headline
        assert bool(re.search(r" s \[80 %: [\d.]+, [\d.]+\] instead of 30\.0 s$", headline)) == bool(
            MODELS[name].within
        )


@pytest.mark.parametrize(("items", "sizes"), [(50, {"chunks of 1"}), (20_000, {""})])
def test_few_long_items_are_shared_out_in_chunks_of_one(items: int, sizes: set[str]) -> None:
    """Fifty items in the four chunks of two workers: one of them does 28, and the other 22."""
    known = model(2).answer(Loop(items=items, length_s=2.0, sent_bytes=0, returned_bytes=0, kind=KINDS[0]))
    assert known is not None
    assert {said for said in ("chunks of 1",) if known.who.endswith(said)} or {""} == sizes
    assert ("chunksize=1)" in known.code) == ("chunks of 1" in sizes)
    assert known.seconds == pytest.approx(known.fastest_s, rel=0.05)


def test_parts_of_a_time_are_what_their_names_say() -> None:
    """A last chunk that is not full is no handing out, and data hide no starting; parts add up to the time."""
    loop = Loop(items=250, length_s=1.0, sent_bytes=0, returned_bytes=0, kind=KINDS[0])
    found = {bytes_: model(2).answer(replace(loop, sent_bytes=bytes_)) for bytes_ in (0, 10**7)}
    starts = []
    for known in found.values():
        assert known is not None
        shares = dict(known.shares)
        assert sum(shares.values()) == pytest.approx(known.seconds)
        assert shares["handing out"] < 0.01
        starts.append(shares["starting and ending"])
    assert starts[1] == pytest.approx(starts[0], rel=0.2)


@pytest.mark.parametrize(
    ("cpus", "here"), [(1, "the one CPU here is"), (2, "both CPUs here are"), (8, "all 8 CPUs here are")]
)
def test_for_how_many_cpus_an_answer_is_stands_in_it_and_in_its_program(cpus: int, here: str) -> None:
    known = model(cpus)
    assert known.told()["held_up"]["CPUs"].startswith(f"{here} busy")
    said = known.answer(Loop(items=10_000, length_s=1e-3, sent_bytes=0, returned_bytes=0, kind="waiting"))
    assert said is not None
    assert f" {cpus} CPU" in said.code
    assert max(map(len, said.code.splitlines())) <= 70


def test_a_start_method_that_windows_lacks_is_said_to_be_so() -> None:
    lacks = {method for method, said in model().method_words.items() if said.endswith(", not on Windows")}
    assert lacks == {"fork", "forkserver"}


def test_a_page_without_a_model_says_so() -> None:
    assert json.loads(page_data(synthetic.report()))["calculators"]["place-0"]["model"] is None
