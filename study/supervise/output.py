"""What a child printed, made fit to be kept: bounded, and printable characters only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from study.errors import printable

if TYPE_CHECKING:
    from pathlib import Path

KEPT_BYTES = 4096
KEPT_LINES = 20
LONGEST_REASON = 300


def last_lines(log: Path) -> list[str]:
    """The last lines of a log, at most `KEPT_LINES` from at most `KEPT_BYTES`; none if it cannot be read."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - KEPT_BYTES))
            kept = file.read(KEPT_BYTES)
    except OSError:
        return []
    lines = kept.decode("utf-8", errors="replace").splitlines()
    if size > KEPT_BYTES and len(lines) > 1:
        del lines[0]  # its beginning is cut off
    return [printable(line.expandtabs(), KEPT_BYTES) for line in lines[-KEPT_LINES:]]


def last_word(lines: list[str]) -> str:
    """The last line that says anything, cut to a length that fits a table; '' if there is none."""
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return said if len(said) <= LONGEST_REASON else said[: LONGEST_REASON - 1] + "…"
