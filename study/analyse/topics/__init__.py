"""The topics of the whole study: the cells of one run and target -> panels, one module a topic."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from study.analyse.topics.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.findings import Panel

__all__ = ["Evidence", "panels_of"]

TOPICS = ("start", "dispatch", "grain", "messages", "scaling", "memory", "workers", "sharing", "steady")
"""Modules of this package, in the report's order; each has `panels(evidence) -> tuple[Panel, ...]`."""


def panels_of(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of one target; a topic without cells in the run has none."""
    found: list[Panel] = []
    for name in TOPICS:
        panels: Callable[[Evidence], tuple[Panel, ...]] = import_module(f"{__name__}.{name}").panels
        found += panels(evidence)
    return tuple(found)
