"""What matplotlib is for us, whatever a user has set elsewhere: its settings and its letters."""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import matplotlib as mpl
from matplotlib.font_manager import FontProperties

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

FAMILY = "DejaVu Sans"
"""The font by which words are measured: the widest of those that the page may show them in, and paper's own."""
_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
SETTINGS: Mapping[str, Any] = MappingProxyType({"axes.autolimit_mode": "data"})
"""Settings of matplotlib while a figure is drawn: of all, one decides what we ask of it, where its ticks are."""


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
