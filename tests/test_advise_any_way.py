"""Whatever the job, the way and the costs: a simulation ends, loses nothing, and beats no bound."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from study.advise.model.bounds import closed_form
from study.advise.model.figures import figures_of
from study.advise.model.job import Carried, Collected, Constant, Constants, Dispatch, Handed, Job, Start, Way
from study.advise.model.pipeline import simulated
from study.advise.model.predict import predict
from study.things import BACKENDS
from study.things.handing import HANDING

SECONDS = st.floats(0.0, 2.0)
SHORT = st.floats(0.0, 1e-3)
BYTES = st.sampled_from((0.0, 10.0, 3e4, 6.5e4, 7e4, 1e6))
WORKED = tuple(name for name in HANDING if BACKENDS[name].kind not in {"loop", "thread"})


def constant(seconds: st.SearchStrategy[float]) -> st.SearchStrategy[Constant]:
    return st.builds(Constant, seconds)


CARRIED = st.builds(Carried, size_bytes=BYTES, dump_s=SHORT, load_s=SHORT)
JOBS = st.builds(
    Job,
    items=st.integers(1, 60),
    item_s=st.lists(SECONDS, min_size=1, max_size=8).map(tuple),
    waits=st.sampled_from((0.0, 0.3, 1.0)),
    argument=CARRIED,
    result=CARRIED,
    import_s=SECONDS,
    first_s=SHORT,
    collected=st.builds(Collected, copies_s=SECONDS, walks_s=SHORT, per_item=st.floats(0.0, 1.0)),
    at_once=st.sampled_from(({}, {2: 1.3}, {2: 1.1, 4: 2.0})),
)
DISPATCH = st.builds(Dispatch, parent_s=constant(SHORT), worker_s=constant(SHORT))
HANDED = st.builds(
    Handed,
    saturated=DISPATCH,
    busy=DISPATCH,
    busy_s=st.just(7e-5),
    lag_s=constant(SHORT),
    lagging_s=st.just(4e-4),
    each_parent_s=constant(SHORT),
    each_worker_s=constant(SHORT),
)
STARTS = st.builds(
    Start,
    workers=st.integers(1, 4),
    made_s=constant(SECONDS),
    first_s=constant(SECONDS),
    each_s=constant(SHORT),
    end_s=constant(SECONDS),
    boot_s=constant(SECONDS),
    placement_s=st.one_of(st.just(()), st.tuples(*(st.tuples(st.just(at), constant(SHORT)) for at in (1.0, 4.0)))),
)


@st.composite
def whole(draw: Any) -> tuple[Job, Way, Constants]:
    job = draw(JOBS)
    backend = draw(st.sampled_from(WORKED))
    method = draw(st.sampled_from(("fork", "spawn"))) if BACKENDS[backend].takes_start_method else ""
    settles = HANDING[backend].settles and draw(st.booleans())
    way = Way(
        backend=backend,
        start_method=method,
        workers=draw(st.integers(1, 6)),
        chunksize=0 if settles else draw(st.integers(1, job.items)),
    )
    points = ((65536.0, Constant(3e-4)), (1e6, Constant(2e-3)))
    constants = Constants(
        cpus=draw(st.integers(1, 4)),
        one_at_a_time=draw(st.booleans()),
        handed={backend: draw(HANDED)},
        starts={(backend, method): draw(STARTS)},
        transfer=draw(st.sampled_from(((), points))),
        placement_s=draw(constant(SHORT)),
    )
    return job, way, constants


@given(whole())
def test_a_simulation_ends_loses_nothing_and_beats_no_bound(given_: tuple[Job, Way, Constants]) -> None:
    job, way, constants = given_
    figures = figures_of(job, way, constants)
    found, bounds = simulated(job, way, figures), closed_form(figures)
    assert math.isfinite(found.seconds)
    assert math.isclose(found.shares.total_s, found.seconds, rel_tol=1e-6, abs_tol=1e-9)
    assert min(found.shares) >= -1e-9
    assert 0 <= found.handed_out_s <= found.seconds + 1e-9
    slack_s = 1e-9 + 1e-6 * found.seconds
    assert found.seconds + slack_s >= figures.made_s + bounds.parent_s + figures.end_s
    assert found.seconds + slack_s >= job.loop_s / way.workers
    assert found.seconds + slack_s >= job.loop_s * (1.0 - job.waits) / constants.cpus


@given(whole())
def test_a_prediction_has_all_its_numbers(given_: tuple[Job, Way, Constants]) -> None:
    predicted = predict(*given_)
    assert all(map(math.isfinite, (predicted.seconds, predicted.cpu_s, predicted.memory_bytes, *predicted.shares)))
    assert min(predicted.seconds, predicted.cpu_s, predicted.memory_bytes) >= 0


@given(whole())
def test_the_same_is_foretold_again(given_: tuple[Job, Way, Constants]) -> None:
    assert predict(*given_) == predict(*given_)
