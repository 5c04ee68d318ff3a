"""Fall: where the speedup went; bars that hang from each other, factor by factor, to what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, draw_x, fitting_ticks
from study.draw.canvas import Sheet
from study.draw.forms.frame import (
    height_beside,
    in_words,
    is_narrow,
    name_above,
    name_beside,
    number_of,
    room_for_names,
    tip_of,
    write_on,
)
from study.draw.lettering import fits, height_of, text_width, widest, wrapped
from study.draw.tokens import TICK

if TYPE_CHECKING:
    from study.draw.canvas import Layer
    from study.forms import Fall, Loss

_BAR, _AIR = 20.0, 12.0
_WHOLE = "100 %"
_GROUND = "slate"


def sheet_of(fall: Fall, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    below = axes.layer()
    losses = [loss for loss in fall.losses if loss.factor.point is not None]
    names = [fall.whole, *(loss.label for loss in losses), fall.left]
    left = room_for_names(names, width)
    beside = 0.0 if is_narrow(width) else 8 + widest([_WHOLE], TICK, bold=True)
    scale = Scale(low=0.0, high=1.0, start=left, end=width - max(beside, 2.0))
    y = _draw_bar(axes, fall.whole, scale, 1.0, 0.0, token=_GROUND, said=_WHOLE)
    share = 1.0
    for loss in losses:
        factor = loss.factor.point or 0.0
        y = _draw_loss(axes, fall, loss, scale, (share, share * factor), y)
        share *= factor
    kept = fall.kept.point if fall.kept.point is not None else share
    said = f"{units.share(kept)}{': ' if fall.result else ''}{fall.result}"
    y = _draw_bar(axes, fall.left, scale, kept, y, token=fall.look.token, said=said, opacity=0.4)
    ticks = {scale.at(value): label for value, label in fitting_ticks(scale, "share").items()}
    sheet.height = draw_x(below, ticks, top=0.0, bottom=y, ends=(0.0, width)) + 4
    return sheet


def alternative(fall: Fall) -> str:
    """The picture in words."""
    return in_words(fall.title, [*((loss.label, loss.factor) for loss in fall.losses), (fall.left, fall.kept)])


def _head(axes: Layer, name: str, scale: Scale, y: float, token: str) -> float:
    """The name of a bar, beside or above it; where the bar begins."""
    width = axes.sheet.width
    if is_narrow(width):
        return name_above(axes, name, y=y, width=width, fill=token)
    high = max(_BAR, height_beside(name, scale.start - 12))
    name_beside(axes, name, right=scale.start - 12, middle=y + high / 2, fill=token)
    return y + (high - _BAR) / 2


def _draw_bar(  # noqa: PLR0913 - all of it is said by name
    axes: Layer, name: str, scale: Scale, share: float, y: float, *, token: str, said: str, opacity: float = 1.0
) -> float:
    """A bar from 0 on, with what is said of it behind it or, where there is no room, on it; where the next one may begin."""
    top = _head(axes, name, scale, y, token)
    end, middle = scale.at(share), top + _BAR / 2
    axes.rect(scale.start, top, end - scale.start, _BAR, fill="page")  # a pale bar lets no line of the axis through
    bar = axes.layer("part", (name,), f"{name}: {said}")
    bar.rect(scale.start, top, end - scale.start, _BAR, fill=token, opacity=opacity, radius=1.5)
    if end + 8 + text_width(said, TICK, bold=True) <= axes.sheet.width:
        axes.text(said, end + 8, middle, bold=True, middle=True)
        return top + _BAR + _AIR
    on = "page" if opacity == 1.0 else "ink"
    if write_on(axes, said, left=scale.start, right=end, middle=middle, fill=on):
        return top + _BAR + _AIR
    lines = wrapped(said, axes.sheet.width - scale.start, TICK, bold=True)
    axes.text(lines, scale.start, top + _BAR + 4 + 0.78 * TICK, bold=True)
    return top + _BAR + 4 + height_of(lines, TICK) + _AIR


def _draw_loss(axes: Layer, fall: Fall, loss: Loss, scale: Scale, shares: tuple[float, float], y: float) -> float:
    """What a factor takes away, from where the bar above ends; a factor above 1 gives something back."""
    token = fall.look.token if loss.loud else "third"
    top = _head(axes, loss.label, scale, y, fall.look.token if loss.loud else "ink")
    before, after = scale.at(shares[0]), scale.at(shares[1])
    low, high = min(before, after), max(before, after)
    mark = axes.layer("loss", (loss.label,), tip_of((loss.label,), loss.factor))
    mark.rect(low, top, max(high - low, 1.0), _BAR, fill=token, radius=1.5)
    above = 4.0 if is_narrow(axes.sheet.width) else _AIR
    axes.line(before, top - above, before, top, stroke="third", dashes="2 2")
    points = units.plain(round(100 * (shares[1] - shares[0]), 1))
    said = f"× {number_of(loss.factor).removesuffix('×')}"
    full = f"{said}: {points} points" if loss.loud else said
    middle = top + _BAR / 2
    if fits(full, high - low, TICK, bold=True):
        axes.text(full, (low + high) / 2, middle, fill="page", anchor="middle", bold=True, middle=True, inside=True)
    elif low - 8 - text_width(full, TICK) >= scale.start:
        axes.text(full, low - 8, middle, fill="second", anchor="end", middle=True)
    else:
        axes.text(full, min(high + 8, axes.sheet.width - text_width(full, TICK)), middle, fill="second", middle=True)
    return top + _BAR + _AIR
