"""What it costs to ship data: by channel, size, form and placement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.analyse.topics import message_sizes
from study.analyse.topics.build import average_of, curves, first, point, processes, ratio_text, rows
from study.analyse.topics.modes import modes_of
from study.cell import EVENTS
from study.names import size_name
from study.units import size, with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel
    from study.table import CellData

_CHANNELS = {
    "": "Pipe (one way each)",
    "os_pipe": "os.pipe, raw bytes",
    "pipe_duplex": "Pipe (both ways)",
    "simple_queue": "SimpleQueue",
    "queue": "Queue",
    "manager": "Manager's queue",
    "shared_memory": "shared memory and semaphores",
    "thread_queue": "queue.Queue",
    "interpreter_queue": "interpreters' queue",
}
_FORMS = {
    "": "bytes",
    "array": "NumPy array",
    "array_out_of_band": "NumPy array, buffers apart",
    "list": "list of ints",
    "dict": "dict",
}
_PLACES = {"": "where the scheduler likes", "same_cpu": "both on one CPU", "other_cpu": "on two CPUs"}
WINDOW = 64
"""Messages sent before one acknowledgement in the pattern `stream`."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of the topic."""
    return (
        *_latency(evidence),
        *_sizes(evidence),
        *_forms(evidence),
        *_pickling(evidence),
        *_stream(evidence),
        *_events(evidence),
    )


def channel_name(data: CellData) -> str:
    """The channel in words."""
    if data.cell.backend == "threads" and not data.cell.channel:
        return "queue.SimpleQueue between threads"
    return _CHANNELS.get(data.cell.channel, data.cell.channel)


def _thing(data: CellData) -> str:
    cell = data.cell
    return "floor" if cell.channel == "os_pipe" else cell.channel or cell.backend


def _plain(evidence: Evidence, **wanted: object) -> list[CellData]:
    return evidence.find(pattern="ping_pong", form="", placement="", variant="", **wanted)


def _latency(evidence: Evidence) -> tuple[Panel, ...]:
    cells = _plain(evidence, payload_bytes=64)
    pipe = first(cells, lambda data: data.cell.backend == "processes" and not data.cell.channel)
    floor = first(cells, lambda data: data.cell.channel == "os_pipe")

    def finding() -> str:
        if pipe is None:
            return ""
        above = f", {ratio_text(pipe, floor)} a raw pipe" if floor else ""
        return f"A message of 64 bytes through a Pipe takes {with_interval(average_of(pipe, per=2))} one way{above}"

    return rows(
        evidence,
        "messages-latency",
        [point(data, (channel_name(data),), per=2, thing=_thing(data)) for data in cells],
        about="What a short message costs, by channel",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Average latency (half a round trip) of 64 bytes, {processes(cells)}, log scale, lower is better",
        heads=("channel",),
        y_label="latency (log scale)",
        log_y=True,
    )


PIPE_BYTES = 1 << 16
"""What Linux holds of a pipe by default."""
_RAW = (
    "Raw bytes through os.pipe are a floor up to what the system holds of a pipe, 64 KiB. Beyond, the sender here copies"
    " what is left of a message before each write, so that its time grows with the square of the size: no floor there,"
    " and no segment is fitted."
)


def _sizes(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [data for data in _plain(evidence) if data.cell.payload_bytes]
    many: dict[str, set[int]] = {}
    for data in cells:
        many.setdefault(channel_name(data), set()).add(data.cell.payload_bytes)
    cells = [data for data in cells if len(many[channel_name(data)]) > 2]
    pipe = [data for data in cells if data.cell.backend == "processes" and not data.cell.channel]

    def finding() -> str:
        if not pipe:
            return ""
        large = max(pipe, key=lambda data: data.cell.payload_bytes)
        return f"{size(large.cell.payload_bytes)} through a Pipe take {with_interval(average_of(large, per=2))} one way"

    drawn = curves(
        evidence,
        "messages-sizes",
        [point(data, (channel_name(data), size_name(data.cell.payload_bytes)), series=channel_name(data),
               x=float(data.cell.payload_bytes), per=2, thing=_thing(data)) for data in cells],
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
    )  # fmt: skip
    fitted = [data for data in cells if not _beyond_the_floor(data)]
    return (*drawn, *message_sizes.segments(evidence, fitted, channel_name, _thing))


def _beyond_the_floor(data: CellData) -> bool:
    return data.cell.channel == "os_pipe" and data.cell.payload_bytes > PIPE_BYTES


def _forms(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="ping_pong", channel="", placement="", variant="", backend="processes")
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
        [point(data, (_FORMS.get(data.cell.form, data.cell.form), size_name(data.cell.payload_bytes)), per=2,
               series=size_name(data.cell.payload_bytes), thing="processes") for data in cells],
        about="What the form of the payload changes",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Average time one way through a Pipe, {processes(cells)}, log scale, lower is better",
        heads=("form", "payload"),
        y_label="time one way (log scale)",
        log_y=True,
    )  # fmt: skip


def _pickling(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="pickling")
    listed = first(cells, lambda data: data.cell.form == "list" and data.cell.part == "dumps")

    def finding() -> str:
        if listed is None:
            return ""
        taken = with_interval(average_of(listed))
        return f"Pickling {size(listed.cell.payload_bytes)} of a list of ints takes {taken}, without any transport"

    return rows(
        evidence,
        "messages-pickling",
        [point(data, (_FORMS.get(data.cell.form, data.cell.form), data.cell.part, size_name(data.cell.payload_bytes)),
               series=data.cell.part, thing="call") for data in cells],
        about="What pickling alone costs",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Average time of dumps and of loads, {processes(cells)}, log scale, lower is better",
        heads=("form", "act", "payload"),
        y_label="time (log scale)",
        log_y=True,
    )  # fmt: skip


def _stream(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [data for data in evidence.find(pattern="stream") if data.cell.payload_bytes]

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
        [point(data, (channel_name(data), size_name(data.cell.payload_bytes)), series=channel_name(data),
               x=float(data.cell.payload_bytes), thing=_thing(data), estimate=stats.average(bandwidth(data), "byte"),
               means=bandwidth(data)) for data in cells],
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
    )  # fmt: skip


def _events(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="ping_pong", variant=EVENTS)
    words = {"p50": "half", "p90": "90 %", "p99": "99 %"}

    def finding() -> str:
        one = first(cells, lambda data: data.cell.placement == "same_cpu")
        two = first(cells, lambda data: data.cell.placement == "other_cpu")
        if one is None or two is None:
            return ""
        longer = ratio_text(two, one)
        return f"On two CPUs a round trip takes {longer} as long as on one: placement makes modes"

    quantiles = rows(
        evidence,
        "messages-events",
        [point(data, (channel_name(data), _PLACES[data.cell.placement], f"{words[name]} of the events"),
               series=f"{channel_name(data)}, {_PLACES[data.cell.placement]}", thing=_thing(data), estimate=estimate)
         for data in cells for name, estimate in stats.event_quantiles(data.values, "s").items() if name in words],
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
    return [
        data
        for data in evidence.find(pattern="ping_pong", form="", payload_bytes=64, variant=("", EVENTS))
        if data.cell.channel in {"", "os_pipe"} and data.cell.backend == "processes"
    ]


def _mode_name(data: CellData) -> str:
    events = ", single events" if data.cell.variant == EVENTS else ""
    return f"{channel_name(data)}, {_PLACES[data.cell.placement]}{events}"
