"""Findings with names in braces, filled in with numbers. Nothing in a file's text is a format: `{ratio}` or an error."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.config.reading import nearest, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER: Mapping[str, str] = MappingProxyType(
    {"ratio": "ratio", "difference": "difference", "value": "value", "proportion": "share"}
)
"""Estimand -> the name of its number, which comes with its interval."""
NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ratio": ("of", "to", "ratio"),
        "difference": ("of", "to", "difference"),
        "value": ("value",),
        "proportion": ("share", "count", "trials"),
    }
)
"""Estimand -> the names that its finding may hold in braces."""
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


def filled(finding: str, words: Mapping[str, str]) -> str:
    """The finding with every `{name}` replaced by its word.

    Raises
    ------
    ValueError
        if braces hold anything but a name that has a word, or a brace stands alone.
    """

    def word(found: re.Match[str]) -> str:
        if found[1] in words:
            return words[found[1]]
        possible = ", ".join(f"{{{name}}}" for name in words)
        if found[1] is None:
            raise ValueError(
                f"the brace {found[0]} at character {found.start() + 1} stands alone; possible: {possible}"
            )
        hint = nearest(found[1], words)
        raise ValueError(f"{shown(found[0])} is not one of {possible}{hint}; a name stands alone, without a format")

    return _BRACES.sub(word, finding)


def tried(finding: str, estimand: str) -> str:
    """The finding filled in with sample numbers; errors as above."""
    return filled(finding, dict.fromkeys(NAMES[estimand], "1.5 [1.4, 1.6]"))
