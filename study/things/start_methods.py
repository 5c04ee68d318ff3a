"""How a process begins: every start method of multiprocessing."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things.records import Life, Look, StartMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "default"
"""As a start method: whatever the target's library does when none is asked for ("as shipped")."""

FORK = StartMethod(
    name="fork",
    look=Look("fork", "blue", "o"),
    copies_parent=True,
    has_server=False,
    life=Life(0.6e-3, 0.9e-3, 1.6e-3),
    worker_bytes=2e6,
)
FORKSERVER = StartMethod(
    name="forkserver",
    look=Look("forkserver", "green", "s"),
    copies_parent=False,
    has_server=True,
    life=Life(0.8e-3, 4e-3, 5e-3),
    worker_bytes=7e6,
)
SPAWN = StartMethod(
    name="spawn",
    look=Look("spawn", "orange", "^"),
    copies_parent=False,
    has_server=False,
    life=Life(1e-3, 30e-3, 33e-3),
    worker_bytes=9e6,
)
START_METHODS: Mapping[str, StartMethod] = MappingProxyType(
    {method.name: method for method in (FORK, FORKSERVER, SPAWN)}
)
"""Name -> record, in the order in which start methods are shown."""
