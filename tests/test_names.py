"""Two cells never have one name, whatever they differ in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from study import config
from study.cell import Cell, parts_of
from study.curves import curves_of
from study.names import cell_name, size_name, who
from study.things import PATTERNS
from tests.configs import stored_configs
from tests.measurable import VALUES, measurable

ROOT = Path(__file__).parent.parent


def test_every_factor_is_varied() -> None:
    assert set(VALUES) == {field.name for field in fields(Cell)} - {"pattern", "part"}


@pytest.mark.parametrize("pattern", PATTERNS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
@example(seed=1)
def test_all_cells_that_can_be_measured_have_names_of_their_own(pattern: str, seed: int) -> None:
    named: dict[str, str] = {}
    for cell in measurable(pattern, seed, count=12):
        assert named.setdefault(cell_name(cell), cell.text) == cell.text
    assert len(named) > 1


def test_cells_of_different_patterns_have_names_of_their_own() -> None:
    every = {cell for pattern in PATTERNS for cell in measurable(pattern, 1, count=5)}
    assert len({cell_name(cell) for cell in every}) == len(every)


@pytest.mark.parametrize("usable_cpus", [1, 2, 4, 16, 64])
def test_every_cell_of_every_committed_experiment_has_a_name_of_its_own(usable_cpus: int) -> None:
    for texts in [config.read_texts(ROOT / "experiments"), *stored_configs()]:
        asked = config.experiments_in(texts)
        points = {point for found in asked for _, curve in curves_of(found, usable_cpus) for point in curve}
        every = {replace(point, part=part) for point in points for part in parts_of(point)}
        named: dict[str, list[str]] = defaultdict(list)
        for cell in every:
            named[cell_name(cell)].append(cell.text)
        assert {name: texts for name, texts in named.items() if len(texts) > 1} == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("map backend=pool start_method=fork workers=2 tasks=8 chunksize=1", "8 × nothing, Pool of 2 under fork, chunks of 1"),
        ("map backend=pool start_method=fork workers=2 tasks=512",
         "512 × nothing, Pool of 2 under fork, its own chunk size (64)"),
        ("map kernel=square tasks=5", "5 × one square, plain loop"),
        ("pool_lifecycle kernel=square backend=pool start_method=fork workers=2 tasks=5 part=create",
         "Pool of 2 under fork for five squares, made and closed: making it"),
        ("four_printers backend=processes start_method=fork workers=4 tasks=4", "four printing processes under fork"),
        ("capacity backend=processes start_method=fork workers=2 tasks=4 part=busy",
         "4 × nothing in each of 2 independent processes: from first to last instruction"),
        ("pool_as_shipped kernel=square backend=pool start_method=default workers=0 tasks=5",
         "the program of Q5 with every default"),
    ],
)  # fmt: skip
def test_usual_cells_keep_the_names_they_had(text: str, name: str) -> None:
    assert cell_name(Cell.parse(text)) == name


def test_a_factor_that_the_words_leave_out_stands_at_their_end() -> None:
    plain = Cell(pattern="map", backend="pool", start_method="fork", workers=2, tasks=8, chunksize=1)
    names = [cell_name(replace(plain, payload_bytes=size)) for size in (0, 1024, 10 * 1024**2)]
    assert names[1:] == [f"{names[0]}, payload bytes 1024", f"{names[0]}, payload bytes 10485760"]


def test_a_size_that_rounding_would_change_is_told_in_bytes() -> None:
    assert [size_name(number) for number in (64, 1536, 16_383, 16_384)] == [
        "64 B",
        "1.50 KiB",
        "16\u202f383 B",
        "16 KiB",
    ]


def test_eleven_threads_are_threads() -> None:
    assert who(Cell(pattern="map", backend="threads", workers=1)) == "1 thread"
    assert who(Cell(pattern="map", backend="threads", workers=11)) == "11 threads"
