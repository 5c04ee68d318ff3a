"""The section of a question as a reader has it: the answer first, one figure, plain words; what they rest on is folded."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast, get_args

import msgspec
import pytest

from study.blocks import Code, Columns, Folded, Panel, Prose, Table, Terms, Verdict
from study.config import read_texts
from study.evidence.apart import LeftOut
from study.forms import Form
from study.report import placed
from study.reports import Part, Section
from study.sections import audit, frame, modules, references, spread
from study.sections.claims import verdicts
from study.sections.words import lead_of
from study.store import TargetRecord
from tests import synthetic_report as synthetic
from tests.made_up_run import run as made_up
from tests.synthetic_study import CALM, ROOT, TARGET, run

if TYPE_CHECKING:
    from study.blocks import Block
    from study.evidence import Run, Study
    from study.reports import Report

SIX = {modules.identity_of(question): question for question in modules.asked() if question.RECORD.part == "Answers"}


@functools.cache
class StandIn(SimpleNamespace):
    """Of a study, each its own."""

    __hash__ = object.__hash__  # type: ignore[assignment]


def section(place: str) -> Section:
    """The section of a whole study that nobody measured."""
    study = StandIn(subject=run(), runs=(run(),), sound=(), root=ROOT, left_out=LeftOut())
    made = frame.section(cast("Study", study), SIX[place])
    assert not study.left_out.reasons
    assert made is not None
    return made


def kinds(blocks: tuple[Block, ...]) -> list[str]:
    return [placed.kind_of(block) for block in blocks]


@pytest.mark.parametrize("place", SIX)
def test_a_question_is_a_spread_with_one_figure_and_everything_else_folded(place: str) -> None:
    made = section(place)
    assert made.answer
    assert made.lede
    assert made.eyebrow == SIX[place].RECORD.reader
    top = [block for block in made.blocks if isinstance(block, Panel | Form)]
    assert len(top) == 1
    assert kinds(made.blocks)[:2] == ["line", "panel"]
    own = isinstance(top[0], Form)  # of the words, before all figures of the question
    several = len(frame.panels_of(run(), SIX[place].panels)) > 1 - own
    wanted = ("sure", "further", "evidence") if several else ("sure", "evidence")
    folded = [block.id for block in made.blocks if isinstance(block, Folded)]
    assert folded == [f"{place}-{name}" for name in wanted]
    assert kinds(made.blocks)[-len(folded) :] == ["folded"] * len(folded)


@pytest.mark.parametrize("place", SIX)
def test_no_figure_is_lost_and_none_stands_twice(place: str) -> None:
    found = [block.id for block in placed.flat(section(place).blocks) if isinstance(block, Panel)]
    assert sorted(found) == sorted(panel.id for panel in frame.panels_of(run(), SIX[place].panels))


@pytest.mark.parametrize("place", SIX)
def test_every_statement_with_a_number_has_a_row_with_what_was_needed(place: str) -> None:
    tables = {block.id: block for block in section(place).blocks if isinstance(block, Table)}
    table = tables[f"{place}-statements"]
    assert [head for head, _ in table.heads] == ["Statement", "Measured", "Needed", "Verdict"]
    own = [verdict for verdict in verdicts(run()) if verdict.question.lower() == place and verdict.measured]
    assert [row[0].value for row in table.rows] == [verdict.statement for verdict in own]
    assert all(row[2].value for row in table.rows)
    assert [row[3].decision for row in table.rows] == [verdict.decision for verdict in own]


@pytest.mark.parametrize("place", SIX)
def test_the_line_at_the_head_is_the_verdict_that_the_answers_have(place: str) -> None:
    line = section(place).blocks[0]
    assert isinstance(line, Verdict)
    assert line.headline
    assert line.form == "line"
    assert line.average.point is not None


@pytest.mark.parametrize("place", ["q3", "q5", "q6"])
def test_a_program_stands_with_what_it_prints_beside_plain_words(place: str) -> None:
    (columns,) = [block for block in section(place).blocks if isinstance(block, Columns)]
    programs = [block for block in columns.left if isinstance(block, Code)]
    assert [program.title.removeprefix("The program: ") for program in programs] == list(SIX[place].RECORD.programs)
    assert all(program.printed.endswith("\n") for program in programs)
    assert len([block for block in columns.right if isinstance(block, Prose)]) >= 2


def test_how_sure_says_where_every_time_lies() -> None:
    (sure,) = [block for block in section("q3").blocks if isinstance(block, Folded) and block.id == "q3-sure"]
    told = [block.text for block in sure.blocks if isinstance(block, Prose)]
    assert "results/m/r/" in told[-1]
    assert "q3-process" in told[-1]
    assert f"seed {run().manifest.seed}" in told[-1]


def test_what_was_not_measured_is_in_no_table_and_no_fold() -> None:
    one, *_ = [verdict for verdict in verdicts(run()) if verdict.question == "Q3"]
    without = replace(one, measured=False)
    assert spread.statements("q3", [without]) == ()
    assert spread.how_sure(run(), "q3", [without], []) == ()


def test_no_sentence_says_in_every_line_where_it_was_measured() -> None:
    assert not [verdict.claim for verdict in verdicts(run()) if f"here, with {TARGET}" in verdict.sentence]


# Blocks that hold others


def test_what_stands_inside_other_blocks_is_found_drawn_and_led_to() -> None:
    report: Report = synthetic.report()
    assert {panel.id for panel in placed.drawn_figures(report)} == {"rows", "curves", "facets"}
    for paper in (False, True):
        assert {"facets", "marked", "printing", "beside", "a-fold"} <= placed.ids_of(report, paper=paper)


def test_what_is_for_a_screen_alone_is_on_no_paper_inside_other_blocks_either() -> None:
    inner = Prose(text="screen", only="screen")
    made = Section(
        id="s", name="S", title="S", blocks=(Folded(title="f", blocks=(inner,)), Columns(left=(inner,), right=()))
    )
    assert placed.shown(made, paper=True) == (Folded(title="f", blocks=()), Columns(left=(), right=()))
    assert placed.shown(made, paper=False) == made.blocks


# References


@functools.cache
def cited_in() -> str:
    """All texts in which a source can be named; its own list is none of them."""
    paths = [path for path in (ROOT / "study").rglob("*.py") if path.name != "references.py"]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    texts += [*read_texts(ROOT / "experiments").values(), (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")]
    return " ".join(texts)


@pytest.mark.parametrize("source", references.SOURCES, ids=lambda source: source.cited)
def test_every_source_is_named_somewhere(source: references.Source) -> None:
    number = source.cited.rpartition(" issue ")[2]
    assert (f"issue {number}" if number.isdigit() else source.cited) in cited_in()


def test_every_issue_and_every_checklist_that_is_named_has_its_link() -> None:
    known = {source.cited.rpartition(" ")[2] for source in references.SOURCES if " issue " in source.cited}
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "study" / "sections").rglob("*.py")]
    texts += read_texts(ROOT / "experiments").values()
    named = {number for text in texts for number in re.findall(r"\bissue (\d{5,6})", text)}
    assert named <= known
    assert all(source.href.startswith("https://") for source in references.SOURCES)
    assert len({source.href for source in references.SOURCES}) == len(references.SOURCES)


def test_a_null_result_is_told_and_never_leads() -> None:
    (start,) = [question for question in modules.questions() if modules.identity_of(question) == "start"]
    (modes,) = [panel for panel in frame.panels_of(run(), start.panels) if panel.id == "start-modes"]
    assert modes.null is modes.title.startswith("0 of ")
    nothing = replace(synthetic.rows_panel("a"), null=True)
    found = lead_of([nothing, synthetic.rows_panel("b")], ("a",))
    assert found is not None
    assert found.id == "b"


# Runs of every kind


def of_targets(made: Run, *names: str) -> Run:
    """The same run with so many interpreters, each of which found the same."""
    (first,) = made.targets
    cells = {(name, text): replace(data, target=name) for name in names for (_, text), data in made.cells.items()}
    asked_by = {(name, text): asked for name in names for (_, text), asked in made.asked_by.items()}
    records = [TargetRecord(name=name, facts=dict(made.manifest.targets[0].facts)) for name in names]
    return replace(
        made,
        cells=cells,
        asked_by=asked_by,
        floors=dict.fromkeys(names, made.floors[first]),
        manifest=msgspec.structs.replace(made.manifest, targets=records),
    )


def section_of(made: Run, place: str) -> Section:
    study = StandIn(subject=made, runs=(made,), sound=(), root=ROOT, left_out=LeftOut())
    found = frame.section(cast("Study", study), SIX[place])
    assert not study.left_out.reasons
    assert found is not None
    return found


def test_of_six_interpreters_each_statement_says_which_and_no_figure_has_the_name_of_another() -> None:
    names = [f"python-{number}" for number in range(6)]
    found = section_of(of_targets(run(2, CALM, "q3"), *names), "q3")
    (table,) = [block for block in found.blocks if isinstance(block, Table)]
    assert {row[0].small for row in table.rows} == set(names)
    panels = [block.id for block in placed.flat(found.blocks) if isinstance(block, Panel)]
    assert len(set(panels)) == len(panels) == len(names)


@pytest.mark.parametrize("place", SIX)
def test_where_nothing_was_measured_the_section_says_so_once(place: str) -> None:
    found = section_of(replace(made_up(()), claims=run().claims), place)
    (first, *_) = found.blocks
    assert first == Prose(
        text="Nothing was measured for this question in this run. What the documentation says of it stands among the questions"
        " people ask.",
        kind="empty",
    )
    assert not [block for block in placed.flat(found.blocks) if isinstance(block, Verdict)]
    assert found.answer == ""
    assert found.lede == ""


@pytest.mark.parametrize("place", SIX)
@pytest.mark.parametrize("usable_cpus", [1, 64])
def test_a_section_stands_on_one_cpu_and_on_many(place: str, usable_cpus: int) -> None:
    found = section_of(run(usable_cpus, CALM, place), place)
    assert found.answer
    assert [block for block in found.blocks if isinstance(block, Table)]


def test_a_cell_that_was_not_measured_is_no_word_for_a_reader() -> None:
    made = replace(made_up(()), claims=run().claims)
    assert {verdict.short for verdict in verdicts(made) if not verdict.measured} == {"Not measured in this run."}
    (one, *_) = verdicts(run())
    assert one.short == one.sentence


def test_the_five_parts_follow_each_other() -> None:
    parts = [module.RECORD.part for module in modules.sections()]
    assert tuple(dict.fromkeys(parts)) == get_args(Part)
    assert parts == sorted(parts, key=get_args(Part).index)


def test_how_sure_names_the_cells_of_every_statement() -> None:
    (sure,) = [block for block in section("q3").blocks if isinstance(block, Folded) and block.id == "q3-sure"]
    (rests,) = [block for block in sure.blocks if isinstance(block, Terms)]
    told = [block.statement for block in sure.blocks if isinstance(block, Verdict)]
    assert [term for term, _ in rests.items] == told
    assert all("under" in text for _, text in rests.items)


def test_every_checklist_of_the_self_audit_is_among_the_references() -> None:
    named = {source for _, source in audit._RULES}
    assert named
    assert [name for name in named if not any(source.cited in name for source in references.SOURCES)] == []
