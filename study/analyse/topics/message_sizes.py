"""Latency and bandwidth of each channel, in the pieces of size between which its protocol changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling
from study.analyse.topics.build import point, processes, rows
from study.analyse.topics.evidence import aligned
from study.units import size, with_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel
    from study.table import CellData

_HOW = (
    "In each segment T = α + n·β is fitted to relative residuals; how many segments, of three sizes or more, AICc decides.",
    "The intervals hold the segments' ends: they do not speak of another choice of them.",
    "α is where a segment's line meets size 0: a latency in the first one alone; a later one, even negative, no message takes.",
)
_PARTS = ("latency α", "bandwidth, a second", "half of it reached at")


def segments(
    evidence: Evidence, cells: Sequence[CellData], name: Callable[[CellData], str], thing: Callable[[CellData], str]
) -> tuple[Panel, ...]:
    """α, bandwidth and n½ of every channel that was measured over sizes, a table."""
    channels: dict[str, list[CellData]] = {}
    for data in cells:
        channels.setdefault(name(data), []).append(data)
    points = []
    told = []
    without = []
    for channel, several in sorted(channels.items()):
        ordered = sorted(several, key=lambda data: data.cell.payload_bytes)
        one_way_s = aligned(ordered) / 2.0
        model = scaling.message_model([data.cell.payload_bytes for data in ordered], one_way_s)
        if model.reason:
            without.append(f"No segments of {channel}: {model.reason}.")
        for segment in model.segments:
            span = f"{size(segment.from_bytes)} to {size(segment.to_bytes)}"
            for part, estimate in zip(
                _PARTS, (segment.alpha_s, segment.bandwidth, segment.half_bytes), strict=True
            ):  # fmt: skip
                points.append(
                    point(ordered[0], (channel, span, part), series=channel, thing=thing(ordered[0]), estimate=estimate)
                )
        if model.segments and ordered[0].cell.backend == "processes" and not ordered[0].cell.channel:
            last = model.segments[-1]
            told.append(
                f"From {size(last.from_bytes)} on {channel} moves {with_interval(last.bandwidth)} a second;"
                f" its shortest messages begin at {with_interval(model.segments[0].alpha_s)}"
            )
    made: list[Panel] = []
    for part, identity in zip(_PARTS, ("latency", "bandwidth", "half"), strict=True):
        made += rows(
            evidence,
            f"messages-segments-{identity}",
            [one for one in points if one.names[2] == part],
            about=f"By segments of size: {part}",
            side_by_side="nothing",
            finding=told[0] if told and identity == "bandwidth" else "",
            subtitle=f"One way (half a round trip), {processes(cells)}; from the smallest to the largest size in each",
            heads=("channel", "sizes", "what"),
            y_label=part,
            notes=(*_HOW, *without),
        )
    return tuple(made)
