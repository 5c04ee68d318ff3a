"""Two arms in the same rounds: what changed between them."""

from __future__ import annotations

from study.gate.measured import GateWish, gate
from study.gate.outcome import json_of, junit_of, markdown_of, table_of

__all__ = ["GateWish", "gate", "json_of", "junit_of", "markdown_of", "table_of"]
