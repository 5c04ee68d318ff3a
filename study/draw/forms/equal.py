"""Equal: is one as the other; a dot and its interval against "equal", the widest first, what was put in apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, draw_x, limits, linear_ticks, three_of
from study.draw.canvas import Sheet
from study.draw.forms.frame import GAP, height_beside, in_words, is_narrow, name_above, name_beside, tip_of
from study.draw.lettering import text_width, widest
from study.draw.marks import RADIUS
from study.draw.tokens import LABEL, TICK, VALUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.draw.canvas import Layer
    from study.forms import Equal, Pair

_ROW, _STRIP, _AIR = 26.0, 16.0, 8.0
_MOST_FOR_NAMES = 0.4
_EQUAL = "equal"
_TICK_ROOM = 64.0


def sheet_of(equal: Equal, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    below = axes.layer()
    plain, put_in = _ordered(equal.pairs)
    pairs = [*plain, *put_in]
    left, right = _plot(pairs, width)
    values = [end for pair in pairs for end in (pair.ratio.point, pair.ratio.low, pair.ratio.high, pair.truth)]
    low, high = limits(values, log=False, include=(1.0,))
    scale = Scale(low=low, high=high, start=left, end=right)
    y = _AIR
    for pair in plain:
        y = _draw_pair(axes, pair, scale, y)
    if plain and put_in:
        axes.line(0, y + _AIR / 2, width, y + _AIR / 2, stroke="line")
        y += _AIR
    for pair in put_in:
        y = _draw_pair(axes, pair, scale, y)
    line = below.layer("reference", (_EQUAL,))
    line.line(scale.at(1.0), 0, scale.at(1.0), y, stroke="second", width=1.2)
    sheet.height = draw_x(below, _ticks(scale), top=0.0, bottom=y, ends=(left - GAP, width)) + 4
    return sheet


def alternative(equal: Equal) -> str:
    """The picture in words."""
    plain, put_in = _ordered(equal.pairs)
    return in_words(equal.title, [(pair.name, pair.ratio) for pair in (*plain, *put_in)], "One divided by the other")


def _ordered(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Pairs that are known: those of which nothing is put in, the widest interval first; and those with a truth."""
    shown = [pair for pair in pairs if pair.ratio.point is not None]
    plain = sorted((pair for pair in shown if pair.truth is None), key=_wide, reverse=True)
    return plain, [pair for pair in shown if pair.truth is not None]


def _wide(pair: Pair) -> float:
    return (pair.ratio.high or 0.0) - (pair.ratio.low or 0.0)


def _plot(pairs: Sequence[Pair], width: float) -> tuple[float, float]:
    """From where to where the marks stand."""
    if is_narrow(width):
        return GAP, width - GAP
    names = min(widest([pair.name for pair in pairs], LABEL, bold=True), _MOST_FOR_NAMES * width)
    return names + 2 * GAP, width - GAP - widest([_said(pair) for pair in pairs], VALUE, bold=True)


def _said(pair: Pair) -> str:
    return units.signed_percent((pair.ratio.point or 1.0) - 1.0)


def _is_seen(pair: Pair) -> bool:
    """Whether what was put in is in the interval, and "equal" is not."""
    low, high, truth = pair.ratio.low, pair.ratio.high, pair.truth
    if low is None or high is None or truth is None:
        return False
    return low <= truth <= high and not low <= 1.0 <= high


def _draw_pair(axes: Layer, pair: Pair, scale: Scale, y: float) -> float:
    width, said = axes.sheet.width, _said(pair)
    token = pair.look.token if pair.truth is None else "yes" if _is_seen(pair) else "no"
    if is_narrow(width):
        y = name_above(axes, pair.name, y=y, width=width, fill="ink", value=said)
        middle, high = y + _STRIP / 2, _STRIP
    else:
        high = max(_ROW, height_beside(pair.name, scale.start - 2 * GAP) + 6)
        middle = y + high / 2
        name_beside(axes, pair.name, right=scale.start - 2 * GAP, middle=middle, fill="ink")
        axes.text(said, width, middle, size=VALUE, anchor="end", bold=True, middle=True)
    if pair.truth is not None:
        at = scale.at(pair.truth)
        axes.layer("truth", (pair.name,)).line(
            at, middle - high / 2, at, middle + high / 2, stroke="second", dashes="2 2"
        )
    low, end = pair.ratio.low, pair.ratio.high
    if low is not None and end is not None:
        bar = axes.layer("interval", (pair.name,))
        bar.line(scale.at(low), middle, scale.at(end), middle, stroke=token, width=2.0)
    mark = axes.layer("point", (pair.name,), tip_of((pair.name,), pair.ratio))
    hollow = pair.truth is not None and not _is_seen(pair)
    mark.marker("o", scale.at(pair.ratio.point or 1.0), middle, RADIUS, colour=token, hollow=hollow)
    return y + high + (_AIR / 2 if is_narrow(width) else 0.0)


def _ticks(scale: Scale) -> dict[float, str]:
    """Ticks in per cent of difference; none is "equal", which is always among them."""
    most = max(3, int((scale.end - scale.start) // _TICK_ROOM))
    shares = linear_ticks(scale.low - 1.0, scale.high - 1.0, most=most)
    ticks = {share: _label(share) for share in shares}
    if sum(text_width(label, TICK) + GAP for label in ticks.values()) > scale.end - scale.start:
        kept = {shares[0], min(shares, key=abs), shares[-1]}
        ticks = {share: ticks[share] for share in shares if share in kept} if len(kept) == 3 else three_of(ticks)
    return {scale.at(1.0 + share): label for share, label in ticks.items()}


def _label(share: float) -> str:
    if not share:
        return _EQUAL
    sign = "+" if share > 0.0 else ""
    return f"{sign}{units.plain(100 * share)}\u00a0%"
