"""Loops and costs of every cell on a machine: measured once per bench and target, reused by later runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from study.errors import ResultsError
from study.store.files import parse_json, read_text, write_whole

if TYPE_CHECKING:
    from pathlib import Path

FILE = "calibration.json"
SCHEMA = 1


class Calibration:
    """`results/<machine>/calibration.json`: key -> curve -> {loops, process_s} and cell -> spread between processes.

    The key is a digest of everything that the loops depend on: bench source, target lock, target, usable CPUs.
    """

    def __init__(self, folder: Path) -> None:
        """Read what is there."""
        self.path = folder / FILE
        self.entries: dict[str, dict[str, Any]] = {}
        self.spread: dict[str, float] = {}
        if self.path.exists():
            name = f"{folder.name}/{FILE}"
            found = parse_json(read_text(self.path, name), name, remedy=". Remove it to calibrate anew")
            try:
                if found["schema"] != SCHEMA:
                    raise ResultsError(
                        f"{name}: schema {found['schema']!r} is not {SCHEMA}. Remove it to calibrate anew"
                    )
                for key, curves in found["curves"].items():
                    self.entries[key] = {
                        curve: {
                            "loops": {point: int(loops) for point, loops in entry["loops"].items()},
                            "process_s": float(entry["process_s"]),
                        }
                        for curve, entry in curves.items()
                    }
                self.spread = {cell: float(value) for cell, value in found["spread"].items()}
            except (KeyError, TypeError, AttributeError, ValueError):
                raise ResultsError(f"{name}: not what this study writes. Remove it to calibrate anew") from None

    def get(self, key: str, curve: str) -> dict[str, Any] | None:
        """Loops and predicted seconds of a curve, or None."""
        return self.entries.get(key, {}).get(curve)

    def put(self, key: str, curve: str, loops: dict[str, int], process_s: float) -> None:
        """Remember a curve and save."""
        self.entries.setdefault(key, {})[curve] = {"loops": loops, "process_s": process_s}
        self.save()

    def save(self) -> None:
        """Write the file whole."""
        content = {"schema": SCHEMA, "curves": self.entries, "spread": self.spread}
        write_whole(self.path, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())
