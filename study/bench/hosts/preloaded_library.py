"""What a forkserver is told to import: a module of one's own, which imports a good part of the library."""

from __future__ import annotations

from study.bench.hosts import library


def imported_in() -> int:
    """The process that imported the library: where imports are lazy, that is the one that asks first."""
    return library.IMPORTED_IN
