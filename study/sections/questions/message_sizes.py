"""Latency and bandwidth of each channel, in the pieces of size between which its protocol changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling
from study.evidence import aligned
from study.sections.build import grouped, point, processes, rows
from study.sections.ways import kind_of
from study.units import size, with_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from study.blocks import Panel, PanelPoint
    from study.evidence import CellData, Evidence
    from study.things import Look

_HOW = (
    "In each segment T = α + n·β is fitted to relative residuals; how many segments, of three sizes or more, AICc decides.",
    "The intervals hold the segments' ends: they do not speak of another choice of them.",
    (
        "α is the fitted intercept. Read it as a latency in the first range of sizes only; in later ones it may be negative"
        " and has no meaning."
    ),
)
_PARTS = {"latency": "latency α", "bandwidth": "bandwidth, a second", "half": "half of it reached at"}


def segments(
    evidence: Evidence, cells: Sequence[CellData], name: Callable[[CellData], str], look: Callable[[CellData], Look]
) -> tuple[Panel, ...]:
    """α, bandwidth and n½ of every channel that was measured over sizes, a panel each."""
    points: dict[str, list[PanelPoint]] = {part: [] for part in _PARTS}
    told = ""
    without = []
    for channel, measured in sorted(grouped(cells, name).items()):
        ordered = sorted(measured, key=lambda data: data.cell.payload_bytes)
        small = ordered[0]
        model = scaling.message_model([data.cell.payload_bytes for data in ordered], aligned(ordered) / 2.0)
        if model.reason:
            without.append(f"No segments of {channel}: {model.reason}.")
        for segment in model.segments:
            span = f"{size(segment.from_bytes)} to {size(segment.to_bytes)}"
            estimates = (segment.alpha_s, segment.bandwidth, segment.half_bytes)
            for (part, words), estimate in zip(_PARTS.items(), estimates, strict=True):
                points[part].append(point(small, channel, span, words, look=look(small), estimate=estimate))
        if model.segments and kind_of(small) == "process" and not small.cell.channel:
            last = model.segments[-1]
            told = (
                f"From {size(last.from_bytes)} on {channel} moves {with_interval(last.bandwidth)} a second;"
                f" its shortest messages begin at {with_interval(model.segments[0].alpha_s)}"
            )
    return tuple(
        panel
        for part, words in _PARTS.items()
        for panel in rows(
            evidence,
            f"messages-segments-{part}",
            points[part],
            about=f"By segments of size: {words}",
            side_by_side="nothing",
            finding=told if part == "bandwidth" else "",
            subtitle=f"One way (half a round trip), {processes(cells)}; from the smallest to the largest size in each",
            heads=("channel", "sizes", "what"),
            y_label=words,
            notes=(*_HOW, *without),
        )
    )
