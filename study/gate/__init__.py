"""Two arms in the same rounds: what changed between them."""

from __future__ import annotations

from study.gate.measured import GateWish, gate
from study.gate.outcome import EXIT, json_of, junit_of, markdown_of, table_of

__all__ = ["EXIT", "GateWish", "gate", "json_of", "junit_of", "markdown_of", "table_of"]
