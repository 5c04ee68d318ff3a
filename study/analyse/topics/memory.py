"""What workers cost in memory, and what a child's reading does to pages it shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling, stats
from study.analyse.topics.build import average_of, curves, first, point, processes, ratio_text, rows
from study.analyse.topics.evidence import aligned
from study.units import count, size, with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel
    from study.table import CellData

_FORMS = {
    "": "bytes",
    "bytearray": "bytearray",
    "array": "NumPy array",
    "list": "list",
    "ints": "list of ints",
    "strings": "list of strings",
    "dict": "dict",
}
_VARIANTS = {"": "as it is", "frozen": "gc.freeze before the fork", "collected": "a collection in the child"}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of the topic."""
    return (*_workers(evidence), *_growth(evidence), *_kinds(evidence), *_written(evidence))


def _who(data: CellData) -> str:
    words = {"threads": "threads", "processes": "processes", "pool": "Pool", "process_executor": "ProcessPoolExecutor"}
    return words.get(data.cell.backend, data.cell.backend) + (
        f", {data.cell.start_method}" if data.cell.start_method else ""
    )


def _workers(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="memory", part="pss", parent_bytes=0)
    widest = max((data.cell.workers for data in cells), default=0)
    wide = [data for data in cells if data.cell.workers == widest]
    fork = first(wide, lambda data: data.cell.start_method == "fork")
    spawn = first(wide, lambda data: data.cell.start_method == "spawn")

    def finding() -> str:
        if fork is None or spawn is None:
            return ""
        return (
            f"{count(widest)} workers and their parent take {with_interval(average_of(fork))} under fork, under spawn"
            f" {ratio_text(spawn, fork)} as much"
        )

    return curves(
        evidence,
        "memory-workers",
        [
            point(data, (_who(data), count(data.cell.workers)), series=_who(data), x=float(data.cell.workers))
            for data in cells
        ],
        about="Memory of the whole tree of processes, by number of workers",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Proportional set size (PSS) of parent, workers and helpers, {processes(cells)}, lower is better",
        heads=("workers are", "workers"),
        y_label="memory",
        x_label="workers",
        x_unit="count",
    )


def _growth(evidence: Evidence) -> tuple[Panel, ...]:
    """What each further worker adds, and what is there without any."""
    sets: dict[str, list[CellData]] = {}
    for data in evidence.find(pattern="memory", part="pss", parent_bytes=0):
        sets.setdefault(_who(data), []).append(data)
    sets = {name: cells for name, cells in sets.items() if len({data.cell.workers for data in cells}) > 1}
    points = []
    told = []
    for name, cells in sorted(sets.items()):
        found = scaling.growth([data.cell.workers for data in cells], aligned(cells), "byte")
        points.append(point(cells[0], (name, "each further worker"), series=name, estimate=found.step))
        points.append(point(cells[0], (name, "base, by the line"), series=name, estimate=found.base))
        if found.step.point is not None and cells[0].cell.start_method:
            told.append(f"{with_interval(found.step)} ({name})")
    return rows(
        evidence,
        "memory-growth",
        points,
        about="What each further worker takes",
        side_by_side="nothing",
        finding=f"Each further worker takes {', '.join(told[:3])}" if told else "",
        subtitle="Line through the proportional set size (PSS) of the whole tree over workers, "
        f"{processes([data for cells in sets.values() for data in cells])}, lower is better",
        heads=("workers are", "what"),
        y_label="memory",
        notes=("Least squares in each round, then mean and Student's t over rounds; it takes a straight line.",),
    )


def _kinds(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [
        data for data in evidence.find(pattern="memory", parent_bytes=0) if data.cell.workers == evidence.usable_cpus
    ]
    forked = [data for data in cells if data.cell.start_method == "fork"]
    rss = first(forked, lambda data: data.cell.part == "rss")
    pss = first(forked, lambda data: data.cell.part == "pss")

    def finding() -> str:
        if rss is None or pss is None:
            return ""
        return f"Under fork, adding up resident sizes (RSS) gives {ratio_text(rss, pss)} what is really used (PSS)"

    return rows(
        evidence,
        "memory-kinds",
        [point(data, (_who(data), data.cell.part.upper()), series=_who(data)) for data in cells],
        about="Three ways to count the same memory",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Memory of parent, workers and helpers, {processes(cells)}, lower is better",
        heads=("workers are", "counted as"),
        y_label="memory",
        notes=(
            "PSS divides what is shared among those who share it; USS counts what would be freed; RSS counts it each time.",
        ),
    )


def _written(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="copy_on_write", part="dirtied")
    ints = first(cells, lambda data: data.cell.form == "ints" and not data.cell.variant)
    plain = first(cells, lambda data: not data.cell.form and not data.cell.variant)

    def finding() -> str:
        if ints is None or plain is None:
            return ""
        share = stats.average(ints.means / ints.cell.parent_bytes, "share")
        return (
            f"By only reading a list of ints of {size(ints.cell.parent_bytes)} a forked child copies {with_interval(share)}"
            f" of it; of bytes {with_interval(average_of(plain))}"
        )

    return rows(
        evidence,
        "memory-copied",
        [point(data, (_FORMS.get(data.cell.form, data.cell.form), _VARIANTS.get(data.cell.variant, data.cell.variant)),
               series=_VARIANTS.get(data.cell.variant, data.cell.variant), thing="fork",
               estimate=stats.average(data.means / data.cell.parent_bytes, "share"), means=data.means / data.cell.parent_bytes)
         for data in cells if data.cell.parent_bytes],
        about="What a child dirties by only reading",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Private dirty memory that reading adds in the child, as a share of what it reads, {processes(cells)}",
        heads=("object", "variant"),
        y_label="share copied",
    )  # fmt: skip
