"""What of a section stays open on the page: a figure or two, or one short table; the rest folds and says what is in there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from study.blocks import Block, Code, Columns, Folded, Heading, Prose, Table, Terms
from study.report import folding, placed
from study.reports import Paper, Section
from study.sections.tables import row
from tests import synthetic_report as synthetic
from tests.known_past import HISTORY

PANEL = next(iter(placed.drawn_figures(synthetic.report())))


def table(name: str, rows: int) -> Table:
    return Table(
        id=name,
        caption=f"About {name}. And how it is read.",
        heads=(("What", "wide"), ("Needed", "text"), ("Value", "num")),
        rows=tuple(row(f"row {number}", "above 1", number) for number in range(rows)),
    )


def composed(*blocks: Block, paper: Paper = "flow", brief: bool = False) -> list[Block]:
    made = Section(id="s", name="S", title="S", blocks=blocks, paper=paper, brief=brief)
    return list(folding.composed(made))


def kinds(blocks: list[Block]) -> list[str]:
    return [placed.kind_of(block) for block in blocks]


def test_one_short_table_stays_open_and_every_further_one_folds_and_says_how_long_it_is() -> None:
    first, second = composed(table("one", folding.MOST_ROWS), table("two", 3))
    assert first == table("one", folding.MOST_ROWS)
    assert isinstance(second, Folded)
    assert (second.title, second.small) == ("About two", "3 rows")
    (inside,) = second.blocks
    assert isinstance(inside, Table)
    assert (inside.caption, inside.label, inside.id) == ("And how it is read.", "About two", "two")


def test_a_long_table_folds_itself_and_none_after_it_opens() -> None:
    assert kinds(composed(table("one", folding.MOST_ROWS + 1), table("two", 3))) == ["folded", "folded"]


def test_where_a_figure_is_open_tables_are_folded() -> None:
    assert kinds(composed(Prose(text="About."), PANEL, table("one", 3))) == ["prose", "panel", "folded"]


def test_two_figures_stay_open_and_many_more_stand_in_one_fold() -> None:
    made = composed(*[PANEL] * 6)
    assert kinds(made) == ["panel", "panel", "folded"]
    assert isinstance(made[-1], Folded)
    assert (made[-1].small, len(made[-1].blocks)) == ("4 figures", 4)


def test_a_history_in_which_nothing_changed_is_its_title() -> None:
    moved, still = replace(HISTORY, still=False), replace(HISTORY, still=True)
    assert kinds(composed(moved)) == ["panel"]
    (folded,) = composed(still)
    assert folded == Folded(title=HISTORY.title, blocks=(still,), small="figure")


def test_a_part_of_which_nothing_stays_open_folds_under_its_heading() -> None:
    heading = Heading(id="part", text="The part")
    made = composed(table("one", 3), heading, Prose(text="Words."), table("two", 3), Folded(title="Own", blocks=()))
    assert kinds(made) == ["table", "folded", "folded"]
    part = made[1]
    assert isinstance(part, Folded)
    assert (part.id, part.title, part.small) == ("part", "The part", "3 rows")
    assert kinds(list(part.blocks)) == ["prose", "table"]


def test_words_below_a_heading_stay_where_nothing_of_them_folds() -> None:
    blocks = (Heading(id="part", text="The part"), Prose(text="Words."))
    assert composed(*blocks) == list(blocks)
    assert kinds(composed(*blocks, paper="topic")) == ["folded"]


def test_files_stand_in_one_fold_and_a_table_without_rows_is_its_sentence() -> None:
    files = [Code(title=f"{number}.toml", text="x", folded=True) for number in range(3)]
    made = composed(table("none", 0), *files)
    assert kinds(made) == ["table", "folded"]
    assert isinstance(made[1], Folded)
    assert made[1].small == "3 files"


def test_long_lists_fold_and_short_ones_do_not() -> None:
    short = Terms(items=(("a", "b"),), form="list")
    long = Terms(items=(("a", "b" * 2000),), form="list")
    assert kinds(composed(short, long)) == ["terms", "folded"]


def test_of_a_topic_its_figure_alone_stays_open() -> None:
    program = Code(title="The program", text="pass")
    made = composed(PANEL, Columns(left=(program,), right=()), table("one", 3), paper="topic")
    assert kinds(made) == ["panel", "folded", "folded"]


def test_what_paper_leaves_to_the_page_is_folded_there() -> None:
    assert kinds(composed(PANEL, table("one", 3), paper="none")) == ["folded", "folded"]


def test_what_the_short_form_has_stays_open_however_long() -> None:
    long = table("one", folding.MOST_ROWS + 9)
    assert composed(long, brief=True) == [long]


@pytest.mark.parametrize(("lines", "beside"), [(40, True), (4, False)])
def test_statements_stand_below_the_words_where_the_program_leaves_room(lines: int, *, beside: bool) -> None:
    program = Code(title="The program", text="pass\n" * lines)
    columns = Columns(left=(program,), right=(Prose(text="Words."),))
    made = composed(columns, Heading(id="part", text="Statements"), table("one", 5), paper="spread")
    assert kinds(made) == (["columns"] if beside else ["columns", "folded"])
    if beside:
        assert isinstance(made[0], Columns)
        *_, heading, narrow = made[0].right
        assert isinstance(heading, Heading)
        assert isinstance(narrow, Table)
        assert [head for head, _ in narrow.heads] == ["What", "Value"]
        assert narrow.rows[0][0].small == "needed: above 1"


def test_no_block_is_lost_by_folding() -> None:
    for section in synthetic.report().sections:
        before = [placed.kind_of(block) for block in placed.flat(placed.shown(section, paper=False))]
        after = [placed.kind_of(block) for block in placed.flat(folding.composed(section))]
        for kind in ("panel", "table", "code", "verdict", "choice"):
            assert after.count(kind) == before.count(kind), (section.id, kind)
