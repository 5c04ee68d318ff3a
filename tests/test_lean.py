"""A lean drawing shows what the drawing by itself shows: the same shapes and words, at the same places, in the same paint."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from study.draw import Drawn, draw_for_screen
from study.draw.forms import DRAWERS
from study.draw.lean import leaned, packed
from study.draw.style import styled
from study.draw.svg import for_page, for_screen
from study.draw.tokens import HALF, NARROW, WHOLE
from study.report.inked import inked
from tests import known_forms as known
from tests.synthetic_report import rows_panel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SVG = "{http://www.w3.org/2000/svg}"
PAINT = {
    "fill": "", "stroke": "none", "fill-opacity": "1", "stroke-opacity": "1", "stroke-width": "1", "stroke-dasharray": "none",
    "stroke-linejoin": "round", "stroke-linecap": "butt", "font-size": "", "font-weight": "400", "text-anchor": "start",
}  # fmt: skip
NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "Z": 0, "z": 0}
TOKEN = re.compile(r"[A-Za-z]|-?\d+(?:\.\d+)?")
DRAWINGS = [
    (name, width)
    for name, form in known.FORMS.items()
    for width in ((WHOLE, NARROW) if form.span == "whole" else (HALF, NARROW))
]


@dataclass(frozen=True, slots=True)
class Seen:
    """A shape or a text as it is seen: its outline or words, where it stands, how it is painted, what it says."""

    kind: str
    outline: tuple[tuple[str, tuple[float, ...]], ...]
    place: tuple[float, ...]
    text: str
    paint: Mapping[str, str]
    tip: str


def outline_of(text: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Every part of a path in absolute numbers, a line whichever way it was written."""
    tokens = TOKEN.findall(text)
    letter, at = "", (0.0, 0.0)
    while tokens:
        if tokens[0].isalpha():
            letter = tokens.pop(0)
        numbers = tuple(float(tokens.pop(0)) for _ in range(NUMBERS[letter]))
        if letter in "HV":
            numbers = (numbers[0], at[1]) if letter == "H" else (at[0], numbers[0])
        at = (numbers[-2], numbers[-1]) if numbers else at
        yield ("L" if letter in "HV" else letter), numbers
        letter = {"M": "L"}.get(letter, letter)


def seen(root: ET.Element, shapes: Mapping[str, str], paints: Mapping[str, str]) -> Iterator[Seen]:
    """What an eye sees of a drawing."""
    for path in root.iter(f"{SVG}path"):
        if "id" in path.attrib:
            shapes = {**shapes, path.attrib["id"]: path.get("d", "")}
    yield from _seen(root, dict(PAINT), "", shapes, paints)


def _seen(
    element: ET.Element, told: dict[str, str], tip: str, shapes: Mapping[str, str], paints: Mapping[str, str]
) -> Iterator[Seen]:
    styles = dict(part.split(":", 1) for part in paints.get(element.get("class", ""), "").split(";") if part)
    styles["font-size"] = styles.get("font-size", "").removesuffix("px")
    own = {name: value for name in PAINT if (value := styles.get(name) or element.get(name))}
    told, tip = {**told, **own}, element.get("data-tip", tip)
    if element.tag in {f"{SVG}path", f"{SVG}use", f"{SVG}text", f"{SVG}rect"} and "id" not in element.attrib:
        outline = element.get("d") or shapes.get(element.get("href", "#")[1:], "")
        names = ["fill", "stroke"]
        names += ["fill-opacity"] if told["fill"] != "none" else []
        names += [name for name in PAINT if name.startswith("stroke-")] if told["stroke"] != "none" else []
        names += ["font-size", "font-weight", "text-anchor"] if element.tag == f"{SVG}text" else []
        yield Seen(
            kind=element.tag.removeprefix(SVG),
            outline=tuple(outline_of(outline)),
            place=tuple(float(element.get(name, "0")) for name in ("x", "y")),
            text=f"{element.text or ''}{element.get('transform', '')}",
            paint={name: told[name] for name in names},
            tip=tip,
        )
    for child in element:
        if child.tag != f"{SVG}clipPath":
            yield from _seen(child, told, tip, shapes, paints)


@pytest.mark.parametrize(("name", "width"), DRAWINGS)
def test_a_lean_drawing_shows_all_that_the_drawing_shows(name: str, width: float) -> None:
    form = known.FORMS[name]
    drawer = DRAWERS[type(form)]
    with styled():
        whole = ET.fromstring(for_screen(drawer.sheet_of(form, width), name, form.title, "said"))  # noqa: S314 - our own
        text, shared = for_page(drawer.sheet_of(form, width), name, form.title, "said")
    lean = ET.fromstring(text)  # noqa: S314 - our own
    pairs = list(zip(seen(whole, {}, {}), seen(lean, *shared), strict=True))
    assert len(pairs) > 5
    for there, here in pairs:
        assert (here.kind, here.text, here.tip) == (there.kind, there.text, there.tip)
        assert here.paint == there.paint
        assert here.place == pytest.approx(there.place, abs=0.051)
        assert [letter for letter, _ in here.outline] == [letter for letter, _ in there.outline]
        for (_, numbers), (_, others) in zip(here.outline, there.outline, strict=True):
            assert numbers == pytest.approx(others, abs=0.051)
    assert len(text) < len(for_screen_text(name, width))


def for_screen_text(name: str, width: float) -> str:
    form = known.FORMS[name]
    with styled():
        return for_screen(DRAWERS[type(form)].sheet_of(form, width), name, form.title, "said")


def test_a_path_is_written_in_few_letters() -> None:
    assert packed("M 1 2 L 3 4.04 L 3 -5.26 L -7 -5.26 z M 8 77 L 326 77", 1) == "M1 2 3 4V-5.3H-7zM8 77H326"
    assert packed("M 0 2.6 C 0.69 2.6 1.35 2.33 1.84 1.84 C 2 1 2.6 0.69 2.6 0 z", 2) == (
        "M0 2.6C0.69 2.6 1.35 2.33 1.84 1.84 2 1 2.6 0.69 2.6 0z"
    )
    assert packed("M 1 1 L 2 2 Q 3 3 4 4 L 4 9 L 5 5", 1) == "M1 1 2 2Q3 3 4 4V9L5 5"


def test_what_a_group_says_of_paint_is_said_of_all_in_it() -> None:
    root = ET.fromstring(  # noqa: S314 - our own
        f'<svg xmlns="{SVG[1:-1]}"><g fill="none" stroke="red"><g stroke-width="2"><path d="M 0 0 L 1 1"/></g>'
        '<path d="M 0 0 L 1 1" stroke="blue"/></g></svg>'
    )
    assert list(leaned(root).paints.values()) == ["fill:none;stroke:red;stroke-width:2", "fill:none;stroke:blue"]


def drawings() -> dict[str, Drawn]:
    return {panel.id: draw_for_screen(panel) for panel in (rows_panel("first"), rows_panel("second"))}


def test_the_narrow_drawing_is_named_by_the_wide_one_which_says_the_title_once() -> None:
    drawn = drawings()["first"]
    wide, narrow = (ET.fromstring(text) for text in (drawn.wide, drawn.narrow))  # noqa: S314 - our own
    ids = {element.get("id"): element.text or "" for element in wide.iter() if element.get("id")}
    assert [ids[name] for name in narrow.get("aria-labelledby", "").split()] == [ids["first-t"], ids["first-d"]]
    assert narrow.find(f"{SVG}title") is None
    assert ids["first-t"] == "A finding of rows: a text"
    assert not ids["first-d"].startswith(ids["first-t"])
    assert drawn.alt == f"{ids['first-t']}. {ids['first-d']}"


def test_what_drawings_share_is_said_once_by_the_page_under_short_names() -> None:
    drawn = drawings()
    page = inked(drawn)
    assert set(page.shapes.values()) == {outline for picture in drawn.values() for outline in picture.shapes.values()}
    styles = dict(re.findall(r"^\.(\w+) \{ (.*) \}$", page.style, flags=re.MULTILINE))
    assert len(styles) == page.style.count("\n") == len(set(styles.values()))
    for name, picture in drawn.items():
        for before, after in ((picture.wide, page.drawn[name].wide), (picture.narrow, page.drawn[name].narrow)):
            pairs = zip(
                seen(ET.fromstring(before), picture.shapes, picture.paints),  # noqa: S314 - our own
                seen(ET.fromstring(after), page.shapes, styles),  # noqa: S314 - our own
                strict=True,
            )
            assert all(there == here for there, here in pairs)


def test_marks_say_what_they_are_of_only_where_a_script_asks() -> None:
    with styled():
        text, _ = for_page(DRAWERS[type(known.MAP)].sheet_of(known.MAP, HALF), "map", known.MAP.title, "said")
    kinds = {element.get("data-mark") for element in ET.fromstring(text).iter()} - {None}  # noqa: S314 - our own
    assert kinds == {"case"}
    assert 'data-of="your loop"' in text
