"""A table of figures and the bounds that follow from them: what another writing of the closed form is held against.

The page's script counts as `bounds.closed_form` does; a test runs it over `vectors()` and compares to four digits.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from study.advise.model.bounds import closed_form, shares_of
from study.advise.model.figures import Figures, interpolated
from study.advise.model.job import Constant

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = Figures(
    items=1000,
    chunks=125,
    chunk=8.0,
    workers=2,
    cpus=2,
    one_at_a_time=True,
    item_s=1e-3,
    longest_s=8e-3,
    waits=0.0,
    slowed=1.0,
    argument_bytes=63.0,
    result_bytes=63.0,
    pipe_bytes=65536.0,
    ahead=-1,
    dump_argument_s=1e-7,
    load_argument_s=1e-7,
    dump_result_s=1e-7,
    load_result_s=1e-7,
    parent_s=3e-5,
    worker_s=2e-5,
    lag_s=0.0,
    argument_transfer_s=0.0,
    result_transfer_s=0.0,
    made_s=4e-3,
    first_s=5e-3,
    each_s=1e-3,
    boot_s=1e-3,
    cold_s=0.0,
    placement_s=2e-3,
    end_s=2e-3,
)
"""A way to begin with; made up."""
TINY: dict[str, Any] = {
    "items": 2000,
    "chunks": 2000,
    "chunk": 1.0,
    "item_s": 1e-6,
    "longest_s": 1e-6,
    "parent_s": 1e-4,
    "worker_s": 3e-5,
}
"""Many items that do next to nothing, one by one."""
VARIED: tuple[dict[str, Any], ...] = (
    {},
    {"item_s": 0.0, "longest_s": 0.0},
    {"items": 1, "chunks": 1, "chunk": 1.0, "longest_s": 1e-3},
    {"workers": 1},
    {"workers": 64, "cpus": 64},
    {"workers": 16},
    {"waits": 0.95, "workers": 16},
    {"slowed": 1.7},
    {"waits": 0.5, "slowed": 1.7},
    {"longest_s": 0.9},
    {"chunks": 1000, "chunk": 1.0, "longest_s": 1e-3, "lag_s": 5e-5},
    {"argument_bytes": 4e6, "argument_transfer_s": 1.2e-2, "dump_argument_s": 8e-5, "load_argument_s": 6e-5},
    {"result_bytes": 4e6, "result_transfer_s": 1.2e-2, "dump_result_s": 8e-5, "load_result_s": 2e-4},
    TINY,
    {**TINY, "one_at_a_time": False},
    {"made_s": 3e-3, "first_s": 5.5e-2, "each_s": 1e-2, "cold_s": 0.4},
    {"made_s": 1.0, "first_s": 2e-3},
    {**TINY, "first_s": 0.2},
    {**TINY, "first_s": 0.2, "ahead": 1},
)
"""What is changed of it, a line of the table each: every bound holds somewhere, and every number matters somewhere."""


def vectors() -> Iterator[dict[str, dict[str, Any]]]:
    """Figures and the bounds that follow: what another writing of `closed_form` is held against."""
    for changed in VARIED:
        way = replace(PLAIN, **changed)
        found = closed_form(way)
        yield {"figures": asdict(way), "bounds": asdict(found), "shares": shares_of(way, found)._asdict()}


def interpolations() -> Iterator[dict[str, Any]]:
    """Points, a place, and the number there: as above, of `figures.interpolated`."""
    points = ((65536.0, Constant(3e-4)), (1048576.0, Constant(2.3e-3)), (4194304.0, Constant(1.17e-2)))
    for at in (1e5, 1048576.0, 3e6, 3e7, 100.0):
        said = [[place, number.value] for place, number in points]
        yield {"points": said, "at": at, "value": interpolated(points, at)}
