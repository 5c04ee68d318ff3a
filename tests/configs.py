"""Texts of experiments for tests, and those that the committed runs carry."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from study.plan import TargetView
from study.things import PEERS

ROOT = Path(__file__).parent.parent
EVERYTHING = TargetView(
    name="t",
    start_methods=("fork", "forkserver", "spawn"),
    has_fork=True,
    has_posix_spawn=True,
    has_interpreters=True,
    packages=PEERS,
)
"""A target that can have every cell."""
HEAD = 'schema = 1\nquestion = "Q1"\ntitle = "What?"\ntier = "core"\n'

TO = 'to = { pattern = "map", backend = "pool", start_method = "fork", workers = "cpus" }'
CLAIM = f"""
schema = 1
[[claim]]
id = "one"
question = "Q1"
statement = "s"
estimand = "ratio"
of = {{ pattern = "map", backend = "call" }}
{TO}
direction = "above"
finding = "{{of}} {{to}} {{ratio}}"
"""
"""A claim; `TO` is the line that says what the loop is compared to."""


def experiment(block: str) -> str:
    """An experiment with one block of this text."""
    return f"{HEAD}[[vary]]\n{block}\n"


@cache
def stored_configs() -> tuple[dict[str, str], ...]:
    """The texts of every committed run, each set once."""
    found = [
        json.loads(path.read_text(encoding="utf-8"))["config"]
        for path in sorted((ROOT / "results").glob("*/*/manifest.json"))
    ]
    return tuple(texts for index, texts in enumerate(found) if texts not in found[:index])
