"""What people hand over to a worker that pickle refuses: the variants of `handed_over`."""

from __future__ import annotations

from study.things.events import Variant


def _thing(name: str, words: str) -> Variant:
    return Variant(name=name, words=words, module="", package="", sampling=None, outcomes=(), simulated_s=0.0)


THINGS = (
    _thing("lambda", "a lambda"),
    _thing("closure", "a function of a function"),
    _thing("lock", "a lock of threading"),
    _thing("file", "an open file"),
    _thing("generator", "a generator"),
    _thing("number", "a number"),
)
