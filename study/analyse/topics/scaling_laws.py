"""What the times allow to be said of the law of scaling, and where the efficiency goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling
from study.analyse.topics.build import first, point, processes, rows
from study.analyse.topics.evidence import aligned
from study.findings import Panel
from study.names import KERNEL_WORDS
from study.units import count, counted, percent, with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import PanelPoint
    from study.table import CellData

_WAYS = ("pool", "threads", "process_executor", "interpreter_executor")
_REST = (
    "Hardware × granularity × balance × rest is the efficiency. The rest holds what no factor explains: under the GIL"
    " threads take turns, and this is where it shows."
)
_FACTORS = (
    ("total", "efficiency in all"),
    ("hardware", "hardware: capacity of independent processes"),
    ("granularity", "granularity: one worker beside the loop"),
    ("balance", "balance: busy time of the whole window"),
    ("rest", "the rest: runtime and all else"),
)


def laws(evidence: Evidence) -> tuple[Panel, ...]:
    """A fitted law for every kernel and way that was measured over worker counts, or why there is none."""
    groups: dict[tuple[str, str, int], list[CellData]] = {}
    for data in evidence.find(pattern="map", variant="", api="", chunksize=0, library_threads=0, spins=0):
        cell = data.cell
        if cell.backend in _WAYS and cell.start_method in {"", "fork"} and cell.workers:
            groups.setdefault((cell.kernel, cell.backend, cell.tasks), []).append(data)
    several = {key: cells for key, cells in groups.items() if len(cells) > 1 and key[0] != "sleep"}
    points: list[PanelPoint] = []
    notes: list[str] = []
    refusals: list[str] = []
    for (kernel, backend, _tasks), cells in sorted(several.items()):
        ordered = sorted(cells, key=lambda data: data.cell.workers)
        name = f"{KERNEL_WORDS.get(kernel, kernel)}, {backend}"
        fit = scaling.fit_models([data.cell.workers for data in ordered], aligned(ordered), evidence.usable_cpus)
        if fit.refusal:
            refusals.append(fit.refusal)
            continue
        for what, estimate in (("serial fraction", fit.serial_fraction), ("growth per worker", fit.growth)):
            if estimate is not None:
                points.append(point(ordered[0], (name, what), series=name, thing=backend, estimate=estimate))
        notes.append(_told(name, fit))
    subtitle = "Fraction of the time of one worker; weighted least squares, bootstrap over rounds and counts"
    if points:
        return rows(
            evidence,
            "scaling-laws",
            points,
            about="The law of scaling",
            side_by_side="gains",
            finding=notes[0],
            subtitle=subtitle,
            heads=("work", "parameter"),
            y_label="fraction of the time of one worker",
            found=notes[1:],
        )
    if not refusals:
        return ()
    return (
        Panel(
            id="scaling-laws", topic="scaling", target=evidence.target, kind="rows", heads=("work", "parameter"), points=(),
            title="No law of scaling is fitted here", side_by_side="gains", subtitle=subtitle, reason=refusals[0],
        ),
    )  # fmt: skip


def _told(name: str, fit: scaling.ModelFit) -> str:
    """A fit in a sentence: the law, how it may be read, how sure the choice is."""
    words = f"{name}: the law is {fit.law}"
    if fit.power is not None:
        words += f", chosen again in {percent(fit.power)} of studies simulated from it"
    if fit.lack_of_fit_p is not None:
        words += f", lack of fit p = {fit.lack_of_fit_p:.2g}"
    if fit.peak is not None and fit.peak.point is not None:
        words += f", least time at {with_interval(fit.peak)} workers"
    return f"{words}. {fit.note}" if fit.note else f"{words}."


def split(evidence: Evidence) -> tuple[Panel, ...]:
    """Efficiency of a pool on all CPUs as a product of factors that were measured apart."""
    cpus = evidence.usable_cpus
    points: list[PanelPoint] = []
    told: list[str] = []
    shown: list[CellData] = []
    for kernel in ("fannkuch", "sha256_8mib", "triad", "json", "binary_trees"):
        for backend in ("pool", "threads"):
            found = _needed(evidence, kernel, backend, cpus)
            if found is None:
                continue
            columns = aligned(found).T
            made = scaling.efficiency_split(
                serial_s=columns[0], one_worker_s=columns[1], elapsed_s=columns[2], alone_s=columns[3],
                together_s=columns[4], makespan_s=columns[5], workers=cpus,
            )  # fmt: skip
            shown += found
            name = f"{KERNEL_WORDS.get(kernel, kernel)}, {counted(cpus, 'worker')}, {backend}"
            told.append(f"{with_interval(made.total)} ({name})")
            for factor, words in _FACTORS:
                points.append(
                    point(found[2], (name, words), series=name, thing=backend, estimate=getattr(made, factor))
                )
    return rows(
        evidence,
        "scaling-split",
        points,
        about="Where the CPUs' time goes",
        side_by_side="gains",
        finding=f"Of {count(cpus)} CPUs' time the tasks get " + ", ".join(told[:2]) + ": where the rest goes",
        subtitle=f"Efficiency and its factors, each measured apart in the same rounds; 1 loses nothing, {processes(shown)}",
        heads=("work", "factor"),
        y_label="share",
        references=(("nothing lost", 1.0),),
        notes=(_REST,),
    )


def _needed(evidence: Evidence, kernel: str, backend: str, cpus: int) -> list[CellData] | None:
    """(Serial, one worker, all workers, alone, together, makespan) of a kernel, or None where one is missing."""
    plain = {"kernel": kernel, "variant": "", "api": "", "chunksize": 0}
    many = first(
        [
            data
            for data in evidence.find(pattern="map", backend=backend, workers=cpus, **plain)
            if data.cell.start_method in {"", "fork"}
        ],
        lambda _: True,
    )
    if many is None or cpus < 2:
        return None
    tasks = many.cell.tasks
    method = many.cell.start_method
    found = [
        first(evidence.find(pattern="map", backend="call", tasks=tasks, **plain), lambda _: True),
        first(
            evidence.find(pattern="map", backend=backend, workers=1, tasks=tasks, start_method=method, **plain),
            lambda _: True,
        ),
        many,
        *(
            first(evidence.find(pattern="capacity", kernel=kernel, workers=workers, part=part), lambda _: True)
            for workers, part in ((1, "busy"), (cpus, "busy"), (cpus, "makespan"))
        ),
    ]
    return None if None in found else [data for data in found if data is not None]
