"""Noise: what equal things differ by here, whether an effect that was put in is found again, and how well the time was spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from study.blocks import Heading, Item, PanelPoint, Prose, Reference, Table
from study.cell import noise_class
from study.evidence.floors import floor_of_run, pairs_of
from study.names import cell_name
from study.reports import Record, Section
from study.sections.allocations import allocations
from study.sections.build import ratio_of, rows
from study.sections.files import columns, data_file
from study.sections.frame import drawn_first, panels_of
from study.sections.neighbours import neighbours, neighbours_table
from study.sections.tables import row
from study.things.looks import INJECTED, SAME
from study.units import counted, percent, ratio, signed_percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Block, Panel
    from study.evidence import Evidence, Run, Study
    from study.findings import Estimate
    from study.reports import DataFile
    from study.table import CellData

RECORD = Record(order=435, name="Noise", title="How much equal things differ here", part="How sure", apart=True)
_PPM = 1_000_000
_INJECTED = "injected"
_PAIRS = (
    "In every run some cells are measured twice under two labels (A/A), and one cell is told to report fewer operations than"
    " it ran. The first shows what this machine calls different although it is the same; the second, whether a difference"
    " that is there is seen."
)
_HOLDS = (
    "Equal cells of another run stay below the floor in 95 % of cases where processes scatter evenly, and in fewer where few of"
    " them stand far from all others: in how many, the promises of the method say."
)
_SPENT = (
    "Each process times a few values after a warm-up; more values help little where processes differ more than the values"
    " within one. From the variances of this run follows the best number of values per process, and how close the fixed plan"
    " comes to it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisePair:
    """One A/A pair or the injected arm: the same code under two labels.

    Attributes
    ----------
    ratio, expected : what the statistics find, and what is true.
    recovered : whether the interval holds the truth; of an effect that was put in, and not "no effect".
    """

    name: str
    noise_class: str
    kind: Literal["A/A", "injected"]
    ratio: Estimate
    expected: float
    recovered: bool


def section(study: Study) -> Section:
    """The pairs, the floor that follows from them, and whether the time was spent well."""
    run = study.subject
    floor = with_interval(floor_of_run(run.cells, run.targets[0]))
    blocks: list[Block] = [
        Prose(text=_PAIRS),
        *drawn_first(panels_of(run, panels)),
        Prose(
            text=f"Noise floor within this run, of the class of cells where it is largest: {floor}. A statement is called"
            " supported or refuted only where the difference is larger than the floor of the cells it is about."
            f" {_HOLDS}"
        ),
        _pairs_table(run),
        neighbours_table(run),
        Heading(id="allocation", text="Was the time spent well?"),
        Prose(text=_SPENT),
        _allocation_table(run),
    ]
    return Section(id="noise", name=RECORD.name, title=RECORD.title, blocks=tuple(blocks), files=_files(study))


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """A row for each A/A pair and for the injected arm, held against the noise floor."""
    pairs = [pair for pair in noise_pairs(evidence) if pair.ratio.point is not None]
    put_in = sorted({pair.expected for pair in pairs if pair.kind == _INJECTED})
    floor = floor_of_run(evidence.run.cells, evidence.target).point
    band = [] if floor is None else [Reference(label="", at=1 - floor, to=1 + floor)]
    described = "" if floor is None else f"; grey band: noise floor of this run, ±{percent(floor)}"
    return rows(
        evidence,
        "noise-pairs",
        [_point(pair) for pair in sorted(pairs, key=lambda pair: pair.kind)],
        about="Equal things under two labels, and an effect that was put in",
        finding=lambda: _seen(pairs),
        side_by_side="nothing",
        subtitle=f"Ratio of the averages of two labels{described}",
        heads=("what was compared", "pair"),
        missing="no A/A pair was measured",
        y_label="ratio",
        include=(),
        references=(
            *band,
            Reference(label="no difference", at=1.0),
            *(Reference(label="put in", at=expected) for expected in put_in),
        ),
    )


def noise_pairs(evidence: Evidence) -> tuple[NoisePair, ...]:
    """Every A/A pair and the injected arm with the ratio that the statistics find."""
    return tuple(_pair(data, twin) for data, twin in pairs_of(evidence.run.cells, evidence.target))


def _pair(data: CellData, twin: CellData) -> NoisePair:
    seen = ratio_of(data, twin)
    injected = data.cell.label == _INJECTED
    expected = (data.injected_ppm or _PPM) / _PPM if injected else 1.0
    inside = seen.low is not None and seen.high is not None and seen.low <= expected <= seen.high
    return NoisePair(
        name=cell_name(twin.cell),
        noise_class=noise_class(twin.cell),
        kind="injected" if injected else "A/A",
        ratio=seen,
        expected=expected,
        recovered=inside and (not injected or (seen.low or 0.0) > 1.0),
    )


def _point(pair: NoisePair) -> PanelPoint:
    injected = pair.kind == _INJECTED
    group = "an effect put in by miscounting" if injected else "the same code twice"
    return PanelPoint(names=(group, pair.name), look=INJECTED if injected else SAME, estimate=pair.ratio, series=group)


def _seen(found: Sequence[NoisePair]) -> str:
    equal = [pair for pair in found if pair.kind != _INJECTED]
    agreed = [pair for pair in equal if pair.recovered]
    agree = "agrees" if len(agreed) == 1 else "agree"
    title = f"{len(agreed)} of {counted(len(equal), 'comparison')} of equal cells {agree} within their intervals"
    put_in = next((pair for pair in found if pair.kind == _INJECTED), None)
    if put_in is not None:
        effect = signed_percent(put_in.expected - 1)
        title += f"; of {effect} put in, {with_interval(put_in.ratio, reason=False)} was seen"
    return title


def _pairs_table(run: Run) -> Table:
    return Table(
        id="noise-pairs-table",
        caption="A/A pairs and the injected effect",
        heads=(
            ("Pair", "text"),
            ("Kind", "word"),
            ("Class", "word"),
            ("Ratio seen", "num"),
            ("True ratio", "num"),
            ("Inside the interval", "word"),
        ),
        rows=tuple(
            row(
                Item(value=pair.name, small=f"on {target}" if len(run.targets) > 1 else ""),
                pair.kind,
                pair.noise_class,
                Item(value=pair.ratio, with_reason=True),
                Item(value=ratio(pair.expected), sort=repr(pair.expected)),
                "yes" if pair.recovered else "no",
            )
            for target in run.targets
            for pair in noise_pairs(run.of(target))
        ),
    )


def _allocation_table(run: Run) -> Table:
    return Table(
        id="allocation-table",
        caption="Is the number of values per process a good one?",
        heads=(
            ("Class", "word"),
            ("Cells", "num"),
            ("Variance between processes", "num"),
            ("Best number of values", "num"),
            ("Efficiency of this plan", "num"),
            ("Why not", "text"),
        ),
        rows=tuple(
            row(
                Item(value=found.noise_class, small=target),
                found.cells,
                Item(share=found.between_share),
                found.optimal_values,
                Item(share=found.relative_efficiency),
                found.reason or None,
            )
            for target in run.targets
            for found in allocations(run.of(target))
        ),
    )


def _files(study: Study) -> tuple[DataFile, ...]:
    return (
        data_file(
            study,
            "noise.csv",
            "A/A pairs and injected effects",
            lambda evidence: (
                {
                    "name": pair.name,
                    "class": pair.noise_class,
                    **columns(pair, "kind ratio expected recovered"),
                }
                for pair in noise_pairs(evidence)
            ),
        ),
        data_file(
            study,
            "allocation.csv",
            "variance by class of cell",
            lambda evidence: (
                {
                    "class": found.noise_class,
                    **columns(found, "cells between_share optimal_values relative_efficiency reason"),
                }
                for found in allocations(evidence)
            ),
        ),
        data_file(
            study,
            "neighbours.csv",
            "correlation of neighbouring rounds by class of cell",
            lambda evidence: (
                {"class": found.noise_class, **columns(found, "cells rounds lag_1 little much")}
                for found in neighbours(evidence)
            ),
        ),
    )
