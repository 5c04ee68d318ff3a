"""Cells that a bench can measure, drawn from all factors."""

from __future__ import annotations

import random
from dataclasses import replace

from study.cell import Cell, parts_of
from study.factors import refusal
from study.things import (
    APIS,
    BACKENDS,
    CHANNELS,
    DEFAULT,
    FORMS,
    KERNELS,
    LABELS,
    PATTERNS,
    PLACEMENTS,
    START_METHODS,
)

SIZES = (0, 1, 64, 1000, 1024, 1536, 16_383, 16_384, 16_385, 1_048_577, 1_048_578, 2**30 - 1, 2**30)
VALUES: dict[str, tuple[str | int, ...]] = {
    "backend": tuple(BACKENDS),
    "start_method": ("", DEFAULT, *START_METHODS),
    "variant": tuple(sorted({variant for pattern in PATTERNS.values() for variant in pattern.variants})),
    "label": tuple(LABELS),
    "kernel": tuple(KERNELS),
    "workers": (0, 1, 2, 4, 11, 21, 1000, 1001),
    "tasks": (1, 2, 4, 5, 8, 1000, 1001, 100_000, 100_001),
    "chunksize": (0, 1, 2, 1000, 1001),
    "tasks_per_child": (0, 1, 2, 1000, 1001),
    "payload_bytes": SIZES,
    "result_bytes": SIZES,
    "api": tuple(APIS),
    "channel": tuple(CHANNELS),
    "form": tuple(FORMS),
    "placement": tuple(PLACEMENTS),
    "spins": (0, 1, 1000, 123_456, 123_457),
    "parent_bytes": SIZES,
    "library_threads": (0, 1, 2),
}
"""What a factor may be; `tests/test_names.py` holds that none is forgotten."""
START: dict[str, dict[str, str | int]] = {
    "pool_as_shipped": {"start_method": DEFAULT, "workers": 0},
    "copy_on_write": {"start_method": "fork", "parent_bytes": 4096},
}
"""Patterns that exist with few values of a factor: what is not drawn has this."""


def measurable(pattern: str, seed: int, count: int) -> set[Cell]:
    """Cells of the pattern that can be measured, drawn at random, each with all that differ from it in one factor."""
    draw = random.Random(seed)
    record = PATTERNS[pattern]
    found: set[Cell] = set()
    for _ in range(count):
        names = sorted({"start_method", "label", *record.uses})
        chosen = {name: draw.choice(VALUES[name]) for name in names if draw.random() < 0.5}
        chosen |= {"backend": draw.choice(record.backends), "variant": draw.choice(tuple(record.variants))}
        cell = Cell(pattern=pattern, **{**START.get(pattern, {}), **chosen})  # type: ignore[arg-type]
        near = [replace(cell, **{name: value}) for name, values in VALUES.items() for value in values]  # type: ignore[arg-type]
        found |= {each for each in near if not refusal(each)}
    return {replace(cell, part=part) for cell in found for part in parts_of(cell)}
