"""Every form of a figure at every width: words inside and none over another, ticks enough, colours of tokens alone."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from functools import cache

import pytest

from study import forms
from study.draw import draw, missing
from study.draw.forms import DRAWERS
from study.draw.forms.frame import interval_of, number_of
from study.draw.style import styled
from study.draw.svg import for_screen
from study.draw.tokens import COLOURS, HALF, NARROW, PAPER_HALF, PAPER_WHOLE, SIZES, WHOLE
from tests import known_forms as known
from tests.drawn import Picture, complaints_of_axes, outside, overlapping, room_of, shapes_of
from tests.marks import Scale
from tests.synthetic_report import estimate

WIDTHS = {"whole": (WHOLE, HALF, NARROW, PAPER_WHOLE), "half": (HALF, NARROW, PAPER_HALF)}
DRAWINGS = [(name, width) for name, form in known.FORMS.items() for width in WIDTHS[form.span]]
EVERY = pytest.mark.parametrize(("name", "width"), DRAWINGS)


@cache
def picture(name: str, width: float) -> Picture:
    return picture_of(known.FORMS[name], width)


def picture_of(form: forms.Form, width: float) -> Picture:
    drawer = DRAWERS[type(form)]
    with styled():
        return Picture(for_screen(drawer.sheet_of(form, width), form.id, form.title, drawer.alternative(form)))


def test_every_form_has_a_drawer_and_is_tried_here() -> None:
    every = {
        form
        for form in map(forms.__dict__.get, forms.__all__)
        if isinstance(form, type) and issubclass(form, forms.Form)
    }
    assert every - {forms.Form} == set(DRAWERS) == {type(form) for form in known.FORMS.values()}


@EVERY
def test_nothing_that_is_written_lies_outside_the_picture(name: str, width: float) -> None:
    shown = picture(name, width)
    assert shown.width == width
    assert outside(shown) == []


@EVERY
def test_no_words_lie_over_others(name: str, width: float) -> None:
    assert overlapping(picture(name, width)) == []


@EVERY
def test_nothing_is_cut_and_nothing_is_smaller_than_a_tick(name: str, width: float) -> None:
    shown = picture(name, width)
    assert "…" not in shown.said
    assert min(words.size for words in shown.words) >= SIZES["tick"]


@EVERY
def test_every_axis_has_three_ticks_with_labels_that_differ(name: str, width: float) -> None:
    assert complaints_of_axes(picture(name, width)) == []


@EVERY
def test_colours_are_those_of_tokens_alone(name: str, width: float) -> None:
    assert picture(name, width).paints <= {f"var(--{token})" for token in COLOURS}


@EVERY
def test_marks_lie_inside_the_picture(name: str, width: float) -> None:
    shown = picture(name, width)
    for mark in shown.marks:
        assert mark.box.left >= -1.0, mark
        assert mark.box.top >= -1.0, mark
        assert mark.box.right <= width + 1.0, mark
        assert mark.box.bottom <= shown.height + 1.0, mark


@pytest.mark.parametrize("name", known.FORMS)
def test_the_narrow_picture_has_every_mark_of_the_wide_one(name: str) -> None:
    wide, *_, last = WIDTHS[known.FORMS[name].span][:3]
    no_marks = {"busy", "magnifier", "name", "region-name"}
    marks = [
        {(mark.kind, mark.of) for mark in picture(name, width).marks if mark.kind not in no_marks}
        for width in (wide, last)
    ]
    assert marks[0] == marks[1]


@pytest.mark.parametrize("name", known.FORMS)
def test_a_form_is_said_in_two_sentences_that_begin_with_its_finding(name: str) -> None:
    form = known.FORMS[name]
    drawn = draw(form)
    assert drawn.alt.startswith(form.title.rstrip("."))
    assert 1 <= len(re.findall(r"\.(?:\s|$)", drawn.alt)) <= 2
    assert any(character.isdigit() for character in drawn.alt)
    assert form.caption in drawn.subtitle
    assert form.illustration in drawn.subtitle


@pytest.mark.parametrize("name", known.FORMS)
def test_a_form_is_drawn_at_two_widths_for_the_page_and_once_for_paper(name: str) -> None:
    form = known.FORMS[name]
    drawn = draw(form)
    assert [Picture(svg).width for svg in (drawn.wide, drawn.narrow)] == [WIDTHS[form.span][0], NARROW]
    assert Picture(drawn.paper).width == WIDTHS[form.span][-1]
    assert "var(" not in drawn.paper
    assert "data-" not in drawn.paper


@pytest.mark.parametrize("name", known.FORMS)
def test_every_number_of_a_form_has_a_name_for_each_of_its_heads_and_no_two_have_the_same(name: str) -> None:
    form = known.FORMS[name]
    names = [said for said, _ in form.numbers]
    assert {len(said) for said in names} == {len(form.heads)}
    assert len(set(names)) == len(names)
    assert missing(form) == ""


def at(ticks: list[tuple[str, float]], unit: str, place: float) -> float:
    """The number at a place of an axis with these ticks, all in one unit, 0 without any."""
    numbers = [float(label.removesuffix(unit).replace("\u00a0", " ").strip().replace("−", "-")) for label, _ in ticks]
    (first, here), (last, there) = (numbers[0], ticks[0][1]), (numbers[-1], ticks[-1][1])
    return first + (place - here) / (there - here) * (last - first)


@pytest.mark.parametrize("width", WIDTHS["whole"])
def test_a_life_ends_where_its_time_ends_and_a_child_is_hatched_until_its_first_instruction(width: float) -> None:
    shown = picture("life", width)
    scale = shown.ticks()[0]
    for life in known.LIFE.acts[:3]:
        whole = next(mark for mark in shown.marks if mark.kind == "whole" and mark.of == life.name)
        assert at(scale, " ms", whole.box.left) == pytest.approx(1e3 * (life.whole.point or 0.0), abs=0.1)
    first = known.LIFE.acts[0].lanes[1].stretches[0]
    hatched = next(
        mark for mark in shown.marks if mark.kind == "not-yet" and mark.of == f"spawn | child | {first.label}"
    )
    assert at(scale, " ms", hatched.box.right) == pytest.approx(1e3 * (first.until.point or 0.0), abs=0.1)


@pytest.mark.parametrize("width", WIDTHS["whole"])
def test_what_is_too_small_is_enlarged_and_the_factor_is_said(width: float) -> None:
    shown = picture("life", width)
    factors = [int(mark.of) for mark in shown.marks if mark.kind == "magnifier"]
    assert factors == [15, 25]  # 25.9 ms hold 1.32 ms 19 times, a fifteenth of them 59.2 µs 29 times
    ends = [ticks[-1][1] for ticks in shown.ticks()]
    assert len(ends) == 3
    for factor in factors:
        assert f"{factor} times enlarged" in shown.said
    threads = [mark for mark in shown.marks if mark.kind == "whole" and mark.of == "thread"]
    assert len(threads) == 3
    widths = [
        mark.box.left - min(place for _, place in ticks) for mark, ticks in zip(threads, shown.ticks(), strict=True)
    ]
    assert widths[1] == pytest.approx(factors[0] * widths[0], rel=0.1, abs=3.0)
    assert widths[2] == pytest.approx(factors[1] * widths[1], rel=0.1, abs=3.0)


@pytest.mark.parametrize("width", WIDTHS["whole"])
def test_parts_of_a_stack_stand_end_to_end_and_end_with_the_whole(width: float) -> None:
    shown = picture("stack", width)
    scale = shown.ticks()[0]
    for pile in known.STACK.piles:
        parts = [shown.of("part")[f"{pile.name} | {part.label}"].box for part in pile.parts]
        for before, after in itertools.pairwise(parts):
            assert before.right == pytest.approx(after.left, abs=1.5)
        assert at(scale, " ms", parts[-1].right + 1.0) == pytest.approx(1e3 * (pile.whole.point or 0.0), abs=0.15)


@pytest.mark.parametrize("width", WIDTHS["whole"])
@pytest.mark.parametrize("size", [0.05, 0.5, 5.0])
def test_every_part_of_a_stack_has_its_name_and_its_number_once(width: float, size: float) -> None:
    """Also one that another bar names: a number without a name is nobody's, and two are one too many."""
    few = [replace(pile, parts=tuple(
        replace(part, size=estimate((part.size.point or 0.0) * (size if number else 1.0), 0.0, 1.0))
        for number, part in enumerate(pile.parts)
    )) for pile in known.STACK.piles]  # fmt: skip
    shown = picture_of(replace(known.STACK, piles=tuple(few)), width)
    texts = " ".join("".join(element.itertext()) for element in shown.root.iter() if element.tag.endswith("text"))
    for pile in few:
        for part in pile.parts:
            full = f"{part.label} {number_of(part.size)}"
            same = sum(f"{other.label} {number_of(other.size)}" == full for own in few for other in own.parts)
            assert texts.count(full) == same, full


@pytest.mark.parametrize("width", WIDTHS["half"])
def test_a_bar_without_parts_prints_its_interval_and_one_with_parts_does_not(width: float) -> None:
    bars = replace(known.STACK, piles=tuple(replace(pile, parts=()) for pile in known.STACK.piles))
    for stack, printed in ((bars, True), (known.STACK, False)):
        texts = "".join(picture_of(stack, width).root.itertext())
        for pile in stack.piles:
            assert (interval_of(pile.whole) in texts) == printed
            assert number_of(pile.whole) in texts


@pytest.mark.parametrize("width", WIDTHS["whole"])
def test_a_block_of_a_lane_is_as_long_as_its_task(width: float) -> None:
    shown = picture("lanes", width)
    scale = shown.ticks()[0]
    blocks = [mark for mark in shown.marks if mark.kind == "works" and "| plain loop |" in mark.of]
    lengths = [at(scale, " ms", mark.box.right + 1.0) - at(scale, " ms", mark.box.left) for mark in blocks]
    assert lengths == pytest.approx([3.975] * 4, abs=0.1)
    waits = [mark for mark in shown.marks if mark.kind == "waits" and "| 2 threads |" in mark.of]
    assert len(waits) >= 1


@pytest.mark.parametrize("width", WIDTHS["whole"])
def test_squares_are_filled_by_as_much_as_was_busy(width: float) -> None:
    drawer = DRAWERS[forms.Squares]
    root = Picture(for_screen(drawer.sheet_of(known.SQUARES, width), "squares", "", "")).root
    groups = [group for group in root.iter() if group.get("data-mark") == "busy"]
    for group, row in zip(groups, known.SQUARES.rows, strict=True):
        rects = [(shape.get("fill"), room_of(shape).right - room_of(shape).left) for shape in shapes_of(group)]
        side = max((wide for fill, wide in rects if fill == "var(--hair)"), default=math.nan)
        filled = math.fsum(wide for fill, wide in rects if fill == f"var(--{row.look.token})")
        if row.busy.point is None:
            assert "not measured" in "".join(group.itertext())
        else:
            assert len([fill for fill, _ in rects if fill == "var(--hair)"]) == known.SQUARES.cpus
            assert filled / side == pytest.approx(row.busy.point, abs=0.02)


@pytest.mark.parametrize("width", WIDTHS["whole"])
def test_lines_of_a_sweep_go_through_their_numbers_and_its_regions_lie_where_they_are_said_to(width: float) -> None:
    shown = picture("sweep", width)
    points, courses = shown.of("point"), shown.of("course")
    for course in known.SWEEP.courses:
        marks = [points[f"{course.name} | {spot.name}"].box for spot in course.spots]
        assert courses[course.name].box.left == pytest.approx(marks[0].left, abs=0.1)
        assert courses[course.name].box.right == pytest.approx(marks[-1].left, abs=0.1)
        assert course.name.replace(" ", "") in shown.said.replace(" ", "")
    at_64 = points["Queue | 65536"].box.left
    region = shown.of("region")[known.SWEEP.regions[2].label].box
    assert region.left == pytest.approx(at_64, abs=0.1)
    assert {mark.of for mark in shown.marks if mark.kind == "band"} == {course.name for course in known.SWEEP.courses}


def height_scale(shown: Picture) -> Scale:
    """The upright axis of the first picture, as its ticks say it."""
    (ticks,) = shown.ticks("ytick")
    return Scale(tuple(label for label, _ in ticks), tuple(place for _, place in ticks), "")


@pytest.mark.parametrize("width", WIDTHS["whole"])
def test_points_of_lines_stand_at_the_height_of_their_numbers(width: float) -> None:
    both: tuple[forms.Sweep | forms.Speedup, ...] = (known.SWEEP, known.SPEEDUP)
    for form in both:
        shown = picture(form.id, width)
        points, scale = shown.of("point"), height_scale(shown)
        for course in form.courses:
            for spot in course.spots:
                seen = scale.at(points[f"{course.name} | {spot.name}"].box.top)
                assert seen == pytest.approx(spot.y.point, rel=0.01, abs=0.01 if form is known.SPEEDUP else 0.0)


@pytest.mark.parametrize("name", ["speedup", "speedup-half"])
def test_the_ideal_rises_as_workers_do_and_the_loop_is_1(name: str) -> None:
    for width in WIDTHS[known.FORMS[name].span]:
        shown = picture(name, width)
        (lying,), (upright,) = shown.ticks("xtick"), shown.ticks("ytick")
        ideal, loop = shown.of("ideal")["ideal"].box, shown.of("reference")["plain loop = 1"].box
        assert at(upright, "×", loop.top) == pytest.approx(1.0, abs=0.05)
        assert at(upright, "×", ideal.top) == pytest.approx(at(lying, "", ideal.right), rel=0.02)
        assert at(upright, "×", ideal.bottom) == pytest.approx(0.0, abs=0.05)


def test_counts_that_were_left_out_are_hatched_and_without_the_gil_marks_are_hollow() -> None:
    shown = picture("speedup", WHOLE)
    assert set(shown.of("missing")) == {"2", "4", "8"}
    assert shown.said.count("not measured") == 3
    hollow = {
        group.get("data-of", "").split(" | ")[0]
        for group in shown.root.iter()
        if group.get("data-mark") == "point" and any(shape.get("fill") == "var(--page)" for shape in group)
    }
    assert hollow == {course.name for course in known.SPEEDUP.courses if course.hollow}


def test_no_line_leads_over_what_was_not_measured() -> None:
    assert picture("speedup", WHOLE).of("course") == {}
    whole = replace(known.SPEEDUP, missing=())
    shown = Picture(for_screen(DRAWERS[forms.Speedup].sheet_of(whole, WHOLE), "whole", "", ""))
    assert set(shown.of("course")) == {course.name for course in whole.courses if len(course.spots) > 1}


def test_bars_of_a_fall_hang_from_each_other_and_the_last_is_what_is_left() -> None:
    for width in WIDTHS["half"]:
        shown = picture("fall", width)
        (scale,) = shown.ticks()
        losses = [shown.of("loss")[loss.label].box for loss in known.FALL.losses]
        for before, after in itertools.pairwise(losses):
            assert before.left == pytest.approx(max(after.right, after.left), abs=1.2)
        left = shown.of("part")[known.FALL.left].box
        assert at(scale, " %", left.right) == pytest.approx(100 * (known.FALL.kept.point or 0.0), abs=0.3)
        assert left.right == pytest.approx(losses[-1].left, abs=1.2)


def test_pairs_stand_from_the_widest_to_the_narrowest_and_what_was_put_in_below() -> None:
    for width in WIDTHS["half"]:
        points = picture("equal", width).of("point")
        heights = [points[name].box.top for name in (
            "8 empty tasks, Pool of 2", "64 B there and back", "fork: whole life", "5.0 % put in", "5.0 % put in, on 16 CPUs",
        )]  # fmt: skip
        assert heights == sorted(heights)
        line = picture("equal", width).of("reference")["equal"].box.left
        assert points["fork: whole life"].box.left == pytest.approx(line, abs=0.1)


def test_what_was_put_in_is_full_where_it_was_seen_and_hollow_where_it_was_lost() -> None:
    root = picture("equal", HALF).root
    fills = {
        group.get("data-of"): {shape.get("fill") for shape in shapes_of(group)}
        for group in root.iter()
        if group.get("data-mark") == "point"
    }
    assert fills["5.0 % put in"] == {"var(--yes)"}
    assert fills["5.0 % put in, on 16 CPUs"] == {"var(--page)"}


def test_a_strip_has_a_dot_for_each_round_and_the_band_of_the_run_shown() -> None:
    shown = picture("strip", HALF)
    (scale,) = shown.ticks()
    sitting = next(sitting for sitting in known.STRIP.sittings if sitting.shown)
    band = shown.of("band")[sitting.name].box
    ends = [at(scale, "×", place) for place in (band.left, band.right)]
    assert ends == pytest.approx([sitting.average.low, sitting.average.high], abs=0.005)
    dots = {
        group.get("data-of"): len(shapes_of(group)) for group in shown.root.iter() if group.get("data-mark") == "rounds"
    }
    assert dots == {sitting.name: len(sitting.rounds) for sitting in known.STRIP.sittings}


def test_a_rate_stands_on_the_tinted_side_if_and_only_if_its_promise_was_kept() -> None:
    for width in WIDTHS["whole"]:
        shown = picture("rates", width)
        for promise in known.RATES.promises:
            side = shown.of("kept-side")[promise.name].box
            for rate in promise.rates:
                place = shown.of("point")[f"{promise.name} | {rate.label}"].box.left
                inside = side.left - 1.0 <= place <= side.right + 1.0
                assert inside == (rate.outcome != "broken"), (promise.name, rate.label)
        assert {"1 broken", "2 kept"} <= {words.text for words in shown.words}


def test_the_smaller_one_has_its_true_size_inside_its_ring() -> None:
    for width in WIDTHS["whole"]:
        shown = picture("ring", width)
        large = shown.of("whole")["Pool under fork"].box
        ringed = next(group for group in shown.root.iter() if group.get("data-mark") == "ringed")
        bar, _ = (room_of(shape) for shape in shapes_of(ringed))
        assert bar.right - bar.left == pytest.approx((large.right - large.left) * 380e-9 / 7.6e-3, abs=0.011)
        assert "The ring marks where it would be." in shown.said


def test_a_form_without_the_numbers_that_it_stands_on_is_not_drawn() -> None:
    nothing = estimate(None, None, None)
    life = replace(known.LIFE, acts=tuple(replace(act, whole=nothing) for act in known.LIFE.acts))
    assert missing(life) == "none of its numbers could be had"
    assert missing(replace(known.RING, small=replace(known.RING.small, whole=nothing))) != ""
    assert missing(replace(known.MAP, gains=tuple(tuple(None for _ in row) for row in known.MAP.gains))) != ""
    assert missing(replace(known.LIFE, reason="it was not asked")) == "it was not asked"
