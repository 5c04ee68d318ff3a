"""Outlines of marks, by the letters that looks call them by: about one size to the eye."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_Corners = tuple[tuple[float, float], ...]


def _regular(corners: int, turn: float, *, size: float = 1.1, waist: float = 1.0) -> _Corners:
    """A figure of equal sides, its first corner turned from the top; with a waist every second corner lies further inside."""
    return tuple(
        (
            size * (waist if index % 2 else 1.0) * math.sin(math.tau * index / corners + turn),
            -size * (waist if index % 2 else 1.0) * math.cos(math.tau * index / corners + turn),
        )
        for index in range(corners)
    )


def _turned(corners: _Corners, quarters: int) -> _Corners:
    """The same, turned clockwise by so many quarters."""
    for _ in range(quarters):
        corners = tuple((-y, x) for x, y in corners)
    return corners


_ARM = 0.38
_TRIANGLE: _Corners = ((0.0, -1.1), (1.05, 0.85), (-1.05, 0.85))
_PLUS: _Corners = (
    (-_ARM, -1.1), (_ARM, -1.1), (_ARM, -_ARM), (1.1, -_ARM), (1.1, _ARM), (_ARM, _ARM),
    (_ARM, 1.1), (-_ARM, 1.1), (-_ARM, _ARM), (-1.1, _ARM), (-1.1, -_ARM), (-_ARM, -_ARM),
)  # fmt: skip
_DIAGONAL = math.sqrt(0.5)
_OUTLINES: Mapping[str, _Corners] = MappingProxyType(
    {
        "s": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "^": _TRIANGLE,
        ">": _turned(_TRIANGLE, 1),
        "v": _turned(_TRIANGLE, 2),
        "<": _turned(_TRIANGLE, 3),
        "D": ((0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)),
        "d": ((0.0, -1.3), (0.8, 0.0), (0.0, 1.3), (-0.8, 0.0)),
        "P": _PLUS,
        "X": tuple((_DIAGONAL * (x - y), _DIAGONAL * (x + y)) for x, y in _PLUS),
        "p": _regular(5, 0.0),
        "h": _regular(6, 0.0),
        "H": _regular(6, math.pi / 6),
        "8": _regular(8, math.pi / 8),
        "*": _regular(10, 0.0, size=1.35, waist=0.42),
    }
)
_ROUND = "o"
KNOWN = frozenset({_ROUND, *_OUTLINES})
"""Every letter that a look may have."""


def outline(marker: str, radius: float) -> str:
    """The path of a mark about the origin."""
    if marker == _ROUND:
        half = f"A{radius:.2f} {radius:.2f} 0 1 1"
        return f"M{-radius:.2f} 0{half} {radius:.2f} 0{half} {-radius:.2f} 0Z"
    return _path(_OUTLINES[marker], radius)


def _path(corners: Sequence[tuple[float, float]], radius: float) -> str:
    return "M" + "L".join(f"{radius * x:.2f} {radius * y:.2f}" for x, y in corners) + "Z"
