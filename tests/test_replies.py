"""The answer to a reader's loop: from jobs that were measured alone, refused where they do not reach, in plain words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study.sections.replies import NOT_REACHED, candidates, reply_to
from tests.synthetic_screen import LOOP, WAITING, calculator, job
from tests.test_page_model import MODELS

if TYPE_CHECKING:
    from study.screens import Loop

NOW = calculator()


def parts(loop: Loop) -> dict[str, str]:
    return dict(reply_to(NOW, loop).parts)


def test_a_loop_like_a_job_gains_what_the_job_gained_less_what_workers_cost() -> None:
    (best, threads) = candidates(NOW, replace(LOOP, length_s=1e-3))
    assert (best.job.gain, threads.job.carrier) == (1.7, "threads")
    assert best.loop_s == pytest.approx(1.0)
    assert best.total_s == pytest.approx(8e-3 + 1.0 / best.job.gain)
    reply = reply_to(NOW, replace(LOOP, length_s=1e-3))
    assert reply.pays == "yes"
    assert reply.headline.startswith("Yes, about 1.7 times as fast: ")
    assert reply.headline.endswith(" instead of 1.00 s")


def test_an_answer_says_what_to_write_what_was_measured_and_what_is_model() -> None:
    said = parts(LOOP)
    assert list(said) == ["Write", "Who", "Measured", "Model"]
    assert "pool.map(f, items)" in said["Write"]
    assert "1.80× [1.70, 1.90] as fast as the plain loop in 500 tasks through a Pool" in said["Measured"]
    assert said["Model"] == (
        "That gain is taken for 1000 items of 2.00 ms; making the workers and ending them adds 5.0 ms and 3.0 ms, once."
        " The total has no interval."
    )
    assert reply_to(NOW, LOOP).aside == (("Others", "0.97× [0.87, 1.07] in 500 tasks through a threads"),)


def test_what_data_cost_is_that_of_the_next_larger_size_that_was_measured() -> None:
    (best, *_) = candidates(NOW, replace(LOOP, sent_bytes=50_000, returned_bytes=10_000))
    assert [freight.cost_s for freight in best.freights] == [8e-5, 9e-5]
    assert best.total_s == pytest.approx(8e-3 + 1000 * (2e-3 / 1.8 + 8e-5 + 9e-5))
    assert (
        "sending 64 KiB adds 80 µs a task; returning 64 KiB adds 90 µs a task"
        in parts(replace(LOOP, sent_bytes=50_000, returned_bytes=10_000))["Model"]
    )


def test_a_job_that_carried_as_many_bytes_needs_no_model_of_them() -> None:
    laden = replace(job(2e-3, 1.5), sent_bytes=50_000)
    (best,) = candidates(replace(NOW, jobs=(laden,)), replace(LOOP, sent_bytes=40_000))
    assert best.freights == ()
    assert candidates(replace(NOW, jobs=(laden,)), LOOP) == []


@pytest.mark.parametrize(
    ("loop", "why"),
    [
        (replace(LOOP, kind="nothing of the kind"), "No job of this kind was measured here: nothing of the kind."),
        (
            replace(LOOP, length_s=1.0),
            "Tasks of 1.00 s were not measured; those that were lie from 10.0 µs to 20.0 ms.",
        ),
        (replace(LOOP, items=10), "No job with about 10 items was measured; those that were have 500 to 500."),
        (replace(LOOP, sent_bytes=10**9), "What so many bytes cost was not measured here."),
    ],
)
def test_what_nothing_reaches_is_refused_with_the_reason(loop: Loop, why: str) -> None:
    reply = reply_to(NOW, loop)
    assert (reply.pays, reply.headline, reply.parts) == ("open", NOT_REACHED, (("Why", why),))


def test_a_gain_that_making_the_workers_eats_up_is_none() -> None:
    few = replace(NOW, jobs=(replace(job(1e-4, 1.2, tasks=5), begin_s=1.0),))
    reply = reply_to(few, replace(LOOP, items=5, length_s=1e-4))
    assert reply.pays == "no"
    assert reply.headline == "No: 1.00 s instead of 500 µs"


def test_a_job_that_shows_no_gain_is_no_yes_and_one_that_is_open_stays_open() -> None:
    assert reply_to(NOW, replace(LOOP, length_s=1e-5)).pays == "no"
    unknown = replace(NOW, jobs=(replace(job(2e-3, 1.8), pays="open"),))
    reply = reply_to(unknown, LOOP)
    assert reply.pays == "open"
    assert reply.headline.startswith("No clear difference was seen: ")


def test_where_load_leaves_gains_open_nothing_is_answered() -> None:
    reply = reply_to(replace(NOW, why="others took the CPUs"), LOOP)
    assert (reply.pays, reply.headline, reply.parts) == ("open", "Left open: others took the CPUs", ())


def test_tasks_that_wait_are_answered_by_tasks_that_wait() -> None:
    (best,) = candidates(NOW, replace(LOOP, length_s=5e-3, kind=WAITING))
    assert best.job.carrier == "threads"
    assert best.job.kind == WAITING


def test_an_answer_of_the_model_says_why_this_start_method_in_which_chunks_and_which_job_is_nearest() -> None:
    known = replace(NOW, model=MODELS["four CPUs"])
    laden, bare = (reply_to(known, replace(LOOP, sent_bytes=sent)) for sent in (50_000, 0))
    for reply in (laden, bare):
        assert [word for word, _ in reply.parts] == ["Write", "Time", "Model"]
        aside = dict(reply.aside)
        assert aside["Start"].startswith(
            "forkserver: the default here, safe beside threads, not on Windows; with fork "
        )
        assert " with spawn " in aside["Start"]
        assert " item" in aside["Chunks"]
    assert "which sends nothing" in dict(laden.aside)["Nearest job measured"]
    assert "which sends nothing" not in dict(bare.aside)["Nearest job measured"]


def test_another_start_method_that_takes_less_is_too_near_to_tell_apart_and_one_that_takes_more_is_not() -> None:
    known = replace(NOW, model=MODELS["four CPUs"])
    seen = set()
    for length_s in (2e-5, 2e-3, 3e-2):
        loop = replace(LOOP, length_s=length_s)
        foretold = MODELS["four CPUs"].answer(loop)
        start = dict(reply_to(known, loop).aside).get("Start", "")
        if foretold is None or not start:
            continue
        sooner = [method for method, took_s in foretold.methods if took_s < foretold.seconds]
        near, _, far = start.partition(", too near to tell apart")
        assert bool(sooner) == ("too near" in start)
        for method, _ in foretold.methods:
            assert f"with {method} " in (near if method in sooner or not sooner else far)
        seen.add(bool(sooner))
    assert True in seen


def test_the_nearest_job_answers_and_not_the_luckiest_and_of_it_the_best_way() -> None:
    spawned = replace(job(2.1e-3, 1.7), way="Pool of 2, spawn")
    near, lucky = job(2.1e-3, 1.8), job(3.9e-3, 2.2)
    (best,) = candidates(replace(NOW, jobs=(lucky, spawned, near)), LOOP)
    assert best.job is near
    (fewer,) = candidates(replace(NOW, jobs=(replace(lucky, tasks=1000), spawned)), LOOP)
    assert fewer.job is spawned


def test_a_number_of_another_job_stands_with_that_job() -> None:
    own, other = job(2e-3, 1.8), job(3e-3, 0.95, carrier="threads")
    twin = job(2e-3, 0.96, carrier="threads")
    for beside, told in (
        (other, "0.95× [0.85, 1.05] in 500 tasks through a threads"),
        (twin, "threads of 2 0.96× [0.86, 1.06]"),
    ):
        known = replace(NOW, jobs=(own, beside))
        assert dict(reply_to(known, LOOP).aside)["Others"] == told
        aside = dict(reply_to(replace(known, model=MODELS["four CPUs"]), LOOP).aside)
        assert aside["Nearest job measured"] == f"1.80× [1.70, 1.90] in 500 tasks through a Pool; {told}"


def test_what_the_model_leaves_out_is_said_where_it_was_measured() -> None:
    model = MODELS["four CPUs"].beside(begun={"forkserver": "Its server runs."}, uneven="uneven items gain nothing")
    reply = reply_to(replace(NOW, model=model), LOOP)
    assert dict(reply.parts)["Time"].endswith(" Its server runs.")
    assert dict(reply.aside)["Chunks"].endswith(" items, the library's own; uneven items gain nothing")
    bare = reply_to(replace(NOW, model=MODELS["four CPUs"]), LOOP)
    assert dict(bare.aside)["Chunks"].endswith(" items, the library's own")
