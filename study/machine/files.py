"""Reading the small files in which Linux says what it is. One that is absent or odd reads as `None`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def text(path: Path) -> str | None:
    """What the file says, without blanks around it."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def number(path: Path) -> int | None:
    """The whole number in the file."""
    try:
        return int(text(path) or "")
    except ValueError:
        return None


def entries(path: Path, separator: str | None = None) -> dict[str, str]:
    """'key value' lines as a dict; the first of equal keys counts."""
    found: dict[str, str] = {}
    for line in (text(path) or "").splitlines():
        key, *value = line.split(separator, 1)
        found.setdefault(key.strip(), value[0].strip() if value else "")
    return found


def count(entry: str | None) -> int | None:
    """The number that an entry begins with."""
    word = (entry or "").split(maxsplit=1)
    return int(word[0]) if word and word[0].isdecimal() else None


def cpu_list(said: str | None) -> frozenset[int]:
    """The CPUs in a list such as '0-3,7'."""
    found: set[int] = set()
    for part in (said or "").split(","):
        first, _, last = part.strip().partition("-")
        if first.isdecimal() and (not last or last.isdecimal()):
            found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)
