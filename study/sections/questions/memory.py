"""What workers cost in memory, and what a child's reading does to pages it shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling, stats
from study.blocks import Record
from study.evidence import ANY, aligned
from study.sections.build import average_of, curves, first, point, processes, ratio_text, rows
from study.sections.ways import pool_name
from study.things.backends import PROCESSES
from study.things.start_methods import FORK, SPAWN
from study.units import count, size, with_interval

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import Evidence
    from study.table import CellData

RECORD = Record(
    order=306,
    name="Memory",
    title="What do workers cost in memory?",
    reader="Which start method, and how many workers fit?",
)
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
    """Every figure of one target."""
    return (*_workers(evidence), *_growth(evidence), *_kinds(evidence), *_written(evidence))


def _trees(evidence: Evidence) -> list[CellData]:
    """Proportional set size of whole trees of processes, of any number of workers."""
    return evidence.find("memory", backend=ANY, start_method=ANY, workers=ANY, part="pss")


def _workers(evidence: Evidence) -> tuple[Panel, ...]:
    cells = _trees(evidence)
    widest = max((data.cell.workers for data in cells), default=0)
    wide = [data for data in cells if data.cell.workers == widest]
    fork = first(wide, lambda data: data.cell.start_method == FORK.name)
    spawn = first(wide, lambda data: data.cell.start_method == SPAWN.name)

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
            point(data, (pool_name(data), count(data.cell.workers)), series=pool_name(data), x=float(data.cell.workers))
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
    trees: dict[str, list[CellData]] = {}
    for data in _trees(evidence):
        trees.setdefault(pool_name(data), []).append(data)
    trees = {name: cells for name, cells in trees.items() if len(cells) > 1}
    points = []
    told = []
    for name, cells in sorted(trees.items()):
        line = scaling.growth([data.cell.workers for data in cells], aligned(cells), "byte")
        points.append(point(cells[0], (name, "each further worker"), series=name, estimate=line.step))
        points.append(point(cells[0], (name, "base, by the line"), series=name, estimate=line.base))
        if line.step.point is not None and cells[0].cell.start_method:
            told.append(f"{with_interval(line.step)} ({name})")
    return rows(
        evidence,
        "memory-growth",
        points,
        about="What each further worker takes",
        side_by_side="nothing",
        finding=f"Each further worker takes {', '.join(told[:3])}" if told else "",
        subtitle="Line through the proportional set size (PSS) of the whole tree over workers, "
        f"{processes([data for cells in trees.values() for data in cells])}, lower is better",
        heads=("workers are", "what"),
        y_label="memory",
        notes=("Least squares in each round, then mean and Student's t over rounds; it takes a straight line.",),
    )


def _kinds(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("memory", backend=ANY, start_method=ANY, workers=evidence.usable_cpus, part=ANY)
    forked = [data for data in cells if data.cell.start_method == FORK.name]
    rss = first(forked, lambda data: data.cell.part == "rss")
    pss = first(forked, lambda data: data.cell.part == "pss")

    def finding() -> str:
        if rss is None or pss is None:
            return ""
        return f"Under fork, adding up resident sizes (RSS) gives {ratio_text(rss, pss)} what is really used (PSS)"

    return rows(
        evidence,
        "memory-kinds",
        [point(data, (pool_name(data), data.cell.part.upper()), series=pool_name(data)) for data in cells],
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
    cells = evidence.find(
        "copy_on_write",
        backend=PROCESSES.name,
        start_method=FORK.name,
        variant=ANY,
        form=ANY,
        parent_bytes=lambda held: held > 0,
        part="dirtied",
    )
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

    points = []
    for data in cells:
        shares = data.means / data.cell.parent_bytes
        variant = _VARIANTS.get(data.cell.variant, data.cell.variant)
        points.append(
            point(
                data,
                (_FORMS.get(data.cell.form, data.cell.form), variant),
                series=variant,
                estimate=stats.average(shares, "share"),
                means=shares,
            )
        )
    return rows(
        evidence,
        "memory-copied",
        points,
        about="What a child dirties by only reading",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Private dirty memory that reading adds in the child, as a share of what it reads, {processes(cells)}",
        heads=("object", "variant"),
        y_label="share copied",
    )
