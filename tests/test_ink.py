"""Pictures are written as matplotlib's renderer of SVG writes the same shapes, and say what each of these is painted with."""

from __future__ import annotations

import io
import itertools
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import BoxStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from study.draw.canvas import Sheet
from study.draw.ink import SVG, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDE, HIGH = 200.0, 100.0
UPRIGHT = Affine2D().scale(1.0, -1.0).translate(0.0, HIGH)
NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass
class Written:
    """A picture while it is drawn, and its elements once it is."""

    sheet: Sheet

    def root(self) -> ET.Element:
        return self.sheet.drawn("pre", lambda token: f"<{token}>")

    def all(self, name: str) -> list[ET.Element]:
        return list(self.root().iter(f"{{{SVG}}}{name}"))

    def one(self, name: str = "path") -> Mapping[str, str]:
        (element,) = self.all(name)
        return element.attrib


@pytest.fixture
def written() -> Written:
    sheet = Sheet(WIDE)
    sheet.height = HIGH
    return Written(sheet)


class Theirs:
    """The same shape as matplotlib's renderer writes it."""

    def __init__(self) -> None:
        self.file = io.StringIO()
        self.renderer: Any = RendererSVG(WIDE, HIGH, self.file)  # type: ignore[no-untyped-call]

    def elements(self, name: str) -> list[ET.Element]:
        self.renderer.finalize()
        return list(ET.fromstring(self.file.getvalue()).iter(f"{{{SVG}}}{name}"))  # noqa: S314 - matplotlib's own

    def path(self, path: Path, *, filled: bool) -> str:
        path.should_simplify = False
        self.renderer.draw_path(self.renderer.new_gc(), path, UPRIGHT, (0.0, 0.0, 0.0, 1.0) if filled else None)
        (element,) = self.elements("path")
        return element.get("d", "")


def same(ours: str, theirs: str) -> None:
    assert re.findall("[A-Za-z]", ours) == re.findall("[A-Za-z]", theirs)
    numbers = [[float(found) for found in NUMBERS.findall(text)] for text in (ours, theirs)]
    assert numbers[0] == pytest.approx(numbers[1], abs=0.0051)


LEAVES = [(20.0, 30.0), (90.0, 140.0), (150.0, 50.0), (260.0, -30.0), (190.0, 20.0)]
STAYS = [(20.0, 30.0), (90.123456, 40.0), (150.0, 99.0)]
GAP = [(20.0, 30.0), (math.nan, 40.0), (150.0, 50.0), (160.0, 60.0)]
AWAY = [(20.0, 30.0), (30.0, 40.0), (170.0, math.inf), (180.0, 30.0), (180.0, 40.0)]
LONG = [(x / 4, 50.0 + 20.0 * math.sin(x / 60)) for x in range(800)]


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("places", [LEAVES, STAYS, GAP, AWAY, LONG], ids=["leaves", "stays", "gap", "away", "long"])
def test_a_line_is_written_as_matplotlib_writes_it(
    written: Written, places: list[tuple[float, float]], *, closed: bool, filled: bool
) -> None:
    fill, stroke = ("blue", "none") if filled else ("none", "blue")
    written.sheet.path(places, closed=closed, fill=fill, stroke=stroke)
    path = Path([*places, places[0]], closed=True) if closed else Path(places)
    theirs = Theirs().path(path, filled=filled)
    if closed and not filled and places in (STAYS, LONG):  # theirs goes back to the beginning twice
        theirs = re.sub(r"L [\d.]+ [\d.]+\s+z", "z", theirs)
    same(written.one()["d"], theirs)


def test_many_lines_of_which_one_leaves_the_picture_are_one_path(written: Written) -> None:
    written.sheet.lines([STAYS, LEAVES, [(1.0, 1.0)]], stroke="blue")
    same(written.one()["d"], Theirs().path(Path.make_compound_path(Path(STAYS), Path(LEAVES)), filled=False))


def test_areas_are_one_path_and_none_is_cut(written: Written) -> None:
    written.sheet.areas([LEAVES, STAYS, STAYS[:2]], fill="blue")
    rings = [Path([*ring, ring[0]], closed=True) for ring in (LEAVES, STAYS)]
    same(written.one()["d"], Theirs().path(Path.make_compound_path(*rings), filled=True))


def test_what_has_curves_is_written_as_matplotlib_writes_it(written: Written) -> None:
    written.sheet.rect(10.0, 20.0, 50.0, 30.0, fill="blue", radius=4.0)
    written.sheet.rect(10.0, 20.0, 5.0, 30.0, fill="none", stroke="blue", radius=4.0)
    written.sheet.ring(150.0, 50.0, 9.0, stroke="blue")
    rounded, narrow, ring = (element.get("d", "") for element in written.all("path"))
    same(rounded, Theirs().path(BoxStyle.Round(pad=0.0, rounding_size=4.0)(10.0, 20.0, 50.0, 30.0, 1.0), filled=True))
    same(narrow, Theirs().path(BoxStyle.Round(pad=0.0, rounding_size=2.5)(10.0, 20.0, 5.0, 30.0, 1.0), filled=False))
    same(ring, Theirs().path(Path.circle((150.0, 50.0), 9.0), filled=False))


@pytest.mark.parametrize("letter", Line2D.filled_markers)
def test_a_mark_has_the_outline_and_the_corners_that_matplotlib_gives_it(written: Written, letter: str) -> None:
    written.sheet.marker(letter, 30.0, 40.0, 5.0, colour="blue", hollow=True)
    marker, theirs = MarkerStyle(letter), Theirs()
    graphics = theirs.renderer.new_gc()
    graphics.set_linewidth(1.6)
    graphics.set_joinstyle(marker.get_joinstyle())
    graphics.set_capstyle(marker.get_capstyle())
    size: Any = marker.get_transform()
    theirs.renderer.draw_markers(
        graphics, marker.get_path(), size.scale(10.0), Path([(30.0, 60.0)]), Affine2D(), (1.0, 1.0, 1.0, 1.0)
    )
    ours, defined = written.one("use"), written.one()
    (other,) = theirs.elements("path")
    same(defined["d"], other.get("d", ""))
    style = dict(part.split(": ") for part in other.get("style", "").split("; ") if not part.startswith("stroke: "))
    assert {name: ours[name] for name in ours if name.startswith("stroke-")} == style
    assert {name: defined[name] for name in defined if name.startswith("stroke-")} == style
    assert (ours["x"], ours["y"], ours["fill"], ours["stroke"]) == ("30", "40", "<page>", "<blue>")
    assert (ours["href"], defined["id"]) == ("#pre-1", "pre-1")


def test_marks_outside_the_picture_are_not_drawn_and_those_alike_are_defined_once(written: Written) -> None:
    places = [(10.0, 20.0), (-0.5, 20.0), (30.0, 100.5), (WIDE, HIGH), (math.nan, 5.0), (200.5, 1.0), (1.0, -0.5)]
    written.sheet.dots(places, 2.0, fill="blue", opacity=0.25)
    written.sheet.dots(places[:1], 2.0, fill="blue", opacity=0.25)
    written.sheet.dots(places[:1], 2.0, fill="blue", opacity=0.5)
    written.sheet.dots(places[1:2], 3.0, fill="blue")
    painted = [(use.get("x"), use.get("y"), use.get("fill-opacity"), use.get("href")) for use in written.all("use")]
    assert painted == [
        ("10", "20", "0.25", "#pre-1"), ("200", "100", "0.25", "#pre-1"), ("10", "20", "0.25", "#pre-1"),
        ("10", "20", "0.5", "#pre-2"),
    ]  # fmt: skip
    assert [path.attrib.keys() for path in written.all("path")] == [{"d", "id"}] * 2
    assert not any(name.startswith("stroke") for use in written.all("use") for name in use.attrib)


def test_the_edge_of_a_faint_mark_is_as_faint(written: Written) -> None:
    written.sheet.markers("o", [(10.0, 20.0)], 4.0, colour="blue", fill="green", opacity=0.5)
    said = written.one("use")
    assert (said["fill"], said["fill-opacity"], said["stroke"], said["stroke-opacity"]) == (
        "<green>",
        "0.5",
        "<blue>",
        "0.5",
    )


def test_a_shape_says_what_it_is_painted_with_and_nothing_that_goes_without_saying(written: Written) -> None:
    written.sheet.line(0.0, 1.0, 2.0, 3.0, stroke="third")
    written.sheet.line(0.0, 1.0, 2.0, 3.0, stroke="grey", width=1.75, dashes="1.5 2.5", opacity=0.3)
    written.sheet.rect(0.0, 1.0, 2.0, 3.0, fill="green", opacity=0.55)
    line, dashed, area = ({k: v for k, v in path.attrib.items() if k != "d"} for path in written.all("path"))
    assert line == {"fill": "none", "stroke": "<third>"}
    assert dashed == {
        "fill": "none", "opacity": "0.3", "stroke-dasharray": "1.5,2.5", "stroke": "<grey>", "stroke-width": "1.75"
    }  # fmt: skip
    assert area == {"fill": "<green>", "opacity": "0.55"}


def test_a_hatch_is_defined_once_for_a_colour_after_all_marks_with_the_lines_of_matplotlib(written: Written) -> None:
    for token in ("third", "blue", "third"):
        written.sheet.rect(10.0, 20.0, 250.0, 5.0, fill=written.sheet.hatch(token))
    written.sheet.marker("s", 5.0, 5.0, 2.0, colour="blue")
    first, second = written.all("pattern")
    assert [path.get("fill") for path in written.all("path")[:3]] == ["url(#pre-2)", "url(#pre-3)", "url(#pre-2)"]
    assert (first.get("id"), second.get("id")) == ("pre-2", "pre-3")
    theirs = Theirs()
    graphics = theirs.renderer.new_gc()
    graphics.set_hatch("////")
    graphics.set_hatch_color((0.0, 0.0, 1.0, 0.55))
    theirs.renderer.draw_path(graphics, Path([(10.0, 20.0), (20.0, 30.0)]), UPRIGHT, None)
    (other,) = theirs.elements("pattern")
    for name in ("x", "y", "width", "height", "patternUnits"):
        assert first.get(name) == other.get(name)
    (ground, lines), (other_ground, other_lines) = first, other
    assert ground.attrib == other_ground.attrib
    same(lines.get("d", ""), other_lines.get("d", ""))
    assert (lines.get("stroke"), lines.get("fill")) == ("<third>", "<third>")
    assert (lines.get("stroke-opacity"), lines.get("stroke-width")) == ("0.55", "1.4")
    assert (lines.get("stroke-linejoin"), lines.get("stroke-linecap")) == ("miter", "butt")
    assert {path.get("d") for path in written.all("path")[:3]} == {"M 10 20 L 260 20 L 260 25 L 10 25 z"}


def test_words_say_where_they_stand_and_how_they_are_written(written: Written) -> None:
    written.sheet.text("plain", 10.0, 20.126)
    written.sheet.text("bold", 30.0, 40.0, size=100 / 7, bold=True, anchor="end", fill="blue")
    written.sheet.text("turned", 30.125, 40.0, turned=True, anchor="middle")
    written.sheet.text("", 30.0, 40.0)
    written.sheet.text(" ", 30.0, 40.0)
    plain, bold, turned = written.all("text")
    assert [element.text for element in (plain, bold, turned)] == ["plain", "bold", "turned"]
    assert plain.attrib == {"x": "10", "y": "20.13", "font-size": "12", "text-anchor": "start", "fill": "<ink>"}
    assert bold.attrib == {
        "x": "30", "y": "40", "font-weight": "700", "font-size": "14.285714", "text-anchor": "end", "fill": "<blue>"
    }  # fmt: skip
    assert turned.get("transform") == f"rotate(-90 {turned.get('x')} 40)"


def test_a_group_says_what_it_is_of_and_one_that_says_or_holds_nothing_is_none(written: Written) -> None:
    outer = written.sheet.layer("part", ("a", "b"), "tip")
    outer.layer().line(0.0, 0.0, 1.0, 1.0, stroke="blue")
    outer.layer("empty", ("c",))
    outer.layer("cap").line(0.0, 0.0, 1.0, 1.0, stroke="green")
    said = [(group.attrib, [child.get("stroke") for child in group]) for group in written.all("g")]
    assert said == [
        ({"data-mark": "part", "data-of": "a | b", "data-tip": "tip"}, ["<blue>", None]),
        ({"data-mark": "cap"}, ["<green>"]),
    ]


def test_a_picture_has_its_size_and_may_be_drawn_again_when_it_has_grown(written: Written) -> None:
    written.sheet.line(10.0, 20.0, 10.0, 300.0, stroke="blue")
    assert written.one()["d"] == f"M 10 20 L 10 {HIGH + 1:g}"
    written.sheet.height = 400.5
    assert written.one()["d"] == "M 10 20 L 10 300"
    said = written.root().attrib
    assert (said["width"], said["height"], said["viewBox"]) == ("200", "400.5", "0 0 200 400.5")
    assert said["stroke-linejoin"] == "round"


@pytest.mark.parametrize(("value", "said"), [
    (12.345, "12.35"), (12.345 - 2e-15, "12.35"), (12.344999, "12.34"), (3, "3"), (0.1, "0.1"), (-0.001, "0"), (-1e-9, "0"),
    (100.0, "100"), (-7.5, "-7.5"),
])  # fmt: skip
def test_a_number_has_two_digits_and_what_is_half_does_not_hang_on_its_last_bits(value: float, said: str) -> None:
    assert number(value) == said


def test_no_colour_is_painted_but_of_a_token() -> None:
    refused: Sequence[Any] = [
        lambda sheet: sheet.line(0, 0, 1, 1, stroke="red"),
        lambda sheet: sheet.rect(0, 0, 1, 1, fill=sheet.hatch("red")),
        lambda sheet: sheet.markers("o", [(1, 1)], 2.0, colour="red"),
        lambda sheet: sheet.markers("o", [(1, 1)], 2.0, colour="blue", fill="red"),
        lambda sheet: sheet.text("words", 0, 0, fill="red"),
    ]
    for ask, sheet in zip(refused, itertools.repeat(Sheet(10.0)), strict=False):
        with pytest.raises(ValueError, match="red is no token of a colour"):
            ask(sheet)


@pytest.mark.parametrize("place", [(0.0, 50.0), (WIDE, 50.0), (50.0, 0.0), (50.0, HIGH)])
def test_a_mark_on_the_edge_is_in_the_picture(written: Written, place: tuple[float, float]) -> None:
    written.sheet.marker("o", *place, 3.0, colour="blue")
    assert (written.one("use")["x"], written.one("use")["y"]) == tuple(map(number, place))


def test_marks_alike_but_for_their_edge_have_outlines_of_their_own(written: Written) -> None:
    for edge in (1.0, 2.0):
        written.sheet.markers("o", [(10.0, 10.0)], 3.0, colour="blue", fill="blue", edge=edge)
    assert len({use.get("href") for use in written.all("use")}) == 2
