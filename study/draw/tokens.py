"""One source of colours, sizes of type and steps of space: figures, the page's CSS and paper take theirs from here.

A hue names a thing of its family (which one is said by the thing's own look). Seven hues are what every eye tells apart;
each has a contrast of at least 4.5 to its ground, so that the same value serves marks and words.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Colour(NamedTuple):
    """A colour on paper and a light screen, and on a dark one."""

    light: str
    dark: str


COLOURS: Mapping[str, Colour] = MappingProxyType(
    {
        "page": Colour("#ffffff", "#10161b"),
        "card": Colour("#f6f8f9", "#182027"),
        "code": Colour("#f3f5f7", "#1c252d"),
        "ink": Colour("#16202a", "#e9eef2"),
        "second": Colour("#4a5763", "#b3bfca"),
        "third": Colour("#65717d", "#93a0ac"),
        "line": Colour("#c9d1d8", "#3c4854"),
        "hair": Colour("#e4e9ed", "#27313a"),
        "link": Colour("#0b62a8", "#6db5f5"),
        # Hues of things.
        "slate": Colour("#3a4650", "#c9d3dc"),
        "magenta": Colour("#a8357f", "#f08ccb"),
        "brown": Colour("#5c4000", "#f0c560"),
        "violet": Colour("#6d62dd", "#a28cff"),
        "blue": Colour("#00579b", "#6db5f5"),
        "green": Colour("#00805f", "#4ecfa8"),
        "orange": Colour("#c4480a", "#f5803f"),
        "grey": Colour("#65717d", "#93a0ac"),
        # Verdicts and regions, each with its ground; yellow is what is enlarged, or has to be looked at.
        "yes": Colour("#0a6b43", "#5fd39b"),
        "yes-tint": Colour("#e0f3ea", "#12301f"),
        "no": Colour("#a8370a", "#ff9a66"),
        "no-tint": Colour("#fdeadf", "#3a1f12"),
        "open": Colour("#4a5763", "#b3bfca"),
        "open-tint": Colour("#eceff2", "#27313a"),
        "warn": Colour("#7a4f00", "#f0c765"),
        "warn-tint": Colour("#fff3d1", "#33290c"),
    }
)
"""Token -> its colour. Where two tokens have the same colour they mean the same to the eye."""

SIZES: Mapping[str, float] = MappingProxyType(
    {
        "answer": 34.0,
        "section": 22.0,
        "part": 16.0,
        "lede": 18.0,
        "body": 16.0,
        "first-number": 40.0,
        "number": 28.0,
        "table": 14.0,
        "caption": 13.0,
        "value": 15.0,
        "label": 13.0,
        "tick": 12.0,
    }
)
"""What is written -> how high its letters are, in pixels of the page; 'value', 'label' and 'tick' are a figure's."""
PAPER_SIZES: Mapping[str, float] = MappingProxyType(
    {
        "answer": 22.0,
        "section": 12.0,
        "part": 10.5,
        "lede": 12.0,
        "body": 10.5,
        "number": 20.0,
        "table": 8.5,
        "caption": 8.0,
    }
)
"""The same on paper, in points."""
VALUE, LABEL, TICK = SIZES["value"], SIZES["label"], SIZES["tick"]
WALL_TITLE, WALL_LABEL, WALL_TICK = 26.0, 20.0, 17.0
"""The same of a figure for a wall, `WHOLE` wide: the least is 30 pixels high on a wall of 1920."""
STEPS: tuple[int, ...] = (4, 8, 12, 16, 24, 32, 44)
"""Steps of space, in pixels."""

WHOLE, HALF, NARROW = 1072.0, 520.0, 334.0
"""How wide a figure is drawn: over the whole page, in one of two columns, and on a telephone."""
PAPER_WHOLE, PAPER_HALF = 720.0, 348.0
"""How wide a figure is drawn for paper, where it is then made smaller by `POINTS`: its ticks are read at 7.8 points."""
POINTS = 0.65


def css_variables() -> str:
    """Colours, sizes and steps as CSS variables; colours follow the reader's choice of a light or a dark page."""
    colours = (f"--{name}: light-dark({colour.light}, {colour.dark});" for name, colour in COLOURS.items())
    sizes = (f"--size-{name}: {size:g}px;" for name, size in SIZES.items())
    steps = (f"--step-{number}: {step}px;" for number, step in enumerate(STEPS, start=1))
    return "".join(f"{line}\n" for line in (*colours, *sizes, *steps))


def typst() -> str:
    """The same for paper, as a file of definitions: colours are those of a light page."""
    colours = "".join(f'  "{name}": rgb("{colour.light}"),\n' for name, colour in COLOURS.items())
    sizes = "".join(f'  "{name}": {size:g}pt,\n' for name, size in PAPER_SIZES.items())
    return f"#let colours = (\n{colours})\n#let sizes = (\n{sizes})\n"
