"""What fits on paper: columns as wide as their words, figures that a page has room for, blocks in the order of a spread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Code, Columns, Folded, Heading, Item, Panel, PanelPoint, Prose, Table, Verdict
from study.report import paper, placed, room, spreads
from study.report.leads import height_of, lead_of, others_of, shortened
from study.reports import Section
from study.units import with_interval
from tests import synthetic_paper as synthetic
from tests.synthetic_report import curves_panel, estimate, rows_panel, verdict

if TYPE_CHECKING:
    from study.blocks import Block


def texts(*rows: tuple[str, ...]) -> Table:
    return Table(
        id="a",
        caption="A table",
        heads=tuple((f"Column {number}", "text") for number in range(len(rows[0]))),
        rows=tuple(tuple(Item(value=text) for text in row) for row in rows),
    )


def high(identity: str, *groups: int) -> Panel:
    """A figure with so many rows in each group."""
    made = rows_panel(identity)
    points = tuple(
        replace(made.points[0], series=f"group {group}", names=(f"row {row}", "until"))
        for group, rows in enumerate(groups)
        for row in range(rows)
    )
    return replace(made, points=points, notes=())


def points_of(figure: object) -> list[PanelPoint]:
    assert isinstance(figure, Panel)
    return list(figure.points)


def test_no_column_is_narrower_than_its_longest_word() -> None:
    long = "a sentence of many short words that goes on and on " * 4
    word = "a-word-that-cannot-be-broken-anywhere"
    _, narrow = room.columns_of(texts((long, f"{word} so it is said"), (long, "another text of words")))
    assert narrow.width >= len(word)


def test_a_number_with_its_interval_is_one_word() -> None:
    table = texts(("what was done here, in many words " * 4, "1.26 [1.22, 1.32] ms it was", "and a third text"))
    assert room.columns_of(table)[1].width >= len("1.26 [1.22, 1.32] ms")


def test_long_texts_have_the_wider_column() -> None:
    words = "of words that go on "
    first, second = room.columns_of(texts((words * 2, words * 8)))
    assert first.width < second.width
    assert first.width + second.width < 110


def test_short_texts_are_not_broken() -> None:
    first, second = room.columns_of(texts(("one two", "a text of words " * 20)))
    assert (first.whole, second.whole) == (True, False)


def test_a_number_is_never_broken_but_one_with_many_words_is() -> None:
    said = Item(value="a statement of some words that goes on and on")
    words = Item(value="in 280 of 280 trials", small="but torn in 7 of 8 trials in a notebook")
    number = Item(value=estimate(0.002, 0.0015, 0.004))
    told, bare = (
        room.columns_of(Table(id="a", caption="", heads=(("What", "text"), ("Seen", "num")), rows=((said, item),) * 2))
        for item in (words, number)
    )
    assert [column.whole for column in told] == [False, False]
    assert [column.whole for column in bare] == [False, True]


def test_a_head_is_broken_only_where_room_is_short() -> None:
    head = "How many of these there are"
    short = tuple(Item(value=number) for number in range(3))
    long = Item(value="a text of words that goes on " * 20)
    few = Table(id="a", caption="", heads=((head, "num"),) * 3, rows=(short,))
    full = Table(id="a", caption="", heads=(("What", "wide"), *((head, "num"),) * 3), rows=((long, *short),))
    assert room.columns_of(few)[0].width == len(head)
    assert room.columns_of(full)[1].width == len("there")


def test_intervals_stand_below_where_numbers_are_many() -> None:
    number = Item(value=estimate(0.002, 0.0015, 0.004))
    few, many = (
        Table(id="a", caption="", heads=(("Time", "num"),) * columns, rows=((number,) * columns,)) for columns in (4, 5)
    )
    assert not room.brackets_below(few)
    assert room.brackets_below(many)
    assert room.columns_of(many)[0].width < room.columns_of(few)[0].width


def test_a_text_that_is_broken_makes_its_row_higher() -> None:
    short, long = room.heights_of(texts(("a few words of a text that ends", "and"), ("a text of words " * 20, "and")))
    assert short < long / 2


def test_only_a_low_table_is_kept_on_one_page() -> None:
    assert room.is_whole(texts(*[("one", "two")] * 5))
    assert not room.is_whole(texts(*[("one", "two")] * 50))
    decided = replace(texts(("a", "b")), rows=((Item(value="a"), Item(value="b", decision="refuted")),))
    assert not room.is_whole(decided), "statements stand on two pages that face each other"


def test_the_first_figure_stands_that_a_page_has_room_for() -> None:
    assert lead_of([]) is None
    tall, low = high("tall", 60), high("low", 3, 3)
    assert lead_of([low, tall]) == low
    assert lead_of([tall, low]) == low


def test_in_one_of_two_columns_there_is_less_room() -> None:
    wide, low = high("wide", 20), high("low", 3)
    assert lead_of([wide, low]) == wide
    assert lead_of([wide, low], half=True) == replace(low, span="half")


def test_where_none_has_room_whole_groups_of_the_first_stand_and_the_rest_is_counted() -> None:
    cut = shortened(high("tall", 10, 10, 10, 10))
    assert len(points_of(cut)) == 20
    assert cut.notes[0] == "20 more rows are on the page of this report."
    assert len(points_of(shortened(high("one", 60)))) < 30


def test_of_many_small_pictures_the_first_stand() -> None:
    many = curves_panel("many", facets=tuple("abcdefg"))
    shown = lead_of([many, high("low", 3)])
    assert {point.facet for point in points_of(shown)} == set("abcd")
    assert shown is not None
    assert shown.id == "many"


def test_other_figures_stand_as_far_as_there_is_room() -> None:
    first, again, *others = high("first", 6), high("first-t2", 6), high("second", 6), high("third", 6)
    second, third = (replace(figure, subtitle=figure.id) for figure in others)
    every = (first, again, second, third)
    room_pt = height_of(second)
    assert list(others_of(every, first, 2 * room_pt)) == [second, third]
    assert list(others_of(every, first, 2 * room_pt - 80.0)) == [second]
    assert list(others_of(every, first, 80.0)) == []
    assert list(others_of([first, again], first, 1000.0)) == []


def test_of_another_figure_that_is_too_high_whole_groups_stand_and_the_rest_is_counted() -> None:
    tall = replace(high("tall", 5, 5, 5), subtitle="Another")
    (low,) = others_of([tall], high("first", 3), height_of(tall) - 1.0)
    assert len(points_of(low)) == 10
    assert low.notes[0] == "5 more rows are on the page of this report."
    assert height_of(low) < height_of(tall)
    assert list(others_of([curves_panel("many", facets=("a", "b"))], tall, 100.0)) == []


def test_a_program_stands_beside_how_sure_its_question_is_and_the_statements_below() -> None:
    (section,) = (section for section in paper.on_paper(synthetic.report()).sections if section.id == "q1")
    kinds = [placed.kind_of(block) for block in section.blocks]
    assert kinds == ["line", "panel", "heading", "prose", "columns", "heading", "table"]
    (beside,) = (block for block in section.blocks if isinstance(block, Columns))
    assert [type(block) for block in beside.left] == [Code]
    assert [type(block) for block in beside.right] == [Heading, Verdict, Prose]


def test_a_program_of_long_lines_has_more_than_half_of_the_page() -> None:
    words = Prose(text="words " * 60)
    short, long, longest = (
        spreads.left_of(Columns(left=(Code(title="a", text="b" * length),), right=(words,))) for length in (40, 65, 200)
    )
    assert spreads.left_of(Columns(left=(words,), right=(words,))) == short == 0.5
    assert short < long < longest < 0.7


def question(*blocks: Block) -> Section:
    return Section(id="q", name="Q", title="A question", answer="So it is", blocks=blocks, paper="spread")


def test_questions_have_two_pages_each_where_every_one_fills_them() -> None:
    words = Prose(text="words " * 60)
    short, full = question(high("low", 3), words), question(*[high("high", 20)] * 3, *[words] * 3)
    topic = replace(short, paper="topic")
    assert spreads.are_facing([full, topic, full])
    assert not spreads.are_facing([full, short, full])
    assert not spreads.are_facing([topic])


def test_the_words_of_a_narrow_column_are_higher() -> None:
    words = tuple(Prose(text="words " * 60) for _ in range(16))
    program = Code(title="a", text="b" * 200)
    assert not spreads.are_facing([question(*words)])
    assert spreads.are_facing([question(Columns(left=(program,), right=words))])


def test_statements_have_what_two_pages_have_room_for() -> None:
    report = synthetic.full_report()
    one, two = (section for section in paper.on_paper(report).sections if section.paper == "spread")
    more = replace(two, blocks=(*two.blocks, *[Prose(text="words " * 60)] * 4))
    for section in (one, two):
        (table,) = (block for block in section.blocks if isinstance(block, Table) and block.id.endswith("more"))
        assert 10 < len(table.rows) < 3 * synthetic.ROWS
        assert "more rows are" in table.notes[-1]
    assert spreads.room_of(more, more.blocks) < spreads.room_of(two, two.blocks)


def test_a_table_that_is_cut_leaves_room_for_what_says_so() -> None:
    few, many = (question(texts(*[("a text", "and another")] * number)) for number in (5, 200))
    noted = replace(
        few, blocks=tuple(replace(block, notes=("A note.",)) for block in few.blocks if isinstance(block, Table))
    )
    room_pt = spreads.room_of(few, few.blocks)
    assert spreads.room_of(many, many.blocks) < room_pt - 20.0
    assert spreads.room_of(noted, noted.blocks) < room_pt


def test_without_a_program_other_figures_and_verdicts_fill_the_spread() -> None:
    told = tuple(replace(verdict(decision), claim=decision) for decision in ("supported", "refuted"))
    blocks = (
        high("first", 3),
        Prose(text="words"),
        Folded(id="sure", title="How sure?", blocks=(*told, Prose(text="whence"))),
        Folded(id="further", title="More", blocks=(replace(high("second", 3), subtitle="Another"),)),
    )
    kinds = [placed.kind_of(block) for block in spreads.spread(question(), blocks)]
    assert kinds == ["panel", "prose", "heading", "verdict", "verdict", "prose", "panel"]
    long = replace(question(), lede="words " * 1200)
    assert [placed.kind_of(block) for block in spreads.spread(long, blocks)] == [
        "panel",
        "prose",
        "heading",
        "verdict",
        "prose",
    ]


def test_statements_of_a_topic_are_lines_and_what_is_left_out_is_counted() -> None:
    verdicts = tuple(replace(verdict("refuted"), claim=str(number)) for number in range(7))
    statements = replace(
        texts(("a statement", "refuted")), rows=((Item(value="a"), Item(value="b", decision="refuted")),)
    )
    folded = Folded(id="sure", title="How sure?", blocks=verdicts)
    *lines, more = spreads.topic((statements, folded))
    assert [block.form for block in lines if isinstance(block, Verdict)] == ["line"] * 3
    assert more == Prose(text="4 more statements are on the page of this report and in its files.", kind="small")


def test_a_topic_without_a_measurement_is_told_by_its_name_alone() -> None:
    made = synthetic.report()
    bare = replace(
        made.sections[-3], id="bare", name="Bare", paper="topic", blocks=(Prose(text="nothing", kind="empty"),)
    )
    report = replace(made, sections=(*made.sections, bare))
    assert paper.bare(report) == ("Bare",)
    assert "bare" not in [section.id for section in paper.on_paper(report).sections]


def test_sections_that_stand_on_the_page_alone_are_known_by_their_titles() -> None:
    made = synthetic.report()
    alone = replace(made.sections[-3], id="alone", title="For a wall", paper="none")
    report = replace(made, sections=(*made.sections, alone, replace(alone, id="nothing", title="Nothing", blocks=())))
    assert paper.elsewhere(report)[-1:] == ("For a wall",)


def test_paper_goes_without_what_a_table_has_aside() -> None:
    table = replace(texts(("one", "two", "three")), names=1, aside=(2,))
    section = replace(synthetic.report().sections[0], blocks=(table,))
    (shown,) = paper.on_paper(replace(synthetic.report(), sections=(section,))).sections
    (made,) = shown.blocks
    assert isinstance(made, Table)
    assert [head for head, _ in made.heads] == ["Column 1", "Column 0"]
    assert [[item.value for item in row] for row in made.rows] == [["two", "one"]]


def test_a_caption_says_how_many_processes_and_not_what_is_said_once_for_all() -> None:
    figure = high("low", 3)
    assert paper.caption_of(figure, "with more") == "Average time, log scale; n = 10."
    several = replace(
        figure, points=(replace(figure.points[0], estimate=replace(figure.points[0].estimate, n=4)), *figure.points)
    )
    assert paper.caption_of(several, "") == "Average time, log scale; n = 4 to 10."


def test_who_hears_a_figure_is_told_what_is_seen_and_of_no_table() -> None:
    told = paper.alt_of(high("low", 3), "a finding and 40 numbers, 17 more in the table")
    number = with_interval(estimate(0.001, 0.0008, 0.0015))
    rows = "3 rows, each a dot with its interval and its number"
    assert told == f"{rows}, from row 0, until: {number} to row 2, until: {number}."
    lines = paper.alt_of(curves_panel("many", facets=tuple("abcdefg")), "")
    assert lines.startswith("14 lines over workers, with intervals: a: ")
    assert lines.endswith("6 more.")


def test_long_notes_of_a_figure_are_on_the_page() -> None:
    figure = replace(high("low", 3), notes=("short", "long " * 100, "short again"))
    assert paper.notes_of(figure) == ("short",)


def test_no_column_is_narrower_than_the_longest_piece_of_its_head() -> None:
    heads = tuple((f"Interpreter {number}, run 20261128t120415z-e9835a8d", "text") for number in range(4))
    rows = (("a text of some words that is broken", "yes", "no", "a text of some words that is broken too"),) * 3
    table = replace(texts(*rows), heads=heads)  # type: ignore[arg-type]
    assert all(column.width >= len("20261128t120415z-") for column in room.columns_of(table))
