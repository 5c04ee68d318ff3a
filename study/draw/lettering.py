"""How much room words take, and how they are broken into lines: they are wrapped, never cut."""

from __future__ import annotations

import functools
import re
import warnings
from typing import TYPE_CHECKING, Literal, NamedTuple

from matplotlib.textpath import text_to_path

from study.draw.style import font

if TYPE_CHECKING:
    from collections.abc import Sequence

Anchor = Literal["start", "middle", "end"]

_MEASURED_AT = 100.0
_JOINTS = re.compile(r"(?<=[=(,_./-])|(?<=[a-z])(?=[A-Z])")
"""Where a word may be broken: behind a sign that joins its parts, and before a capital within it."""
_ASCENT, _DESCENT = 0.78, 0.22
_ROUNDED = 0.05
"""What room may lose when it is computed, in pixels: a text is not broken for that."""
LINE = 1.25
"""From line to line, in heights of a letter."""


class Box(NamedTuple):
    """The room that something takes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Whether the two overlap, or stand nearer than `gap`."""
        apart_x = self.left >= other.right + gap or other.left >= self.right + gap
        apart_y = self.top >= other.bottom + gap or other.top >= self.bottom + gap
        return not (apart_x or apart_y)

    def within(self, width: float, height: float) -> bool:
        """Whether it lies inside a picture of this size."""
        return self.left >= 0.0 and self.top >= 0.0 and self.right <= width and self.bottom <= height


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is in our font, without kerning: it would bring a few letters nearer to each other."""
    return size * _long(text, bold=bold)


@functools.lru_cache(maxsize=32768)
def _long(text: str, *, bold: bool) -> float:
    """How wide a text is, in heights of a letter: each is measured for every width of a picture, and for wrapping."""
    return sum(_width(char, bold=bold) for char in text)


@functools.cache
def _width(char: str, *, bold: bool) -> float:
    """How wide a letter is, in heights of a letter: matplotlib measures it between two others, since a blank has no shape."""
    between = _measured(f"H{char}H", bold=bold) - _measured("HH", bold=bold)
    return max(between, 0.0)


@functools.cache
def _measured(text: str, *, bold: bool) -> float:
    with warnings.catch_warnings():  # what our font has no shape for is as wide as the box that stands for it
        warnings.simplefilter("ignore")
        wide, _, _ = text_to_path.get_text_width_height_descent(text, font(_MEASURED_AT, bold=bold), ismath=False)
    return float(wide) / _MEASURED_AT


def widest(texts: Sequence[str], size: float, *, bold: bool = False) -> float:
    """How wide the widest of these texts is; 0 of none."""
    return max((text_width(text, size, bold=bold) for text in texts), default=0.0)


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines that fit; a word that does not fit alone is broken, since nothing is cut off."""
    enough = room + _ROUNDED
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= enough:
            lines[-1] = longer
        else:
            lines.extend(_pieces(word, enough, size, bold=bold))
    return tuple(lines)


def _pieces(word: str, room: float, size: float, *, bold: bool) -> list[str]:
    """A word in pieces that fit: broken where its parts are joined or, without any joint, anywhere."""
    pieces = [""]
    for part in _JOINTS.split(word) if text_width(word, size, bold=bold) > room else [word]:
        if text_width(pieces[-1] + part, size, bold=bold) <= room:
            pieces[-1] += part
            continue
        pieces.append("")
        for char in part:
            if pieces[-1] and text_width(pieces[-1] + char, size, bold=bold) > room:
                pieces.append("")
            pieces[-1] += char
    return [piece for piece in pieces if piece] or [""]


def height_of(lines: Sequence[str], size: float) -> float:
    """How high these lines are together."""
    return size * (_ASCENT + _DESCENT + LINE * (len(lines) - 1)) if lines else 0.0


def first_baseline(lines: Sequence[str], middle: float, size: float) -> float:
    """Where the first line stands, so that all lines together lie about this height."""
    return middle + size * (0.35 - LINE * (len(lines) - 1) / 2)


def box_of(lines: Sequence[str], x: float, baseline: float, size: float, anchor: Anchor, *, bold: bool = False) -> Box:
    """The room of lines of which the first stands on `baseline`."""
    width = widest(lines, size, bold=bold)
    left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * width
    top = baseline - _ASCENT * size
    return Box(left, top, left + width, top + height_of(lines, size))


def fits(text: str, room: float, size: float, *, bold: bool = False) -> bool:
    """Whether a text has room in one line, with a little air."""
    return text_width(text, size, bold=bold) + 8.0 <= room
