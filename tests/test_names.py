"""Two cells never have one name, whatever they differ in."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from study import config
from study.analyse.names import cell_name, size_name, who
from study.cell import (
    APIS,
    BACKENDS,
    CHANNELS,
    DEFAULT,
    FORMS,
    KERNELS,
    LABELS,
    PLACEMENTS,
    START_METHODS,
    Cell,
    parts_of,
)
from study.factors import PATTERNS, refusal
from study.plan import TargetView, expand
from tests.configs import stored_configs

ROOT = Path(__file__).parent.parent
EVERYTHING = TargetView(
    name="t",
    start_methods=("fork", "forkserver", "spawn"),
    has_fork=True,
    has_posix_spawn=True,
    has_interpreters=True,
    packages=("joblib", "distributed"),
)
SIZES = (0, 1, 64, 1000, 1024, 1536, 16_383, 16_384, 16_385, 1_048_577, 1_048_578, 2**30 - 1, 2**30)
VALUES: dict[str, tuple[str | int, ...]] = {
    "backend": BACKENDS,
    "start_method": ("", DEFAULT, *START_METHODS),
    "variant": tuple(sorted({variant for kind in PATTERNS.values() for variant in kind.variants})),
    "label": LABELS,
    "kernel": KERNELS,
    "workers": (0, 1, 2, 4, 11, 21, 1000, 1001),
    "tasks": (1, 2, 4, 5, 8, 1000, 1001, 100_000, 100_001),
    "chunksize": (0, 1, 2, 1000, 1001),
    "payload_bytes": SIZES,
    "api": APIS,
    "channel": CHANNELS,
    "form": FORMS,
    "placement": PLACEMENTS,
    "spins": (0, 1, 1000, 123_456, 123_457),
    "parent_bytes": SIZES,
    "library_threads": (0, 1, 2),
}
"""What a factor may be; a test holds that none is forgotten."""


def test_every_factor_is_varied() -> None:
    assert set(VALUES) == {field.name for field in fields(Cell)} - {"pattern", "part"}


def measurable(pattern: str, seed: int, count: int) -> set[Cell]:
    """Cells of the pattern that can be measured, drawn at random, each with all that differ from it in one factor."""
    draw = random.Random(seed)
    kind = PATTERNS[pattern]
    found: set[Cell] = set()
    for _ in range(count):
        names = sorted({"start_method", "label", *kind.uses})
        chosen = {name: draw.choice(VALUES[name]) for name in names if draw.random() < 0.5}
        chosen |= {"backend": draw.choice(kind.backends), "variant": draw.choice(kind.variants)}
        cell = Cell(pattern=pattern, **{**START.get(pattern, {}), **chosen})  # type: ignore[arg-type]
        near = [replace(cell, **{name: value}) for name, values in VALUES.items() for value in values]  # type: ignore[arg-type]
        found |= {each for each in near if not refusal(each)}
    return {replace(cell, part=part) for cell in found for part in parts_of(cell)}


START: dict[str, dict[str, str | int]] = {
    "pool_as_shipped": {"start_method": DEFAULT, "workers": 0},
    "copy_on_write": {"start_method": "fork", "parent_bytes": 4096},
}
"""Patterns that exist with few values of a factor: what is not drawn has this."""


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
        expansion = expand(config.experiments_in(texts), usable_cpus, [EVERYTHING])
        every = {cell for curve in expansion.curves for cell in curve.cells} | {one.cell for one in expansion.absent}
        named: dict[str, list[str]] = defaultdict(list)
        for cell in every:
            named[cell_name(cell)].append(cell.text)
        assert {name: texts for name, texts in named.items() if len(texts) > 1} == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("map backend=pool start_method=fork workers=2 tasks=8 chunksize=1", "8 × nothing, Pool of 2 under fork, chunks of 1"),
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
