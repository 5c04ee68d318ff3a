"""What it costs to ship data: by channel, size, form and placement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.blocks import Record
from study.evidence import ANY
from study.names import size_name
from study.sections.build import average_of, curves, first, point, processes, ratio_text, rows
from study.sections.modes import modes_of
from study.sections.questions import message_sizes
from study.sections.ways import METHODS, kind_of, way_look
from study.table import paired
from study.things import CHANNELS
from study.things.backends import PROCESSES
from study.things.channels import OS_PIPE
from study.things.variants import EVENTS
from study.units import size, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Panel
    from study.evidence import Evidence
    from study.table import CellData
    from study.things import Look

RECORD = Record(
    order=304,
    name="Messages",
    title="What does it cost to ship data?",
    reader="Which channel for which size and form?",
)
SHORT_BYTES = 64
"""A message so short that its size does not matter."""
PIPE_BYTES = 1 << 16
"""What Linux holds of a pipe by default."""
WINDOW = 64
"""Messages sent before one acknowledgement in the pattern `stream`."""
FEW = 2
"""So many sizes are no curve."""
_FORMS = {
    "": "bytes",
    "array": "NumPy array",
    "array_out_of_band": "NumPy array, buffers apart",
    "list": "list of ints",
    "dict": "dict",
}
_PLACES = {"": "where the scheduler likes", "same_cpu": "both on one CPU", "other_cpu": "on two CPUs"}
_RAW = (
    "Raw bytes through os.pipe are a floor up to what the system holds of a pipe, 64 KiB. Beyond, the sender here copies"
    " what is left of a message before each write, so that its time grows with the square of the size: no floor there,"
    " and no segment is fitted."
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (
        *_latency(evidence),
        *_sizes(evidence),
        *_forms(evidence),
        *_pickling(evidence),
        *_stream(evidence),
        *_events(evidence),
    )


def channel_name(data: CellData) -> str:
    """What carries a message."""
    channel = CHANNELS[data.cell.channel]
    return channel.titles.get(kind_of(data), channel.words)


def channel_look(data: CellData) -> Look:
    """The look of the channel, that of who sends where it has none of its own."""
    return CHANNELS[data.cell.channel].look or way_look(data)


def _plain(evidence: Evidence, payload_bytes: object) -> list[CellData]:
    """Round trips of bytes through every channel."""
    return evidence.find("ping_pong", backend=ANY, start_method=METHODS, channel=ANY, payload_bytes=payload_bytes)


def _through_a_pipe(cells: Sequence[CellData]) -> list[CellData]:
    """Those between processes through two simplex pipes."""
    return [data for data in cells if kind_of(data) == "process" and not data.cell.channel]


def _latency(evidence: Evidence) -> tuple[Panel, ...]:
    cells = _plain(evidence, SHORT_BYTES)
    pipe = first(_through_a_pipe(cells), bool)
    floor = first(cells, lambda data: data.cell.channel == OS_PIPE.name)

    def finding() -> str:
        if pipe is None:
            return ""
        above = f", {ratio_text(pipe, floor)} a raw pipe" if floor else ""
        return f"A message of 64 bytes through a Pipe takes {with_interval(average_of(pipe, per=2))} one way{above}"

    return rows(
        evidence,
        "messages-latency",
        [point(data, (channel_name(data),), per=2, look=channel_look(data)) for data in cells],
        about="What a short message costs, by channel",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Average latency (half a round trip) of 64 bytes, {processes(cells)}, log scale, lower is better",
        heads=("channel",),
        y_label="latency (log scale)",
        log_y=True,
    )


def _sizes(evidence: Evidence) -> tuple[Panel, ...]:
    channels: dict[str, list[CellData]] = {}
    for data in _plain(evidence, lambda payload_bytes: payload_bytes > 0):
        channels.setdefault(channel_name(data), []).append(data)
    cells = [data for course in channels.values() for data in course if len(course) > FEW]
    pipe = _through_a_pipe(cells)

    def finding() -> str:
        if not pipe:
            return ""
        large = max(pipe, key=lambda data: data.cell.payload_bytes)
        return f"{size(large.cell.payload_bytes)} through a Pipe take {with_interval(average_of(large, per=2))} one way"

    drawn = curves(
        evidence,
        "messages-sizes",
        [
            point(
                data,
                (channel_name(data), size_name(data.cell.payload_bytes)),
                series=channel_name(data),
                x=float(data.cell.payload_bytes),
                per=2,
                look=channel_look(data),
            )
            for data in cells
        ],
        about="What a message costs, by size",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Average time one way (half a round trip) by payload, {processes(cells)}, log scales, lower is better",
        heads=("channel", "payload"),
        y_label="time one way (log scale)",
        x_label="payload (log scale)",
        x_unit="byte",
        log_x=True,
        log_y=True,
        notes=(_RAW,) if any(map(_beyond_the_floor, cells)) else (),
    )
    fitted = [data for data in cells if not _beyond_the_floor(data)]
    return (*drawn, *message_sizes.segments(evidence, fitted, channel_name, channel_look))


def _beyond_the_floor(data: CellData) -> bool:
    return data.cell.channel == OS_PIPE.name and data.cell.payload_bytes > PIPE_BYTES


def _forms(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("ping_pong", backend=PROCESSES.name, start_method=METHODS, form=ANY, payload_bytes=ANY)
    sizes = {data.cell.payload_bytes for data in cells if data.cell.form}
    cells = [data for data in cells if data.cell.payload_bytes in sizes]
    plain = first(cells, lambda data: not data.cell.form)
    listed = first(cells, lambda data: data.cell.form == "list")

    def finding() -> str:
        if plain is None or listed is None:
            return ""
        return (
            f"As a list of ints {size(listed.cell.payload_bytes)} take {ratio_text(listed, plain)} as long as as bytes"
        )

    return rows(
        evidence,
        "messages-forms",
        [
            point(
                data,
                (_FORMS.get(data.cell.form, data.cell.form), size_name(data.cell.payload_bytes)),
                series=size_name(data.cell.payload_bytes),
                per=2,
                look=way_look(data),
            )
            for data in cells
        ],
        about="What the form of the payload changes",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Average time one way through a Pipe, {processes(cells)}, log scale, lower is better",
        heads=("form", "payload"),
        y_label="time one way (log scale)",
        log_y=True,
    )


def _pickling(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("pickling", form=ANY, payload_bytes=ANY, part=ANY)
    listed = first(cells, lambda data: data.cell.form == "list" and data.cell.part == "dumps")

    def finding() -> str:
        if listed is None:
            return ""
        taken = with_interval(average_of(listed))
        return f"Pickling {size(listed.cell.payload_bytes)} of a list of ints takes {taken}, without any transport"

    return rows(
        evidence,
        "messages-pickling",
        [
            point(
                data,
                (_FORMS.get(data.cell.form, data.cell.form), data.cell.part, size_name(data.cell.payload_bytes)),
                series=data.cell.part,
            )
            for data in cells
        ],
        about="What pickling alone costs",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Average time of dumps and of loads, {processes(cells)}, log scale, lower is better",
        heads=("form", "act", "payload"),
        y_label="time (log scale)",
        log_y=True,
    )


def _stream(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(
        "stream",
        backend=ANY,
        start_method=METHODS,
        channel=ANY,
        payload_bytes=lambda payload_bytes: payload_bytes > 0,
    )

    def bandwidth(data: CellData) -> np.ndarray:
        return WINDOW * data.cell.payload_bytes / data.means

    def finding() -> str:
        best = max(cells, key=lambda data: float(np.mean(bandwidth(data))))
        rate = stats.average(bandwidth(best), "byte")
        shown = size(best.cell.payload_bytes)
        return (
            f"The highest bandwidth, {with_interval(rate)} a second, has {channel_name(best)} with messages of {shown}"
        )

    return curves(
        evidence,
        "messages-bandwidth",
        [
            point(
                data,
                (channel_name(data), size_name(data.cell.payload_bytes)),
                series=channel_name(data),
                x=float(data.cell.payload_bytes),
                look=channel_look(data),
                estimate=stats.average(bandwidth(data), "byte"),
                means=bandwidth(data),
            )
            for data in cells
        ],
        about="Bytes a second, by channel and size",
        side_by_side="costs",
        finding=finding if cells else "",
        subtitle=f"Bytes a second with {WINDOW} messages under way, average over processes, {processes(cells)}, higher is better",
        heads=("channel", "payload"),
        y_label="bytes a second (log scale)",
        x_label="payload (log scale)",
        x_unit="byte",
        log_x=True,
        log_y=True,
    )


def _events(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(
        "ping_pong",
        backend=ANY,
        start_method=METHODS,
        channel=ANY,
        placement=ANY,
        payload_bytes=SHORT_BYTES,
        variant=EVENTS.name,
    )
    words = {"p50": "half", "p90": "90 %", "p99": "99 %"}
    near = first(cells, lambda data: data.cell.placement == "same_cpu")

    def finding() -> str:
        far = near and evidence.get(replace(near.cell, placement="other_cpu"))
        if near is None or far is None:
            return ""
        longer = stats.ratio_of_averages_paired(*paired(far, near))
        apart = longer.low is not None and longer.high is not None and not longer.low <= 1.0 <= longer.high
        modes = ": placement makes modes" if apart else ""
        return f"On two CPUs a round trip takes {with_interval(longer)} as long as on one{modes}"

    quantiles = rows(
        evidence,
        "messages-events",
        [
            point(
                data,
                (channel_name(data), _place(data), f"{words[name]} of the events"),
                series=f"{channel_name(data)}, {_place(data)}",
                look=channel_look(data),
                estimate=estimate,
            )
            for data in cells
            for name, estimate in stats.event_quantiles(data.values, "s").items()
            if name in words
        ],
        about="Single round trips: quantiles by placement",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Quantile of single round trips in each process, averaged over processes, {processes(cells)}, log scale",
        heads=("channel", "placement", "quantile"),
        y_label="round trip (log scale)",
        log_y=True,
        notes=("Quantiles are taken inside each process and then averaged; events of different processes are not pooled.",),
    )  # fmt: skip
    return (*quantiles, *modes_of(evidence, "messages-modes", _wake_ups(evidence), _mode_name, side_by_side="nothing"))


def _wake_ups(evidence: Evidence) -> list[CellData]:
    """Cells of short messages, single events included: where wake-ups count, and may have modes."""
    return evidence.find(
        "ping_pong",
        backend=PROCESSES.name,
        start_method=METHODS,
        channel=("", OS_PIPE.name),
        placement=ANY,
        payload_bytes=SHORT_BYTES,
        variant=("", EVENTS.name),
    )


def _place(data: CellData) -> str:
    return _PLACES.get(data.cell.placement, data.cell.placement)


def _mode_name(data: CellData) -> str:
    events = ", single events" if data.cell.variant == EVENTS.name else ""
    return f"{channel_name(data)}, {_place(data)}{events}"
