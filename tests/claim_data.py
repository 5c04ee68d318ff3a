"""Claims and cells with made-up times, and what is decided of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study.config import parse_claims
from study.sections.claims import of_target
from tests.builders import LOOP, POOL
from tests.made_up_run import TARGET, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.blocks import Verdict
    from study.table import CellData

RATIO = """
schema = 1
[[claim]]
id = "c"
question = "Q5"
statement = "s"
estimand = "ratio"
of = { pattern = "pool_lifecycle", kernel = "square", backend = "pool", start_method = "fork", workers = 2, tasks = 5 }
to = { pattern = "map", kernel = "square", tasks = 5 }
direction = "DIRECTION"
threshold = 1.0
finding = "It takes {of} against {to}: {ratio} as long"
"""
SHARE = """
schema = 1
[[claim]]
id = "c"
question = "Q6"
statement = "s"
estimand = "proportion"
of = { pattern = "map", kernel = "square", tasks = 5 }
outcome = "in_order"
direction = "DIRECTION"
finding = "{count} of {trials}"
"""


def all_decided(
    text: str,
    *cells: CellData,
    floors: Mapping[str, float | None],
    usable_cpus: int = 2,
    foreign: float | None = None,
    missing: str = "",
) -> tuple[Verdict, ...]:
    made = replace(
        run(cells, usable_cpus=usable_cpus, foreign_cpus=foreign),
        missing={(TARGET, cell.text): missing for cell in (LOOP, POOL) if missing},
        floors={TARGET: floors},
    )
    return of_target(parse_claims(text), made.of(TARGET))


def decided(
    text: str,
    *cells: CellData,
    floor: float | None = 0.02,
    usable_cpus: int = 2,
    foreign: float | None = None,
    why: str = "",
) -> Verdict:
    floors = dict.fromkeys(("compute", "start", "dispatch", "message"), floor)
    return all_decided(text, *cells, floors=floors, usable_cpus=usable_cpus, foreign=foreign, missing=why)[0]


def around(centre: float, spread: float, seed: int = 1) -> list[float]:
    return [float(x) for x in centre * (1 + spread * np.random.default_rng(seed).standard_normal(12))]
