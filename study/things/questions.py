"""What experiments and claims may ask: the modules of `study/sections/questions/`, by name. Nothing is imported."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "sections" / "questions"
_RECORD = re.compile(r"^RECORD\b", re.MULTILINE)
"""Modules without one help others."""
_NUMBERED = re.compile(r"q\d+\Z")


def _name(module: str) -> str:
    """As experiments write it: the numbered questions with a capital letter."""
    return module.upper() if _NUMBERED.match(module) else module


QUESTIONS = tuple(
    sorted(
        _name(path.stem)
        for path in _FOLDER.glob("*.py")
        if _RECORD.search(path.read_text(encoding="utf-8", errors="replace"))
    )
)
"""The numbered questions, then the others by name."""
