"""What paper has of a report: chosen, ordered and cut by what sections say of themselves, never by their names."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from study.blocks import Choice, Code, Folded, Heading, Panel, Prose, Table, Verdict
from study.evidence.apart import LeftOut
from study.report import csvs, paper, placed
from study.report.attached import attached
from study.report.text import fitted
from study.reports import DataFile, Section
from study.sections import frame, modules, references
from tests import synthetic_paper as synthetic
from tests.synthetic_report import verdict
from tests.synthetic_study import ROOT, run

if TYPE_CHECKING:
    from study.evidence import Study
    from study.sections.files import Row


class StandIn(SimpleNamespace):
    """Of a study, each its own."""

    __hash__ = object.__hash__  # type: ignore[assignment]


@pytest.fixture(scope="module")
def shown() -> dict[str, tuple[object, ...]]:
    """Id of a section -> its blocks on paper, those within others too."""
    return {section.id: tuple(placed.flat(section.blocks)) for section in paper.on_paper(synthetic.report()).sections}


def test_spreads_come_first_then_the_rest_of_their_part_then_the_others() -> None:
    sections = paper.on_paper(synthetic.report()).sections
    assert [section.id for section in sections] == [
        "q1", "q2", "numbers", "decisions", "loops", "topic", "machine", "reproduce"
    ]  # fmt: skip
    parts = [part for part, _ in itertools.groupby(section.part for section in sections)]
    assert max(Counter(parts).values()) == 1


def test_a_section_that_has_nothing_on_paper_has_no_place_there() -> None:
    made = synthetic.report()
    only = replace(made.sections[0], blocks=(Prose(text="on a screen", only="screen"),))
    assert "loops" not in {section.id for section in paper.on_paper(replace(made, sections=(only,))).sections}


def test_a_spread_has_its_lead_its_statements_and_one_verdict_whole(shown: dict[str, tuple[object, ...]]) -> None:
    blocks = shown["q1"]
    assert [block.id for block in blocks if isinstance(block, Panel)] == ["q1-lead"]
    assert [block.id for block in blocks if isinstance(block, Table)] == ["q1-statements"]
    assert [block.form for block in blocks if isinstance(block, Verdict)] == ["line", "whole"]
    assert not [block for block in blocks if isinstance(block, Folded)]
    assert Heading(id="q1-sure", text="How sure is this?") in blocks
    assert Prose(text="Whence the times of q1 come.", kind="small") in blocks


def test_of_several_verdicts_that_of_the_headline_stands_first() -> None:
    made = synthetic.question("q1", "a text")
    told = (replace(verdict("refuted"), headline=False), verdict("supported"))
    folded = Folded(id="q1-sure", title="How sure?", blocks=told)
    (section,) = paper.on_paper(replace(synthetic.report(), sections=(replace(made, blocks=(folded,)),))).sections
    assert [block.decision for block in section.blocks if isinstance(block, Verdict)] == ["supported", "refuted"]


def test_a_topic_has_one_figure_and_nothing_folded(shown: dict[str, tuple[object, ...]]) -> None:
    assert [block.id for block in shown["topic"] if isinstance(block, Panel)] == ["topic-lead"]
    assert not [block for block in shown["topic"] if isinstance(block, Folded)]


def test_a_long_table_is_cut_and_says_how_much_is_left_out(shown: dict[str, tuple[object, ...]]) -> None:
    (table,) = [block for block in shown["numbers"] if isinstance(block, Table)]
    left = synthetic.ROWS - len(table.rows)
    assert 0 < left < synthetic.ROWS
    assert table.notes == (f"{left} more rows are on the page of this report and in its files.",)


def rows_on_paper(*tables: Table) -> list[int]:
    """How many rows of each are on paper; 0 of one that is told in a sentence."""
    made = replace(synthetic.report().sections[0], blocks=tables)
    (section,) = paper.on_paper(replace(synthetic.report(), sections=(made,))).sections
    return [len(block.rows) if isinstance(block, Table) else 0 for block in section.blocks]


def test_tables_share_the_room_of_their_section() -> None:
    short, *long = (synthetic.long_table(f"table-{number}") for number in range(4))
    short = replace(short, rows=short.rows[:3])
    few, first, second = rows_on_paper(short, *long[:2])
    assert few == 3
    assert first == second
    assert 4 < first < rows_on_paper(short, long[0])[1]


def test_a_table_for_which_nothing_is_left_is_told_in_a_sentence() -> None:
    tables = tuple(synthetic.long_table(f"table-{number}") for number in range(6))
    assert rows_on_paper(*tables)[-1:] == [0]
    made = replace(synthetic.report().sections[0], blocks=tables)
    (section,) = paper.on_paper(replace(synthetic.report(), sections=(made,))).sections
    assert isinstance(last := section.blocks[-1], Prose)
    each = f"A long table: {synthetic.ROWS} rows"
    assert last.text == f"{each}; {each}; {each} are on the page of this report and in its files."


def test_a_section_that_is_whole_has_every_row_on_paper() -> None:
    section = references.section(cast("Study", None))
    made = replace(section, blocks=(*section.blocks, synthetic.long_table("long")))
    (shown,) = paper.on_paper(replace(synthetic.report(), sections=(made,))).sections
    assert [len(block.rows) for block in shown.blocks if isinstance(block, Table)] == [
        len(references.SOURCES),
        synthetic.ROWS,
    ]


def test_facts_of_one_kind_stand_beside_each_other_and_what_is_alike_is_said_once(
    shown: dict[str, tuple[object, ...]],
) -> None:
    beside, alone, _ = [block for block in shown["machine"] if isinstance(block, Table)]
    assert [head for head, _ in beside.heads] == ["What", "Machine one", "Machine two"]
    assert [[placed.text_of(item).text for item in row] for row in beside.rows] == [
        ["Processor", "A", "B"],
        ["Memory", "4 GiB", placed.NOTHING],
    ]
    assert beside.notes == ("Alike: System: Linux.",)
    assert alone.id == "target-0"


def test_more_facts_than_have_room_go_into_further_tables() -> None:
    tables = tuple(synthetic.facts(f"m-{number}", f"Machine {number}", Processor=str(number)) for number in range(6))
    made = replace(synthetic.report().sections[0], blocks=tables)
    (section,) = paper.on_paper(replace(synthetic.report(), sections=(made,))).sections
    assert [len(block.heads) for block in section.blocks if isinstance(block, Table)] == [4, 4]


def test_a_heading_without_anything_below_it_is_gone(shown: dict[str, tuple[object, ...]]) -> None:
    assert not [block for block in shown["reproduce"] if isinstance(block, Code | Heading)]


def test_no_link_can_lead_to_what_paper_lacks() -> None:
    known = placed.ids_of(paper.on_paper(synthetic.report()), paper=True)
    assert {"q1", "q1-sure", "q1-statements", "topic-lead", "machine-0", "checks"} <= known
    assert not {"answers", "cells", "q1-further", "q1-curves", "topic-curves", "machine-1", "decisions-1"} & known


def test_a_card_has_the_number_of_the_verdict_that_stands_for_its_question() -> None:
    first, second = paper.cards(synthetic.report())
    assert (first.name, first.place, first.decision, first.said) == (
        "Q1",
        "q1",
        "supported",
        "The answer to q1: a text",
    )
    assert first.number.endswith("×")
    assert first.interval.startswith("[")
    assert second.place == "q2"


def test_a_card_of_a_question_that_was_not_measured_says_so() -> None:
    bare = replace(synthetic.question("q1", "a text"), blocks=(), answer="")
    (card,) = paper.cards(replace(synthetic.report(), sections=(bare,)))
    assert (card.decision, card.number, card.said) == (None, "", "Nothing was measured for it.")


def test_a_card_of_what_was_counted_has_the_count() -> None:
    line = replace(verdict("refuted"), form="line", counts="3 of 2340")
    counted = replace(synthetic.question("q1", "a text"), blocks=(line,))
    (card,) = paper.cards(replace(synthetic.report(), sections=(counted,)))
    assert (card.number, card.interval, card.decision) == ("3 of 2340", "", "refuted")


def test_a_decision_has_the_number_that_its_answer_speaks_of_and_none_that_merely_stands_in_its_table() -> None:
    head, first, second = paper.decided(synthetic.decisions("a text"))
    assert head.head == "With one: a text"
    assert first.number.replace("\u00a0", " ") == "3.0 ms [2.5, 4.0]"
    assert first.named == "spawn, to the end"
    assert first.notes == ("Assumed: a text.",)
    assert (second.number, second.named, second.notes) == ("", "", ())


def test_a_decision_whose_answer_speaks_of_no_number_has_none() -> None:
    (numbers,) = [block.numbers for block in synthetic.decisions("a").blocks if isinstance(block, Choice)][:1]
    choice = Choice(asked="Which?", answer="This", numbers=numbers, notes=(), href="#q1")
    (found,) = paper.decided(Section(id="choices", name="Choices", title="Choices", blocks=(choice,)))
    assert (found.number, found.named) == ("", "")


def test_the_appendix_has_every_row_of_every_run() -> None:
    (section,) = paper.appendix(synthetic.report()).sections
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert [(table.id, len(table.rows), table.only) for table in tables] == [
        ("cells-0", synthetic.ROWS, ""),
        ("cells-1", synthetic.ROWS, ""),
    ]
    assert not [block for block in section.blocks if isinstance(block, Prose)]


def test_what_travels_are_the_numbers_that_say_so_and_the_experiments_whole() -> None:
    made = synthetic.report()
    files = csvs.files(fitted(made), ())
    found = {file.name: file for file in attached(made, files)}
    assert set(found) == {"cells.csv", "q1.toml"}
    assert found["cells.csv"].text == files["cells.csv"][1]
    assert (found["cells.csv"].relationship, found["cells.csv"].mime_type) == ("data", "text/csv")
    assert found["q1.toml"].text == synthetic.EXPERIMENT
    assert found["q1.toml"].relationship == "source"


def test_a_table_that_paper_has_whole_takes_no_room_from_others() -> None:
    one, two = synthetic.long_table("table-1"), synthetic.long_table("table-2")
    alone = rows_on_paper(two)
    assert rows_on_paper(replace(one, whole=True), two) == [len(one.rows), *alone]
    assert alone[0] < len(two.rows)


def test_of_numbers_of_many_runs_those_of_the_report_s_own_travel() -> None:
    made = synthetic.report()
    assert made.cited is not None
    own, other = made.cited.run, "another"
    rows: tuple[Row, ...] = ({"run": own, "name": "a, b\x07", "value": 1}, {"run": other, "name": "c\nd", "value": 2})
    file = DataFile(name="cells.csv", about="every cell", rows=rows, travels=True)
    report = replace(made, sections=(replace(made.sections[0], files=(file,)),))
    files = csvs.files(fitted(report), ())
    assert files["cells.csv"][1] == f'run,name,value\n{own},"a, b\ufffd",1\n{other},"c\nd",2\n'
    (found,) = (each for each in attached(report, files) if each.name == "cells.csv")
    assert found.text == f'run,name,value\n{own},"a, b\ufffd",1\n'
    assert found.about == f"every cell: those of run {own}"
    others = replace(report, sections=(replace(made.sections[0], files=(replace(file, rows=rows[1:]),)),))
    (none,) = (each for each in attached(others, csvs.files(fitted(others), ())) if each.name == "cells.csv")
    assert none.text == "run,name,value\n"


def test_a_file_that_travels_has_a_name_that_every_system_can_write() -> None:
    made = synthetic.report()
    titles = ("../../etc/passwd", "a b\u202e.toml", "...", "q.toml", "q.toml")
    codes = tuple(Code(title=title, text="x = 1\n", folded=True) for title in titles)
    section = replace(made.sections[0], blocks=codes)
    names = [file.name for file in attached(replace(made, sections=(section,)), {})]
    assert names == ["etc-passwd", "a-b-.toml", "experiment.toml", "q.toml", "2-q.toml"]


def test_no_two_files_that_travel_have_one_name() -> None:
    made = synthetic.report()
    section = replace(made.sections[0], blocks=(Code(title="cells.csv", text="", folded=True),))
    report = replace(made, sections=(section, *made.sections[1:]))
    names = [file.name for file in attached(report, csvs.files(fitted(report), ()))]
    assert sorted(names) == ["2-cells.csv", "cells.csv", "q1.toml"]


def test_a_question_has_a_spread_and_a_topic_has_not() -> None:
    made_up = StandIn(subject=run(), runs=(run(),), sound=(), root=ROOT, left_out=LeftOut())
    study = cast("Study", made_up)
    found: dict[str, list[str]] = {}
    for module in modules.questions():
        if hasattr(module, "section"):
            continue
        made = frame.section(study, module)
        if made is not None:
            found[made.paper] = [*found.get(made.paper, []), made.id]
    assert found["spread"] == ["q1", "q2", "q3", "q4", "q5", "q6"]
    assert set(found) == {"spread", "topic"}


def test_the_column_that_names_the_rows_stands_first_on_paper() -> None:
    made = replace(synthetic.long_table("checks"), names=1)
    section = replace(synthetic.report().sections[0], blocks=(made,))
    (shown,) = paper.on_paper(replace(synthetic.report(), sections=(section,))).sections
    (table,) = shown.blocks
    assert isinstance(table, Table)
    assert table.heads == (("Number", "num"), ("Which", "wide"))
    assert [item.value for item in table.rows[3]] == [3, "row 3 a text"]
