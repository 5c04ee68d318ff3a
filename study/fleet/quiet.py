"""Whether a scheduler or a worker was started as `dask.yaml` says: quiet, encrypted, and trying nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

SETTINGS = Path(__file__).with_name("dask.yaml")
AT_THE_SCHEDULER = ("scheduler",)
AT_A_WORKER = ("worker", "comm", "admin")


def wanted() -> dict[str, Any]:
    """What `dask.yaml` sets, below `distributed`."""
    from dask import config  # noqa: PLC0415 - only where there is a fleet

    (found,) = config.collect_yaml([str(SETTINGS)])
    return dict(found["distributed"])


def apart(present: Mapping[str, Any], rooms: tuple[str, ...]) -> list[str]:
    """The settings of these rooms that are another than `dask.yaml` has, such as 'worker.profile.enabled'."""
    asked = {room: values for room, values in wanted().items() if room in rooms}
    return [key for key, value in _flat(asked).items() if _at(present, key) != value]


def _flat(values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Every setting with its whole name."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        whole = f"{above}{name}"
        flat |= _flat(value, f"{whole}.") if isinstance(value, Mapping) else {whole: value}
    return flat


def _at(values: Mapping[str, Any], key: str) -> object:
    """What stands under a whole name; None where nothing does."""
    found: object = values
    for name in key.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
