"""A stored promise of the method: what kind it is, and what came of it. Of `validation.json`, as page and head read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from study import stats
from study.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def shortest(promises: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Of the exceptions that are one still, that which lies farthest on the broken side of what the report says."""
    return min(filter(is_short, promises), key=_beyond, default=None)


def in_words(promise: Mapping[str, Any]) -> str:
    """Of a known exception what does not hold, under which noise, how often it did, and what would have to be true."""
    rate = percent(int(promise["hits"]) / int(promise["trials"]))
    wanted = f"{promise['side']} {percent(float(promise['short_of']))}"
    return f"{promise['what']}, {promise['noise']}: {rate}, where {wanted} would have to be true"


def _beyond(promise: Mapping[str, Any]) -> float:
    """How far its rate lies on the kept side of what the report says: below 0 where it falls short of that."""
    rate, said = int(promise["hits"]) / int(promise["trials"]), float(promise["short_of"])
    return rate - said if promise["side"] == "at least" else said - rate
