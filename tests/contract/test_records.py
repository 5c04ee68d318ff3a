"""What the records say of backends, kernels and patterns is what the bench does, counts and can be told."""

from __future__ import annotations

import inspect
import re
import sys
import time
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from study import factors
from study.bench import payloads, registry
from study.bench.errors import UnsupportedCellError
from study.bench.patterns import memory
from study.cell import Cell
from study.counts import outcomes_of
from study.factors import refusal
from study.things import APIS, FORMS, KERNELS, PATTERNS, broken, pasted
from study.things.patterns import CPU_TIME
from study.things.programs import WRITTEN
from tests.contract.runners import HERE, RUNNERS, needs_fork

if TYPE_CHECKING:
    from study.things import Backend, Kernel, Pattern

READ_ELSEWHERE = {"kernel_of": {"kernel"}, "backend_of": {"workers"}, "open_channel": {"channel", "form"}}
"""A function of the bench that is given the cell -> the factors that it looks at."""
OTHERWISE = {"four_printers": {"workers", "tasks"}, "memory": {"kernel"}}
"""Pattern -> factors that it reads by name in a loop, or that have one value there, so that nothing else can be asked for."""
LISTED = {
    "pasted_program": set(pasted.ENDS),
    "breakage": {*broken.ENDS, broken.USABLE, *(f"{broken.RAISED}{kind}" for kind in broken.CLASSES)},
    "written_program": {f"{whose}{what}" for whose in ("", "thread_") for what in WRITTEN},
}
"""Pattern -> outcomes that it counts by the list of their names; `tests/contract/test_trials.py` sees them counted."""


@pytest.mark.parametrize("backend", RUNNERS, ids=lambda backend: backend.name)
def test_a_backend_has_the_calls_of_its_record(backend: Backend) -> None:
    method = "fork" if backend.takes_start_method else ""
    plain = Cell(pattern="map", backend=backend.name, start_method=method)
    possible = tuple(api for api in APIS if not refusal(replace(plain, api=api)))
    assert possible == registry.imported(backend.module).APIS


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=lambda kernel: kernel.name)
def test_a_kernel_has_a_length_to_choose_where_its_record_says_so(kernel: Kernel) -> None:
    assert registry.imported(kernel.module).has_length == kernel.has_length


@pytest.mark.parametrize("form", FORMS)
def test_what_is_sent_and_held_takes_the_same_forms(form: str) -> None:
    def exists(make: Any) -> bool:
        try:
            make(form, 8192)
        except UnsupportedCellError:
            return False
        return True

    message = Cell(pattern="pickling", payload_bytes=64, form=form)
    held = Cell(pattern="copy_on_write", backend="processes", start_method="fork", parent_bytes=8192, form=form)
    assert exists(payloads.payload) == (not refusal(message))
    assert exists(memory.held) == (not refusal(held))


def test_every_factor_is_described() -> None:
    described = {rule.factor for rule in factors.RULES} | {
        name for pattern in PATTERNS.values() for name in pattern.uses
    }
    assert {field.name for field in fields(Cell)} - {"pattern", "part", "backend", "variant"} <= described


def source_of(pattern: Pattern) -> str:
    """What the bench does for a pattern: its class, and those of its module that it is made of."""
    kinds = registry.imported(pattern.module).__mro__
    return "".join(inspect.getsource(kind) for kind in kinds if kind.__module__ == kinds[0].__module__)


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda pattern: pattern.name)
def test_a_pattern_uses_the_factors_that_its_record_says(pattern: Pattern) -> None:
    source = source_of(pattern)
    read = set(re.findall(r"\bcell\.(\w+)", source)) & {field.name for field in fields(Cell)}
    for function, also in READ_ELSEWHERE.items():
        read |= also if f"{function}(self.cell" in source else set()
    of_the_process = {"library_threads"}
    apart = factors.ALWAYS | of_the_process | OTHERWISE.get(pattern.name, set())
    assert read - apart == pattern.uses - apart


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda pattern: pattern.name)
def test_a_pattern_counts_what_claims_may_name(pattern: Pattern) -> None:
    source = source_of(pattern)
    names = set(re.findall(r'self\.count\("(\w+)"[,)]', source)) | LISTED.get(pattern.name, set())
    orders = 24 if 'self.count("order_" + ' in source else 0
    told = {*pattern.outcomes, *(name for variant in pattern.variants.values() for name in variant.outcomes)}
    assert names == {name for name in told if not name.startswith("order_")}
    assert len(told - names) == orders


@needs_fork
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the CPU time of workers that live")
@pytest.mark.parametrize("backend", HERE, ids=lambda backend: backend.name)
@pytest.mark.parametrize("variant", ["", "made"])
def test_the_cpu_time_of_a_map_is_that_of_all_who_do_it(backend: Backend, variant: str) -> None:
    method = "fork" if backend.takes_start_method else ""
    cell = Cell(
        pattern="map", kernel="spin", backend=backend.name, start_method=method, workers=2, tasks=2, spins=1_000_000,
        variant=variant,
    )  # fmt: skip
    if refusal(cell):
        pytest.skip("it has no workers that could be made")
    session = registry.session_of(cell)
    session.set_up()
    session.check()
    begun_ns = time.process_time_ns()
    session.event(1)
    own_us = (time.process_time_ns() - begun_ns) / 1000
    session.tear_down()
    assert set(session.outcomes) == set(outcomes_of(cell)) == set(CPU_TIME)
    assert session.outcomes["cpu_time_us"] > 10_000  # two million iterations, whoever did them
    assert backend.kind != "process" or own_us < session.outcomes["cpu_time_us"] / 2


@needs_fork
def test_the_cpu_time_of_workers_that_a_server_waited_for_is_not_told() -> None:
    cell = Cell(
        pattern="map", kernel="square", backend="processes", start_method="forkserver", workers=2, tasks=2
    )  # fmt: skip
    session = registry.session_of(cell)
    session.set_up()
    session.event(1)
    session.tear_down()
    assert session.outcomes == {}


@pytest.mark.parametrize("backend", RUNNERS, ids=lambda backend: backend.name)
def test_workers_are_made_for_a_job_where_the_backend_can(backend: Backend) -> None:
    method = "fork" if backend.takes_start_method else ""
    cell = Cell(pattern="map", backend=backend.name, start_method=method, variant="made")
    assert bool(refusal(replace(cell, workers=2))) != registry.imported(backend.module).can_be_made
