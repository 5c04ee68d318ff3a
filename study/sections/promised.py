"""A stored promise of the method: what kind it is, and what came of it. Of `validation.json`, as page and head read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from study import stats

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["nominal", "exception", "rate"]
"""A promise of what is said, a known exception to it, or a rate of which nothing is promised."""


def kind(promise: Mapping[str, Any]) -> Kind:
    """What was stored with it; never what its rate looks like. Older files have no exceptions."""
    if promise["promised"] is None:
        return "rate"
    return "nominal" if promise.get("short_of") is None else "exception"


def state(promise: Mapping[str, Any]) -> stats.State:
    """Kept, broken, not shown or not promised, by its whole interval."""
    promised = promise["promised"]
    bound = None if promised is None else float(promised)
    return stats.state_of(promise["side"], bound, int(promise["hits"]), int(promise["trials"]))


def is_short(promise: Mapping[str, Any]) -> bool:
    """Whether a known exception is one still: not where the whole interval of its rate holds what the report says."""
    return kind(promise) == "exception" and state({**promise, "promised": promise["short_of"]}) != "kept"
