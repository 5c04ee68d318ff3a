"""What all drawings of a page share, said once: the shapes of marks, and how things are painted, each under a short name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.draw import Drawn

_NAMED = re.compile(r'(?<= href="#)m[0-9a-f]{8}(?=")|(?<= class=")p[0-9a-f]{8}(?=")')
"""Where a drawing names what it has from the page."""


class Inked(NamedTuple):
    """Drawings that name a page's shapes and paints, and these: id of a shape -> outline; the paints as a stylesheet."""

    drawn: Mapping[str, Drawn]
    shapes: Mapping[str, str]
    style: str


def inked(drawn: Mapping[str, Drawn]) -> Inked:
    """Give what drawings name short names, in the order of the page."""
    shapes: dict[str, str] = {}
    paints: dict[str, str] = {}
    for picture in drawn.values():
        shapes |= picture.shapes
        paints |= picture.paints
    short = {name: f"{name[0]}{number}" for names in (shapes, paints) for number, name in enumerate(names, 1)}

    def shortened(text: str) -> str:
        return _NAMED.sub(lambda found: short.get(found[0], found[0]), text)

    return Inked(
        drawn={
            name: replace(picture, wide=shortened(picture.wide), narrow=shortened(picture.narrow))
            for name, picture in drawn.items()
        },
        shapes={short[name]: outline for name, outline in shapes.items()},
        style="".join(f".{short[name]} {{ {style} }}\n" for name, style in paints.items()),
    )
