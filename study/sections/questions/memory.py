"""What workers cost in memory, and what a child's reading does to pages it shares."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from study import scaling
from study.evidence import ANY, CellData, Evidence, aligned
from study.reports import Record
from study.sections.build import (
    average_of,
    average_text,
    curves,
    first,
    grouped,
    point,
    processes,
    quotient,
    ratio_text,
    rows,
    swept,
    told,
)
from study.sections.said import joined
from study.sections.ways import ANYONE, pool_name
from study.things import START_METHODS
from study.things.backends import PROCESSES
from study.things.start_methods import FORK
from study.units import brief, count, size, with_interval

if TYPE_CHECKING:
    from study.blocks import Panel

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
    trees = evidence.find("memory", **ANYONE, workers=ANY, part="pss")
    return (*_workers(evidence, trees), *_growth(evidence, trees), *_kinds(evidence), *_written(evidence))


def _workers(evidence: Evidence, trees: list[CellData]) -> tuple[Panel, ...]:
    widest = max((data.cell.workers for data in trees), default=0)
    known = ((method, first(trees, workers=widest, start_method=method)) for method in START_METHODS)
    wide = {method: data for method, data in known if data is not None}
    return curves(
        evidence,
        "memory-workers",
        [point(data, pool_name(data), count(data.cell.workers), x=float(data.cell.workers)) for data in trees],
        about="Memory of the whole tree of processes, by number of workers",
        side_by_side="nothing",
        finding=told(
            lambda _: (
                f"{count(widest)} workers and their bare parent take"
                f" {joined([f'{brief(average_of(data))} ({method})' for method, data in wide.items()])}"
            ),
            next(iter(wide.values()), None),
        ),
        subtitle=f"Proportional set size (PSS) of parent, workers and helpers, {processes(trees)}, lower is better",
        heads=("workers are", "workers"),
        y_label="memory",
        **swept("workers", "count"),
    )


def _growth(evidence: Evidence, trees: list[CellData]) -> tuple[Panel, ...]:
    """What each further worker adds, and what is there without any."""
    courses = {name: cells for name, cells in sorted(grouped(trees, pool_name).items()) if len(cells) > 1}
    points = []
    told_of = []
    for name, cells in courses.items():
        line = scaling.growth([data.cell.workers for data in cells], aligned(cells), "byte")
        points.append(point(cells[0], name, "each further worker", estimate=line.step))
        points.append(point(cells[0], name, "base, by the line", estimate=line.base))
        if line.step.point is not None and cells[0].cell.start_method:
            told_of.append(f"{with_interval(line.step)} ({name})")
    return rows(
        evidence,
        "memory-growth",
        points,
        about="What each further worker takes",
        side_by_side="nothing",
        finding=f"Each further worker takes {', '.join(told_of[:3])}" if told_of else "",
        subtitle="Line through the proportional set size (PSS) of the whole tree over workers,"
        f" {processes(chain.from_iterable(courses.values()))}, lower is better",
        heads=("workers are", "what"),
        y_label="memory",
        notes=("Least squares in each round, then mean and Student's t over rounds; it takes a straight line.",),
    )


def _kinds(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("memory", **ANYONE, workers=evidence.usable_cpus, part=ANY)
    return rows(
        evidence,
        "memory-kinds",
        [point(data, pool_name(data), data.cell.part.upper()) for data in cells],
        about="Three ways to count the same memory",
        side_by_side="nothing",
        finding=told(
            lambda rss, pss: (
                f"Under fork, adding up resident sizes (RSS) gives {ratio_text(rss, pss)} what is really used (PSS)"
            ),
            *(first(cells, start_method=FORK.name, part=part) for part in ("rss", "pss")),
        ),
        subtitle=f"Memory of parent, workers and helpers, {processes(cells)}, lower is better",
        heads=("workers are", "counted as"),
        y_label="memory",
        notes=(
            "PSS divides what is shared among those who share it; USS counts what would be freed; RSS counts it each time.",
        ),
    )


def _written(evidence: Evidence) -> tuple[Panel, ...]:
    read: dict[str, Any] = {"variant": ANY, "form": ANY, "parent_bytes": lambda held: held > 0, "part": "dirtied"}
    cells = evidence.find("copy_on_write", backend=PROCESSES.name, start_method=FORK.name, **read)
    points = []
    for data in cells:
        shares = data.means / data.cell.parent_bytes
        form, variant = _FORMS.get(data.cell.form, data.cell.form), _VARIANTS.get(data.cell.variant, data.cell.variant)
        share = quotient(data.means, data.cell.parent_bytes, "share")
        points.append(point(data, form, variant, series=variant, values=shares, estimate=share))

    def finding(ints: CellData, plain: CellData) -> str:
        share = quotient(ints.means, ints.cell.parent_bytes, "share")
        return (
            f"By only reading a list of ints of {size(ints.cell.parent_bytes)} a forked child copies {with_interval(share)}"
            f" of it; of bytes {average_text(plain)}"
        )

    return rows(
        evidence,
        "memory-copied",
        points,
        about="What a child dirties by only reading",
        side_by_side="nothing",
        finding=told(finding, *(first(cells, form=form, variant="") for form in ("ints", ""))),
        subtitle=f"Private dirty memory that reading adds in the child, as a share of what it reads, {processes(cells)}",
        heads=("object", "variant"),
        y_label="share copied",
    )
