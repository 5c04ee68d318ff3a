"""What stands for a study in a test of one section: told apart by itself, as a study is, so that it may be kept."""

from __future__ import annotations

from types import SimpleNamespace


class Made(SimpleNamespace):
    """Attributes by name."""

    def __hash__(self) -> int:  # type: ignore[override]
        """By itself."""
        return id(self)
