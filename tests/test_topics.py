"""What the topics' analyses make of cells. Every time here is made up."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from study.analyse.asked import asked_of
from study.analyse.topics import Evidence, panels_of
from study.asked import ASKED

from study import config
from study.cell import Cell
from study.findings import Estimate, Panel, Verdict
from study.table import CellData

ROOT = Path(__file__).parent.parent
ROUNDS = 10


def measured(cell: Cell, average: float, *, values: int = 3, rounds: int = ROUNDS, **outcomes: int) -> CellData:
    """A cell whose process means scatter a little around `average`."""
    seed = zlib.crc32(cell.text.encode())
    scatter = np.random.default_rng(seed).normal(1.0, 0.01, size=(rounds, values))
    return CellData(
        cell=cell,
        target="one",
        rounds=np.arange(rounds),
        values=average * scatter,
        outcomes=tuple(outcomes for _ in range(rounds)),
        injected_ppm=None,
    )


def evidence(*cells: CellData) -> Evidence:
    return Evidence(cells={("one", data.cell.text): data for data in cells}, missing={}, target="one", usable_cpus=2)


def panel(identity: str, *cells: CellData) -> Panel:
    found = {one.id: one for one in panels_of(evidence(*cells))}
    return found[identity]


PING = Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=64)


# The questions that people ask


def test_every_claim_that_a_question_rests_on_exists() -> None:
    texts = config.read_texts(ROOT / "experiments")
    known = {claim.id for claim in config.claims_in(texts)}
    assert {claim for question in ASKED for claim in question.claims} <= known


def test_questions_are_numbered_and_stand_under_a_topic() -> None:
    assert [question.id for question in ASKED] == list(range(1, len(ASKED) + 1))
    assert {question.topic for question in ASKED} <= set(config.QUESTIONS)
    assert all(question.note for question in ASKED if question.weight == "NOTE")
    assert all(question.claims for question in ASKED if question.weight == "MUST")


def verdict(claim: str, point: float | None) -> Verdict:
    estimate = Estimate(
        point=point, low=None, high=None, n=0, unit="ratio", estimand="average", method="", reason="nobody looked"
    )
    return Verdict(
        claim=claim, question="Q5", statement="", decision="cannot be decided here", sentence=f"Sentence of {claim}.",
        strength="", average=estimate, typical=None, cells=("map",), target="one", headline=False,
    )  # fmt: skip


def test_a_question_is_answered_by_the_findings_of_its_claims() -> None:
    found = asked_of([verdict("q5-faster", 7.0), verdict("q5-map-itself", None)], {"one": {}}, {})
    assert found[0].answered
    assert found[0].answer == "Sentence of q5-faster."
    assert found[0].cells == ("map",)


def test_a_question_without_a_measurement_says_why() -> None:
    free = replace(verdict("sharing-private", 1.9), target="onet")
    by_id = {each.id: each for each in asked_of([verdict("sharing-private", 0.9), free], {"one": {}}, {})}
    assert not by_id[9].answered
    assert "no build without the GIL" in by_id[9].answer
    both = asked_of([verdict("sharing-private", 0.9), free], {"one": {}, "onet": {"free_threaded": True}}, {})
    assert next(each for each in both if each.id == 9).answered
    found = asked_of([verdict("q5-faster", None)], {"one": {}}, {})
    assert not found[0].answered
    assert found[0].answer == "Sentence of q5-faster."
    assert asked_of([], {"one": {}}, {})[0].answer == "This version of the study does not measure it."


# The pictures


@pytest.mark.parametrize("kind", ["rows", "curves"])
def test_a_panel_becomes_a_figure_with_every_number_in_its_table(kind: str) -> None:
    from study.figures import Drawn
    from study.figures.panels import draw_panel

    two = [measured(replace(PING, payload_bytes=size), 1e-5 + size * 1e-9) for size in (64, 1024, 1 << 20)]
    found = panel("messages-sizes", *two)
    drawn = draw_panel(replace(found, kind=kind, notes=("A note.",)))  # type: ignore[arg-type]
    assert isinstance(drawn, Drawn)
    assert [datum.point for datum in drawn.data] == [point.estimate.point for point in found.points]
    assert all(datum.low is not None for datum in drawn.data)
    assert drawn.notes == ("A note.",)
    assert found.title in drawn.alt


def test_a_panel_without_numbers_says_why() -> None:
    from study.figures import NotDrawn
    from study.figures.panels import draw_panel

    two = [measured(replace(PING, payload_bytes=size), 1e-5) for size in (64, 1024, 2048)]
    found = draw_panel(replace(panel("messages-sizes", *two), reason="nobody measured it"))
    assert isinstance(found, NotDrawn)
    assert found.reason == "nobody measured it"


def test_a_swept_number_with_one_value_is_shown_as_rows() -> None:
    cell = Cell(pattern="memory", backend="pool", start_method="fork", workers=2, part="pss")
    assert panel("memory-workers", measured(cell, 2e7)).kind == "rows"


def test_raw_pipes_are_a_floor_only_up_to_what_a_pipe_holds() -> None:
    raw = replace(PING, channel="os_pipe")
    sizes = [4**step for step in range(12)]
    cells = [measured(replace(raw, payload_bytes=each), 4e-5 + each * 1e-9) for each in sizes]
    assert any("no floor there" in note for note in panel("messages-sizes", *cells).notes)
    (fitted,) = panel("messages-segments-latency", *cells).points
    assert fitted.names[1] == "1 B to 64 KiB"
    assert not panel("messages-sizes", *cells[:9]).notes
