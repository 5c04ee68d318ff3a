"""One style for every figure, and one table of colours for figures, page and paper."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from study.things import BACKENDS, CHANNELS, START_METHODS
from study.things.looks import BAND, GRID, INK, SOFT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from study.things import Colour

WIDTH_PT = 540.0
"""Every figure is this wide, in points: the width of the text on A4, and a little less than that of the page."""
TEXT_PT = 9.0
SMALL_PT = 8.0
_WIDE = frozenset("mwMWGOQ@%—…")
_NARROW = frozenset("iljtfrI.,:;|'!()[] \u00a0\u202f-")

SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "study",
        "font.family": ["DejaVu Sans"],
        "font.size": TEXT_PT,
        "text.parse_math": False,
        "text.usetex": False,
        "axes.edgecolor": GRID.light,
        "axes.labelcolor": SOFT.light,
        "axes.labelsize": SMALL_PT,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": GRID.light,
        "ytick.color": GRID.light,
        "xtick.labelcolor": SOFT.light,
        "ytick.labelcolor": SOFT.light,
        "xtick.labelsize": SMALL_PT,
        "ytick.labelsize": SMALL_PT,
        "grid.color": GRID.light,
        "grid.linewidth": 0.6,
        "path.simplify": False,
    }
)
"""Settings of matplotlib while a figure is drawn."""


def styled() -> AbstractContextManager[None]:
    """Matplotlib with our settings, whatever a user has set elsewhere."""
    return mpl.rc_context(dict(SETTINGS))  # type: ignore[arg-type]  # its keys are typed as literals, ours as text


def colours() -> tuple[Colour, ...]:
    """Every colour in use, each once."""
    looks = (
        *(method.look for method in START_METHODS.values()),
        *(backend.look for backend in BACKENDS.values()),
        *(channel.look for channel in CHANNELS.values() if channel.look is not None),
    )
    return tuple(dict.fromkeys((INK, SOFT, GRID, BAND, *(look.colour for look in looks))))


def css_variables() -> str:
    """The colours as CSS variables that follow the reader's choice of a light or a dark page."""
    return "".join(f"--{colour.name}: light-dark({colour.light}, {colour.dark});\n" for colour in colours())


def text_width_pt(text: str, size_pt: float) -> float:
    """About how wide a text is in DejaVu Sans; a little generous, so that nothing is cut off."""
    widths = [0.98 if char in _WIDE else 0.40 if char in _NARROW else 0.635 for char in text]
    return size_pt * float(sum(round(100 * width) for width in widths)) / 100
