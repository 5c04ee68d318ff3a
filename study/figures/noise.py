"""Noise: what equal things differ by here, and whether an effect that was put in is found again."""

from __future__ import annotations

from study import units
from study.figures.compose import View, drawn_rows
from study.figures.drawn import Drawn, NotDrawn
from study.figures.rows import Group, Reference, Row, Rows

QUESTION = "noise"
ID = "noise-pairs"
ABOUT = "Equal things under two labels, and an effect that was put in"


def draw(view: View, identity: str = ID) -> Drawn | NotDrawn:
    """A row for each A/A pair and for the injected arm, held against the noise floor."""
    found = [pair for pair in view.run.noise if pair.target == view.target and pair.ratio.point is not None]
    if not found:
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT, reason="no A/A pair was measured")
    kinds = (("A/A", "the same code twice"), ("injected", "an effect put in by miscounting"))
    groups = []
    for kind, title in kinds:
        rows = tuple(
            Row(
                label=pair.name,
                thing="same" if kind == "A/A" else "injected",
                estimate=pair.ratio,
            )
            for pair in found
            if pair.kind == kind
        )
        if rows:
            groups.append(Group(title=title, rows=rows))
    references = [Reference(label="no difference", at=1.0)]
    floor = view.run.floor_within.point
    if floor is not None:
        references.insert(0, Reference(label="", at=1 - floor, to=1 + floor))
    expected = sorted({pair.expected for pair in found if pair.kind == "injected"})
    references += [Reference(label="put in", at=value) for value in expected]
    pairs = [pair for pair in found if pair.kind == "A/A"]
    covered = sum(pair.recovered for pair in pairs)
    title = f"{covered} of {units.counted(len(pairs), 'comparison')} of equal cells agree within their intervals"
    injected = [pair for pair in found if pair.kind == "injected"]
    if injected:
        one = injected[0]
        title += (
            f"; of {units.signed_percent(one.expected - 1)} put in,"
            f" {units.with_interval(one.ratio, reason=False)} was seen"
        )
    band = f"; grey band: noise floor of this run, ±{units.percent(floor)}" if floor is not None else ""
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(ABOUT, title, side_by_side="nothing"),
        subtitle=f"Ratio of the averages of two labels{band}",
        heads=("what was compared", "pair"),
        rows=Rows(groups=tuple(groups), unit="ratio", axis_label="ratio", references=tuple(references)),
    )
