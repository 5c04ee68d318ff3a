"""What may be compared, and what is said of it: two arms in the same rounds (the gate)."""

from __future__ import annotations

from study.compare.gate import GateWish, gate
from study.compare.outcome import EXIT, json_of, junit_of, markdown_of, table_of

__all__ = ["EXIT", "GateWish", "gate", "json_of", "junit_of", "markdown_of", "table_of"]
