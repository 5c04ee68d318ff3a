"""Latency and bandwidth of each channel, in the pieces of size between which its protocol changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling
from study.evidence import aligned
from study.sections.build import point, processes, rows
from study.sections.ways import kind_of
from study.units import size, with_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from study.blocks import Panel
    from study.evidence import Evidence
    from study.table import CellData
    from study.things import Look

_HOW = (
    "In each segment T = α + n·β is fitted to relative residuals; how many segments, of three sizes or more, AICc decides.",
    "The intervals hold the segments' ends: they do not speak of another choice of them.",
    "α is where a segment's line meets size 0: a latency in the first one alone; a later one, even negative, no message takes.",
)
_PARTS = {
    "latency": "latency α",
    "bandwidth": "bandwidth, a second",
    "half": "half of it reached at",
}


def segments(
    evidence: Evidence, cells: Sequence[CellData], name: Callable[[CellData], str], look: Callable[[CellData], Look]
) -> tuple[Panel, ...]:
    """α, bandwidth and n½ of every channel that was measured over sizes, a panel each."""
    channels: dict[str, list[CellData]] = {}
    for data in cells:
        channels.setdefault(name(data), []).append(data)
    points = []
    told = ""
    without = []
    for channel, measured in sorted(channels.items()):
        ordered = sorted(measured, key=lambda data: data.cell.payload_bytes)
        one_way_s = aligned(ordered) / 2.0
        model = scaling.message_model([data.cell.payload_bytes for data in ordered], one_way_s)
        if model.reason:
            without.append(f"No segments of {channel}: {model.reason}.")
        for segment in model.segments:
            span = f"{size(segment.from_bytes)} to {size(segment.to_bytes)}"
            estimates = (segment.alpha_s, segment.bandwidth, segment.half_bytes)
            for part, estimate in zip(_PARTS.values(), estimates, strict=True):
                names = (channel, span, part)
                points.append(point(ordered[0], names, series=channel, look=look(ordered[0]), estimate=estimate))
        if model.segments and kind_of(ordered[0]) == "process" and not ordered[0].cell.channel:
            last = model.segments[-1]
            told = (
                f"From {size(last.from_bytes)} on {channel} moves {with_interval(last.bandwidth)} a second;"
                f" its shortest messages begin at {with_interval(model.segments[0].alpha_s)}"
            )
    made: list[Panel] = []
    for identity, part in _PARTS.items():
        made += rows(
            evidence,
            f"messages-segments-{identity}",
            [drawn for drawn in points if drawn.names[2] == part],
            about=f"By segments of size: {part}",
            side_by_side="nothing",
            finding=told if part == _PARTS["bandwidth"] else "",
            subtitle=f"One way (half a round trip), {processes(cells)}; from the smallest to the largest size in each",
            heads=("channel", "sizes", "what"),
            y_label=part,
            notes=(*_HOW, *without),
        )
    return tuple(made)
