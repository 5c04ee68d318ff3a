"""Texts of experiments for tests, and those that the committed runs carry."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from study.plan import TargetView

ROOT = Path(__file__).parent.parent
EVERYTHING = TargetView(
    name="t",
    start_methods=("fork", "forkserver", "spawn"),
    has_fork=True,
    has_posix_spawn=True,
    has_interpreters=True,
    packages=("joblib", "distributed", "mpire"),
)
"""A target that can have every cell."""
HEAD = 'schema = 1\nquestion = "Q1"\ntitle = "What?"\ntier = "core"\n'


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
