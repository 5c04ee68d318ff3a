"""What it costs to ship data: by channel, size, form and placement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study import stats
from study.evidence import ANY, CellData, Evidence
from study.names import size_name
from study.reports import Record
from study.sections import build
from study.sections.modes import modes_of
from study.sections.questions import message_sizes
from study.sections.ways import METHODS, kind_of, way_look
from study.things import CHANNELS
from study.things.backends import PROCESSES
from study.things.channels import OS_PIPE
from study.things.variants import EVENTS
from study.units import size, with_interval

if TYPE_CHECKING:
    from study.blocks import Panel, PanelPoint
    from study.findings import Estimate
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
"""Messages sent before one acknowledgement, as `study.bench.patterns.stream` has it."""
FEW = 2
"""So many sizes are no curve."""
_FORMS = {
    "": "bytes",
    "array": "NumPy array",
    "array_out_of_band": "NumPy array, buffers apart",
    "list": "list of ints",
    "dict": "dict",
}
_SHARES = {"p50": "half", "p90": "90 %", "p99": "99 %"}
_PLACES = {"": "where the scheduler likes", "same_cpu": "both on one CPU", "other_cpu": "on two CPUs"}
_BETWEEN: dict[str, Any] = {"backend": ANY, "start_method": METHODS, "channel": ANY}
"""Whoever sends, through whatever channel."""
_RAW = (
    f"Raw bytes through os.pipe are a floor up to what the system holds of a pipe, {size(PIPE_BYTES)}. Beyond, the sender here"
    " copies what is left of a message before each write, which is work of its own: no floor there, and no segment is fitted."
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
        *modes_of(evidence, "messages-modes", _wake_ups(evidence), _mode_name, side_by_side="nothing"),
    )


def _channel(data: CellData) -> str:
    """What carries a message."""
    channel = CHANNELS[data.cell.channel]
    return channel.titles.get(kind_of(data), channel.words)


def _look(data: CellData) -> Look:
    """The look of the channel, that of who sends where it has none of its own."""
    return CHANNELS[data.cell.channel].look or way_look(data)


def _sent(data: CellData, *names: str, **more: Any) -> PanelPoint:  # noqa: ANN401 - other fields of a point
    return build.point(data, *names, look=_look(data), **more)


def _one_way(data: CellData) -> str:
    return build.average_text(data, per=2)


def _plain(evidence: Evidence, payload_bytes: object) -> list[CellData]:
    """Round trips of bytes through every channel."""
    return evidence.find("ping_pong", **_BETWEEN, payload_bytes=payload_bytes)


def _through_a_pipe(cells: list[CellData]) -> list[CellData]:
    """Those between processes through two simplex pipes."""
    return [data for data in cells if kind_of(data) == "process" and not data.cell.channel]


def _latency(evidence: Evidence) -> tuple[Panel, ...]:
    cells = _plain(evidence, SHORT_BYTES)

    def finding(pipe: CellData) -> str:
        floor = build.first(cells, channel=OS_PIPE.name)
        above = f", {build.ratio_text(pipe, floor)} a raw pipe" if floor else ""
        return f"A message of {size(SHORT_BYTES)} through a Pipe takes {_one_way(pipe)} one way{above}"

    return build.rows(
        evidence,
        "messages-latency",
        [_sent(data, _channel(data), per=2) for data in cells],
        about="What a short message costs, by channel",
        side_by_side="nothing",
        finding=build.told(finding, build.first(_through_a_pipe(cells))),
        subtitle=f"Average latency (half a round trip) of {size(SHORT_BYTES)}, {build.processes(cells)}, log scale, lower is"
        " better",
        heads=("channel",),
        **build.log_axis("latency"),
    )


def _sizes(evidence: Evidence) -> tuple[Panel, ...]:
    channels = build.grouped(_plain(evidence, _some), _channel)
    cells = [data for course in channels.values() for data in course if len(course) > FEW]
    pipe = _through_a_pipe(cells)

    def finding() -> str:
        large = max(pipe, key=lambda data: data.cell.payload_bytes)
        return f"{size(large.cell.payload_bytes)} through a Pipe take {_one_way(large)} one way"

    drawn = build.curves(
        evidence,
        "messages-sizes",
        [_sent(data, *_sized(data), x=float(data.cell.payload_bytes), per=2) for data in cells],
        about="What a message costs, by size",
        side_by_side="nothing",
        finding=finding if pipe else "",
        subtitle=f"Average time one way (half a round trip) by payload, {build.processes(cells)}, log scales, lower is better",
        heads=("channel", "payload"),
        **build.log_axis("time one way"),
        **build.swept("payload", "byte", log=True),
        notes=(_RAW,) if any(map(_beyond_the_floor, cells)) else (),
    )
    fitted = [data for data in cells if not _beyond_the_floor(data)]
    return (*drawn, *message_sizes.segments(evidence, fitted, _channel, _look))


def _some(payload_bytes: int) -> bool:
    return payload_bytes > 0


def _sized(data: CellData) -> tuple[str, str]:
    return _channel(data), size_name(data.cell.payload_bytes)


def _beyond_the_floor(data: CellData) -> bool:
    return data.cell.channel == OS_PIPE.name and data.cell.payload_bytes > PIPE_BYTES


def _form(data: CellData) -> str:
    return _FORMS.get(data.cell.form, data.cell.form)


def _forms(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("ping_pong", backend=PROCESSES.name, start_method=METHODS, form=ANY, payload_bytes=ANY)
    sizes = {data.cell.payload_bytes for data in cells if data.cell.form}
    cells = [data for data in cells if data.cell.payload_bytes in sizes]
    named = [(_form(data), size_name(data.cell.payload_bytes), data) for data in cells]

    def finding(plain: CellData, listed: CellData) -> str:
        longer = build.ratio_text(listed, plain)
        return f"As a list of ints {size(listed.cell.payload_bytes)} take {longer} as long as as bytes"

    return build.rows(
        evidence,
        "messages-forms",
        [build.point(data, form, sized, series=sized, per=2, look=way_look(data)) for form, sized, data in named],
        about="What the form of the payload changes",
        side_by_side="nothing",
        finding=build.told(finding, build.first(cells, form=""), build.first(cells, form="list")),
        subtitle=f"Average time one way through a Pipe, {build.processes(cells)}, log scale, lower is better",
        heads=("form", "payload"),
        **build.log_axis("time one way"),
    )


def _pickling(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("pickling", form=ANY, payload_bytes=ANY, part=ANY)
    named = [(_form(data), data.cell.part, size_name(data.cell.payload_bytes), data) for data in cells]

    def finding(listed: CellData) -> str:
        taken = build.average_text(listed)
        return f"Pickling {size(listed.cell.payload_bytes)} of a list of ints takes {taken}, without any transport"

    return build.rows(
        evidence,
        "messages-pickling",
        [build.point(data, form, act, sized, series=act) for form, act, sized, data in named],
        about="What pickling alone costs",
        side_by_side="nothing",
        finding=build.told(finding, build.first(cells, form="list", part="dumps")),
        subtitle=f"Average time of dumps and of loads, {build.processes(cells)}, log scale, lower is better",
        heads=("form", "act", "payload"),
        **build.log_axis("time"),
    )


def _stream(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("stream", **_BETWEEN, payload_bytes=_some)

    def finding() -> str:
        best = max(cells, key=lambda data: _bandwidth(data).point or 0.0)
        rate, shown = with_interval(_bandwidth(best)), size(best.cell.payload_bytes)
        return f"The highest bandwidth, {rate} a second, has {_channel(best)} with messages of {shown}"

    return build.curves(
        evidence,
        "messages-bandwidth",
        [
            _sent(
                data,
                *_sized(data),
                x=float(data.cell.payload_bytes),
                values=_sent_bytes(data) / data.means,
                estimate=_bandwidth(data),
            )
            for data in cells
        ],
        about="Bytes a second, by channel and size",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Bytes a second with {WINDOW} messages under way, average over processes,"
        f" {build.processes(cells)}, higher is better",
        heads=("channel", "payload"),
        **build.log_axis("bytes a second"),
        **build.swept("payload", "byte", log=True),
    )


def _bandwidth(data: CellData) -> Estimate:
    return build.quotient(_sent_bytes(data), data.means, "byte")


def _sent_bytes(data: CellData) -> float:
    """In one event: of all messages under way."""
    return float(WINDOW * data.cell.payload_bytes)


def _events(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("ping_pong", **_BETWEEN, placement=ANY, payload_bytes=SHORT_BYTES, variant=EVENTS.name)
    near = build.first(cells, placement="same_cpu")

    def finding(near: CellData, far: CellData) -> str:
        return f"On two CPUs a round trip takes {build.ratio_text(far, near)} as long as on one"

    return build.rows(
        evidence,
        "messages-events",
        [
            _sent(
                data,
                _channel(data),
                _place(data),
                f"{_SHARES[name]} of the events",
                label=f"{_SHARES[name]} of the events",
                series=f"{_channel(data)}, {_place(data)}",
                estimate=estimate,
            )
            for data in cells
            for name, estimate in stats.event_quantiles(data.values, "s").items()
            if name in _SHARES
        ],
        about="Single round trips: quantiles by placement",
        side_by_side="costs",
        finding=build.told(finding, near, near and evidence.get(replace(near.cell, placement="other_cpu"))),
        subtitle=f"Quantile of single round trips in each process, averaged over processes, {build.processes(cells)}, log scale",
        heads=("channel", "placement", "quantile"),
        **build.log_axis("round trip"),
        notes=(
            "Quantiles are taken inside each process and then averaged; events of different processes are not pooled.",
        ),
    )


def _wake_ups(evidence: Evidence) -> list[CellData]:
    """Cells of short messages, single events included: where wake-ups count, and may have modes."""
    short = {**_BETWEEN, "backend": PROCESSES.name, "channel": ("", OS_PIPE.name), "payload_bytes": SHORT_BYTES}
    return evidence.find("ping_pong", **short, placement=ANY, variant=("", EVENTS.name))


def _place(data: CellData) -> str:
    return _PLACES.get(data.cell.placement, data.cell.placement)


def _mode_name(data: CellData) -> str:
    events = ", single events" if data.cell.variant == EVENTS.name else ""
    return f"{_channel(data)}, {_place(data)}{events}"
