"""How matplotlib draws for us: its settings, whatever a user has set elsewhere, its colours and its letters."""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import matplotlib as mpl
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties

from study.draw.tokens import COLOURS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

FAMILY = "DejaVu Sans"
"""The font by which words are measured: the widest of those that the page may show them in, and paper's own."""
_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
INKS: Mapping[str, str] = MappingProxyType({token: f"#{number:06x}" for number, token in enumerate(COLOURS, start=1)})
"""Token -> what stands for it until a picture is made for a page or for paper: two tokens may have one colour."""
SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "study",
        "text.parse_math": False,
        "text.usetex": False,
        "lines.scale_dashes": False,
        "lines.linewidth": 1.0,
        "lines.antialiased": True,
        "patch.antialiased": True,
        "hatch.color": "edge",
        "hatch.linewidth": 1.4,
        "axes.autolimit_mode": "data",
        "path.simplify": False,
        "path.sketch": None,
        "path.effects": [],
    }
)
"""Settings of matplotlib while a figure is drawn."""


def styled() -> AbstractContextManager[None]:
    """Matplotlib with our settings; where it has them already there is nothing to do, and no copy of all others to make."""
    now: Mapping[str, Any] = cast("Mapping[str, Any]", mpl.rcParams)
    if all(now[name] == value for name, value in SETTINGS.items()):
        return contextlib.nullcontext()
    return mpl.rc_context(dict(SETTINGS))  # type: ignore[arg-type]  # its keys are typed as literals, ours as text


@functools.cache
def font(size: float, *, bold: bool = False) -> FontProperties:
    """The font of matplotlib's own folder, so that words are as wide on every machine."""
    return FontProperties(
        family=FAMILY,
        style="normal",
        variant="normal",
        weight="bold" if bold else "normal",
        stretch="normal",
        size=size,
        fname=Path(mpl.get_data_path()) / "fonts" / "ttf" / _FILES[bold],
    )


@functools.cache
def rgba(token: str, opacity: float = 1.0) -> tuple[float, float, float, float]:
    """The same as matplotlib's renderer has it."""
    return to_rgba(ink(token), opacity)


def ink(token: str) -> str:
    """What stands for the colour of a token."""
    if token not in INKS:
        raise ValueError(f"{token} is no token of a colour")
    return INKS[token]
